"""Who used my data, when and why: by day, the newest first."""

from datetime import date
from itertools import groupby
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from pas.auth.state import connected
from pas.days import AMSTERDAM, day_of
from pas.ids import ResidentId
from pas.problems.bodies import AppRequest
from pas.requests.pages.filing import about
from pas.requests.used import USES_ON_A_PAGE, Use, uses_of
from pas.requests.used_words import why
from pas.web.languages import as_data, mark, say, say_in_page
from pas.web.pages import page

HOLDER: Final = {"holder": True}
Number = Annotated[int, QueryParameter(ge=1, le=1000)]


class UseShown(msgspec.Struct, frozen=True):
    at: str
    who: Markup | str
    why: str


class DayShown(msgspec.Struct, frozen=True):
    on: date
    uses: list[UseShown]


@get("/{municipality:str}/my-data/{resident_id:uuid}/used", opt=HOLDER, include_in_schema=False)
async def used_page(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    number: Number = 1,
) -> Response[str]:
    who = ResidentId(resident_id)
    async with connected(request, municipality) as connection:
        context = await about(connection, request, municipality=municipality, who=who)
        found = await uses_of(connection, who, page=number)
    here = f"{context['person']}/used"
    return page(
        request,
        "requests/used.html",
        days=by_day(found[:USES_ON_A_PAGE]),
        older=f"{here}?number={number + 1}" if len(found) > USES_ON_A_PAGE else "",
        newer=f"{here}?number={number - 1}" if number > 1 else "",
        **context,
    )


def by_day(uses: list[Use]) -> list[DayShown]:
    return [
        DayShown(on, [shown(one) for one in some])
        for on, some in groupby(uses, key=lambda one: day_of(one.used_at))
    ]


def shown(one: Use) -> UseShown:
    local = one.used_at.astimezone(AMSTERDAM)
    return UseShown(say("{clock} uur", clock=f"{local:%H.%M}"), user_of(one), why(one.activity))


def user_of(one: Use) -> Markup | str:
    """Who it was: a merchant and an organisation by name, of the municipality nobody by name."""
    if one.organisation is not None:
        return say_in_page(mark("Een helper van {name}"), name=as_data(one.organisation))
    if one.merchant is not None:
        name = as_data(one.merchant)
        at_till = one.actor_kind == "till"
        return (
            say_in_page(mark("Kassa van {name}"), name=name)
            if at_till
            else say_in_page(mark("Iemand van {name}"), name=name)
        )
    return nameless(one)


def nameless(one: Use) -> Markup | str:
    match one.actor_kind:
        case "till":
            return (
                say("Een medewerker van de gemeente, aan de balie")
                if one.till_kind == "counter"
                else say("Een helper")
            )
        case "login":
            return say("Een medewerker van de gemeente")
        case "holder" if one.is_self:
            return say("U zelf")
        case "holder":
            helper = as_data(one.by_name or "")
            return say_in_page(mark("{name}, die deze pas beheert"), name=helper)
        case "job" | "system":
            return say("Het programma van de gemeente")


routes: list[ControllerRouterHandler] = [used_page]
