"""What a line of a tally list is worth, and who bears it: the budget, the municipality, or the merchant.

The municipality printed the coupon, so a merchant that took it in good faith is paid up to its amount, also
when the budget was spent in the meantime, ended, or is of somebody who moved away: nobody could know. What
the merchant could have known is the merchant's. Pure.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Final, Literal

import msgspec

from pas.ids import AccountId, CouponId, MerchantId
from pas.money import NO_CENTS, Cents

Reason = Literal[
    "coupon-mistyped",
    "coupon-unknown",
    "coupon-used",
    "coupon-twice",
    "coupon-not-yet",
    "coupon-expired",
    "coupon-too-late",
    "coupon-not-here",
    "coupon-too-much",
    "coupon-amount-missing",
    "coupon-day-wrong",
    "merchant-suspended",
    "category-not-agreed",
]
HAND_IN: Final = timedelta(days=60)
"""After the last day of a booklet; then its municipality can close the year."""


class CouponFacts(msgspec.Struct, frozen=True, kw_only=True):
    """A coupon as it stands now; ``account`` is None once the link of its budget was deleted."""

    id: CouponId
    face_cents: Cents
    valid_from: date
    valid_until: date
    categories: frozenset[str]
    account: AccountId | None
    only_at: MerchantId | None
    usable_from: datetime | None
    usable_until: datetime | None
    is_used: bool


class Agreed(msgspec.Struct, frozen=True):
    """For what a merchant may take passes, and in which days."""

    category: str
    valid_from: date
    valid_until: date | None


class Where(msgspec.Struct, frozen=True, kw_only=True):
    """Whose list it is, and when it is entered."""

    merchant: MerchantId
    is_approved: bool
    agreed: Sequence[Agreed]
    today: date


class Typed(msgspec.Struct, frozen=True, kw_only=True):
    """One line as it was written down; what could not be read is None."""

    number: int
    hashes: tuple[bytes, ...] | None
    """None: the code was copied wrong."""
    amount_cents: Cents | None
    sold_on: date | None


class Paid(msgspec.Struct, frozen=True, kw_only=True):
    """So much by the budget, and the rest by the municipality."""

    coupon: CouponId
    category: str
    take_cents: Cents
    risk_cents: Cents


class Refused(msgspec.Struct, frozen=True):
    """Nobody pays the merchant for this line, and why."""

    reason: Reason
    coupon: CouponId | None = None


def judge_line(
    typed: Typed,
    coupon: CouponFacts | None,
    where: Where,
    *,
    left: Cents,
    moment: datetime | None,
    seen: frozenset[CouponId],
) -> Paid | Refused:
    """Say what a line is worth; ``left`` is on its budget after the lines before it."""
    reason = refuse_typed(typed, where)
    if reason is not None:
        return Refused(reason)
    if coupon is None:
        return Refused("coupon-unknown")
    assert typed.sold_on is not None
    assert typed.amount_cents is not None
    assert moment is not None
    category = category_of(coupon, where, typed.sold_on)
    reason = (
        refuse_coupon(coupon, typed.sold_on, where, seen=seen)
        or refuse_place(coupon, where, category)
        or ("coupon-too-much" if typed.amount_cents > coupon.face_cents else None)
    )
    if reason is not None:
        return Refused(reason, coupon.id)
    assert category is not None
    take = min(typed.amount_cents, left) if is_usable(coupon, moment) else NO_CENTS
    risk = Cents(typed.amount_cents - take)
    return Paid(coupon=coupon.id, category=category, take_cents=take, risk_cents=risk)


def refuse_typed(typed: Typed, where: Where) -> Reason | None:
    """Refuse what was written down wrong, before anything is looked up."""
    if typed.hashes is None:
        return "coupon-mistyped"
    if not typed.amount_cents or typed.amount_cents < 0:
        return "coupon-amount-missing"
    if typed.sold_on is None or typed.sold_on > where.today:
        return "coupon-day-wrong"
    return None


def refuse_coupon(
    coupon: CouponFacts, sold_on: date, where: Where, *, seen: frozenset[CouponId]
) -> Reason | None:
    if coupon.id in seen:
        return "coupon-twice"
    if coupon.is_used:
        return "coupon-used"
    if sold_on < coupon.valid_from:
        return "coupon-not-yet"
    if sold_on >= coupon.valid_until:
        return "coupon-expired"
    if coupon.account is None or where.today >= coupon.valid_until + HAND_IN:
        return "coupon-too-late"
    return None


def refuse_place(coupon: CouponFacts, where: Where, category: str | None) -> Reason | None:
    if not where.is_approved:
        return "merchant-suspended"
    if coupon.only_at not in {None, where.merchant}:
        return "coupon-not-here"
    return "category-not-agreed" if category is None else None


def category_of(coupon: CouponFacts, where: Where, sold_on: date) -> str | None:
    """For what it was spent: the first of the purposes that this merchant had agreed that day."""
    agreed = {
        one.category
        for one in where.agreed
        if one.valid_from <= sold_on and (one.valid_until is None or sold_on < one.valid_until)
    }
    return min(agreed & coupon.categories, default=None)


def is_usable(coupon: CouponFacts, moment: datetime) -> bool:
    return (
        coupon.usable_from is not None
        and coupon.usable_until is not None
        and coupon.usable_from <= moment < coupon.usable_until
    )


def faces(left: Cents, *, face: Cents, most: Cents, smallest: Cents) -> list[Cents]:
    """Divide what is left over coupons: whole ones, and a smaller last one that is worth its paper."""
    total = min(left, most)
    whole = [face] * (total // face)
    rest = Cents(total % face)
    return [*whole, rest] if rest >= smallest else whole


def merged(
    left: Mapping[AccountId, Cents], account: AccountId, taken: Cents
) -> dict[AccountId, Cents]:
    """What is left on each budget after one more line."""
    return {**left, account: Cents(left[account] - taken)}
