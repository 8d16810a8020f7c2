"""The yearly assessment: facts of a household and the schemes of a day in, decisions out.

Every scheme that a person qualifies for is granted in one decision. The limit is inclusive, ages
are half open, unknown is neither granted nor refused, and what was granted in the same period is
held, whatever changed since. The outcome does not depend on the order of schemes or members.

A scheme per household is granted to its oldest adult (then the lowest id): somebody of age who
lives there, and the same person in every run. How schemes bear on each other is in stacking.py.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

import msgspec
from msgspec.structs import replace

from pas.grants import periods, stacking
from pas.grants.facts import (
    NOBODY,
    Claim,
    Decision,
    EarlierGrant,
    HouseholdFacts,
    PersonFacts,
    Reason,
    Verdict,
    Without,
    outcome_of,
)
from pas.grants.plan import Plan, award, claims_held, claims_of
from pas.grants.preconditions import ends_at_diploma, means_of, need_of
from pas.money import BasisPoints
from pas.passes.residents import ADULT_AGE, age_on
from pas.schemes.model import SchemeVersion, StoredVersion

# Outside these ages an unknown school type can only mean: not at school.
AGES_AT_SCHOOL: Final = range(4, 23)


class _Person(msgspec.Struct, frozen=True):
    facts: PersonFacts
    age: int


class _Household(msgspec.Struct, frozen=True):
    facts: HouseholdFacts
    present: tuple[_Person, ...]
    head: _Person | None
    earlier: Sequence[EarlierGrant]
    held: frozenset[Claim]
    empty: Without
    refused: Without


def assess(
    household: HouseholdFacts,
    plan: Plan,
    earlier: Sequence[EarlierGrant] = (),
    *,
    empty: Without = NOBODY,
    refused: Without = NOBODY,
) -> tuple[Decision, ...]:
    """Decide for every member, oldest first; ``earlier`` are grants of members and household.

    ``empty`` names for whom a closed pot has nothing left, ``refused`` whom an officer and a second
    person turned down against the rule.
    """
    members = sorted(household.members, key=lambda one: (one.birth_date, one.resident))
    people = [_Person(one, age_on(one.birth_date, plan.effective_on)) for one in members]
    present = tuple(one for one in people if _absence(one.facts, plan.effective_on) is None)
    adults = [one for one in present if one.age >= ADULT_AGE]
    home = _Household(
        facts=household,
        present=present,
        head=adults[0] if adults else None,
        earlier=earlier,
        held=claims_held(household, earlier),
        empty=empty,
        refused=refused,
    )
    decisions: list[Decision] = []
    shared: tuple[SchemeVersion, ...] = ()
    # Of those present the head is the oldest, so the others hear what the household gets.
    for person in people:
        decisions.append(_decide(person, home, shared, plan=plan))
        if person is home.head:
            shared = tuple(
                plan.by_code[one.scheme]
                for one in decisions[-1].granted
                if plan.is_per_household(one.scheme)
            )
    return tuple(decisions)


def _decide(
    person: _Person, home: _Household, shared: Sequence[SchemeVersion], *, plan: Plan
) -> Decision:
    absence = _absence(person.facts, plan.effective_on)
    if absence:
        verdicts = [_verdict(one, absence) for one in plan.schemes]
    else:
        verdicts = [_first_verdict(one, person, home, plan=plan) for one in plan.schemes]
        before = [*shared, *_running(person, home, plan.effective_on)]
        verdicts = stacking.stacked(verdicts, plan.by_code, before)
    return Decision(
        resident=person.facts.resident,
        household=home.facts.number,
        year=plan.year,
        assessed_on=plan.assessed_on,
        effective_on=plan.effective_on,
        verdicts=tuple(verdicts),
    )


def _first_verdict(one: StoredVersion, person: _Person, home: _Household, *, plan: Plan) -> Verdict:
    """The scheme on its own, before other schemes are looked at."""
    version = one.version
    held = _held_by(version, person.facts, home, plan=plan) if home.held else None
    if version.unit == "household" and person is not home.head and held != "already-granted":
        return _verdict(one, "for-another-member" if home.head else "no-adult")
    if held:
        return _verdict(one, held)
    if reason := _misfit(version, person, home, on=plan.effective_on):
        return _verdict(one, reason, age=person.age)
    reason = _by_income(version, home.facts.income)
    if reason == "within-limit":
        reason = _turned_down(version, person.facts, home)
    verdict = _verdict(one, reason, income=home.facts.income, limit=version.income_limit)
    if reason != "within-limit":
        return verdict
    means = means_of(person.facts, plan.effective_on, with_adult=home.head is not None)
    need = need_of(version, means)
    return replace(
        verdict,
        reason="within-limit" if need is None or need.is_known else "on-condition",
        condition="" if need is None else need.what,
        award=award(version, home.facts, person.facts, plan=plan),
    )


def _held_by(
    version: SchemeVersion, person: PersonFacts, home: _Household, *, plan: Plan
) -> Reason | None:
    once = version.period == "once_per_child"
    period_key = periods.ONCE if once else plan.spans[version.code].key
    claims = claims_of(version, home.facts, person, period_key=period_key)
    if home.held.isdisjoint(claims):
        return None
    here = claims_held(home.facts, home.earlier, on=plan.effective_on)
    if here.isdisjoint(claims):
        return "holder-is-gone"
    own = claims_of(version, replace(home.facts, members=(person,)), person, period_key=period_key)
    return "on-another-pass" if here.isdisjoint(own) else "already-granted"


def _running(person: _Person, home: _Household, on: date) -> list[SchemeVersion]:
    """What somebody still has, also of the household's and under versions that no longer hold."""
    here = {one.facts.resident for one in home.present}
    return [
        one.version
        for one in home.earlier
        if one.starts_on <= on < one.ends_on
        and (
            one.resident == person.facts.resident
            or (one.version.unit == "household" and one.resident in here)
        )
    ]


def _misfit(
    version: SchemeVersion, person: _Person, home: _Household, *, on: date
) -> Reason | None:
    if version.unit == "child" and person.age >= ADULT_AGE:
        return "not-a-child"
    if version.awarded_by != "assessment":
        return "via-intermediary" if version.awarded_by == "intermediary" else "via-team"
    if ends_at_diploma(version) and means_of(person.facts, on).has_diploma:
        return "has-diploma"
    if version.unit != "household":
        return _unfitness(version, person)
    found = {_unfitness(version, one) for one in home.present}
    if None in found:
        return None
    return "school-type-unknown" if "school-type-unknown" in found else "no-such-member"


def _unfitness(version: SchemeVersion, person: _Person) -> Reason | None:
    if version.age_from is not None and person.age < version.age_from:
        return "too-young"
    if version.age_until is not None and person.age >= version.age_until:
        return "too-old"
    school = person.facts.school_type
    if not version.school_types or school in version.school_types:
        return None
    unknown = school is None and person.age in AGES_AT_SCHOOL
    return "school-type-unknown" if unknown else "other-school"


def _by_income(version: SchemeVersion, income: BasisPoints | None) -> Reason:
    if version.income_limit is None:
        return "limit-unknown"
    if income is None:
        return "income-unknown"
    return "within-limit" if income <= version.income_limit else "income-above-limit"


def _turned_down(version: SchemeVersion, person: PersonFacts, home: _Household) -> Reason:
    # What is for the household is refused to the household, whoever of them the refusal names.
    of_all = version.unit == "household"
    asked = [one.facts.resident for one in home.present] if of_all else [person.resident]
    if any((one, version.code) in home.refused for one in asked):
        return "refused-by-deviation"
    return "pot-empty" if (person.resident, version.code) in home.empty else "within-limit"


def _absence(person: PersonFacts, on: date) -> Reason | None:
    if person.died_on is not None and person.died_on <= on:
        return "deceased"
    if person.left_on is not None and person.left_on <= on:
        return "moved-away"
    return "not-here-yet" if person.here_from > on else None


def _verdict(
    one: StoredVersion,
    reason: Reason,
    *,
    income: BasisPoints | None = None,
    limit: BasisPoints | None = None,
    age: int | None = None,
) -> Verdict:
    return Verdict(
        scheme=one.version.code,
        title=one.version.title,
        version=one.id,
        outcome=outcome_of(reason),
        reason=reason,
        income=income,
        limit=limit,
        age=age,
    )
