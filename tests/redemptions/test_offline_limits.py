"""What breaks the signed limits, or is not what the till signed, is the merchant's; with the reason."""

from datetime import UTC, datetime, timedelta
from uuid import UUID, uuid4

import msgspec
import pytest

from given.city import Budget, a_holder, a_merchant, a_scheme
from given.days import NOW, YEAR
from given.logins import NOON
from given.offline import Item, an_offline_till
from offline_desk import LATER, Desk, outcome
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7
from pas.passes.codes import new_card_number, new_token
from pas.redemptions.refusals import Busy

MERCHANT_S = ("declined", "merchant", 0, 0)
BY_BUDGET = ("booked", "budget")


async def test_a_sale_above_the_limit_of_one_sale_is_the_merchant_s(
    desk: Desk, purse: Budget
) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    above, just = desk.till.sell(permit, scanned, 5001), desk.till.sell(permit, scanned, 5000)
    assert await desk.sold(above) == (*MERCHANT_S, "offline-sale-too-large")
    assert (await desk.sold(just))[:2] == ("booked", "both")


async def test_the_limit_of_a_pass_and_day_counts_all_its_cards_and_all_tills_of_the_merchant(
    desk: Desk, purse: Budget
) -> None:
    phone = await another_card(desk.connection, purse)
    permit = await desk.allowed()
    assert (await desk.sold(desk.till.sell(permit, purse.holder.token.text(), 4000)))[0] == "booked"
    second = msgspec.structs.replace(
        desk, till=await an_offline_till(desk.connection, desk.merchant)
    )
    theirs = await second.allowed()
    assert await second.sold(second.till.sell(theirs, phone, 3501)) == (
        *MERCHANT_S,
        "offline-pass-day-reached",
    )
    assert (await second.sold(second.till.sell(theirs, phone, 3500)))[0] == "booked"
    tomorrow = second.till.sell(theirs, phone, 100, at=NOON + timedelta(hours=12))
    assert (await second.sold(tomorrow, now=NOON + timedelta(days=1)))[0] == "booked"


async def test_another_merchant_is_not_blamed_for_what_a_pass_spent_elsewhere(
    desk: Desk, purse: Budget
) -> None:
    scanned = purse.holder.token.text()
    assert (await desk.sold(desk.till.sell(await desk.allowed(), scanned, 5000)))[0] == "booked"
    other = await another_merchant(desk)
    assert (await other.sold(other.till.sell(await other.allowed(), scanned, 5000)))[0] == "booked"


async def bears(desk: Desk, cents: int) -> None:
    """Set how much the municipality bears of one merchant in a day."""
    await change_municipality_settings(desk.connection, {"offlineRiskCents": cents}, actor=SYSTEM)


async def test_the_municipality_bears_so_much_of_one_merchant_in_a_day(
    desk: Desk, purse: Budget
) -> None:
    """All its tills together; what a pass can pay is paid, and another merchant has its own."""
    await bears(desk, 1_000)
    till = await an_offline_till(desk.connection, desk.merchant)
    beside, other = msgspec.structs.replace(desk, till=till), await another_merchant(desk)

    async def one(where: Desk, cents: int, scanned: str | None = None) -> tuple[object, ...]:
        scanned = scanned or (await a_holder(desk.connection)).token.text()
        return await where.sold(where.till.sell(await where.allowed(), scanned, cents))

    assert (await one(desk, 600))[0] == "booked"
    assert await one(beside, 401) == (*MERCHANT_S, "offline-risk-reached")
    assert (await one(beside, 400))[0] == "booked"
    assert await one(desk, 1) == (*MERCHANT_S, "offline-risk-reached")
    assert (await one(other, 600))[0] == "booked"
    assert (await one(desk, 500, purse.holder.token.text()))[:2] == BY_BUDGET
    assert (await desk.proof()).closes


@pytest.mark.parametrize(
    ("days", "became"), [(31, "booked"), (32, "declined")], ids=["in time", "too late"]
)
async def test_a_queue_comes_in_within_thirty_days_of_the_end_of_its_permit(
    desk: Desk, purse: Budget, days: int, became: str
) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 100)
    outcome, _, _, _, reason = await desk.sold(sale, now=NOON + timedelta(days=days))
    assert (outcome, reason) == (became, None if became == "booked" else "offline-too-late")


async def test_a_permit_is_for_so_much_in_all(desk: Desk) -> None:
    await bears(desk, 1_000_000)
    permit = await desk.allowed()
    holders = [await a_holder(desk.connection) for _ in range(11)]
    await a_scheme(desk.connection)
    for holder in holders:
        desk.till.sell(permit, holder.token.text(), 5000)
    told = [outcome(one) for one in await desk.hand_in()]
    assert [one[0] for one in told] == ["booked"] * 10 + ["declined"]
    assert told[10] == (*MERCHANT_S, "offline-total-reached")
    assert (await desk.proof()).closes


async def test_a_permit_of_another_till_or_of_nobody_is_none(desk: Desk, purse: Budget) -> None:
    other = await another_merchant(desk)
    for permit in (await other.allowed(), uuid4()):
        sale = desk.till.sell(permit, purse.holder.token.text(), 100)
        assert await desk.sold(sale) == (*MERCHANT_S, "offline-permit-unknown")


async def test_somebody_edited_one_sale_and_its_neighbours_stand(desk: Desk, purse: Budget) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    for cents in (100, 200, 300):
        desk.till.sell(permit, scanned, cents)
    first, second, third = desk.till.queue
    edited = {**second, "priceCents": 900}
    told = [outcome(one) for one in await desk.hand_in(first, edited, third)]
    assert told[1] == (*MERCHANT_S, "offline-signature-wrong")
    assert [told[0][:2], told[2][:2]] == [BY_BUDGET, BY_BUDGET]
    assert await desk.left(purse.account) == 600
    assert [mark[0] for mark in await desk.marks()] == ["whole", "whole", "fork"]


EDITS: dict[str, Item] = {
    "a field too many": {"extra": 1},
    "a price in words": {"priceCents": "4,00"},
    "a moment that is none": {"occurredAt": "2026-13-45T12:00:00.000Z"},
    "a holder below nobody": {"holder": -1},
    "an empty code": {"scanned": ""},
    "a signature of nothing": {"signature": "!"},
    "another's signature": {"signature": "AAAA" * 21 + "AA=="},
    "a hash that is none": {"previous": "xyz"},
    "a signature in other letters": {"signature": "é" * 88},
    "a permit and a line end": {"permitId": f"{uuid7()}\n"},
    "a sale and a line end": {"saleId": f"{uuid7()}\n"},
    "an older id and a line end": {"replaces": f"{uuid7()}\n"},
}


@pytest.mark.parametrize("edit", EDITS)
async def test_whatever_somebody_makes_of_one_sale_the_rest_is_judged(
    desk: Desk, purse: Budget, edit: str
) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    first, second = desk.till.sell(permit, scanned, 100), desk.till.sell(permit, scanned, 200)
    told = [outcome(one) for one in await desk.hand_in({**first, **EDITS[edit]}, second)]
    assert told[0][:4] == MERCHANT_S
    assert told[1] == (*BY_BUDGET, 200, 0, None)
    assert await desk.hand_in({**first, **EDITS[edit]}, second) == await desk.hand_in(
        {**first, **EDITS[edit]}, second
    )


async def test_what_does_not_say_which_sale_it_is_is_refused_and_not_kept(
    desk: Desk, purse: Budget
) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 100)
    told = [outcome(one) for one in await desk.hand_in({}, {**sale, "id": 7}, sale)]
    assert told[0] == told[1] == (*MERCHANT_S, "offline-item-unreadable")
    assert told[2][:2] == BY_BUDGET
    assert await desk.connection.fetchval("SELECT count(*) FROM offline_sale") == 1


async def test_a_sale_that_stands_for_itself_holds_up_nothing(desk: Desk, purse: Budget) -> None:
    permit, scanned, same = await desk.allowed(), purse.holder.token.text(), str(uuid7())
    own = desk.till.sell(permit, scanned, 100, id=same, replaces=same)
    told = [outcome(one) for one in await desk.hand_in(own, desk.till.sell(permit, scanned, 200))]
    assert told == [(*MERCHANT_S, "offline-item-unreadable"), (*BY_BUDGET, 200, 0, None)]


PRICES: dict[str, tuple[int | None, int | None, str | None, str]] = {
    "nothing": (None, None, None, "amount-or-visits-missing"),
    "zero": (0, None, None, "amount-not-positive"),
    "less than zero": (-5, None, None, "amount-not-positive"),
    "no visits": (None, 0, None, "amount-not-positive"),
    "a visit without a price": (None, 1, None, "visit-price-not-agreed"),
    "another purpose": (100, None, "culture", "category-not-agreed"),
    "more than a table holds": (10**11, None, None, "offline-sale-too-large"),
}
"""Price, visits, purpose, and why it is nothing."""


@pytest.mark.parametrize("price", PRICES)
async def test_a_price_that_is_none_is_the_merchant_s(
    desk: Desk, purse: Budget, price: str
) -> None:
    cents, visits, category, code = PRICES[price]
    scanned = purse.holder.token.text()
    sale = desk.till.sell(await desk.allowed(), scanned, cents, visits=visits, category=category)
    assert await desk.sold(sale) == (*MERCHANT_S, code)
    assert (await desk.proof()).closes


async def test_visits_and_a_price_have_to_say_the_same(
    desk: Desk, purse: Budget, superuser: Connection
) -> None:
    await superuser.execute("UPDATE agreement SET visit_price_cents = 450")
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    other, same = (desk.till.sell(permit, scanned, cents, visits=2) for cents in (901, 900))
    assert await desk.sold(other) == (*MERCHANT_S, "amount-or-visits-missing")
    assert (await desk.sold(same))[:4] == ("booked", "municipality", 0, 900)


async def test_a_second_text_under_one_number_is_a_fork_and_not_paid(
    desk: Desk, purse: Budget
) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    first = desk.till.sell(permit, scanned, 100)
    desk.till.sequence, desk.till.hash = 0, "0" * 64
    twin = desk.till.sell(permit, scanned, 300)
    assert (await desk.sold(first))[:2] == BY_BUDGET
    assert await desk.sold(twin) == (*MERCHANT_S, "offline-number-taken")
    assert [mark[0] for mark in await desk.marks()] == ["whole", "fork"]
    assert await desk.left(purse.account) == 900


async def test_a_hole_or_another_past_is_written_down_and_the_sale_stands(
    desk: Desk, purse: Budget
) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    for cents in (10, 20, 30):
        desk.till.sell(permit, scanned, cents)
    desk.till.hash = "ab" * 32
    desk.till.sell(permit, scanned, 40)
    first, _, third, fourth = desk.till.queue
    told = [outcome(one) for one in await desk.hand_in(first, third, fourth)]
    assert {one[:2] for one in told} == {BY_BUDGET}
    rows = await desk.connection.fetch("SELECT sequence, chain FROM offline_sale ORDER BY 1")
    assert [tuple(row) for row in rows] == [(1, "whole"), (3, "hole"), (4, "fork")]


async def test_an_id_that_is_taken_is_not_taken_again(desk: Desk, purse: Budget) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    first = desk.till.sell(permit, scanned, 100)
    again = desk.till.sell(permit, scanned, 200, id=first["id"])
    grant = desk.till.sell(permit, scanned, 300, id=str(purse.entry))
    assert (await desk.sold(first))[:2] == BY_BUDGET
    for sale in (again, grant):
        assert await desk.sold(sale) == (*MERCHANT_S, "sale-id-reused")
    assert await desk.left(purse.account) == 900
    assert (await desk.proof()).closes


async def test_numbers_are_not_tried_out_by_handing_in(desk: Desk, purse: Budget) -> None:
    """After five that nobody knows a typed number is not looked up; a scanned code still is."""
    permit = await desk.allowed()
    strangers = [new_card_number() for _ in range(5)]
    told = [await desk.sold(desk.till.sell(permit, number, 100)) for number in strangers]
    assert {one[4] for one in told} == {"card-unknown"}
    typed = desk.till.sell(permit, purse.holder.number, 100)
    scanned = desk.till.sell(permit, purse.holder.token.text(), 100)
    assert await desk.sold(typed) == (*MERCHANT_S, "offline-numbers-stopped")
    assert (await desk.sold(scanned))[:2] == BY_BUDGET


async def test_what_is_declined_fills_no_disk(
    desk: Desk, purse: Budget, monkeypatch: pytest.MonkeyPatch
) -> None:
    """All of it is kept for life, also of a till that was stolen and revoked."""
    monkeypatch.setattr("pas.redemptions.offline.hand_in.MOST_DECLINED", 2)
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    good, *bad = [desk.till.sell(permit, text, 100) for text in (scanned, *("onzin",) * 2)]
    told = await desk.hand_in(good, *bad)
    with pytest.raises(Busy):
        await desk.hand_in(good, desk.till.sell(permit, "onzin", 100))
    assert await desk.hand_in(good, *bad) == told
    assert await desk.connection.fetchval("SELECT count(*) FROM offline_sale") == len(told)


async def test_saving_up_permits_gives_no_more_than_two_of_them(desk: Desk) -> None:
    """A till that says to have nothing waiting gets a new permit; what it kept back counts together."""
    await bears(desk, 1_000_000)
    await a_scheme(desk.connection)
    permits = [await desk.allowed(now=NOON + timedelta(minutes=20 * number)) for number in range(4)]
    assert len(set(permits)) == 4
    for permit in permits:
        for _ in range(10):
            holder = await a_holder(desk.connection)
            desk.till.sell(permit, holder.token.text(), 5000, at=LATER)
    told = await desk.hand_in(now=NOON + timedelta(hours=2))
    booked = sum(one.take_cents + one.risk_cents for one in told)
    assert booked == 2 * 50_000
    assert await desk.owed() == booked
    assert (await desk.proof()).closes


async def test_the_next_permit_does_not_begin_the_count_of_older_ones_anew(desk: Desk) -> None:
    await a_scheme(desk.connection, year=YEAR)
    await change_municipality_settings(desk.connection, {"offlineTotalCents": 5000}, actor=SYSTEM)
    old, older, newest = [
        await desk.allowed(now=NOW - timedelta(hours=hours)) for hours in (3, 2, 1)
    ]

    async def one(permit: UUID) -> str:
        scanned = (await a_holder(desk.connection, year=YEAR)).token.text()
        sale = desk.till.sell(permit, scanned, 5000, at=NOW)
        return (await desk.sold(sale, now=datetime.now(UTC)))[0]

    assert [await one(old), await one(newest)] == ["booked", "booked"]
    following = await desk.allowed(now=datetime.now(UTC))
    assert following != newest
    assert [await one(older), await one(following)] == ["declined", "booked"]


async def test_a_permit_whose_successor_got_lost_is_still_good(desk: Desk) -> None:
    await bears(desk, 1_000_000)
    await a_scheme(desk.connection)
    first = await desk.allowed()
    await desk.allowed(now=NOON + timedelta(minutes=20))
    for _ in range(10):
        holder = await a_holder(desk.connection)
        desk.till.sell(first, holder.token.text(), 5000, at=LATER)
    assert {one.outcome for one in await desk.hand_in()} == {"booked"}


async def another_merchant(desk: Desk) -> Desk:
    merchant = await a_merchant(desk.connection)
    till = await an_offline_till(desk.connection, merchant)
    return msgspec.structs.replace(desk, till=till, merchant=merchant)


async def another_card(connection: Connection, purse: Budget) -> str:
    """A phone beside the card of the same holder."""
    token = new_token(MunicipalityName("velsen"))
    await connection.execute(
        """
        INSERT INTO card (id, resident_id, form, token_hash, number_hash, key_id, state, state_since)
        VALUES ($1, $2, 'phone', sha256($3), sha256($4), 'k', 'active', $5)
        """,
        *(uuid7(), purse.holder.id, token.secret.encode(), uuid7().bytes, NOON),
    )
    return token.text()
