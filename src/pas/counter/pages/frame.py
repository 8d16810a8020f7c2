"""What the pages of the counter share: for whom, by whom, and whose page it is."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.counter.who import Helped, helping, read_helped
from pas.ids import CardId, ResidentId
from pas.passes.cards import Card, CardNotFound, read_card
from pas.problems.bodies import AppRequest

HELP: Final = {"permission": Permission.HOLDERS_HELP}
COUNTER: Final = "/{municipality:str}/counter"
PERSON: Final = f"{COUNTER}/{{resident_id:uuid}}"


class Desk(msgspec.Struct, frozen=True):
    """Somebody helps somebody, now."""

    who: Helped
    actor: Actor
    now: datetime


async def desk_of(request: AppRequest, municipality: str, resident_id: UUID) -> Desk:
    """Read for whom it is; the look is noted."""
    actor, now = actor_of(request), datetime.now(UTC)
    resident = ResidentId(resident_id)
    async with connected(request, municipality) as connection:
        who = await read_helped(connection, resident, actor=actor, now=now)
    return Desk(who, helping(actor, resident), now)


async def card_of(request: AppRequest, municipality: str, card_id: UUID, *, desk: Desk) -> Card:
    """Give a card of whom is helped, and of nobody else."""
    async with connected(request, municipality) as connection:
        card = await read_card(connection, CardId(card_id), actor=desk.actor, now=desk.now)
    if card.resident_id != desk.who.id:
        raise CardNotFound
    return card


def frame(municipality: str, desk: Desk) -> dict[str, object]:
    home = f"/{municipality}"
    return {"home": home, "who": desk.who, "here": f"{home}/counter/{desk.who.id}"}
