"""A tally list is booked once, whoever enters it, and the books still close."""

import asyncio
from datetime import timedelta

import asyncpg
import pytest

from given.city import Merchant, a_merchant
from given.coupons import a_list, a_run, codes_of, entered
from given.days import NOW, TODAY
from given.merchants import of_merchant
from given.settlements import Shop, owed, sell
from pas.auth.access import OtherMerchant
from pas.auth.keys import KeyRing
from pas.coupons.codes import new_code
from pas.coupons.enter_list import (
    MOST_UNKNOWN,
    CouponListReused,
    TooManyUnknownCoupons,
    enter_list,
)
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.redemptions.prove import prove

VELSEN = MunicipalityName("velsen")


@pytest.fixture
async def codes(connection: Connection, database: Database, shop: Shop, ring: KeyRing) -> list[str]:
    """Two coupons of ten euros and one of five, on a budget of twenty-five."""
    await a_run(connection, database, ring=ring)
    return await codes_of(connection, shop.purse, ring=ring)


async def closes(connection: Connection) -> bool:
    proof = await prove(connection, NOW)
    assert proof.closes, proof
    return proof.closes


async def left(connection: Connection, shop: Shop) -> int:
    return await connection.fetchval(
        "SELECT amount FROM balance WHERE account_id = $1", shop.purse.account
    )


async def risk(connection: Connection) -> int:
    return await connection.fetchval(
        """
        SELECT coalesce(sum(t.amount), 0)::bigint FROM transfer t JOIN account a ON a.id = t.debit
        WHERE a.kind = 'offline_risk'
        """
    )


async def test_coupons_are_paid_from_the_budget_to_the_merchant_and_the_books_close(
    connection: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    lines = await entered(
        connection, a_list(shop.merchant, [(codes[0], "10"), (codes[2], "3,50")], ring=ring)
    )
    assert [(one.take_cents, one.risk_cents, one.reason) for one in lines] == [
        (1_000, 0, None),
        (350, 0, None),
    ]
    assert await owed(connection, shop) == 1_350
    assert await left(connection, shop) == 1_150
    assert await closes(connection)


async def test_unused_coupons_cost_nothing_and_leave_the_budget_free(
    connection: Connection, shop: Shop, codes: list[str]
) -> None:
    assert codes
    assert await left(connection, shop) == 2_500
    assert await closes(connection)


async def test_what_was_spent_in_the_meantime_is_borne_by_the_municipality(
    connection: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    await sell(connection, shop, 2_000)
    lines = await entered(
        connection, a_list(shop.merchant, [(codes[0], "10"), (codes[1], "10,00")], ring=ring)
    )
    assert [(one.take_cents, one.risk_cents) for one in lines] == [(500, 500), (0, 1_000)]
    assert await owed(connection, shop) == 4_000
    assert (await left(connection, shop), await risk(connection)) == (0, 1_500)
    assert await closes(connection)


async def test_a_coupon_pays_once_in_one_list_and_over_lists(
    connection: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    twice = a_list(shop.merchant, [(codes[0], "5"), (codes[0], "5")], ring=ring)
    assert [one.reason for one in await entered(connection, twice)] == [None, "coupon-twice"]
    again = a_list(shop.merchant, [(codes[0], "5")], ring=ring)
    assert [one.reason for one in await entered(connection, again)] == ["coupon-used"]
    assert await owed(connection, shop) == 500


async def test_one_coupon_entered_at_many_places_at_once_is_paid_once(
    connection: Connection, crowd: Database, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    others = [await a_merchant(connection, name=f"Club {number}") for number in range(5)]

    async def enter(merchant: Merchant) -> str | None:
        async with crowd.connection(VELSEN) as one:
            [line] = await entered(one, a_list(merchant, [(codes[0], "10")], ring=ring))
        return line.reason

    reasons = await asyncio.gather(*(enter(one) for one in (shop.merchant, *others) * 3))
    assert reasons.count(None) == 1
    assert set(reasons) == {None, "coupon-used"}
    assert await left(connection, shop) == 1_500
    assert await closes(connection)


async def test_coupons_of_one_budget_at_two_places_at_once_never_overspend_it(
    connection: Connection, crowd: Database, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    await sell(connection, shop, 1_000)
    other = await a_merchant(connection, name="Club")

    async def enter(merchant: Merchant, code: str) -> int:
        async with crowd.connection(VELSEN) as one:
            [line] = await entered(one, a_list(merchant, [(code, "10")], ring=ring))
        return line.take_cents

    taken = await asyncio.gather(enter(shop.merchant, codes[0]), enter(other, codes[1]))
    assert sorted(taken) == [500, 1_000]
    assert (await left(connection, shop), await risk(connection)) == (0, 500)
    assert await closes(connection)


async def test_the_same_list_again_gives_the_same_verdicts_and_another_under_its_id_none(
    connection: Connection, crowd: Database, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    tally = a_list(shop.merchant, [(codes[0], "10"), ("onzin", "3")], ring=ring)

    async def enter() -> list[object]:
        async with crowd.connection(VELSEN) as one:
            return list(await entered(one, tally))

    first, *rest = await asyncio.gather(*(enter() for _ in range(4)))
    assert all(one == first for one in rest)
    assert await owed(connection, shop) == 1_000
    changed = a_list(shop.merchant, [(codes[1], "10")], ring=ring, id_=tally.id)
    with pytest.raises(CouponListReused):
        await entered(connection, changed)


async def test_a_bad_line_costs_only_itself(
    connection: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    wrong = codes[0][:-1] + ("3" if codes[0][-1] != "3" else "4")
    lines = await entered(
        connection,
        a_list(
            shop.merchant,
            [(wrong, "10"), (str(new_code()), "10"), (codes[0], "11"), (codes[1], "10")],
            ring=ring,
        ),
    )
    assert [one.reason for one in lines] == [
        "coupon-mistyped",
        "coupon-unknown",
        "coupon-too-much",
        None,
    ]
    # What was asked too much can be entered again, as it stands on the coupon.
    later = a_list(shop.merchant, [(codes[0], "10")], ring=ring)
    assert [one.reason for one in await entered(connection, later)] == [None]


async def test_a_merchant_without_agreement_and_a_day_outside_the_booklet_are_not_paid(
    connection: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    pool = await a_merchant(connection, name="Zwembad", categories=("swim",))
    [line] = await entered(connection, a_list(pool, [(codes[0], "10")], ring=ring))
    assert line.reason == "category-not-agreed"
    early = a_list(shop.merchant, [(codes[0], "10")], ring=ring, sold_on=TODAY - timedelta(days=1))
    assert [one.reason for one in await entered(connection, early)] == ["coupon-not-yet"]
    assert await owed(connection, shop) == 0


async def test_a_manager_enters_for_no_other_merchant(
    connection: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    other = await a_merchant(connection, name="Ander")
    with pytest.raises(OtherMerchant):
        await enter_list(
            connection,
            a_list(shop.merchant, [(codes[0], "10")], ring=ring),
            actor=of_merchant(other.id),
            now=NOW,
        )


async def test_guessing_codes_ends_soon(connection: Connection, shop: Shop, ring: KeyRing) -> None:
    guesses = [(str(new_code()), "1") for _ in range(MOST_UNKNOWN)]
    await entered(connection, a_list(shop.merchant, guesses, ring=ring))
    with pytest.raises(TooManyUnknownCoupons):
        await entered(connection, a_list(shop.merchant, guesses[:1], ring=ring))


def nothing_wrong(*_facts: object, **_more: object) -> None:
    """Take the rules away."""


async def test_the_database_pays_no_more_than_stands_on_a_coupon_nor_twice(
    connection: Connection,
    shop: Shop,
    codes: list[str],
    ring: KeyRing,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.coupons.rules.refuse_coupon", nothing_wrong)
    monkeypatch.setattr("pas.coupons.enter_list.ROUNDS", 1)
    dear = a_list(shop.merchant, [(codes[2], "5")], ring=ring)
    await entered(connection, dear)
    with pytest.raises(Exception, match="druk"):
        await entered(connection, a_list(shop.merchant, [(codes[2], "5")], ring=ring))
    early = a_list(shop.merchant, [(codes[0], "5")], ring=ring, sold_on=TODAY - timedelta(days=1))
    with pytest.raises(asyncpg.PostgresError) as refused:
        await entered(connection, early)
    assert refused.value.sqlstate == "PA290"
    assert await owed(connection, shop) == 500


async def test_nothing_leads_from_a_coupon_to_a_person_once_the_link_is_gone(
    connection: Connection, superuser: Connection, shop: Shop, codes: list[str], ring: KeyRing
) -> None:
    await entered(connection, a_list(shop.merchant, [(codes[0], "10")], ring=ring))
    await superuser.execute("DELETE FROM budget")
    assert (
        await connection.fetchval("SELECT count(*) FROM coupon WHERE account_id IS NOT NULL") == 0
    )
    [line] = await entered(connection, a_list(shop.merchant, [(codes[1], "10")], ring=ring))
    assert line.reason == "coupon-too-late"
