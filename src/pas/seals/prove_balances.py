"""Prove what stood on accounts at the newest tree of balances: whoever has the key can check it, and needs nothing else."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import AccountId
from pas.seals.balance_tiles import read_balance_tiles
from pas.seals.checkpoints import last_checkpoint
from pas.seals.leaves import Kind
from pas.seals.prove_entry import LeafProof, Place, prove_leaf
from pas.seals.tree import TILE_WIDTH, inclusion, path


class BalanceProof(msgspec.Struct, frozen=True, rename="camel"):
    """What stood on an account, in cents or visits; the way up to the root over all, and that root under a seal.

    ``account`` is its number, as text. ``size`` is after how many leaves of the books it was so.
    """

    account: str
    unit: str
    amount: int
    size: int
    taken_at: datetime
    number: int
    accounts: int
    proof: list[bytes]
    sealed: LeafProof


class Tree(msgspec.Struct, frozen=True):
    size: int
    accounts: int
    taken_at: datetime
    number: int
    data: bytes


class Stood(msgspec.Struct, frozen=True):
    account: int
    unit: str
    number: int
    place: int
    amount: int


READ_TREE: Final = Statement(
    """
    SELECT b.size, b.accounts, b.taken_at, b.number, r.data
    FROM (
        SELECT b.*, l.number FROM balance_tree b JOIN seal_leaf l ON l.kind = $1 AND l.key = int8send(b.size)
        WHERE l.number < $2 ORDER BY b.size DESC LIMIT 1
    ) b
    CROSS JOIN LATERAL seal_rows(b.epoch, b.xid, b.xid + 1) r
    WHERE r.kind = $1 AND r.key = int8send(b.size)
    """,
    Tree,
)
READ_STOOD: Final = Statement(
    """
    SELECT s.account, s.unit, s.number, s.place - 1 AS place, s.amounts[s.place] AS amount
    FROM (
        SELECT a.id AS account, a.unit, t.number, t.amounts, array_position(t.accounts, a.id) AS place
        FROM unnest($2::bigint[]) AS w (id) JOIN account a ON a.id = w.id
        CROSS JOIN LATERAL (
            SELECT t.number, t.accounts, t.amounts FROM balance_tile t
            WHERE t.size = $1 AND t.level = 0 AND t.accounts[1] <= a.id ORDER BY t.accounts[1] DESC LIMIT 1
        ) t
    ) s
    WHERE s.place IS NOT NULL ORDER BY s.account
    """,
    Stood,
)


async def prove_balances(
    connection: Connection, accounts: Sequence[AccountId]
) -> list[BalanceProof]:
    """Give the proof of each account that was open then; none before the first tree is sealed."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        last = await last_checkpoint(connection)
        if last is None:
            return []
        tree = await READ_TREE.first(connection, Kind.BALANCES, last.size)
        if tree is None:
            return []
        sealed = await prove_leaf(connection, Place(tree.number, tree.data), last)
        stood = await READ_STOOD.all(connection, tree.size, list(accounts))
        return [await _proof(connection, tree, one, sealed=sealed) for one in stood]


async def _proof(
    connection: Connection, tree: Tree, stood: Stood, *, sealed: LeafProof
) -> BalanceProof:
    index, accounts = stood.number * TILE_WIDTH + stood.place, tree.accounts
    tiles = await read_balance_tiles(
        connection, tree.size, {*path(index, accounts), *path(accounts - 1, accounts)}
    )
    return BalanceProof(
        account=str(stood.account),
        unit=stood.unit,
        amount=stood.amount,
        size=tree.size,
        taken_at=tree.taken_at,
        number=index,
        accounts=accounts,
        proof=inclusion(tiles, index, accounts),
        sealed=sealed,
    )
