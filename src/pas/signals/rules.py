"""Which sales of a week stand out: each kind is a rule of its own over the same facts.

What an honest club does looks much the same, so no rule goes by a number alone. One price many times
is an entrance or a contribution, however many pay it; what was undone never counts; one bad evening
of a new volunteer is no habit. Reasons for each bound: ``docs/decisions/0096-what-stands-out.md``.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import Final, Literal, TypeVar

import msgspec

from pas.days import AMSTERDAM, day_of
from pas.ids import CardId, MerchantId, TillId
from pas.money import Cents
from pas.signals.model import Bounds, Found, Kind, SaleFacts, Verdict

ROUND_CENTS: Final = 1_000
"""Prices end in 95 or 50, contributions in 5 euros; who gives cash for a pass says ten, twenty, fifty."""
ROW: Final = timedelta(minutes=15)
PRICES: Final = 5
"""With fewer different prices it is a price list."""
WORSE: Final = 2
"""How many times as many as an officer saw is clearly worse."""
VOID_DAYS: Final = 2
MOST_SALES: Final = 300
HEAVIEST: Final = 99
BASE: Final[dict[Kind, int]] = {
    "emptied_budgets": 60,
    "round_amounts": 50,
    "many_cards": 50,
    "two_places": 35,
    "odd_hours": 30,
    "voids": 25,
}
"""How heavy each is at its bound: money that leaves as cash first, what is nearly always a mistake last."""

Owner = TypeVar("Owner", MerchantId, TillId, CardId)
Sold = TypeVar("Sold")
Sales = Sequence[SaleFacts]


class Known(msgspec.Struct, frozen=True):
    """The newest signal of the same pattern in the same week, and what an officer said of how many."""

    number: int
    counted: int
    out_of: int
    verdict: Verdict | None
    judged_counted: int | None


def find(sales: Sales, bounds: Bounds) -> list[Found]:
    """Give what stands out in the sales of one week, all merchants together, in order of time."""
    found = list[Found | None]()
    for of_merchant in grouped((sale.merchant_id, sale) for sale in sales):
        found += [round_amounts(of_merchant, bounds), emptied_budgets(of_merchant, bounds)]
    for of_till in grouped((sale.till_id, sale) for sale in sales):
        found += [
            many_cards(of_till, bounds),
            odd_hours(of_till, bounds),
            voids(of_till, bounds),
        ]
    for of_card in grouped((sale.card_id, sale) for sale in sales if sale.card_id is not None):
        found.append(two_places(of_card, bounds))
    return [one for one in found if one is not None]


def round_amounts(sales: Sales, bounds: Bounds) -> Found | None:
    """Nearly everything a merchant sold was a multiple of ten euros, in many different amounts."""
    stand = [sale for sale in sales if not sale.is_undone]
    odd = [sale for sale in stand if is_round(sale)]
    if len(odd) < bounds.round_sales or len(odd) * 5 < len(stand) * 4 or is_price_list(odd):
        return None
    return told(
        "round_amounts", odd, least=bounds.round_sales, out_of=len(stand), different=prices(odd)
    )


def emptied_budgets(sales: Sales, bounds: Bounds) -> Found | None:
    """Budgets were taken to the last cent, each by a price that was exactly what was left."""
    stand = [sale for sale in sales if not sale.is_undone]
    odd = [sale for sale in stand if sale.emptied_cents and sale.emptied_cents == sale.price_cents]
    if len(odd) < bounds.emptied_budgets or len(odd) * 2 < len(stand) or is_price_list(odd):
        return None
    return told(
        "emptied_budgets",
        odd,
        least=bounds.emptied_budgets,
        out_of=len(stand),
        different=prices(odd),
    )


def many_cards(sales: Sales, bounds: Bounds) -> Found | None:
    """One till took card after card, each for another price: the fullest quarter of an hour."""
    stand = [sale for sale in sales if not sale.is_undone]
    fullest: Sales = []
    first = 0
    for place, sale in enumerate(stand):
        while sale.at - stand[first].at > ROW:
            first += 1
        if place + 1 - first > len(fullest):
            fullest = stand[first : place + 1]
    cards = len({sale.card_id for sale in fullest if sale.card_id is not None})
    if cards < bounds.row_cards or is_price_list(fullest):
        return None
    return told("many_cards", fullest, least=bounds.row_cards, out_of=len(stand), different=cards)


def odd_hours(sales: Sales, bounds: Bounds) -> Found | None:
    """A till sold in the night."""
    stand = [sale for sale in sales if not sale.is_undone]
    odd = [sale for sale in stand if is_night(sale.at, bounds)]
    if len(odd) < bounds.night_sales:
        return None
    nights = len({day_of(sale.at - timedelta(hours=bounds.night_until)) for sale in odd})
    return told("odd_hours", odd, least=bounds.night_sales, out_of=len(stand), different=nights)


def voids(sales: Sales, bounds: Bounds) -> Found | None:
    """A till takes back a fifth of what it sells, on more than one day."""
    odd = [sale for sale in sales if sale.is_voided]
    days = len({day_of(sale.at) for sale in odd})
    if len(odd) < bounds.voids or len(odd) * 5 < len(sales) or days < VOID_DAYS:
        return None
    return told("voids", odd, least=bounds.voids, out_of=len(sales), different=days)


def two_places(sales: Sales, bounds: Bounds) -> Found | None:
    """One card paid in two places, sooner after each other than one can get there."""
    stand = [sale for sale in sales if sale.is_online and not sale.is_undone and sale.place]
    soon = timedelta(minutes=bounds.two_places_minutes)
    pairs = [
        (one, other)
        for one, other in pairwise(stand)
        if one.place != other.place and other.at - one.at <= soon
    ]
    if not pairs:
        return None
    odd = list({sale.id: sale for pair in pairs for sale in pair}.values())
    later = pairs[0][1]
    return msgspec.structs.replace(
        told("two_places", odd, least=2, out_of=len(sales), different=len(pairs)),
        merchant_id=later.merchant_id,
        till_id=later.till_id,
        about=later.id,
    )


def is_round(sale: SaleFacts) -> bool:
    """A multiple of ten euros, all of it from the pass: who gives cash for it asks nothing besides."""
    is_whole = sale.taken_cents == sale.price_cents and sale.visits == 0
    return is_whole and sale.price_cents % ROUND_CENTS == 0


def is_price_list(sales: Sales) -> bool:
    """Few prices, or one that most of them pay: an entrance, a contribution, a school trip."""
    counted = Counter(sale.price_cents for sale in sales)
    return len(counted) < PRICES or counted.most_common(1)[0][1] * 2 > len(sales)


def is_night(at: datetime, bounds: Bounds) -> bool:
    hour = at.astimezone(AMSTERDAM).hour
    if bounds.night_from <= bounds.night_until:
        return bounds.night_from <= hour < bounds.night_until
    return hour >= bounds.night_from or hour < bounds.night_until


def what_to_do(
    found: Found, known: Known | None, quiet: int | None
) -> Literal["new", "grow", "leave"]:
    """Whether this is news; ``quiet`` is of how many an officer lately said that it was nothing."""
    if known is None:
        return "leave" if quiet is not None and found.counted < WORSE * quiet else "new"
    if known.judged_counted is not None:
        return "new" if found.counted >= WORSE * known.judged_counted else "leave"
    return "leave" if (found.counted, found.out_of) == (known.counted, known.out_of) else "grow"


def told(kind: Kind, sales: Sales, *, least: int, out_of: int, different: int) -> Found:
    """Put the numbers of a pattern together; it is a till's own where all sales are of one till."""
    tills = {sale.till_id for sale in sales}
    merchant, till = sales[0].merchant_id, tills.pop() if len(tills) == 1 else None
    of_merchant = kind in {"round_amounts", "emptied_budgets"}
    return Found(
        kind=kind,
        merchant_id=merchant,
        till_id=till,
        about=merchant if of_merchant or till is None else till,
        week=week_of(sales[0].at),
        counted=len(sales),
        out_of=out_of,
        different=different,
        cents=Cents(sum(sale.price_cents for sale in sales)),
        first_at=sales[0].at,
        last_at=sales[-1].at,
        weight=min(HEAVIEST, BASE[kind] + 10 * (len(sales) - least) // least),
        sales=tuple(sale.id for sale in sales[:MOST_SALES]),
    )


def week_of(at: datetime) -> date:
    """The Monday of its week."""
    day = day_of(at)
    return day - timedelta(days=day.weekday())


def prices(sales: Sales) -> int:
    return len({sale.price_cents for sale in sales})


def grouped(sales: Iterable[tuple[Owner, Sold]]) -> Iterable[Sequence[Sold]]:
    groups: defaultdict[Owner, list[Sold]] = defaultdict(list)
    for owner, sale in sales:
        groups[owner].append(sale)
    return groups.values()
