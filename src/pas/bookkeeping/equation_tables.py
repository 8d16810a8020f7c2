"""The equation and what it is made of as tables: for a page, as text (CSV), as a spreadsheet, and on paper."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from pas.bookkeeping.entry import BookEntry, TransferOfEntry
from pas.bookkeeping.equation import EntryOfTerm, Equation, MonthOfTerm
from pas.bookkeeping.periods import name_of
from pas.bookkeeping.words import ACCOUNTS, KINDS
from pas.days import AMSTERDAM
from pas.db import Connection, Statement
from pas.ledger.prove import MerchantEquation, SchemeEquation
from pas.money import NO_BREAK_SPACE, Cents, euros
from pas.press.document import Block, Column, Document, House, Sentence, Table
from pas.schemes.show import list_schemes
from pas.spreadsheet import Amount, Cell
from pas.tables import Table as FileTable
from pas.web.counts import count
from pas.web.dates import day

SCHEME_TERMS: Final = {
    "granted": "Toegekend",
    "opening": "Waarvan overgenomen",
    "shortfall": "Tekort zonder internet",
    "spent": "Besteed",
    "reversed": "Teruggedraaid",
    "held": "Vastgezet",
    "lapsed": "Vervallen",
    "open": "Nog te besteden",
}
ON_PAPER: Final = tuple(
    {"opening": "Overgenomen", "shortfall": "Tekort"}.get(term, title)
    for term, title in SCHEME_TERMS.items()
)
MERCHANT_TERMS: Final = {
    "redeemed": "Besteed",
    "reversed": "Teruggedraaid",
    "corrected": "Verbeterd",
    "paid": "Betaald",
    "bounced": "Kwam terug",
    "owed": "Nog te betalen",
}
EQUATION: Final = (
    "Toegekend is besteed, min teruggedraaid, plus vastgezet, vervallen en nog te besteden. "
    "Een tekort zonder internet telt mee bij wat is toegekend. "
    "Overgenomen van een eerdere leverancier is een deel van wat is toegekend."
)
OWED: Final = "Nog te betalen is besteed, plus verbeterd en wat terugkwam. Daar gaan teruggedraaid en betaald af."
UNITS: Final = {"cents": "euro", "visits": "bezoeken"}
ONE_OFF: Final = "Eenmalige ontvanger"


class Names(msgspec.Struct, frozen=True):
    """What schemes and merchants are called; of whoever was paid once only that."""

    schemes: Mapping[UUID, str]
    merchants: Mapping[UUID, str]

    def scheme(self, scheme_id: UUID) -> str:
        return self.schemes.get(scheme_id, str(scheme_id))

    def merchant(self, merchant_id: UUID) -> str:
        return self.merchants.get(merchant_id, ONE_OFF)


class NamedMerchant(msgspec.Struct, frozen=True):
    id: UUID
    name: str


READ_MERCHANTS: Final = Statement("SELECT id, name FROM merchant", NamedMerchant)


async def read_names(connection: Connection, *, on: date) -> Names:
    schemes = await list_schemes(connection, on=on)
    merchants = await READ_MERCHANTS.all(connection)
    return Names(
        {one.id: one.shown.version.title for one in schemes},
        {one.id: one.name for one in merchants},
    )


def schemes_sheet(found: Equation, names: Names) -> FileTable:
    columns = ("regeling", "jaar", "eenheid", *map(str.lower, SCHEME_TERMS.values()), "verschil")
    rows = [
        (
            *(names.scheme(one.scheme_id), one.budget_year, UNITS[one.unit]),
            *(cell(amount, one.unit) for amount in (*amounts_of(one), one.difference)),
        )
        for one in found.schemes
    ]
    return FileTable(f"regelingen-{found.cut.day}", columns, rows)


def merchants_sheet(found: Equation, names: Names) -> FileTable:
    columns = ("aanbieder", *map(str.lower, MERCHANT_TERMS.values()), "verschil")
    rows = [
        (
            names.merchant(one.merchant_id),
            *(Amount(Cents(amount)) for amount in (*owed_of(one), one.difference)),
        )
        for one in found.merchants
    ]
    return FileTable(f"aanbieders-{found.cut.day}", columns, rows)


def months_sheet(months: Sequence[MonthOfTerm], unit: str) -> FileTable:
    rows = [(name_of(one.period), one.entries, cell(one.amount, unit)) for one in months]
    return FileTable("maanden", ("maand", "boekingen", UNITS[unit]), rows)


def entries_sheet(entries: Sequence[EntryOfTerm], unit: str) -> FileTable:
    columns = ("geboekt", "gebeurd", "soort", "aanbieder", UNITS[unit], "boeking")
    rows = [
        (
            *(
                f"{at.astimezone(AMSTERDAM):%Y-%m-%d %H:%M:%S}"
                for at in (one.recorded_at, one.occurred_at)
            ),
            *(KINDS.get(one.kind, one.kind), one.merchant or ""),
            *(cell(one.amount, unit), str(one.entry_id)),
        )
        for one in entries
    ]
    return FileTable("boekingen", columns, rows)


def transfers_sheet(found: BookEntry) -> FileTable:
    columns = (
        "regel",
        "van rekening",
        "soort",
        "naar rekening",
        "soort van naar",
        "eenheid",
        "bedrag",
    )
    rows = [
        (
            *(one.line, str(one.debit), from_of(one), str(one.credit), to_of(one)),
            *(UNITS[one.unit], cell(one.amount, one.unit)),
        )
        for one in found.transfers
    ]
    return FileTable("boeking", columns, rows)


def equation_document(found: Equation, names: Names, house: House) -> Document:
    """Set it for the council: one table of schemes, one of merchants, and whether it closes."""
    verdict = (
        "Het klopt op de cent." if found.closes else "Het klopt niet. Bel de technisch beheerder."
    )
    blocks: list[Block] = [
        Sentence(verdict),
        Sentence(EQUATION),
        Table(
            "Per regeling en jaar",
            (Column("Regeling", share=1), *_columns("Jaar", *ON_PAPER, "Verschil")),
            [
                (
                    _title(one, names),
                    str(one.budget_year),
                    *(_bare(amount, one.unit) for amount in (*amounts_of(one), one.difference)),
                )
                for one in found.schemes
            ],
        ),
        Sentence(OWED),
        _owed_table(found, names),
        Sentence(
            f"Geteld is wat geboekt was vóór positie {found.cut.epoch}.{found.cut.xid}. "
            "Controleer het zelf: pas ledger equation, of de losse controle met pas_verify.py."
        ),
    ]
    return Document(
        house=house,
        title="De boeken in één vergelijking",
        about=f"Aan het eind van {day(found.cut.day)}",
        blocks=blocks,
        is_wide=True,
    )


def _owed_table(found: Equation, names: Names) -> Table:
    rows = [
        (
            names.merchant(one.merchant_id),
            *(written(amount, "cents") for amount in (*owed_of(one), one.difference)),
        )
        for one in found.merchants
    ]
    sums = [sum(column) for column in zip(*map(owed_of, found.merchants), strict=True)]
    total = ("Samen", *(written(one, "cents") for one in (*sums, 0))) if rows else ()
    columns = (Column("Aanbieder", share=1), *_columns(*MERCHANT_TERMS.values(), "Verschil"))
    return Table("Per aanbieder", columns, rows, (), total)


def amounts_of(one: SchemeEquation) -> Sequence[int]:
    return [getattr(one, term) for term in SCHEME_TERMS]


def owed_of(one: MerchantEquation) -> Sequence[int]:
    return (one.redeemed, one.reversed, one.corrected, one.paid, one.bounced, one.owed)


def from_of(one: TransferOfEntry) -> str:
    return one.debit_merchant or ACCOUNTS.get(one.debit_kind, one.debit_kind)


def to_of(one: TransferOfEntry) -> str:
    return one.credit_merchant or ACCOUNTS.get(one.credit_kind, one.credit_kind)


def written(amount: int, unit: str) -> str:
    if unit == "cents":
        return euros(Cents(amount))
    return f"{count(amount)}{NO_BREAK_SPACE}{'bezoek' if amount == 1 else 'bezoeken'}"


def _title(one: SchemeEquation, names: Names) -> str:
    return names.scheme(one.scheme_id) + (", in bezoeken" if one.unit == "visits" else "")


def _bare(amount: int, unit: str) -> str:
    """Without the word for visits, where the row says it already."""
    return euros(Cents(amount)) if unit == "cents" else count(amount)


def cell(amount: int, unit: str) -> Cell:
    return Amount(Cents(amount)) if unit == "cents" else amount


def _columns(*titles: str) -> list[Column]:
    return [Column(title, is_amount=True) for title in titles]
