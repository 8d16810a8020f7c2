"""The figures of the demonstration city: printed ones, and assumptions that are marked as such."""

import csv
from collections.abc import Iterator
from importlib.resources import files
from typing import Final

DATA: Final = files("pas.demo") / "data"
AREAS: Final = (
    "velsen_noord",
    "zee_en_duinwijk",
    "ijmuiden_zuid",
    "ijmuiden_west",
    "ijmuiden_noord",
    "velserbroek",
    "santpoort_noord",
    "santpoort_zuid",
    "driehuis",
    "velsen_zuid",
)
AREA_NAMES: Final = {
    "velsen_noord": "Velsen-Noord",
    "zee_en_duinwijk": "Zee- en Duinwijk",
    "ijmuiden_zuid": "IJmuiden-Zuid",
    "ijmuiden_west": "IJmuiden-West",
    "ijmuiden_noord": "IJmuiden-Noord",
    "velserbroek": "Velserbroek",
    "santpoort_noord": "Santpoort-Noord",
    "santpoort_zuid": "Santpoort-Zuid",
    "driehuis": "Driehuis",
    "velsen_zuid": "Velsen-Zuid",
}
"""As people write them; the source's tables are read by the others."""
CHILD_AREAS: Final = {
    "velsen_noord": ("velsen_noord",),
    "zee_en_duinwijk": ("zee_en_duinwijk",),
    "ijmuiden_three_areas_together": ("ijmuiden_zuid", "ijmuiden_west", "ijmuiden_noord"),
    "other": AREAS[5:],
}
"""The areas as the source groups them where it counts children."""


def read_table(name: str) -> Iterator[dict[str, str]]:
    """The rows of a file of ours; they are trusted, unlike what people upload."""
    yield from csv.DictReader((DATA / name).read_text(encoding="utf-8").splitlines())


def printed() -> dict[str, int]:
    """What the papers print about 2018; percentages in tenths of a percent, and 2.2 as 22."""
    return {row["measure"]: _number(row) for row in read_table("velsen_population_2018.csv")}


def assumed() -> dict[str, int]:
    return {row["measure"]: int(row["value"]) for row in read_table("assumptions.csv")}


def _number(row: dict[str, str]) -> int:
    tenths = row["unit"] == "percent" or "." in row["value"]
    whole, _, decimal = row["value"].partition(".")
    return int(whole) * 10 + int(decimal or "0") if tenths else int(whole)
