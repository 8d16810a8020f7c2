"""What nobody could match is said by two people, and booked; the database holds them to it."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from given.bank import Move, a_report, a_statement
from given.bank_world import SHOP_IBAN, WHOLE, World, a_return
from given.days import NOW, TODAY
from given.settlements import FINANCE, SECOND, VELSEN, owed
from mutate import by_hand
from pas.app.proving import prove_books
from pas.auth.actor import SYSTEM, Actor, PermissionMissing
from pas.auth.events import read_events
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import BankItemId
from pas.settlements.bank.decide_item import (
    BankDecisionWaits,
    BankItemDecided,
    BankItemNotFound,
    NoBankDecisionWaits,
    NothingLeftToMatch,
    OwnBankDecision,
    PaymentNotFound,
    confirm,
    propose_dismissal,
    propose_match,
    refuse,
)
from pas.settlements.bank.show import list_open_items, read_open_item
from pas.settlements.payments import By, mark_paid

ME, YOU = By(FINANCE, NOW), By(SECOND, NOW)
LESS_CHARGES = a_return(2, 690)


async def left(world: World, content: bytes) -> BankItemId:
    """The one item that a file leaves."""
    await world.take(content)
    [item] = await list_open_items(world.connection)
    return item.id


async def match(world: World, item: BankItemId, reference: str, by: By = ME) -> None:
    await propose_match(
        world.connection, VELSEN, item, reference=reference, because="Kosten eraf", by=by
    )


async def test_two_people_match_a_return_less_charges(world: World) -> None:
    await world.take(a_statement(WHOLE))
    item = await left(world, a_statement(LESS_CHARGES, statement="2"))
    await match(world, item, "velsen-1-2")
    assert await world.states() == ["paid"] * 3
    await confirm(world.connection, item, by=YOU)
    assert await world.states() == ["paid", "returned", "paid"]
    assert await owed(world.connection, world.shops[1]) == 700
    assert await list_open_items(world.connection) == []


async def test_two_people_match_a_total_without_an_id(world: World) -> None:
    item = await left(world, a_statement(Move(cents=2_100)))
    await match(world, item, "velsen-1-F1")
    await confirm(world.connection, item, by=YOU)
    assert await world.states() == ["paid"] * 3
    again = await world.take(a_statement(Move(cents=2_100), message="M2"))
    assert (again.known, await world.entries()) == (1, {"pay": 3})


async def test_two_people_say_that_a_whole_file_was_refused(world: World) -> None:
    item = await left(world, a_report(group="RJCT", reason="FF01"))
    await match(world, item, "velsen-1-F1")
    await confirm(world.connection, item, by=YOU)
    assert await world.states() == ["returned"] * 3


async def test_two_people_say_that_it_is_not_ours(world: World) -> None:
    item = await left(world, a_statement(Move(cents=2_100)))
    await propose_dismissal(world.connection, item, because="Huur", by=ME)
    await confirm(world.connection, item, by=YOU)
    assert (await world.states(), await world.whys()) == (["approved"] * 3, [])
    kinds = [one.kind for one in await read_events(world.connection, limit=3)]
    assert kinds[:3] == ["bank_item.confirmed", "bank_item.proposed", "bank_file.imported"]


@pytest.mark.parametrize(("by", "outcome"), [(ME, "withdrawn"), (YOU, "refused")])
async def test_a_proposal_that_is_refused_or_taken_back_leaves_it_open(
    world: World, by: By, outcome: str
) -> None:
    item = await left(world, a_statement(Move(cents=2_100)))
    await match(world, item, "velsen-1-F1")
    await refuse(world.connection, item, by=by)
    assert await world.connection.fetchval("SELECT outcome FROM bank_decision") == outcome
    with pytest.raises(NoBankDecisionWaits):
        await confirm(world.connection, item, by=YOU)
    await match(world, item, "velsen-1-F1")
    assert await world.states() == ["approved"] * 3


async def test_what_waits_for_a_second_person_is_not_matched_meanwhile(world: World) -> None:
    item = await left(world, a_statement(a_return(2, 700), notification=True))
    await propose_dismissal(world.connection, item, because="Weet niet", by=ME)
    await world.take(a_statement(WHOLE))
    assert (await world.states(), await world.whys()) == (["paid"] * 3, ["not_paid_yet"])


Deed = Callable[[World, BankItemId], Awaitable[None]]


async def unknown(world: World, _: BankItemId) -> None:
    await confirm(world.connection, BankItemId(world.run), by=YOU)


async def twice(world: World, item: BankItemId) -> None:
    for _ in range(2):
        await match(world, item, "velsen-1-1")


async def own(world: World, item: BankItemId) -> None:
    await match(world, item, "velsen-1-1")
    await confirm(world.connection, item, by=ME)


async def elsewhere(world: World, item: BankItemId) -> None:
    await match(world, item, "haarlem-1-1")


async def no_such_line(world: World, item: BankItemId) -> None:
    await match(world, item, "velsen-1-9")


async def paid_already(world: World, item: BankItemId) -> None:
    await mark_paid(world.connection, world.run, paid_on=TODAY, actor=FINANCE, now=NOW)
    await match(world, item, "velsen-1-1")


async def paid_meanwhile(world: World, item: BankItemId) -> None:
    await match(world, item, "velsen-1-1")
    await mark_paid(world.connection, world.run, paid_on=TODAY, actor=FINANCE, now=NOW)
    await confirm(world.connection, item, by=YOU)


async def decided(world: World, item: BankItemId) -> None:
    await match(world, item, "velsen-1-1")
    await confirm(world.connection, item, by=YOU)
    await match(world, item, "velsen-1-2")


async def by_program(world: World, item: BankItemId) -> None:
    await match(world, item, "velsen-1-1", By(SYSTEM, NOW))


@pytest.mark.parametrize(
    ("deed", "refusal"),
    [
        (unknown, BankItemNotFound),
        (twice, BankDecisionWaits),
        (own, OwnBankDecision),
        (elsewhere, PaymentNotFound),
        (no_such_line, PaymentNotFound),
        (paid_already, NothingLeftToMatch),
        (paid_meanwhile, NothingLeftToMatch),
        (decided, BankItemDecided),
        (by_program, PermissionMissing),
    ],
)
async def test_what_is_refused(world: World, deed: Deed, refusal: type[Refusal]) -> None:
    item = await left(world, a_statement(Move(cents=500)))
    with pytest.raises(refusal):
        await deed(world, item)


async def test_the_database_refuses_the_same_person(world: World) -> None:
    item = await left(world, a_statement(Move(cents=500)))
    await match(world, item, "velsen-1-1")
    with pytest.raises(asyncpg.CheckViolationError, match="second_pair_of_eyes"):
        await world.connection.execute(
            "UPDATE bank_decision SET outcome = 'confirmed', ended_at = now(), ended_by = proposed_by"
        )


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE bank_item SET outcome = 'matched', decided_at = now()",
        "UPDATE bank_item SET outcome = 'dismissed', decided_at = now()",
    ],
)
async def test_the_database_wants_two_people(world: World, change: str) -> None:
    await left(world, a_statement(Move(cents=500)))
    with pytest.raises(asyncpg.PostgresError) as raised:
        await world.connection.execute(change)
    assert raised.value.sqlstate == "PA293"


@pytest.mark.parametrize(
    "column", ["amount_cents = 1", "key = sha256('x')", "run_number = 9, line_number = 1"]
)
async def test_what_the_bank_said_never_changes(
    world: World, superuser: Connection, column: str
) -> None:
    await left(world, a_statement(Move(cents=500)))
    with pytest.raises(asyncpg.PostgresError) as raised:
        await superuser.execute(f"UPDATE velsen.bank_item SET {column}")
    assert raised.value.sqlstate == "PA293"


async def test_a_decision_ends_once(world: World) -> None:
    item = await left(world, a_statement(Move(cents=500)))
    await match(world, item, "velsen-1-1")
    await refuse(world.connection, item, by=YOU)
    with pytest.raises(asyncpg.PostgresError) as raised:
        await world.connection.execute("UPDATE bank_decision SET outcome = 'confirmed'")
    assert raised.value.sqlstate == "PA294"


SAID = """
    WITH file AS (
        INSERT INTO bank_file (id, message, name, sha256, imported_at, imported_by_kind, imported_by, known, pending)
        VALUES ($1, 'statement', 'x', sha256('x'), now(), 'system', $1, 0, 0) RETURNING id
    ), item AS (
        INSERT INTO bank_item (id, file_id, key, message, account, kind, is_return, amount_cents, currency, day, status, reason,
            lines_listed, outcome, decided_at)
        SELECT id, id, sha256('x'), 'statement', 'x', 'debit', false, $2, $3, now(), '', '', false, 'booked', now() FROM file
        RETURNING id
    )
    INSERT INTO bank_booking (item_id, run_id, number, act, message) SELECT id, $1, 1, 'pay', $4 FROM item
"""


@pytest.mark.parametrize(
    ("paid", "cents", "currency", "message", "refused"),
    [
        (True, 500, "EUR", "statement", False),
        (False, 500, "EUR", "statement", True),
        (True, 499, "EUR", "statement", True),
        (True, 500, "USD", "statement", True),
        (True, 500, "EUR", "notification", True),
    ],
)
async def test_the_database_holds_a_booking_against_what_the_bank_said(
    world: World, *, paid: bool, cents: int, currency: str, message: str, refused: bool
) -> None:
    if paid:
        await mark_paid(world.connection, world.run, paid_on=TODAY, actor=FINANCE, now=NOW)
    written = world.connection.execute(SAID, world.run, cents, currency, message)
    if not refused:
        assert await written == "INSERT 0 1"
        return
    with pytest.raises(asyncpg.PostgresError) as raised:
        await written
    assert raised.value.sqlstate == "PA292"


async def test_names_go_when_two_people_said_what_it_is(world: World) -> None:
    item = await left(world, a_statement(Move(cents=501, lines=[("", 501, SHOP_IBAN)])))
    shown = await read_open_item(world.connection, item, ring=world.ring)
    assert shown.other is not None
    assert (shown.other.name, shown.other.ibans) == ("Stichting Zwemmen", (SHOP_IBAN,))
    stored = await world.connection.fetchval("SELECT content FROM bank_item_details")
    assert b"Zwemmen" not in stored
    await propose_dismissal(world.connection, item, because="Huur", by=ME)
    await confirm(world.connection, item, by=YOU)
    assert (await read_open_item(world.connection, item, ring=world.ring)).other is None
    assert await world.connection.fetchval("SELECT count(*) FROM bank_item_details") == 0


async def test_a_holder_takes_in_no_file(world: World) -> None:
    world_by = Actor(kind="holder", id=FINANCE.id)
    with pytest.raises(PermissionMissing):
        await world.take(a_statement(WHOLE), actor=world_by)


async def test_what_the_command_line_books_is_said_to_be_of_the_program(world: World) -> None:
    await world.take(a_statement(WHOLE), actor=SYSTEM)
    kinds = await world.connection.fetch("SELECT DISTINCT actor_kind FROM entry WHERE kind = 'pay'")
    assert [one["actor_kind"] for one in kinds] == ["system"]


@pytest.mark.tampered
@pytest.mark.parametrize(
    ("table", "change"),
    [
        ("bank_item", "UPDATE velsen.bank_item SET amount_cents = 2000"),
        ("bank_item", "UPDATE velsen.bank_item SET outcome = 'noted'"),
        ("bank_booking", "DELETE FROM velsen.bank_booking WHERE number = 1"),
    ],
)
async def test_the_proof_names_what_differs_from_what_the_bank_said(
    world: World, superuser: Connection, table: str, change: str
) -> None:
    await world.take(a_statement(WHOLE))
    assert (await prove_books(world.connection, NOW)).closes
    await by_hand(superuser, f"velsen.{table}", change)
    proof = await prove_books(world.connection, NOW)
    assert [one.check for one in proof.findings] == ["bank item"]
