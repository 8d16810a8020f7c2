"""From the text of a cell to a value: every fault of a row is noted, none of them echoes a value.

A reader returns a harmless stand-in beside the fault it notes, so that one bad cell does not
hide the next; whoever builds a value from a row looks at ``faults`` first.
"""

import re
import unicodedata
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final, TypeVar

import msgspec
from stdnum.nl import bsn as citizen_numbers

from pas.csvfile import Row
from pas.money import BasisPoints

EARLIEST_YEAR: Final = 1900
LATEST_YEAR: Final = 2199
SOME_DAY: Final = date(EARLIEST_YEAR, 1, 1)
HIGHEST_PERCENTAGE_HUNDREDTHS: Final = 1_000_000
HIGHEST_NUMBER: Final = 1_000_000_000

_Choice = TypeVar("_Choice", bound=str)

_ISO_DAY: Final = re.compile(r"([0-9]{4})-([0-9]{2})-([0-9]{2})")
_DUTCH_DAY: Final = re.compile(r"([0-9]{1,2})-([0-9]{1,2})-([0-9]{4})")
_PERCENTAGE: Final = re.compile(r"([0-9]{1,6})(?:[.,]([0-9]{1,2}))?")
_POSTCODE: Final = re.compile(r"([1-9][0-9]{3}) ?([A-Za-z]{2})")
_CODE: Final = re.compile(r"[a-z][a-z0-9_]{1,60}")
_NUMBER_OF_A_PERSON: Final = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,39}")
# Characters that turn the reading direction of what follows: they can disguise a name.
_TURNING: Final = frozenset("\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069\ufeff")
_LETTERS_NEVER_IN_A_POSTCODE: Final = frozenset(("SA", "SD", "SS"))


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one cell, in a sentence for the person who made the file."""

    field: str
    sentence: str


class Draft(msgspec.Struct):
    """A row while it is being read."""

    row: Row
    faults: list[Fault] = []

    def refuse(self, field: str, sentence: str) -> None:
        self.faults.append(Fault(field, sentence))


def optional_text(draft: Draft, field: str, *, longest: int, several_lines: bool = False) -> str:
    """Text in one normal form (NFC, single spaces) without control or direction characters."""
    raw = unicodedata.normalize("NFC", draft.row.cells[field])
    text = raw.replace("\r\n", "\n").strip() if several_lines else " ".join(raw.split())
    if not text.isprintable() and any(_unreadable(character) for character in text):
        draft.refuse(field, f"In kolom {field} staat een onleesbaar teken.")
        return ""
    if len(text) > longest:
        draft.refuse(field, f"Kolom {field} is te lang: hoogstens {longest} tekens.")
        return ""
    return text


def text(draft: Draft, field: str, *, longest: int) -> str:
    found = optional_text(draft, field, longest=longest)
    if not found and not _has_fault(draft, field):
        draft.refuse(field, f"Kolom {field} is leeg.")
    return found


def number_of_a_person(draft: Draft, field: str) -> str:
    """The municipality's own number of a person or a household."""
    found = draft.row.cells[field].strip()
    if not _NUMBER_OF_A_PERSON.fullmatch(found):
        draft.refuse(
            field, f"Kolom {field}: gebruik 1 tot 40 letters, cijfers, punten of streepjes."
        )
    return found


def optional_number_of_a_person(draft: Draft, field: str) -> str:
    return number_of_a_person(draft, field) if draft.row.cells[field].strip() else ""


def optional_day(draft: Draft, field: str) -> date | None:
    """A date as 2026-01-31 or 31-01-2026."""
    found = draft.row.cells[field].strip()
    if not found:
        return None
    if iso := _ISO_DAY.fullmatch(found):
        year, month, day = (int(part) for part in iso.groups())
    elif dutch := _DUTCH_DAY.fullmatch(found):
        day, month, year = (int(part) for part in dutch.groups())
    else:
        draft.refuse(field, f"Kolom {field}: schrijf een datum als 2026-01-31.")
        return None
    if not EARLIEST_YEAR <= year <= LATEST_YEAR:
        draft.refuse(field, f"Kolom {field}: dit jaar kan niet.")
        return None
    try:
        return date(year, month, day)
    except ValueError:
        draft.refuse(field, f"Kolom {field}: deze datum bestaat niet.")
        return None


def day(draft: Draft, field: str) -> date:
    found = optional_day(draft, field)
    if found is None and not _has_fault(draft, field):
        draft.refuse(field, f"Kolom {field} is leeg. Vul een datum in.")
    return found or SOME_DAY


def optional_whole(
    draft: Draft, field: str, *, least: int = 0, most: int = HIGHEST_NUMBER
) -> int | None:
    found = draft.row.cells[field].strip()
    if not found:
        return None
    # str.isdigit alone would let through digits of other scripts and superscripts.
    if found.isascii() and found.isdigit() and len(found) <= len(str(HIGHEST_NUMBER)):
        value = int(found)
        if least <= value <= most:
            return value
    draft.refuse(field, f"Kolom {field}: vul een geheel getal in van {least} tot en met {most}.")
    return None


def optional_percentage(
    draft: Draft, field: str, *, most_hundredths: int = HIGHEST_PERCENTAGE_HUNDREDTHS
) -> BasisPoints | None:
    """A percentage with at most two decimals ("110", "110,5"), in hundredths of a percent."""
    found = draft.row.cells[field].strip()
    if not found:
        return None
    if shape := _PERCENTAGE.fullmatch(found):
        hundredths = int(shape[1]) * 100 + int((shape[2] or "").ljust(2, "0"))
        if hundredths <= most_hundredths:
            return BasisPoints(hundredths)
    draft.refuse(field, f"Kolom {field}: vul een percentage in, zoals 110 of 110,50.")
    return None


def choice(draft: Draft, field: str, allowed: Sequence[_Choice]) -> _Choice:
    found = optional_choice(draft, field, allowed)
    if found is None and not _has_fault(draft, field):
        draft.refuse(field, f"Kolom {field} is leeg. Kies uit: {', '.join(allowed)}.")
    return found if found is not None else allowed[0]


def optional_choice(draft: Draft, field: str, allowed: Sequence[_Choice]) -> _Choice | None:
    found = draft.row.cells[field].strip()
    for option in allowed:
        if option == found:
            return option
    if found:
        draft.refuse(field, f"Kolom {field} kent deze waarde niet. Kies uit: {', '.join(allowed)}.")
    return None


def yes_or_no(draft: Draft, field: str) -> bool:
    """``yes`` or ``no``; an empty cell is no."""
    return optional_choice(draft, field, ("yes", "no")) == "yes"


def code(draft: Draft, field: str) -> str:
    found = draft.row.cells[field].strip()
    if not _CODE.fullmatch(found):
        draft.refuse(field, f"Kolom {field}: gebruik kleine letters, cijfers en _ (2 tot 61).")
    return found


def codes(draft: Draft, field: str, *, most: int = 40) -> frozenset[str]:
    """A set of codes, separated by commas."""
    found = _parts(draft, field)
    if len(found) > most or any(not _CODE.fullmatch(part) for part in found):
        draft.refuse(
            field,
            f"Kolom {field}: hoogstens {most} codes van kleine letters, met komma's ertussen.",
        )
        return frozenset()
    return frozenset(found)


def choices(draft: Draft, field: str, allowed: Sequence[_Choice]) -> frozenset[_Choice]:
    """A set out of a closed list, separated by commas."""
    found = _parts(draft, field)
    if any(part not in allowed for part in found):
        draft.refuse(field, f"Kolom {field} kent deze waarde niet. Kies uit: {', '.join(allowed)}.")
    return frozenset(option for option in allowed if option in found)


def postcode(draft: Draft, field: str) -> str:
    found = draft.row.cells[field].strip()
    shape = _POSTCODE.fullmatch(found)
    if shape and shape[2].upper() not in _LETTERS_NEVER_IN_A_POSTCODE:
        return f"{shape[1]} {shape[2].upper()}"
    if found:
        draft.refuse(field, f"Kolom {field}: schrijf een postcode als 1971 AB.")
    return ""


def citizen_number(draft: Draft, field: str) -> str:
    """A BSN that passes the eleven-test, or nothing; the number itself is in no message."""
    found = draft.row.cells[field].strip()
    if not found:
        return ""
    if found.isascii() and citizen_numbers.is_valid(found):
        return citizen_numbers.compact(found)
    draft.refuse(field, "Dit burgerservicenummer klopt niet. Controleer de cijfers.")
    return ""


def sentences(faults: Iterable[Fault]) -> str:
    return " ".join(dict.fromkeys(fault.sentence for fault in faults))


def fields(faults: Iterable[Fault]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(fault.field for fault in faults if fault.field))


def _parts(draft: Draft, field: str) -> list[str]:
    return [part.strip() for part in draft.row.cells[field].split(",") if part.strip()]


def _has_fault(draft: Draft, field: str) -> bool:
    return any(fault.field == field for fault in draft.faults)


def _unreadable(character: str) -> bool:
    if character in _TURNING:
        return True
    return character != "\n" and unicodedata.category(character) in {"Cc", "Cn", "Co", "Cs"}
