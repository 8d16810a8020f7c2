"""Answers of the bank for whoever reads them: files, what came of each, and what nobody could match."""

from datetime import date
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import BankFileId, BankItemId
from pas.money import Cents
from pas.settlements.bank.decide_item import READ_WAITING, BankItemNotFound, Decision
from pas.settlements.bank.details import read_details
from pas.settlements.bank.import_file import READ_IMPORTED, BankImport
from pas.settlements.bank.rules import Why
from pas.settlements.bank.said import Counterparty, ItemKind, Message
from pas.settlements.bank.stored import READ_ITEM, StoredItem, StoredOutcome

BEGINNING: Final = UUID(int=0)
END: Final = UUID(int=2**128 - 1)


class BankAnswerNotFound(Refusal):
    """Dit bestand van de bank is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een bestand uit de lijst."


class ListedItem(msgspec.Struct, frozen=True, rename="camel"):
    """An item of the bank without names; ``why`` is why it was not matched."""

    id: BankItemId
    file_id: BankFileId
    message: Message
    kind: ItemKind
    is_return: bool
    amount_cents: Cents | None
    currency: str
    day: date
    run_number: int | None
    file_number: int | None
    line_number: int | None
    note_number: int | None
    transactions: int | None
    status: str
    reason: str
    outcome: StoredOutcome
    why: Why | None
    waits: bool
    """A colleague said what it is; a second person has to look at it."""


class OpenItem(msgspec.Struct, frozen=True):
    """One item with all that is known of it; the other side is None when that is past its clock."""

    item: StoredItem
    other: Counterparty | None
    waiting: Decision | None


LIST_FILES: Final = Statement(
    """
    SELECT f.id, f.message, f.name, encode(f.sha256, 'hex') AS sha256, f.imported_at, f.imported_by_kind,
        count(*) FILTER (WHERE i.outcome = 'booked') AS booked, count(*) FILTER (WHERE i.outcome = 'confirmed') AS confirmed,
        count(*) FILTER (WHERE i.outcome = 'noted') AS noted, count(*) FILTER (WHERE i.outcome = 'open') AS open,
        count(*) FILTER (WHERE i.outcome = 'matched') AS matched, count(*) FILTER (WHERE i.outcome = 'dismissed') AS dismissed,
        f.known, f.pending
    FROM (SELECT * FROM bank_file WHERE id < $1 ORDER BY id DESC LIMIT $2) f LEFT JOIN bank_item i ON i.file_id = f.id
    GROUP BY f.id, f.message, f.name, f.sha256, f.imported_at, f.imported_by_kind, f.known, f.pending ORDER BY f.id DESC
    """,
    BankImport,
)
LIST_OPEN: Final = Statement(
    """
    SELECT i.id, i.file_id, i.message, i.kind, i.is_return, i.amount_cents, i.currency, i.day, i.run_number, i.file_number,
        i.line_number, i.note_number, i.transactions, i.status, i.reason, i.outcome, i.why,
        EXISTS (SELECT 1 FROM bank_decision d WHERE d.item_id = i.id AND d.outcome IS NULL) AS waits
    FROM bank_item i WHERE i.outcome = 'open' AND i.id > $1 ORDER BY i.id LIMIT $2
    """,
    ListedItem,
)
LIST_OF_FILE: Final = Statement(
    """
    SELECT i.id, i.file_id, i.message, i.kind, i.is_return, i.amount_cents, i.currency, i.day, i.run_number, i.file_number,
        i.line_number, i.note_number, i.transactions, i.status, i.reason, i.outcome, i.why,
        EXISTS (SELECT 1 FROM bank_decision d WHERE d.item_id = i.id AND d.outcome IS NULL) AS waits
    FROM bank_item i WHERE i.file_id = $1 AND i.id > $2 ORDER BY i.id LIMIT $3
    """,
    ListedItem,
)


async def list_bank_files(
    connection: Connection, *, before: UUID = END, limit: int = 50
) -> list[BankImport]:
    """Give the files, newest first; the next page comes before the last id of this one."""
    return await LIST_FILES.all(connection, before, limit)


async def read_bank_import(connection: Connection, file: BankFileId) -> BankImport:
    found = await READ_IMPORTED.first(connection, file)
    if found is None:
        raise BankAnswerNotFound
    return found


async def list_items_of(
    connection: Connection, file: BankFileId, *, after: UUID = BEGINNING, limit: int = 100
) -> list[ListedItem]:
    await read_bank_import(connection, file)
    return await LIST_OF_FILE.all(connection, file, after, limit)


async def list_open_items(
    connection: Connection, *, after: UUID = BEGINNING, limit: int = 100
) -> list[ListedItem]:
    """Give what nobody could match, the oldest first."""
    return await LIST_OPEN.all(connection, after, limit)


async def read_open_item(connection: Connection, item_id: BankItemId, *, ring: KeyRing) -> OpenItem:
    item = await READ_ITEM.first(connection, item_id)
    if item is None:
        raise BankItemNotFound
    return OpenItem(
        item=item,
        other=read_details(ring, item.details, item=item.id),
        waiting=await READ_WAITING.first(connection, item_id),
    )
