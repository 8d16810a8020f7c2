"""One choice per page: after each spending, before money lapses, the language, the size of letters."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, Literal, TypeVar
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.ids import MunicipalityName, ResidentId
from pas.messages.choices import (
    Choice,
    Preference,
    choices_of,
    choose,
    prefer,
    proved_channels,
    read_choice,
    refuse_stranger,
)
from pas.messages.model import CHANNELS, AfterSpending, BeforeLapse, Channel
from pas.messages.pages.offering import HOLDER, offered_here, own_name
from pas.messages.words import ADDRESSES, AFTER_SPENDING, BEFORE_LAPSE
from pas.passes.household import household_passes
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.forms import Form
from pas.web.languages import BY_CODE, DUTCH, NAMES, said, say
from pas.web.pages import done, page, read_form, wrong_form

Occasion = Literal["after-spending", "before-lapse"]
Way = TypeVar("Way", AfterSpending, BeforeLapse)

OF_ONE: Final = "/{municipality:str}/my-messages/{holder_id:uuid}"
CHOOSE: Final = "messages/choose.html"
LANGUAGE: Final = "messages/language.html"
LARGE_PRINT: Final = "messages/large_print.html"
LANGUAGES: Final = [(code, own_name(code)) for code in NAMES]
SIZES: Final = {"usual": False, "large": True}


@get(f"{OF_ONE}/after-spending", opt=HOLDER, include_in_schema=False)
async def after_spending_page(
    municipality: FromPath[str], holder_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    return await _choose_page(request, municipality, holder_id, occasion="after-spending")


@get(f"{OF_ONE}/before-lapse", opt=HOLDER, include_in_schema=False)
async def before_lapse_page(
    municipality: FromPath[str], holder_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    return await _choose_page(request, municipality, holder_id, occasion="before-lapse")


@post(f"{OF_ONE}/after-spending", opt=HOLDER, include_in_schema=False, status_code=303)
async def after_spending_chosen(
    municipality: FromPath[str], holder_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    ways = await _ways(request, municipality, AFTER_SPENDING)
    chosen = form.choice("choice", say("Kies wat u wilt."), ways)
    if chosen is None:
        return await _choose_page(
            request, municipality, holder_id, occasion="after-spending", wrong=form
        )
    async with connected(request, municipality) as connection:
        await choose(
            connection,
            ResidentId(holder_id),
            after_spending=chosen,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/my-messages")


@post(f"{OF_ONE}/before-lapse", opt=HOLDER, include_in_schema=False, status_code=303)
async def before_lapse_chosen(
    municipality: FromPath[str], holder_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    ways = await _ways(request, municipality, BEFORE_LAPSE)
    chosen = form.choice("choice", say("Kies wat u wilt."), ways)
    if chosen is None:
        return await _choose_page(
            request, municipality, holder_id, occasion="before-lapse", wrong=form
        )
    async with connected(request, municipality) as connection:
        await choose(
            connection,
            ResidentId(holder_id),
            before_lapse=chosen,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/my-messages")


@get("/{municipality:str}/my-messages/language", opt=HOLDER, include_in_schema=False)
async def language_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    async with connected(request, municipality) as connection:
        preference = await _preference(connection, request)
    form = Form({"language": preference.language or DUTCH})
    return page(request, LANGUAGE, form=form, names=LANGUAGES, home=f"/{municipality}")


@post(
    "/{municipality:str}/my-messages/language",
    opt=HOLDER,
    include_in_schema=False,
    status_code=303,
)
async def language_chosen(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    chosen = form.choice("language", say("Kies een taal."), BY_CODE)
    if chosen is None:
        return wrong_form(request, LANGUAGE, form, names=LANGUAGES, home=f"/{municipality}")
    async with connected(request, municipality) as connection:
        await prefer(connection, language=chosen, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/my-messages")


@get("/{municipality:str}/my-messages/large-print", opt=HOLDER, include_in_schema=False)
async def large_print_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    async with connected(request, municipality) as connection:
        preference = await _preference(connection, request)
    form = Form({"size": "large" if preference.large_print else "usual"})
    return page(request, LARGE_PRINT, form=form, home=f"/{municipality}")


@post(
    "/{municipality:str}/my-messages/large-print",
    opt=HOLDER,
    include_in_schema=False,
    status_code=303,
)
async def large_print_chosen(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    chosen = form.choice("size", say("Kies wat u wilt."), SIZES)
    if chosen is None:
        return wrong_form(request, LARGE_PRINT, form, home=f"/{municipality}")
    async with connected(request, municipality) as connection:
        await prefer(connection, large_print=chosen, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/my-messages")


async def _preference(connection: Connection, request: AppRequest) -> Preference:
    reader = ResidentId(actor_of(request).id)
    return (await choices_of(connection, [reader]))[reader]


async def _ways(request: AppRequest, municipality: str, words: Mapping[Way, str]) -> dict[str, Way]:
    """The ways that are offered here and that reach whoever chooses."""
    available = await offered_here(request, MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        proved = await proved_channels(connection, ResidentId(actor_of(request).id))
    return {way: way for way in words if reaches(way, available & proved)}


def reaches(way: str, reached: frozenset[Channel]) -> bool:
    """A letter and nothing always can; the others where an address was proved."""
    return way not in CHANNELS or way in reached


async def _choose_page(
    request: AppRequest,
    municipality: str,
    holder_id: UUID,
    *,
    occasion: Occasion,
    wrong: Form | None = None,
) -> Response[str]:
    holder, actor, now = ResidentId(holder_id), actor_of(request), datetime.now(UTC)
    name = MunicipalityName(municipality)
    async with connected(request, municipality) as connection:
        reader = await refuse_stranger(connection, holder, actor=actor, now=now)
        people = await household_passes(connection, reader, today=day_of(now))
        person = next((one for one in people if one.resident_id == holder), None)
        if person is None:
            raise NotFound
        choice = await read_choice(connection, holder, reader)
        proved = await proved_channels(connection, reader)
    available = await offered_here(request, name)
    context = {
        "home": f"/{name}",
        "occasion": occasion,
        "name": None if holder == reader else person.name,
        "options": _options(occasion, available & proved),
        "more": [(said(ADDRESSES[one]), one) for one in CHANNELS if one in available - proved],
    }
    if wrong is not None:
        return wrong_form(request, CHOOSE, wrong, **context)
    return page(request, CHOOSE, form=Form({"choice": _chosen(occasion, choice)}), **context)


def _chosen(occasion: Occasion, choice: Choice) -> str:
    return choice.after_spending if occasion == "after-spending" else choice.before_lapse


def _options(occasion: Occasion, reached: frozenset[Channel]) -> list[tuple[str, str]]:
    named = (
        [(way, word) for way, word in AFTER_SPENDING.items()]
        if occasion == "after-spending"
        else [(way, word) for way, word in BEFORE_LAPSE.items()]
    )
    return [(way, said(word)) for way, word in named if reaches(way, reached)]


routes: list[ControllerRouterHandler] = [
    after_spending_page,
    after_spending_chosen,
    before_lapse_page,
    before_lapse_chosen,
    language_page,
    language_chosen,
    large_print_page,
    large_print_chosen,
]
