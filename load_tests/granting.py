"""Grants passes with their budgets, and copies the very same rows into bare tables beside it."""

import io
import secrets
import time
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Final

import city
from build import Table, add_residents, copy
from pas.db import Connection
from pas.ids import uuid7
from rivals import RIVALS
from server import Server

PASSES_AT_ONCE: Final = 500
"""Two budgets each: nearly the most that one call books."""
GRANT_BATCH: Final = """
    SELECT grant_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25, $26)
"""
ROWS_OF: Final = {
    "pass": ("id", "pass"),
    "decision": ("id", "decision"),
    "scheme_grant": ("id", "grant"),
    "account": ("id", "account"),
    "balance": ("account_id", "account"),
    "budget": ("account_id", "account"),
    "entry": ("id", "entry"),
    "transfer": ("entry_id", "entry"),
}
"""What a grant writes: table, and by which of our ids its rows are found."""

Ids = dict[str, list[object]]


def grant_passes(
    server: Server, numbers: range, cents: int = city.BUDGET_CENTS
) -> tuple[float, Ids]:
    """Grant to residents who are there already; gives the seconds, and the ids of all it made."""
    ids: Ids = {"pass": [], "decision": [], "grant": [], "account": [], "entry": []}
    orders = list(_orders(numbers, ids, cents))
    began = time.perf_counter()
    server.run(_grant_all(server.superuser, orders))
    return time.perf_counter() - began, ids


def _orders(numbers: range, ids: Ids, cents: int) -> Iterator[tuple[list[Table], list[object]]]:
    """Lay out each call's arrays beforehand, so that only the database is timed."""
    now = datetime.now(UTC)
    for first in range(numbers.start, numbers.stop, PASSES_AT_ONCE):
        some = range(first, min(first + PASSES_AT_ONCE, numbers.stop))
        decisions = [uuid7() for _ in some]
        both = [
            (n, d, c) for n, d in zip(some, decisions, strict=True) for c in range(city.BUDGETS)
        ]
        size = len(both)
        entries, grants = [uuid7() for _ in both], [uuid7() for _ in both]
        accounts = [city.budget(number, category) for number, _, category in both]
        residents = [city.resident(number) for number, _, _ in both]
        passes = [city.pass_of(number) for number, _, _ in both]
        for name, made in (("pass", passes[:: city.BUDGETS]), ("decision", decisions)):
            ids[name].extend(made)
        for name, made in (("grant", grants), ("account", accounts), ("entry", entries)):
            ids[name].extend(made)
        tables = [
            Table(
                "decision",
                (
                    *("id", "resident_id", "household_number", "year", "cause", "assessed_on"),
                    *("decided_at", "verdicts", "actor_kind", "actor_id"),
                ),
                [
                    (
                        *(decision, city.resident(number), f"H{number}", city.YEAR, "assessment"),
                        *(city.FIRST_DAY, now, "[]", "system", city.OFFICER),
                    )
                    for number, decision in zip(some, decisions, strict=True)
                ],
            ),
            Table(
                "pass",
                ("id", "resident_id", "year", "starts_on", "ends_on"),
                [
                    (
                        *(city.pass_of(number), city.resident(number), city.YEAR),
                        *(city.FIRST_DAY, city.LAST_DAY),
                    )
                    for number in some
                ],
            ),
        ]
        yield (
            tables,
            [
                *(entries, [secrets.token_bytes(32) for _ in both], grants),
                *([decision for _, decision, _ in both], residents),
                [f"H{number}" for number, _, _ in both],
                [city.scheme(category) for _, _, category in both],
                [city.version(category) for _, _, category in both],
                *([city.YEAR] * size, [str(number) for number, _, _ in both]),
                *([str(city.YEAR)] * size, [cents] * size, [None] * size),
                *([city.FIRST_DAY] * size, [city.LAST_DAY] * size, city.FIRST_DAY),
                *(passes, accounts, [None] * size),
                *([city.USABLE_FROM] * size, [city.USABLE_UNTIL] * size, [None] * size),
                *([city.LAST_DAY] * size, now, "system", city.OFFICER),
            ],
        )


async def _grant_all(
    connection: Connection, orders: list[tuple[list[Table], list[object]]]
) -> None:
    for tables, arguments in orders:
        async with connection.transaction():
            for table in tables:
                await copy(connection, table)
            outcomes = await connection.fetchval(GRANT_BATCH, *arguments)
        assert set(outcomes) == {"booked"}, set(outcomes)


def copy_same_rows(server: Server, ids: Ids) -> float:
    """Copy what was granted into tables with the same columns and indexes; gives the seconds."""
    return server.run(_copy_all(server.superuser, ids))


async def _copy_all(connection: Connection, ids: Ids) -> float:
    pieces: list[tuple[str, bytes]] = []
    for table, (column, kind) in ROWS_OF.items():
        content = io.BytesIO()
        kept = "bigint" if kind == "account" else "uuid"
        query = f"SELECT * FROM {table} WHERE {column} = ANY($1::{kept}[])"
        await connection.copy_from_query(query, ids[kind], output=content, format="binary")
        pieces.append((table, content.getvalue()))
    began = time.perf_counter()
    async with connection.transaction():
        for table, content in pieces:
            await connection.copy_to_table(
                table, schema_name=RIVALS, source=io.BytesIO(content), format="binary"
            )
    return time.perf_counter() - began


def granted_against_copied(server: Server, numbers: range) -> tuple[float, float]:
    """Passes a second by granting and by copying, one after the other."""
    add_residents(server, numbers)
    granted, ids = grant_passes(server, numbers)
    copied = copy_same_rows(server, ids)
    return len(numbers) / granted, len(numbers) / copied
