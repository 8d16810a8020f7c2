"""The list of an earlier supplier as a CSV file: one row for each card and scheme; columns in docs/files.md."""

import re
from datetime import date
from typing import BinaryIO, Final

import msgspec

from pas import cells
from pas.cells import Draft
from pas.csvfile import Row, read_rows
from pas.money import Cents
from pas.passes.earlier_numbers import EarlierNumber, read_earlier_number

COLUMNS: Final = (
    "card_number",
    "scheme",
    "amount_cents",
    "bsn",
    "given_name",
    "family_name",
    "birth_date",
    "postcode",
)
MOST_ROWS: Final = 100_000
LONGEST_NAME: Final = 100
HIGHEST_CENTS: Final = 100_000_000
_ROUNDED: Final = re.compile(r"[0-9]+(?:[.,][0-9]+)?[eE]\+?[0-9]+")


class Person(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a row is about, as the supplier knew them."""

    bsn: str = ""
    given_name: str = ""
    family_name: str = ""
    birth_date: date | None = None
    postcode: str = ""

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return "Person(…)"


class Listed(msgspec.Struct, frozen=True, kw_only=True):
    """One row; what could not be read is None, and ``fault`` says so."""

    line: int
    number: EarlierNumber | None = None
    scheme: str = ""
    amount_cents: Cents | None = None
    person: Person = Person()
    fault: str = ""

    def __repr__(self) -> str:
        """Keep the number of a card out of logs and tracebacks."""
        return f"Listed({self.line})"


def read_list(source: BinaryIO) -> list[Listed]:
    """Read a whole file; raises FileRefused when it is not ours to read."""
    return [_listed(row) for row in read_rows(source, COLUMNS, most_rows=MOST_ROWS)]


def _listed(row: Row) -> Listed:
    if row.fault:
        return Listed(line=row.line, fault=row.fault)
    draft = Draft(row)
    amount = cells.optional_whole(draft, "amount_cents", most=HIGHEST_CENTS)
    if amount is None and not draft.faults:
        draft.refuse("amount_cents", "Kolom amount_cents is leeg. Vul 0 in als er niets meer is.")
    scheme = cells.text(draft, "scheme", longest=200)
    number = _number(draft)
    person = _person(draft)
    return Listed(
        line=row.line,
        number=number,
        scheme=scheme,
        amount_cents=None if amount is None else Cents(amount),
        person=person,
        fault=cells.sentences(draft.faults),
    )


def _number(draft: Draft) -> EarlierNumber | None:
    found = draft.row.cells["card_number"].strip()
    if _ROUNDED.fullmatch(found):
        draft.refuse("card_number", "Het programma met de lijst heeft dit nummer afgerond.")
        return None
    number = read_earlier_number(found)
    if number is None:
        draft.refuse(
            "card_number",
            "Kolom card_number: 4 tot 64 letters, cijfers of tekens, en vooraan een letter of cijfer.",
        )
    return number


def _person(draft: Draft) -> Person:
    person = Person(
        bsn=cells.citizen_number(draft, "bsn"),
        given_name=cells.optional_text(draft, "given_name", longest=LONGEST_NAME),
        family_name=cells.optional_text(draft, "family_name", longest=LONGEST_NAME),
        birth_date=cells.optional_day(draft, "birth_date"),
        postcode=cells.postcode(draft, "postcode"),
    )
    named = person.given_name and person.family_name and person.birth_date
    if not draft.faults and not person.bsn and not named:
        draft.refuse("bsn", "Vul een BSN in. Of voornaam, achternaam en geboortedatum.")
    return person
