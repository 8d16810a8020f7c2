"""A holder lets somebody see or manage their pass, sees who may, and ends it."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor, holder_of
from pas.auth.state import auth_state, connected
from pas.auth.step_up import refuse_unproved
from pas.days import day_of
from pas.errors import Refusal
from pas.ids import MandateId, MunicipalityName
from pas.passes.mandate_letter import mandate_letter
from pas.passes.mandates import (
    Mandate,
    MandateKind,
    MandateNotYours,
    MandateWrong,
    NewMandate,
    TooManyMandates,
    end_mandate,
    list_mandates,
    make_mandate,
    read_mandate,
)
from pas.passes.show import name_of
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.languages import mark, said, say
from pas.web.pages import done, page, read_form, wrong_form

HOLDER: Final = {"holder": True, "mandate": True}
LIST: Final = "/{municipality:str}/my-mandates"
NEW: Final = f"{LIST}/new"
END: Final = f"{LIST}/{{mandate_id:uuid}}/end"

KINDS: Final[dict[str, MandateKind]] = {"family": "family", "administrator": "administrator"}
KIND_WORDS: Final[dict[MandateKind, str]] = {
    "family": mark("familie of vriend"),
    "administrator": mark("bewindvoerder"),
}
RIGHTS: Final = {"see": False, "manage": True}
LASTS: Final = {"month": 31, "half-year": 183, "year": 365, "five-years": 5 * 365}


@get(LIST, opt=HOLDER, include_in_schema=False)
async def mandates_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Who may see or manage my pass?"""
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        if actor.on_behalf_of is None:
            found = await list_mandates(connection, holder_of(actor), now=now)
        else:
            found = [await read_mandate(connection, MandateId(actor.id), actor=actor)]
    today = day_of(now)
    return page(
        request,
        "passes/my_mandates.html",
        home=f"/{municipality}",
        mandates=[one for one in found if counts(one, today)],
        is_holder=actor.on_behalf_of is None,
        may_end=not actor.only_sees,
        kinds=KIND_WORDS,
    )


@get(NEW, opt=HOLDER, include_in_schema=False)
async def new_mandate_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """For whom, what, and for how long?"""
    refuse_mandated(actor_of(request))
    refuse_unproved(request, now=datetime.now(UTC))
    return page(request, "passes/new_mandate.html", form=Form(), **form_context(municipality))


@post(NEW, opt=HOLDER, include_in_schema=False, status_code=200)
async def make_by_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Show number and code, once."""
    actor, now, form = actor_of(request), datetime.now(UTC), await read_form(request)
    refuse_mandated(actor)
    refuse_unproved(request, now=now)
    new = read_new(form, today=day_of(now))
    if new is not None:
        ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
        resident = holder_of(actor)
        try:
            async with connected(request, municipality) as connection:
                made = await make_mandate(
                    connection, resident, new, ring=ring, actor=actor, now=now
                )
                holder = await name_of(connection, resident)
            where = f"{auth_state(request.app.state).origin}/{municipality}/sign-in/card"
            letter = mandate_letter(made, new, holder=holder, address=where)
            context = {"home": f"/{municipality}", "name": new.name, "letter": letter}
            return page(request, "passes/made_mandate.html", **context)
        except (MandateWrong, TooManyMandates) as refusal:
            form.refuse("name", sentence(refusal))
    return wrong_form(request, "passes/new_mandate.html", form, **form_context(municipality))


@get(END, opt=HOLDER, include_in_schema=False)
async def end_page(
    municipality: FromPath[str], mandate_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Are you sure?"""
    async with connected(request, municipality) as connection:
        one = await read_mandate(connection, MandateId(mandate_id), actor=actor_of(request))
    return page(request, "passes/end_mandate.html", home=f"/{municipality}", mandate=one)


@post(END, opt=HOLDER, include_in_schema=False, status_code=303)
async def end_by_page(
    municipality: FromPath[str], mandate_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        await end_mandate(connection, MandateId(mandate_id), actor=actor, now=now)
    return done(f"/{municipality}/my-mandates")


def read_new(form: Form, *, today: date) -> NewMandate | None:
    """Read for whom it is; every mistake is said in one go."""
    name = form.text("name", say("Typ de naam van deze persoon."), most=120)
    kind = form.choice("kind", say("Kies wie het is."), KINDS)
    may_manage = form.choice("rights", say("Kies wat deze persoon mag."), RIGHTS)
    days = form.choice("lasts", say("Kies hoe lang."), LASTS)
    if name is None or kind is None or may_manage is None or days is None:
        return None
    until = today + timedelta(days=days)
    return NewMandate(name=name, kind=kind, may_manage=may_manage, since=today, until=until)


def counts(mandate: Mandate, today: date) -> bool:
    return mandate.ended_at is None and mandate.valid_until > today


def refuse_mandated(actor: Actor) -> None:
    """A mandate gives no mandates."""
    if actor.on_behalf_of is not None:
        raise MandateNotYours


def sentence(refusal: Refusal) -> str:
    return f"{said(refusal.detail)} {said(refusal.next_step)}"


def form_context(municipality: str) -> dict[str, object]:
    return {"home": f"/{municipality}", "back": f"/{municipality}/my-mandates"}


routes: list[ControllerRouterHandler] = [
    mandates_page,
    new_mandate_page,
    make_by_page,
    end_page,
    end_by_page,
]
