"""What money that came in means for a debit note: booked, confirmed, or left for people, with a reason.

Only what is outstanding is booked: less is a part, more is for people, whole. What another kind of
message, or a person, booked already is known by its amount and its day. Judging is pure; around it the
notes are locked before, and what was judged is booked after.
"""

from collections.abc import Collection, Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import DebitNoteId, EntryId
from pas.money import Cents
from pas.settlements.bank.rules import Source, Verdict, left
from pas.settlements.bank.said import Item, Message
from pas.settlements.bank.stored import Judged
from pas.settlements.debit_notes.receive import book_receipt, receipt_entry
from pas.settlements.payments import By


class ReceiptFact(msgspec.Struct, frozen=True):
    """What is booked of a note, and which kinds of message said so."""

    entry_id: EntryId
    amount_cents: Cents
    received_on: date
    heard: frozenset[Message]


class NoteFact(msgspec.Struct, frozen=True):
    """An approved note; ``outstanding_cents`` is nothing when it is over."""

    id: DebitNoteId
    number: int
    approved_on: date
    outstanding_cents: Cents
    receipts: Sequence[ReceiptFact]

    @property
    def next_entry(self) -> EntryId:
        return receipt_entry(self.id, len(self.receipts) + 1)


class NoteRow(msgspec.Struct, frozen=True):
    id: DebitNoteId
    number: int
    approved_at: datetime
    outstanding_cents: Cents


class ReceiptRow(msgspec.Struct, frozen=True):
    note_id: DebitNoteId
    entry_id: EntryId
    amount_cents: Cents
    received_on: date
    heard: list[Message]


LOCK_NOTES: Final = Statement(
    "SELECT 1 FROM debit_note WHERE number = ANY ($1) ORDER BY id FOR NO KEY UPDATE", None
)
READ_NOTES: Final = Statement(
    """
    SELECT id, number, approved_at, debit_note_outstanding(id) AS outstanding_cents
    FROM debit_note WHERE number = ANY ($1) AND approved_at IS NOT NULL
    """,
    NoteRow,
)
READ_RECEIPTS: Final = Statement(
    """
    SELECT r.note_id, r.entry_id, r.amount_cents, r.received_on,
        ARRAY(SELECT b.message FROM debit_note_bank_item b WHERE b.entry_id = r.entry_id) AS heard
    FROM debit_note_receipt r WHERE r.note_id = ANY ($1) ORDER BY r.note_id, r.number
    """,
    ReceiptRow,
)
INSERT_HEARD: Final = Statement(
    """
    INSERT INTO debit_note_bank_item (item_id, entry_id, message)
    SELECT h.item, h.entry, h.message FROM unnest($1::uuid[], $2::uuid[], $3::text[]) AS h (item, entry, message)
    """,
    None,
)


class Notes(msgspec.Struct):
    """What the books say of notes, by their number, kept up while a file is judged."""

    by_number: dict[int, NoteFact]

    def take_in(self, item: Item, verdict: Verdict, message: Message) -> None:
        """Say of what was just judged that it is so."""
        if item.note is None or verdict.receipt is None:
            return
        note = self.by_number[item.note]
        assert item.amount_cents is not None, "without an amount nothing is booked"
        if verdict.outcome == "booked":
            new = ReceiptFact(
                verdict.receipt, item.amount_cents, item.day, frozenset[Message]({message})
            )
            receipts = [*note.receipts, new]
            rest = Cents(note.outstanding_cents - item.amount_cents)
        else:
            receipts, rest = [heard_by(one, verdict, message) for one in note.receipts], None
        self.by_number[item.note] = msgspec.structs.replace(
            note,
            receipts=receipts,
            outstanding_cents=note.outstanding_cents if rest is None else rest,
        )


def heard_by(one: ReceiptFact, verdict: Verdict, message: Message) -> ReceiptFact:
    if one.entry_id != verdict.receipt:
        return one
    return msgspec.structs.replace(one, heard=one.heard | {message})


async def lock_notes(connection: Connection, numbers: Collection[int]) -> Notes:
    """Lock notes by their number, after the runs; one that is not approved is as good as unknown."""
    wanted = sorted(numbers)
    await LOCK_NOTES.run(connection, wanted)
    notes = await READ_NOTES.all(connection, wanted)
    receipts = await READ_RECEIPTS.all(connection, [one.id for one in notes])
    return Notes(
        {
            one.number: NoteFact(
                one.id,
                one.number,
                day_of(one.approved_at),
                one.outstanding_cents,
                [
                    ReceiptFact(
                        row.entry_id, row.amount_cents, row.received_on, frozenset(row.heard)
                    )
                    for row in receipts
                    if row.note_id == one.id
                ],
            )
            for one in notes
        }
    )


def judge_receipt(item: Item, source: Source, notes: Notes) -> Verdict:
    """Judge money that names a note, by itself; whoever calls tells the notes before the next one."""
    note = None if item.note is None else notes.by_number.get(item.note)
    if note is None:
        return left("unknown_id")
    if item.currency != "EUR" or not item.amount_cents:
        return left("other_currency")
    alike = [
        one
        for one in note.receipts
        if one.amount_cents == item.amount_cents and source.message not in one.heard
    ]
    for one in alike:
        if one.received_on == item.day:
            return Verdict(outcome="confirmed", day=item.day, receipt=one.entry_id)
    if alike:
        return left("maybe_booked")
    if not note.approved_on <= item.day <= source.today:
        return left("other_day")
    if item.amount_cents > note.outstanding_cents:
        return left("above_outstanding")
    return Verdict(outcome="booked", day=item.day, receipt=note.next_entry)


async def book_receipts(
    connection: Connection, judged: Sequence[Judged], notes: Notes, *, by: By
) -> None:
    """Book what came in, in the order in which it was judged; a note counts its receipts from 1."""
    for one in judged:
        item, verdict = one.item, one.verdict
        if item.note is None or verdict.receipt is None or verdict.outcome != "booked":
            continue
        assert item.amount_cents is not None, "without an amount nothing is booked"
        note = notes.by_number[item.note]
        entries = [receipt.entry_id for receipt in note.receipts]
        await book_receipt(
            connection,
            note.id,
            entries.index(verdict.receipt) + 1,
            amount_cents=item.amount_cents,
            received_on=item.day,
            by=by,
        )


async def keep_receipts(connection: Connection, judged: Sequence[Judged]) -> None:
    """Keep which item spoke of which receipt; the database holds amount and day against each other."""
    some = [one for one in judged if one.verdict.receipt is not None]
    if some:
        await INSERT_HEARD.run(
            connection,
            [one.id for one in some],
            [one.verdict.receipt for one in some],
            [one.message for one in some],
        )
