"""One scheme: its figures with their definitions, earlier years, and who is in which group."""

from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.reach.history import main_reach, same_figure, tenths_in
from pas.reach.model import EVERYTHING, Kind, PeriodName, Unit
from pas.reach.numbers import UNKNOWN_NUMBER, Number
from pas.reach.pages.frame import READ, Looked, YearAsked, context_of, look
from pas.reach.report import Breakdown, Reach, SchemeReach
from pas.reach.rules import points_between
from pas.reach.words import (
    DIMENSION_WORDS,
    KIND_WORDS,
    SHORT_KINDS,
    STATUS_WORDS,
    UNIT_WORDS,
    USER_WORDS,
    number_in_words,
    reach_in_words,
    scheme_of,
    sentence_of,
    value_in_words,
)
from pas.schemes.show import SchemeNotFound
from pas.web.charts import Bar, Line, Measured, bars, line
from pas.web.dates import day
from pas.web.pages import page

COLUMNS: Final = ("#", "Toegekend#", "Gebruikt#", "Nooit gebruikt#")
QUARTERS: Final[tuple[PeriodName, ...]] = ("q1", "q2", "q3", "q4")


class FigureShown(msgspec.Struct, frozen=True):
    """One reach with everything it rests on."""

    sentence: str
    reach: str
    change: str
    facts: list[tuple[str, str]]


class BreakdownShown(msgspec.Struct, frozen=True):
    """One breakdown: a table, and the same numbers as bars."""

    title: str
    too_small: bool
    columns: list[str]
    rows: list[list[str]]
    bars: list[Bar]
    what: str


@get("/{municipality:str}/reach/schemes/{code:str}", opt=READ, include_in_schema=False)
async def scheme_reach_page(
    municipality: FromPath[str],
    code: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    period: FromQuery[PeriodName] = "year",
) -> Response[str]:
    """A figure, where it comes from, and how it was before."""
    looked = await look(request, municipality, year=year, period=period)
    scheme = looked.kept.report.scheme(scheme_of(code))
    if scheme is None:
        raise SchemeNotFound
    return page(
        request,
        "reach/scheme.html",
        **context_of(municipality, looked),
        title=scheme.title,
        code=code,
        is_everybody=scheme.scheme == EVERYTHING,
        figures=[figure_shown(one, scheme, looked) for one in scheme.reach],
        units=units_of(scheme, period),
        money=money_of(scheme),
        by_year=by_year(scheme, looked),
        by_quarter=by_quarter(scheme) if period == "year" else None,
        breakdowns=[shown_breakdown(one) for one in scheme.breakdowns if period == "year"],
    )


def figure_shown(reach: Reach, scheme: SchemeReach, looked: Looked) -> FigureShown:
    period, tenths = looked.period, tenths_in(reach, looked.period)
    users = reach.users[period]
    report = None if looked.earlier is None else looked.earlier.report
    earlier = tenths_in(same_figure(report, scheme.scheme, reach), looked.period_before)
    unit = UNIT_WORDS[reach.unit]
    return FigureShown(
        sentence=sentence_of(tenths, reach.unit),
        reach=reach_in_words(tenths, users, reach.target_group),
        change=points_between(earlier, tenths),
        facts=[
            ("Gebruikers", f"{number_in_words(users)} {unit}"),
            ("Doelgroep", f"{number_in_words(reach.target_group)} {unit}"),
            ("Wie is een gebruiker", USER_WORDS[reach.user_is]),
            ("Wie is de doelgroep", reach.definition),
            ("Soort doelgroep", KIND_WORDS[reach.kind]),
            ("Hoe zeker", STATUS_WORDS[reach.status]),
            ("Bron", reach.source),
            ("Peildatum", day(reach.reference_date)),
            ("Versie", f"{reach.version}, van {day(reach.recorded_at.date())}"),
        ],
    )


def units_of(scheme: SchemeReach, period: PeriodName) -> list[list[str]]:
    """Households, persons, children and grants: different numbers, each under its own name."""
    rows: list[list[str]] = []
    for one in scheme.units:
        numbers = one.periods[period]
        never = one.totals.never if period == "year" else UNKNOWN_NUMBER
        cells = (numbers.granted, numbers.used, never)
        rows.append([UNIT_WORDS[one.unit], *(number_or_dash(cell) for cell in cells)])
    if period in scheme.grants:
        rows.append([UNIT_WORDS["grants"], number_or_dash(scheme.grants[period]), "–", "–"])
    return rows


def number_or_dash(number: Number) -> str:
    return "–" if number == UNKNOWN_NUMBER else number_in_words(number)


def money_of(scheme: SchemeReach) -> list[tuple[str, str]]:
    found = (("Toegekend", scheme.granted_cents), ("Besteed", scheme.spent_cents))
    return [(name, euros(cents)) for name, cents in found if cents is not None]


def by_year(scheme: SchemeReach, looked: Looked) -> Line | None:
    """The figure through the years; only what has the same kind, unit and users is beside it."""
    reach = main_reach(scheme)
    if reach is None or looked.period != "year":
        return None
    points = [
        point(str(report.year), same_figure(report, scheme.scheme, reach), "year")
        for report in (*looked.years, looked.kept.report)
    ]
    return line(points) if sum(one.amount is not None for one in points) > 1 else None


def by_quarter(scheme: SchemeReach) -> Line | None:
    reach = main_reach(scheme)
    if reach is None:
        return None
    points = [point(f"K{name[1]}", reach, name) for name in QUARTERS]
    return line(points) if any(one.amount is not None for one in points) else None


def point(label: str, reach: Reach | None, period: PeriodName) -> Measured:
    tenths = tenths_in(reach, period)
    if reach is None:
        return Measured(label, "?", None)
    value = reach_in_words(tenths, reach.users[period], reach.target_group)
    return Measured(label, value if tenths is not None else "?", tenths)


def shown_breakdown(one: Breakdown) -> BreakdownShown:
    kinds: list[Kind] = list(
        dict.fromkeys(target.kind for row in one.rows for target in row.targets)
    )
    title = DIMENSION_WORDS[one.dimension]
    columns = [title, *COLUMNS[1:]]
    for kind in kinds:
        of_kind = f" ({SHORT_KINDS[kind]})" if len(kinds) > 1 else ""
        columns += [f"Doelgroep{of_kind}#", f"Bereik{of_kind}#"]
    rows: list[list[str]] = []
    for row in one.rows:
        numbers = row.numbers
        cells = [value_in_words(one.dimension, row.value)]
        cells += [number_in_words(n) for n in (numbers.granted, numbers.used, numbers.never)]
        for target in row.targets:
            users = numbers.granted if target.tenths is None else UNKNOWN_NUMBER
            reach = reach_in_words(target.tenths, users, target.target_group)
            cells += [number_in_words(target.target_group), reach]
        rows.append(cells)
    bars_, what = bars_of(one, one.unit)
    return BreakdownShown(title, one.too_small, columns, rows, bars_, what)


def bars_of(one: Breakdown, unit: Unit) -> tuple[list[Bar], str]:
    """Reach where a target group is known, else how many were granted."""
    if any(target.tenths is not None for row in one.rows for target in row.targets):
        measured = [
            Measured(
                value_in_words(one.dimension, row.value),
                reach_in_words(
                    row.targets[0].tenths, row.numbers.granted, row.targets[0].target_group
                ),
                row.targets[0].tenths,
            )
            for row in one.rows
            if row.targets
        ]
        return bars(measured), "Bereik"
    measured = [
        Measured(
            value_in_words(one.dimension, row.value),
            number_in_words(row.numbers.granted),
            row.numbers.granted.value,
        )
        for row in one.rows
    ]
    most = max([1, *(row.amount or 0 for row in measured)])
    return bars(measured, whole=most), f"Toegekend, {UNIT_WORDS[unit]}"


routes: list[ControllerRouterHandler] = [scheme_reach_page]
