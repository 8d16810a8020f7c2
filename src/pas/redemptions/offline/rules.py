"""Who bears a sale that was made without a network: decided afterwards, as of its own moment.

What truly happened within the signed limits is accepted (``sharing``). What breaks them, or what the
till could have known, is the merchant's.
"""

from typing import Final

from pas.money import Cents
from pas.passes.codes import CardForeign, CardUnknown
from pas.redemptions.amount_refusals import (
    AmountNotPositive,
    AmountOrVisitsMissing,
    VisitPriceNotAgreed,
)
from pas.redemptions.facts import MerchantState, TillState
from pas.redemptions.offline.facts import (
    Accepted,
    OfflineFacts,
    OfMerchant,
    PermitFacts,
    Priced,
    Reason,
    Replayed,
    Sold,
    Verdict,
)
from pas.redemptions.offline.refusals import (
    OfflineItemUnreadable,
    OfflineNumbersStopped,
    OfflineNumberTaken,
    OfflinePassDayReached,
    OfflinePermitEnded,
    OfflinePermitUnknown,
    OfflineReplacedTwice,
    OfflineSaleTooLarge,
    OfflineSignatureWrong,
    OfflineTooLate,
    OfflineTotalReached,
)
from pas.redemptions.offline.sharing import accept, off_because
from pas.redemptions.refusals import (
    CategoryNotAgreed,
    MerchantNotApproved,
    MerchantSuspended,
    SaleIdReused,
    TillPaused,
    TillRevoked,
    TillUnknown,
)

MOST_UNKNOWN_CARDS: Final = 5
"""Of one till in a day; after it no typed number is looked up, so that nobody tries them out here."""


def judge_offline(facts: OfflineFacts, sold: Sold) -> Verdict:
    """Say who bears a sale: the pass, the municipality, both, or the merchant itself."""
    reason = refuse_item(facts)
    if reason is not None:
        return OfMerchant(reason)
    if facts.replaced == "booked":
        return Replayed()
    permit = facts.permit
    if permit is None:
        return OfMerchant(OfflinePermitUnknown)
    priced = price_of(sold, permit)
    if not isinstance(priced, Priced):
        return OfMerchant(priced)
    reason = (
        refuse_place(facts, sold, permit)
        or refuse_sold(priced, permit)
        or refuse_card(facts)
        or refuse_totals(facts, priced.cents, permit)
    )
    return OfMerchant(reason) if reason is not None else accept(facts, sold, priced)


def refuse_item(facts: OfflineFacts) -> Reason | None:
    """Refuse what cannot be believed, before anything in it is looked at."""
    if not facts.is_read:
        return OfflineItemUnreadable
    if not facts.is_signed:
        return OfflineSignatureWrong
    if facts.id_taken or facts.replaced == "foreign":
        return SaleIdReused
    if facts.number_taken:
        return OfflineNumberTaken
    return OfflineReplacedTwice if facts.replaced == "taken" else None


def price_of(sold: Sold, permit: PermitFacts) -> Priced | Reason:
    """Name the price: as typed, or so many visits at the price of the permit."""
    if sold.visits is None:
        if sold.price_cents is None:
            return AmountOrVisitsMissing
        if sold.price_cents <= 0:
            return AmountNotPositive
        owed = sold.take_cents or sold.price_cents
        return Priced(owed, sold.category, whole_cents=sold.price_cents)
    if sold.visits <= 0:
        return AmountNotPositive
    prices = {
        category: cents
        for category, cents in permit.visit_prices.items()
        if sold.category in {None, category}
    }
    if not prices:
        return VisitPriceNotAgreed
    cents, category = min((cents, category) for category, cents in prices.items())
    total = Cents(sold.visits * cents)
    if sold.price_cents not in {None, total}:
        return AmountOrVisitsMissing
    return Priced(total, category, sold.visits)


def refuse_place(facts: OfflineFacts, sold: Sold, permit: PermitFacts) -> Reason | None:
    """Refuse what was sold outside the time of the permit, or where nothing might be sold then."""
    if sold.moment >= permit.valid_until:
        return OfflinePermitEnded
    if facts.is_too_late:
        return OfflineTooLate
    return stopped(facts.till_state, facts.merchant_state)


def stopped(till: TillState, merchant: MerchantState) -> Reason | None:
    """Say why a till may sell nothing."""
    match till, merchant:
        case "invited", _:
            return TillUnknown
        case "revoked", _:
            return TillRevoked
        case "paused", _:
            return TillPaused
        case _, "requested":
            return MerchantNotApproved
        case _, "suspended" | "ended":
            return MerchantSuspended
        case "active", "approved":
            return None


def refuse_sold(priced: Priced, permit: PermitFacts) -> Reason | None:
    if priced.category is not None and priced.category not in permit.categories:
        return CategoryNotAgreed
    return OfflineSaleTooLarge if priced.cents > permit.per_sale_cents else None


def refuse_card(facts: OfflineFacts) -> Reason | None:
    """Refuse what nobody can be charged for, and what stood on the list of the till."""
    if facts.unreadable is not None:
        return facts.unreadable
    if facts.is_typed and facts.unknown_cards >= MOST_UNKNOWN_CARDS:
        return OfflineNumbersStopped
    if facts.card is None:
        return CardForeign if facts.facts.card_is_foreign else CardUnknown
    return off_because(facts.card.state) if facts.card.was_listed else None


def refuse_totals(facts: OfflineFacts, price: Cents, permit: PermitFacts) -> Reason | None:
    if facts.pass_day_cents + price > permit.per_pass_day_cents:
        return OfflinePassDayReached
    if permit.accepted_cents + price > permit.total_cents:
        return OfflineTotalReached
    older = permit.older_total_cents
    return OfflineTotalReached if older is not None and permit.older_cents + price > older else None


def bearer_of(verdict: Verdict) -> str:
    """Name who bears it, as it is stored and told."""
    match verdict:
        case OfMerchant():
            return "merchant"
        case Replayed():
            return "budget"
        case Accepted(take_cents=take, risk_cents=risk):
            if not risk:
                return "budget"
            return "both" if take else "municipality"
