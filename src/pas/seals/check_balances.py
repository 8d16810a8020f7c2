"""Check that the newest tree of balances is over what the books say: its root is made anew from the movements."""

from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.seals.faults import Fault
from pas.seals.leaves import Kind, balance_data
from pas.seals.tree import Growing, leaf_hash

AT_ONCE: Final = 10_000


class TreeRow(msgspec.Struct, frozen=True):
    """The newest tree, and up to where the books went then (epoch, xid); ``number`` is the place of its leaf."""

    size: int
    root: bytes
    accounts: int
    epoch: int
    xid: int
    number: int


class BalanceRow(msgspec.Struct, frozen=True):
    account: int
    unit: str
    amount: int


READ_TREE: Final = Statement(
    """
    SELECT b.size, b.root, b.accounts, c.epoch, c.xid, l.number
    FROM balance_tree b JOIN seal_checkpoint c ON c.size = b.size
    JOIN seal_leaf l ON l.kind = 7 AND l.key = int8send(b.size)
    ORDER BY b.size DESC LIMIT 1
    """,
    TreeRow,
)
READ_SUMS: Final = Statement(
    """
    SELECT a.id AS account, a.unit, (
        SELECT coalesce(sum(t.amount), 0) FROM transfer t
        WHERE t.credit = a.id AND (t.epoch < $1 OR t.epoch = $1 AND t.xid < $2)
    )::bigint - (
        SELECT coalesce(sum(t.amount), 0) FROM transfer t
        WHERE t.debit = a.id AND (t.epoch < $1 OR t.epoch = $1 AND t.xid < $2)
    )::bigint AS amount
    FROM account a
    WHERE a.guarded AND a.id > $3 AND (a.epoch < $1 OR a.epoch = $1 AND a.xid < $2)
    ORDER BY a.id LIMIT $4
    """,
    BalanceRow,
)
"""From the movements alone: what is stored as a balance is not looked at."""


async def other_balances(connection: Connection) -> list[Fault]:
    """Say that the newest tree is not over what stood there; nothing where it is, or there is none."""
    tree = await READ_TREE.first(connection)
    if tree is None:
        return []
    growing, after = Growing(0, [], _unheard), 0
    while rows := await READ_SUMS.all(connection, tree.epoch, tree.xid, after, AT_ONCE):
        for row in rows:
            growing.add(leaf_hash(balance_data(row.account, row.unit, row.amount)))
        after = rows[-1].account
    if (growing.root(), growing.size) == (tree.root, tree.accounts):
        return []
    key = tree.size.to_bytes(8, "big").hex()
    return [Fault("balances", tree.number, Kind.BALANCES.name.lower(), key)]


def _unheard(_level: int, _number: int, _hash: bytes) -> None:
    """Of whole subtrees nothing is kept here."""
