"""How often honest people stand out in a year: seldom enough for ten minutes a week."""

from collections import Counter, defaultdict
from collections.abc import Iterator, Sequence
from datetime import date
from uuid import UUID

from given.purses import a_market, a_purse_to_plan
from pas.demo.plan_year import Purchase, plan
from pas.demo.seasons import habits
from pas.ids import CardId, MerchantId
from pas.money import Cents
from pas.signals.model import Bounds, SaleFacts
from pas.signals.rules import find, week_of

PEOPLE = 2_000
"""With a budget for each of fourteen purposes, at one shop each: ten times as busy as the demonstration."""
GIVEN = Cents(12_500)


def the_year() -> list[Purchase]:
    purses = [
        a_purse_to_plan(number, category, amount_cents=GIVEN, token_hash=number.to_bytes(32))
        for category in habits()
        for number in range(PEOPLE)
    ]
    return plan(a_market(), purses)


def as_sold(purchases: Sequence[Purchase]) -> Iterator[SaleFacts]:
    """What each budget still has is taken; the holder pays the rest."""
    left: dict[tuple[bytes, str | None], int] = {}
    for one in purchases:
        budget = (one.token_hash, one.request.category)
        price = one.request.price_cents or one.request.take_cents or Cents(0)
        taken = min(price, left.setdefault(budget, GIVEN))
        if taken == 0:
            continue
        back = one.undone != "no"
        left[budget] -= 0 if back else taken
        is_emptied = left[budget] == 0 and taken == price and taken >= 2_500
        yield SaleFacts(
            id=one.id,
            merchant_id=MerchantId(UUID(int=one.till_id.int)),
            till_id=one.till_id,
            at=one.at,
            price_cents=price,
            taken_cents=Cents(taken),
            visits=one.request.visits or 0,
            card_id=CardId(UUID(bytes=one.token_hash[16:])),
            place=str(1970 + one.till_id.int % 5),
            emptied_cents=Cents(taken if is_emptied else 0),
            is_undone=back,
            is_voided=one.undone == "void",
            is_online=True,
        )


def test_a_year_of_honest_sales_gives_less_than_one_signal_in_two_weeks() -> None:
    """Nearly all of them a card in two places: these people are drawn, and never on their way."""
    weeks: defaultdict[date, list[SaleFacts]] = defaultdict(list)
    for sale in as_sold(the_year()):
        weeks[week_of(sale.at)].append(sale)
    found = Counter(one.kind for sales in weeks.values() for one in find(sales, Bounds()))
    assert sum(map(len, weeks.values())) > 25_000
    assert found.total() <= 26, found
    assert found.keys() <= {"two_places"}, found
