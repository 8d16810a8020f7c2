"""How a year would end: what lapses, what goes on, who loses how much, and what can be done before."""

from collections.abc import Mapping
from typing import Final

from litestar import Response, get
from litestar.params import FromPath
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.schemes.show import list_schemes
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV
from pas.web.counts import count
from pas.web.dates import day
from pas.web.pages import page
from pas.years.before_the_day import AwardsLeft, NotReady
from pas.years.rehearsal_file import rehearsal_table
from pas.years.rehearse import Rehearsal, SchemeRehearsal
from pas.years.routes.fields import READ, csv_file, spreadsheet_file
from pas.years.routes.rehearsals import rehearsed
from pas.years.rules import Distribution
from pas.years.words import FATES

REHEARSAL: Final = "/{municipality:str}/years/{year:int}/rehearsal"
Cells = list[str | None]


@get(REHEARSAL, opt=READ, include_in_schema=False)
async def rehearsal_page(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[str]:
    """What happens when this year ends?"""
    told, actor = await rehearsed(request, municipality, year), actor_of(request)
    async with connected(request, municipality) as connection:
        known = await list_schemes(connection, on=told.last_day)
    titles = {one.code: one.shown.version.title for one in known}
    small = f"minder dan {told.small_below}"
    return page(
        request,
        "years/rehearsal.html",
        home=f"/{municipality}",
        told=told,
        lapses=euros(told.lapses_cents),
        schemes=[scheme_cells(one, titles, small) for one in told.schemes],
        bands=[
            (titles[one.scheme], shown_parts(one.bands))
            for one in told.schemes
            if one.bands is not None
        ],
        ages=shown_parts(told.ages),
        awards=[award_cells(one, titles, small) for one in told.awards],
        open_sales=[[one.merchant, euros(one.amount_cents)] for one in told.open_sales],
        open_total=euros(Cents(sum(one.amount_cents for one in told.open_sales))),
        uploads=[
            [one.merchant, count(one.tills), euros(one.most_cents)] for one in told.late_uploads
        ],
        not_ready=[not_ready_cells(one, titles) for one in told.not_ready],
        waiting=waiting_facts(told, small),
        may_print=actor.may(Permission.LETTERS_PRINT),
        may_settle=actor.may(Permission.SETTLEMENTS_READ),
        may_close=actor.may(Permission.JOURNAL_READ),
    )


@get(f"{REHEARSAL}.csv", opt=READ, include_in_schema=False, media_type=CSV)
async def rehearsal_csv_file(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Stream:
    told = await rehearsed(request, municipality, year)
    return csv_file(rehearsal_table(told), f"jaareinde-{municipality}-{year}.csv")


@get(f"{REHEARSAL}.xlsx", opt=READ, include_in_schema=False, media_type=MEDIA_TYPE)
async def rehearsal_spreadsheet_file(
    municipality: FromPath[str], year: FromPath[int], request: AppRequest
) -> Response[bytes]:
    told = await rehearsed(request, municipality, year)
    return spreadsheet_file(rehearsal_table(told), f"jaareinde-{municipality}-{year}.xlsx")


def scheme_cells(one: SchemeRehearsal, titles: Mapping[str, str], small: str) -> Cells:
    until = None if one.fate in {"lapses", "waits"} else day(day_of(one.last_until))
    return [
        titles[one.scheme],
        FATES[one.fate],
        small if one.passes is None else count(one.passes),
        euros(one.amount_cents),
        until,
    ]


def shown_parts(shown: Distribution) -> list[Cells]:
    """Give a row per part; what is hidden has no number, and a table that cannot be shown no rows."""
    return [
        [
            one.label,
            None if one.passes is None else count(one.passes),
            None if one.amount_cents is None else euros(one.amount_cents),
        ]
        for one in shown.parts or []
    ]


def award_cells(one: AwardsLeft, titles: Mapping[str, str], small: str) -> Cells:
    ending, unanswered = (
        small if number is None else count(number) for number in (one.ending, one.unanswered)
    )
    return [
        titles[one.scheme],
        ending,
        euros(one.ending_cents),
        euros(one.going_on_cents),
        unanswered,
    ]


def not_ready_cells(one: NotReady, titles: Mapping[str, str]) -> Cells:
    return [
        titles[one.scheme],
        "ja" if one.has_version else "nog niet",
        "ja" if one.has_money else "nog niet",
    ]


def waiting_facts(told: Rehearsal, small: str) -> list[tuple[str, str]]:
    one = told.waiting
    reminded = small if one.reminded is None else count(one.reminded)
    coupons = f"{count(one.coupons)}, samen {euros(one.coupon_cents)}"
    facts = [
        ("Tegoeden met een herinnering", reminded),
        ("Bonnen die nog kunnen komen", coupons),
        ("Aanvragen zonder besluit", count(one.applications)),
    ]
    return [*facts, ("Vastgezet tegoed", euros(one.held_cents))] if one.held_cents else facts


routes: list[ControllerRouterHandler] = [
    rehearsal_page,
    rehearsal_csv_file,
    rehearsal_spreadsheet_file,
]
