"""The same from the bank twice is once: the same file, the same statement elsewhere, at once, or killed half-way."""

import asyncio
import os
import signal
from datetime import timedelta
from multiprocessing import get_context
from pathlib import Path
from typing import Literal

import asyncpg
import msgspec
import pytest

from given.bank import Move, a_report, a_statement
from given.bank_world import LINES, SHOP_IBAN, WHOLE, World, a_return
from given.days import NOW, TODAY
from given.logins import a_key_store
from given.merchants import OTHER_IBAN
from given.settlements import FINANCE, VELSEN, a_setting
from pas.auth.keys import KeyRing
from pas.days import day_of
from pas.db import Connection, Database, Login, Statement, role_name
from pas.installation import Access
from pas.settlements.bank import import_file
from pas.settlements.bank.import_file import BankImport, NotOurAccount, import_bank_file
from pas.settlements.bank.read import StatementDoesNotAddUp
from pas.settlements.payments import mark_paid

STATEMENT = a_statement(WHOLE, a_return(2, 700))


async def rows(world: World) -> list[tuple[object, ...]]:
    """All that is kept of the bank, and what was booked."""
    kept = await world.connection.fetch(
        "SELECT key, outcome, why FROM bank_item UNION ALL SELECT sha256, message, NULL FROM bank_file ORDER BY 1"
    )
    return [*(tuple(row) for row in kept), tuple(sorted((await world.entries()).items()))]


async def test_the_same_file_again_changes_nothing(world: World) -> None:
    first = await world.take(STATEMENT)
    before = await rows(world)
    again = await world.take(STATEMENT)
    assert (again, await rows(world)) == (first, before)


@pytest.mark.parametrize("version", ["02", "04", "08"])
async def test_the_same_statement_in_another_file_books_nothing_again(
    world: World, version: str
) -> None:
    await world.take(STATEMENT)
    booked = await world.entries()
    other = a_statement(WHOLE, a_return(2, 700), message="MSG-2", version=version)
    answer = await world.take(other)
    assert (answer.known, answer.booked, answer.open) == (2, 0, 0)
    assert await world.entries() == booked


async def test_an_entry_with_a_reference_is_known_in_another_statement(world: World) -> None:
    move = Move(cents=2_100, batch="velsen-1-F1", count=3, reference="REF-7")
    await world.take(a_statement(move))
    longer = a_statement(Move(cents=1, reference="REF-6"), move, statement="2026-001-week")
    answer = await world.take(longer)
    assert (answer.known, answer.open, await world.whys()) == (1, 1, ["no_id"])


async def test_two_entries_that_are_alike_are_two(world: World) -> None:
    twice = (Move(cents=100), Move(cents=100))
    answer = await world.take(a_statement(*twice))
    assert (answer.open, await world.whys()) == (2, ["no_id"] * 2)
    again = await world.take(a_statement(*twice, message="MSG-2"))
    assert (again.known, again.open) == (2, 0)
    third = await world.take(a_statement(*twice, statement="2026-002"))
    assert (third.known, third.open) == (0, 2)


async def test_a_statement_confirms_what_a_notification_said(world: World) -> None:
    moves = [Move(cents=cents, lines=[line]) for line in LINES for cents in [line[1]]]
    await world.take(a_statement(*moves, habit="bng", notification=True, version="08"))
    booked = await world.entries()
    answer = await world.take(a_statement(WHOLE))
    assert (answer.confirmed, answer.booked, answer.open) == (1, 0, 0)
    assert await world.entries() == booked == {"pay": 3}


async def test_a_statement_confirms_what_was_booked_by_hand(world: World) -> None:
    await mark_paid(world.connection, world.run, paid_on=TODAY, actor=FINANCE, now=NOW)
    answer = await world.take(a_statement(WHOLE))
    assert (answer.confirmed, await world.entries()) == (1, {"pay": 3})


async def test_a_total_pays_what_single_payments_left(world: World) -> None:
    first = Move(cents=500, lines=LINES[:1])
    await world.take(a_statement(first, habit="bng", notification=True))
    answer = await world.take(a_statement(WHOLE))
    assert (answer.booked, await world.states()) == (1, ["paid"] * 3)
    assert await world.entries() == {"pay": 3}


async def test_a_bank_that_pays_twice_is_for_people(world: World) -> None:
    for reference in ("A", "B"):
        move = Move(cents=2_100, batch="velsen-1-F1", count=3, reference=reference)
        await world.take(a_statement(move, statement=reference))
    assert await world.whys() == ["has_outcome"]
    assert await world.entries() == {"pay": 3}


async def test_what_came_back_twice_or_after_it_was_refused_is_for_people(world: World) -> None:
    await world.take(a_report(lines=[("velsen-1-3", "RJCT", "AC01")]))
    await world.take(a_statement(Move(cents=1_200, batch="velsen-1-F1", count=2)))
    for number, statement in enumerate(("S1", "S2")):
        back = a_return(1, 500, reference=f"B{number}")
        await world.take(a_statement(back, a_return(3, 900), statement=statement))
    assert await world.states() == ["returned", "paid", "returned"]
    assert await world.whys() == ["has_outcome"] * 3


async def test_a_refusal_after_it_was_paid_is_for_people(world: World) -> None:
    await world.take(a_statement(WHOLE))
    await world.take(a_report(lines=[("velsen-1-3", "RJCT", "AC01")]))
    assert (await world.whys(), await world.states()) == (["has_outcome"], ["paid"] * 3)


async def test_a_later_report_that_says_it_again_is_no_news(world: World) -> None:
    for message in ("STS-1", "STS-2"):
        answer = await world.take(a_report(lines=[("velsen-1-3", "RJCT", "AC01")], message=message))
        assert answer.open == 0
    assert await world.entries() == {"bounce": 1}


async def test_what_is_not_booked_yet_is_not_read(world: World) -> None:
    pending = Move(cents=2_100, batch="velsen-1-F1", count=3, pending=True)
    answer = await world.take(a_statement(pending))
    assert (answer.pending, answer.booked, await world.states()) == (1, 0, ["approved"] * 3)


@pytest.mark.parametrize("wrong", ["closing", "none"])
async def test_a_statement_that_does_not_add_up_is_refused_whole(world: World, wrong: str) -> None:
    content = a_statement(WHOLE, closing=10_000_000 if wrong == "closing" else None)
    if wrong == "none":
        content = content.replace(b"CLBD", b"CLAV")
    with pytest.raises(StatementDoesNotAddUp):
        await world.take(content)
    assert await world.states() == ["approved"] * 3


@pytest.mark.parametrize("notification", [True, False])
async def test_a_statement_of_another_account_is_refused_whole(
    world: World, *, notification: bool
) -> None:
    with pytest.raises(NotOurAccount, match=OTHER_IBAN):
        await world.take(a_statement(WHOLE, account=OTHER_IBAN, notification=notification))
    assert await world.states() == ["approved"] * 3


async def test_a_run_is_not_paid_from_another_account_of_the_municipality(world: World) -> None:
    await a_setting(world.connection, "payer_iban", OTHER_IBAN)
    await world.take(a_statement(WHOLE, account=OTHER_IBAN))
    assert (await world.whys(), await world.states()) == (["other_payer"], ["approved"] * 3)


async def at_once(crowd: Database, ring: KeyRing, files: list[bytes]) -> list[object]:
    async def one(content: bytes) -> BankImport:
        async with crowd.connection(VELSEN) as own:
            return await import_bank_file(
                own, VELSEN, content, name="x.xml", ring=ring, actor=FINANCE, now=NOW
            )

    return list(await asyncio.gather(*map(one, files), return_exceptions=True))


FOUR = [a_statement(WHOLE, a_return(2, 700), message=f"MSG-{n}") for n in range(4)]


@pytest.mark.parametrize("files", [[STATEMENT] * 6, FOUR], ids=["same", "other"])
async def test_at_once_it_is_booked_once(
    world: World, crowd: Database, ring: KeyRing, files: list[bytes]
) -> None:
    answers = await at_once(crowd, ring, files)
    assert all(isinstance(one, BankImport) for one in answers), answers
    assert await world.entries() == {"pay": 3, "bounce": 1}
    assert await world.connection.fetchval("SELECT count(*) FROM bank_item") == 2


@pytest.mark.parametrize("files", [[STATEMENT] * 6, FOUR], ids=["same", "other"])
async def test_the_database_alone_books_it_once(
    world: World,
    crowd: Database,
    ring: KeyRing,
    files: list[bytes],
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(import_file, "ONE_IMPORT", Statement("SELECT 1", None))
    answers = await at_once(crowd, ring, files)
    assert any(isinstance(one, BankImport) for one in answers), answers
    assert all(isinstance(one, BankImport | asyncpg.PostgresError) for one in answers), answers
    assert await world.entries() == {"pay": 3, "bounce": 1}


Where = Literal["before it commits", "after it committed"]


def die_importing(login: Login, folder: Path, where: Where, content: bytes) -> None:
    """Runs in a process of its own, which is gone in the middle."""

    async def die(*_: object, **__: object) -> None:
        os.kill(os.getpid(), signal.SIGKILL)

    async def work() -> None:
        ring = a_key_store(folder, cities=("velsen",)).ring(VELSEN)
        if where == "before it commits":
            setattr(import_file, "record_event", die)  # noqa: B010 (pyright knows that a module is no such thing)
        connection = await login.connect()
        await import_bank_file(
            connection, VELSEN, content, name="x", ring=ring, actor=FINANCE, now=NOW
        )
        await die()

    asyncio.run(work())


@pytest.mark.parametrize("where", ["before it commits", "after it committed"])
async def test_an_import_that_is_killed_is_done_once_when_it_is_done_again(
    access: Access, world: World, tmp_path: Path, where: Where
) -> None:
    login, before = access.address.login(role_name("app", VELSEN)), await rows(world)
    arguments = (login, tmp_path / "other", where, STATEMENT)
    process = get_context("spawn").Process(target=die_importing, args=arguments)
    await asyncio.to_thread(lambda: (process.start(), process.join(60)))
    assert process.exitcode == -signal.SIGKILL
    assert (await rows(world) == before) == (where == "before it commits")
    await world.take(STATEMENT)
    assert await world.entries() == {"pay": 3, "bounce": 1}


@pytest.mark.parametrize("days", [-1, 1])
async def test_a_day_that_cannot_be_is_for_people(world: World, days: int) -> None:
    move = msgspec.structs.replace(WHOLE, day=TODAY + timedelta(days=days))
    await world.take(a_statement(move))
    assert (await world.whys(), await world.states()) == (["other_day"], ["approved"] * 3)


async def test_nothing_comes_back_on_a_day_before_it_was_paid(
    connection: Connection, world: World
) -> None:
    later = NOW + timedelta(days=2)
    await mark_paid(connection, world.run, paid_on=day_of(later), actor=FINANCE, now=later)
    await world.take(a_statement(a_return(2, 700), notification=True), now=later)
    assert (await world.whys(), await world.states()) == (["other_day"], ["paid"] * 3)


@pytest.mark.parametrize(
    ("why", "said"),
    [
        ("other_amount", {"Amt": {"InstdAmt": {"value": "9.01", "Ccy": "EUR"}}}),
        ("other_payee", {"CdtrAcct": {"Id": {"IBAN": OTHER_IBAN}}}),
        (None, {"Amt": {"InstdAmt": {"value": "9.00", "Ccy": "EUR"}}}),
        (None, {"CdtrAcct": {"Id": {"IBAN": SHOP_IBAN}}}),
    ],
)
async def test_a_report_with_another_amount_or_account_is_for_people(
    world: World, why: str | None, said: dict[str, object]
) -> None:
    await world.take(a_report(lines=[("velsen-1-3", "RJCT", "AC01")], original=said))
    assert await world.whys() == ([] if why is None else [why])
    assert (await world.states())[2] == ("returned" if why is None else "approved")


async def test_one_kind_of_message_says_of_a_payment_once_that_it_was_paid(world: World) -> None:
    """The database alone: a second item of the same kind cannot speak of the same line."""
    await world.take(a_statement(WHOLE))
    with pytest.raises(asyncpg.UniqueViolationError):
        await world.connection.execute(
            """
            WITH item AS (
                INSERT INTO bank_item (id, file_id, key, message, account, kind, is_return, amount_cents, currency, day, status, reason,
                    lines_listed, outcome, decided_at)
                SELECT gen_random_uuid(), file_id, sha256('x'), message, account, kind, false, 500, 'EUR', day, '', '', false,
                    'booked', now()
                FROM bank_item RETURNING id
            )
            INSERT INTO bank_booking (item_id, run_id, number, act, message) SELECT id, $1, 1, 'pay', 'statement' FROM item
            """,
            world.run,
        )
