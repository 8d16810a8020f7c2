"""A card at the counter: activate it, block it, take the block off, or replace it."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import auth_state, connected
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import CardId, MunicipalityName
from pas.passes.activate import activate_at_counter
from pas.passes.block import block_card, unblock_card
from pas.passes.cards import Card, CardForm, CardState, LastingForm, read_card
from pas.passes.make_cards import Press
from pas.passes.print_cards import keep_for_post
from pas.passes.replace import Replacement, replace_card
from pas.passes.sign_in_tries import refused_tries, waits_until
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

Act = Literal["activate", "block", "unblock", "replace"]

READ: Final = {"permission": Permission.CARDS_READ}
CHANGE: Final = {
    "permission": (
        Permission.CARDS_ACTIVATE,
        Permission.CARDS_BLOCK,
        Permission.CARDS_REPLACE,
    )
}
CARD: Final = "/{municipality:str}/cards/{card_id:uuid}"
NEEDS: Final[dict[Act, Permission]] = {
    "activate": Permission.CARDS_ACTIVATE,
    "block": Permission.CARDS_BLOCK,
    "unblock": Permission.CARDS_BLOCK,
    "replace": Permission.CARDS_REPLACE,
}
FITS: Final[dict[CardState, tuple[Act, ...]]] = {
    "inactive": ("activate", "block", "replace"),
    "active": ("activate", "block", "replace"),
    "blocked": ("unblock", "replace"),
    "replaced": (),
    "ended": (),
}
WORDS: Final[dict[Act, str]] = {
    "activate": "Zet de kaart aan",
    "block": "Blokkeer de kaart",
    "unblock": "Haal de blokkade eraf",
    "replace": "Vervang de kaart",
}
CARD_FORMS: Final[dict[CardForm, str]] = {
    "paper": "Papier",
    "plastic": "Plastic kaart",
    "phone": "Telefoon",
    "temporary": "Tijdelijk, op papier",
    "voucher": "Bon van het wijkteam",
}
CARD_STATES: Final[dict[CardState, str]] = {
    "inactive": "nog niet in gebruik",
    "active": "in gebruik",
    "blocked": "geblokkeerd",
    "replaced": "vervangen",
    "ended": "gestopt",
}


@get(CARD, opt=READ, include_in_schema=False)
async def card_page(
    municipality: FromPath[str], card_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How does this card stand, and what can I do with it?"""
    card, now = await found(request, municipality, card_id), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        refused = await refused_tries(connection, [card.id], now=now)
        waiting = await waits_until(connection, card.id, now=now)
    context = context_of(municipality, card, actor_of(request))
    return page(request, "passes/card.html", refused=refused, waits_until=waiting, **context)


@get(f"{CARD}/{{act:str}}", opt=CHANGE, include_in_schema=False)
async def act_page(
    municipality: FromPath[str],
    card_id: FromPath[UUID],
    request: AppRequest,
    *,
    act: FromPath[str],
) -> Response[str]:
    """Why? One act per page."""
    card = await found(request, municipality, card_id)
    chosen = fitting(card, act, actor_of(request))
    return page(
        request, "passes/card_act.html", form=Form(), **act_context(municipality, card, chosen)
    )


@post(f"{CARD}/{{act:str}}", opt=CHANGE, include_in_schema=False, status_code=200)
async def do_act(
    municipality: FromPath[str],
    card_id: FromPath[UUID],
    request: AppRequest,
    *,
    act: FromPath[str],
) -> Response[str] | Redirect:
    """Do it, with a reason that stays in the events of the card."""
    form, card = await read_form(request), await found(request, municipality, card_id)
    actor = msgspec.structs.replace(actor_of(request), on_behalf_of=card.resident_id)
    chosen = fitting(card, act, actor)
    reason = form.text("reason", "Schrijf op waarom.", most=300)
    if form.ok and reason is not None:
        press = Press(await auth_state(request.app.state).ring(MunicipalityName(municipality)))
        try:
            async with connected(request, municipality) as connection:
                after = await change(
                    connection, card, chosen, reason=reason, actor=actor, press=press
                )
            return done(f"/{municipality}/cards/{after}")
        except Refusal as refusal:
            form.refuse("reason", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(
        request, "passes/card_act.html", form, **act_context(municipality, card, chosen)
    )


async def change(
    connection: Connection, card: Card, act: Act, *, reason: str, actor: Actor, press: Press
) -> CardId:
    """Call the act; gives the card to look at, which is a new one after replacing."""
    now = datetime.now(UTC)
    match act:
        case "activate":
            await activate_at_counter(connection, card.id, reason=reason, actor=actor, now=now)
        case "block":
            await block_card(connection, card.id, reason=reason, actor=actor, now=now)
        case "unblock":
            await unblock_card(connection, card.id, reason=reason, actor=actor, now=now)
        case "replace":
            form: LastingForm = "plastic" if card.form == "plastic" else "paper"
            replacement = Replacement(form=form, reason=reason)
            async with connection.transaction():
                made = await replace_card(
                    connection, card.id, replacement, press=press, actor=actor, now=now
                )
                await keep_for_post(connection, made, ring=press.ring)
            return made.card_id
    return card.id


async def found(request: AppRequest, municipality: str, card_id: UUID) -> Card:
    async with connected(request, municipality) as connection:
        return await read_card(
            connection, CardId(card_id), actor=actor_of(request), now=datetime.now(UTC)
        )


def fitting(card: Card, act: str, actor: Actor) -> Act:
    """The act by its word in the address, when this card and this person can have it."""
    by_word: dict[str, Act] = {one: one for one in acts_of(card)}
    chosen = by_word.get(act)
    if chosen is None:
        raise NotFound
    actor.require(NEEDS[chosen])
    return chosen


def acts_of(card: Card) -> list[Act]:
    """A temporary card is not replaced: a new one is printed; who is confirmed is not activated again."""
    lasts = card.form in {"paper", "plastic"}
    waits = card.state == "inactive" or card.unconfirmed_cents is not None
    fits = {"replace": lasts, "activate": waits}
    return [act for act in FITS[card.state] if fits.get(act, True)]


def context_of(municipality: str, card: Card, actor: Actor) -> dict[str, object]:
    return {
        "home": f"/{municipality}",
        "card": card,
        "kind": CARD_FORMS[card.form],
        "state": CARD_STATES[card.state],
        "since": day(day_of(card.state_since)),
        "acts": [(WORDS[act], act) for act in acts_of(card) if actor.may(NEEDS[act])],
    }


def act_context(municipality: str, card: Card, act: Act) -> dict[str, object]:
    return {"home": f"/{municipality}", "card": card, "act": act, "words": WORDS[act]}


routes: list[ControllerRouterHandler] = [card_page, act_page, do_act]
