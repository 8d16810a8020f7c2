"""Finds a card by what was scanned or typed, also when its number was hashed under an older key,
or is that on a card of an earlier supplier.

Every try of an unknown card from a till is counted by the redemptions; here officers and holders
look cards up, by the same words.
"""

from typing import Final

import msgspec

from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.ids import CardId, MunicipalityName, ResidentId
from pas.passes.card_keys import hashes_of_scan
from pas.passes.cards import CardForm, CardState
from pas.passes.codes import CardForeign, CardNumberMistyped, CardUnknown, CardUnreadable
from pas.passes.earlier_numbers import earlier_hashes


class FoundCard(msgspec.Struct, frozen=True, rename="camel"):
    """Whose card it is, and how it stands."""

    id: CardId
    resident_id: ResidentId
    form: CardForm
    state: CardState


FIND_CARD: Final = Statement(
    """
    SELECT id, resident_id, form, state FROM card
    WHERE id = coalesce(
        (SELECT t.id FROM card t WHERE t.token_hash = $1),
        (SELECT n.id FROM card n WHERE n.number_hash = ANY ($2::bytea[])
            ORDER BY array_position($2::bytea[], n.number_hash) LIMIT 1))
    """,
    FoundCard,
)


async def find_card(
    connection: Connection, text: str, *, ring: KeyRing, municipality: MunicipalityName
) -> FoundCard:
    """Find a card, or refuse what cannot be read, is not ours, or is not known."""
    try:
        scanned = hashes_of_scan(text, ring, municipality)
    except (CardUnreadable, CardNumberMistyped):
        found = await FIND_CARD.first(connection, None, earlier_hashes(ring, text))
        if found is None:
            raise
        return found
    hashes = scanned.number_hashes
    if hashes:
        hashes = [*hashes, *earlier_hashes(ring, text)]
    found = await FIND_CARD.first(connection, scanned.token_hash, hashes)
    if found is None:
        raise CardForeign if scanned.is_foreign else CardUnknown
    return found
