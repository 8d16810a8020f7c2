"""What a holder shows at a till: the signed code of now, and the code of the card for when there is no network.

On a holder's own telephone both are of the card of that telephone, so that removing it ends both. On
any other device they are of the card in the purse.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeysMissing
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import CardId, ResidentId
from pas.passes.cards import Card, read_cards
from pas.passes.codes import grouped
from pas.passes.make_cards import Press
from pas.passes.phone_codes import LIVES, make_code
from pas.passes.qr import card_svg
from pas.passes.show_card import read_codes
from pas.passes.telephones import card_on_telephone
from pas.qr import draw_svg
from pas.web.languages import say

LASTING: Final = ("plastic", "paper", "temporary")


class SignedCode(msgspec.Struct, frozen=True):
    """The code of now, drawn; ``seconds`` is how long it works from when it was asked for."""

    svg: str
    expires_at: datetime
    seconds: int


class FixedCode(msgspec.Struct, frozen=True):
    """The code of a card, drawn, and its number for typing."""

    svg: str
    digits: str


class Shower(msgspec.Struct, frozen=True, kw_only=True):
    """Who looks, on which device, and with what codes are made."""

    actor: Actor
    session_hash: bytes | None
    press: Press
    now: datetime


async def card_to_show(
    connection: Connection, resident: ResidentId, cards: Sequence[Card], *, by: Shower
) -> CardId | None:
    """Of the telephone on which it is shown, else the card that works; None where none does.

    A mandate to see shows no code: who has it can pay.
    """
    if by.actor.only_sees:
        return None
    if by.session_hash is not None:
        on_phone = await card_on_telephone(
            connection,
            resident,
            session_hash=by.session_hash,
            press=by.press,
            actor=by.actor,
            now=by.now,
        )
        if on_phone is not None:
            return on_phone
    in_use = (card for card in cards if card.form in LASTING and works(card, by.now))
    return next((card.id for card in in_use), None)


async def signed_code(
    connection: Connection, resident: ResidentId, *, by: Shower
) -> SignedCode | None:
    """Make the code of now; None where no card works."""
    card = await card_to_show(connection, resident, await read_cards(connection, resident), by=by)
    return None if card is None else drawn_code(card, by=by)


def drawn_code(card: CardId, *, by: Shower) -> SignedCode | None:
    """None in a municipality that has no key for it yet: then the card is shown."""
    try:
        text, until = make_code(by.press.ring, card, now=by.now)
    except KeysMissing:
        return None
    title = say("QR-code van de pas")
    return SignedCode(
        svg=draw_svg(text, title=title), expires_at=until, seconds=int(LIVES.total_seconds())
    )


async def fixed_code(connection: Connection, card: CardId, *, by: Shower) -> FixedCode | None:
    """Draw the code of a card; one whose codes are not kept is not drawn."""
    try:
        codes = await read_codes(connection, card, ring=by.press.ring, actor=by.actor, now=by.now)
    except Refusal:
        return None
    title = say("QR-code van de pas")
    return FixedCode(svg=card_svg(codes.token, title=title), digits=grouped(codes.number))


def works(card: Card, now: datetime) -> bool:
    return card.state == "active" and (card.expires_at is None or card.expires_at > now)
