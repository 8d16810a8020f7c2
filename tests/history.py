"""What clients asked and heard, and what the books hold: the two sides that the checker compares.

Times are of the monotonic clock, which all processes of a machine share.
"""

from collections import defaultdict
from datetime import datetime
from uuid import UUID

import msgspec

from pas.db import Connection
from pas.ids import AccountId, EntryId
from pas.ledger.book import Item


class Call(msgspec.Struct, frozen=True, kw_only=True):
    """One item that a client sent, and what it heard; no outcome is never heard."""

    item: Item
    outcome: str | None
    invoked: int
    answered: int | None = None
    wanted: int = 0
    """What a declined item would have taken of each account that it has seen."""
    rests_on: tuple[UUID, ...] = ()
    """Card and till, which may be switched off."""
    budgets: tuple[AccountId, ...] = ()
    """What can pay, where who asked does not know from which balance it was decided."""


class SwitchedOff(msgspec.Struct, frozen=True, kw_only=True):
    """A card blocked, a till revoked; from its answer on nothing is booked on it."""

    subject: UUID
    invoked: int
    answered: int


class Ended(msgspec.Struct, frozen=True, kw_only=True):
    """The end of a budget, moved to another instant."""

    account: AccountId
    until: datetime
    invoked: int
    answered: int


class Move(msgspec.Struct, frozen=True):
    """One stored movement."""

    line: int
    debit: AccountId
    credit: AccountId
    amount: int
    debit_turn: int | None
    debit_number: int | None
    credit_number: int | None
    reversed_line: int | None


class Entry(msgspec.Struct, frozen=True):
    """One stored entry with its movements."""

    id: EntryId
    kind: str
    fingerprint: bytes
    refusal: str | None
    total: int
    reverses: EntryId | None
    reversal_number: int | None
    moves: tuple[Move, ...]


class Balance(msgspec.Struct, frozen=True):
    """What a guarded account stores."""

    amount: int
    movements: int
    debits: int
    usable_from: datetime
    usable_until: datetime


class Books(msgspec.Struct, frozen=True):
    """Everything that is stored at one moment."""

    entries: dict[EntryId, Entry]
    balances: dict[AccountId, Balance]


async def read_books(connection: Connection) -> Books:
    """Read all of it in one snapshot."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        moves: defaultdict[EntryId, list[Move]] = defaultdict(list)
        for row in await connection.fetch(
            """
            SELECT entry_id, line, debit, credit, amount, debit_turn, debit_number, credit_number,
                reversed_line
            FROM transfer ORDER BY entry_id, line
            """
        ):
            moves[row[0]].append(Move(*tuple(row)[1:]))
        entries = [
            Entry(*row, moves=tuple(moves[row[0]]))
            for row in await connection.fetch(
                "SELECT id, kind, fingerprint, refusal, total, reverses, reversal_number FROM entry"
            )
        ]
        balances = {
            row[0]: Balance(*tuple(row)[1:])
            for row in await connection.fetch(
                "SELECT account_id, amount, movements, debits, usable_from, usable_until FROM balance"
            )
        }
    return Books({entry.id: entry for entry in entries}, balances)
