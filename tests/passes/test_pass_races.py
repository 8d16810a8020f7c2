"""Two at once, on real connections: one wins, nobody guesses more, nothing is made twice."""

import asyncio
from collections.abc import Awaitable, Callable
from datetime import date
from functools import partial
from itertools import pairwise

from given.cards import a_resident, an_issued_card
from given.city import a_holder
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.installation import Access
from pas.passes.activate import activate_card
from pas.passes.activation_tries import MOST_IN_AN_HOUR, TooManyActivationTries
from pas.passes.block import block_card, unblock_card
from pas.passes.codes import new_activation_code, new_token
from pas.passes.issue import WantedPass, issue_cards, issue_passes
from pas.passes.make_cards import Press
from pas.passes.prove_code import ActivationCodeWrong, Shown
from pas.passes.replace import CardAlreadyReplaced, Replacement, replace_card
from pas.passes.sign_in_tries import MOST_TRIES, count_try
from together import VELSEN, at_once

AT_ONCE = 8


async def test_activations_at_once_activate_once(
    connection: Connection, crowd: Database, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    assert card.activation_code is not None
    act = partial(
        activate_card,
        shown=Shown(scanned=card.codes.number, code=card.activation_code),
        ring=press.ring,
        municipality=VELSEN,
        now=NOON,
    )
    few_enough = MOST_TRIES - 1
    answers = await at_once(crowd, *[act] * few_enough)
    assert answers == [None] * few_enough
    assert await connection.fetchval("SELECT state FROM card") == "active"
    events = await connection.fetchval("SELECT count(*) FROM event WHERE kind = 'card.activated'")
    assert events == 1


async def test_guessing_many_at_once_brings_no_more_tries(
    connection: Connection, crowd: Database, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    answers = await at_once(crowd, *[a_guess(press, card.codes.number) for _ in range(16)])
    assert all(isinstance(answer, ActivationCodeWrong) for answer in answers)
    counted = await connection.fetchrow("SELECT tries, rounds FROM sign_in_try")
    assert tuple(counted or ()) == (0, 1)


async def test_of_many_guesses_at_once_five_reach_the_code(
    connection: Connection, crowd: Database, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    count = partial(count_try, subject=card.card_id, device=None, now=NOON)
    assert (await at_once(crowd, *[count] * 16)).count(True) == MOST_TRIES


async def test_two_workers_together_do_not_pass_the_limit_of_an_hour(
    access: Access, connection: Connection, press: Press
) -> None:
    hour = NOON.replace(minute=0)
    before = MOST_IN_AN_HOUR - 10
    await connection.execute("INSERT INTO activation_tries VALUES ($1, $2)", hour, before)
    workers = [Database(access.address, pool_connections=12) for _ in range(2)]
    guesses = [a_guess(press, new_token(VELSEN).text()) for _ in range(12)]
    answers = await asyncio.gather(*(at_once(worker, *guesses) for worker in workers))
    for worker in workers:
        await worker.close()
    refused = [isinstance(one, TooManyActivationTries) for some in answers for one in some]
    assert refused.count(True) == 24 - 10


def a_guess(press: Press, scanned: str) -> Callable[[Connection], Awaitable[None]]:
    return partial(
        activate_card,
        shown=Shown(scanned=scanned, code=new_activation_code()),
        ring=press.ring,
        municipality=VELSEN,
        now=NOON,
    )


async def test_of_replacements_at_once_one_makes_a_card(
    connection: Connection, crowd: Database, press: Press
) -> None:
    card = await an_issued_card(connection, press)
    act = partial(
        replace_card,
        card_id=card.card_id,
        replacement=Replacement(form="paper", reason="kwijt"),
        press=press,
        actor=REGISTRAR,
        now=NOON,
    )
    answers = await at_once(crowd, *[act] * AT_ONCE)
    assert sum(isinstance(answer, CardAlreadyReplaced) for answer in answers) == AT_ONCE - 1
    states = await connection.fetch("SELECT state FROM card ORDER BY created_at")
    assert [row["state"] for row in states] == ["replaced", "inactive"]


async def test_bulk_runs_at_once_give_everybody_one_card_and_one_pass(
    connection: Connection, crowd: Database, press: Press
) -> None:
    residents = [await a_resident(connection) for _ in range(40)]
    cards = partial(
        issue_cards, residents=residents, form="paper", press=press, actor=REGISTRAR, now=NOON
    )
    wanted = [WantedPass(one, 2026, date(2026, 1, 1), date(2027, 1, 1)) for one in residents]
    passes = partial(issue_passes, wanted=wanted, actor=REGISTRAR)
    issued = await at_once(crowd, *[cards] * 4)
    given = await at_once(crowd, *[passes] * 4)
    assert sum(len(one) for one in issued if not isinstance(one, Refusal)) == len(residents)
    assert await connection.fetchval("SELECT count(*) FROM card") == len(residents)
    new = [p for one in given if not isinstance(one, Refusal) for p in one if p.is_new]
    assert len(new) == len(residents)
    assert await connection.fetchval("SELECT count(*) FROM pass") == len(residents)


async def test_blocks_and_unblocks_at_once_leave_a_state_that_can_be(
    connection: Connection, crowd: Database
) -> None:
    holder = await a_holder(connection)
    block = partial(block_card, card_id=holder.card, reason="x", actor=REGISTRAR, now=NOON)
    unblock = partial(unblock_card, card_id=holder.card, reason="x", actor=REGISTRAR, now=NOON)
    await at_once(crowd, *[block, unblock] * AT_ONCE)
    row = await connection.fetchrow("SELECT state, state_before_block FROM card")
    assert row is not None
    assert tuple(row) in {("active", None), ("blocked", "active")}
    kinds = await connection.fetch("SELECT kind FROM event WHERE kind LIKE 'card.%' ORDER BY id")
    assert all(a["kind"] != b["kind"] for a, b in pairwise(kinds))
