"""What a scheme asks besides: checked when granting, said in the decision, never a refusal."""

from datetime import date

import pytest

from given.assessment import a_household, a_person, a_version, earlier_grants
from pas.grants.explain import sentence
from pas.grants.facts import HouseholdFacts, PersonFacts, Reason, Verdict
from pas.grants.plan import plan
from pas.grants.rules import assess
from pas.money import Cents
from pas.schemes.model import StoredVersion, Visits

NEW_YEAR = date(2026, 1, 1)
BORN = date(2016, 6, 1)
SWIMMER = a_person(BORN, diploma_on=NEW_YEAR)
CHILD = a_person(BORN)
ADULT = a_person()


def decided(
    household: HouseholdFacts, version: StoredVersion, person: PersonFacts, on: date = NEW_YEAR
) -> Verdict:
    decisions = assess(household, plan([version], year=2026, on=on))
    (verdict,) = next(one for one in decisions if one.resident == person.resident).verdicts
    return verdict


@pytest.mark.parametrize(
    ("precondition", "members", "reason", "condition"),
    [
        ("adult", (CHILD, ADULT), "within-limit", "adult"),
        ("adult", (CHILD,), "on-condition", "adult"),
        ("adult_or_diploma", (CHILD, ADULT), "within-limit", "adult_or_diploma"),
        ("adult_or_diploma", (CHILD,), "on-condition", "adult_or_diploma"),
        ("adult_or_diploma", (SWIMMER,), "within-limit", ""),
        ("diploma", (CHILD, ADULT), "on-condition", "diploma"),
        ("diploma", (SWIMMER,), "within-limit", ""),
        ("adult", (ADULT,), "within-limit", ""),
        ("diploma", (ADULT,), "on-condition", "diploma"),
        ("een eigen fiets", (CHILD, ADULT), "on-condition", "een eigen fiets"),
        ("", (CHILD,), "within-limit", ""),
    ],
)
def test_a_precondition_is_checked_said_and_never_refuses(
    precondition: str, members: tuple[PersonFacts, ...], reason: Reason, condition: str
) -> None:
    version = a_version(precondition=precondition)

    verdict = decided(a_household(*members), version, members[0])

    assert (verdict.outcome, verdict.reason, verdict.condition) == ("granted", reason, condition)
    assert verdict.award


def test_the_decision_says_what_is_needed_and_whether_we_know_of_it() -> None:
    version = a_version(precondition="adult_or_diploma", allowance=Visits(10, Cents(503)))

    known = sentence(decided(a_household(CHILD, ADULT), version, CHILD))
    unknown = sentence(decided(a_household(CHILD), version, CHILD))
    met = sentence(decided(a_household(SWIMMER), version, SWIMMER))

    needed = "Een zwemdiploma is nodig, of een volwassene die meegaat."
    assert known.endswith(f"tot en met 31 december 2026. {needed}")
    assert unknown.endswith(f"Let op. {needed} Wij weten niet of dat zo is.")
    assert met.endswith("tot en met 31 december 2026.")


def test_lessons_are_not_granted_to_who_has_the_diploma_and_those_that_come_after_it_are() -> None:
    lessons = {"unit": "child", "period": "once_per_child", "categories": ["zwemdiploma"]}
    first, next_one = a_version("ab", **lessons), a_version("c", precondition="diploma", **lessons)

    assert decided(a_household(CHILD), first, CHILD).reason == "within-limit"
    assert decided(a_household(SWIMMER), first, SWIMMER).reason == "has-diploma"
    assert decided(a_household(SWIMMER), next_one, SWIMMER).reason == "within-limit"


def test_a_diploma_counts_from_its_day_and_takes_back_nothing() -> None:
    lessons = a_version(
        unit="child", period="once_per_child", categories=["zwemdiploma"], age_from=4
    )
    later = a_person(BORN, diploma_on=date(2026, 3, 1))
    before = assess(a_household(later), plan([lessons], year=2026, on=NEW_YEAR))

    assert before[0].verdicts[0].outcome == "granted"
    again = assess(
        a_household(later),
        plan([lessons], year=2026, on=date(2026, 3, 1)),
        earlier_grants(*before),
    )
    assert again[0].verdicts[0].outcome == "held"
