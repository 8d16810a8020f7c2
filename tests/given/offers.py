"""What merchants offer, by the use cases."""

import msgspec

from given.logins import NOON
from given.merchants import of_merchant
from pas.auth.actor import Actor
from pas.db import Connection
from pas.ids import MerchantId, OfferId
from pas.merchants.offer_terms import OfferTerms
from pas.merchants.offers import make_offer


def some_terms(**parts: object) -> OfferTerms:
    defaults: dict[str, object] = {
        "title": "Dagkaart",
        "category": "sport",
        "priceCents": 1_250,
        "conditions": "Zwemdiploma A, of een volwassene erbij.",
        "validFrom": "2026-01-01",
    }
    return msgspec.convert({**defaults, **parts}, OfferTerms)


async def an_offer(
    connection: Connection, merchant: MerchantId, *, actor: Actor | None = None, **parts: object
) -> OfferId:
    return await make_offer(
        connection,
        merchant,
        some_terms(**parts),
        actor=actor or of_merchant(merchant),
        now=NOON,
    )
