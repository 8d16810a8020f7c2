"""What a run pays and what it leaves, who may approve it, and on which day the bank pays.

Pure: facts in, a decision or a refusal out.
"""

from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.errors import Refusal
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.model import PayoutAccount
from pas.money import Cents
from pas.settlements.model import MOST_OF_A_PAYMENT, Owed, RunState, UnpaidReason

LONGEST_ID: Final = 35
SATURDAY: Final = 5
LONGEST_MONTH: Final = 31
Rhythm = Literal["none", "weekly", "monthly"]


class OwnSettlement(Refusal):
    """U stelde deze uitbetaling zelf voor."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om de uitbetaling goed te keuren."


class SettlementTooLarge(Refusal):
    """Deze uitbetaling is te groot voor uw goedkeuring."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag het hoofd financiën om haar goed te keuren."


class SettlementInOtherState(Refusal):
    """Dit kan nu niet met deze uitbetaling."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de uitbetaling opnieuw. Daar staat wat nu kan."


class SettlementDiffers(Refusal):
    """Het voorstel zegt iets anders dan de boeken."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Trek het voorstel in. Laat de boeken nakijken."


class PayoutAccountChanged(Refusal):
    """De rekening van een aanbieder is veranderd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Trek de uitbetaling in. Maak daarna een nieuw voorstel."


class Payable(msgspec.Struct, frozen=True):
    """What is owed, and the account that it goes to."""

    owed: Owed
    account: PayoutAccount


class Left(msgspec.Struct, frozen=True):
    """What is owed and not paid in this run."""

    owed: Owed
    reason: UnpaidReason


class Paid(msgspec.Struct, frozen=True):
    """To which account a line of a proposal goes."""

    merchant: str
    merchant_id: MerchantId
    payout_account_id: PayoutAccountId


STATES: Final[Mapping[RunState, str]] = {
    "proposed": "voorgesteld",
    "approved": "goedgekeurd",
    "exported": "naar de bank",
    "booked": "geboekt",
    "withdrawn": "ingetrokken",
}


def decide(
    owed: Iterable[Owed], accounts: Mapping[MerchantId, PayoutAccount], *, minimum_cents: Cents
) -> tuple[list[Payable], list[Left]]:
    """Pay what can be paid; say of the rest why not. What comes to nothing is in neither."""
    payable, left = list[Payable](), list[Left]()
    for one in owed:
        account = accounts.get(one.merchant_id)
        reason = why_not(one.amount_cents, account, minimum_cents=minimum_cents)
        if one.amount_cents == 0:
            continue
        if account is not None and reason is None:
            payable.append(Payable(one, account))
        else:
            assert reason is not None, "without an account there is a reason"
            left.append(Left(one, reason))
    return payable, left


def why_not(
    amount: Cents, account: PayoutAccount | None, *, minimum_cents: Cents
) -> UnpaidReason | None:
    """Why an amount is not paid now; first what somebody has to do something about."""
    if amount < 0:
        return "negative"
    if account is None:
        return "no_account"
    if account.payee_check == "no_match":
        return "other_name"
    if amount < minimum_cents:
        return "below_minimum"
    return "above_maximum" if amount > MOST_OF_A_PAYMENT else None


def refuse_state(state: RunState, *wanted: RunState) -> None:
    """Refuse what does not follow on where a run is now."""
    if state not in wanted:
        raise SettlementInOtherState(f"Deze uitbetaling is nu {STATES[state]}.", state=state)


def refuse_own_settlement(proposed_by: UUID, approver: UUID) -> None:
    """Whoever sends money and whoever says that it may go are two people."""
    if proposed_by == approver:
        raise OwnSettlement


def refuse_large(amount: Cents, limit: Cents | None, *, may_approve_large: bool) -> None:
    """Above the limit of the municipality somebody with a further permission looks; None is no limit."""
    if limit is not None and amount > limit and not may_approve_large:
        raise SettlementTooLarge(limitCents=limit, amountCents=amount)


def refuse_changed_accounts(
    lines: Iterable[Paid], accounts: Mapping[MerchantId, PayoutAccount]
) -> None:
    """Pay only to the account that stood in the proposal, and that still is the merchant's."""
    changed = [
        line.merchant
        for line in lines
        if (account := accounts.get(line.merchant_id)) is None
        or account.id != line.payout_account_id
        or account.payee_check == "no_match"
    ]
    if changed:
        names = ", ".join(changed[:5]) + (" en meer" if changed[5:] else "")
        raise PayoutAccountChanged(
            f"Na het voorstel veranderde de rekening van: {names}.", merchants=changed
        )


def is_due(rhythm: Rhythm, payout_day: int, *, today: date, last: date | None) -> bool:
    """Whether a proposal is due: the newest day for it has come, and none was made since."""
    if rhythm == "none":
        return False
    if rhythm == "weekly":
        due = today - timedelta(days=(today.isoweekday() - payout_day) % 7)
    else:
        month = today if today.day >= payout_day else today.replace(day=1) - timedelta(days=1)
        due = month.replace(day=payout_day)
    return due == today if last is None else last < due


def next_due(rhythm: Rhythm, payout_day: int, *, today: date, last: date | None) -> date | None:
    """Give the first day from today on that a proposal is due; None where somebody makes it by hand."""
    days = (today + timedelta(days=n) for n in range(LONGEST_MONTH + 1))
    return next((day for day in days if is_due(rhythm, payout_day, today=day, last=last)), None)


def next_banking_day(day: date) -> date:
    """Give the first day after this one on which banks of the euro area pay each other (TARGET)."""
    day += timedelta(days=1)
    while day.weekday() >= SATURDAY or is_holiday_of_banks(day):
        day += timedelta(days=1)
    return day


def is_holiday_of_banks(day: date) -> bool:
    """New Year, Good Friday, Easter Monday, Labour Day, Christmas (ECB, TARGET calendar)."""
    easter = easter_of(day.year)
    fixed = {(1, 1), (5, 1), (12, 25), (12, 26)}
    return (day.month, day.day) in fixed or day in {
        easter - timedelta(days=2),
        easter + timedelta(days=1),
    }


def easter_of(year: int) -> date:
    """Give Easter Sunday (the anonymous Gregorian computus)."""
    century, of_century = divmod(year, 100)
    leaps, rest = divmod(century, 4)
    epact = (
        19 * (year % 19) + century - leaps - (century - (century + 8) // 25 + 1) // 3 + 15
    ) % 30
    weekday = (32 + 2 * rest + 2 * (of_century // 4) - epact - of_century % 4) % 7
    late = (year % 19 + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def payment_id(municipality: str, *parts: int | str) -> str:
    """Name a file or a payment for the bank, always the same: ``velsen-12-7``."""
    tail = "".join(f"-{part}" for part in parts)
    return municipality.replace("_", "-")[: LONGEST_ID - len(tail)] + tail
