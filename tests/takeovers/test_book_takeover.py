"""Two people take balances over, each once and to the cent; the books close and say where the money is from."""

import asyncio
import os
import signal
from datetime import date
from itertools import count
from multiprocessing import get_context

import asyncpg
import pytest

from given.assessment import a_task
from given.cards import a_resident
from given.days import NEW_YEAR, NOW, TODAY, YEAR
from given.takeovers import (
    BORN,
    SECOND,
    UPLOADER,
    VELSEN,
    TakingOver,
    a_listed_row,
    verdicts,
)
from mutate import by_hand, without_ddl_guard
from pas.auth.actor import SYSTEM, PermissionMissing
from pas.db import Connection, Database, Login, role_name
from pas.grants.assess import assess_year
from pas.ids import ResidentId
from pas.installation import Access
from pas.passes.issue import WantedPass, issue_passes
from pas.takeovers.approve import approve_takeover, reject_takeover
from pas.takeovers.book import book_chunk, book_takeover
from pas.takeovers.due import GRANTED
from pas.takeovers.model import (
    OwnTakeover,
    Takeover,
    TakeoverJudged,
    TakeoverNotApproved,
    TakeoverWaits,
)
from pas.takeovers.rules import GONE
from pas.takeovers.show import list_takeovers

HUNDRED = 100


async def a_hundred(town: TakingOver) -> list[dict[str, str]]:
    """A hundred people, each with a card and a balance of their own."""
    names = [f"Sam {chr(65 + n // 26)}{chr(65 + n % 26)}" for n in range(HUNDRED)]
    for name in names:
        await a_resident(town.connection, name=name, birth_date=BORN)
    return [
        a_listed_row(given_name=name, card_number=f"6064{n:08d}", amount_cents=str(100 + n))
        for n, name in enumerate(names)
    ]


def amounts(rows: list[dict[str, str]]) -> list[int]:
    return sorted(int(row["amount_cents"]) for row in rows)


async def test_a_balance_is_on_the_pass_to_the_cent_and_the_books_close(town: TakingOver) -> None:
    ended = await town.takes_over(a_listed_row())
    assert (ended.state, ended.booked, ended.waiting) == ("booked", 1, 0)
    assert await town.balances() == [12345]
    proof = await town.proof()
    assert proof.closes, (proof.findings, proof.missing_walls)
    (equation,) = [one for one in proof.schemes if one.granted]
    assert (equation.granted, equation.opening, equation.open) == (12345, 12345, 12345)
    kinds = await town.connection.fetch(
        "SELECT e.kind, d.kind, c.kind FROM entry e JOIN transfer t ON t.entry_id = e.id"
        " JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit"
    )
    assert [tuple(row) for row in kinds] == [("opening", "earlier_supplier", "budget")]


async def test_a_balance_of_nothing_gives_the_card_alone(town: TakingOver) -> None:
    ended = await town.takes_over(a_listed_row(amount_cents="0"))
    assert (ended.booked, await town.balances()) == (1, [])
    cards = await town.connection.fetch("SELECT resident_id, state, codes_encrypted FROM card")
    assert [tuple(row) for row in cards] == [(town.sanne, "active", None)]
    assert verdicts(await town.proposes(a_listed_row(amount_cents="0"))) == ["same"]
    assert (await town.proof()).closes


async def test_nothing_leads_from_a_person_to_an_entry_afterwards(town: TakingOver) -> None:
    await town.takes_over(a_listed_row())
    kept = await town.connection.fetch("SELECT resident_id, number_hash, key_id FROM takeover_row")
    assert [tuple(row) for row in kept] == [(None, None, None)]


async def test_who_proposed_a_list_does_not_approve_it(town: TakingOver) -> None:
    made = (await town.proposes(a_listed_row())).takeover
    assert made is not None
    with pytest.raises(OwnTakeover):
        await approve_takeover(town.connection, made.id, actor=UPLOADER, now=NOW)
    with pytest.raises(PermissionMissing):
        await approve_takeover(town.connection, made.id, actor=SYSTEM, now=NOW)
    with pytest.raises(asyncpg.CheckViolationError):
        await town.connection.execute(
            "UPDATE takeover SET approved_at = now(), approved_by = proposed_by"
        )
    with pytest.raises(TakeoverNotApproved):
        await town.books()


async def test_a_list_is_judged_once(town: TakingOver) -> None:
    made = (await town.proposes(a_listed_row())).takeover
    assert made is not None
    first = await approve_takeover(town.connection, made.id, actor=SECOND, now=NOW)
    again = await approve_takeover(town.connection, made.id, actor=SECOND, now=NOW)
    assert first == again
    with pytest.raises(TakeoverJudged):
        await reject_takeover(town.connection, made.id, "nee", actor=UPLOADER, now=NOW)


async def test_a_list_that_is_turned_down_leaves_nothing_of_anybody(town: TakingOver) -> None:
    made = (await town.proposes(a_listed_row())).takeover
    assert made is not None
    await reject_takeover(town.connection, made.id, "Oude lijst.", actor=SECOND, now=NOW)
    assert await town.connection.fetchval("SELECT count(*) FROM takeover_row") == 0
    assert (await town.takes_over(a_listed_row())).booked == 1


async def test_one_list_waits_at_a_time(town: TakingOver, crowd: Database) -> None:
    async def one() -> object:
        async with crowd.connection(VELSEN) as own:
            return (await town.proposes_on(own, a_listed_row())).takeover

    answers = await asyncio.gather(*(one() for _ in range(6)), return_exceptions=True)
    made = [one for one in answers if isinstance(one, Takeover)]
    assert len(made) == 1
    assert sum(isinstance(one, TakeoverWaits) for one in answers) == len(answers) - 1


async def test_booked_by_several_at_once_it_is_booked_once(
    town: TakingOver, crowd: Database
) -> None:
    rows = await an_approved_hundred(town)
    calls = [book_takeover(crowd, VELSEN, now=NOW, chunk=7) for _ in range(4)]
    ended = await asyncio.gather(*calls)
    assert {one.state for one in ended} == {"booked"}
    assert await town.balances() == amounts(rows)
    assert (await town.proof()).closes


def book_until(login: Login, chunks: int) -> None:
    """Runs in a process of its own, which is gone after so many chunks, or goes on to the next."""

    async def work() -> None:
        connection = await login.connect()
        (takeover,) = await list_takeovers(connection)
        for number in count(1):
            await book_chunk(connection, takeover, actor=SECOND, now=NOW, chunk=30)
            if number == chunks:
                os.kill(os.getpid(), signal.SIGKILL)

    asyncio.run(work())


async def an_approved_hundred(town: TakingOver) -> list[dict[str, str]]:
    rows = await a_hundred(town)
    made = (await town.proposes(*rows)).takeover
    assert made is not None
    await approve_takeover(town.connection, made.id, actor=SECOND, now=NOW)
    return rows


async def test_killed_between_chunks_it_goes_on_where_it_was(
    access: Access, town: TakingOver
) -> None:
    rows = await an_approved_hundred(town)
    login = access.address.login(role_name("app", VELSEN))
    process = get_context("spawn").Process(target=book_until, args=(login, 2))
    await asyncio.to_thread(lambda: (process.start(), process.join(60)))
    assert process.exitcode == -signal.SIGKILL
    assert len(await town.balances()) == 60
    ended = await town.books()
    assert (ended.booked, await town.balances()) == (HUNDRED, amounts(rows))
    assert (await town.proof()).closes


async def a_wait_for_the_lock(superuser: Connection) -> None:
    for _ in range(1_200):
        if await superuser.fetchval(
            "SELECT count(*) FROM pg_locks WHERE relation = 'budget'::regclass AND NOT granted"
        ):
            return
        await asyncio.sleep(0.05)
    pytest.fail("nobody waits")


async def test_killed_while_it_books_nothing_of_that_chunk_is_there(
    access: Access, town: TakingOver, superuser: Connection
) -> None:
    rows = await an_approved_hundred(town)
    login = access.address.login(role_name("app", VELSEN))
    process = get_context("spawn").Process(target=book_until, args=(login, 0))
    async with superuser.transaction():
        await superuser.execute("LOCK TABLE budget IN ACCESS EXCLUSIVE MODE")
        process.start()
        await a_wait_for_the_lock(superuser)
        process.kill()
        await asyncio.to_thread(process.join, 60)
    assert process.exitcode == -signal.SIGKILL
    assert await town.balances() == []
    assert (await town.books()).booked == HUNDRED
    assert await town.balances() == amounts(rows)


async def test_what_we_granted_ourselves_is_not_taken_over_too(town: TakingOver) -> None:
    await assess_year(town.database, a_task(NOW, year=YEAR))
    assert verdicts(await town.proposes(a_listed_row())) == [GRANTED]


async def test_what_was_taken_over_is_not_granted_again(town: TakingOver) -> None:
    await town.takes_over(a_listed_row())
    await assess_year(town.database, a_task(NOW, year=YEAR))
    assert await town.balances() == [12345]


async def test_what_changed_since_it_was_judged_is_looked_at_again(town: TakingOver) -> None:
    gone = await a_resident(town.connection, name="Lot", birth_date=BORN)
    made = await town.proposes(a_listed_row(), a_listed_row(given_name="Lot", card_number="BC-88"))
    assert made.takeover is not None
    await approve_takeover(town.connection, made.takeover.id, actor=SECOND, now=NOW)
    await leaves(town.connection, gone, TODAY)
    await assess_year(town.database, a_task(NOW, year=YEAR))
    ended = await town.books()
    reasons = await town.connection.fetch("SELECT reason FROM takeover_row ORDER BY line")
    assert [row["reason"] for row in reasons] == [GRANTED, GONE]
    assert (ended.booked, ended.refused, await town.balances()) == (0, 2, [20_000])


async def leaves(connection: Connection, resident: ResidentId, day: date) -> None:
    await connection.execute(
        "UPDATE resident_version SET left_on = $2 WHERE resident_id = $1", resident, day
    )


async def test_who_has_a_pass_of_the_year_keeps_it(town: TakingOver) -> None:
    wanted = WantedPass(town.sanne, YEAR, NEW_YEAR, date(YEAR + 1, 1, 1))
    (issued,) = await issue_passes(town.connection, [wanted], actor=UPLOADER)
    await town.takes_over(a_listed_row())
    passes = await town.connection.fetch("SELECT DISTINCT pass_id FROM budget")
    assert [row["pass_id"] for row in passes] == [issued.id]


REFUSED_BY_DATABASE = {
    "another amount": ("UPDATE takeover_row SET amount_cents = 1", "42501"),
    "booked without an entry": (
        "UPDATE takeover_row SET outcome = 'booked', resident_id = NULL, number_hash = NULL, key_id = NULL",
        "PA326",
    ),
    "gone": ("DELETE FROM takeover_row", "PA326"),
    "a row more": (
        "INSERT INTO takeover_row (takeover_id, line, outcome, reason) SELECT id, 99, 'refused', 'x' FROM takeover",
        "PA325",
    ),
    "approved by another": ("UPDATE takeover SET approved_by = gen_random_uuid()", "PA328"),
    "ended while rows wait": (
        "UPDATE takeover SET ended_at = now(), outcome = 'booked'",
        "PA328",
    ),
}


@pytest.mark.parametrize("what", REFUSED_BY_DATABASE)
async def test_what_was_approved_stays_as_it_is(town: TakingOver, what: str) -> None:
    statement, state = REFUSED_BY_DATABASE[what]
    made = (await town.proposes(a_listed_row())).takeover
    assert made is not None
    await approve_takeover(town.connection, made.id, actor=SECOND, now=NOW)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await town.connection.execute(statement)
    assert refused.value.sqlstate == state


async def test_rows_that_do_not_add_up_are_not_approved(town: TakingOver) -> None:
    made = (await town.proposes(a_listed_row())).takeover
    assert made is not None
    await town.connection.execute(
        """
        INSERT INTO takeover_row (takeover_id, line, outcome, reason, scheme_id, amount_cents)
        SELECT takeover_id, 99, 'refused', 'x', scheme_id, 1 FROM takeover_row
        """
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await town.connection.execute(
            "UPDATE takeover SET approved_at = now(), approved_by = gen_random_uuid()"
        )
    assert refused.value.sqlstate == "PA329"


async def test_the_database_books_nothing_that_nobody_approved(town: TakingOver) -> None:
    made = (await town.proposes(a_listed_row())).takeover
    assert made is not None
    with pytest.raises(asyncpg.PostgresError) as refused:
        await book_chunk(town.connection, made, actor=SECOND, now=NOW)
    assert refused.value.sqlstate == "PA325"
    assert await town.balances() == []


async def test_the_proof_finds_a_balance_that_nobody_approved(
    town: TakingOver, superuser: Connection
) -> None:
    await town.takes_over(a_listed_row())
    await without_ddl_guard(superuser)
    await by_hand(superuser, "takeover_row", "UPDATE takeover_row SET amount_cents = 1")
    found = {one.check for one in (await town.proof()).findings}
    assert found == {"take-over", "take-over total"}
