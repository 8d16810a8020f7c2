"""Requests for the municipality: the list with what is late on top, one request, and the ways to act on it."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.names import read_names
from pas.grants.pages.apply import in_groups
from pas.grants.show_decision import year_of_decision
from pas.ids import RequestId
from pas.problems.bodies import AppRequest
from pas.requests.answer import answer, ask, extend, take_up
from pas.requests.list_requests import MOST_LISTED, all_requests
from pas.requests.model import LONGEST_WORDS, HolderRequest
from pas.requests.reply import reply, withdraw
from pas.requests.rules import extended, grouped, is_late
from pas.requests.stored import decided_by_hand, read_request, read_steps
from pas.requests.words import (
    ANSWERS,
    CHANNELS,
    FIELDS,
    KINDS,
    OF_OFFICERS,
    OUTCOMES,
    STEPS,
)
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

LIST: Final = "/{municipality:str}/requests"
ONE: Final = f"{LIST}/{{request_id:uuid}}"
READ: Final = {"permission": Permission.REQUESTS_READ}
ANSWER: Final = {"permission": Permission.REQUESTS_ANSWER}
FILE: Final = {"permission": Permission.REQUESTS_FILE}
TEMPLATE: Final = "requests/one.html"
Act = Callable[[Connection, Actor, datetime], Awaitable[None]]


@get(LIST, opt=READ, include_in_schema=False)
async def all_requests_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What is late, what waits for us, and what waits for a holder."""
    async with connected(request, municipality) as connection:
        found = await all_requests(connection, actor=actor_of(request), now=datetime.now(UTC))
    return page(
        request,
        "requests/all.html",
        home=f"/{municipality}",
        here=f"/{municipality}/requests",
        lists=found,
        kinds=KINDS,
        states=OF_OFFICERS,
        grouped=grouped,
        most=MOST_LISTED,
    )


@get(ONE, opt=READ, include_in_schema=False)
async def one_request_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """All that was said, and what there is to do."""
    context = await context_of(request, municipality, request_id)
    return page(request, TEMPLATE, form=Form(), **context)


@post(f"{ONE}/take-up", opt=ANSWER, include_in_schema=False, status_code=200)
async def take_up_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Let the holder see that somebody is at it."""
    form, one = await read_form(request), RequestId(request_id)

    async def act(connection: Connection, actor: Actor, now: datetime) -> None:
        await take_up(connection, one, seen=form.seen(), actor=actor, now=now)

    return await acted(request, municipality, one, form=form, act=act)


@post(f"{ONE}/ask", opt=ANSWER, include_in_schema=False, status_code=200)
async def ask_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Ask the holder something."""
    form, one = await read_form(request), RequestId(request_id)
    question = form.text("question", "Schrijf uw vraag op.", most=LONGEST_WORDS)

    async def act(connection: Connection, actor: Actor, now: datetime) -> None:
        await ask(connection, one, question or "", seen=form.seen(), actor=actor, now=now)

    return await acted(request, municipality, one, form=form, act=act)


@post(f"{ONE}/extend", opt=ANSWER, include_in_schema=False, status_code=200)
async def extend_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Take more time, once."""
    form, one = await read_form(request), RequestId(request_id)
    reason = form.text("reason", "Schrijf op waarom het langer duurt.", most=LONGEST_WORDS)

    async def act(connection: Connection, actor: Actor, now: datetime) -> None:
        await extend(connection, one, reason or "", seen=form.seen(), actor=actor, now=now)

    return await acted(request, municipality, one, form=form, act=act)


@post(f"{ONE}/answer", opt=ANSWER, include_in_schema=False, status_code=200)
async def answer_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Answer, with reasons."""
    form, one = await read_form(request), RequestId(request_id)
    outcome = form.choice("outcome", "Kies wat uw antwoord is.", ANSWERS)
    words = form.text("words", "Schrijf op waarom. De inwoner leest dit.", most=LONGEST_WORDS)

    async def act(connection: Connection, actor: Actor, now: datetime) -> None:
        assert outcome is not None
        assert words is not None
        await answer(connection, one, outcome, words=words, seen=form.seen(), actor=actor, now=now)

    return await acted(request, municipality, one, form=form, act=act)


@post(f"{ONE}/reply", opt=FILE, include_in_schema=False, status_code=200)
async def reply_for_holder_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Type what the holder says, at the counter or by telephone."""
    form, one = await read_form(request), RequestId(request_id)
    said = form.text("said", "Schrijf op wat de inwoner zegt.", most=LONGEST_WORDS)

    async def act(connection: Connection, actor: Actor, now: datetime) -> None:
        await reply(connection, one, said or "", seen=form.seen(), actor=actor, now=now)

    return await acted(request, municipality, one, form=form, act=act)


@post(f"{ONE}/withdraw", opt=FILE, include_in_schema=False, status_code=200)
async def withdraw_for_holder_page(
    municipality: FromPath[str], request_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Stop it, because the holder says so."""
    form, one = await read_form(request), RequestId(request_id)
    _ = form.ticked("sure") or form.refuse("sure", "Vink aan dat de inwoner dit zelf wil.")

    async def act(connection: Connection, actor: Actor, now: datetime) -> None:
        await withdraw(connection, one, seen=form.seen(), actor=actor, now=now)

    return await acted(request, municipality, one, form=form, act=act)


async def acted(
    request: AppRequest, municipality: str, one: RequestId, *, form: Form, act: Act
) -> Response[str] | Redirect:
    """Do it, or show the page again with what is wrong; a refusal stands on top of it."""
    if form.ok:
        try:
            async with connected(request, municipality) as connection:
                await act(connection, actor_of(request), datetime.now(UTC))
            return done(f"/{municipality}/requests/{one}")
        except Refusal as refusal:
            form.refuse("act", f"{refusal.detail} {refusal.next_step}")
    context = await context_of(request, municipality, one)
    return wrong_form(request, TEMPLATE, form, **context)


async def context_of(request: AppRequest, municipality: str, request_id: UUID) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        stored = await read_request(connection, RequestId(request_id), actor=actor, now=now)
        steps = await read_steps(connection, stored.id)
        name = (await read_names(connection, [stored.resident_id])).get(stored.resident_id, "")
        own = await decided_by_hand(connection, stored.decision_id, actor=actor)
        year = await year_of_decision(connection, stored.decision_id)
    state, badge = OF_OFFICERS[stored.state]
    return {
        "home": f"/{municipality}",
        "here": f"/{municipality}/requests/{stored.id}",
        "person": f"/{municipality}/residents/{stored.resident_id}",
        "name": name,
        "stored": stored,
        "title": KINDS[stored.kind],
        "state": state,
        "badge": badge,
        "facts": facts_of(stored),
        "decision_year": year,
        "is_overdue": stored.is_open and stored.answer_by < day_of(now),
        "is_late": is_late(stored, day_of(stored.received_at)),
        "own_decision": own,
        "longer": extended(stored.kind, stored.answer_by),
        "steps": steps,
        "names": STEPS,
        "outcomes": OUTCOMES,
        "answers": answers_to(stored),
        "upheld": any(one.outcome in {"upheld", "partly"} for one in steps),
        "may_answer": actor.may(Permission.REQUESTS_ANSWER),
        "may_file": actor.may(Permission.REQUESTS_FILE),
        "may_deviate": actor.may(Permission.DEVIATIONS_PROPOSE),
        "may_correct": actor.may(Permission.RESIDENTS_IMPORT),
        "most": LONGEST_WORDS,
    }


def facts_of(stored: HolderRequest) -> list[tuple[str, str]]:
    facts = [
        ("Nummer", grouped(stored.number)),
        ("Kwam binnen", CHANNELS[stored.channel]),
        ("Controlegetal", in_groups(stored.content_hash.hex())),
    ]
    if stored.field is not None:
        facts.insert(0, ("Wat niet klopt", FIELDS[stored.field]))
    return facts


def answers_to(stored: HolderRequest) -> list[tuple[str, str]]:
    """What one can answer to this kind of request."""
    return [
        (name, OUTCOMES[outcome])
        for name, outcome in ANSWERS.items()
        if outcome != "inadmissible" or stored.kind == "objection"
    ]


routes: list[ControllerRouterHandler] = [
    all_requests_page,
    one_request_page,
    take_up_page,
    ask_page,
    extend_page,
    answer_page,
    reply_for_holder_page,
    withdraw_for_holder_page,
]
