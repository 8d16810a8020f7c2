"""Codes that survive handwriting, and what a line of a tally list is worth."""

import random
from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from uuid import UUID

import msgspec
import pytest

from pas.coupons.codes import (
    UNAMBIGUOUS,
    CouponCodeMistyped,
    new_code,
    printed,
    read_code,
)
from pas.coupons.rules import (
    HAND_IN,
    Agreed,
    CouponFacts,
    Paid,
    Refused,
    Typed,
    Where,
    faces,
    judge_line,
)
from pas.ids import AccountId, CouponId, MerchantId
from pas.money import Cents

DAY = date(2026, 11, 23)
MOMENT = datetime(2026, 11, 23, 11, tzinfo=UTC)
CLUB = MerchantId(UUID(int=1))
COUPON = CouponFacts(
    id=CouponId(UUID(int=2)),
    face_cents=Cents(1_000),
    valid_from=DAY - timedelta(days=7),
    valid_until=DAY + timedelta(days=7),
    categories=frozenset({"sport", "culture"}),
    account=AccountId(3),
    only_at=None,
    usable_from=MOMENT - timedelta(days=300),
    usable_until=MOMENT + timedelta(days=30),
    is_used=False,
)
WHERE = Where(
    merchant=CLUB,
    is_approved=True,
    agreed=[Agreed("sport", date(2025, 1, 1), None)],
    today=DAY,
)
TYPED = Typed(number=1, hashes=(b"x",), amount_cents=Cents(800), sold_on=DAY)


def judged(
    *,
    coupon: dict[str, object] | None = None,
    typed: dict[str, object] | None = None,
    where: dict[str, object] | None = None,
    left: int = 5_000,
    seen: frozenset[CouponId] = frozenset(),
) -> Paid | Refused:
    return judge_line(
        msgspec.structs.replace(TYPED, **typed or {}),
        msgspec.structs.replace(COUPON, **coupon or {}),
        msgspec.structs.replace(WHERE, **where or {}),
        left=Cents(left),
        moment=MOMENT,
        seen=seen,
    )


def test_a_code_is_read_however_it_was_written_down() -> None:
    code = new_code()
    assert read_code(printed(code)) == code
    assert read_code(f" {printed(code).lower()} ".replace("-", " ")) == code


def test_every_wrong_character_and_every_swap_of_two_neighbours_is_caught() -> None:
    chance = random.Random(7)
    for _ in range(40):
        code = new_code(chance.randrange)
        wrong = {
            code[:place] + other + code[place + 1 :]
            for place in range(len(code))
            for other in UNAMBIGUOUS
            if other != code[place]
        }
        wrong |= {
            code[:place] + second + first + code[place + 2 :]
            for place, (first, second) in enumerate(pairwise(code))
            if first != second
        }
        for one in wrong:
            with pytest.raises(CouponCodeMistyped):
                read_code(one)


@pytest.mark.parametrize("text", ["", "4X7K9MPTC", "4X7K9MPTCHX", "4X7K9MPTC0", "éX7K9MPTCH"])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(CouponCodeMistyped):
        read_code(text)


def test_the_budget_pays_what_it_has_and_the_municipality_the_rest() -> None:
    assert judged() == Paid(
        coupon=COUPON.id, category="sport", take_cents=Cents(800), risk_cents=Cents(0)
    )
    some = judged(left=300)
    assert isinstance(some, Paid)
    assert (some.take_cents, some.risk_cents) == (300, 500)


def test_a_budget_that_ended_pays_nothing_and_the_merchant_is_paid() -> None:
    ended = judged(coupon={"usable_until": MOMENT})
    assert isinstance(ended, Paid)
    assert (ended.take_cents, ended.risk_cents) == (0, 800)


@pytest.mark.parametrize(
    ("changes", "reason"),
    [
        ({"typed": {"hashes": None}}, "coupon-mistyped"),
        ({"typed": {"amount_cents": None}}, "coupon-amount-missing"),
        ({"typed": {"amount_cents": Cents(0)}}, "coupon-amount-missing"),
        ({"typed": {"sold_on": None}}, "coupon-day-wrong"),
        ({"typed": {"sold_on": DAY + timedelta(days=1)}}, "coupon-day-wrong"),
        ({"typed": {"amount_cents": Cents(1_001)}}, "coupon-too-much"),
        ({"coupon": {"is_used": True}}, "coupon-used"),
        ({"seen": frozenset({COUPON.id})}, "coupon-twice"),
        ({"coupon": {"valid_from": DAY + timedelta(days=1)}}, "coupon-not-yet"),
        ({"coupon": {"valid_until": DAY}}, "coupon-expired"),
        ({"where": {"today": COUPON.valid_until + HAND_IN}}, "coupon-too-late"),
        ({"coupon": {"account": None}}, "coupon-too-late"),
        ({"coupon": {"only_at": MerchantId(UUID(int=9))}}, "coupon-not-here"),
        ({"coupon": {"categories": frozenset({"swim"})}}, "category-not-agreed"),
        ({"where": {"agreed": [Agreed("sport", date(2025, 1, 1), DAY)]}}, "category-not-agreed"),
        ({"where": {"is_approved": False}}, "merchant-suspended"),
    ],
)
def test_what_the_merchant_could_have_known_is_the_merchants(
    changes: dict[str, object], reason: str
) -> None:
    verdict = judged(**changes)  # pyright: ignore[reportArgumentType]
    assert isinstance(verdict, Refused)
    assert verdict.reason == reason


def test_an_unknown_code_is_said_to_be_unknown() -> None:
    verdict = judge_line(TYPED, None, WHERE, left=Cents(0), moment=MOMENT, seen=frozenset())
    assert verdict == Refused("coupon-unknown")


@pytest.mark.parametrize(
    ("left", "expected"),
    [
        (5_000, [1_000] * 3),
        (2_550, [1_000, 1_000, 550]),
        (2_050, [1_000, 1_000]),
        (99, []),
        (400, [400]),
    ],
)
def test_a_booklet_is_never_worth_more_than_what_is_left_or_the_most(
    left: int, expected: list[int]
) -> None:
    made = faces(Cents(left), face=Cents(1_000), most=Cents(3_000), smallest=Cents(100))
    assert made == expected
