"""Two at the same moment, a paper that never changes, and a proof that names what is not right with a note."""

import asyncio

import asyncpg
import pytest

from given.days import NOW, TODAY
from given.debit_notes import a_debtor, a_proposed_note, an_approved_note
from given.settlements import FINANCE, SECOND, VELSEN
from mutate import by_hand
from pas.app.proving import prove_books
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.money import Cents
from pas.press.document import House
from pas.press.press import a_press
from pas.settlements.debit_notes.approve import approve_debit_note, withdraw_debit_note
from pas.settlements.debit_notes.paper import debit_note_pdf, document_of
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.debit_notes.receive import receive_by_hand
from pas.settlements.debit_notes.rules import (
    DebitNoteInOtherState,
    MoreThanOutstanding,
    OpenDebitNote,
)
from pas.settlements.debit_notes.stored import list_notes, read_note

HOUSE = House("Velsen", "Stadspas", "14 0255")
INSERT = "INSERT INTO debit_note (id, merchant_id, proposed_by_kind, proposed_by) VALUES (gen_random_uuid(), $1, 'login', $1)"


async def test_of_ten_proposals_at_once_one_is_made(
    connection: Connection, superuser: Connection, crowd: Database
) -> None:
    shop = await a_debtor(connection, superuser)

    async def propose() -> object:
        async with crowd.connection(VELSEN) as own:
            try:
                return await propose_debit_note(own, shop.merchant.id, actor=FINANCE, now=NOW)
            except Refusal as refusal:
                return refusal

    answers = await asyncio.gather(*(propose() for _ in range(10)))
    assert sum(isinstance(one, OpenDebitNote) for one in answers) == 9
    assert [one.number for one in await list_notes(connection)] == [1]


async def test_the_database_alone_lets_one_note_be_open_and_counts_without_gaps(
    connection: Connection, superuser: Connection, crowd: Database
) -> None:
    """Of many who all write past the program: one for each merchant, numbered from 1."""
    shops = [await a_debtor(connection, superuser, name=name) for name in ("A", "B", "C")]

    async def insert(merchant: object) -> object:
        async with crowd.connection(VELSEN) as own:
            try:
                return await own.execute(INSERT, merchant)
            except asyncpg.UniqueViolationError as error:
                return error

    answers = await asyncio.gather(*(insert(one.merchant.id) for one in shops * 3))
    refused = [one for one in answers if isinstance(one, asyncpg.UniqueViolationError)]
    assert {one.constraint_name for one in refused} == {"debit_note_open"}
    assert (len(refused), [one.number for one in await list_notes(connection)]) == (6, [3, 2, 1])


async def test_of_many_receipts_at_once_no_more_is_booked_than_is_outstanding(
    connection: Connection, superuser: Connection, crowd: Database
) -> None:
    note = await an_approved_note(connection, superuser)

    async def receive(number: int) -> object:
        async with crowd.connection(VELSEN) as own:
            try:
                return await receive_by_hand(
                    own,
                    note.id,
                    number,
                    amount_cents=Cents(600),
                    received_on=TODAY,
                    actor=FINANCE,
                    now=NOW,
                )
            except Refusal as refusal:
                return refusal

    await asyncio.gather(*(receive(number) for number in (1, 2, 1, 2, 3, 1)))
    assert (await read_note(connection, note.id)).received_cents == 600
    assert isinstance(await receive(2), MoreThanOutstanding)


async def test_a_paper_is_always_the_same_bytes(
    connection: Connection, superuser: Connection
) -> None:
    note = await an_approved_note(connection, superuser)

    async def paper() -> bytes:
        async with a_press() as press:
            return await debit_note_pdf(connection, note.id, house=HOUSE, press=press)

    first = await paper()
    await receive_by_hand(
        connection,
        note.id,
        1,
        amount_cents=Cents(400),
        received_on=TODAY,
        actor=FINANCE,
        now=NOW,
    )
    assert await paper() == first
    said = repr(document_of(note, HOUSE))
    for word in ("€\\xa010,00", "RF46 PAS0 0000 0001", note.payee_iban or "", "Sportclub De Brug"):
        assert word in said


async def test_there_is_no_paper_of_what_is_not_asked(
    connection: Connection, superuser: Connection
) -> None:
    note = await a_proposed_note(connection, superuser)
    async with a_press() as press:
        with pytest.raises(DebitNoteInOtherState):
            await debit_note_pdf(connection, note.id, house=HOUSE, press=press)
        await approve_debit_note(connection, note.id, actor=SECOND, now=NOW)
        await withdraw_debit_note(connection, note.id, reason="Fout.", actor=SECOND, now=NOW)
        with pytest.raises(DebitNoteInOtherState):
            await debit_note_pdf(connection, note.id, house=HOUSE, press=press)


TAMPERED = {
    ("debit_note", "UPDATE debit_note SET received_cents = 500"): "debit note sum",
    (
        "debit_note",
        "UPDATE debit_note SET amount_cents = 300, received_cents = 300",
    ): "debit note sum",
    ("debit_note", "UPDATE debit_note SET account_id = account_id + 1"): "debit note entry",
    ("debit_note_receipt", "DELETE FROM debit_note_receipt"): "debit note entry",
    ("debit_note_receipt", "UPDATE debit_note_receipt SET amount_cents = 399"): "debit note entry",
    ("debit_note_receipt", "UPDATE debit_note_receipt SET entry_id = note_id"): "debit note entry",
    ("transfer", "UPDATE transfer SET amount = 401 WHERE amount = 400"): "debit note entry",
}


@pytest.mark.tampered
@pytest.mark.parametrize("change", TAMPERED)
async def test_a_note_that_was_tampered_with_is_found(
    connection: Connection, superuser: Connection, change: tuple[str, str]
) -> None:
    note = await an_approved_note(connection, superuser)
    await receive_by_hand(
        connection,
        note.id,
        1,
        amount_cents=Cents(400),
        received_on=TODAY,
        actor=FINANCE,
        now=NOW,
    )
    assert (await prove_books(connection, NOW)).closes
    await by_hand(superuser, *change)
    proof = await prove_books(connection, NOW)
    assert not proof.closes
    assert TAMPERED[change] in {one.check for one in proof.findings}


async def test_what_was_received_enters_the_open_month_with_an_entry_of_its_own(
    connection: Connection, superuser: Connection
) -> None:
    note = await an_approved_note(connection, superuser)
    await receive_by_hand(
        connection,
        note.id,
        1,
        amount_cents=Cents(400),
        received_on=TODAY,
        actor=FINANCE,
        now=NOW,
    )
    row = await connection.fetchrow(
        "SELECT e.period, t.amount, d.kind AS debit, c.kind AS credit FROM entry e JOIN transfer t ON t.entry_id = e.id"
        " JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit WHERE e.kind = 'debit_note'"
    )
    assert row is not None
    assert tuple(row) == (TODAY.replace(day=1), 400, "bank", "merchant")
