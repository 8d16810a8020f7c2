"""Everything that is booked is told once, whenever it commits; and no person is in it."""

from datetime import timedelta

import asyncpg
import msgspec
import pytest

from given.city import a_merchant, a_till
from given.days import NOW
from given.logins import an_actor
from given.sales import a_sale_item, an_undo, desk_of
from given.settlements import Shop, a_shop, an_exported_run, give_back, sell
from given.webhooks import an_endpoint, filled, told_of
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import EntryId, MunicipalityName
from pas.ledger.position import END_OF_EPOCH, Position
from pas.merchants.tills import pause_till, revoke_till
from pas.redemptions.redeem import redeem
from pas.redemptions.undo import undo
from pas.webhooks import outbox
from pas.webhooks.change_endpoint import set_state
from pas.webhooks.outbox import fill_outbox, read_messages

VELSEN = MunicipalityName("velsen")


async def take_back(connection: Connection, shop: Shop, sale: EntryId) -> None:
    ask = an_undo("void", shop.till, sale)
    await undo(connection, ask, desk_of(connection, now=NOW).moment)


async def sold_ids(connection: Connection, shop: Shop) -> list[str]:
    told = await told_of(connection, shop.merchant.id)
    return [str(one.data["redemptionId"]) for one in told]


async def test_a_sale_a_void_and_a_refund_are_told_with_their_amounts(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    undone, kept = await sell(connection, shop, 500), await sell(connection, shop, 1_250)
    await take_back(connection, shop, undone)
    await give_back(connection, shop, kept, 250)
    await filled(connection)

    told = await told_of(connection, shop.merchant.id)
    assert [one.type for one in told] == [
        "redemption.booked",
        "redemption.booked",
        "redemption.voided",
        "redemption.refunded",
    ]
    assert [one.data.get("takenCents") for one in told[:2]] == [500, 1_250]
    assert [one.data.get("amountCents") for one in told[2:]] == [500, 250]
    assert {one.data["tillId"] for one in told} == {str(shop.till.id)}
    assert {one.data["category"] for one in told} == {"sport"}
    assert {one.data["merchantId"] for one in told} == {str(shop.merchant.id)}


async def test_a_till_that_stops_and_a_payout_to_the_bank_are_told(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    await sell(connection, shop, 700)
    run = await an_exported_run(connection)
    for stop in (pause_till, revoke_till):
        await stop(connection, shop.till.id, actor=an_actor(Role.REGISTRAR), now=NOW)
    await filled(connection)
    _, payout, paused, revoked = await told_of(connection, shop.merchant.id)
    assert (payout.type, payout.data["payoutId"]) == ("payout.exported", str(run))
    assert (payout.data["payoutNumber"], payout.data["amountCents"]) == (1, 700)
    assert [paused.type, revoked.type] == ["till.paused", "till.revoked"]
    assert revoked.data["tillId"] == str(shop.till.id)


async def test_nothing_in_a_message_leads_to_a_person(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    await give_back(connection, shop, await sell(connection, shop, 500))
    await filled(connection)
    holder, told = shop.purse.holder, await told_of(connection, shop.merchant.id)
    text = " ".join(msgspec.json.encode(one.content).decode() for one in told)
    persons = [holder.id, holder.pass_id, holder.card, holder.number, holder.household]
    assert [one for one in (*persons, shop.purse.account) if str(one) in text] == []
    known = {key for one in told for key in one.data}
    assert known == {
        *("merchantId", "redemptionId", "reversalId", "saleId", "tillId", "category"),
        *("priceCents", "takenCents", "visits", "amountCents"),
    }


async def test_what_commits_late_is_told_though_a_later_one_was_told_before(
    connection: Connection, crowd: Database, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    async with crowd.connection(VELSEN) as slow:
        late = a_sale_item(shop.till, shop.purse.holder, price=300, take=300)
        other = await a_shop(connection, name="Andere winkel")
        await an_endpoint(connection, other.merchant.id, ring=ring)
        begun = slow.transaction()
        await begun.start()
        await redeem(desk_of(slow, now=NOW), [late])
        await sell(connection, other, 400)
        while await fill_outbox(connection):
            pass
        before = await sold_ids(connection, shop)
        await begun.commit()
    await filled(connection)

    assert before == []
    assert await sold_ids(connection, shop) == [str(late.id)]
    assert len(await sold_ids(connection, other)) == 1


async def test_the_database_goes_on_past_no_transaction_that_goes_on(
    connection: Connection, crowd: Database, shop: Shop
) -> None:
    async with crowd.connection(VELSEN) as slow, slow.transaction():
        await slow.fetchval("SELECT pg_current_xact_id()")
        far = await connection.fetchval("SELECT pg_current_xact_id()::text::bigint + 1")
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute("UPDATE webhook_position SET xid = $1", far)
    with pytest.raises(asyncpg.PostgresError) as back:
        await connection.execute("UPDATE webhook_position SET xid = xid - 1")
    assert (refused.value.sqlstate, back.value.sqlstate) == ("PA259", "PA259")


async def test_two_who_fill_at_once_tell_everything_once(
    connection: Connection, crowd: Database, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    sold = [await sell(connection, shop, 100) for _ in range(5)]
    await filled(connection)
    async with crowd.connection(VELSEN) as first, crowd.connection(VELSEN) as second:
        sold += [await sell(connection, shop, 100)]
        async with first.transaction():
            held = await outbox.TAKE_POSITION.first(first)
            assert not await fill_outbox(second)
            assert await outbox.TAKE_POSITION.first(first) == held
    await filled(connection)
    assert sorted(await sold_ids(connection, shop)) == sorted(map(str, sold))


@pytest.mark.parametrize("at_once", [1, 2, 3, 100])
async def test_a_long_row_is_told_in_steps_and_nothing_falls_between_them(
    connection: Connection,
    shop: Shop,
    ring: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
    *,
    at_once: int,
) -> None:
    monkeypatch.setattr(outbox, "AT_ONCE", at_once)
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    sold = [await sell(connection, shop, 100) for _ in range(4)]
    items = [a_sale_item(shop.till, shop.purse.holder, price=50, take=50) for _ in range(3)]
    answers = await redeem(desk_of(connection, now=NOW), items)
    assert {answer.outcome for answer in answers} == {"booked"}
    await filled(connection)
    told = await sold_ids(connection, shop)
    assert sorted(told) == sorted(map(str, [*sold, *(item.id for item in items)]))


async def test_after_a_new_epoch_everything_is_told_and_nothing_twice(
    connection: Connection, superuser: Connection, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    sold = [await sell(connection, shop, 100)]
    await filled(connection)
    sold += [await sell(connection, shop, 200)]
    await superuser.execute("SET ROLE ledger_velsen; SELECT raise_epoch('restored'); RESET ROLE")
    sold += [await sell(connection, shop, 300)]
    await filled(connection)
    assert await sold_ids(connection, shop) == list(map(str, sold))


async def test_telling_again_makes_the_same_message(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    """As when a backup is put back: whoever received it knows it by its id."""
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    await give_back(connection, shop, await sell(connection, shop, 100))
    await pause_till(connection, shop.till.id, actor=an_actor(Role.REGISTRAR), now=NOW)
    await filled(connection)
    kept = await connection.fetch("SELECT id, content FROM webhook_message ORDER BY id")
    again = await read_messages(connection, Position(1, 0), END_OF_EPOCH)
    assert sorted((one.id, one.content) for one in again) == [tuple(row) for row in kept]
    assert len(kept) == 3


async def test_only_what_was_chosen_is_told_and_only_from_then_on(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    merchant = shop.merchant.id
    await sell(connection, shop, 100)
    undone = await an_endpoint(connection, merchant, ring=ring, events=["redemption.voided"])
    sale = await sell(connection, shop, 200)
    later = await an_endpoint(connection, merchant, ring=ring, events=["redemption.booked"])
    await take_back(connection, shop, sale)
    await sell(connection, shop, 300)
    await filled(connection)
    told = await connection.fetch(
        "SELECT d.endpoint_id, m.type, m.content::json->'data'->>'takenCents' AS cents "
        "FROM webhook_message m LEFT JOIN webhook_delivery d ON d.message_id = m.id ORDER BY m.xid"
    )
    assert [tuple(row) for row in told] == [
        (undone.endpoint.id, "redemption.voided", None),
        (later.endpoint.id, "redemption.booked", "300"),
    ]


async def test_each_merchant_is_told_its_own_and_a_shop_without_an_endpoint_nothing(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    other, silent = await a_shop(connection), await a_shop(connection)
    for one in (shop, other):
        await an_endpoint(connection, one.merchant.id, ring=ring)
    sold = {one: await sell(connection, one, 100) for one in (shop, other, silent)}
    await filled(connection)
    assert await sold_ids(connection, shop) == [str(sold[shop])]
    assert await sold_ids(connection, other) == [str(sold[other])]
    assert await connection.fetchval("SELECT count(*) FROM webhook_message") == 2


async def test_what_happens_while_an_endpoint_rests_waits_for_it_and_after_its_end_nothing(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    merchant, actor = shop.merchant.id, an_actor(Role.REGISTRAR)
    made = await an_endpoint(connection, merchant, ring=ring)
    for state in ("paused", "ended"):
        await set_state(connection, merchant, made.endpoint.id, state=state, actor=actor, now=NOW)
        await sell(connection, shop, 100)
        await filled(connection)
    assert len(await told_of(connection, merchant)) == 1


async def test_the_till_of_somebody_else_is_not_told(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    """An intermediary pays a club from their own till: who that is, the club need not know."""
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    till = await a_till(connection, shop.merchant, kind="intermediary")
    item = a_sale_item(till, shop.purse.holder, price=100, take=100)
    [answer] = await redeem(desk_of(connection, now=NOW), [item])
    assert answer.outcome == "booked", answer
    await filled(connection)
    [one] = await told_of(connection, shop.merchant.id)
    assert one.data["tillId"] is None


async def test_a_refused_sale_is_not_told(
    connection: Connection, shop: Shop, ring: KeyRing
) -> None:
    await an_endpoint(connection, shop.merchant.id, ring=ring)
    elsewhere = await a_merchant(connection, categories=("culture",))
    till = await a_till(connection, elsewhere)
    await an_endpoint(connection, elsewhere.id, ring=ring, now=NOW + timedelta(seconds=1))
    item = a_sale_item(till, shop.purse.holder, price=100, take=100)
    [answer] = await redeem(desk_of(connection, now=NOW), [item])
    assert answer.outcome != "booked"
    await filled(connection)
    assert await told_of(connection, elsewhere.id) == []
