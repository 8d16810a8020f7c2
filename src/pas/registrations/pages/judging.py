"""Registrations for the municipality: the list, one with all that was said, and the three ways to judge it."""

from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import RegistrationId
from pas.money import Cents, parse_euros
from pas.problems.bodies import AppRequest
from pas.registrations.approve import Terms, approve_registration
from pas.registrations.judge import ask_back, refuse_registration
from pas.registrations.links import grouped
from pas.registrations.list_registrations import (
    MOST_LISTED,
    decided_registrations,
    merchants_alike,
    open_registrations,
    paid_in_visits,
    waits_for_us,
)
from pas.registrations.model import LONGEST_WORDS, Said, StepRow
from pas.registrations.pages.words import STATES, STEPS
from pas.registrations.stored import newest_said, read_registration, read_steps
from pas.schemes.categories import category_titles
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

LIST: Final = "/{municipality:str}/merchants/registrations"
ONE: Final = f"{LIST}/{{registration_id:uuid}}"
READ: Final = {"permission": Permission.REGISTRATIONS_READ}
JUDGE: Final = {"permission": Permission.REGISTRATIONS_JUDGE}
TEMPLATE: Final = "registrations/registration.html"
LAST_YEAR: Final = 2199
MOST_OF_A_VISIT: Final = Cents(10_000_000)


@get(LIST, opt=READ, include_in_schema=False)
async def registrations_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Who wants to take part, and for whom is it to do something now?"""
    async with connected(request, municipality) as connection:
        found = await open_registrations(connection)
        decided = await decided_registrations(connection)
    return page(
        request,
        "registrations/list.html",
        home=f"/{municipality}",
        here=f"/{municipality}/merchants/registrations",
        waiting=[one for one in found if waits_for_us(one)],
        asked=[one for one in found if not waits_for_us(one)],
        decided=decided,
        states=STATES,
        most=MOST_LISTED,
        grouped=grouped,
    )


@get(ONE, opt=READ, include_in_schema=False)
async def registration_page(
    municipality: FromPath[str], registration_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Everything that the club said, and what there is to do with it."""
    context = await context_of(request, municipality, registration_id)
    today = day_of(datetime.now(UTC)).isoformat()
    return page(request, TEMPLATE, form=Form({"from": today}), **context)


@post(f"{ONE}/ask", opt=JUDGE, include_in_schema=False, status_code=200)
async def ask_page(
    municipality: FromPath[str], registration_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Ask the club something."""
    form = await read_form(request)
    question = form.text("question", "Schrijf uw vraag op.", most=LONGEST_WORDS)
    if question is not None:
        try:
            async with connected(request, municipality) as connection:
                await ask_back(
                    connection,
                    RegistrationId(registration_id),
                    question,
                    seen=form.seen(),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(at(municipality, registration_id))
        except Refusal as refusal:
            form.refuse("question", f"{refusal.detail} {refusal.next_step}")
    context = await context_of(request, municipality, registration_id)
    return wrong_form(request, TEMPLATE, form, **context)


@post(f"{ONE}/refuse", opt=JUDGE, include_in_schema=False, status_code=200)
async def refuse_page(
    municipality: FromPath[str], registration_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Refuse, and say why."""
    form = await read_form(request)
    reason = form.text("reason", "Schrijf op waarom niet. De club leest dit.", most=LONGEST_WORDS)
    if reason is not None:
        try:
            async with connected(request, municipality) as connection:
                await refuse_registration(
                    connection,
                    RegistrationId(registration_id),
                    reason,
                    seen=form.seen(),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(at(municipality, registration_id))
        except Refusal as refusal:
            form.refuse("reason", f"{refusal.detail} {refusal.next_step}")
    context = await context_of(request, municipality, registration_id)
    return wrong_form(request, TEMPLATE, form, **context)


@post(f"{ONE}/approve", opt=JUDGE, include_in_schema=False, status_code=200)
async def approve_page(
    municipality: FromPath[str], registration_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Approve what was chosen, from a day on; the club becomes a merchant at once."""
    form = await read_form(request)
    async with connected(request, municipality) as connection:
        stored = await read_registration(connection, RegistrationId(registration_id))
        said = newest_said(await read_steps(connection, stored.id))
        terms = terms_in(form, said)
        if terms is not None:
            try:
                await approve_registration(
                    connection,
                    stored.id,
                    terms,
                    seen=form.seen(),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
                return done(at(municipality, registration_id))
            except Refusal as refusal:
                form.refuse("agree", f"{refusal.detail} {refusal.next_step}")
    context = await context_of(request, municipality, registration_id)
    return wrong_form(request, TEMPLATE, form, **context)


def terms_in(form: Form, said: Said) -> Terms | None:
    """Read what is agreed to; every mistake in one go."""
    prices: dict[str, Cents | None] = {}
    for one in said.purposes:
        if form.ticked(f"agree-{one.category}"):
            prices[one.category] = price_in(form, f"price-{one.category}")
    if not prices:
        form.refuse("agree", "Kies minstens één doel. Of stel een vraag, of wijs af.")
    starts_on = day_in(form, "from")
    words = form.text("words", "", most=LONGEST_WORDS, optional=True)
    if not form.ok or starts_on is None:
        return None
    return Terms(valid_from=starts_on, visit_prices=prices, words=words)


def price_in(form: Form, name: str) -> Cents | None:
    price = form.parsed(name, "", parse_euros, optional=True)
    if price is not None and not 0 < price <= MOST_OF_A_VISIT:
        form.refuse(name, "Typ een prijs tussen 0,01 en 100.000,00.")
    return price


def day_in(form: Form, name: str) -> date | None:
    try:
        day = date.fromisoformat(form.value(name).strip())
    except ValueError:
        day = None
    if day is None or day.year > LAST_YEAR:
        form.refuse(name, "Kies vanaf welke dag.")
    return day


def at(municipality: str, registration_id: UUID) -> str:
    return f"/{municipality}/merchants/registrations/{registration_id}"


async def context_of(
    request: AppRequest, municipality: str, registration_id: UUID
) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        return await read_context(connection, municipality, RegistrationId(registration_id)) | {
            "may_judge": actor.may(Permission.REGISTRATIONS_JUDGE),
            "in_visits": await paid_in_visits(connection, on=day_of(now)),
            "me": actor.id,
        }


async def read_context(
    connection: Connection, municipality: str, registration_id: RegistrationId
) -> dict[str, object]:
    stored = await read_registration(connection, registration_id)
    steps = await read_steps(connection, registration_id)
    said = newest_said(steps)
    state, kind = STATES[stored.state]
    return {
        "home": f"/{municipality}",
        "here": at(municipality, registration_id),
        "registration": stored,
        "number": grouped(stored.number),
        "state": state,
        "kind": kind,
        "said": said,
        "changed": changed(steps),
        "steps": list(reversed(steps)),
        "names": STEPS,
        "typed_by": {one.by for one in steps if one.said is not None},
        "titles": await category_titles(connection),
        "alike": await merchants_alike(connection, said, but=stored.merchant_id),
    }


def changed(steps: list[StepRow]) -> list[str]:
    """What the club said otherwise the last time: the parts that are to be read again."""
    said = [newest_said(steps[: n + 1]) for n, one in enumerate(steps) if one.said is not None]
    if len(said) <= 1:
        return []
    before, after = said[-2:]
    parts = (
        ("de naam", before.name != after.name),
        ("het KvK-nummer", before.kvk_number != after.kvk_number),
        ("de plekken", before.places != after.places),
        ("het aanbod", before.purposes != after.purposes),
        (
            "het contact",
            (before.contact_name, before.contact_email, before.contact_phone)
            != (after.contact_name, after.contact_email, after.contact_phone),
        ),
        ("de rekening", before.account != after.account),
    )
    return [name for name, differs in parts if differs]


routes: list[ControllerRouterHandler] = [
    registrations_page,
    registration_page,
    ask_page,
    refuse_page,
    approve_page,
]
