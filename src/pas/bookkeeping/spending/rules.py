"""What the rest of a year brings, from the months that are over. Pure, in whole cents.

Where the year before is known, this year goes on as that one did: when at this point 40 % of it was
spent, this year's figure is taken for 40 % too. Without one, spending is the same each month, and
granting goes on at the pace of the last three months: most is granted at the start of a year.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pas.bookkeeping.spending.model import Forecast, MonthOfMoney, Outlook
from pas.money import Cents

MONTHS_OF_PACE: Final = 3
ONE_TENTH: Final = 10
ONE_FIFTH: Final = 5


def expect(
    months: Sequence[MonthOfMoney],
    before: Sequence[MonthOfMoney],
    *,
    running: date,
    appropriated_cents: Cents,
    closed_pot: bool,
) -> Forecast:
    """Look ahead from the months before ``running``; ``before`` are those of last year, in the same order."""
    over = [one for one in months if one.period < running]
    granted_now = sum(one.granted_cents for one in months)
    spent_now = sum(one.spent_cents for one in months)
    if not over:
        return Forecast(granted_cents=None, spent_cents=None)
    granted_before = [one.granted_cents for one in before]
    spent_before = [one.spent_cents for one in before]
    pace = _pace([one.granted_cents for one in over])
    gone, left = len(over), len(months) - len(over)
    granted_over = sum(one.granted_cents for one in over)
    granted = _as_before(granted_over, granted_before, gone)
    spent_over = sum(one.spent_cents for one in over)
    spent = _as_before(spent_over, spent_before, gone)
    granted_cents = max(granted_now, granted_over + pace * left if granted is None else granted)
    spent_cents = spent_over * len(months) // gone if spent is None else spent
    spent_cents = min(max(spent_now, spent_cents), max(granted_cents, spent_now))
    return Forecast(
        granted_cents=Cents(granted_cents),
        spent_cents=Cents(spent_cents),
        by_last_year=spent is not None,
        empty_in=_empty_in(
            [one.period for one in months if one.period >= running],
            granted_now,
            granted_cents,
            appropriated=appropriated_cents,
        ),
        outlook=_outlook(
            granted_now,
            granted_cents,
            spent_cents,
            appropriated=appropriated_cents,
            closed_pot=closed_pot,
        ),
    )


def _as_before(until_now: int, before: Sequence[int], gone: int) -> int | None:
    """The year as the one before went on from here; None where that one says nothing."""
    total, then = sum(before), sum(before[:gone])
    return until_now * total // then if 0 < then <= total else None


def _pace(granted: Sequence[int]) -> int:
    """What is granted in a month; the first month, in which most is, is not like the others."""
    latest = granted[1:][-MONTHS_OF_PACE:]
    return max(0, sum(latest) // len(latest)) if latest else 0


def _empty_in(
    ahead: Sequence[date], granted_now: int, granted_at_end: int, *, appropriated: int
) -> date | None:
    """The first month in which more is granted than there is, when what comes is spread evenly."""
    if not 0 < appropriated < granted_at_end:
        return None
    for place, period in enumerate(ahead, start=1):
        if granted_now + (granted_at_end - granted_now) * place // len(ahead) > appropriated:
            return period
    return None


def _outlook(
    granted_now: int, granted: int, spent: int, *, appropriated: int, closed_pot: bool
) -> Outlook:
    if not appropriated:
        return "unknown"
    if granted_now > appropriated:
        return "overspent"
    nearly = (appropriated - granted_now) * ONE_TENTH < appropriated
    if closed_pot and (nearly or granted > appropriated):
        return "nearly_empty"
    if granted > appropriated:
        return "short"
    return "lapses" if (granted - spent) * ONE_FIFTH > granted else "fine"
