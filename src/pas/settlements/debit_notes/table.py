"""Debit notes as a table to keep: the same cells for the page, the API and the command line."""

from collections.abc import Sequence
from typing import Final

from pas.days import day_of
from pas.ids import MunicipalityName
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.rules import STATES
from pas.spreadsheet import Amount, Cell
from pas.tables import Table

COLUMNS: Final = (
    *(
        "debetnota",
        "kenmerk",
        "aanbieder",
        "stand",
        "onder_nul_sinds",
        "voorgesteld",
        "goedgekeurd",
    ),
    *("betalen_voor", "bedrag", "ontvangen", "nog_open", "ingetrokken_omdat"),
)


def table_of(municipality: MunicipalityName | str, notes: Sequence[DebitNote]) -> Table:
    return Table(f"debetnotas-{municipality}", COLUMNS, map(cells, notes))


def cells(one: DebitNote) -> list[Cell]:
    return [
        *(one.number, one.reference, one.merchant, STATES[one.state], one.negative_since),
        *(day_of(one.proposed_at), None if one.approved_at is None else day_of(one.approved_at)),
        *(one.due_on, Amount(one.amount_cents), Amount(one.received_cents)),
        *(Amount(one.outstanding_cents), one.withdrawn_because),
    ]
