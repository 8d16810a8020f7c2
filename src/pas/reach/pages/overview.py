"""The first page of reach: what to do next, the figure of the pass, and every scheme beside it."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.problems.bodies import AppRequest
from pas.reach.history import main_reach, same_figure, tenths_in
from pas.reach.model import EVERYTHING, PeriodName
from pas.reach.numbers import UNKNOWN_NUMBER
from pas.reach.pages.frame import READ, Looked, YearAsked, context_of, look
from pas.reach.periods import days_of, name_of
from pas.reach.report import SchemeReach
from pas.reach.routes.reports import file_of
from pas.reach.rules import points_between
from pas.reach.words import (
    UNIT_WORDS,
    USER_WORDS,
    address_of,
    number_in_words,
    reach_in_words,
    sentence_of,
)
from pas.web.charts import Measured, bars
from pas.web.pages import page

WAYS: Final = (
    (
        Permission.REACH_READ,
        "Gedrukte cijfers nagerekend",
        "Kloppen de percentages in een nota?",
        "reach/printed",
    ),
    (
        Permission.REACH_READ,
        "Begroting en boeken",
        "Wat was er gepland, en wat is het nu?",
        "reach/money",
    ),
    (
        Permission.TARGET_GROUPS_IMPORT,
        "Doelgroepen inlezen",
        "Voor wie is een regeling, en hoeveel zijn dat er?",
        "reach/target-groups",
    ),
    (
        Permission.REACH_READ,
        "Vastgezette cijfers",
        "Van periodes die voorbij zijn.",
        "reach/frozen",
    ),
)


class SchemeLine(msgspec.Struct, frozen=True):
    """One scheme in the table, and its bar."""

    title: str
    address: str
    users: str
    target: str
    reach: str
    change: str


class Task(msgspec.Struct, frozen=True):
    """What waits for somebody."""

    title: str
    text: str
    link: str
    address: str


@get("/{municipality:str}/reach", opt=READ, include_in_schema=False)
async def reach_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    period: FromQuery[PeriodName] = "year",
) -> Response[str]:
    """Whom does the pass reach, and what does nobody know yet?"""
    looked = await look(request, municipality, year=year, period=period)
    actor = actor_of(request)
    report = looked.kept.report
    schemes = [one for one in report.schemes if one.scheme != EVERYTHING]
    everybody = report.scheme(EVERYTHING)
    return page(
        request,
        "reach/overview.html",
        **context_of(municipality, looked),
        tasks=tasks_of(looked, actor, f"/{municipality}"),
        headline=None if everybody is None else headline_of(everybody, looked),
        rows=[cells_of(line_of(one, looked)) for one in schemes],
        bars=bars([measured(one, looked, f"/{municipality}") for one in schemes]),
        ways=[
            (title, text, f"/{municipality}/{address}")
            for permission, title, text, address in WAYS
            if actor.may(permission)
        ],
    )


@get("/{municipality:str}/reach/file", opt=READ, include_in_schema=False)
async def reach_page_file(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    period: FromQuery[PeriodName] = "year",
) -> Response[str]:
    return await file_of(request, municipality, year=year, period=period)


def tasks_of(looked: Looked, actor: Actor, home: str) -> list[Task]:
    """What waits: target groups that nobody counted, and a year that is over but not frozen."""
    tasks: list[Task] = []
    report = looked.kept.report
    unknown = [one.title for one in report.schemes if is_unknown(one)]
    if unknown and actor.may(Permission.TARGET_GROUPS_IMPORT):
        what = "1 regeling" if len(unknown) == 1 else f"{len(unknown)} regelingen"
        text = f"Van {what} is de doelgroep onbekend. Zonder doelgroep is er geen bereik."
        address = f"{home}/reach/target-groups"
        tasks.append(Task("Doelgroep onbekend", text, "Lees doelgroepen in", address))
    over = days_of(report.starts_on, looked.period).ends_on <= day_of(datetime.now(UTC))
    if over and looked.kept.frozen is None and actor.may(Permission.REACH_FREEZE):
        text = f"{name_of(report.year, looked.period)} is voorbij, en nog niet vastgezet."
        text = text[0].upper() + text[1:]
        tasks.append(
            Task("Cijfers vastzetten", text, "Zet de cijfers vast", f"{home}/reach/frozen")
        )
    return tasks


def is_unknown(scheme: SchemeReach) -> bool:
    return all(one.target_group == UNKNOWN_NUMBER for one in scheme.reach)


def headline_of(everybody: SchemeReach, looked: Looked) -> dict[str, str]:
    """The figure of the pass as a whole, in words for everybody."""
    reach = main_reach(everybody)
    line = line_of(everybody, looked)
    unit = UNIT_WORDS[everybody.unit if reach is None else reach.unit]
    return {
        "sentence": sentence_of(
            tenths_in(reach, looked.period), everybody.unit if reach is None else reach.unit
        ),
        "users": f"{line.users} {unit}",
        "target": line.target,
        "who": USER_WORDS["granted" if reach is None else reach.user_is],
        "change": line.change,
        "address": line.address,
    }


def line_of(scheme: SchemeReach, looked: Looked) -> SchemeLine:
    period, reach = looked.period, main_reach(scheme)
    address = (
        f"reach/schemes/{address_of(scheme.scheme)}?year={looked.kept.report.year}&period={period}"
    )
    if reach is None:
        numbers = scheme.numbers(scheme.unit)
        users = UNKNOWN_NUMBER if numbers is None else numbers.periods[period].granted
        return SchemeLine(
            scheme.title, address, number_in_words(users), "onbekend", "doelgroep onbekend", ""
        )
    users = reach.users[period]
    tenths = tenths_in(reach, period)
    earlier_report = None if looked.earlier is None else looked.earlier.report
    earlier = same_figure(earlier_report, scheme.scheme, reach)
    change = points_between(tenths_in(earlier, looked.period_before), tenths)
    return SchemeLine(
        title=scheme.title,
        address=address,
        users=f"{number_in_words(users)} {UNIT_WORDS[reach.unit]}",
        target=number_in_words(reach.target_group),
        reach=reach_in_words(tenths, users, reach.target_group),
        change=change,
    )


def cells_of(line: SchemeLine) -> list[str]:
    return [line.title, line.users, line.target, line.reach, line.change or "–"]


def measured(scheme: SchemeReach, looked: Looked, home: str) -> Measured:
    """A bar that leads to the definition of its figure in one click."""
    line = line_of(scheme, looked)
    tenths = tenths_in(main_reach(scheme), looked.period)
    return Measured(scheme.title, line.reach, tenths, f"{home}/{line.address}#definitie")


routes: list[ControllerRouterHandler] = [reach_page, reach_page_file]
