"""What the end of a year is called on the pages and in files."""

from collections.abc import Mapping
from typing import Final

from pas.years.rehearse import Fate
from pas.years.stored import State

FATES: Final[Mapping[Fate, str]] = {
    "lapses": "valt vrij op de laatste dag",
    "waits": "wacht: bezwaar of terugkeer kan nog",
    "runs_on": "mag nog op in de uitloop",
    "season": "seizoen loopt door",
    "outlives": "blijft, zoals zwemles",
}
STATES: Final[Mapping[State, tuple[str, str]]] = {
    "open": ("Open", "info"),
    "proposed": ("Voorgesteld om te sluiten", "warning"),
    "closed": ("Dicht", "ok"),
    "reopening": ("Dicht, wacht op een oordeel", "warning"),
}
