"""Where can I use this? For one pass, with what is left on it; and for everybody, without signing in."""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import Annotated, Final
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.guide.budgets import left_on_pass
from pas.guide.places import (
    PLACES_ON_A_PAGE,
    PurposeRow,
    Wanted,
    areas_of,
    find_places,
    offered_by,
    purposes_of,
)
from pas.guide.rules import Left, Place, by_purpose, fitting
from pas.guide.words import address_of, left_in_words, price_of, to_know
from pas.ids import PassId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.languages import as_data, say_count
from pas.web.pages import page

PUBLIC: Final = {"public": True, "spoken": True}
HOLDER: Final = {"holder": True, "mandate": True}
MOST_PAGES: Final = 200

Code = Annotated[str, QueryParameter(max_length=41)]
AreaName = Annotated[str, QueryParameter(max_length=80)]
PartOfName = Annotated[str, QueryParameter(max_length=100)]
Number = Annotated[int, QueryParameter(ge=1, le=MOST_PAGES)]


class Asked(msgspec.Struct, frozen=True):
    """What somebody chose in the form; empty is everything."""

    category: str
    area: str
    name: str
    number: int

    @property
    def wanted(self) -> Wanted:
        return Wanted(
            category=self.category or None,
            area=self.area or None,
            text=self.name.strip() or None,
            page=self.number,
        )

    @property
    def is_narrowed(self) -> bool:
        return bool(self.category or self.area or self.name.strip()) or self.number > 1

    @property
    def form(self) -> Form:
        return Form({"category": self.category, "area": self.area, "name": self.name})

    def address(self, here: str, number: int) -> str:
        """Of another page of the same list."""
        chosen = {"category": self.category, "area": self.area, "name": self.name}
        asked = {key: value for key, value in chosen.items() if value}
        return f"{here}?{urlencode({**asked, 'number': str(number)})}"


class Choice(msgspec.Struct, frozen=True):
    """A purpose to choose, with what is left for it."""

    title: str
    address: str
    places: str
    budgets: list[Left]


@get("/{municipality:str}/where", opt=PUBLIC, include_in_schema=False)
async def where_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    category: Code = "",
    area: AreaName = "",
    name: PartOfName = "",
    number: Number = 1,
) -> Response[str]:
    """Who takes the pass, for everybody."""
    asked, here = Asked(category, area, name, number), f"/{municipality}/where"
    async with connected(request, municipality) as connection:
        context = await listed(connection, asked, here, budgets=None)
    return page(request, "guide/where.html", home=f"/{municipality}", **context)


@get("/{municipality:str}/my-pass/{pass_id:uuid}/where", opt=HOLDER, include_in_schema=False)
async def where_with_my_pass(
    municipality: FromPath[str],
    pass_id: FromPath[UUID],
    request: AppRequest,
    *,
    category: Code = "",
    area: AreaName = "",
    name: PartOfName = "",
    number: Number = 1,
) -> Response[str]:
    """Where what is left on this pass can be spent, and under which conditions."""
    asked, here = Asked(category, area, name, number), f"/{municipality}/my-pass/{pass_id}/where"
    now, actor = datetime.now(UTC), actor_of(request)
    async with connected(request, municipality) as connection:
        found, budgets = await left_on_pass(connection, PassId(pass_id), actor=actor, now=now)
        context = await listed(connection, asked, here, budgets=budgets)
    return page(
        request,
        "guide/my_where.html",
        home=f"/{municipality}",
        pass_id=found.id,
        budgets=budgets,
        **context,
    )


async def listed(
    connection: Connection, asked: Asked, here: str, *, budgets: Sequence[Left] | None
) -> Mapping[str, object]:
    """What there is to choose from; and the places, once something was chosen."""
    today = day_of(datetime.now(UTC))
    fits = None if budgets is None else fitting(budgets)
    purposes = await purposes_of(connection, fits, today=today)
    areas = await areas_of(connection, fits, today=today)
    chosen = asked.is_narrowed or len(purposes) == 1
    found: list[Place] = []
    if chosen:
        wanted = msgspec.structs.replace(asked.wanted, fits=fits)
        found = await find_places(connection, wanted, today=today)
    places = found[:PLACES_ON_A_PAGE]
    offered = await offered_by(connection, [one.merchant_id for one in places], today=today)
    more, before = len(found) > PLACES_ON_A_PAGE, asked.number > 1
    return {
        "here": here,
        "form": asked.form,
        "areas": [(value, as_data(title)) for value, title in areas],
        "categories": [(one.code, as_data(one.title)) for one in purposes],
        "choices": [] if chosen else [choice_of(one, here, budgets or ()) for one in purposes],
        "purposes": by_purpose(places, offered, budgets),
        "next_page": asked.address(here, asked.number + 1) if more else "",
        "page_before": asked.address(here, asked.number - 1) if before else "",
        "narrowed": asked.is_narrowed,
        "left_in_words": left_in_words,
        "to_know": to_know,
        "price_of": price_of,
        "address_of": address_of,
    }


def choice_of(one: PurposeRow, here: str, budgets: Sequence[Left]) -> Choice:
    return Choice(
        title=one.title,
        address=f"{here}?{urlencode({'category': one.code})}",
        places=say_count("{count} plek", "{count} plekken", one.merchants),
        budgets=[left for left in budgets if one.code in left.categories],
    )


routes: list[ControllerRouterHandler] = [where_page, where_with_my_pass]
