"""Endpoints: look up, show, activate and block cards."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.auth.state import auth_state, connected
from pas.ids import CardId, MunicipalityName, ResidentId
from pas.passes.activate import activate_at_counter, activate_card
from pas.passes.block import block_card, unblock_card
from pas.passes.card_keys import CardCodes
from pas.passes.cards import Card, list_cards, read_card
from pas.passes.codes import grouped
from pas.passes.find import FoundCard, find_card
from pas.passes.prove_code import Shown
from pas.passes.qr import card_png, card_svg
from pas.passes.show_card import read_codes
from pas.problems.bodies import AppRequest

CARD: Final = "/v1/{municipality:str}/cards/{card_id:uuid}"
READ: Final = {"permission": Permission.CARDS_READ, "holder": True, "mandate": True}
LOOK_UP: Final = {"permission": Permission.CARDS_READ}
SHOW: Final = {"permission": Permission.CARDS_ISSUE, "holder": True, "mandate": True}
BLOCK: Final = {"permission": Permission.CARDS_BLOCK, "holder": True, "mandate": True}
ACTIVATE: Final = {"permission": Permission.CARDS_ACTIVATE}
PUBLIC: Final = {"public": True}

Scanned = Annotated[str, Meta(min_length=1, max_length=300)]
Reason = Annotated[str, Meta(min_length=1, max_length=300)]


class Cards(msgspec.Struct, frozen=True):
    """The newest first."""

    items: list[Card]


class Lookup(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What was scanned or typed."""

    scanned: Scanned


class Activation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The card, as scanned or typed, and the code from the other letter."""

    scanned: Scanned
    code: Annotated[str, Meta(min_length=1, max_length=50)]


class CounterActivation(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How it was established who the holder is."""

    reason: Reason


class Block(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Whether a card is blocked, and why."""

    blocked: bool
    reason: Reason


class CardNumberAnswer(msgspec.Struct, frozen=True):
    """The number under the QR code."""

    number: str


@post("/v1/{municipality:str}/card-lookups", opt=LOOK_UP, status_code=200)
async def look_up_card(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[Lookup]
) -> FoundCard:
    """Zoek een kaart op de code of het nummer dat erop staat."""
    name = MunicipalityName(municipality)
    ring = await auth_state(request.app.state).ring(name)
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection, connection.transaction():
        found = await find_card(connection, data.scanned, ring=ring, municipality=name)
        await note_processing(
            connection, [found.resident_id], "card.looked_up", actor=actor, now=now
        )
    return found


@get("/v1/{municipality:str}/residents/{resident_id:uuid}/cards", opt=READ)
async def list_cards_of_resident(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Cards:
    """Lees de kaarten van een inwoner."""
    async with connected(request, municipality) as connection:
        return Cards(
            await list_cards(
                connection,
                ResidentId(resident_id),
                actor=actor_of(request),
                now=datetime.now(UTC),
            )
        )


@get(CARD, opt=READ)
async def read_one_card(
    municipality: FromPath[str], card_id: FromPath[UUID], request: AppRequest
) -> Card:
    """Lees hoe het met een kaart staat."""
    async with connected(request, municipality) as connection:
        return await read_card(
            connection, CardId(card_id), actor=actor_of(request), now=datetime.now(UTC)
        )


@get(f"{CARD}/qr.svg", opt=SHOW)
async def read_card_svg(
    municipality: FromPath[str], card_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Lees de QR-code van een kaart als tekening (SVG), 26 mm breed."""
    codes = await codes_of(request, municipality, card_id)
    return Response(card_svg(codes.token), media_type="image/svg+xml")


@get(f"{CARD}/qr.png", opt=SHOW)
async def read_card_png(
    municipality: FromPath[str], card_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Lees de QR-code van een kaart als plaatje (PNG)."""
    codes = await codes_of(request, municipality, card_id)
    return Response(card_png(codes.token), media_type="image/png")


@get(f"{CARD}/number", opt=SHOW)
async def read_card_number(
    municipality: FromPath[str], card_id: FromPath[UUID], request: AppRequest
) -> CardNumberAnswer:
    """Lees het nummer van een kaart, om over te typen."""
    codes = await codes_of(request, municipality, card_id)
    return CardNumberAnswer(grouped(codes.number))


@post("/v1/{municipality:str}/activations", opt=PUBLIC, status_code=204)
async def activate_own_card(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[Activation]
) -> None:
    """Zet een kaart aan met de code uit de brief.

    Het antwoord zegt niets over de kaart. Na vijf verkeerde codes moet het een uur wachten, en dan langer.
    """
    name = MunicipalityName(municipality)
    ring = await auth_state(request.app.state).ring(name)
    async with connected(request, municipality) as connection:
        await activate_card(
            connection,
            Shown(scanned=data.scanned, code=data.code),
            ring=ring,
            municipality=name,
            now=datetime.now(UTC),
        )


@put(f"{CARD}/activation", opt=ACTIVATE)
async def activate_card_at_counter(
    municipality: FromPath[str],
    card_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[CounterActivation],
) -> Card:
    """Zet een kaart aan voor iemand die zich aan de balie bekend maakt."""
    async with connected(request, municipality) as connection:
        return await activate_at_counter(
            connection,
            CardId(card_id),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{CARD}/block", opt=BLOCK)
async def set_block_of_card(
    municipality: FromPath[str],
    card_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[Block],
) -> Card:
    """Blokkeer een kaart, of hef dat op.

    Een pashouder heft een eigen blokkade op, de gemeente elke.
    """
    actor, now = actor_of(request), datetime.now(UTC)
    act = block_card if data.blocked else unblock_card
    async with connected(request, municipality) as connection:
        return await act(connection, CardId(card_id), reason=data.reason, actor=actor, now=now)


async def codes_of(request: AppRequest, municipality: str, card_id: UUID) -> CardCodes:
    ring = await auth_state(request.app.state).ring(MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        return await read_codes(
            connection,
            CardId(card_id),
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [
    look_up_card,
    list_cards_of_resident,
    read_one_card,
    read_card_svg,
    read_card_png,
    read_card_number,
    activate_own_card,
    activate_card_at_counter,
    set_block_of_card,
]
