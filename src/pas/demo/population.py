"""The demonstration city as files: what the municipality knows, and the truth beside it.

The same seed and reference date give the same bytes. The reference date is the first day of the pass
year that the city is shown in: the figures of 2018 hold on that day.
"""

from collections.abc import Iterator
from datetime import date
from typing import Final

import msgspec

from pas.csvfile import write_rows
from pas.demo.draw import Draw
from pas.demo.figures import AREA_NAMES, DATA, assumed, read_table
from pas.demo.homes import Home, make_homes
from pas.demo.people import people_of
from pas.demo.published import adopted_schemes
from pas.passes import resident_files
from pas.passes.residents import Resident
from pas.schemes import files as scheme_files

TRUTH_COLUMNS: Final = (
    "household_number",
    "area",
    "household_type",
    "income_pct",
    "income_source",
    "long_term",
    "known_to_municipality",
    "adults",
    "children",
)


class Population(msgspec.Struct, frozen=True):
    """Every household up to 130 % of the social minimum, and its members."""

    homes: tuple[Home, ...]
    residents: tuple[Resident, ...]


def make_population(reference_date: date, *, households: int | None = None) -> Population:
    """Everybody, or the first of the households: the figures are those of all of them."""
    draw = Draw(assumed()["seed"])
    all_homes = make_homes(draw)
    found = list(people_of(all_homes, draw, reference_date=reference_date))[:households]
    homes = [home for home, _ in found]
    return Population(
        homes=tuple(homes),
        residents=tuple(one for _, members in found for one in members),
    )


def areas() -> frozenset[str]:
    return frozenset(AREA_NAMES.values())


def categories() -> dict[str, str]:
    """The code and the Dutch title of every purpose that a scheme of the city names."""
    return {row["code"]: row["title"] for row in read_table("categories.csv")}


def residents_file(population: Population) -> Iterator[str]:
    """What the municipality knows, in the shape of docs/files.md."""
    rows = (resident_files.row_of(one) for one in population.residents)
    return write_rows(resident_files.COLUMNS, rows)


def truth_file(population: Population) -> Iterator[str]:
    """What is true, also of households whose income the municipality does not know."""
    return write_rows(TRUTH_COLUMNS, (_truth_of(home) for home in population.homes))


def schemes_file() -> Iterator[str]:
    """The published schemes, the proposals adopted, and the invented ones."""
    yield from write_rows(scheme_files.COLUMNS, map(scheme_files.row_of, adopted_schemes()))
    _, *invented = (
        (DATA / "invented_schemes.csv").read_text(encoding="utf-8").splitlines(keepends=True)
    )
    yield from invented


def merchants_file() -> str:
    return (DATA / "merchants.csv").read_text(encoding="utf-8")


def _truth_of(home: Home) -> list[str]:
    return [
        home.number,
        home.area,
        home.type,
        f"{home.income // 100}.{home.income % 100:02d}",
        home.source,
        "yes" if home.long_term else "no",
        "yes" if home.known else "no",
        str(home.adults),
        str(home.children),
    ]
