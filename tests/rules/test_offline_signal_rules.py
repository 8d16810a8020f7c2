"""What stands out in sales without a network: each bound from both sides, and what happens to honest tills."""

from datetime import timedelta
from uuid import UUID

import msgspec
import pytest

from given.signals import MONDAY
from pas.ids import EntryId, MerchantId, TillId
from pas.money import Cents
from pas.signals.model import Bounds, Found
from pas.signals.offline.rules import COMPLETE_AFTER, OfflineFacts, find_offline

NOW = MONDAY + timedelta(days=6)
EARLY = NOW - COMPLETE_AFTER


def sold(number: int, *, till: int = 1, **facts: object) -> OfflineFacts:
    at = MONDAY + timedelta(hours=10, minutes=number)
    sale = OfflineFacts(
        id=EntryId(UUID(int=till * 1000 + number)),
        merchant_id=MerchantId(UUID(int=1)),
        till_id=TillId(UUID(int=till)),
        at=at,
        recorded_at=EARLY,
        is_booked=True,
        is_declined=False,
        is_alone=False,
        is_forged=False,
        price_cents=Cents(800),
        risk_cents=Cents(0),
    )
    return msgspec.structs.replace(sale, **facts)


def found_in(*sales: OfflineFacts) -> list[Found]:
    return find_offline(sales, Bounds(), now=NOW)


def test_a_day_without_a_network_does_not_stand_out() -> None:
    """Twenty sales, one of which met an empty budget, and one card that was blocked that morning."""
    ordinary = [sold(n) for n in range(20)]
    assert found_in(*ordinary, sold(21, risk_cents=Cents(800)), sold(22, is_declined=True)) == []


@pytest.mark.parametrize(("late", "kinds"), [(0, ["broken_chain"]), (1, [])])
def test_a_number_that_may_still_come_is_no_hole_yet(late: int, kinds: list[str]) -> None:
    handed_in = EARLY + timedelta(seconds=late)
    alone = sold(5, is_alone=True, recorded_at=handed_in)
    assert [one.kind for one in found_in(sold(1), alone)] == kinds


def test_a_sale_that_no_till_makes_by_itself_stands_out_at_once_and_is_heavy() -> None:
    forged = sold(5, is_forged=True, is_booked=False, is_declined=True, recorded_at=NOW)
    [found] = found_in(sold(1), forged)
    assert (found.kind, found.counted, found.different, found.weight) == ("broken_chain", 1, 1, 85)
    assert found.sales == ()
    [hole] = found_in(sold(5, is_alone=True))
    assert hole.weight < 40


@pytest.mark.parametrize(("cents", "kinds"), [(5_000, ["borne_by_municipality"]), (4_999, [])])
def test_fifty_euros_that_the_municipality_bore_stand_out(cents: int, kinds: list[str]) -> None:
    halves = [
        sold(n, till=n, risk_cents=Cents(part)) for n, part in ((1, 2_000), (2, cents - 2_000))
    ]
    found = found_in(*halves, sold(3))
    assert [one.kind for one in found] == kinds
    assert [(one.counted, one.out_of, one.cents) for one in found] == [(2, 3, cents)] * len(kinds)


@pytest.mark.parametrize(("count", "kinds"), [(3, ["declined_offline"]), (2, [])])
def test_three_sales_that_nobody_pays_stand_out(count: int, kinds: list[str]) -> None:
    refused = [sold(n, is_declined=True, is_booked=False) for n in range(count)]
    elsewhere = sold(9, till=2, is_declined=True, is_booked=False)
    assert [one.kind for one in found_in(*refused, elsewhere)] == kinds


def test_what_no_till_makes_by_itself_is_told_once() -> None:
    forged = [sold(n, is_forged=True, is_booked=False, is_declined=True) for n in range(3)]
    assert [one.kind for one in found_in(*forged)] == ["broken_chain"]


def test_a_municipality_says_from_how_much_on_it_looks() -> None:
    bounds = Bounds(borne_cents=100, declined_offline=1)
    sales = [sold(1, risk_cents=Cents(100)), sold(2, is_declined=True)]
    kinds = sorted(one.kind for one in find_offline(sales, bounds, now=NOW))
    assert kinds == ["borne_by_municipality", "declined_offline"]
