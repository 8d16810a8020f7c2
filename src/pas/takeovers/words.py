"""What a take-over is called on the pages and in files."""

from collections.abc import Mapping, Sequence
from typing import Final

from pas.money import Cents, euros
from pas.spreadsheet import Amount
from pas.tables import Table
from pas.takeovers.model import RowOutcome, SchemeTotal, State, Takeover, TakeoverRow
from pas.web.counts import count

STATES: Final[Mapping[State, tuple[str, str]]] = {
    "proposed": ("Wacht op een tweede persoon", "warning"),
    "booking": ("Wordt geboekt", "info"),
    "booked": ("Geboekt", "ok"),
    "rejected": ("Afgekeurd", "error"),
}
OUTCOMES: Final[Mapping[RowOutcome, str]] = {
    "waiting": "wacht",
    "booked": "geboekt",
    "same": "was al geboekt",
    "refused": "niet overgenomen",
}
ROWS: Final = ("regel", "wat_ermee_gebeurt", "regeling", "bedrag", "waarom")


def total_cells(one: SchemeTotal) -> list[str]:
    """Give one scheme in a row: what the list says, and what becomes of it."""
    taken = Cents(one.waiting_cents + one.booked_cents)
    return [one.title, *map(euros, (one.told_cents, taken, one.same_cents, one.refused_cents))]


def refused_cells(
    line: int, scheme: str | None, cents: Cents | None, *, reason: str | None
) -> list[str]:
    return [count(line), scheme or "", "" if cents is None else euros(cents), reason or ""]


def rows_table(takeover: Takeover, rows: Sequence[TakeoverRow]) -> Table:
    """Give every row of the list by its line; none says who or which card."""
    cells = [
        (
            *(one.line, OUTCOMES[one.outcome], one.scheme or ""),
            *("" if one.amount_cents is None else Amount(one.amount_cents), one.reason or ""),
        )
        for one in rows
    ]
    return Table(f"overname-{takeover.supplier}-{takeover.year}", ROWS, cells)
