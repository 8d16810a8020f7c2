"""What the pages of reach have in common: which period, what came before it, and ways on."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar.params import QueryParameter

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.grants.ground import current_year
from pas.problems.bodies import AppRequest
from pas.reach.freeze import KeptReport, read_report
from pas.reach.history import report_before, years_before
from pas.reach.model import PERIODS, PeriodName
from pas.reach.periods import before, days_of, in_words, name_of
from pas.reach.report import ReachReport
from pas.reach.words import SHORT_PERIODS
from pas.web.dates import day, moment

READ: Final = {"permission": Permission.REACH_READ}
YearAsked = Annotated[int, QueryParameter(ge=0, le=2199)]


class Looked(msgspec.Struct, frozen=True):
    """A report, the one with the period before, and those of earlier years."""

    period: PeriodName
    kept: KeptReport
    earlier: KeptReport | None
    years: list[ReachReport]

    @property
    def period_before(self) -> PeriodName:
        return before(self.kept.report.year, self.period)[1]


async def look(request: AppRequest, municipality: str, *, year: int, period: PeriodName) -> Looked:
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, now)
        kept = await read_report(connection, year=wanted, now=now, period=period)
        earlier = await report_before(connection, kept, period=period, now=now)
        last = earlier if period == "year" else None
        years = await years_before(connection, wanted, now=now, last=last)
    return Looked(period, kept, earlier, years)


def context_of(municipality: str, looked: Looked) -> dict[str, object]:
    """What every page of a report shows: the period, where the figures come from, other periods."""
    report, home = looked.kept.report, f"/{municipality}"
    days = days_of(report.starts_on, looked.period)
    return {
        "home": home,
        "year": report.year,
        "period": looked.period,
        "period_name": name_of(report.year, looked.period),
        "days": in_words(days),
        "before_name": name_of(*before(report.year, looked.period)),
        "from_where": where_from(looked.kept),
        "is_frozen": looked.kept.frozen is not None,
        "is_running": days.ends_on > day_of(report.counted_at),
        "small_below": report.small_below,
        "rounding": report.rounding,
        "periods": [(SHORT_PERIODS[one], one) for one in PERIODS],
        "file": f"{home}/reach/file?year={report.year}&period={looked.period}",
    }


def where_from(kept: KeptReport) -> list[tuple[str, str]]:
    """Say up to where was counted, or that the figures are frozen, with what proves it."""
    position = kept.report.position
    place = f"tijdperk {position.epoch}, tot transactie {position.xid}"
    if kept.frozen is None:
        return [("Geteld", moment(kept.report.counted_at)), ("Stand van de boeken", place)]
    return [
        ("Vastgezet", moment(kept.frozen.frozen_at)),
        ("Geteld op", day(kept.report.counted_at.date())),
        ("Stand van de boeken", place),
        ("Controlegetal (SHA-256)", kept.frozen.sha256),
    ]
