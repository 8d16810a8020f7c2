"""What a leaf hashes: every field of a row, of fixed width or with its length before it, never joined text.

The database makes the same bytes by itself (``seal_rows``), and whoever verifies an export makes them a
third time; docs/seals.md has the format. Nothing in it can be turned back into a person: ids are random
and what people wrote is hashed with a salt that can be deleted.
"""

import hashlib
import struct
from datetime import MAXYEAR, MINYEAR, UTC, date, datetime, timedelta
from enum import IntEnum
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

VERSION: Final = 1
BALANCE: Final = 8
"""The kind of a leaf in a tree of balances; in the tree of the books it never stands."""
NOBODY: Final = bytes(16)
FOREVER: Final = 2**63 - 1
_EPOCH: Final = datetime(2000, 1, 1, tzinfo=UTC)
_MICROSECOND: Final = timedelta(microseconds=1)
_LINE: Final = struct.Struct(">hqqqqqqh")


class Kind(IntEnum):
    """Of which row a leaf is; never renumbered. Within a transaction leaves stand in this order."""

    EPOCH = 1
    ACCOUNT = 2
    USABLE = 3
    ENTRY = 4
    EVENT = 5
    SEAL_KEY = 6
    BALANCES = 7


class Line(msgspec.Struct, frozen=True, array_like=True):
    """One transfer of an entry."""

    line: int
    debit: int
    credit: int
    amount: int
    debit_turn: int | None
    debit_number: int | None
    credit_number: int | None
    reversed_line: int | None


class Leaf(msgspec.Struct, frozen=True):
    """One row in the order of the tree; ``key`` finds it back, ``data`` is what is hashed."""

    xid: int
    kind: Kind
    key: bytes
    data: bytes
    row: "Row"
    lines: list[Line]


class EntryRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    id: UUID
    kind: str
    refusal: str | None
    fingerprint: bytes
    total: int
    reverses: UUID | None
    reversal_number: int | None
    replaces: UUID | None
    occurred_at: datetime
    recorded_at: datetime
    period: date
    actor_kind: str
    actor_id: UUID


class AccountRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    id: int
    kind: str
    unit: str
    scheme_id: UUID | None
    budget_year: int | None
    subject_id: UUID | None
    guarded: bool
    opened_at: datetime
    usable_from: datetime | None
    usable_until: datetime | None


class UsableRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    account_id: int
    number: int
    usable_from: datetime
    usable_until: datetime
    recorded_at: datetime


class EpochRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    number: int
    started_at: datetime
    reason: str


class EventRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    id: UUID
    kind: str
    subject_kind: str
    subject_id: UUID
    actor_kind: str
    actor_id: UUID
    on_behalf_of: UUID | None
    content_hash: bytes
    recorded_at: datetime


class SealKeyRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    key_id: str
    purpose: str
    public_key: bytes
    made_at: datetime


class BalancesRow(msgspec.Struct, frozen=True, rename="camel"):
    xid: int
    size: int
    root: bytes
    accounts: int
    taken_at: datetime


Row: TypeAlias = EntryRow | AccountRow | UsableRow | EpochRow | EventRow | SealKeyRow | BalancesRow


def of_entry(epoch: int, row: EntryRow, lines: list[Line]) -> Leaf:
    body = [
        *(_text(row.kind), _text(row.refusal or ""), row.fingerprint, _long(row.total)),
        *(_id(row.reverses), struct.pack(">i", row.reversal_number or 0), _id(row.replaces)),
        *(_time(row.occurred_at), _time(row.recorded_at), _day(row.period)),
        *(_text(row.actor_kind), row.actor_id.bytes, struct.pack(">h", len(lines))),
    ]
    body += [_line(one) for one in lines]
    return _leaf(epoch, row, Kind.ENTRY, key=row.id.bytes, body=body, lines=lines)


def of_account(epoch: int, row: AccountRow) -> Leaf:
    known = row.usable_from is not None
    body = [
        *(_text(row.kind), _text(row.unit), _id(row.scheme_id)),
        *(struct.pack(">h", row.budget_year or 0), _id(row.subject_id)),
        *(struct.pack(">h", row.guarded + 2 * known), _time(row.opened_at)),
        *(_time(row.usable_from or _EPOCH), _time(row.usable_until or _EPOCH)),
    ]
    return _leaf(epoch, row, Kind.ACCOUNT, key=_long(row.id), body=body)


def of_usable(epoch: int, row: UsableRow) -> Leaf:
    key = struct.pack(">qi", row.account_id, row.number)
    body = [_time(row.usable_from), _time(row.usable_until), _time(row.recorded_at)]
    return _leaf(epoch, row, Kind.USABLE, key=key, body=body)


def of_epoch(epoch: int, row: EpochRow) -> Leaf:
    body = [_time(row.started_at), hashlib.sha256(row.reason.encode()).digest()]
    return _leaf(epoch, row, Kind.EPOCH, key=struct.pack(">i", row.number), body=body)


def of_event(epoch: int, row: EventRow) -> Leaf:
    body = [
        *(_text(row.kind), _text(row.subject_kind), row.subject_id.bytes),
        *(_text(row.actor_kind), row.actor_id.bytes, _id(row.on_behalf_of)),
        *(row.content_hash, _time(row.recorded_at)),
    ]
    return _leaf(epoch, row, Kind.EVENT, key=row.id.bytes, body=body)


def of_seal_key(epoch: int, row: SealKeyRow) -> Leaf:
    body = [_text(row.purpose), row.public_key, _time(row.made_at)]
    return _leaf(epoch, row, Kind.SEAL_KEY, key=row.key_id.encode(), body=body)


def of_balances(epoch: int, row: BalancesRow) -> Leaf:
    body = [row.root, _long(row.accounts), _time(row.taken_at)]
    return _leaf(epoch, row, Kind.BALANCES, key=_long(row.size), body=body)


def balance_data(account: int, unit: str, amount: int) -> bytes:
    """What a leaf in a tree of balances hashes."""
    head = struct.pack(">hhq", VERSION, BALANCE, account)
    return head + _text(unit) + _long(amount)


def _leaf(
    epoch: int,
    row: Row,
    kind: Kind,
    *,
    key: bytes,
    body: list[bytes],
    lines: list[Line] | None = None,
) -> Leaf:
    head = struct.pack(">hhiqh", VERSION, kind, epoch, row.xid, len(key))
    return Leaf(row.xid, kind, key, b"".join((head, key, *body)), row, lines or [])


def _line(one: Line) -> bytes:
    places = (one.debit_turn or 0, one.debit_number or 0, one.credit_number or 0)
    return _LINE.pack(one.line, one.debit, one.credit, one.amount, *places, one.reversed_line or 0)


def _text(value: str) -> bytes:
    encoded = value.encode()
    return struct.pack(">h", len(encoded)) + encoded


def _long(value: int) -> bytes:
    return struct.pack(">q", value)


def _id(value: UUID | None) -> bytes:
    return NOBODY if value is None else value.bytes


def _day(value: date) -> bytes:
    return struct.pack(">i", (value - _EPOCH.date()).days)


def _time(value: datetime) -> bytes:
    """Microseconds since 2000, as PostgreSQL keeps them; its two infinities are the ends of the count."""
    if value.year == MAXYEAR:
        return _long(FOREVER)
    if value.year == MINYEAR:
        return _long(-FOREVER - 1)
    return _long((value - _EPOCH) // _MICROSECOND)
