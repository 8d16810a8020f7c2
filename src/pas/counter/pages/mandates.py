"""A mandate at the counter: made by an officer who has seen the holder or the papers, and ended."""

from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected, ring_of
from pas.counter.pages.frame import PERSON, desk_of, frame
from pas.days import day_of
from pas.ids import MandateId
from pas.passes.mandate_letter import mandate_letter
from pas.passes.mandates import (
    MandateNotYours,
    TooManyMandates,
    end_mandate,
    make_mandate,
    read_mandate,
)
from pas.passes.pages.mandates import read_new
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

MANAGE: Final = {"permission": Permission.MANDATES_MANAGE}
NEW: Final = f"{PERSON}/mandates/new"
END: Final = f"{PERSON}/mandates/{{mandate_id:uuid}}/end"
TEMPLATE: Final = "counter/new_mandate.html"


@get(NEW, opt=MANAGE, include_in_schema=False)
async def new_mandate_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """For whom, what, and for how long?"""
    desk = await desk_of(request, municipality, resident_id)
    return page(request, TEMPLATE, form=Form(), **frame(municipality, desk))


@post(NEW, opt=MANAGE, include_in_schema=False, status_code=200)
async def make_at_counter(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Show number and code, once, as a letter."""
    desk, form = await desk_of(request, municipality, resident_id), await read_form(request)
    new = read_new(form, today=day_of(desk.now))
    if new is not None:
        ring = await ring_of(request, municipality)
        try:
            async with connected(request, municipality) as connection:
                made = await make_mandate(
                    connection, desk.who.id, new, ring=ring, actor=desk.actor, now=desk.now
                )
            where = f"{auth_state(request.app.state).origin}/{municipality}/sign-in/card"
            letter = mandate_letter(made, new, holder=desk.who.name, address=where)
            context = {"letter": letter, "name": new.name}
            return page(
                request, "counter/made_mandate.html", **frame(municipality, desk), **context
            )
        except TooManyMandates as refusal:
            form.refuse("name", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, **frame(municipality, desk))


@post(END, opt=MANAGE, include_in_schema=False, status_code=303)
async def end_at_counter(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    mandate_id: FromPath[UUID],
) -> Redirect:
    desk, mandate = await desk_of(request, municipality, resident_id), MandateId(mandate_id)
    async with connected(request, municipality) as connection:
        found = await read_mandate(connection, mandate, actor=desk.actor)
        if found.resident_id != desk.who.id:
            raise MandateNotYours
        await end_mandate(connection, mandate, actor=desk.actor, now=desk.now)
    return done(f"/{municipality}/counter/{desk.who.id}")


routes: list[ControllerRouterHandler] = [new_mandate_page, make_at_counter, end_at_counter]
