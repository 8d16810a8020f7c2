"""The report as a file for a spreadsheet: a row per number, each with all that it rests on."""

from collections.abc import Iterator, Sequence
from typing import Final

from pas.csvfile import write_rows
from pas.reach.freeze import KeptReport
from pas.reach.model import PeriodName
from pas.reach.numbers import Number, Totals
from pas.reach.report import Breakdown, Reach, ReachReport, SchemeReach

COLUMNS: Final = (
    "year",
    "period",
    "scheme",
    "title",
    "unit",
    "dimension",
    "value",
    "granted",
    "used",
    "never_used",
    "kind",
    "user_is",
    "users",
    "target_group",
    "target_status",
    "reach_pct",
    "source",
    "reference_date",
    "definition",
    "target_version",
    "small_below",
    "epoch",
    "position",
    "frozen_at",
)
HIDDEN: Final = "hidden"
UNKNOWN: Final = "unknown"


def csv_of(kept: KeptReport, period: PeriodName) -> str:
    """Write the report of a period; percentages have a decimal comma."""
    return "".join(write_rows(COLUMNS, _rows(kept, period)))


def _rows(kept: KeptReport, period: PeriodName) -> Iterator[Sequence[str]]:
    report = kept.report
    frozen = "" if kept.frozen is None else kept.frozen.frozen_at.isoformat(timespec="seconds")
    for scheme in report.schemes:
        for cells in _rows_of_scheme(scheme, period):
            yield (
                *(str(report.year), period, scheme.scheme, scheme.title, *cells),
                *(str(report.small_below), str(report.position.epoch), str(report.position.xid)),
                frozen,
            )


def _rows_of_scheme(scheme: SchemeReach, period: PeriodName) -> Iterator[Sequence[str]]:
    for unit in scheme.units:
        numbers = unit.periods.get(period)
        if numbers is not None:
            never = unit.totals.never if period == "year" else Number()
            shown = Totals(numbers.granted, numbers.used, never)
            yield unit.unit, "", "", *_three(shown), *[""] * 10
    for one in scheme.reach:
        yield one.unit, "", "", "", "", "", *_of_reach(one, period)
    if period == "year":
        for breakdown in scheme.breakdowns:
            yield from _rows_of_breakdown(scheme, breakdown)


def _of_reach(one: Reach, period: PeriodName) -> Sequence[str]:
    return (
        *(one.kind, one.user_is, _written(one.users.get(period, Number()))),
        *(_written(one.target_group), one.status, percentage(one.tenths.get(period))),
        *(one.source, one.reference_date.isoformat(), one.definition, str(one.version)),
    )


def _rows_of_breakdown(scheme: SchemeReach, breakdown: Breakdown) -> Iterator[Sequence[str]]:
    if breakdown.too_small:
        yield breakdown.unit, breakdown.dimension, HIDDEN, *[HIDDEN] * 3, *[""] * 10
    sources = {(one.kind, one.unit): one for one in scheme.reach}
    for row in breakdown.rows:
        plain = (breakdown.unit, breakdown.dimension, row.value, *_three(row.numbers))
        if not row.targets:
            yield *plain, *[""] * 10
        for target in row.targets:
            whole = sources[target.kind, breakdown.unit]
            users = row.numbers.granted if whole.user_is == "granted" else row.numbers.used
            yield (
                *plain,
                *(target.kind, whole.user_is, _written(users), _written(target.target_group)),
                *(whole.status, percentage(target.tenths), whole.source),
                *(whole.reference_date.isoformat(), whole.definition, str(whole.version)),
            )


def _three(numbers: Totals) -> Sequence[str]:
    return _written(numbers.granted), _written(numbers.used), _written(numbers.never)


def _written(number: Number) -> str:
    if number.hidden:
        return HIDDEN
    return UNKNOWN if number.value is None else str(number.value)


def percentage(tenths: int | None) -> str:
    """Tenths of a percent with a decimal comma, as a Dutch spreadsheet reads it."""
    if tenths is None:
        return UNKNOWN
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole},{rest}"


def file_name(report: ReachReport, period: PeriodName) -> str:
    return f"reach-{report.year}-{period}.csv"
