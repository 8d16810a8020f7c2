"""Schemes from files and by hand, into the database and back."""

import asyncio
import io
from datetime import UTC, date, datetime
from typing import cast

import asyncpg
import pytest

from given.files import a_file, a_scheme_row
from given.logins import an_actor
from pas.auth.events import read_events
from pas.auth.roles import Role
from pas.csvfile import FileRefused, Row
from pas.db import Connection, Database
from pas.demo.population import schemes_file
from pas.ids import ImportId, MunicipalityName, uuid7
from pas.imports.record import ImportNotFound, Outcome, read_import, read_import_rows
from pas.schemes.categories import read_categories, rename_category
from pas.schemes.change_scheme import (
    SchemeWrong,
    VersionFixed,
    VersionNotFound,
    add_scheme_version,
    end_or_adopt,
)
from pas.schemes.files import COLUMNS, read_versions
from pas.schemes.import_schemes import ImportedSchemes, import_schemes
from pas.schemes.show import SchemeNotFound, list_schemes, show_scheme
from pas.schemes.stored import read_versions as read_stored

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
POLICY = an_actor(Role.POLICY)


async def imported(
    connection: Connection, *rows: dict[str, str], import_id: ImportId | None = None
) -> ImportedSchemes:
    return await import_schemes(
        connection,
        a_file(COLUMNS, *rows),
        file_name="schemes.csv",
        actor=POLICY,
        now=NOW,
        import_id=import_id,
    )


def a_row(**cells: str) -> Row:
    return Row(0, {column: a_scheme_row(**cells).get(column, "") for column in COLUMNS})


def never(_one: object, _other: object) -> bool:
    return False


async def outcomes(connection: Connection, made: ImportedSchemes) -> list[Outcome]:
    return [row.outcome for row in await read_import_rows(connection, made.summary.id)]


async def test_a_whole_city_is_read_stored_and_the_same_again(connection: Connection) -> None:
    text = "".join(schemes_file()).encode()

    async def bring_in() -> ImportedSchemes:
        return await import_schemes(
            connection, io.BytesIO(text), file_name="velsen.csv", actor=POLICY, now=NOW
        )

    first, again = await bring_in(), await bring_in()

    assert (first.summary.added, first.summary.refused) == (34, 0)
    assert again.summary.same == 34
    assert again.new_categories == []
    read = {one.version for one in read_versions(io.BytesIO(text))}
    assert {one.version for one in await read_stored(connection)} == read
    assert {one.code for one in await read_categories(connection)} == set(first.new_categories)


async def test_a_bad_row_is_refused_with_its_line_and_its_neighbours_are_not(
    connection: Connection,
) -> None:
    made = await imported(
        connection,
        a_scheme_row(code="aa"),
        a_scheme_row(code="bb", amount_cents="12,50", title=""),
        a_scheme_row(code="aa", valid_from="2026-05-01"),
        a_scheme_row(code="cc"),
    )

    rows = await read_import_rows(connection, made.summary.id)

    assert [row.outcome for row in rows] == ["added", "refused", "refused", "added"]
    assert (rows[1].line, rows[1].fields) == (3, ["title", "amount_cents"])
    assert "2026-01-01" in (rows[2].reason or "")
    assert {one.version.code for one in await read_stored(connection)} == {"aa", "cc"}
    refused = await read_import_rows(connection, made.summary.id, outcome="refused", after_line=3)
    assert [row.line for row in refused] == [4]


async def test_a_row_that_the_database_refuses_takes_no_other_down(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pas.schemes.compare.model.overlap", never)

    made = await imported(
        connection,
        a_scheme_row(code="aa"),
        a_scheme_row(code="aa", valid_from="2026-05-01"),
        a_scheme_row(code="bb"),
    )

    assert await outcomes(connection, made) == ["added", "refused", "added"]


@pytest.mark.parametrize(
    ("content", "said"),
    [
        (b"code;title\nx;y\n", "valid_from"),
        (";".join(COLUMNS).replace(";", ",").encode() + b"\n", "puntkomma"),
        ((";".join(COLUMNS) + "\nc;Café").encode("cp1252"), "Windows-1252"),
        (b"", "leeg"),
    ],
)
async def test_a_file_of_another_shape_is_refused_whole(
    connection: Connection, content: bytes, said: str
) -> None:
    with pytest.raises(FileRefused, match=said):
        await import_schemes(
            connection, io.BytesIO(content), file_name="x.csv", actor=POLICY, now=NOW
        )

    assert await connection.fetchval("SELECT count(*) FROM import") == 0


async def test_a_row_done_twice_under_one_import_keeps_its_first_verdict(
    connection: Connection,
) -> None:
    import_id = ImportId(uuid7())

    await imported(connection, a_scheme_row(), import_id=import_id)
    again = await imported(connection, a_scheme_row(), import_id=import_id)

    assert await outcomes(connection, again) == ["added"]
    assert (await read_import(connection, import_id, "schemes")).added == 1
    with pytest.raises(ImportNotFound):
        await read_import(connection, import_id, "residents")


async def test_two_files_at_once_add_a_version_once(
    database: Database, velsen: MunicipalityName
) -> None:
    async def bring_in() -> ImportedSchemes:
        async with database.connection(velsen) as connection:
            return await imported(connection, a_scheme_row())

    made = await asyncio.gather(*(bring_in() for _ in range(3)))

    assert sorted((one.summary.added, one.summary.same) for one in made) == [
        (0, 1),
        (0, 1),
        (1, 0),
    ]


async def test_every_version_and_every_change_of_it_is_an_event(connection: Connection) -> None:
    await imported(connection, a_scheme_row())
    await imported(connection, a_scheme_row(valid_to="2026-12-31"))
    (stored,) = await read_stored(connection)

    events = await read_events(connection, subject_kind="scheme_version", subject_id=stored.id)

    assert [one.kind for one in events] == ["scheme.version_changed", "scheme.version_added"]
    assert '"valid_to":"2026-12-31"' in (events[0].content or "")
    assert events[0].actor_id == POLICY.id


async def test_the_database_refuses_an_overlap_by_itself(connection: Connection) -> None:
    await imported(connection, a_scheme_row())

    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            """
            INSERT INTO scheme_version SELECT (jsonb_populate_record(v, jsonb_build_object(
                'id', gen_random_uuid(), 'version', 2, 'valid_from', '2026-12-01'))).*
            FROM scheme_version v
            """
        )

    assert refused.value.sqlstate == "PA201"


async def test_a_version_added_by_hand_is_judged_as_a_row_of_a_file(
    connection: Connection,
) -> None:
    version_id, version = await add_scheme_version(connection, a_row(), actor=POLICY)

    assert (await add_scheme_version(connection, a_row(), actor=POLICY))[0] == version_id
    assert version.valid_from == date(2026, 1, 1)
    with pytest.raises(SchemeWrong) as wrong:
        await add_scheme_version(connection, a_row(title="", amount_cents="0"), actor=POLICY)
    errors = cast("list[dict[str, str]]", wrong.value.extra["errors"])
    assert [one["field"] for one in errors] == ["title", "amount_cents"]
    with pytest.raises(VersionFixed):
        await add_scheme_version(connection, a_row(title="Anders"), actor=POLICY)
    with pytest.raises(VersionFixed, match="andere versie"):
        await add_scheme_version(connection, a_row(valid_from="2026-02-01"), actor=POLICY)


async def test_a_version_ends_or_is_adopted_and_is_otherwise_fixed(
    connection: Connection,
) -> None:
    version_id, _ = await add_scheme_version(connection, a_row(status="proposed"), actor=POLICY)

    adopted = await end_or_adopt(
        connection, version_id, last_day=None, status="in_force", actor=POLICY
    )
    ended = await end_or_adopt(
        connection, version_id, last_day=date(2026, 12, 31), status=None, actor=POLICY
    )

    assert (adopted.status, adopted.valid_until) == ("in_force", None)
    assert (ended.status, ended.valid_until) == ("in_force", date(2027, 1, 1))
    with pytest.raises(SchemeWrong):
        await end_or_adopt(
            connection, version_id, last_day=date(2025, 1, 1), status=None, actor=POLICY
        )
    with pytest.raises(VersionFixed):
        await end_or_adopt(connection, version_id, last_day=None, status="proposed", actor=POLICY)
    with pytest.raises(VersionNotFound):
        await end_or_adopt(
            connection,
            uuid7(),  # pyright: ignore[reportArgumentType]
            last_day=None,
            status="ended",
            actor=POLICY,
        )


async def test_the_list_shows_what_holds_and_a_scheme_shows_all_its_versions(
    connection: Connection,
) -> None:
    await imported(
        connection,
        a_scheme_row(code="aa", valid_to="2026-06-30"),
        a_scheme_row(code="aa", valid_from="2026-07-01", amount_cents="25000"),
        a_scheme_row(code="bb", valid_from="2027-01-01"),
    )

    schemes = await list_schemes(connection, on=date(2026, 6, 1))
    later = await list_schemes(connection, on=date(2026, 7, 1))

    assert [(one.code, one.holds, one.versions) for one in schemes] == [
        ("aa", True, 2),
        ("bb", False, 1),
    ]
    assert [one.shown.number for one in (schemes[0], later[0])] == [1, 2]
    versions = await show_scheme(connection, "aa")
    assert [one.last_day for one in versions] == [None, date(2026, 6, 30)]
    with pytest.raises(SchemeNotFound):
        await show_scheme(connection, "cc")


async def test_a_purpose_gets_a_title_for_people(connection: Connection) -> None:
    await imported(connection, a_scheme_row(categories="school_costs"))

    assert [one.title for one in await read_categories(connection)] == ["School costs"]
    await rename_category(connection, "school_costs", "Schoolkosten", actor=POLICY)
    assert [one.title for one in await read_categories(connection)] == ["Schoolkosten"]
