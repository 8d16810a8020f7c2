"""What a till may take from a pass now: the whole decision, without reading or writing anything.

The checks go from the till to the budget, so that a refusal names what can be solved first, and
so that a till that may not scan learns nothing about a pass.
"""

from collections.abc import Sequence
from datetime import date, datetime

import msgspec

from pas.errors import TillRefusal
from pas.money import Cents
from pas.redemptions.allocation import Sale, allocate
from pas.redemptions.amount_refusals import (
    AmountNotPositive,
    AmountOrVisitsMissing,
    AmountTooLarge,
    ConditionNotConfirmed,
)
from pas.redemptions.facts import (
    AgreementFacts,
    BudgetFacts,
    CardFacts,
    CodeFacts,
    Facts,
    Limits,
    MerchantFacts,
    PassFacts,
    Request,
    TillFacts,
)
from pas.redemptions.refusals import (
    CardBlocked,
    CardExpired,
    CardForeign,
    CardLimitReached,
    CardNotActivated,
    CardNotConfirmed,
    CardReplaced,
    CardUnknown,
    CategoryNotAgreed,
    MerchantLimitReached,
    MerchantNotApproved,
    MerchantSuspended,
    PassEnded,
    PassNotInHousehold,
    PassNotYetValid,
    PayeeMissing,
    PhoneCodeExpired,
    PhoneCodeForged,
    PhoneCodeUsed,
    PhoneRemoved,
    TemporaryCardExpired,
    TillLimitReached,
    TillNotAllowed,
    TillPaused,
    TillRevoked,
    TillTicketExpired,
    TillUnknown,
)
from pas.redemptions.verdicts import Moved, Part, Quote, Refused, Verdict, lost_cents, lost_visits

Reason = type[TillRefusal]


def decide(facts: Facts, request: Request, *, now: datetime, today: date) -> Verdict:
    """Quote what can be taken; with an amount to take, confirm exactly that or say what moved.

    ``today`` is the day of ``now`` in the municipality's own time zone.
    """
    reason = (
        refuse_till(facts.till)
        or refuse_amount(request, facts.limits)
        or refuse_merchant(facts)
        or refuse_pace(facts)
        or refuse_code(facts, now)
        or refuse_card(facts, now)
        or refuse_pass(facts, today)
    )
    if reason is not None:
        return Refused(reason)
    assert facts.merchant is not None
    agreed = agreed_on(facts.merchant, today)
    if request.category is not None:
        agreed = {name: price for name, price in agreed.items() if name == request.category}
    if not agreed:
        return Refused(CategoryNotAgreed)
    sale = Sale(
        today=today,
        merchant_id=facts.merchant.id,
        agreed=agreed,
        price_cents=request.price_cents,
        visits=request.visits,
        unmet=request.unmet,
        holder_is_adult=facts.holder_is_adult,
    )
    found = allocate(sale, facts.budgets)
    return settled(facts, request, found) if isinstance(found, Quote) else found


def settled(facts: Facts, request: Request, quote: Quote) -> Verdict:
    """Hold the quote against the card's limit and against what the till said it would take."""
    if quote.price_cents > facts.limits.price_cents:
        return Refused(AmountTooLarge)
    if takes_unconfirmed(facts.card, quote.take_cents):
        return Refused(CardNotConfirmed)
    if facts.counts.card_cents + quote.take_cents > facts.limits.card_cents:
        return Refused(CardLimitReached)
    sale_limit = facts.till.sale_limit_cents if facts.till is not None else None
    if sale_limit is not None and quote.take_cents > sale_limit:
        return Refused(AmountTooLarge)
    if request.take_cents is None:
        return quote
    if request.take_cents != quote.take_cents or loses_unheard(quote, request):
        return Moved(quote)
    open_conditions = tuple(
        condition for condition in quote.conditions if condition.code not in request.confirmed
    )
    if open_conditions:
        return Refused(ConditionNotConfirmed, open_conditions)
    return quote


def takes_unconfirmed(card: CardFacts | None, cents: Cents) -> bool:
    """Whether it is too much for a card of which nobody confirmed who has it."""
    return (
        card is not None and card.unconfirmed_cents is not None and cents > card.unconfirmed_cents
    )


def loses_unheard(quote: Quote, request: Request) -> bool:
    """Whether the holder would lose more than they heard: another budget may pay than was quoted."""
    return (
        lost_cents(quote.warnings) > request.lost_cents
        or lost_visits(quote.warnings) > request.lost_visits
    )


def refuse_till(till: TillFacts | None) -> Reason | None:
    match till:
        case None | TillFacts(state="invited"):
            return TillUnknown
        case TillFacts(state="revoked"):
            return TillRevoked
        case TillFacts(state="paused"):
            return TillPaused
        case TillFacts(allowed=False):
            return TillNotAllowed
        case TillFacts():
            return None


def refuse_amount(request: Request, limits: Limits) -> Reason | None:
    price, visits = request.price_cents, request.visits
    if (price is None) == (visits is None):
        return AmountOrVisitsMissing
    asked = [number for number in (price, visits, request.take_cents) if number is not None]
    if min(asked) <= 0:
        return AmountNotPositive
    if (price or 0) > limits.price_cents or (visits or 0) > limits.visits:
        return AmountTooLarge
    return None


def refuse_merchant(facts: Facts) -> Reason | None:
    """Refuse a payee that may not be paid; a merchant's till takes money for no other."""
    till, merchant = facts.till, facts.merchant
    assert till is not None
    if merchant is None:
        return PayeeMissing
    if till.kind == "merchant" and till.merchant_id != merchant.id:
        return TillNotAllowed
    match merchant.state:
        case "approved":
            return None
        case "suspended" | "ended":
            return MerchantSuspended
        case "requested":
            return MerchantNotApproved


def refuse_pace(facts: Facts) -> Reason | None:
    """Refuse what goes faster than a queue of people can."""
    counts, limits = facts.counts, facts.limits
    if counts.unknown_cards >= limits.unknown_cards:
        return TillPaused
    if counts.till_sales >= limits.till_sales:
        return TillLimitReached
    if counts.merchant_sales >= limits.merchant_sales:
        return MerchantLimitReached
    return None


def refuse_code(facts: Facts, now: datetime) -> Reason | None:
    """Refuse a code of a telephone that is nobody's, was used, or is out of its time."""
    if facts.code_is_forged:
        return PhoneCodeForged
    match facts.code:
        case CodeFacts(is_spent=True):
            return PhoneCodeUsed
        case CodeFacts(until=until, is_ticket=is_ticket) if until <= now:
            return TillTicketExpired if is_ticket else PhoneCodeExpired
        case _:
            return None


def refuse_card(facts: Facts, now: datetime) -> Reason | None:
    match facts.card:
        case None:
            return facts.unread or (CardForeign if facts.card_is_foreign else CardUnknown)
        case CardFacts(state="inactive"):
            return CardNotActivated
        case CardFacts(state="blocked"):
            return CardBlocked
        case CardFacts(state="replaced"):
            return CardReplaced
        case CardFacts(state="ended", form=form):
            return PhoneRemoved if form == "phone" else PassEnded
        case CardFacts(expires_at=expires_at) if expires_at is not None and expires_at <= now:
            return TemporaryCardExpired
        case CardFacts():
            over = facts.counts.card_sales >= facts.limits.card_sales
            return CardLimitReached if over else None


def refuse_pass(facts: Facts, today: date) -> Reason | None:
    """Refuse a pass outside its year, unless one of its budgets runs on."""
    if facts.relation == "stranger":
        return PassNotInHousehold
    match facts.pass_:
        case None:
            return PassNotYetValid
        case PassFacts(ended_from=ended_from) if ended_from is not None and ended_from <= today:
            return PassEnded
        case PassFacts(valid_from=valid_from) if today < valid_from:
            return PassNotYetValid
        case PassFacts(valid_until=valid_until) if valid_until <= today:
            runs_on = any(today < budget.closes_on for budget in facts.budgets)
            return None if runs_on else CardExpired
        case PassFacts():
            return None


def agreed_on(merchant: MerchantFacts, today: date) -> dict[str, Cents | None]:
    """List the categories agreed for a day with their price per visit; a later agreement wins."""
    by_start = sorted(merchant.agreements, key=lambda agreement: agreement.valid_from)
    return {
        agreement.category: agreement.visit_price_cents
        for agreement in by_start
        if holds_on(agreement, today)
    }


def holds_on(agreement: AgreementFacts, today: date) -> bool:
    started = agreement.valid_from <= today
    return started and (agreement.valid_until is None or today < agreement.valid_until)


def after(budgets: Sequence[BudgetFacts], quote: Quote) -> tuple[BudgetFacts, ...]:
    """Say what the budgets that pay are once a quote is booked: for the next item of one array."""
    paid = {part.account: part for part in quote.parts}
    return tuple(
        paid_from(budget, paid[budget.account]) for budget in budgets if budget.account in paid
    )


def paid_from(budget: BudgetFacts, part: Part) -> BudgetFacts:
    left = budget.balance_cents - part.take_cents - part.forfeit_cents
    return msgspec.structs.replace(
        budget,
        balance_cents=Cents(left),
        movements=budget.movements + 1 + bool(part.forfeit_cents),
        balance_visits=budget.balance_visits - part.visits - part.forfeit_visits,
        visits_movements=budget.visits_movements + bool(part.visits) + bool(part.forfeit_visits),
        used_this_year=True,
    )
