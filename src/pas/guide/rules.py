"""What a pass pays where: which budgets fit a place, under which conditions, in which order it is told.

Pure: budgets and places in, what there is to say out.
"""

from collections.abc import Iterable, Sequence
from datetime import date

import msgspec

from pas.ids import MerchantId
from pas.money import BasisPoints, Cents


class Left(msgspec.Struct, frozen=True, kw_only=True):
    """A budget with something left, and what one has to know before spending it."""

    title: str
    categories: frozenset[str]
    cents: Cents
    visits: int | None
    """None counts no visits."""
    until: date
    """The last day."""
    merchant_id: MerchantId | None
    """The only merchant it may be spent at."""
    merchant_name: str | None
    condition: str | None
    spend_at_once: bool
    once_per_year: bool
    share_basis_points: BasisPoints | None
    """Of each price, for a percentage."""
    has_diploma: bool


class Fits(msgspec.Struct, frozen=True):
    """One purpose that can be paid for: at any merchant, or at one; in visits, or in euros."""

    category: str
    merchant_id: MerchantId | None
    in_visits: bool


class Place(msgspec.Struct, frozen=True):
    """Where one can go for a purpose."""

    category: str
    purpose: str
    area: str
    merchant_id: MerchantId
    name: str
    location: str | None
    address: str | None
    postcode: str | None
    city: str | None
    visit_price_cents: Cents | None


class Offered(msgspec.Struct, frozen=True):
    """What a merchant sells for a price or for visits."""

    merchant_id: MerchantId
    category: str
    title: str
    price_cents: Cents | None
    visits: int | None
    conditions: str | None


class Area(msgspec.Struct, frozen=True):
    name: str
    places: list[tuple[Place, list[Offered]]]


class Purpose(msgspec.Struct, frozen=True):
    """One purpose with the budgets that pay for it, and where, by area."""

    code: str
    title: str
    budgets: list[Left]
    areas: list[Area]


def fitting(budgets: Iterable[Left]) -> list[Fits]:
    """What can be paid for, each thing once, in a fixed order."""
    found = {
        Fits(category, one.merchant_id, one.visits is not None)
        for one in budgets
        for category in one.categories
    }
    return sorted(found, key=lambda one: (one.category, str(one.merchant_id), one.in_visits))


def by_purpose(
    places: Sequence[Place], offered: Iterable[Offered], budgets: Sequence[Left] | None
) -> list[Purpose]:
    """Group places that come by purpose and area; without ``budgets`` it is said of any pass."""
    purposes: list[Purpose] = []
    sold = list(offered)
    for one in places:
        if not purposes or purposes[-1].code != one.category:
            pays = [left for left in budgets or () if one.category in left.categories]
            purposes.append(Purpose(one.category, one.purpose, pays, []))
        areas = purposes[-1].areas
        if not areas or areas[-1].name != one.area:
            areas.append(Area(one.area, []))
        pays = purposes[-1].budgets
        areas[-1].places.append((one, _sold_at(one, sold, None if budgets is None else pays)))
    return purposes


def _sold_at(
    place: Place, offered: Iterable[Offered], budgets: Sequence[Left] | None
) -> list[Offered]:
    """What this pass can pay there: visits by a budget in visits, a price by one in euros."""
    here = [
        one
        for one in offered
        if one.merchant_id == place.merchant_id and one.category == place.category
    ]
    if budgets is None:
        return here
    pays = [one for one in budgets if one.merchant_id in {None, place.merchant_id}]
    in_visits = {one.visits is not None for one in pays}
    return [one for one in here if (one.visits is not None) in in_visits]
