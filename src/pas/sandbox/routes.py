"""The sandbox over HTTP: get a till of your own, and new test cards."""

from datetime import UTC, datetime
from typing import Annotated, Final

import msgspec
from litestar import get, post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.state import auth_state, connected
from pas.ids import MerchantId, MunicipalityName
from pas.installation.sandbox import refuse_outside_sandbox
from pas.merchants.pairing import address_of, grouped
from pas.passes.find import find_card
from pas.passes.phone_codes import make_code
from pas.problems.bodies import AppRequest
from pas.sandbox.begin import ACTOR
from pas.sandbox.cards import CARDS, UNKNOWN
from pas.sandbox.lay_out import lay_out
from pas.sandbox.open_shop import NewShop, open_shop

PUBLIC: Final = {"public": True}


class SandboxTill(msgspec.Struct, frozen=True, rename="camel"):
    """A merchant and a till of your own. Code and secret are shown once."""

    merchant_id: MerchantId
    pairing_code: str
    pairing_address: str
    valid_until: datetime
    webhook_secret: str | None


class SandboxCardTold(msgspec.Struct, frozen=True, rename="camel"):
    """A test card; ``code`` is what its QR code holds."""

    name: str
    number: str
    code: str
    situation: str
    tells: str


class SandboxNumber(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The number of a test card."""

    number: Annotated[str, msgspec.Meta(min_length=1, max_length=50)]


class SandboxPhoneCode(msgspec.Struct, frozen=True, rename="camel"):
    """``code`` is what the QR code on a telephone holds."""

    code: str
    expires_at: datetime


class SandboxCards(msgspec.Struct, frozen=True, rename="camel"):
    items: tuple[SandboxCardTold, ...]


@post("/v1/{municipality:str}/sandbox/tills", opt=PUBLIC)
async def open_sandbox_till(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[NewShop]
) -> SandboxTill:
    """Maak een testaanbieder met een testkassa, en als u wilt een webadres voor berichten.

    Alleen in een testomgeving. De code koppelt één apparaat, binnen een kwartier.
    """
    name, state = MunicipalityName(municipality), auth_state(request.app.state)
    async with connected(request, municipality) as connection:
        ring, now = await state.ring(name), datetime.now(UTC)
        shop = await open_shop(connection, data, ring=ring, now=now)
    return SandboxTill(
        merchant_id=shop.merchant,
        pairing_code=grouped(shop.invited.code),
        pairing_address=address_of(state.origin, name, shop.invited.code),
        valid_until=shop.invited.until,
        webhook_secret=shop.webhook_secret,
    )


@get("/v1/{municipality:str}/sandbox/cards", opt=PUBLIC)
async def list_sandbox_cards(municipality: FromPath[str], request: AppRequest) -> SandboxCards:
    """Lees welke testkaarten er zijn. Hun nummers veranderen nooit."""
    async with connected(request, municipality) as connection:
        await refuse_outside_sandbox(connection)
    return SandboxCards(items=told_cards(MunicipalityName(municipality)))


@post("/v1/{municipality:str}/sandbox/cards", opt=PUBLIC, status_code=200)
async def renew_sandbox_cards(municipality: FromPath[str], request: AppRequest) -> SandboxCards:
    """Zet het tegoed van alle testkaarten terug zoals het was. De nummers blijven.

    Wie hier nog meer test, krijgt ook nieuwe kaarten. Een verkoop van daarvoor kunt u nog ongedaan maken.
    """
    name = MunicipalityName(municipality)
    async with connected(request, municipality) as connection:
        ring = await auth_state(request.app.state).ring(name)
        await lay_out(connection, ring, actor=ACTOR, now=datetime.now(UTC))
    return SandboxCards(items=told_cards(name))


@post("/v1/{municipality:str}/sandbox/phone-codes", opt=PUBLIC, status_code=200)
async def show_sandbox_phone_code(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[SandboxNumber]
) -> SandboxPhoneCode:
    """Lees de code die een telefoon nu zou laten zien voor een testkaart.

    De code werkt anderhalve minuut, voor één verkoop.
    """
    name = MunicipalityName(municipality)
    async with connected(request, municipality) as connection:
        await refuse_outside_sandbox(connection)
        ring = await auth_state(request.app.state).ring(name)
        found = await find_card(connection, data.number, ring=ring, municipality=name)
    code, until = make_code(ring, found.id, now=datetime.now(UTC))
    return SandboxPhoneCode(code=code, expires_at=until)


def told_cards(municipality: MunicipalityName) -> tuple[SandboxCardTold, ...]:
    return tuple(
        SandboxCardTold(
            name=card.name,
            number=card.number(),
            code=card.token(municipality).text(),
            situation=card.situation,
            tells=card.tells,
        )
        for card in (*CARDS, UNKNOWN)
    )


routes: list[ControllerRouterHandler] = [
    open_sandbox_till,
    list_sandbox_cards,
    renew_sandbox_cards,
    show_sandbox_phone_code,
]
