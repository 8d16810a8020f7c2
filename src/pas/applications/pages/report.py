"""The report about applications on a page: the numbers, and the same in a table to take along."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.applications.figures import SmallLine
from pas.applications.purposes import purposes_on
from pas.applications.report import Half, Report, read_report
from pas.applications.words import OFFICER_REFUSALS
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.money import Cents, euros, percent
from pas.problems.bodies import AppRequest
from pas.web.counts import count
from pas.web.dates import day
from pas.web.pages import page

COUNT: Final = {"permission": Permission.APPLICATIONS_COUNT}
HALVES: Final[dict[Half, str]] = {
    "year": "Het hele jaar",
    "first": "Januari tot en met juni",
    "second": "Juli tot en met december",
}
KEPT_BACK: Final = "niet getoond"
Year = Annotated[int, QueryParameter(ge=0, le=2199)]
"""Zero is this year."""


@get("/{municipality:str}/child-applications-report", opt=COUNT, include_in_schema=False)
async def report_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: Year = 0,
    half: FromQuery[Half] = "year",
) -> Response[str]:
    """How many children, how many euros, and how fast?"""
    now = datetime.now(UTC)
    asked = max(year, 2000) if year else day_of(now).year
    async with connected(request, municipality) as connection:
        made = await read_report(connection, year=asked, half=half, now=now)
        last_day = made.ends_on - timedelta(days=1)
        purposes = await purposes_on(connection, last_day, "intermediary")
    return page(
        request,
        "applications/report.html",
        home=f"/{municipality}",
        report=made,
        period=f"{day(made.first_day)} tot en met {day(last_day)}",
        halves=list(HALVES.items()),
        totals=_totals(made),
        purposes=_lines(made, {one.code: one.title for one in purposes}),
        refused=[
            [OFFICER_REFUSALS[code], count(number)]
            for code, number in sorted(made.figures.refused_by.items())
        ],
        small=[
            ("Naar beroep van de aanvrager", "Beroep", _small(made.figures.by_profession)),
            ("Naar leeftijd", "Leeftijd", _small(made.figures.by_age)),
            ("Naar wijk", "Wijk", _small(made.figures.by_area)),
        ],
    )


def _totals(made: Report) -> list[tuple[str, str]]:
    told, vouchers = made.figures, made.vouchers
    days = "–" if told.median_days is None else f"{told.median_days} dagen"
    in_time = "–" if told.in_time_share is None else percent(told.in_time_share)
    rows = [
        ("Aanvragen", count(told.applications)),
        ("Toegekend", count(told.awarded)),
        ("Afgewezen", count(told.refused)),
        ("Ingetrokken", count(told.withdrawn)),
        ("Kinderen met een toekenning", count(told.children)),
        ("Toegekend in euro", euros(told.awarded_cents)),
        ("Door clubs opgegeven", euros(told.confirmed_cents)),
        ("Teruggekomen", euros(told.released_cents)),
        ("Van de beslissingen binnen drie weken", in_time),
        ("De middelste duurde", days),
        ("Nu nog open", count(told.open)),
        ("Nu te laat", count(told.overdue)),
        ("Bonnen van het wijkteam", count(vouchers.confirmed)),
        ("Bonnen in euro", euros(vouchers.confirmed_cents)),
        ("Met bonnen betaald", euros(vouchers.spent_cents)),
    ]
    if made.half == "year":
        rows.append(("Kinderen in beide halve jaren", _number(made.overlap)))
    return rows


def _lines(made: Report, titles: Mapping[str, str]) -> list[tuple[str, str, list[list[str]]]]:
    told = made.figures
    return [
        (
            caption,
            label,
            [
                [
                    *(
                        titles.get(one.key, one.key),
                        count(one.applications),
                        _number(one.awarded),
                        count(one.refused),
                    ),
                    *(_number(one.children), _money(one.awarded_cents)),
                    *(euros(one.confirmed_cents), euros(one.released_cents)),
                ]
                for one in lines
            ],
        )
        for caption, label, lines in (
            ("Naar doel", "Doel", told.by_purpose),
            ("Naar fonds", "Fonds", told.by_fund),
        )
    ]


def _small(lines: list[SmallLine]) -> list[list[str]]:
    return [
        [
            one.key.replace("_", " "),
            _number(one.children),
            _number(one.awarded),
            _money(one.awarded_cents),
        ]
        for one in lines
    ]


def _number(number: int | None) -> str:
    return KEPT_BACK if number is None else count(number)


def _money(cents: Cents | None) -> str:
    return KEPT_BACK if cents is None else euros(cents)


routes: list[ControllerRouterHandler] = [report_page]
