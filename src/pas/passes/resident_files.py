"""Residents from and to a CSV file of up to a million rows; columns in docs/files.md.

A file is read twice: ``survey`` sees what only the whole file can show (the same person twice,
somebody in two households on one day, a household without adults, members who disagree about
the household), ``read_residents`` gives every row its value or its faults. Between the two, the
caller may take out of ``without_adults`` the households whose adult is already stored.
"""

from collections.abc import Iterator
from collections.abc import Set as AbstractSet
from datetime import date, timedelta
from typing import BinaryIO, Final

import msgspec

from pas import cells
from pas.cells import Draft, Fault
from pas.csvfile import Row, read_rows, read_rows_at
from pas.ids import HouseholdNumber
from pas.passes import residents
from pas.passes.residents import Resident
from pas.passes.survey import Later, Survey

COLUMNS: Final = (
    "person_number",
    "bsn",
    "given_name",
    "family_name",
    "birth_date",
    "address",
    "postcode",
    "city",
    "area",
    "household_number",
    "household_type",
    "income_pct",
    "income_source",
    "school_type",
    "valid_from",
    "left_on",
    "died_on",
    "guardian_number",
)
FURTHEST_AHEAD: Final = timedelta(days=366)


class ReadResident(msgspec.Struct, frozen=True):
    """A row and the resident it describes, or None and why not; ``remarks`` refuse nothing."""

    row: Row
    key: str
    resident: Resident | None
    faults: tuple[Fault, ...] = ()
    remarks: tuple[Fault, ...] = ()


def survey(source: BinaryIO, *, today: date, areas: AbstractSet[str] = frozenset()) -> Survey:
    """Read the whole file once; raises FileRefused when it is not ours to read."""
    found = Survey(today=today)
    for row in read_rows(source, COLUMNS):
        if not row.fault:
            found.see(row, read_resident(row, today=today, areas=areas).resident)
    found.close()
    return found


def read_residents(
    source: BinaryIO, found: Survey, *, today: date, areas: AbstractSet[str] = frozenset()
) -> Iterator[ReadResident]:
    """Yield every row as a resident or its faults; no ``areas`` means that any area will do.

    Persons with several rows come last, each in the order of their days.
    """
    for row in _rows_in_order(source, found):
        yield judged(read_resident(row, today=today, areas=areas), found)


def judged(read: ReadResident, found: Survey) -> ReadResident:
    """Add what only the whole file shows about a row; ask once for every row."""
    if read.resident is None:
        return read
    if faults := tuple(found.faults_of(read.row, read.resident)):
        return msgspec.structs.replace(read, resident=None, faults=faults)
    remarks = tuple(found.remarks_on(read.resident))
    return msgspec.structs.replace(read, remarks=remarks) if remarks else read


def read_resident(row: Row, *, today: date, areas: AbstractSet[str] = frozenset()) -> ReadResident:
    """Read one row by itself."""
    if row.fault:
        return ReadResident(row, "", None, (Fault("", row.fault),))
    draft = Draft(row)
    resident = _resident(draft)
    if not draft.faults:
        _check_whole(draft, resident, today)
        _check_area(draft, resident, areas)
    key = row.cells["person_number"].strip()[:40]
    return ReadResident(row, key, None if draft.faults else resident, tuple(draft.faults))


def _rows_in_order(source: BinaryIO, found: Survey) -> Iterator[Row]:
    later = Later()
    for row in read_rows(source, COLUMNS):
        if not row.fault and found.has_several(row):
            later.add(row)
        else:
            yield row
    yield from read_rows_at(source, COLUMNS, later.in_order())


def row_of(resident: Resident) -> list[str]:
    """Write a resident as the cells of ``COLUMNS``; reading them gives the same one back."""
    return [
        resident.person_number,
        resident.bsn,
        resident.given_name,
        resident.family_name,
        str(resident.birth_date),
        resident.address,
        resident.postcode,
        resident.city,
        resident.area,
        resident.household_number,
        resident.household_type,
        _percentage(resident.income),
        resident.income_source or "",
        resident.school_type or "",
        str(resident.valid_from),
        str(resident.left_on or ""),
        str(resident.died_on or ""),
        resident.guardian_number,
    ]


def _percentage(hundredths: int | None) -> str:
    return "" if hundredths is None else f"{hundredths // 100}.{hundredths % 100:02d}"


def _resident(draft: Draft) -> Resident:
    return Resident(
        person_number=cells.number_of_a_person(draft, "person_number"),
        bsn=cells.citizen_number(draft, "bsn"),
        given_name=cells.text(draft, "given_name", longest=100),
        family_name=cells.text(draft, "family_name", longest=100),
        birth_date=cells.day(draft, "birth_date"),
        address=cells.optional_text(draft, "address", longest=200),
        postcode=cells.postcode(draft, "postcode"),
        city=cells.optional_text(draft, "city", longest=80),
        area=cells.optional_text(draft, "area", longest=80),
        household_number=HouseholdNumber(cells.number_of_a_person(draft, "household_number")),
        household_type=cells.optional_choice(draft, "household_type", residents.HOUSEHOLD_TYPES)
        or "unknown",
        income=cells.optional_percentage(draft, "income_pct"),
        income_source=cells.optional_choice(draft, "income_source", residents.INCOME_SOURCES),
        school_type=cells.optional_choice(draft, "school_type", residents.SCHOOL_TYPES),
        valid_from=cells.day(draft, "valid_from"),
        left_on=cells.optional_day(draft, "left_on"),
        died_on=cells.optional_day(draft, "died_on"),
        guardian_number=cells.optional_number_of_a_person(draft, "guardian_number"),
    )


def _check_whole(draft: Draft, resident: Resident, today: date) -> None:
    """What no cell can say alone."""
    born = resident.birth_date
    for fault, field, sentence in (
        (born > today, "birth_date", "De geboortedatum ligt in de toekomst."),
        (resident.valid_from < born, "valid_from", "Deze regel begint vóór de geboorte."),
        (
            resident.valid_from > today + FURTHEST_AHEAD,
            "valid_from",
            "Deze regel begint meer dan een jaar na vandaag.",
        ),
        (
            resident.died_on is not None and not born <= resident.died_on <= today,
            "died_on",
            "De datum van overlijden kan niet.",
        ),
        (
            resident.left_on is not None and resident.left_on < born,
            "left_on",
            "De datum van vertrek ligt vóór de geboorte.",
        ),
        (
            resident.guardian_number == resident.person_number,
            "guardian_number",
            "Niemand is de eigen voogd.",
        ),
    ):
        if fault:
            draft.refuse(field, sentence)


def _check_area(draft: Draft, resident: Resident, areas: AbstractSet[str]) -> None:
    if areas and resident.area and resident.area not in areas:
        draft.refuse("area", f"Deze wijk kennen wij niet. Kies uit: {', '.join(sorted(areas))}.")
