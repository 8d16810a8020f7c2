"""Somebody calls, or waits at a till: two questions, and the card works while they are on the line."""

import re
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.counter.pages.frame import PERSON, card_of, desk_of, frame
from pas.counter.who import AnswersWrong, check_answers
from pas.passes.activate import CardNotToActivate, activate_at_counter
from pas.problems.bodies import AppRequest
from pas.residents.pages.search import read_day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

ACTIVATE: Final = {"permission": Permission.CARDS_ACTIVATE}
PAGE: Final = f"{PERSON}/cards/{{card_id:uuid}}/caller"
TEMPLATE: Final = "counter/caller.html"
POSTCODE: Final = re.compile(r"[0-9]{4} ?[A-Za-z]{2}")
ANSWERED: Final = "Geboortedatum en postcode goed gezegd aan de telefoon"


@get(PAGE, opt=ACTIVATE, include_in_schema=False)
async def caller_page(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    card_id: FromPath[UUID],
) -> Response[str]:
    """What do I ask?"""
    desk = await desk_of(request, municipality, resident_id)
    await card_of(request, municipality, card_id, desk=desk)
    return page(request, TEMPLATE, form=Form(), **frame(municipality, desk))


@post(PAGE, opt=ACTIVATE, include_in_schema=False, status_code=200)
async def activate_for_caller(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    card_id: FromPath[UUID],
) -> Response[str] | Redirect:
    """Both answers right: the card works at once."""
    desk, form = await desk_of(request, municipality, resident_id), await read_form(request)
    card = await card_of(request, municipality, card_id, desk=desk)
    born = read_day(form, "birth_date")
    if born is None:
        form.refuse("birth_date", "Vraag de geboortedatum, en typ hem hier.")
    postcode = form.text("postcode", "Vraag de postcode, en typ hem hier.", most=12)
    if postcode is not None and POSTCODE.fullmatch(postcode) is None:
        form.refuse("postcode", "Typ de postcode zo: 1971 AB.")
    if form.ok and born is not None and postcode is not None:
        try:
            async with connected(request, municipality) as connection:
                await check_answers(
                    connection,
                    desk.who.id,
                    born=born,
                    postcode=postcode,
                    actor=desk.actor,
                    now=desk.now,
                )
                await activate_at_counter(
                    connection,
                    card.id,
                    reason=ANSWERED,
                    actor=desk.actor,
                    now=desk.now,
                    how="telephone",
                )
            return done(f"/{municipality}/counter/{desk.who.id}")
        except (AnswersWrong, CardNotToActivate) as refusal:
            form.refuse("birth_date", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, **frame(municipality, desk))


routes: list[ControllerRouterHandler] = [caller_page, activate_for_caller]
