"""Check whether receipts were kept: what each promised stands under a seal, as it was promised, or does not."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final, Literal, TypeAlias
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.seals.leaves import Kind
from pas.seals.notes import Note, signers
from pas.seals.receipts import Receipt, receipt_verifier

Verdict: TypeAlias = Literal["kept", "not-due", "omitted", "promise", "receipt"]
"""``omitted``: past its moment and not there; ``promise``: something else stands there; ``receipt``: nobody of
here signed it."""


class Checked(msgspec.Struct, frozen=True, rename="camel"):
    """What became of one receipt, and the place of its leaf where there is one."""

    entry_id: UUID
    verdict: Verdict
    before: datetime
    number: int | None = None

    @property
    def holds(self) -> bool:
        return self.verdict in {"kept", "not-due"}


class KeyRow(msgspec.Struct, frozen=True):
    public_key: bytes


class Sealed(msgspec.Struct, frozen=True):
    number: int
    is_booked: bool
    cents: int


READ_RECEIPT_KEYS: Final = Statement(
    """
    SELECT k.public_key FROM seal_key k
    JOIN seal_leaf l ON l.kind = 6 AND l.key = convert_to(k.key_id, 'UTF8')
    WHERE k.purpose = 'receipt'
    """,
    KeyRow,
)
READ_SEALED: Final = Statement(
    """
    SELECT l.number, e.refusal IS NULL AS is_booked, (
        SELECT coalesce(sum(t.amount) FILTER (WHERE c.kind IN ('merchant', 'payee')), 0)
            - coalesce(sum(t.amount) FILTER (WHERE d.kind IN ('merchant', 'payee')), 0)
        FROM transfer t JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        WHERE t.entry_id = e.id)::bigint AS cents
    FROM seal_leaf l JOIN entry e ON e.id = $1
    WHERE l.kind = $2 AND l.key = uuid_send($1)
    """,
    Sealed,
)


async def check_receipts(
    connection: Connection,
    receipts: Sequence[tuple[Receipt, Note]],
    *,
    trusted: Sequence[bytes] = (),
    now: datetime,
) -> list[Checked]:
    """Check each receipt against what is sealed now; its key is in the tree, or known from elsewhere."""
    keys = [*trusted, *(row.public_key for row in await READ_RECEIPT_KEYS.all(connection))]
    return [await _check(connection, receipt, keys, now=now) for receipt in receipts]


async def _check(
    connection: Connection, held: tuple[Receipt, Note], keys: Sequence[bytes], *, now: datetime
) -> Checked:
    receipt, note = held

    def found(verdict: Verdict, number: int | None = None) -> Checked:
        return Checked(receipt.entry_id, verdict, receipt.before, number)

    if not signers(note, [receipt_verifier(receipt, key) for key in keys]):
        return found("receipt")
    sealed = await READ_SEALED.first(connection, receipt.entry_id, Kind.ENTRY)
    if sealed is None:
        return found("not-due" if now < receipt.before else "omitted")
    outcome = "booked" if sealed.is_booked else "declined"
    if (receipt.outcome, receipt.cents) != (outcome, sealed.cents):
        return found("promise", sealed.number)
    return found("kept", sealed.number)
