"""One entry of the books: what it moved from where to where, and the proof that it stands under a seal."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.seals.checkpoints import read_checkpoint
from pas.seals.prove_entry import EntryNotSealed, prove_entry
from pas.seals.tree import is_included, leaf_hash


class BookEntryNotFound(Refusal):
    """Deze boeking is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk of het nummer klopt, of kies een boeking uit de lijst."


class EntryRow(msgspec.Struct, frozen=True, rename="camel"):
    """What happened, and when; a refused one moved nothing."""

    id: UUID
    kind: str
    refusal: str | None
    reverses: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    period: date


class TransferOfEntry(msgspec.Struct, frozen=True, rename="camel"):
    """One movement between two accounts, in cents or visits."""

    line: int
    debit: int
    debit_kind: str
    debit_merchant: str | None
    credit: int
    credit_kind: str
    credit_merchant: str | None
    scheme_id: UUID | None
    budget_year: int | None
    unit: str
    amount: int


class SealOfEntry(msgspec.Struct, frozen=True, rename="camel"):
    """Where it stands among all that was sealed; ``holds`` says that we followed the way up just now."""

    number: int
    size: int
    leaf_hash: bytes
    proof: list[bytes]
    root: bytes
    checkpoint: str
    holds: bool


class BookEntry(msgspec.Struct, frozen=True):
    """An entry with its movements; without a seal it was booked a moment ago."""

    entry: EntryRow
    transfers: list[TransferOfEntry]
    seal: SealOfEntry | None


READ_ENTRY: Final = Statement(
    """
    SELECT id, kind, refusal, reverses, occurred_at, recorded_at, period FROM entry WHERE id = $1
    """,
    EntryRow,
)
READ_TRANSFERS: Final = Statement(
    """
    SELECT t.line, t.debit, d.kind AS debit_kind, f.name AS debit_merchant, t.credit, c.kind AS credit_kind,
        g.name AS credit_merchant, coalesce(d.scheme_id, c.scheme_id) AS scheme_id,
        coalesce(d.budget_year, c.budget_year) AS budget_year, d.unit, t.amount
    FROM transfer t JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
    LEFT JOIN merchant f ON d.kind = 'merchant' AND f.id = d.subject_id
    LEFT JOIN merchant g ON c.kind = 'merchant' AND g.id = c.subject_id
    WHERE t.entry_id = $1 ORDER BY t.line
    """,
    TransferOfEntry,
)


async def read_entry(connection: Connection, entry_id: UUID) -> BookEntry:
    entry = await READ_ENTRY.first(connection, entry_id)
    if entry is None:
        raise BookEntryNotFound
    transfers = await READ_TRANSFERS.all(connection, entry_id)
    return BookEntry(entry, transfers, await _seal_of(connection, entry_id))


async def _seal_of(connection: Connection, entry_id: UUID) -> SealOfEntry | None:
    try:
        found = await prove_entry(connection, entry_id)
    except EntryNotSealed:
        return None
    last = read_checkpoint(found.checkpoint)[0]
    leaf = leaf_hash(found.data)
    return SealOfEntry(
        number=found.number,
        size=last.size,
        leaf_hash=leaf,
        proof=found.proof,
        root=last.root,
        checkpoint=found.checkpoint,
        holds=is_included(leaf, found.proof, index=found.number, size=last.size, top=last.root),
    )
