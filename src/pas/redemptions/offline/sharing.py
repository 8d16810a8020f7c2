"""How an accepted sale is shared: the pass pays what it can, and the municipality what it cannot.

The pass pays as it would have with a network; the rest comes out of the risk of one scheme. Nobody
heard a warning, so a budget that is spent at once gives nothing up; what the till could not ask is
not held against it.
"""

import msgspec

from pas.money import NO_CENTS, Cents
from pas.redemptions.allocation import Sale, allocate, fits, order, why_not
from pas.redemptions.amount_refusals import BudgetEmpty
from pas.redemptions.facts import BudgetFacts, CardState, Facts
from pas.redemptions.offline.facts import (
    Accepted,
    OfflineFacts,
    OfMerchant,
    PermitFacts,
    Priced,
    Reason,
    SchemeYear,
    Sold,
    Verdict,
)
from pas.redemptions.offline.refusals import OfflineRiskReached
from pas.redemptions.refusals import (
    CardBlocked,
    CardNotActivated,
    CardNotConfirmed,
    CardReplaced,
    CategoryNotAgreed,
    PassEnded,
    PassNotInHousehold,
    TemporaryCardExpired,
)
from pas.redemptions.rules import agreed_on, refuse_pass, takes_unconfirmed
from pas.redemptions.verdicts import Part, Quote, Refused


def off_because(state: CardState) -> Reason | None:
    """Say why a card was no good; None for one that was."""
    match state:
        case "blocked":
            return CardBlocked
        case "replaced":
            return CardReplaced
        case "ended":
            return PassEnded
        case "inactive":
            return CardNotActivated
        case "active":
            return None


def accept(facts: OfflineFacts, sold: Sold, priced: Priced) -> Verdict:
    """Let the pass pay what it can and the municipality the rest, out of one scheme's risk."""
    assert facts.card is not None, "refused before"
    assert facts.permit is not None, "refused before"
    sale = sale_of(sold, priced, permit=facts.permit, facts=facts.facts)
    reason = (
        off_because(facts.card.state)
        or (TemporaryCardExpired if facts.card.is_expired else None)
        or (CardNotConfirmed if takes_unconfirmed(facts.facts.card, priced.cents) else None)
        or refuse_pass(facts.facts, sold.today)
    )
    if reason is PassNotInHousehold:
        return OfMerchant(reason)
    found = Refused(reason) if reason is not None else allocate(sale, spendable(facts, sale))
    paid = found if isinstance(found, Quote) else None
    take = paid.take_cents if paid is not None else NO_CENTS
    rest = Cents(priced.cents - take)
    risk = risk_of(facts, sale) if rest else None
    if rest and risk is None:
        return OfMerchant(CategoryNotAgreed)
    if rest and facts.risk_day_cents + rest > facts.permit.risk_day_cents:
        return OfMerchant(OfflineRiskReached)
    return Accepted(
        price_cents=priced.cents,
        parts=tuple(map(keeps_rest, paid.parts)) if paid is not None else (),
        take_cents=take,
        risk_cents=rest,
        risk=risk,
        category=(paid and paid.category) or priced.category,
        visits=paid.visits if paid is not None else 0,
        ask_visits=paid.ask_visits if paid is not None else priced.visits or 0,
        reason=why(found) if rest else None,
    )


def sale_of(sold: Sold, priced: Priced, *, permit: PermitFacts, facts: Facts) -> Sale:
    """Put it as a sale with a network: the agreements of that day, at the visit prices signed."""
    merchant = facts.merchant
    assert merchant is not None, "a till of a merchant"
    agreed = {
        category: permit.visit_prices.get(category)
        for category in agreed_on(merchant, sold.today)
        if priced.category in {None, category}
    }
    return Sale(
        today=sold.today,
        merchant_id=merchant.id,
        agreed=agreed,
        price_cents=priced.whole_cents,
        most_cents=priced.cents,
        visits=priced.visits,
        unmet=frozenset(),
        holder_is_adult=facts.holder_is_adult,
    )


def spendable(facts: OfflineFacts, sale: Sale) -> list[BudgetFacts]:
    """Leave out what the books would refuse by the minute, where the rules only know the day."""
    return [
        msgspec.structs.replace(budget, spend_at_once=False)
        for budget in facts.facts.budgets
        if budget.account not in facts.unusable or why_not(budget, sale) is not None
    ]


def keeps_rest(part: Part) -> Part:
    assert part.forfeit_cents == 0, "spend-at-once was taken off"
    assert part.forfeit_visits == 0, "spend-at-once was taken off"
    return part


def why(found: Quote | Refused) -> Reason:
    return found.reason if isinstance(found, Refused) else BudgetEmpty


def risk_of(facts: OfflineFacts, sale: Sale) -> SchemeYear | None:
    """Choose whose risk it is: the budget that would have paid, else the scheme for what was sold.

    Of the budgets that fit, those that could be spent that day come first, then the order in which
    they pay: so the same sale always falls to the same scheme.
    """
    fitting = sorted(
        (budget for budget in facts.facts.budgets if fits(budget, sale)),
        key=lambda budget: (why_not(budget, sale) not in {None, BudgetEmpty}, order(budget)),
    )
    if fitting:
        return SchemeYear(fitting[0].scheme_id, facts.years[fitting[0].account])
    return facts.fallback
