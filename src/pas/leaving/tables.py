"""The tables of a municipality as they stand in its schema: columns, order of rows, who refers to whom."""

from graphlib import TopologicalSorter
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.leaving.left_behind import LEFT_BEHIND


class Column(msgspec.Struct, frozen=True):
    """A column, with the name of its type in PostgreSQL; ``required`` is never NULL."""

    name: str
    type: str
    required: bool


class Table(msgspec.Struct, frozen=True):
    """What is copied; ``query`` gives the rows in an order that is the same on every server."""

    name: str
    names: list[str]
    types: list[str]
    required: list[bool]
    order: list[str]
    query: str
    what: str
    """Its comment in the schema, where it has one."""
    estimate: int
    """How many rows the server thinks there are."""

    @property
    def columns(self) -> list[Column]:
        of_each = zip(self.names, self.types, self.required, strict=True)
        return [Column(*column) for column in of_each]


class Reference(msgspec.Struct, frozen=True):
    table: str
    refers_to: str


READ_TABLES: Final = Statement(
    """
    WITH col AS (
        SELECT a.attrelid, a.attnum, a.attname::text AS name, format_type(a.atttypid, a.atttypmod) AS type,
            a.attnotnull AS required, array_position(i.indkey::int2[], a.attnum) AS place, i.indrelid IS NULL AS keyless
        FROM pg_attribute a LEFT JOIN pg_index i ON i.indrelid = a.attrelid AND i.indisprimary
        WHERE a.attnum > 0 AND NOT a.attisdropped AND a.attgenerated = ''
    )
    SELECT c.relname::text AS name, array_agg(l.name ORDER BY l.attnum) AS names,
        array_agg(l.type ORDER BY l.attnum) AS types, array_agg(l.required ORDER BY l.attnum) AS required,
        array_agg(l.name ORDER BY l.place, l.attnum) FILTER (WHERE l.keyless OR l.place IS NOT NULL) AS order,
        format('SELECT %s FROM %I ORDER BY %s', string_agg(quote_ident(l.name), ', ' ORDER BY l.attnum), c.relname,
            string_agg(quote_ident(l.name) || CASE WHEN l.type = 'text' THEN ' COLLATE "C"' ELSE '' END, ', '
                ORDER BY l.place, l.attnum) FILTER (WHERE l.keyless OR l.place IS NOT NULL)) AS query,
        coalesce(obj_description(c.oid, 'pg_class'), '') AS what, greatest(c.reltuples, 0)::bigint AS estimate
    FROM pg_class c JOIN col l ON l.attrelid = c.oid
    WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r'
    GROUP BY c.oid, c.relname, c.reltuples ORDER BY 1
    """,
    Table,
)
READ_REFERENCES: Final = Statement(
    """
    SELECT DISTINCT c.relname::text AS table, r.relname::text AS refers_to
    FROM pg_constraint f JOIN pg_class c ON c.oid = f.conrelid JOIN pg_class r ON r.oid = f.confrelid
    WHERE f.connamespace = current_schema()::regnamespace AND f.contype = 'f' AND f.conrelid <> f.confrelid
    ORDER BY 1, 2
    """,
    Reference,
)


async def leaving_tables(connection: Connection) -> list[Table]:
    """Give the tables that leave, each after the tables that it refers to."""
    tables = {one.name: one for one in await READ_TABLES.all(connection)}
    before = {name: set[str]() for name in tables}
    for one in await READ_REFERENCES.all(connection):
        before[one.table].add(one.refers_to)
    ordered = TopologicalSorter(before).static_order()
    return [tables[name] for name in ordered if name not in LEFT_BEHIND]
