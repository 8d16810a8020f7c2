"""My messages: what somebody chose for each pass, where it goes, and what was sent last."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.demo_login import is_demo
from pas.auth.state import connected, ring_of
from pas.days import day_of
from pas.db import Connection
from pas.ids import MunicipalityName, ResidentId
from pas.messages.choices import choices_of, read_choice
from pas.messages.model import CHANNELS
from pas.messages.pages.offering import HOLDER, offered_here, own_name
from pas.messages.prove_address import own_addresses
from pas.messages.rules import hidden
from pas.messages.show import SentMessage, own_messages
from pas.messages.words import (
    ADDRESSES,
    AFTER_SPENDING,
    BEFORE_LAPSE,
    REASONS,
    STATES,
)
from pas.messages.words import (
    CHANNELS as CHANNEL_WORDS,
)
from pas.passes.household import household_passes
from pas.problems.bodies import AppRequest
from pas.web.dates import moment
from pas.web.languages import DUTCH, left_to_right, said
from pas.web.pages import page

SHOWN: Final = 5


class PersonShown(msgspec.Struct, frozen=True):
    """A pass, and what whoever looks hears of it."""

    id: ResidentId
    name: str
    is_own: bool
    after_spending: str
    before_lapse: str


class AddressShown(msgspec.Struct, frozen=True):
    channel: str
    title: str
    address: str | None


@get("/{municipality:str}/my-messages", opt=HOLDER, include_in_schema=False)
async def my_messages(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Everything that can be chosen, each with its own page."""
    name, actor = MunicipalityName(municipality), actor_of(request)
    reader = ResidentId(actor.id)
    available = await offered_here(request, name)
    async with connected(request, municipality) as connection:
        addresses = await own_addresses(
            connection, ring=await ring_of(request, municipality), actor=actor
        )
        preference = (await choices_of(connection, [reader]))[reader]
        people = await people_of(connection, reader)
        sent = await own_messages(connection, actor=actor)
    return page(
        request,
        "messages/my_messages.html",
        home=f"/{name}",
        people=people,
        addresses=[
            AddressShown(
                channel,
                said(ADDRESSES[channel]),
                left_to_right(hidden(channel, addresses[channel]))
                if channel in addresses
                else None,
            )
            for channel in CHANNELS
            if channel in available or channel in addresses
        ],
        reads=own_name(preference.language or DUTCH),
        large_print=preference.large_print,
        sent=[line(one) for one in sent[:SHOWN]],
        is_demo=await is_demo(request, name),
    )


async def people_of(connection: Connection, reader: ResidentId) -> list[PersonShown]:
    today = day_of(datetime.now(UTC))
    found: list[PersonShown] = []
    for one in await household_passes(connection, reader, today=today):
        choice = await read_choice(connection, one.resident_id, reader)
        found.append(
            PersonShown(
                id=one.resident_id,
                name=one.name,
                is_own=one.resident_id == reader,
                after_spending=said(AFTER_SPENDING[choice.after_spending]),
                before_lapse=said(BEFORE_LAPSE[choice.before_lapse]),
            )
        )
    return found


def line(one: SentMessage) -> list[str]:
    return [
        moment(one.made_at),
        said(REASONS[one.reason]),
        said(CHANNEL_WORDS[one.channel]),
        said(STATES[one.state]),
    ]


routes: list[ControllerRouterHandler] = [my_messages]
