"""Items to book and their outcomes: the arrays that the SQL function ``book`` takes.

An item is one entry with its lines, booked whole or not at all; up to ``MAX_ITEMS`` go in one call
and each gets its own outcome. The function of a use case (``redeem_batch``, ``reverse_batch``,
``grant_batch``) passes them on to ``book`` after its own checks, in one transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

import msgspec

from pas.ids import AccountId, EntryId

MAX_ITEMS: Final = 1024


class Outcome(StrEnum):
    """What became of an item; only the first two stored something now."""

    BOOKED = "booked"
    DECLINED = "declined"
    REPLAY = "replay"
    """The id is known with the same fingerprint: the stored outcome stands."""
    MISUSE = "misuse"
    """The id is known with another fingerprint."""
    INSUFFICIENT = "insufficient"
    NOT_USABLE = "not_usable"
    MOVED = "moved"
    """What the decision rested on has changed: read and decide again."""
    OVER_REVERSED = "over_reversed"
    NOT_REVERSIBLE = "not_reversible"
    BUSY = "busy"
    """Nothing is wrong: send the same id again."""


class Line(msgspec.Struct, frozen=True):
    """A movement of ``amount`` (cents or visits, by the accounts' unit) from debit to credit.

    ``seen`` on the first line of an item that debits an account: it is booked only if the account
    has had exactly so many movements, earlier items of the call included; else it is ``moved``.
    """

    debit: AccountId
    credit: AccountId
    amount: int
    reversed_line: int | None = None
    seen: int | None = None


class Seen(msgspec.Struct, frozen=True):
    """A refusal rests on the balance of this account after this many movements."""

    account: AccountId
    movements: int


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One entry to be. With a ``refusal`` it moves nothing and its id stays declined."""

    id: EntryId
    kind: str
    fingerprint: bytes
    occurred_at: datetime
    actor_kind: str
    actor_id: UUID
    lines: tuple[Line, ...] = ()
    refusal: str | None = None
    seen: tuple[Seen, ...] = ()
    reverses: EntryId | None = None
    replaces: EntryId | None = None


class LineArrays(msgspec.Struct, frozen=True):
    """The lines of a call as parallel arrays; accounts are named by their place, from 1."""

    accounts: list[AccountId]
    items: list[int]
    debits: list[int]
    credits: list[int | None]
    amounts: list[int | None]
    reversed: list[int | None]
    seen: list[int | None]


def line_arrays(items: Sequence[Item]) -> LineArrays:
    """Number the distinct accounts in ascending order, which is the order of their locks."""
    distinct = {
        account for item in items for line in item.lines for account in (line.debit, line.credit)
    }
    distinct.update(seen.account for item in items for seen in item.seen)
    accounts = sorted(distinct)
    place = {account: at for at, account in enumerate(accounts, start=1)}
    arrays = LineArrays(accounts, [], [], [], [], [], [])
    for number, item in enumerate(items, start=1):
        assert (item.refusal is None) == bool(item.lines)
        for line in item.lines:
            arrays.items.append(number)
            arrays.debits.append(place[line.debit])
            arrays.credits.append(place[line.credit])
            arrays.amounts.append(line.amount)
            arrays.reversed.append(line.reversed_line)
            arrays.seen.append(line.seen)
        for seen in item.seen:
            arrays.items.append(number)
            arrays.debits.append(place[seen.account])
            arrays.credits.append(None)
            arrays.amounts.append(None)
            arrays.reversed.append(None)
            arrays.seen.append(seen.movements)
    return arrays
