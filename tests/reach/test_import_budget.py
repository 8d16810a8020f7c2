"""The money of a policy paper is read in: columns close or say so, open cells stay unknown, differences are told."""

from pathlib import Path

import pytest

from given.city import a_scheme
from given.days import NOW
from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection
from pas.grants.appropriations import read_appropriations
from pas.ids import SchemeId
from pas.reach.import_budget import ImportedBudget, import_budget, set_aside_lines
from pas.reach.pages.money import line_cells
from pas.reach.published_files import FigureUnreadable

DATA = Path(__file__).parents[2] / "src" / "pas" / "demo" / "data"
LINES = (DATA / "velsen_appropriations.csv").read_bytes()
TABLE = (DATA / "velsen_budget_2020_2024.csv").read_bytes()
FINANCE = an_actor(Role.FINANCE)


async def read_in(
    connection: Connection, content: bytes, name: str = "bestand.csv"
) -> ImportedBudget:
    return await import_budget(connection, content, file_name=name, actor=FINANCE, now=NOW)


async def a_fund(connection: Connection, year: int = 2023) -> SchemeId:
    """A scheme that is called as in the paper, with nothing set aside by it yet."""
    scheme = await a_scheme(connection, year=year)
    await connection.execute("UPDATE scheme SET code = 'jeugdfonds' WHERE id = $1", scheme.id)
    return scheme.id


async def test_every_column_of_velsens_table_closes_and_the_package_differs(
    connection: Connection,
) -> None:
    first = await read_in(connection, TABLE)
    assert [(one.year, one.closes) for one in first.table] == [
        (year, True) for year in range(2020, 2025)
    ]
    assert first.differences == []
    both = await read_in(connection, LINES)
    [difference] = both.differences
    assert (difference.summed_cents, difference.table_cents, difference.difference_cents) == (
        23_200_000,
        23_533_800,
        333_800,
    )


async def test_a_column_that_does_not_close_is_kept_and_says_so(connection: Connection) -> None:
    found = await read_in(connection, TABLE.replace(b"3978913", b"3978914"))
    [column] = [one for one in found.table if not one.closes]
    [wrong] = [one for one in column.sums if not one.closes]
    assert (column.year, wrong.printed_cents, wrong.summed_cents) == (
        2020,
        397_891_400,
        397_891_300,
    )
    assert found.kept.is_new


async def test_the_same_file_again_is_the_one_we_have(connection: Connection) -> None:
    assert (await read_in(connection, TABLE)).kept.is_new
    assert not (await read_in(connection, TABLE)).kept.is_new


@pytest.mark.parametrize("cell", [b"pm", b"n.t.b.", b""])
async def test_an_open_cell_is_unknown_and_never_zero(connection: Connection, cell: bytes) -> None:
    found = await read_in(connection, TABLE.replace(b"pm,pm,pm", b"pm,pm," + cell))
    [savings] = [one for one in found.table[4].lines if one.line == "savings_from_new_approach"]
    assert savings.amount_cents is None
    assert line_cells(found.table)[-1][-1] == "onbekend"


async def test_a_cell_that_is_no_number_refuses_the_file(connection: Connection) -> None:
    with pytest.raises(FigureUnreadable, match="kolom 2024"):
        await read_in(connection, TABLE.replace(b"pm,pm,pm", b"pm,pm,veel"))
    assert await connection.fetchval("SELECT count(*) FROM published_file") == 0


async def test_what_is_known_is_set_aside_by_its_sources_of_cover_once(
    connection: Connection,
) -> None:
    await a_fund(connection)
    found = await set_aside_lines(connection, LINES, actor=FINANCE, now=NOW)
    assert {(one.subject, one.year) for one in found.unknown} == {("all_other_schemes", 2023)}
    assert {one.subject for one in found.without_scheme} == {
        "kind_regelingen",
        "sociaal_culturele_activiteiten_volwassenen",
    }
    again = await set_aside_lines(connection, LINES, actor=FINANCE, now=NOW)
    assert again == found
    [of_2023] = await read_appropriations(connection, year=2023, scheme="jeugdfonds")
    covers = [(one.cover_line, one.amount_cents) for one in of_2023.lines][-4:]
    assert sorted(covers) == [
        ("minimabeleid", 7_500_000),
        ("structural extension culture", 1_400_000),
        ("structural extension sport", 3_600_000),
        ("structural extension swimming", 3_000_000),
    ]


async def test_another_amount_for_the_same_source_is_told_apart_and_not_added(
    connection: Connection,
) -> None:
    await a_fund(connection)
    await set_aside_lines(connection, LINES, actor=FINANCE, now=NOW)
    before = await read_appropriations(connection, year=2023)
    other = LINES.replace(b"3600000", b"3600001")
    found = await set_aside_lines(connection, other, actor=FINANCE, now=NOW)
    assert [one.cover_line for one in found.otherwise] == ["structural extension sport"]
    assert await read_appropriations(connection, year=2023) == before
