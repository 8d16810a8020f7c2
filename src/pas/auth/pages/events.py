"""Who changed what, as a page: the newest first, with what was and what is for who may see that."""

from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.event_readers import may_read_content
from pas.auth.event_words import THINGS, field_in_words, in_words
from pas.auth.events import BEGINNING, Content, Event, read_events, read_events_of_thing
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection, Statement
from pas.ids import EventId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import page

READ: Final = {"permission": Permission.EVENTS_READ}
ON_A_PAGE: Final = 30
LONGEST_VALUE: Final = 200
ACTORS: Final = {
    "till": "Een kassa",
    "holder": "Een pashouder",
    "job": "Het programma",
    "system": "Het programma",
}


class NameRow(msgspec.Struct, frozen=True):
    id: UUID
    name: str


class Difference(msgspec.Struct, frozen=True):
    """One field that was and is; empty where there was none."""

    name: str
    before: str
    after: str


class EventShown(msgspec.Struct, frozen=True):
    title: str
    who: str
    at: object
    reason: str
    differences: list[Difference]
    hidden: str


READ_LOGINS: Final = Statement("SELECT id, name FROM login WHERE id = ANY ($1::uuid[])", NameRow)


@get("/{municipality:str}/events", opt=READ, include_in_schema=False)
async def events_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    thing: FromQuery[str] = "",
    before: FromQuery[UUID | None] = None,
) -> Response[str]:
    """Who did what, and when?"""
    chosen = thing if thing in THINGS else ""
    start = BEGINNING if before is None else EventId(before)
    async with connected(request, municipality) as connection:
        if chosen:
            found = await read_events_of_thing(connection, chosen, before=start, limit=ON_A_PAGE)
        else:
            found = await read_events(connection, before=start, limit=ON_A_PAGE)
        names = await names_of(connection, found)
    actor = actor_of(request)
    return page(
        request,
        "auth/events.html",
        home=f"/{municipality}",
        form=Form({"thing": chosen}),
        things=sorted(THINGS.items(), key=lambda pair: pair[1]),
        thing=chosen,
        events=[shown(one, actor, names) for one in found],
        before=found[-1].id if len(found) == ON_A_PAGE else None,
    )


async def names_of(connection: Connection, events: list[Event]) -> dict[UUID, str]:
    """Of the logins that acted, and of those that something was done to."""
    wanted = {one.actor_id for one in events} | {
        one.subject_id for one in events if one.subject_kind == "login"
    }
    return {row.id: row.name for row in await READ_LOGINS.all(connection, list(wanted))}


def shown(event: Event, actor: Actor, names: dict[UUID, str]) -> EventShown:
    subject = names.get(event.subject_id, "") if event.subject_kind == "login" else ""
    content, hidden = Content(), ""
    if not may_read_content(actor, event.kind):
        hidden = "Wat er precies veranderde, ziet wie daarover gaat."
    elif event.content is None:
        hidden = "Wat er precies veranderde, is na de bewaartijd verwijderd."
    else:
        content = msgspec.json.decode(event.content, type=Content)
    return EventShown(
        title=f"{in_words(event.kind)}{', ' + subject if subject else ''}",
        who=names.get(event.actor_id, ACTORS.get(event.actor_kind, "Een collega")),
        at=event.recorded_at,
        reason=content.reason or "",
        differences=differences(content.before, content.after),
        hidden=hidden,
    )


def differences(before: object, after: object) -> list[Difference]:
    """What differs, field by field."""
    was, is_now = fields_of(before), fields_of(after)
    names = dict.fromkeys((*was, *is_now))
    return [
        Difference(field_in_words(name), was.get(name, ""), is_now.get(name, ""))
        for name in names
        if was.get(name, "") != is_now.get(name, "")
    ]


def fields_of(facts: object) -> dict[str, str]:
    if not isinstance(facts, dict):
        return {}
    return {name: written(value) for name, value in cast("dict[str, object]", facts).items()}


def written(value: object) -> str:
    match value:
        case None | "" | []:
            return ""
        case bool():
            return "ja" if value else "nee"
        case list():
            text = ", ".join(written(one) for one in cast("list[object]", value))
        case str() | int():
            text = str(value)
        case _:
            text = msgspec.json.encode(value).decode()
    return text if len(text) <= LONGEST_VALUE else f"{text[:LONGEST_VALUE]}…"


routes: list[ControllerRouterHandler] = [events_page]
