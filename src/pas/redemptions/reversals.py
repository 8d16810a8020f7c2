"""Undoing a payment: void at once by the till that took it, refund later, whole or in part.

Money goes back the way it came: from the merchant to the budgets, the last one first. What the
municipality bore of a sale without a network was paid last, so that comes back first. A budget
that has ended passes it on to the appropriation in the same entry. Once all that a spend-at-once
budget paid is back, the remainder that it gave up comes back too: nothing was bought, so nothing
is lost. A closed pot may have been granted to others since; then the payment comes back, and of the
remainder as much as the pot still holds.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal, TypeAlias

import msgspec

from pas.errors import TillRefusal
from pas.ids import AccountId, MerchantId, TillId
from pas.money import NO_CENTS, Cents
from pas.redemptions.amount_refusals import (
    AlreadyReversed,
    AmountNotPositive,
    AmountOrVisitsMissing,
    PartlyReversed,
    RefundAboveRemainder,
    RefundAtOtherMerchant,
    RefundInEuros,
    RefundInVisits,
    VoidAtOtherTill,
    VoidTooLate,
)
from pas.redemptions.facts import TillFacts
from pas.redemptions.rules import refuse_till
from pas.redemptions.verdicts import Refused


class PaidPart(msgspec.Struct, frozen=True, kw_only=True):
    """What one budget paid, by which lines of the entry, and how much has come back since."""

    account: AccountId
    take_line: int
    taken_cents: Cents
    reversed_cents: Cents = Cents(0)
    forfeit_line: int | None = None
    forfeited_cents: Cents = Cents(0)
    visits_account: AccountId | None = None
    visits_line: int | None = None
    visits: int = 0
    reversed_visits: int = 0
    forfeit_visits_line: int | None = None
    forfeited_visits: int = 0
    budget_ended: bool = False
    """The budget has lapsed or its pass has ended: what comes back goes on."""
    is_risk: bool = False
    """The municipality bore it, of a sale without a network: no budget, and visits in name only."""
    pot: AccountId | None = None
    pot_cents: Cents | None = None
    """What the closed pot that the budget came from holds; None where the pot is open."""

    @property
    def left_cents(self) -> Cents:
        return Cents(self.taken_cents - self.reversed_cents)

    @property
    def left_visits(self) -> int:
        return self.visits - self.reversed_visits


class Redemption(msgspec.Struct, frozen=True, kw_only=True):
    """A payment as it was booked, its parts in the order they were taken.

    ``void_until`` is the first moment at which it is too late: the cut-off of the settlement run
    or the end of the window; ``is_settled`` says that it is in a run already.
    """

    till_id: TillId | None
    """None where a club confirmed by invoice."""
    merchant_id: MerchantId
    parts: tuple[PaidPart, ...]
    void_until: datetime
    is_settled: bool = False

    @property
    def left_cents(self) -> Cents:
        return Cents(sum(part.left_cents for part in self.parts))

    @property
    def left_visits(self) -> int:
        return sum(part.left_visits for part in self.parts)

    @property
    def in_visits(self) -> bool:
        return any(part.visits for part in self.parts)


class RefundRequest(msgspec.Struct, frozen=True, kw_only=True):
    """How much comes back: an amount, a number of visits, or (neither) all that is left."""

    amount_cents: Cents | None = None
    visits: int | None = None


class PartBack(msgspec.Struct, frozen=True, kw_only=True):
    """What comes back to the budget that paid ``part``; each amount is a movement of its own.

    ``back_cents`` goes from the merchant to the budget, ``restore_cents`` from the appropriation
    to the budget (what spend-at-once gave up), ``onward_cents`` from the budget to the
    appropriation. ``back_visits`` are unused again, and move likewise.
    """

    part: PaidPart
    back_cents: Cents
    restore_cents: Cents
    onward_cents: Cents
    back_visits: int
    restore_visits: int
    onward_visits: int

    @property
    def lost_cents(self) -> Cents:
        """What the budget gave up for a purchase that is off, and does not get back."""
        is_whole = self.back_cents == self.part.left_cents
        return Cents(self.part.forfeited_cents - self.restore_cents) if is_whole else NO_CENTS


class Reversal(msgspec.Struct, frozen=True, kw_only=True):
    """What is undone: the merchant gives back the sum of the parts, netted in its next payout."""

    kind: Literal["void", "refund"]
    amount_cents: Cents
    visits: int
    parts: tuple[PartBack, ...]

    @property
    def lost_cents(self) -> Cents:
        return Cents(sum(part.lost_cents for part in self.parts))


ReversalVerdict: TypeAlias = Reversal | Refused


def void(redemption: Redemption, till: TillFacts | None, *, now: datetime) -> ReversalVerdict:
    """Undo a whole payment, by the till that took it, before it is settled or a budget ends."""
    reason = refuse_till(till)
    if reason is not None:
        return Refused(reason)
    assert till is not None
    if redemption.left_cents <= 0:
        return Refused(AlreadyReversed)
    if till.id != redemption.till_id:
        return Refused(VoidAtOtherTill)
    if any(part.reversed_cents for part in redemption.parts):
        return Refused(PartlyReversed)
    too_late = redemption.is_settled or now >= redemption.void_until
    if too_late or any(part.budget_ended for part in redemption.parts):
        return Refused(VoidTooLate)
    return reversal("void", [give_back(part, part.left_cents) for part in redemption.parts])


def refund(
    redemption: Redemption, till: TillFacts | None, request: RefundRequest
) -> ReversalVerdict:
    """Pay back at any till of the same merchant, or at a counter; there is no last day."""
    reason = (
        refuse_till(till)
        or refuse_refunding_till(redemption, till)
        or refuse_refund(redemption, request)
    )
    if reason is not None:
        return Refused(reason)
    if redemption.in_visits:
        return reversal("refund", back_in_visits(redemption, request.visits))
    return reversal("refund", back_in_cents(redemption, request.amount_cents))


def refuse_refunding_till(
    redemption: Redemption, till: TillFacts | None
) -> type[TillRefusal] | None:
    assert till is not None
    of_merchant = till.kind == "merchant" and till.merchant_id == redemption.merchant_id
    may_refund = of_merchant or till.kind == "counter" or till.id == redemption.till_id
    return None if may_refund else RefundAtOtherMerchant


def refuse_refund(redemption: Redemption, request: RefundRequest) -> type[TillRefusal] | None:
    """Refuse more than is left, and a refund in another unit than was paid in."""
    amount, visits = request.amount_cents, request.visits
    if amount is not None and visits is not None:
        return AmountOrVisitsMissing
    if redemption.left_cents <= 0:
        return AlreadyReversed
    if redemption.in_visits and amount is not None:
        return RefundInVisits
    if visits is not None and not redemption.in_visits:
        return RefundInEuros
    asked = 1 if amount is None and visits is None else (amount or visits or 0)
    if asked <= 0:
        return AmountNotPositive
    left = redemption.left_visits if redemption.in_visits else redemption.left_cents
    return RefundAboveRemainder if asked > left else None


def back_in_cents(redemption: Redemption, amount: Cents | None) -> list[PartBack]:
    rest, parts = redemption.left_cents if amount is None else amount, list[PartBack]()
    for part in reversed(redemption.parts):
        back = min(rest, part.left_cents)
        if back > 0:
            parts.append(give_back(part, back))
            rest = Cents(rest - back)
    assert rest == 0
    return parts


def back_in_visits(redemption: Redemption, visits: int | None) -> list[PartBack]:
    """Give whole visits back, each at the price it was paid at."""
    rest, parts = redemption.left_visits if visits is None else visits, list[PartBack]()
    for part in reversed(redemption.parts):
        back = min(rest, part.left_visits)
        if back > 0:
            price, odd_cents = divmod(part.taken_cents, part.visits)
            assert odd_cents == 0, "visits of one part have one price"
            parts.append(give_back(part, Cents(back * price), visits=back))
            rest -= back
    assert rest == 0
    return parts


def give_back(part: PaidPart, back: Cents, *, visits: int | None = None) -> PartBack:
    """Return money to a budget, and on to where it belongs when that budget no longer is."""
    back_visits = part.left_visits if visits is None else visits
    is_whole = back == part.left_cents and not part.budget_ended
    return PartBack(
        part=part,
        back_cents=back,
        restore_cents=part.forfeited_cents if is_whole else NO_CENTS,
        onward_cents=back if part.budget_ended else NO_CENTS,
        back_visits=0 if part.is_risk else back_visits,
        restore_visits=part.forfeited_visits if is_whole else 0,
        onward_visits=back_visits if part.budget_ended else 0,
    )


def within_pots(parts: Iterable[PartBack]) -> Iterable[PartBack]:
    """Restore no more than the closed pots hold, and of the visits only what is still paid for."""
    held: dict[AccountId | None, Cents] = {}
    for one in parts:
        part = one.part
        if part.pot_cents is None:
            yield one
            continue
        left = held.setdefault(part.pot, part.pot_cents)
        restore = min(one.restore_cents, left)
        held[part.pot] = Cents(left - restore)
        visits = one.restore_visits
        if restore < one.restore_cents:
            visits = visits * restore // one.restore_cents
        yield msgspec.structs.replace(one, restore_cents=Cents(restore), restore_visits=visits)


def reversal(kind: Literal["void", "refund"], given: Sequence[PartBack]) -> Reversal:
    parts = tuple(within_pots(given))
    return Reversal(
        kind=kind,
        amount_cents=Cents(sum(part.back_cents for part in parts)),
        visits=sum(part.back_visits for part in parts),
        parts=parts,
    )
