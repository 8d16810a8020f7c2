"""Earlier years beside a report: frozen ones as they were, the last one counted if it still can be."""

from datetime import datetime

from pas.db import Connection
from pas.reach.freeze import FiguresGone, KeptReport, is_frozen, read_report
from pas.reach.model import PeriodName, Unit
from pas.reach.periods import before
from pas.reach.report import Reach, ReachReport, SchemeReach
from pas.reach.rules import Tenths

YEARS_SHOWN = 4


async def report_before(
    connection: Connection, kept: KeptReport, *, period: PeriodName, now: datetime
) -> KeptReport | None:
    """The report that holds the period before; of the same year it is the same one."""
    year, earlier = before(kept.report.year, period)
    if year == kept.report.year and kept.frozen is None:
        return kept
    try:
        return await read_report(connection, year=year, now=now, period=earlier)
    except FiguresGone:
        return None


async def years_before(
    connection: Connection, year: int, *, now: datetime, last: KeptReport | None
) -> list[ReachReport]:
    """Reports of the years before, the oldest first; those long ago only when they are frozen."""
    found: list[ReachReport] = []
    for earlier in range(year - YEARS_SHOWN + 1, year):
        if last is not None and last.report.year == earlier:
            found.append(last.report)
        elif await is_frozen(connection, earlier):
            found.append((await read_report(connection, year=earlier, now=now)).report)
    return found


def main_reach(scheme: SchemeReach, unit: Unit | None = None) -> Reach | None:
    """The figure that stands for a scheme: in its unit, what the municipality knows before statistics."""
    wanted = unit or scheme.unit
    in_unit = [one for one in scheme.reach if one.unit == wanted]
    known = [one for one in in_unit if one.target_group.value is not None]
    return next(iter([*known, *in_unit, *scheme.reach]), None)


def tenths_in(reach: Reach | None, period: PeriodName) -> Tenths | None:
    return None if reach is None else reach.tenths.get(period)


def same_figure(report: ReachReport | None, scheme: str, reach: Reach | None) -> Reach | None:
    """The figure of another report that can be set beside this one: same kind, unit and users."""
    found = None if report is None else report.scheme(scheme)
    if found is None or reach is None:
        return None
    wanted = (reach.kind, reach.unit, reach.user_is)
    return next((one for one in found.reach if (one.kind, one.unit, one.user_is) == wanted), None)
