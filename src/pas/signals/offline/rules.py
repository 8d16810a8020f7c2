"""What stands out in what tills handed in afterwards: a chain that does not fit, and who bears what.

A hole is a number that never came. It may still come, so it counts only when no till may hand in
what it sold then any more. Two texts under one number, or one that the till did not sign, no queue
makes by itself.
"""

from collections.abc import Callable, Sequence
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

import msgspec

from pas.ids import EntryId, MerchantId, TillId
from pas.money import Cents
from pas.signals.model import Bounds, Found, Kind
from pas.signals.rules import HEAVIEST, MOST_SALES, grouped, week_of

COMPLETE_AFTER: Final = timedelta(days=4)
"""A permit is valid for three days; what is not here a day later was lost."""
LIGHT: Final[dict[Kind, int]] = {
    "broken_chain": 35,
    "borne_by_municipality": 45,
    "declined_offline": 30,
}
FORGED: Final = 85


class OfflineFacts(msgspec.Struct, frozen=True):
    """One sale that was handed in; ``is_alone`` says that the one before it is not there.

    ``is_forged``: its number was taken, it names another one before it, or the till did not sign it.
    """

    id: EntryId
    merchant_id: MerchantId
    till_id: TillId
    at: datetime
    recorded_at: datetime
    is_booked: bool
    is_declined: bool
    is_alone: bool
    is_forged: bool
    price_cents: Cents
    risk_cents: Cents


Sales = Sequence[OfflineFacts]


def find_offline(sales: Sales, bounds: Bounds, *, now: datetime) -> list[Found]:
    """Give what stands out in what was sold without a network in one week, in order of time."""
    found = list[Found | None]()
    for of_till in grouped((sale.till_id, sale) for sale in sales):
        found += [broken_chain(of_till, now=now), declined(of_till, bounds)]
    for of_merchant in grouped((sale.merchant_id, sale) for sale in sales):
        found.append(borne(of_merchant, bounds))
    return [one for one in found if one is not None]


def broken_chain(sales: Sales, *, now: datetime) -> Found | None:
    """A till's numbers have a hole that nothing fills any more, or one number has two sales."""
    forged = [sale for sale in sales if sale.is_forged]
    holes = [
        sale
        for sale in sales
        if sale.is_alone and not sale.is_forged and now - sale.recorded_at >= COMPLETE_AFTER
    ]
    if not forged and not holes:
        return None
    odd = sorted((*forged, *holes), key=happened)
    weight = FORGED if forged else LIGHT["broken_chain"]
    return told("broken_chain", odd, sales, weight=weight, different=len(forged), cents=price_of)


def borne(sales: Sales, bounds: Bounds) -> Found | None:
    """Of one merchant's sales the municipality bore more than a little."""
    odd = [sale for sale in sales if sale.risk_cents]
    cents = sum(sale.risk_cents for sale in odd)
    if cents < bounds.borne_cents:
        return None
    weight = (
        LIGHT["borne_by_municipality"] + 10 * (cents - bounds.borne_cents) // bounds.borne_cents
    )
    return told(
        "borne_by_municipality",
        odd,
        sales,
        weight=weight,
        different=len({sale.till_id for sale in odd}),
        cents=risk_of,
    )


def declined(sales: Sales, bounds: Bounds) -> Found | None:
    """A till handed in sales that nobody pays its merchant for."""
    odd = [sale for sale in sales if sale.is_declined and not sale.is_forged]
    if len(odd) < bounds.declined_offline:
        return None
    return told(
        "declined_offline",
        odd,
        sales,
        weight=LIGHT["declined_offline"],
        different=0,
        cents=price_of,
    )


def told(
    kind: Kind,
    odd: Sales,
    sales: Sales,
    *,
    weight: int,
    different: int,
    cents: Callable[[OfflineFacts], Cents],
) -> Found:
    tills = {sale.till_id for sale in odd}
    merchant, till = odd[0].merchant_id, tills.pop() if len(tills) == 1 else None
    about: UUID = merchant if kind == "borne_by_municipality" or till is None else till
    return Found(
        kind=kind,
        merchant_id=merchant,
        till_id=till,
        about=about,
        week=week_of(odd[0].at),
        counted=len(odd),
        out_of=len(sales),
        different=different,
        cents=Cents(sum(cents(sale) for sale in odd)),
        first_at=odd[0].at,
        last_at=odd[-1].at,
        weight=min(HEAVIEST, weight),
        sales=tuple(sale.id for sale in odd if sale.is_booked)[:MOST_SALES],
    )


def happened(sale: OfflineFacts) -> datetime:
    return sale.at


def price_of(sale: OfflineFacts) -> Cents:
    return sale.price_cents


def risk_of(sale: OfflineFacts) -> Cents:
    return sale.risk_cents
