"""The statement of a year to keep: as text (CSV), as a spreadsheet, and on paper (PDF)."""

from collections.abc import Sequence
from datetime import timedelta
from typing import Final

from pas.days import start_of
from pas.money import Cents, euros
from pas.press.document import Column, Document, Facts, House, Sentence, Table, set_document
from pas.press.press import Press
from pas.settlements.statement import MonthOfStatement, YearStatement
from pas.spreadsheet import Amount, Cell
from pas.tables import Table as FileTable
from pas.web.dates import MONTHS, day

COLUMNS: Final = (
    "maand",
    "begin",
    "besteed",
    "teruggedraaid",
    "verbeterd",
    "betaald",
    "kwam_terug",
    "eind",
)
TITLES: Final = (
    "Nog te betalen aan het begin",
    "Besteed",
    "Teruggedraaid",
    "Verbeterd",
    "Betaald",
    "Kwam terug",
)
ON_PAPER: Final = (
    Column("Maand", share=1),
    *(Column(title, is_amount=True) for title in ("Begin", *TITLES[1:], "Eind")),
)
SUM: Final = "Eind is begin, plus besteed, verbeterd en wat terugkwam. Daar gaan teruggedraaid en betaald af."
WHEN: Final = (
    "Alles staat in de maand waarin het geboekt is. Een betaling is geboekt als zij is goedgekeurd."
)


def statement_table(found: YearStatement) -> FileTable:
    return FileTable(f"jaaroverzicht-{found.year}", COLUMNS, [_cells(one) for one in found.months])


async def statement_pdf(found: YearStatement, *, house: House, press: Press) -> bytes:
    """Set it; a year that is over is the same bytes each time."""
    made_at = start_of(found.until + timedelta(days=1)) - timedelta(seconds=1)
    return await set_document(press, document_of(found, house), made_at=made_at)


def document_of(found: YearStatement, house: House) -> Document:
    return Document(
        house=house,
        title=f"Jaaroverzicht {found.year}",
        about=found.merchant,
        blocks=[
            Facts(list(facts_of(found))),
            Table(
                "Per maand",
                ON_PAPER,
                [(name_of(one), *map(euros, amounts_of(one))) for one in found.months],
                (),
                ("Samen", *map(euros, amounts_of(found.whole))),
            ),
            Sentence(SUM),
            Sentence(WHEN),
        ],
        is_wide=True,
    )


def facts_of(found: YearStatement) -> Sequence[tuple[str, str]]:
    amounts = amounts_of(found.whole)
    return [
        *zip(TITLES, map(euros, amounts), strict=False),
        (f"Nog te betalen op {day(found.until)}", euros(found.whole.end_cents)),
    ]


def amounts_of(one: MonthOfStatement) -> Sequence[Cents]:
    return (
        *(one.start_cents, one.redeemed_cents, one.reversed_cents, one.corrected_cents),
        *(one.paid_cents, one.bounced_cents, one.end_cents),
    )


def name_of(one: MonthOfStatement) -> str:
    return MONTHS[one.month - 1]


def _cells(one: MonthOfStatement) -> Sequence[Cell]:
    return (name_of(one), *map(Amount, amounts_of(one)))
