"""One's own request: the receipt to keep, the trace of all that happened, and answering our question."""

from datetime import UTC, datetime
from http import HTTPStatus
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.grants.names import read_names
from pas.grants.pages.apply import in_groups
from pas.ids import RequestId
from pas.problems.bodies import AppRequest
from pas.requests.model import LONGEST_WORDS, HolderRequest, StepRow
from pas.requests.reply import reply, withdraw
from pas.requests.rules import grouped, is_late
from pas.requests.stored import read_request, read_steps
from pas.requests.words import CHANNELS, FIELDS, FURTHER, KINDS, OUTCOMES, STATES, STEPS
from pas.web.dates import day, moment
from pas.web.forms import Form
from pas.web.languages import as_data, said, say
from pas.web.pages import done, page, read_form, wrong_form

ONE: Final = "/{municipality:str}/my-data/requests/{request_id:uuid}"
HOLDER: Final = {"holder": True}
TEMPLATE: Final = "requests/own.html"


class StepShown(msgspec.Struct, frozen=True):
    """One step as whoever asked reads it: of the municipality nobody is named."""

    title: str
    at: str
    by: str
    outcome: str
    words: str | None
    until: str


@get(ONE, opt=HOLDER, include_in_schema=False)
async def own_request_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    context = await own_context(request, municipality, request_id)
    return page(request, TEMPLATE, form=Form(), **context)


@post(f"{ONE}/reply", opt=HOLDER, include_in_schema=False, status_code=200)
async def reply_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Answer what we asked."""
    form = await read_form(request)
    words = form.text("words", say("Schrijf uw antwoord op."), most=LONGEST_WORDS)
    if words is not None:
        try:
            async with connected(request, municipality) as connection:
                await reply(
                    connection,
                    RequestId(request_id),
                    words,
                    seen=form.seen(),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/my-data/requests/{request_id}")
        except Refusal as refusal:
            if refusal.status == HTTPStatus.NOT_FOUND:
                raise
            form.refuse("words", f"{said(refusal.detail)} {said(refusal.next_step)}")
    context = await own_context(request, municipality, request_id)
    return wrong_form(request, TEMPLATE, form, **context)


@post(f"{ONE}/withdraw", opt=HOLDER, include_in_schema=False, status_code=303)
async def withdraw_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Stop it."""
    form = await read_form(request)
    async with connected(request, municipality) as connection:
        await withdraw(
            connection,
            RequestId(request_id),
            seen=form.seen(),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/my-data/requests/{request_id}")


async def own_context(
    request: AppRequest, municipality: str, request_id: UUID
) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        stored = await read_request(connection, RequestId(request_id), actor=actor, now=now)
        steps = await read_steps(connection, stored.id)
        name = (await read_names(connection, [stored.resident_id])).get(stored.resident_id, "")
    state, badge = STATES[stored.state]
    return {
        "home": f"/{municipality}",
        "here": f"/{municipality}/my-data/requests/{stored.id}",
        "person": f"/{municipality}/my-data/{stored.resident_id}",
        "stored": stored,
        "title": said(KINDS[stored.kind]),
        "state": said(state),
        "badge": badge,
        "receipt": receipt_of(stored, name),
        "is_late": is_late(stored, day_of(stored.received_at)),
        "steps": [shown(one, me=actor.id) for one in steps],
        "answer_by": stored.answer_by,
        "further": said(FURTHER[stored.kind]),
        "most": LONGEST_WORDS,
    }


def receipt_of(stored: HolderRequest, name: str) -> list[tuple[str, object]]:
    """What somebody keeps: the time, the number, and what proves that nobody changed it."""
    lines: list[tuple[str, object]] = [
        (say("Nummer"), grouped(stored.number)),
        (say("Ontvangen op"), moment(stored.received_at)),
        (say("Hoe"), said(CHANNELS[stored.channel])),
        (say("Voor"), as_data(name)),
    ]
    if stored.field is not None:
        lines.append((say("Wat niet klopt"), said(FIELDS[stored.field])))
    return [*lines, (say("Controlegetal"), in_groups(stored.content_hash.hex()))]


def shown(one: StepRow, *, me: UUID) -> StepShown:
    by_us = one.actor_kind == "login"
    if by_us:
        by = (
            say("Door een medewerker, voor u")
            if one.kind in {"received", "replied", "withdrawn"}
            else say("Door de gemeente")
        )
    else:
        by = say("Door u") if one.actor_id == me else say("Door iemand die u helpt")
    return StepShown(
        title=said(STEPS[one.kind]),
        at=moment(one.taken_at),
        by=by,
        outcome="" if one.outcome is None else said(OUTCOMES[one.outcome]),
        words=one.words,
        until=""
        if one.answer_by is None
        else say("U krijgt antwoord voor het einde van {day}.", day=day(one.answer_by)),
    )


routes: list[ControllerRouterHandler] = [own_request_page, reply_page, withdraw_page]
