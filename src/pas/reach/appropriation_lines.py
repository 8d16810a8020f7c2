"""Budgets and spending as a policy paper prints them, by subject, year and cover line.

These are the council's words, to set beside the books; money is set aside in the books themselves
(``pas.grants.appropriations``). A budget that the paper leaves open is unknown, which is not zero.
"""

from collections.abc import Mapping, Sequence
from typing import Final, Literal

import msgspec

from pas.csvfile import Row
from pas.money import Cents
from pas.reach.budget_table import BudgetColumn
from pas.reach.published_files import (
    FigureUnreadable,
    header_of,
    read_published,
    whole_number,
)

COLUMNS: Final = ("subject", "year", "kind", "amount_cents", "cover_line", "status", "note")
SCHEMES: Final = "schemes"
"""An extra column: which schemes of ours a subject is about, with commas between them."""
MOST_SCHEMES: Final = 50
PACKAGE_COVER: Final = "structural extension"
PACKAGE_LINE: Final = "new_actions_"
FUNDED: Final = "funded"
LineKind = Literal["budget", "spend"]
KINDS: Final[Mapping[str, LineKind]] = {"budget": "budget", "spend": "spend"}


class AppropriationLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One amount from one source of cover; None is unknown."""

    line: int
    subject: str
    year: int
    kind: LineKind
    amount_cents: Cents | None
    cover_line: str
    status: str
    note: str
    schemes: list[str]


class SubjectBudget(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What a paper sets aside for a subject in a year; None where one of its lines is open."""

    subject: str
    year: int
    budget_cents: Cents | None
    spend_cents: Cents | None
    lines: list[AppropriationLine]
    schemes: list[str]


class PackageDifference(msgspec.Struct, frozen=True, rename="camel"):
    """The lines of a package added up, beside what the budget table says they are together."""

    year: int
    table_line: str
    summed_cents: Cents
    table_cents: Cents
    difference_cents: Cents


class BookedMoney(msgspec.Struct, frozen=True, rename="camel"):
    """What the books say of a scheme in a year."""

    scheme: str
    appropriated_cents: Cents
    granted_cents: Cents
    spent_cents: Cents


class Compared(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A subject of a paper beside the books; None where either side does not say it.

    ``granted_above_cents`` is how far more was granted than the paper sets aside.
    """

    subject: str
    year: int
    budget_cents: Cents | None
    printed_spend_cents: Cents | None
    schemes: list[str]
    granted_cents: Cents | None
    spent_cents: Cents | None
    granted_above_cents: Cents | None
    cover_lines: list[AppropriationLine]


def read_lines(content: bytes) -> list[AppropriationLine]:
    """Read a file of lines; raises FileRefused or FigureUnreadable."""
    extra = (SCHEMES,) if SCHEMES in header_of(content) else ()
    return [_line(row) for row in read_published(content, (*COLUMNS, *extra))]


def by_subject(lines: Sequence[AppropriationLine]) -> list[SubjectBudget]:
    """Add up the lines of each subject and year."""
    groups: dict[tuple[str, int], list[AppropriationLine]] = {}
    for line in lines:
        groups.setdefault((line.subject, line.year), []).append(line)
    return [
        SubjectBudget(
            subject=subject,
            year=year,
            budget_cents=_together(some, "budget"),
            spend_cents=_together(some, "spend"),
            lines=some,
            schemes=sorted({scheme for line in some for scheme in line.schemes}),
        )
        for (subject, year), some in sorted(groups.items())
    ]


def compare(
    subjects: Sequence[SubjectBudget], booked: Mapping[tuple[str, int], BookedMoney]
) -> list[Compared]:
    """Set each subject beside the schemes it is about; a subject without any stays by itself."""
    codes = {code for code, _ in booked}
    return [_compared(one, booked, codes) for one in subjects]


def package_differences(
    lines: Sequence[AppropriationLine], table: Sequence[BudgetColumn]
) -> list[PackageDifference]:
    """Say where the lines of a package are together something else than the budget table has."""
    found: list[PackageDifference] = []
    for column in table:
        amounts = [
            line.amount_cents
            for line in lines
            if line.year == column.year
            and line.kind == "budget"
            and line.cover_line.startswith(PACKAGE_COVER)
        ]
        known = [amount for amount in amounts if amount is not None]
        if not known or len(known) < len(amounts):
            continue
        summed = sum(known)
        for cell in column.lines:
            of_package = cell.line.startswith(PACKAGE_LINE) and FUNDED not in cell.line
            if of_package and cell.amount_cents:
                difference = Cents(cell.amount_cents - summed)
                found.append(
                    PackageDifference(
                        column.year, cell.line, Cents(summed), cell.amount_cents, difference
                    )
                )
    return found


def _line(row: Row) -> AppropriationLine:
    kind = KINDS.get(row.cells["kind"].strip())
    year, amount = whole_number(row, "year"), whole_number(row, "amount_cents")
    if kind is None:
        raise FigureUnreadable(f"Regel {row.line}, kolom kind: kies budget of spend.")
    if year is None:
        raise FigureUnreadable(f"Regel {row.line}, kolom year: vul een jaar in.")
    if amount is not None and amount < 0:
        raise FigureUnreadable(f"Regel {row.line}, kolom amount_cents: dit is minder dan nul.")
    schemes = [part.strip() for part in row.cells.get(SCHEMES, "").split(",") if part.strip()]
    return AppropriationLine(
        line=row.line,
        subject=row.cells["subject"].strip(),
        year=year,
        kind=kind,
        amount_cents=None if amount is None else Cents(amount),
        cover_line=row.cells["cover_line"].strip(),
        status=row.cells["status"].strip(),
        note=row.cells["note"].strip(),
        schemes=schemes[:MOST_SCHEMES],
    )


def _together(lines: Sequence[AppropriationLine], kind: LineKind) -> Cents | None:
    amounts = [line.amount_cents for line in lines if line.kind == kind]
    known = [amount for amount in amounts if amount is not None]
    return Cents(sum(known)) if known and len(known) == len(amounts) else None


def _compared(
    one: SubjectBudget, booked: Mapping[tuple[str, int], BookedMoney], codes: set[str]
) -> Compared:
    schemes = one.schemes or schemes_of(one.subject, codes)
    found = [booked[code, one.year] for code in schemes if (code, one.year) in booked]
    granted = Cents(sum(money.granted_cents for money in found)) if found else None
    spent = Cents(sum(money.spent_cents for money in found)) if found else None
    above = None
    if granted is not None and one.budget_cents is not None:
        above = Cents(max(0, granted - one.budget_cents))
    return Compared(
        subject=one.subject,
        year=one.year,
        budget_cents=one.budget_cents,
        printed_spend_cents=one.spend_cents,
        schemes=[money.scheme for money in found],
        granted_cents=granted,
        spent_cents=spent,
        granted_above_cents=above,
        cover_lines=one.lines,
    )


def schemes_of(subject: str, codes: set[str]) -> list[str]:
    """The scheme of that name, and those whose name begins with it: jeugdfonds, jeugdfonds_sport."""
    return sorted(code for code in codes if code == subject or code.startswith(f"{subject}_"))
