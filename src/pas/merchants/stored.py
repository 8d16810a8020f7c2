"""Reads one merchant, to look at it or to change it with nobody else changing it meanwhile.

Somebody of another merchant is refused before anything is read, so that the answer does not tell
whether that merchant exists.
"""

from collections.abc import Iterable
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId
from pas.merchants.model import Merchant
from pas.merchants.rules import MerchantHasEnded


class MerchantNotFound(Refusal):
    """Deze aanbieder is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Zoek de aanbieder in de lijst. Of schrijf de aanbieder in."


class CategoryNotKnown(Refusal):
    """Dit bestedingsdoel kennen wij niet."""

    next_step: ClassVar[str] = "Kies een bestedingsdoel uit de lijst. Of voeg het eerst toe."


class CategoryRow(msgspec.Struct, frozen=True):
    code: str


READ_MERCHANT: Final = Statement(
    """
    SELECT id, name, kvk_number, contact_email, contact_phone, state, state_since, kind
    FROM merchant WHERE id = $1
    """,
    Merchant,
)
LOCK_MERCHANT: Final = Statement(
    """
    SELECT id, name, kvk_number, contact_email, contact_phone, state, state_since, kind
    FROM merchant WHERE id = $1 FOR NO KEY UPDATE
    """,
    Merchant,
)
READ_CATEGORIES: Final = Statement("SELECT code FROM category ORDER BY code", CategoryRow)


async def read_merchant(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> Merchant:
    actor.require_merchant(merchant_id)
    found = await READ_MERCHANT.first(connection, merchant_id)
    if found is None:
        raise MerchantNotFound
    return found


async def lock_merchant(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> Merchant:
    """Until the end of the transaction nobody else changes this merchant or what belongs to it."""
    actor.require_merchant(merchant_id)
    found = await LOCK_MERCHANT.first(connection, merchant_id)
    if found is None:
        raise MerchantNotFound
    return found


async def lock_present_merchant(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> Merchant:
    """As ``lock_merchant``, for what makes no sense any more once a merchant has ended."""
    found = await lock_merchant(connection, merchant_id, actor=actor)
    if found.state == "ended":
        raise MerchantHasEnded
    return found


async def refuse_unknown_categories(connection: Connection, codes: Iterable[str]) -> None:
    known = [row.code for row in await READ_CATEGORIES.all(connection)]
    unknown = sorted(set(codes) - set(known))
    if unknown:
        raise CategoryNotKnown(f"Deze doelen kennen wij niet: {', '.join(unknown)}.", known=known)
