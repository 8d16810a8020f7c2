"""A statement and the type of its rows.

The columns stand in the order of the struct's fields; a test prepares every statement against the
migrated schema and compares names and types, so that here nothing needs checking per row.
"""

from collections.abc import AsyncGenerator
from typing import TYPE_CHECKING, Final, Generic, TypeAlias, TypeVar, cast, overload

import asyncpg
import msgspec
from asyncpg.pool import PoolConnectionProxy

if TYPE_CHECKING:
    Connection: TypeAlias = asyncpg.Connection[asyncpg.Record] | PoolConnectionProxy[asyncpg.Record]
    Pool: TypeAlias = asyncpg.Pool[asyncpg.Record]
else:
    Connection = asyncpg.Connection | PoolConnectionProxy
    Pool = asyncpg.Pool

AHEAD: Final = 500
"""Rows that are read ahead of whoever takes them one by one."""

Row = TypeVar("Row", bound=msgspec.Struct | None)
Some = TypeVar("Some", bound=msgspec.Struct)


class Statement(Generic[Row]):
    """One SQL statement; with row type None it gives nothing back."""

    @overload
    def __init__(self: "Statement[None]", sql: str, row: None) -> None: ...
    @overload
    def __init__(self: "Statement[Some]", sql: str, row: type[Some]) -> None: ...
    def __init__(self, sql: str, row: type[msgspec.Struct] | None) -> None:
        self.sql = sql
        self.row = row

    def __repr__(self) -> str:
        return f"Statement({self.sql!r})"

    async def all(
        self: "Statement[Some]", connection: Connection, *arguments: object
    ) -> list[Some]:
        row = self._row()
        return [row(*record) for record in await connection.fetch(self.sql, *arguments)]

    async def each(
        self: "Statement[Some]", connection: Connection, *arguments: object
    ) -> AsyncGenerator[Some]:
        """Give the rows one by one, in a transaction; however many, memory holds a few hundred."""
        row = self._row()
        async for record in connection.cursor(self.sql, *arguments, prefetch=AHEAD):
            yield row(*record)

    async def first(
        self: "Statement[Some]", connection: Connection, *arguments: object
    ) -> Some | None:
        record = await connection.fetchrow(self.sql, *arguments)
        return None if record is None else self._row()(*record)

    async def one(self: "Statement[Some]", connection: Connection, *arguments: object) -> Some:
        """Give the only row; none or several is our own mistake."""
        rows = await self.all(connection, *arguments)
        assert len(rows) == 1, f"expected one row, got {len(rows)}: {self.sql}"
        return rows[0]

    async def run(self: "Statement[None]", connection: Connection, *arguments: object) -> None:
        await connection.execute(self.sql, *arguments)

    def _row(self: "Statement[Some]") -> type[Some]:
        assert self.row is not None, f"no row type: {self.sql}"
        return cast("type[Some]", self.row)


LIMIT: Final = Statement("SELECT set_config('statement_timeout', $1::int::text, true)", None)
LONGEST_MILLISECONDS: Final = 120_000


async def take_long(connection: Connection, milliseconds: int = LONGEST_MILLISECONDS) -> None:
    """Let each statement of this transaction take longer than the program's role may: to add up a year."""
    await LIMIT.run(connection, milliseconds)
