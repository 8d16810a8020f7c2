"""No table is forgotten, and every value comes back as it was."""

import random
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection
from pas.leaving.files import SAME_WORDS, copy_in, write_table
from pas.leaving.left_behind import LEFT_BEHIND, MADE_BY_MIGRATIONS
from pas.leaving.tables import READ_REFERENCES, READ_TABLES, leaving_tables

SAMPLE: Final = """
SET LOCAL pas.migrating = 'on';
CREATE TABLE sample (id integer PRIMARY KEY, "a,b" text, t text, n text NOT NULL, s smallint, i integer, l bigint,
    f boolean, u uuid, d date, z timestamptz, b bytea, j jsonb, ts text[], us uuid[], bs bytea[], iv interval, ls bigint[]);
CREATE TABLE same (LIKE sample);
"""
TEXTS: Final = (
    *(
        "",
        "NULL",
        "\\N",
        "\\.",
        '"',
        '""',
        ",",
        "a\nb",
        "a\r\nb\r",
        "\\.\n\\.",
        "{a,b}",
        "\t",
        " x ",
    ),
    *("é€😀", "\u0001", "'; DROP TABLE entry; --", "\u2028", "\\x00ff"),
)
MANY: Final = 500
DAYLIGHT: Final = datetime(2026, 3, 29, 1, 30, 0, 123456, UTC)
"""In the night in which the clock goes on an hour."""
WITHOUT_END: Final = """
UPDATE sample SET z = 'infinity', d = '-infinity' WHERE id % 7 = 0;
UPDATE sample SET z = '-infinity', d = 'infinity' WHERE id % 7 = 1;
"""


async def test_every_table_leaves_or_has_a_reason_to_stay(connection: Connection) -> None:
    tables = {one.name for one in await READ_TABLES.all(connection)}
    leaving = {one.name for one in await leaving_tables(connection)}
    assert leaving.isdisjoint(LEFT_BEHIND)
    assert leaving | LEFT_BEHIND.keys() == tables
    assert all(len(reason) > 20 for reason in LEFT_BEHIND.values())


async def test_nothing_that_leaves_refers_to_what_stays(connection: Connection) -> None:
    references = await READ_REFERENCES.all(connection)
    broken = [
        one
        for one in references
        if one.refers_to in LEFT_BEHIND
        and one.table not in LEFT_BEHIND
        and LEFT_BEHIND[one.refers_to] != MADE_BY_MIGRATIONS
    ]
    assert broken == []


async def test_a_table_comes_after_those_it_refers_to(connection: Connection) -> None:
    order = [one.name for one in await leaving_tables(connection)]
    for one in await READ_REFERENCES.all(connection):
        if {one.table, one.refers_to} <= set(order):
            assert order.index(one.refers_to) < order.index(one.table)


async def test_only_columns_that_count_by_themselves_have_a_number_to_go_on_from(
    superuser: Connection,
) -> None:
    """An import sets those alone."""
    loose = await superuser.fetch(
        """
        SELECT c.relname FROM pg_class c WHERE c.relnamespace = 'velsen'::regnamespace AND c.relkind = 'S'
            AND NOT EXISTS (SELECT 1 FROM pg_depend d WHERE d.objid = c.oid AND d.deptype = 'i')
        """
    )
    assert loose == []


async def test_every_value_of_every_type_comes_back(migrator: Connection, tmp_path: Path) -> None:
    (tmp_path / "tables").mkdir()
    by_chance = random.Random(320)
    async with migrator.transaction():
        await migrator.execute(
            "SET LOCAL ROLE owner_velsen; SET LOCAL search_path = velsen, pg_temp"
        )
        used = {type_ for one in await READ_TABLES.all(migrator) for type_ in one.types}
        await migrator.execute(SAMPLE)
        await SAME_WORDS.run(migrator)
        rows = [a_row(by_chance, number) for number in range(MANY)]
        await migrator.copy_records_to_table("sample", records=rows, schema_name="velsen")
        await migrator.execute(WITHOUT_END)
        [table] = [one for one in await READ_TABLES.all(migrator) if one.name == "sample"]
        assert used <= set(table.types), used - set(table.types)
        file = await write_table(migrator, table, tmp_path, told=lambda _: None)
        other = msgspec.structs.replace(file, table="same")
        assert await copy_in(migrator, other, tmp_path, told=lambda _: None) == file.rows == MANY
        before = await migrator.fetch("SELECT s.*, s::text AS whole FROM sample s ORDER BY id")
        after = await migrator.fetch("SELECT s.*, s::text AS whole FROM same s ORDER BY id")
        await migrator.execute("DROP TABLE sample, same")
    assert [tuple(row) for row in after] == [tuple(row) for row in before]


def a_row(by_chance: random.Random, number: int) -> tuple[object, ...]:
    """Every value is NULL now and then; the others are at their ends, empty or odd."""

    def maybe(value: object) -> object:
        return None if by_chance.random() < 0.2 else value

    def text() -> str:
        return "".join(by_chance.choices(TEXTS, k=by_chance.randrange(3)))

    times = (datetime(9999, 12, 31, tzinfo=UTC), datetime(1, 1, 2, tzinfo=UTC), DAYLIGHT)
    some_bytes = by_chance.randbytes(by_chance.choice((0, 1, 32)))
    ids = [UUID(bytes=by_chance.randbytes(16)) for _ in range(by_chance.randrange(3))]
    return (
        *(number, maybe(text()), maybe(text()), text()),
        *(
            maybe(by_chance.choice((-(2**15), 2**15 - 1))),
            maybe(by_chance.choice((-(2**31), 2**31 - 1))),
        ),
        *(maybe(by_chance.choice((-(2**63), 2**63 - 1))), maybe(by_chance.random() < 0.5)),
        *(maybe(UUID(bytes=by_chance.randbytes(16))), maybe(by_chance.choice(times).date())),
        *(maybe(by_chance.choice(times)), maybe(some_bytes)),
        maybe(
            msgspec.json.encode({text(): [text(), None, 2**53, {}]}).decode().replace("\\u0000", "")
        ),
        maybe([maybe(text()) for _ in range(by_chance.randrange(4))]),
        *(maybe(ids), maybe([maybe(some_bytes)]), maybe(timedelta(days=1, microseconds=1))),
        maybe([maybe(2**63 - 1), maybe(-(2**63))]),
    )
