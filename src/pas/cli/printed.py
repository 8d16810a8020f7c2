"""What ``pas reach check`` says of a file of printed figures: line by line, and what does not add up."""

from typing import Final

import msgspec

from pas.money import Cents, euros
from pas.reach.appropriation_lines import package_differences, read_lines
from pas.reach.budget_table import check_budget
from pas.reach.printed import judge_printed
from pas.reach.published_files import PublishedKind
from pas.reach.rules import Tenths, in_words
from pas.reach.use_by_year import check_use

NOTHING: Final = "–"


class Checked(msgspec.Struct, frozen=True):
    """A file computed once more; ``wrong`` is what does not add up."""

    found: object
    lines: list[str]
    wrong: list[str]


def checked(kind: PublishedKind, content: bytes, *, table: bytes | None) -> Checked:
    """Check a file; ``table`` is a budget table to set a file of appropriations beside."""
    match kind:
        case "printed_reach":
            return _percentages(content)
        case "use_by_year":
            return _use(content)
        case "budget_table":
            return _budget(content)
        case "appropriations":
            return _appropriations(content, table)


def _percentages(content: bytes) -> Checked:
    found = judge_printed(content)
    lines = [
        f"{one.line}: {one.municipality} {one.year} {one.subject}, printed {one.printed or NOTHING}: "
        f"{one.verdict}. {one.why}"
        for one in found
    ]
    return Checked(found, lines, [])


def _use(content: bytes) -> Checked:
    found = check_use(content)
    lines = [
        f"{one.name}: printed {one.printed}%, computed {_percent(one.tenths)}: {one.verdict}"
        for one in found.growth
        if one.printed
    ]
    wrong = [
        f"{one.name} {one.year}: printed {one.printed}, its rows are {one.summed}"
        for one in found.not_adding_up
    ]
    return Checked(found, lines, wrong)


def _budget(content: bytes) -> Checked:
    found = check_budget(content)
    lines = [
        f"{one.year}: {'closes' if one.closes else 'does not close'}; "
        f"open: {', '.join(one.open_lines) or 'nothing'}"
        for one in found
    ]
    return Checked(found, lines, [f"{one.year} does not close" for one in found if not one.closes])


def _appropriations(content: bytes, table: bytes | None) -> Checked:
    found = read_lines(content)
    lines = [
        f"{one.subject} {one.year} {one.kind}, {one.cover_line or NOTHING}: {amount(one.amount_cents)}"
        for one in found
    ]
    columns = [] if table is None else check_budget(table)
    wrong = [
        f"{one.year}: the package is {euros(one.summed_cents)}, "
        f"{one.table_line} says {euros(one.table_cents)}"
        for one in package_differences(found, columns)
        if one.difference_cents
    ]
    return Checked(found, lines, wrong)


def amount(cents: Cents | None) -> str:
    return "unknown" if cents is None else euros(cents)


def _percent(tenths: Tenths | None) -> str:
    return NOTHING if tenths is None else in_words(tenths)
