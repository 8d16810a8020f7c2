"""What the bank received for a note is booked once, by its reference; what is too much waits for people."""

from datetime import timedelta

import asyncpg
import pytest

from given.bank import Move, a_statement
from given.days import NOW, TODAY
from given.debit_notes import a_debtor, an_approved_note
from given.settlements import FINANCE, SECOND, VELSEN, sell
from pas.auth.actor import SYSTEM, Actor
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.money import Cents
from pas.settlements.bank.decide_item import PaymentNotFound, propose_match
from pas.settlements.bank.import_file import BankImport, import_bank_file
from pas.settlements.bank.show import list_open_items
from pas.settlements.debit_notes.approve import approve_debit_note, withdraw_debit_note
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.debit_notes.receive import receive_by_hand
from pas.settlements.debit_notes.reference import in_groups, reference_of
from pas.settlements.debit_notes.stored import read_note, read_receipts
from pas.settlements.payments import By


class Desk:
    """A note of ten euros that was approved, and files of the bank that come in."""

    def __init__(self, connection: Connection, ring: KeyRing, note: DebitNote) -> None:
        self.connection, self.ring, self.note = connection, ring, note

    async def take(self, content: bytes, *, actor: Actor = FINANCE) -> BankImport:
        return await import_bank_file(
            self.connection, VELSEN, content, name="x.xml", ring=self.ring, actor=actor, now=NOW
        )

    async def state(self) -> tuple[str, int, int]:
        note = await read_note(self.connection, self.note.id)
        return note.state, note.received_cents, len(await read_receipts(self.connection, note.id))

    async def whys(self) -> list[str | None]:
        return [one.why for one in await list_open_items(self.connection)]


@pytest.fixture
async def desk(connection: Connection, superuser: Connection, ring: KeyRing) -> Desk:
    return Desk(connection, ring, await an_approved_note(connection, superuser))


def received(cents: int = 1_000, *, words: str = "", number: int = 1, **more: object) -> Move:
    said = words or f"Terugbetaling {in_groups(reference_of(number))} bedankt"
    return Move(cents=cents, credit=True, lines=[("", cents, "")], words=said, **more)  # pyright: ignore[reportArgumentType]


@pytest.mark.parametrize("habit", ["ing", "rabobank", "abn_amro", "bng"])
async def test_a_reference_in_words_pays_the_note(desk: Desk, habit: str) -> None:
    answer = await desk.take(a_statement(received(), habit=habit))  # pyright: ignore[reportArgumentType]
    assert (answer.booked, answer.open) == (1, 0)
    assert await desk.state() == ("paid", 1_000, 1)


async def test_a_structured_reference_pays_the_note_and_goes_before_words(desk: Desk) -> None:
    move = received(words="RF00 iets anders", creditor_reference=reference_of(1))
    assert (await desk.take(a_statement(move), actor=SYSTEM)).booked == 1
    assert await desk.state() == ("paid", 1_000, 1)


async def test_two_parts_pay_a_note_and_the_same_files_again_change_nothing(desk: Desk) -> None:
    first = a_statement(received(400, reference="A"))
    assert (await desk.take(first)).booked == 1
    assert await desk.state() == ("approved", 400, 1)
    await desk.take(first)
    both = a_statement(received(400, reference="A"), received(600, reference="B"), statement="2")
    answer = await desk.take(both)
    assert (answer.known, answer.booked) == (1, 1)
    assert await desk.state() == ("paid", 1_000, 2)


async def test_equal_parts_in_one_file_are_two(desk: Desk) -> None:
    answer = await desk.take(
        a_statement(received(500, reference="A"), received(500, reference="B"))
    )
    assert (answer.booked, await desk.state()) == (2, ("paid", 1_000, 2))


async def test_what_is_more_than_outstanding_is_booked_not_at_all(desk: Desk) -> None:
    answer = await desk.take(a_statement(received(1_001)))
    assert (answer.booked, answer.open) == (0, 1)
    assert (await desk.whys(), await desk.state()) == (["above_outstanding"], ("approved", 0, 0))


async def test_of_two_that_are_too_much_together_one_is_booked(desk: Desk) -> None:
    moves = (received(700, reference="A"), received(700, reference="B"))
    answer = await desk.take(a_statement(*moves))
    assert (answer.booked, await desk.whys()) == (1, ["above_outstanding"])
    assert await desk.state() == ("approved", 700, 1)


async def test_a_statement_after_a_notification_confirms(desk: Desk) -> None:
    await desk.take(a_statement(received(400), notification=True))
    answer = await desk.take(a_statement(received(400)))
    assert (answer.booked, answer.confirmed) == (0, 1)
    assert await desk.state() == ("approved", 400, 1)
    again = await desk.take(a_statement(received(400, reference="C"), statement="2"))
    assert (again.booked, await desk.state()) == (1, ("approved", 800, 2))


async def test_a_statement_confirms_what_was_booked_by_hand(desk: Desk) -> None:
    await receive_by_hand(
        desk.connection,
        desk.note.id,
        1,
        amount_cents=Cents(400),
        received_on=TODAY,
        actor=FINANCE,
        now=NOW,
    )
    assert (await desk.take(a_statement(received(400)))).confirmed == 1
    assert await desk.state() == ("approved", 400, 1)


async def test_the_same_amount_on_another_day_may_be_the_same_and_waits(desk: Desk) -> None:
    await desk.take(a_statement(received(400), notification=True))
    await desk.take(a_statement(received(400, day=TODAY - timedelta(days=1))))
    assert (await desk.whys(), await desk.state()) == (["maybe_booked"], ("approved", 400, 1))


@pytest.mark.parametrize(
    ("move", "why"),
    [
        (received(number=2), "unknown_id"),
        (received(day=TODAY - timedelta(days=1)), "other_day"),
        (received(day=TODAY + timedelta(days=1)), "other_day"),
        (received(currency="USD"), "other_currency"),
        (received(words=f"{reference_of(1)} {reference_of(2)}"), "no_id"),
        (received(words="Terugbetaling RF47PAS000000001"), "no_id"),
        (received(returned="AC04"), "no_id"),
    ],
)
async def test_what_is_not_a_payment_of_a_note_waits_with_its_reason(
    desk: Desk, move: Move, why: str
) -> None:
    await desk.take(a_statement(move))
    assert (await desk.whys(), await desk.state()) == ([why], ("approved", 0, 0))


async def test_money_that_leaves_pays_no_note(desk: Desk) -> None:
    move = Move(cents=1_000, lines=[("", 1_000, "")], words=reference_of(1))
    await desk.take(a_statement(move))
    assert (await desk.whys(), await desk.state()) == (["no_id"], ("approved", 0, 0))


async def test_a_note_that_is_over_or_not_approved_receives_nothing(
    desk: Desk, superuser: Connection
) -> None:
    await withdraw_debit_note(desk.connection, desk.note.id, reason="Fout.", actor=SECOND, now=NOW)
    await desk.take(a_statement(received()))
    assert await desk.whys() == ["above_outstanding"]
    shop = await a_debtor(desk.connection, superuser, name="Tweede")
    await propose_debit_note(desk.connection, shop.merchant.id, actor=FINANCE, now=NOW)
    await desk.take(a_statement(received(number=2), statement="2"))
    assert await desk.whys() == ["above_outstanding", "unknown_id"]


async def test_what_waits_is_looked_at_again(desk: Desk, superuser: Connection) -> None:
    """It was too much while sales had paid a part; after a refund it is what is outstanding."""
    await desk.take(a_statement(received(number=2)))
    assert await desk.whys() == ["unknown_id"]
    await withdraw_debit_note(
        desk.connection, desk.note.id, reason="Nieuwe.", actor=SECOND, now=NOW
    )
    again = await propose_debit_note(desk.connection, desk.note.merchant_id, actor=FINANCE, now=NOW)
    await approve_debit_note(desk.connection, again.id, actor=SECOND, now=NOW)
    await desk.take(a_statement(Move(cents=5), statement="2"))
    assert await desk.whys() == ["no_id"]
    assert (await read_note(desk.connection, again.id)).state == "paid"


async def test_nobody_says_of_another_payment_that_it_is_a_note(desk: Desk) -> None:
    await desk.take(a_statement(received(1_001)))
    [item] = await list_open_items(desk.connection)
    assert (item.note_number, item.run_number) == (1, None)
    with pytest.raises(PaymentNotFound):
        await propose_match(
            desk.connection,
            VELSEN,
            item.id,
            reference=reference_of(1),
            because="Staat er.",
            by=By(FINANCE, NOW),
        )


async def test_an_item_and_a_receipt_say_the_same(desk: Desk) -> None:
    """The database refuses what was booked of an item, where it is not what the bank says."""
    await desk.take(a_statement(received(400)))
    await receive_by_hand(
        desk.connection,
        desk.note.id,
        2,
        amount_cents=Cents(100),
        received_on=TODAY,
        actor=FINANCE,
        now=NOW,
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await desk.connection.execute(
            "INSERT INTO debit_note_bank_item (item_id, entry_id, message)"
            " SELECT i.id, r.entry_id, i.message FROM bank_item i, debit_note_receipt r WHERE r.number = 2"
        )
    assert refused.value.sqlstate == "PA279"
    for write in ("UPDATE", "DELETE"):
        change = "SET message = 'notification'" if write == "UPDATE" else ""
        with pytest.raises(asyncpg.InsufficientPrivilegeError):
            await desk.connection.execute(
                f"{write} {'FROM ' if write == 'DELETE' else ''}debit_note_bank_item {change}"
            )


async def test_new_sales_make_the_payment_too_much(
    connection: Connection, superuser: Connection, ring: KeyRing
) -> None:
    shop = await a_debtor(connection, superuser)
    note = await propose_debit_note(connection, shop.merchant.id, actor=FINANCE, now=NOW)
    note = await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
    desk = Desk(connection, ring, note)
    await sell(connection, shop, 1)
    await desk.take(a_statement(received(1_000)))
    assert (await desk.whys(), await desk.state()) == (["above_outstanding"], ("approved", 0, 0))
    await desk.take(a_statement(received(999, reference="B"), statement="2"))
    assert await desk.state() == ("netted", 999, 1)
