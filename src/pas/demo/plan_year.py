"""Who buys what, where and when in a year: drawn with a seed, nothing read or written.

A person goes to the same club and the same shop each time. One in six never uses the pass: that is
their right, and what the reach of a scheme is about. Ids follow from what is bought, so that a
demonstration that was stopped while it was made goes on without selling anything twice.
"""

from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from hashlib import sha256
from typing import Final, Literal
from uuid import UUID, uuid5

import msgspec

from pas.demo.draw import Draw
from pas.demo.seasons import Calendar, Habit, habits, moment_on, price_of
from pas.ids import EntryId, TillId
from pas.money import Cents
from pas.redemptions.conditions import QUESTIONS
from pas.redemptions.facts import Request

NAMESPACE: Final = UUID("2f1c7f9e-8f53-5d0b-a3c5-0f8a3f9b6a11")
SEED: Final = "1976"
CONFIRMED: Final = frozenset(QUESTIONS)
"""The cashier looks, and it is in order."""
LIGHT_PURPOSES: Final = frozenset({"sport", "culture", "library", "play"})
"""What is bought for those whom a visitor can be, so that there is something left to try."""

Zeal = Literal["never", "little", "usual", "all"]
SHARES: Final[dict[Zeal, int]] = {"never": 17, "little": 33, "usual": 35, "all": 15}
"""Of a hundred people with a pass; invented."""
USES: Final[dict[Zeal, int]] = {"never": 0, "little": 40, "usual": 70, "all": 100}
"""The percentage of their budgets that they come to."""
TRY_ONCE_MORE: Final = 20
VOIDED, REFUNDED = 12, 9
"""Of a thousand purchases: undone at once, or brought back later."""


class Purse(msgspec.Struct, frozen=True):
    """One budget, as far as shopping with it goes; ``until`` is the first day that is too late."""

    person_number: str
    token_hash: bytes
    scheme: str
    categories: list[str]
    amount_cents: Cents | None
    visits: int | None
    usable_from: date
    until: date
    spared: bool


class Shop(msgspec.Struct, frozen=True):
    """A till, and one of the purposes that its merchant takes passes for."""

    till_id: TillId
    category: str
    visit_price_cents: Cents | None


class Purchase(msgspec.Struct, frozen=True, kw_only=True):
    """What a cashier types for somebody, at a moment of the year; and whether it is undone."""

    id: EntryId
    at: datetime
    token_hash: bytes
    till_id: TillId
    request: Request
    undone: Literal["no", "void", "refund"]


class Market:
    """The tills by purpose, and the days of a year."""

    def __init__(self, shops: Sequence[Shop], year: int) -> None:
        self.year = year
        self._shops = shops
        self._tills: dict[tuple[object, ...], dict[str, list[Shop]]] = {}
        self._calendars: dict[tuple[str, date, date], Calendar] = {}

    def tills_for(self, purse: Purse) -> dict[str, list[Shop]]:
        """Where a budget can be spent; one in visits only where a price was agreed."""
        key = (*purse.categories, purse.visits is None)
        if key not in self._tills:
            found: dict[str, list[Shop]] = {}
            for one in self._shops:
                fits = purse.visits is None or one.visit_price_cents is not None
                if fits and one.category in purse.categories:
                    found.setdefault(one.category, []).append(one)
            self._tills[key] = found
        return self._tills[key]

    def day_for(self, habit: Habit, purse: Purse, draw: Draw) -> date | None:
        first = max(date(self.year, 1, 1), purse.usable_from)
        until = min(date(self.year + 1, 1, 1), purse.until)
        key = (habit.category, first, until)
        if key not in self._calendars:
            self._calendars[key] = Calendar(habit, first, until)
        return self._calendars[key].drawn(draw)


def plan(market: Market, purses: Iterable[Purse]) -> list[Purchase]:
    """All purchases of the year from these budgets, in the order in which they occur.

    Each budget has chance of its own: whatever other budgets there are, its plan is the same.
    """
    planned = (one for purse in purses for one in purchases_from(purse, market))
    return sorted(planned, key=lambda one: (one.at, one.id))


def purchases_from(purse: Purse, market: Market) -> Iterator[Purchase]:
    tills = market.tills_for(purse)
    if not tills or (purse.spared and LIGHT_PURPOSES.isdisjoint(tills)):
        return
    name = f"{purse.person_number}/{purse.scheme}/{purse.usable_from}/{market.year}"
    draw = Draw(seed_of(name))
    zeal = "little" if purse.spared else zeal_of(f"{purse.person_number}/{market.year}")
    category = draw.one(sorted(tills))
    if not draw.chance(100 if purse.spared else USES[zeal]):
        return
    habit, shop = habits()[category], draw.one(tills[category])
    to_spend = purse.amount_cents if zeal != "all" else None
    for number in range(how_many(habit, purse, zeal, draw=draw)):
        day = market.day_for(habit, purse, draw)
        if day is None or (to_spend is not None and to_spend <= 0):
            return
        one = Purchase(
            id=EntryId(uuid5(NAMESPACE, f"{name}/{number}")),
            at=moment_on(habit, day, draw),
            token_hash=purse.token_hash,
            till_id=shop.till_id,
            request=request_at(shop, habit, purse, draw=draw),
            undone=undone(draw),
        )
        if to_spend is not None:
            to_spend = Cents(to_spend - (one.request.price_cents or 0))
        yield one


def seed_of(name: str) -> int:
    return int.from_bytes(sha256(f"{SEED}/{name}".encode()).digest()[:8])


def zeal_of(name: str) -> Zeal:
    """How somebody uses the pass in a year; the same for all their budgets."""
    left = Draw(seed_of(name)).below(100)
    for zeal, share in SHARES.items():
        left -= share
        if left < 0:
            return zeal
    raise AssertionError("the shares add up to a hundred")


def how_many(habit: Habit, purse: Purse, zeal: Zeal, *, draw: Draw) -> int:
    """Some of those who use all try once more than there is for, and hear that it is empty."""
    most = habit.most if purse.visits is None else min(habit.most, purse.visits)
    least = min(habit.least, most)
    match zeal:
        case "never":
            return 0
        case "little":
            return least
        case "usual":
            return draw.between(least, most)
        case "all":
            return most + draw.chance(TRY_ONCE_MORE)


def request_at(shop: Shop, habit: Habit, purse: Purse, *, draw: Draw) -> Request:
    if purse.visits is not None:
        return Request(
            visits=1,
            take_cents=shop.visit_price_cents,
            category=shop.category,
            confirmed=CONFIRMED,
        )
    price = Cents(price_of(habit, draw))
    return Request(price_cents=price, take_cents=price, category=shop.category, confirmed=CONFIRMED)


def undone(draw: Draw) -> Literal["no", "void", "refund"]:
    chance = draw.below(1000)
    if chance < VOIDED:
        return "void"
    return "refund" if chance < VOIDED + REFUNDED else "no"
