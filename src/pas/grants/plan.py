"""What is the same for everybody in one assessment, and what a scheme then gives to somebody."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from itertools import count

import msgspec

from pas.grants import periods
from pas.grants.facts import Award, Claim, EarlierGrant, HouseholdFacts, PersonFacts
from pas.grants.periods import Calendar, Span
from pas.ids import HouseholdNumber, ResidentId
from pas.money import NO_CENTS, Cents
from pas.schemes.model import (
    InKind,
    SchemeVersion,
    StoredVersion,
    Visits,
    holds_on,
    reserved_cents,
)


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What is the same for everybody in one assessment: the day and the schemes that hold on it."""

    year: int
    assessed_on: date
    effective_on: date
    calendar: Calendar
    schemes: tuple[StoredVersion, ...]
    by_code: Mapping[str, SchemeVersion]
    spans: Mapping[str, Span]
    """The periods that are the same for everybody, by scheme."""
    prices: Mapping[str, Cents]
    """The highest price of a visit that any merchant agreed to, by category."""

    def is_per_household(self, code: str) -> bool:
        return code in self.by_code and self.by_code[code].unit == "household"


def plan(
    versions: Iterable[StoredVersion],
    *,
    year: int,
    on: date,
    calendar: Calendar | None = None,
    prices: Mapping[str, Cents] | None = None,
) -> Plan:
    """Choose the versions of the day; raises PassYearOver."""
    calendar = calendar or Calendar()
    effective = periods.effective_on(calendar, year=year, on=on)
    schemes = sorted(
        (one for one in versions if holds_on(one.version, effective)),
        key=lambda one: one.version.code,
    )
    by_code = {one.version.code: one.version for one in schemes}
    assert len(by_code) == len(schemes), "two versions of a scheme hold on one day"
    return Plan(
        year=year,
        assessed_on=on,
        effective_on=effective,
        calendar=calendar,
        schemes=tuple(schemes),
        by_code=by_code,
        spans={
            code: periods.span_of(version, calendar=calendar, year=year, effective=effective)
            for code, version in by_code.items()
            if version.period != "once_per_child"
        },
        prices=prices or {},
    )


def household_key(number: HouseholdNumber, time: int) -> str:
    """A number can be granted to again once whoever has the grant lives elsewhere."""
    return f"household:{number}" if time == 1 else f"household:{number}:{time}"


def claim_key(
    version: SchemeVersion, household: HouseholdFacts, person: PersonFacts, *, period_key: str
) -> str:
    """Who can have a scheme once per period: the person, or the household as a whole."""
    if version.unit != "household":
        return _own_key(person.resident)
    keys = (household_key(household.number, time) for time in count(1))
    return next(key for key in keys if (version.code, key, period_key) not in household.taken)


def claims_held(
    household: HouseholdFacts, earlier: Iterable[EarlierGrant], *, on: date | None = None
) -> frozenset[Claim]:
    """What counts as granted before, for whoever has it on the pass; with a day, of those still here."""
    gone = {one.resident for one in household.members if on is not None and one.is_gone(on)}
    return frozenset(
        (one.scheme, _own_key(one.resident), one.period_key)
        for one in earlier
        if one.resident not in gone
    )


def claims_of(
    version: SchemeVersion, household: HouseholdFacts, person: PersonFacts, *, period_key: str
) -> Sequence[Claim]:
    """Each of these, when it is held, means that a scheme was granted before in the period.

    Numbers change, so what a household has is what its members have.
    """
    of_all = version.unit == "household"
    claimants = household.members if of_all else (person,)
    return [(version.code, _own_key(one.resident), period_key) for one in claimants]


def _own_key(resident: ResidentId) -> str:
    return f"resident:{resident}"


def award(
    version: SchemeVersion, household: HouseholdFacts, person: PersonFacts, *, plan: Plan
) -> Award:
    """What somebody gets under a version from this assessment on; also for a deviation."""
    span = _span(version, person, plan)
    allowance = version.allowance
    return Award(
        claim_key=claim_key(version, household, person, period_key=span.key),
        period_key=span.key,
        amount_cents=_reserved(version, plan),
        visits=allowance.visits if isinstance(allowance, Visits | InKind) else None,
        starts_on=span.starts_on,
        ends_on=span.ends_on,
        lapses_on=periods.lapses_on(version, span.ends_on),
        in_kind=isinstance(allowance, InKind),
    )


def _reserved(version: SchemeVersion, plan: Plan) -> Cents:
    """The most that can be spent: for visits, all of them at the merchant that asks most."""
    allowance = version.allowance
    if not isinstance(allowance, Visits | InKind):
        return reserved_cents(allowance)
    agreed = max((plan.prices.get(one, NO_CENTS) for one in version.categories), default=NO_CENTS)
    return Cents(allowance.visits * max(allowance.unit_price_cents, agreed))


def _span(version: SchemeVersion, person: PersonFacts, plan: Plan) -> Span:
    """The period of a scheme; whoever is known to leave is granted all of it.

    What is granted stays as it is, and an announced move may not happen: the pass ends with the move,
    and until when its budgets can be spent follows the register.
    """
    return plan.spans.get(version.code) or periods.once_per_child(
        person, calendar=plan.calendar, year=plan.year, effective=plan.effective_on
    )
