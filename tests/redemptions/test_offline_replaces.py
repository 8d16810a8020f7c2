"""A sale that was tried with a network first: it is booked once, whichever came first, and for ever."""

from uuid import UUID

import msgspec

from given.city import Budget, a_merchant
from given.offline import an_offline_till
from given.sales import a_sale_item, desk_of
from offline_desk import Desk
from pas.ids import EntryId, uuid7
from pas.redemptions.facts import Request
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import Answer, SaleItem

MERCHANT_S = ("declined", "merchant", 0, 0)


def online(desk: Desk, purse: Budget, *, cents: int = 400, id_: UUID | None = None) -> SaleItem:
    return a_sale_item(
        desk.till.till, purse.holder, price=cents, take=cents, id=EntryId(id_ or uuid7())
    )


async def tried(desk: Desk, item: SaleItem) -> Answer:
    [answer] = await redeem(desk_of(desk.connection), [item])
    return answer


async def test_what_was_booked_online_is_told_and_not_booked_again(
    desk: Desk, purse: Budget
) -> None:
    first = online(desk, purse)
    assert (await tried(desk, first)).outcome == "booked"
    sale = desk.till.sell(
        await desk.allowed(), purse.holder.token.text(), 400, replaces=str(first.id)
    )
    assert await desk.sold(sale) == ("replay", "budget", 400, 0, None)
    assert await desk.sold(sale) == ("replay", "budget", 400, 0, None)
    assert await desk.left(purse.account) == 600
    assert await desk.owed() == 400
    assert (await desk.proof()).closes


async def test_the_id_of_a_replay_is_never_booked_itself(desk: Desk, purse: Budget) -> None:
    first = online(desk, purse)
    await tried(desk, first)
    sale = desk.till.sell(
        await desk.allowed(), purse.holder.token.text(), 400, replaces=str(first.id)
    )
    await desk.sold(sale)
    assert (
        await tried(desk, msgspec.structs.replace(first, id=EntryId(UUID(str(sale["id"])))))
    ).outcome != "booked"
    assert await desk.left(purse.account) == 600


async def test_what_nobody_heard_of_is_booked_and_its_id_is_closed_for_ever(
    desk: Desk, purse: Budget
) -> None:
    first = online(desk, purse)
    sale = desk.till.sell(
        await desk.allowed(), purse.holder.token.text(), 400, replaces=str(first.id)
    )
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)
    late = await tried(desk, first)
    assert (late.outcome, late.reason and late.reason.code()) == (
        "declined",
        "offline-taken-over",
    )
    assert await desk.left(purse.account) == 600
    assert (await desk.proof()).closes


async def test_what_was_declined_online_is_taken_over_once(desk: Desk, purse: Budget) -> None:
    first = online(desk, purse, cents=400)
    await desk.connection.execute("UPDATE card SET state = 'blocked'")
    assert (await tried(desk, first)).outcome == "declined"
    await desk.connection.execute("UPDATE card SET state = 'active'")
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    sale = desk.till.sell(permit, scanned, 400, replaces=str(first.id))
    twin = desk.till.sell(permit, scanned, 400, replaces=str(first.id))
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)
    assert await desk.sold(twin) == (*MERCHANT_S, "offline-replaced-twice")
    replaces = await desk.connection.fetchval(
        "SELECT replaces FROM entry WHERE kind = 'offline' AND refusal IS NULL"
    )
    assert replaces == first.id
    assert (await desk.proof()).closes


async def test_what_is_the_merchant_s_closes_the_id_too(desk: Desk, purse: Budget) -> None:
    first = online(desk, purse)
    sale = desk.till.sell(
        await desk.allowed(), purse.holder.token.text(), 5001, replaces=str(first.id)
    )
    assert (await desk.sold(sale))[:4] == MERCHANT_S
    assert (await tried(desk, first)).outcome == "declined"
    assert await desk.left(purse.account) == 1000


async def test_what_the_till_did_not_sign_closes_nothing(desk: Desk, purse: Budget) -> None:
    first = online(desk, purse)
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400)
    assert (await desk.sold({**sale, "replaces": str(first.id)}))[4] == "offline-signature-wrong"
    assert (await tried(desk, first)).outcome == "booked"


async def test_the_id_of_another_till_or_of_a_grant_is_nobody_s_to_replace(
    desk: Desk, purse: Budget
) -> None:
    other = await an_offline_till(desk.connection, await a_merchant(desk.connection))
    theirs = a_sale_item(other.till, purse.holder, price=100, take=100)
    assert (await tried(desk, theirs)).outcome == "booked"
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    for id_ in (theirs.id, purse.entry):
        sale = desk.till.sell(permit, scanned, 400, replaces=str(id_))
        assert await desk.sold(sale) == (*MERCHANT_S, "sale-id-reused")
    assert (await desk.proof()).closes


async def test_a_late_request_is_declined_whatever_it_asks(desk: Desk, purse: Budget) -> None:
    first = online(desk, purse)
    sale = desk.till.sell(
        await desk.allowed(), purse.holder.token.text(), 400, replaces=str(first.id)
    )
    await desk.hand_in(sale)
    other = msgspec.structs.replace(first, request=Request(price_cents=first.request.price_cents))
    for item in (online(desk, purse, cents=999, id_=first.id), other):
        answer = await tried(desk, item)
        assert answer.outcome == "declined"
        assert answer.reason is not None
        assert answer.reason.code() == "offline-taken-over"
