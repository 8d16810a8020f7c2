"""What a merchant offers, in versions: made, changed, moved and ended by its own people.

An offer saves typing at the till and limits nothing; what may be taken is in the agreements. It is
ended, never deleted, because people bought it.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal

import asyncpg

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, OfferId, uuid7
from pas.merchants.agreements import READ_AGREEMENTS
from pas.merchants.offer_terms import Offer, OfferTerms, faults_of_terms, tidy_terms
from pas.merchants.stored import lock_merchant, lock_present_merchant, read_merchant
from pas.merchants.values import refuse_faults

MOST_OFFERS: Final = 30
SQLSTATE_MOVED: Final = "PA227"


class OfferNotFound(Refusal):
    """Dit aanbod is er niet bij deze aanbieder."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een aanbod uit de lijst."


class OfferEnded(Refusal):
    """Dit aanbod is al gestopt."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Maak een nieuw aanbod."


class OfferMoved(Refusal):
    """Iemand anders veranderde dit aanbod net."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open het aanbod opnieuw en kijk wat er nu staat."


class TooManyOffers(Refusal):
    """U heeft al heel veel aanbod."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stop eerst een aanbod dat u niet meer gebruikt."


READ_OFFERS: Final = Statement(
    """
    SELECT o.id, v.number, o.place, v.title, v.category, v.price_cents, v.visits, v.conditions,
        v.valid_from, v.valid_until, v.is_ended
    FROM offer o JOIN LATERAL (
        SELECT * FROM offer_version w WHERE w.offer_id = o.id ORDER BY w.number DESC LIMIT 1
    ) v ON true
    WHERE o.merchant_id = $1 ORDER BY v.is_ended, o.place, o.id
    """,
    Offer,
)
INSERT_OFFER: Final = Statement(
    "INSERT INTO offer (id, merchant_id, place) VALUES ($1, $2, $3)", None
)
INSERT_VERSION: Final = Statement(
    """
    INSERT INTO offer_version (offer_id, number, title, category, price_cents, visits, conditions,
        valid_from, valid_until, is_ended, recorded_at, recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
    """,
    None,
)
MOVE: Final = Statement("UPDATE offer SET place = $2 WHERE id = $1", None)


async def list_offers(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor
) -> list[Offer]:
    """In the order of the till, those that ended last."""
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_OFFERS.all(connection, merchant_id)


async def make_offer(
    connection: Connection,
    merchant_id: MerchantId,
    terms: OfferTerms,
    *,
    actor: Actor,
    now: datetime,
) -> OfferId:
    """Offer something more, behind what there is."""
    told = tidy_terms(terms)
    offer_id = OfferId(uuid7())
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        agreements = await READ_AGREEMENTS.all(connection, merchant_id)
        refuse_faults(faults_of_terms(told, agreements))
        offers = await READ_OFFERS.all(connection, merchant_id)
        if sum(not one.is_ended for one in offers) >= MOST_OFFERS:
            raise TooManyOffers
        place = max((one.place for one in offers), default=0) + 1
        await INSERT_OFFER.run(connection, offer_id, merchant_id, place)
        await _keep(connection, offer_id, told, number=1, is_ended=False, actor=actor, now=now)
        await _record(connection, "made", offer_id, actor=actor, before=None, after=told)
    return offer_id


async def change_offer(
    connection: Connection,
    merchant_id: MerchantId,
    offer_id: OfferId,
    *,
    terms: OfferTerms,
    seen: int,
    actor: Actor,
    now: datetime,
) -> None:
    """Let it say something else from now on; ``seen`` is the version that was changed."""
    told = tidy_terms(terms)
    async with connection.transaction():
        await lock_present_merchant(connection, merchant_id, actor=actor)
        stored = await find_offer(connection, merchant_id, offer_id)
        _refuse_ended(stored)
        if stored.terms == told:
            return
        if stored.number != seen:
            raise OfferMoved
        refuse_faults(faults_of_terms(told, await READ_AGREEMENTS.all(connection, merchant_id)))
        number = stored.number + 1
        await _keep(connection, offer_id, told, number=number, is_ended=False, actor=actor, now=now)
        await _record(connection, "changed", offer_id, actor=actor, before=stored.terms, after=told)


async def end_offer(
    connection: Connection,
    merchant_id: MerchantId,
    offer_id: OfferId,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Offer it no more; again, nothing changes."""
    async with connection.transaction():
        await lock_merchant(connection, merchant_id, actor=actor)
        stored = await find_offer(connection, merchant_id, offer_id)
        if stored.is_ended:
            return
        number = stored.number + 1
        await _keep(
            connection, offer_id, stored.terms, number=number, is_ended=True, actor=actor, now=now
        )
        await _record(connection, "ended", offer_id, actor=actor, before=stored.terms, after=None)


async def move_offer(
    connection: Connection,
    merchant_id: MerchantId,
    offer_id: OfferId,
    *,
    towards: Literal["up", "down"],
    actor: Actor,
) -> None:
    """Change places with the one before or behind it; at the end of the row nothing changes."""
    async with connection.transaction():
        await lock_merchant(connection, merchant_id, actor=actor)
        stored = await find_offer(connection, merchant_id, offer_id)
        _refuse_ended(stored)
        row = [one for one in await READ_OFFERS.all(connection, merchant_id) if not one.is_ended]
        at = [one.id for one in row].index(offer_id)
        to = at - 1 if towards == "up" else at + 1
        if not 0 <= to < len(row):
            return
        other = row[to]
        await MOVE.run(connection, stored.id, other.place)
        await MOVE.run(connection, other.id, stored.place)
        await _record(
            connection,
            "moved",
            offer_id,
            actor=actor,
            before={"place": stored.place},
            after={"place": other.place},
        )


async def find_offer(connection: Connection, merchant_id: MerchantId, offer_id: OfferId) -> Offer:
    for one in await READ_OFFERS.all(connection, merchant_id):
        if one.id == offer_id:
            return one
    raise OfferNotFound


def _refuse_ended(stored: Offer) -> None:
    if stored.is_ended:
        raise OfferEnded


async def _keep(
    connection: Connection,
    offer_id: OfferId,
    terms: OfferTerms,
    *,
    number: int,
    is_ended: bool,
    actor: Actor,
    now: datetime,
) -> None:
    try:
        async with connection.transaction():
            await INSERT_VERSION.run(
                connection,
                *(offer_id, number, terms.title, terms.category, terms.price_cents),
                *(terms.visits, terms.conditions, terms.valid_from, terms.valid_until),
                *(is_ended, now, actor.id),
            )
    except asyncpg.PostgresError as error:
        if error.sqlstate == SQLSTATE_MOVED:
            raise OfferMoved from None
        raise


async def _record(
    connection: Connection,
    happened: str,
    offer_id: OfferId,
    *,
    actor: Actor,
    before: OfferTerms | dict[str, int] | None,
    after: OfferTerms | dict[str, int] | None,
) -> None:
    await record_event(
        connection,
        kind=f"offer.{happened}",
        subject_kind="offer",
        subject_id=offer_id,
        actor=actor,
        before=before,
        after=after,
    )
