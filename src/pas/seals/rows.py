"""Reads what is to be sealed between two positions of one epoch, in the order of the tree."""

from collections.abc import Callable
from operator import attrgetter
from typing import Final, TypeVar
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.seals.leaves import (
    AccountRow,
    BalancesRow,
    EntryRow,
    EpochRow,
    EventRow,
    Leaf,
    Line,
    SealKeyRow,
    UsableRow,
    of_account,
    of_balances,
    of_entry,
    of_epoch,
    of_event,
    of_seal_key,
    of_usable,
)

_Row = TypeVar("_Row", bound=msgspec.Struct)


class LineRow(msgspec.Struct, frozen=True):
    entry_id: UUID
    line: int
    debit: int
    credit: int
    amount: int
    debit_turn: int | None
    debit_number: int | None
    credit_number: int | None
    reversed_line: int | None


READ_ENTRIES: Final = Statement(
    """
    SELECT xid, id, kind, refusal, fingerprint, total, reverses, reversal_number, replaces,
        occurred_at, recorded_at, period, actor_kind, actor_id
    FROM entry WHERE epoch = $1 AND xid >= $2 AND xid < $3
    """,
    EntryRow,
)
READ_LINES: Final = Statement(
    """
    SELECT entry_id, line, debit, credit, amount, debit_turn, debit_number, credit_number, reversed_line
    FROM transfer WHERE epoch = $1 AND xid >= $2 AND xid < $3 ORDER BY line
    """,
    LineRow,
)
READ_ACCOUNTS: Final = Statement(
    """
    SELECT xid, id, kind, unit, scheme_id, budget_year, subject_id, guarded, opened_at, usable_from,
        usable_until
    FROM account WHERE epoch = $1 AND xid >= $2 AND xid < $3
    """,
    AccountRow,
)
READ_USABLE: Final = Statement(
    """
    SELECT xid, account_id, number, usable_from, usable_until, recorded_at
    FROM usable_change WHERE epoch = $1 AND xid >= $2 AND xid < $3
    """,
    UsableRow,
)
READ_EPOCH: Final = Statement(
    """
    SELECT first_xid AS xid, number, started_at, reason
    FROM epoch WHERE number = $1 AND first_xid >= $2 AND first_xid < $3
    """,
    EpochRow,
)
READ_EVENTS: Final = Statement(
    """
    SELECT xid, id, kind, subject_kind, subject_id, actor_kind, actor_id, on_behalf_of, content_hash,
        recorded_at
    FROM event WHERE epoch = $1 AND xid >= $2 AND xid < $3
    """,
    EventRow,
)
READ_KEYS: Final = Statement(
    """
    SELECT xid, key_id, purpose, public_key, made_at
    FROM seal_key WHERE epoch = $1 AND xid >= $2 AND xid < $3
    """,
    SealKeyRow,
)
READ_BALANCES: Final = Statement(
    """
    SELECT xid, size, root, accounts, taken_at
    FROM balance_tree WHERE epoch = $1 AND xid >= $2 AND xid < $3
    """,
    BalancesRow,
)


async def read_leaves(
    connection: Connection, epoch: int, *, from_xid: int, to_xid: int
) -> list[Leaf]:
    """Give the leaves of all rows from one position up to another, in order."""
    between = (epoch, from_xid, to_xid)
    lines = dict[UUID, list[Line]]()
    for row in await READ_LINES.all(connection, *between):
        lines.setdefault(row.entry_id, []).append(_line(row))
    leaves = [
        of_entry(epoch, row, lines.get(row.id, []))
        for row in await READ_ENTRIES.all(connection, *between)
    ]

    async def add(statement: Statement[_Row], leaf: Callable[[int, _Row], Leaf]) -> None:
        leaves.extend(leaf(epoch, row) for row in await statement.all(connection, *between))

    await add(READ_ACCOUNTS, of_account)
    await add(READ_USABLE, of_usable)
    await add(READ_EPOCH, of_epoch)
    await add(READ_EVENTS, of_event)
    await add(READ_KEYS, of_seal_key)
    await add(READ_BALANCES, of_balances)
    leaves.sort(key=attrgetter("xid", "kind", "key"))
    return leaves


def _line(row: LineRow) -> Line:
    return Line(
        *(row.line, row.debit, row.credit, row.amount),
        *(row.debit_turn, row.debit_number, row.credit_number, row.reversed_line),
    )
