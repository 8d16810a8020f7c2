"""Endpoints: give out cards, replace them, and renew activation codes. Codes are answered once.

So each is for who may see codes: with those one pays, and signs in as the holder.
"""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import post
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.ids import CardId, MunicipalityName, ResidentId
from pas.passes.activate import renew_activation_code
from pas.passes.cards import LastingForm
from pas.passes.codes import grouped, printed
from pas.passes.issue import issue_cards
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.print_cards import keep_for_post
from pas.passes.replace import (
    MOST_TEMPORARY_DAYS,
    TEMPORARY_DAYS,
    Replacement,
    issue_temporary_card,
    replace_card,
)
from pas.passes.routes.cards import CARD, Reason
from pas.problems.bodies import AppRequest

ISSUE: Final = {"permission": Permission.CARDS_ISSUE}


class NewCards(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Who gets a card, of which form."""

    resident_ids: Annotated[tuple[ResidentId, ...], Meta(min_length=1, max_length=1000)]
    form: LastingForm


class TemporaryCard(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """How many days a card of paper works."""

    days: Annotated[int, Meta(ge=1, le=MOST_TEMPORARY_DAYS)] = TEMPORARY_DAYS


class ReplacementBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """The new card: by post it waits for its code, handed over it works at once."""

    form: LastingForm
    reason: Reason
    handed_over: bool = False
    by_post: bool = False
    """It also goes with the files of the next print run."""


class PrintedCard(msgspec.Struct, frozen=True, rename="camel"):
    """What to print: code and number on the card, the activation code in another letter."""

    card_id: CardId
    resident_id: ResidentId
    code: str
    number: str
    activation_code: str | None


class PrintedCards(msgspec.Struct, frozen=True):
    """The cards that were made; who had a card already gets none."""

    items: list[PrintedCard]


class ActivationCodeAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """For a letter; the code before it is worth nothing."""

    activation_code: str


@post("/v1/{municipality:str}/cards", opt=ISSUE)
async def issue_new_cards(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[NewCards]
) -> PrintedCards:
    """Geef kaarten aan inwoners die er geen hebben.

    De codes staan één keer in het antwoord, om te drukken. De kaart werkt na het aanzetten.
    """
    press = await press_of(request, municipality)
    async with connected(request, municipality) as connection:
        cards = await issue_cards(
            connection,
            data.resident_ids,
            form=data.form,
            press=press,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return PrintedCards([told(card) for card in cards])


@post("/v1/{municipality:str}/residents/{resident_id:uuid}/temporary-cards", opt=ISSUE)
async def issue_new_temporary_card(
    municipality: FromPath[str],
    resident_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[TemporaryCard],
) -> PrintedCard:
    """Print een tijdelijke kaart die meteen werkt."""
    press = await press_of(request, municipality)
    async with connected(request, municipality) as connection:
        card = await issue_temporary_card(
            connection,
            ResidentId(resident_id),
            days=data.days,
            press=press,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return told(card)


@post(f"{CARD}/replacements", opt=ISSUE)
async def replace_one_card(
    municipality: FromPath[str],
    card_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[ReplacementBody],
) -> PrintedCard:
    """Vervang een kaart. De oude werkt meteen niet meer. Pas en tegoed blijven."""
    press = await press_of(request, municipality)
    replacement = Replacement(form=data.form, handed_over=data.handed_over, reason=data.reason)
    async with connected(request, municipality) as connection, connection.transaction():
        card = await replace_card(
            connection,
            CardId(card_id),
            replacement,
            press=press,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
        if data.by_post:
            await keep_for_post(connection, card, ring=press.ring)
    return told(card)


@post(f"{CARD}/activation-codes", opt=ISSUE)
async def renew_code_of_card(
    municipality: FromPath[str], card_id: FromPath[UUID], request: AppRequest
) -> ActivationCodeAnswer:
    """Maak een nieuwe code voor een brief, met vijf nieuwe pogingen."""
    press = await press_of(request, municipality)
    async with connected(request, municipality) as connection:
        code = await renew_activation_code(
            connection,
            CardId(card_id),
            ring=press.ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return ActivationCodeAnswer(printed(code))


async def press_of(request: AppRequest, municipality: str) -> Press:
    return Press(await auth_state(request.app.state).ring(MunicipalityName(municipality)))


def told(card: IssuedCard) -> PrintedCard:
    return PrintedCard(
        card_id=card.card_id,
        resident_id=card.resident_id,
        code=card.codes.token.text(),
        number=grouped(card.codes.number),
        activation_code=None if card.activation_code is None else printed(card.activation_code),
    )


handlers: list[ControllerRouterHandler] = [
    issue_new_cards,
    issue_new_temporary_card,
    replace_one_card,
    renew_code_of_card,
]
