"""The form with which a club registers, and later corrects what it said: one task per page.

No account and no script is needed. Whatever is typed is kept at once, and found again by the link.
"""

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, cast

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.actor import Actor
from pas.auth.state import connected
from pas.db import Connection
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.registrations.drafts import keep_draft, read_draft
from pas.registrations.links import Secret, new_secret, read_secret
from pas.registrations.model import CONDITIONS, LONGEST_WORDS, MOST_PLACES, Registration, Said
from pas.registrations.pages.typed import (
    BY_NAME,
    PARTS,
    TITLES,
    YES,
    Part,
    faults_by_part,
    fields_of,
    kept,
    places_in,
    said_in,
    typed_from,
    with_a_place_more,
    without_place,
)
from pas.registrations.rules import RegistrationDecided
from pas.registrations.send import answer_registration, refuse_known, send_registration
from pas.registrations.stored import (
    KvkNumberKnown,
    RegistrationNotFound,
    by_link,
    newest_said,
    read_steps,
)
from pas.schemes.categories import category_titles
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

DROP: Final = re.compile(r"drop-([0-9]{1,3})")
PUBLIC: Final = {"public": True}
REGISTER: Final = "/{municipality:str}/merchants/register"
PART: Final = f"{REGISTER}/{{secret:str}}/{{part:str}}"
TEMPLATE: Final = "registrations/part.html"


class Filling(msgspec.Struct, frozen=True):
    """A form that is being filled in: for a new registration, or for one that there is already."""

    secret: Secret
    typed: Mapping[str, str]
    titles: Mapping[str, str]
    registration: Registration | None
    question: str | None

    @property
    def said(self) -> Said:
        return said_in(self.typed, self.titles, agrees=True)


@get(REGISTER, opt=PUBLIC, include_in_schema=False)
async def begin_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What is it about, what do you need; and the first question."""
    form = Form({"secret": new_secret()})
    return page(request, TEMPLATE, form=form, **context_of(municipality, None, "club"))


@post(REGISTER, opt=PUBLIC, include_in_schema=False, status_code=200)
async def begin(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Keep the first answers, and go on by the link."""
    form, now = await read_form(request), datetime.now(UTC)
    secret = read_secret(form.value("secret")) or new_secret()
    typed = kept(form, fields_of("club", {}, ()))
    show_faults(form, "club", said_in(typed, (), agrees=True))
    async with connected(request, municipality) as connection:
        if form.ok:
            await refuse_known_on_page(connection, form, secret, typed=typed)
        if form.ok:
            await keep_draft(connection, secret, typed, now=now)
            return done(address_of(municipality, secret, "places"))
    form.typed["secret"] = secret
    return wrong_form(request, TEMPLATE, form, **context_of(municipality, None, "club"))


@get(PART, opt=PUBLIC, include_in_schema=False)
async def part_page(
    municipality: FromPath[str], secret: FromPath[str], part: FromPath[str], *, request: AppRequest
) -> Response[str]:
    """One page of the form, as it was left."""
    asked = part_in(part)
    async with connected(request, municipality) as connection:
        filling = await filling_of(connection, secret)
    form = Form(filling.typed)
    return page(request, TEMPLATE, form=form, **context_of(municipality, filling, asked))


@post(PART, opt=PUBLIC, include_in_schema=False, status_code=200)
async def keep_part(
    municipality: FromPath[str], secret: FromPath[str], part: FromPath[str], *, request: AppRequest
) -> Response[str] | Redirect:
    """Keep what was typed first, then say what is wrong with it; the last page sends it."""
    asked, form = part_in(part), await read_form(request)
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        filling = await filling_of(connection, secret)
        typed = {**filling.typed, **kept(form, fields_of(asked, filling.typed, filling.titles))}
        typed |= of_places(form.value("go"), typed)
        await keep_draft(connection, filling.secret, typed, now=now)
        filling = msgspec.structs.replace(filling, typed=typed)
        form.typed |= typed
        if (to := stays_or_goes_back(form.value("go"), asked)) is not None:
            return done(address_of(municipality, filling.secret, to))
        show_faults(form, asked, filling.said)
        if asked == "club" and form.ok:
            await refuse_known_on_page(connection, form, filling.secret, typed=typed)
        if form.ok and asked != "check":
            return done(address_of(municipality, filling.secret, next_of(filling.said, asked)))
        if asked == "check" and await sent(connection, form, filling, request=request, now=now):
            return done(f"/{municipality}/merchants/register/{filling.secret}")
    return wrong_form(request, TEMPLATE, form, **context_of(municipality, filling, asked))


async def sent(
    connection: Connection, form: Form, filling: Filling, *, request: AppRequest, now: datetime
) -> bool:
    """Send it all, if all of it is right; else the form says what is not, also of other pages."""
    stored, secret = filling.registration, filling.secret
    said = said_in(filling.typed, filling.titles, agrees=form.ticked("agrees"))
    answer = form.text("answer", "Beantwoord onze vraag.", most=LONGEST_WORDS, optional=True)
    if filling.question is not None and answer is None:
        form.refuse("answer", "Beantwoord onze vraag.")
    for faults in faults_by_part(said).values():
        for fault in faults:
            form.refuse(fault.field, fault.message)
    if not form.ok:
        return False
    typed_by = cast("Actor | None", request.user)
    try:
        if stored is None:
            await send_registration(connection, secret, said, typed_by=typed_by, now=now)
        else:
            await answer_registration(
                connection,
                secret,
                said,
                words=answer,
                seen=stored.steps,
                typed_by=typed_by,
                now=now,
            )
    except KvkNumberKnown as refusal:
        form.refuse("kvk_number", f"{refusal.detail} {refusal.next_step}")
    return form.ok


async def filling_of(connection: Connection, secret: str) -> Filling:
    """What was typed last under this link, or was sent; what is decided is not changed any more."""
    known = read_secret(secret)
    if known is None:
        raise RegistrationNotFound
    stored = await by_link(connection, known)
    typed = await read_draft(connection, known)
    question = None
    if stored is not None:
        if not stored.is_open:
            raise RegistrationDecided
        steps = await read_steps(connection, stored.id)
        typed = typed or typed_from(newest_said(steps))
        question = steps[-1].words if stored.state == "asked" else None
    if typed is None:
        raise RegistrationNotFound
    return Filling(known, typed, await category_titles(connection), stored, question)


async def refuse_known_on_page(
    connection: Connection, form: Form, secret: Secret, *, typed: Mapping[str, str]
) -> None:
    kvk_number = said_in(typed, (), agrees=True).kvk_number
    try:
        await refuse_known(connection, kvk_number, secret)
    except KvkNumberKnown as refusal:
        form.refuse("kvk_number", f"{refusal.detail} {refusal.next_step}")


def part_in(text: str) -> Part:
    found = BY_NAME.get(text)
    if found is None:
        raise NotFound
    return found


def show_faults(form: Form, part: Part, said: Said) -> None:
    if part != "check":
        for fault in faults_by_part(said).get(part, []):
            form.refuse(fault.field, fault.message)


def of_places(go: str, typed: Mapping[str, str]) -> dict[str, str]:
    if go == "add":
        return with_a_place_more(typed)
    found = DROP.fullmatch(go)
    return without_place(typed, int(found[1])) if found else {}


def stays_or_goes_back(go: str, part: Part) -> Part | None:
    """Where somebody goes who is not done with a page."""
    if go == "back":
        return PARTS[max(0, PARTS.index(part) - 1)]
    return part if go == "add" or go.startswith("drop-") else None


def next_of(said: Said, part: Part) -> Part:
    """The next page on which something is still to be done: who corrects one thing sees the last."""
    todo = faults_by_part(said)
    for one in PARTS[PARTS.index(part) + 1 :]:
        if one in todo:
            return one
    return "check"


def address_of(municipality: str, secret: Secret, part: Part) -> str:
    return f"/{municipality}/merchants/register/{secret}/{part}"


def context_of(municipality: str, filling: Filling | None, part: Part) -> dict[str, object]:
    here = f"/{municipality}/merchants/register"
    titles: Mapping[str, str] = filling.titles if filling else {}
    typed: Mapping[str, str] = filling.typed if filling else {}
    return {
        "home": f"/{municipality}",
        "action": f"{here}/{filling.secret}/{part}" if filling else here,
        "link": f"{here}/{filling.secret}" if filling else "",
        "part": part,
        "title": TITLES[part],
        "steps": list(TITLES.values()),
        "step": PARTS.index(part) + 1,
        "titles": titles,
        "chosen": [(code, title) for code, title in titles.items() if typed.get(f"purpose-{code}")],
        "places": places_in(typed),
        "most_places": MOST_PLACES,
        "conditions": CONDITIONS,
        "said": filling.said if filling and part == "check" else None,
        "registration": filling.registration if filling else None,
        "question": filling.question if filling else None,
        "yes": YES,
    }


routes: list[ControllerRouterHandler] = [begin_page, begin, part_page, keep_part]
