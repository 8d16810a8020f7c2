"""What a merchant offers: versions that nobody rewrites, in an order, bounded, and of its own alone."""

from functools import partial
from typing import Final

import asyncpg
import pytest

from given.logins import NOON
from given.merchants import a_registered_merchant, errors_of, of_merchant
from given.offers import an_offer, some_terms
from pas.auth.actor import OtherMerchant
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.ids import MerchantId, OfferId
from pas.merchants import offers
from pas.merchants.offer_terms import Offer
from pas.merchants.offers import (
    OfferEnded,
    OfferMoved,
    OfferNotFound,
    TooManyOffers,
    change_offer,
    end_offer,
    list_offers,
    make_offer,
    move_offer,
)
from pas.merchants.values import MerchantDetailsWrong
from together import at_once

OUT_OF_ORDER: Final = """
    INSERT INTO offer_version SELECT offer_id, 9, title, category, price_cents, visits, conditions,
        valid_from, valid_until, is_ended, recorded_at, recorded_by
    FROM offer_version
"""


async def listed(connection: Connection, merchant: MerchantId) -> list[Offer]:
    return await list_offers(connection, merchant, actor=of_merchant(merchant))


async def changes(
    connection: Connection, merchant: MerchantId, offer: OfferId, *, seen: int, **parts: object
) -> None:
    await change_offer(
        connection,
        merchant,
        offer,
        terms=some_terms(**parts),
        seen=seen,
        actor=of_merchant(merchant),
        now=NOON,
    )


async def test_an_offer_is_made_changed_and_ended_and_every_version_stays(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    offer = await an_offer(connection, merchant)
    await changes(connection, merchant, offer, seen=1, priceCents=1_500)
    await end_offer(connection, merchant, offer, actor=of_merchant(merchant), now=NOON)
    [shown] = await listed(connection, merchant)
    prices = await connection.fetch("SELECT price_cents FROM offer_version ORDER BY number")
    kinds = await connection.fetch("SELECT kind FROM event WHERE kind ~ '^offer' ORDER BY id")
    assert (shown.price_cents, shown.is_ended, shown.number) == (1_500, True, 3)
    assert [row[0] for row in prices] == [1_250, 1_500, 1_500]
    assert [row[0] for row in kinds] == ["offer.made", "offer.changed", "offer.ended"]


async def test_the_same_again_changes_nothing_and_what_ended_stays_ended(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    offer = await an_offer(connection, merchant)
    await changes(connection, merchant, offer, seen=1)
    for _ in range(2):
        await end_offer(connection, merchant, offer, actor=of_merchant(merchant), now=NOON)
    assert await connection.fetchval("SELECT count(*) FROM offer_version") == 2
    with pytest.raises(OfferEnded):
        await changes(connection, merchant, offer, seen=2, title="Toch")
    with pytest.raises(OfferEnded):
        await move_offer(connection, merchant, offer, towards="up", actor=of_merchant(merchant))


@pytest.mark.parametrize(
    ("parts", "field"),
    [
        ({"title": " "}, "title"),
        ({"title": "Dag\u202ekaart"}, "title"),
        ({"category": "culture"}, "category"),
        ({"priceCents": None}, "price"),
        ({"priceCents": 0}, "price"),
        ({"priceCents": 10**12}, "price"),
        ({"visits": 1, "category": "swimming"}, "price"),
        ({"priceCents": None, "visits": 1}, "visits"),
        ({"priceCents": None, "visits": 0, "category": "swimming"}, "visits"),
        ({"validUntil": "2026-01-01"}, "until"),
        ({"validFrom": "2300-01-01"}, "from"),
    ],
)
async def test_what_cannot_be_offered_is_told_by_its_field(
    connection: Connection, parts: dict[str, object], field: str
) -> None:
    merchant = await a_registered_merchant(connection)
    terms, actor = some_terms(**parts), of_merchant(merchant)
    with pytest.raises(MerchantDetailsWrong) as refused:
        await make_offer(connection, merchant, terms, actor=actor, now=NOON)
    assert [one["field"] for one in errors_of(refused.value)] == [field]


async def test_visits_are_offered_where_a_price_of_a_visit_is_agreed(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    await an_offer(connection, merchant, category="swimming", priceCents=None, visits=10)
    [shown] = await listed(connection, merchant)
    assert (shown.visits, shown.price_cents) == (10, None)


async def test_offers_change_places_and_stay_at_the_end_of_the_row(
    connection: Connection,
) -> None:
    merchant = await a_registered_merchant(connection)
    first, second, third = [
        await an_offer(connection, merchant, title=title) for title in ("a", "b", "c")
    ]
    actor = of_merchant(merchant)
    await move_offer(connection, merchant, third, towards="up", actor=actor)
    await move_offer(connection, merchant, first, towards="up", actor=actor)
    await move_offer(connection, merchant, second, towards="down", actor=actor)
    assert [one.title for one in await listed(connection, merchant)] == ["a", "c", "b"]


async def test_nobody_of_another_merchant_sees_or_changes_it(connection: Connection) -> None:
    merchant = await a_registered_merchant(connection)
    other = await a_registered_merchant(connection, details={"name": "Ander"})
    offer = await an_offer(connection, merchant)
    with pytest.raises(OtherMerchant):
        await an_offer(connection, merchant, actor=of_merchant(other))
    with pytest.raises(OtherMerchant):
        await list_offers(connection, merchant, actor=of_merchant(other))
    with pytest.raises(OfferNotFound):
        await changes(connection, other, offer, seen=1, title="x")


async def test_there_are_so_many_and_no_more(
    connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(offers, "MOST_OFFERS", 1)
    merchant = await a_registered_merchant(connection)
    offer = await an_offer(connection, merchant)
    with pytest.raises(TooManyOffers):
        await an_offer(connection, merchant)
    await end_offer(connection, merchant, offer, actor=of_merchant(merchant), now=NOON)
    await an_offer(connection, merchant)


async def test_of_two_who_change_it_at_once_one_has_seen_what_there_is(
    connection: Connection, crowd: Database
) -> None:
    merchant = await a_registered_merchant(connection)
    offer = await an_offer(connection, merchant)
    acts = [
        partial(
            change_offer,
            merchant_id=merchant,
            offer_id=offer,
            terms=some_terms(priceCents=cents),
            seen=1,
            actor=of_merchant(merchant),
            now=NOON,
        )
        for cents in range(100, 108)
    ]
    answers = await at_once(crowd, *acts)
    assert sum(isinstance(one, OfferMoved) for one in answers if isinstance(one, Refusal)) == 7
    assert await connection.fetchval("SELECT count(*) FROM offer_version") == 2


@pytest.mark.parametrize(
    ("sql", "state"),
    [
        ("UPDATE offer_version SET title = 'x'", "PA100"),
        ("DELETE FROM offer_version", "PA100"),
        ("TRUNCATE offer_version", "PA100"),
        (OUT_OF_ORDER, "PA227"),
    ],
)
async def test_the_database_keeps_versions_in_order_and_as_they_were(
    connection: Connection, superuser: Connection, sql: str, state: str
) -> None:
    await an_offer(connection, await a_registered_merchant(connection))
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(sql)
    assert refused.value.sqlstate == state


async def test_the_database_lets_nothing_follow_on_an_end(
    connection: Connection, superuser: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    offer = await an_offer(connection, merchant)
    await end_offer(connection, merchant, offer, actor=of_merchant(merchant), now=NOON)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(
            "INSERT INTO offer_version SELECT offer_id, 3, title, category, price_cents, visits,"
            " conditions, valid_from, valid_until, false, recorded_at, recorded_by"
            " FROM offer_version WHERE number = 1"
        )
    assert refused.value.sqlstate == "PA227"
