"""Which budgets pay how much of a price, or of a number of visits.

Most specific first (the scheme with the fewest categories), then what lapses first, then the
oldest, then by number: the same facts always give the same parts. Together they take the most
that can be taken. There is one exception to the order: a budget whose remainder would be lost
(spend at once, once per year) is spared when the others can pay as much and lose less.

A percentage is one of the whole price; what it leaves may be paid by another budget or is asked
from the holder. Visits are paid by visit budgets alone, at the price agreed with this merchant.
"""

from collections.abc import Callable, Iterable, Sequence
from datetime import date, datetime
from typing import Final, TypeAlias

import msgspec

from pas.errors import TillRefusal
from pas.ids import AccountId, MerchantId
from pas.ledger.book import Seen
from pas.money import NO_CENTS, Cents, share_of
from pas.redemptions.amount_refusals import (
    AlreadyUsedThisYear,
    AmountNotVisits,
    BudgetEmpty,
    BudgetNotYetUsable,
    BudgetPeriodEnded,
    ConditionNotMet,
    NoBudget,
    VisitPriceNotAgreed,
    VisitsNotAmount,
    VisitTooDear,
)
from pas.redemptions.conditions import conditions_of
from pas.redemptions.facts import BudgetFacts
from pas.redemptions.verdicts import Condition, HolderWarning, Part, Quote, Refused

# What helps the cashier most comes first.
NEAREST_FIRST: Final[tuple[type[TillRefusal], ...]] = (
    VisitsNotAmount,
    AmountNotVisits,
    VisitPriceNotAgreed,
    ConditionNotMet,
    BudgetEmpty,
    AlreadyUsedThisYear,
    BudgetNotYetUsable,
    BudgetPeriodEnded,
)
OWN_BUDGETS_CANNOT: Final = frozenset((*NEAREST_FIRST, VisitTooDear, NoBudget))
"""Why the pass itself pays nothing; a child that the card speaks for may be able to."""


class Sale(msgspec.Struct, frozen=True, kw_only=True):
    """What is for sale here and now; ``agreed`` has the price per visit of each agreed category."""

    today: date
    merchant_id: MerchantId
    agreed: dict[str, Cents | None]
    """Only the category that was asked for, when one was."""
    price_cents: Cents | None
    most_cents: Cents | None = None
    """Together no more than this of the price; None: all of it."""
    visits: int | None
    unmet: frozenset[str]
    holder_is_adult: bool


class Payment(msgspec.Struct, frozen=True, kw_only=True):
    """What one budget pays, before it is written down as movements."""

    budget: BudgetFacts
    category: str | None
    take_cents: Cents
    visits: int = 0


Fill: TypeAlias = Callable[[Sequence[BudgetFacts]], list[Payment]]


def allocate(sale: Sale, budgets: Iterable[BudgetFacts]) -> Quote | Refused:
    """Decide what each budget pays, or why none does and on which balances that rests."""
    fitting = sorted((budget for budget in budgets if fits(budget, sale)), key=order)
    reasons = [(budget, why_not(budget, sale)) for budget in fitting]
    usable = [budget for budget, reason in reasons if reason is None]
    if not usable:
        found = {reason for _, reason in reasons}
        nearest = next((reason for reason in NEAREST_FIRST if reason in found), NoBudget)
        return Refused(nearest, seen=seen_of(fitting))
    quoted = quote_visits(sale, usable) if sale.visits else quote_amount(sale, usable)
    if not quoted.parts:
        return Refused(VisitTooDear if sale.visits else BudgetEmpty, seen=seen_of(fitting))
    return quoted


def seen_of(budgets: Iterable[BudgetFacts]) -> tuple[Seen, ...]:
    """Name every account whose balance could have made the answer another one."""
    seen: list[Seen] = []
    for budget in budgets:
        seen.append(Seen(budget.account, budget.movements))
        if budget.visits_account is not None:
            seen.append(Seen(budget.visits_account, budget.visits_movements))
    return tuple(seen)


def order(budget: BudgetFacts) -> tuple[int, date, datetime, AccountId]:
    lapses_on = budget.lapses_on or date.max
    return len(budget.categories), lapses_on, budget.granted_at, budget.account


def fits(budget: BudgetFacts, sale: Sale) -> bool:
    """Whether a budget may be spent here at all; one bound to another payee is not mentioned."""
    return budget.payee in {None, sale.merchant_id} and not budget.categories.isdisjoint(
        sale.agreed
    )


def why_not(budget: BudgetFacts, sale: Sale) -> type[TillRefusal] | None:
    """Say why a fitting budget cannot pay today; None when it can."""
    if sale.today < budget.usable_from:
        return BudgetNotYetUsable
    if sale.today >= budget.closes_on:
        return BudgetPeriodEnded
    if budget.once_per_year and budget.used_this_year:
        return AlreadyUsedThisYear
    if is_empty(budget):
        return BudgetEmpty
    if any(condition.code in sale.unmet for condition in to_check(budget, sale)):
        return ConditionNotMet
    return wrong_unit(budget, sale)


def to_check(budget: BudgetFacts, sale: Sale) -> list[Condition]:
    return conditions_of(budget, today=sale.today, holder_is_adult=sale.holder_is_adult)


def is_empty(budget: BudgetFacts) -> bool:
    return budget.balance_cents <= 0 or (budget.counts_visits and budget.balance_visits <= 0)


def wrong_unit(budget: BudgetFacts, sale: Sale) -> type[TillRefusal] | None:
    in_visits = sale.visits is not None
    if budget.counts_visits and not in_visits:
        return VisitsNotAmount
    if in_visits and not budget.counts_visits:
        return AmountNotVisits
    if in_visits and not any(sale.agreed.get(category) for category in budget.categories):
        return VisitPriceNotAgreed
    return None


def quote_amount(sale: Sale, budgets: Sequence[BudgetFacts]) -> Quote:
    price = sale.price_cents
    assert price is not None

    def fill(candidates: Sequence[BudgetFacts]) -> list[Payment]:
        rest = price if sale.most_cents is None else min(price, sale.most_cents)
        payments = list[Payment]()
        for budget in candidates:
            take = min(rest, budget.balance_cents, share_of(price, budget.share_basis_points))
            if take > 0:
                purpose = only_purpose(budget, sale)
                payments.append(Payment(budget=budget, category=purpose, take_cents=take))
                rest = Cents(rest - take)
        return payments

    return quote(sale, price, spare(fill, budgets))


def only_purpose(budget: BudgetFacts, sale: Sale) -> str | None:
    """Name the category that was asked for, or the only one that fits; never a guess."""
    purposes = budget.categories & sale.agreed.keys()
    return next(iter(purposes)) if len(purposes) == 1 else None


def quote_visits(sale: Sale, budgets: Sequence[BudgetFacts]) -> Quote:
    """Pay whole visits of one category: that of the first budget which has the cents for one."""
    visits = sale.visits
    assert visits is not None
    prices = [(visit_price(sale, budget), budget.balance_cents) for budget in budgets]
    able = [asked for asked, balance in prices if asked[0] <= balance]
    price, category = able[0] if able else prices[0][0]

    def fill(candidates: Sequence[BudgetFacts]) -> list[Payment]:
        rest, payments = visits, list[Payment]()
        for budget in candidates:
            within = min(rest, budget.balance_visits, budget.balance_cents // price)
            count = within if category in budget.categories else 0
            if count > 0:
                take = Cents(count * price)
                payments.append(
                    Payment(budget=budget, category=category, take_cents=take, visits=count)
                )
                rest -= count
        return payments

    return quote(sale, Cents(visits * price), spare(fill, budgets), visits=visits)


def visit_price(sale: Sale, budget: BudgetFacts) -> tuple[Cents, str]:
    """Name what a visit costs here, of the cheapest category when the budget has more."""
    return min(
        (price, category)
        for category, price in sale.agreed.items()
        if price and category in budget.categories
    )


def spare(fill: Fill, budgets: Sequence[BudgetFacts]) -> list[Payment]:
    """Leave out what would lose its remainder, one by one, while the others pay as much.

    The plain order stands unless less is lost; not the least of all combinations is looked for,
    but nothing at all is lost whenever that is possible.
    """
    best, left = fill(budgets), budgets
    tried = best
    while losing := [payment.budget for payment in reversed(tried) if lost(payment)]:
        options = [[budget for budget in left if budget is not one] for one in losing]
        options = [option for option in options if total(fill(option)) == total(best)]
        if not options:
            break
        left = min(options, key=lambda option: all_lost(fill(option)))
        tried = fill(left)
        if all_lost(tried) < all_lost(best):
            best = tried
    return best


def lost(payment: Payment) -> int:
    """Count what cannot be spent any more (this year) after this payment, in the sale's unit.

    Cents that are left because visits were cheap are not the holder's loss.
    """
    budget = payment.budget
    if not (budget.spend_at_once or budget.once_per_year):
        return 0
    if payment.visits:
        return budget.balance_visits - payment.visits
    return budget.balance_cents - payment.take_cents


def all_lost(payments: Iterable[Payment]) -> int:
    return sum(map(lost, payments))


def total(payments: Iterable[Payment]) -> Cents:
    return Cents(sum(payment.take_cents for payment in payments))


def quote(sale: Sale, price: Cents, payments: Sequence[Payment], *, visits: int = 0) -> Quote:
    """Add it up, with what the cashier has to check and the holder has to hear."""
    take = total(payments)
    taken_visits = sum(payment.visits for payment in payments)
    conditions = {
        condition.code: condition
        for payment in payments
        for condition in to_check(payment.budget, sale)
    }
    return Quote(
        price_cents=price,
        take_cents=take,
        ask_cents=Cents(price - take),
        visits=taken_visits,
        ask_visits=visits - taken_visits,
        parts=tuple(map(part_of, payments)),
        conditions=tuple(conditions.values()),
        warnings=tuple(warning for payment in payments for warning in warnings_of(payment)),
    )


def part_of(payment: Payment) -> Part:
    budget = payment.budget
    left = budget.balance_cents - payment.take_cents
    return Part(
        account=budget.account,
        scheme_id=budget.scheme_id,
        scheme_version_id=budget.scheme_version_id,
        category=payment.category,
        take_cents=payment.take_cents,
        forfeit_cents=Cents(left) if budget.spend_at_once else NO_CENTS,
        visits_account=budget.visits_account,
        visits=payment.visits,
        forfeit_visits=budget.balance_visits - payment.visits if budget.spend_at_once else 0,
        seen=budget.movements if budget.spend_at_once or budget.once_per_year else None,
    )


def warnings_of(payment: Payment) -> list[HolderWarning]:
    """Say before paying what cannot be had back afterwards."""
    budget, part, warnings = payment.budget, part_of(payment), list[HolderWarning]()
    if part.forfeit_visits:
        warnings.append(HolderWarning("loses-remainder", lost_visits=part.forfeit_visits))
    elif part.forfeit_cents and not part.visits:
        warnings.append(HolderWarning("loses-remainder", part.forfeit_cents))
    if budget.once_per_year:
        warnings.append(HolderWarning("once-a-year"))
    if budget.kind == "in_kind":
        warnings.append(HolderWarning("thing-not-money"))
    return warnings
