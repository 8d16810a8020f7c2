"""Files of target groups: what is taken in, what is refused and why, and versions that stay."""

import asyncio
import io

import asyncpg
import pytest

from given.city import YEAR, a_scheme
from given.files import a_file
from given.logins import NOON
from given.reach import ANALYST, a_target_row, targets_read
from pas.auth.actor import SYSTEM
from pas.auth.events import read_events
from pas.auth.municipality_settings import change_municipality_settings
from pas.csvfile import FileRefused, write_rows
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.imports.record import Import
from pas.reach.import_target_groups import import_target_groups
from pas.reach.stored import newest_target_groups, target_group_versions
from pas.reach.target_files import COLUMNS

AREA = {"dimension": "area"}


@pytest.fixture
async def scheme(connection: Connection) -> None:
    await a_scheme(connection, code="sport")


pytestmark = pytest.mark.usefixtures("scheme")


async def test_a_target_group_is_stored_with_its_parts_and_the_same_again_changes_nothing(
    connection: Connection,
) -> None:
    rows = (a_target_row(), a_target_row(**AREA, value="noord", count="80"))

    first, _ = await targets_read(connection, *rows)
    again, _ = await targets_read(connection, *rows)

    assert (first.added, first.refused) == (2, 0)
    assert (again.same, again.added) == (2, 0)
    (stored,) = await newest_target_groups(connection, [YEAR])
    assert (stored.version, stored.group.total) == (1, 200)
    assert [(part.value, part.count) for part in stored.group.parts] == [("noord", 80)]


async def test_a_correction_is_a_next_version_and_an_event_and_the_first_stays(
    connection: Connection,
) -> None:
    await targets_read(connection, a_target_row())
    made, _ = await targets_read(connection, a_target_row(count="210"))

    versions = await target_group_versions(connection, year=YEAR, scheme="sport", limit=10)

    assert made.changed == 1
    assert [(one.version, one.group.total) for one in versions] == [(2, 210), (1, 200)]
    (event,) = await read_events(connection, subject_kind="target_group", subject_id=versions[0].id)
    assert (event.kind, event.actor_id) == ("target_group.corrected", ANALYST.id)
    assert '"total":200' in (event.content or "")


async def test_two_kinds_stand_beside_each_other(connection: Connection) -> None:
    await targets_read(connection, a_target_row(), a_target_row(kind="statistical", count="260"))

    found = await newest_target_groups(connection, [YEAR])

    assert {one.group.kind: one.group.total for one in found} == {
        "municipal": 200,
        "statistical": 260,
    }


@pytest.mark.parametrize("word", ["n.t.b.", "N.T.B.", "pm", "PM", ""])
async def test_what_is_open_is_unknown_not_zero_and_not_an_error(
    connection: Connection, word: str
) -> None:
    made, (row,) = await targets_read(connection, a_target_row(count=word))

    (stored,) = await newest_target_groups(connection, [YEAR])

    assert made.added == 1
    assert row.reason == "Er staat geen getal. Wij bewaren dit als onbekend, niet als nul."
    assert (stored.group.total, stored.group.status) == (None, "unknown")


@pytest.mark.parametrize(
    ("rows", "line", "said"),
    [
        ([a_target_row(scheme="zeilen")], 2, "regeling kennen wij niet"),
        ([a_target_row(unit="children")], 2, "eenheid past niet"),
        ([a_target_row(count="-5")], 2, "geheel getal"),
        ([a_target_row(count="12,5")], 2, "geheel getal"),
        ([a_target_row(count="5", status="none")], 2, "onbekend, maar er staat een getal"),
        ([a_target_row(source="")], 2, "source is leeg"),
        ([a_target_row(), a_target_row()], 3, "dubbel: zie ook regel 2"),
        (
            [a_target_row(**AREA, value="noord", count="5")],
            2,
            "totaal van deze doelgroep ontbreekt",
        ),
        (
            [a_target_row(), a_target_row(**AREA, value="noord", count="201")],
            3,
            "groter dan het totaal",
        ),
        (
            [
                a_target_row(),
                a_target_row(**AREA, value="noord", count="150"),
                a_target_row(**AREA, value="zuid", count="51"),
            ],
            4,
            "De delen zijn samen 201",
        ),
        (
            [
                a_target_row(),
                a_target_row(**AREA, value="noord,zuid", count="50"),
                a_target_row(**AREA, value="zuid", count="20"),
            ],
            4,
            "zit ook in regel 3",
        ),
        (
            [
                a_target_row(),
                a_target_row(dimension="age_band", value="6-12", count="5"),
                a_target_row(dimension="age_band", value="10-18", count="5"),
            ],
            4,
            "overlapt met regel 3",
        ),
        (
            [a_target_row(), a_target_row(dimension="household_type", value="villa", count="5")],
            3,
            "kent deze waarde niet",
        ),
        (
            [a_target_row(), a_target_row(unit="households", count="201")],
            3,
            "meer huishoudens (201)",
        ),
    ],
)
async def test_what_cannot_be_is_refused_with_its_line_and_why(
    connection: Connection, rows: list[dict[str, str]], line: int, said: str
) -> None:
    _, found = await targets_read(connection, *rows)

    refused = {row.line: row.reason or "" for row in found if row.outcome == "refused"}

    assert said in refused[line]


async def test_more_children_than_persons_is_refused_also_beside_what_is_stored(
    connection: Connection,
) -> None:
    await targets_read(connection, a_target_row(scheme="*", count="100"))
    children = a_target_row(scheme="*", unit="children", count="101")

    _, (row,) = await targets_read(connection, children)

    assert "meer kinderen (101) dan personen (100)" in (row.reason or "")


async def test_a_wrong_row_takes_its_own_target_group_along_and_no_other(
    connection: Connection,
) -> None:
    made, rows = await targets_read(
        connection,
        a_target_row(),
        a_target_row(**AREA, value="noord", count="999"),
        a_target_row(kind="statistical"),
    )

    assert (made.added, made.refused) == (1, 2)
    assert "zie regel 3" in (rows[0].reason or "")
    (stored,) = await newest_target_groups(connection, [YEAR])
    assert stored.group.kind == "statistical"


async def test_an_area_that_the_municipality_does_not_know_is_refused(
    connection: Connection,
) -> None:
    await change_municipality_settings(connection, {"areas": ["noord", "zuid"]}, actor=SYSTEM)

    _, rows = await targets_read(
        connection, a_target_row(), a_target_row(**AREA, value="oost", count="5")
    )

    assert "Deze wijk kennen wij niet." in (rows[1].reason or "")


async def test_a_file_of_another_shape_is_refused_whole(connection: Connection) -> None:
    content = io.BytesIO((",".join(COLUMNS) + "\n").encode())
    with pytest.raises(FileRefused, match="puntkomma"):
        await import_target_groups(connection, content, file_name="x.csv", actor=ANALYST, now=NOON)


async def test_two_files_at_once_make_one_version(
    database: Database, velsen: MunicipalityName
) -> None:
    async def bring_in() -> Import:
        async with database.connection(velsen) as connection:
            return await import_target_groups(
                connection,
                a_file(COLUMNS, a_target_row()),
                file_name="t.csv",
                actor=ANALYST,
                now=NOON,
            )

    made = await asyncio.gather(*(bring_in() for _ in range(3)))

    assert sorted((one.added, one.same) for one in made) == [(0, 1), (0, 1), (1, 0)]


@pytest.mark.parametrize("table", ["target_group", "target_group_part"])
async def test_nobody_rewrites_a_target_group(
    connection: Connection, owner: Connection, table: str
) -> None:
    await targets_read(connection, a_target_row(), a_target_row(**AREA, value="noord", count="80"))
    for sql in (f"UPDATE {table} SET status = 'implied'", f"DELETE FROM {table}"):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.execute(sql)
        assert refused.value.sqlstate == "PA100"


def test_a_cell_that_looks_like_a_formula_leaves_as_text() -> None:
    (_, line) = write_rows(("source",), [("=HYPERLINK(1)",)])
    assert line == "'=HYPERLINK(1)\r\n"
