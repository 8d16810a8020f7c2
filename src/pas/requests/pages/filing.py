"""Objecting, complaining, correcting: one form, for the holder, a parent, or an officer who types it."""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.grants.names import read_names
from pas.grants.pages.person import CAUSES
from pas.ids import DecisionId, RequestId, ResidentId, uuid7
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.requests.file import file_request, refuse_stranger
from pas.requests.list_requests import DecisionRow, decisions_of, requests_of
from pas.requests.model import KINDS as BY_NAME
from pas.requests.model import LONGEST_WORDS, Asked, Channel, Field, Kind
from pas.requests.rules import grouped, last_day_to_object
from pas.requests.words import (
    ABOUT,
    FIELDS,
    KINDS,
    MISSING,
    OF_OFFICERS,
    QUESTIONS,
    STATES,
    TYPED,
)
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.languages import said, say
from pas.web.pages import done, page, read_form, wrong_form

OWN: Final = "/{municipality:str}/my-data/{resident_id:uuid}/requests"
FOR_OTHERS: Final = "/{municipality:str}/residents/{resident_id:uuid}/requests"
HOLDER: Final = {"holder": True}
FILE: Final = {"permission": Permission.REQUESTS_FILE}
FieldAsked = Annotated[str, QueryParameter(max_length=20)]
BY_FIELD: Final[dict[str, Field]] = {name: name for name in FIELDS}


@get([OWN, FOR_OTHERS], opt=HOLDER | FILE, include_in_schema=False)
async def requests_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What was asked before, and what there is to ask."""
    who = ResidentId(resident_id)
    async with connected(request, municipality) as connection:
        context = await about(connection, request, municipality=municipality, who=who)
        found = await requests_of(connection, who)
    by_officer = actor_of(request).kind == "login"
    return page(
        request,
        "requests/list.html",
        found=found,
        kinds=[(said(KINDS[one]), said(ABOUT[one]), one) for one in KINDS],
        kind_names={one: said(text) for one, text in KINDS.items()},
        states=OF_OFFICERS if by_officer else {k: (said(t), b) for k, (t, b) in STATES.items()},
        grouped=grouped,
        **context,
    )


@get(
    [f"{OWN}/new/{{kind:str}}", f"{FOR_OTHERS}/new/{{kind:str}}"],
    opt=HOLDER | FILE,
    include_in_schema=False,
)
async def new_request_page(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    kind: FromPath[str],
    field: FieldAsked = "",
) -> Response[str]:
    """The form; what somebody came from is chosen already."""
    form = Form({"field": field} if field in BY_FIELD else {})
    context = await form_context(request, municipality, ResidentId(resident_id), kind=kind)
    return page(request, "requests/new.html", form=form, id=uuid7(), **context)


@post(
    [f"{OWN}/new/{{kind:str}}", f"{FOR_OTHERS}/new/{{kind:str}}"],
    opt=HOLDER | FILE,
    include_in_schema=False,
    status_code=200,
)
async def send_request(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    kind: FromPath[str],
) -> Response[str] | Redirect:
    """Take it; the receipt follows."""
    form, actor = await read_form(request), actor_of(request)
    who, now = ResidentId(resident_id), datetime.now(UTC)
    context = await form_context(request, municipality, who, kind=kind)
    request_id = form.parsed("id", "", parse_id)
    if request_id is None:
        raise NotFound
    asked = read_asked(
        form, kind_of(kind), request_id=request_id, who=who, by_officer=actor.kind == "login"
    )
    if asked is None:
        return wrong_form(request, "requests/new.html", form, id=request_id, **context)
    async with connected(request, municipality) as connection:
        filed = await file_request(connection, asked, actor=actor, now=now)
    if actor.kind == "login":
        return done(f"/{municipality}/requests/{filed.id}")
    return done(f"/{municipality}/my-data/requests/{filed.id}")


def read_asked(
    form: Form, kind: Kind, *, request_id: RequestId, who: ResidentId, by_officer: bool
) -> Asked | None:
    """Every mistake in one go."""
    decision: DecisionId | None = None
    field: Field | None = None
    channel: Channel | None = "page"
    if kind == "objection":
        decision = form.parsed(
            "decision", say("Kies over welke beslissing het gaat."), parse_decision
        )
    if kind == "correction":
        field = form.choice("field", say("Kies wat er niet klopt."), BY_FIELD)
    if by_officer:
        channel = form.choice("channel", "Kies hoe dit binnenkwam.", TYPED)
    words = form.text("words", said(MISSING[kind]), most=LONGEST_WORDS)
    if not form.ok or words is None or channel is None:
        return None
    return Asked(
        id=request_id,
        kind=kind,
        resident_id=who,
        words=words,
        channel=channel,
        decision_id=decision,
        field=field,
    )


async def form_context(
    request: AppRequest, municipality: str, who: ResidentId, *, kind: str
) -> dict[str, object]:
    wanted = kind_of(kind)
    async with connected(request, municipality) as connection:
        context = await about(connection, request, municipality=municipality, who=who)
        weeks = (await read_municipality_settings(connection)).objection_weeks
        decisions = await decisions_of(connection, who) if wanted == "objection" else []
    today = day_of(datetime.now(UTC))
    return context | {
        "kind": wanted,
        "title": said(KINDS[wanted]),
        "lead": said(ABOUT[wanted]),
        "question": said(QUESTIONS[wanted]),
        "decisions": [choice_of(one, weeks=weeks, today=today) for one in decisions],
        "fields": [(name, said(text)) for name, text in FIELDS.items()],
        "most": LONGEST_WORDS,
    }


def choice_of(one: DecisionRow, *, weeks: int, today: date) -> tuple[str, str, str]:
    """A decision to choose, with until when one can object; late is taken too, and says what happens."""
    decided_on = day_of(one.decided_at)
    until = last_day_to_object(decided_on, weeks=weeks)
    told = (
        say("U kunt bezwaar maken tot en met {day}.", day=day(until))
        if today <= until
        else say(
            "Bezwaar maken kon tot en met {day}. Schrijf op waarom het later werd. "
            "Wij kijken of uw bezwaar toch mee kan doen.",
            day=day(until),
        )
    )
    title = say(
        "Over {year}: beslist op {day}, na {cause}",
        year=one.year,
        day=day(decided_on),
        cause=said(CAUSES[one.cause]),
    )
    return str(one.id), title, told


async def about(
    connection: Connection, request: AppRequest, *, municipality: str, who: ResidentId
) -> dict[str, object]:
    """Who it is about, and where the pages about them are; to a stranger they are not there."""
    actor = actor_of(request)
    await refuse_stranger(connection, who, actor=actor, now=datetime.now(UTC))
    by_officer = actor.kind == "login"
    if by_officer:
        await note_processing(
            connection, [who], "request.opened", actor=actor, now=datetime.now(UTC)
        )
    base = "residents" if by_officer else "my-data"
    return {
        "home": f"/{municipality}",
        "who": who,
        "name": (await read_names(connection, [who])).get(who, ""),
        "is_me": who == actor.id,
        "by_officer": by_officer,
        "person": f"/{municipality}/{base}/{who}",
        "here": f"/{municipality}/{base}/{who}/requests",
        "one": f"/{municipality}/requests" if by_officer else f"/{municipality}/my-data/requests",
    }


def kind_of(kind: str) -> Kind:
    if kind not in BY_NAME:
        raise NotFound
    return BY_NAME[kind]


def parse_id(typed: str) -> RequestId:
    try:
        return RequestId(UUID(typed))
    except ValueError:
        raise NotFound from None


def parse_decision(typed: str) -> DecisionId:
    try:
        return DecisionId(UUID(typed))
    except ValueError:
        raise NotFound from None


routes: list[ControllerRouterHandler] = [requests_page, new_request_page, send_request]
