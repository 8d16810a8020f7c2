"""Files of the bank and what they say, as stored."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.ids import BankFileId, BankItemId, uuid7
from pas.money import Cents
from pas.settlements.bank.details import read_details, seal_details
from pas.settlements.bank.rules import Verdict, Why
from pas.settlements.bank.said import Item, ItemKind, Message, Ours

StoredOutcome = Literal["booked", "confirmed", "noted", "open", "matched", "dismissed"]


class StoredItem(msgspec.Struct, frozen=True):
    """What a bank said, without names; those lie encrypted in ``details`` while it is open."""

    id: BankItemId
    file_id: BankFileId
    key: bytes
    message: Message
    account: str | None
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
    lines_listed: bool
    outcome: StoredOutcome
    why: Why | None
    details: bytes | None
    decided_at: datetime | None

    @property
    def target(self) -> Ours | None:
        if self.run_number is None:
            return None
        return Ours(self.run_number, self.file_number, self.line_number)


class Judged(msgspec.Struct, frozen=True):
    """An item with what was made of it."""

    id: BankItemId
    item: Item
    message: Message
    account: str | None
    verdict: Verdict


class Booked(msgspec.Struct, frozen=True):
    """Which lines an item speaks of."""

    id: BankItemId
    message: Message
    verdict: Verdict


class KeyRow(msgspec.Struct, frozen=True):
    key: bytes


ONE_IMPORT: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.bank_file'))", None
)
READ_OPEN: Final = Statement(
    """
    SELECT i.id, i.file_id, i.key, i.message, i.account, i.kind, i.is_return, i.amount_cents, i.currency, i.day, i.run_number,
        i.file_number, i.line_number, i.note_number, i.transactions, i.status, i.reason, i.lines_listed, i.outcome, i.why,
        d.content AS details, i.decided_at
    FROM bank_item i LEFT JOIN bank_item_details d ON d.item_id = i.id
    WHERE i.outcome = 'open' AND num_nonnulls(i.run_number, i.note_number) > 0
        AND NOT EXISTS (SELECT 1 FROM bank_decision b WHERE b.item_id = i.id AND b.outcome IS NULL)
    ORDER BY i.id
    """,
    StoredItem,
)
READ_ITEM: Final = Statement(
    """
    SELECT i.id, i.file_id, i.key, i.message, i.account, i.kind, i.is_return, i.amount_cents, i.currency, i.day, i.run_number,
        i.file_number, i.line_number, i.note_number, i.transactions, i.status, i.reason, i.lines_listed, i.outcome, i.why,
        d.content AS details, i.decided_at
    FROM bank_item i LEFT JOIN bank_item_details d ON d.item_id = i.id
    WHERE i.id = $1
    """,
    StoredItem,
)
LOCK_ITEM: Final = Statement(
    """
    SELECT i.id, i.file_id, i.key, i.message, i.account, i.kind, i.is_return, i.amount_cents, i.currency, i.day, i.run_number,
        i.file_number, i.line_number, i.note_number, i.transactions, i.status, i.reason, i.lines_listed, i.outcome, i.why,
        d.content AS details, i.decided_at
    FROM bank_item i LEFT JOIN bank_item_details d ON d.item_id = i.id
    WHERE i.id = $1 FOR NO KEY UPDATE OF i
    """,
    StoredItem,
)
READ_KNOWN: Final = Statement("SELECT key FROM bank_item WHERE key = ANY ($1)", KeyRow)
INSERT_ITEMS: Final = Statement(
    """
    INSERT INTO bank_item (id, file_id, key, message, account, kind, is_return, amount_cents, currency, day, run_number,
        file_number, line_number, note_number, transactions, status, reason, lines_listed, outcome, why, decided_at)
    SELECT i.id, $1, i.key, $2, i.account, i.kind, i.is_return, i.amount, i.currency, i.day, i.run, i.file, i.line,
        i.note, i.transactions, i.status, i.reason, i.listed, i.outcome, i.why, CASE WHEN i.outcome <> 'open' THEN $3::timestamptz END
    FROM unnest($4::uuid[], $5::bytea[], $6::text[], $7::text[], $8::boolean[], $9::bigint[], $10::text[], $11::date[],
        $12::int[], $13::int[], $14::int[], $15::int[], $16::int[], $17::text[], $18::text[], $19::boolean[], $20::text[], $21::text[])
        AS i (id, key, account, kind, is_return, amount, currency, day, run, file, line, note, transactions, status, reason, listed,
            outcome, why)
    """,
    None,
)
INSERT_DETAILS: Final = Statement(
    """
    INSERT INTO bank_item_details (item_id, content, kept_at)
    SELECT d.item, d.content, $3 FROM unnest($1::uuid[], $2::bytea[]) AS d (item, content)
    """,
    None,
)
CHANGE_ITEM: Final = Statement(
    """
    WITH gone AS (DELETE FROM bank_item_details WHERE item_id = $1 AND $2 <> 'open')
    UPDATE bank_item SET outcome = $2, why = $3, decided_at = CASE WHEN $2 <> 'open' THEN $4::timestamptz END
    WHERE id = $1
    """,
    None,
)
INSERT_BOOKINGS: Final = Statement(
    """
    INSERT INTO bank_booking (item_id, run_id, number, act, message)
    SELECT b.item, b.run, b.number, b.act, b.message
    FROM unnest($1::uuid[], $2::uuid[], $3::int[], $4::text[], $5::text[]) AS b (item, run, number, act, message)
    """,
    None,
)


async def known_keys(connection: Connection, items: Sequence[Item]) -> set[bytes]:
    """Give the keys of what another file said already."""
    found = await READ_KNOWN.all(connection, [one.key for one in items])
    return {one.key for one in found}


async def keep_items(
    connection: Connection,
    file: BankFileId,
    judged: Sequence[Judged],
    *,
    ring: KeyRing,
    now: datetime,
) -> None:
    """Keep what a file said; names only of what is open."""
    if not judged:
        return
    items = [one.item for one in judged]
    targets = [one.target for one in items]
    await INSERT_ITEMS.run(
        connection,
        *(file, judged[0].message, now),
        [one.id for one in judged],
        [one.key for one in items],
        [one.account for one in judged],
        [one.kind for one in items],
        [one.is_return for one in items],
        [one.amount_cents for one in items],
        [one.currency for one in items],
        [one.day for one in items],
        [one and one.run for one in targets],
        [one and one.file for one in targets],
        [one and one.line for one in targets],
        [one.note for one in items],
        [one.transactions for one in items],
        [one.status for one in items],
        [one.reason for one in items],
        [one.lines_listed for one in items],
        [one.verdict.outcome for one in judged],
        [one.verdict.why for one in judged],
    )
    left = [one for one in judged if one.verdict.outcome == "open"]
    sealed = [seal_details(ring, one.item.other, item=one.id) for one in left]
    await INSERT_DETAILS.run(connection, [one.id for one in left], sealed, now)


async def keep_bookings(connection: Connection, judged: Sequence[Judged | Booked]) -> None:
    """Keep which lines each item spoke of; the database holds the amounts against each other."""
    rows = [(one, line) for one in judged for line in one.verdict.lines]
    if rows:
        await INSERT_BOOKINGS.run(
            connection,
            [one.id for one, _ in rows],
            [line.run_id for _, line in rows],
            [line.number for _, line in rows],
            [one.verdict.act for one, _ in rows],
            [one.message for one, _ in rows],
        )


def new_item_id() -> BankItemId:
    return BankItemId(uuid7())


def item_again(stored: StoredItem, ring: KeyRing) -> Item | None:
    """Give an open item to be judged again; None when the names that it is judged by are gone."""
    other = read_details(ring, stored.details, item=stored.id)
    if other is None:
        return None
    return Item(
        key=stored.key,
        kind=stored.kind,
        is_return=stored.is_return,
        amount_cents=stored.amount_cents,
        currency=stored.currency,
        day=stored.day,
        target=stored.target,
        note=stored.note_number,
        transactions=stored.transactions,
        status=stored.status,
        reason=stored.reason,
        lines_listed=stored.lines_listed,
        other=other,
    )
