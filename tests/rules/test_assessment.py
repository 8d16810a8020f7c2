"""Who gets what by the rules of a scheme: nothing twice, and nothing on a guess."""

import random
from datetime import date
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from deciding import CHILD, NEW_YEAR, THING, decide, only, seen
from given.assessment import a_household, a_person, a_version
from pas.grants.explain import explain, sentence
from pas.grants.facts import HouseholdFacts, PersonFacts, Reason
from pas.grants.plan import plan
from pas.grants.rules import assess
from pas.schemes.model import StoredVersion


@given(limit=st.integers(1, 100_000), distance=st.integers(0, 1_000))
def test_at_exactly_the_limit_is_granted_and_one_hundredth_above_is_refused(
    limit: int, distance: int
) -> None:
    version = a_version(income_limit=limit)

    assert only(decide(a_household(income=limit), version)).outcome == "granted"
    assert only(decide(a_household(income=max(0, limit - distance)), version)).outcome == "granted"
    assert only(decide(a_household(income=limit + 1 + distance), version)).outcome == "refused"


def test_an_unknown_income_is_neither_granted_nor_refused() -> None:
    assert seen(decide(a_household(income=None), a_version())) == [("unknown", "income-unknown")]


def test_an_unknown_limit_grants_nobody() -> None:
    assert seen(decide(a_household(income=0), a_version(income_limit=None))) == [
        ("unknown", "limit-unknown")
    ]


@pytest.mark.parametrize(
    ("born", "reason"),
    [
        (date(2020, 1, 2), "too-young"),
        (date(2020, 1, 1), "within-limit"),
        (date(2018, 1, 2), "within-limit"),
        (date(2018, 1, 1), "too-old"),
    ],
)
def test_age_bands_are_half_open(born: date, reason: Reason) -> None:
    version = a_version(unit="child", age_from=6, age_until=8)

    assert only(decide(a_household(a_person(born)), version)).reason == reason


def test_a_child_is_a_child_up_to_the_day_it_turns_eighteen() -> None:
    version = a_version(unit="child")

    assert only(decide(a_household(a_person(date(2008, 1, 2))), version)).outcome == "granted"
    assert only(decide(a_household(a_person(date(2008, 1, 1))), version)).reason == "not-a-child"


@pytest.mark.parametrize(
    ("school", "born", "reason"),
    [
        ("primary", CHILD, "within-limit"),
        ("secondary", CHILD, "other-school"),
        (None, CHILD, "school-type-unknown"),
        (None, date(2024, 6, 1), "other-school"),
        ("none", CHILD, "other-school"),
    ],
)
def test_a_school_type_counts_and_an_unknown_one_is_listed(
    school: str | None, born: date, reason: Reason
) -> None:
    version = a_version(unit="child", school_types=["primary"])
    household = a_household(a_person(born, school_type=school))

    assert only(decide(household, version)).reason == reason


def test_a_scheme_per_household_goes_once_to_its_oldest_adult() -> None:
    parent, other, child = a_person(date(1980, 1, 1)), a_person(date(1985, 1, 1)), a_person(CHILD)
    version = a_version(unit="household", age_from=0, age_until=18, allowance=THING)

    decisions = decide(a_household(child, other, parent), version)

    assert [one.resident for one in decisions] == [one.resident for one in (parent, other, child)]
    assert [only(decisions, n).reason for n in range(3)] == [
        "within-limit",
        "for-another-member",
        "for-another-member",
    ]
    without_child = decide(a_household(parent, other), version)
    assert only(without_child).reason == "no-such-member"


def test_a_scheme_per_household_is_not_given_again_when_its_oldest_adult_dies() -> None:
    parent, other = a_person(date(1980, 1, 1)), a_person(date(1985, 1, 1))
    version = a_version(unit="household")
    first = decide(a_household(parent, other), version)
    died = a_person(date(1980, 1, 1), resident=parent.resident, died_on=date(2026, 3, 1))

    again = decide(a_household(died, other), version, on=date(2026, 4, 1), earlier=first)

    assert [only(again, n).reason for n in range(2)] == ["deceased", "holder-is-gone"]
    assert only(again, 1).outcome == "held"
    assert "overleden" in sentence(only(again, 1))


def test_children_alone_get_their_own_and_the_household_has_nobody_to_give_to() -> None:
    own, shared = a_version("own", unit="child"), a_version("shared", unit="household")

    assert seen(decide(a_household(a_person(CHILD)), own, shared)) == [
        ("granted", "within-limit"),
        ("not_applicable", "no-adult"),
    ]


def test_again_grants_nothing_twice_even_when_the_income_rose() -> None:
    version = a_version()
    person = a_person()
    first = decide(a_household(person), version)

    for income in (9_500, 20_000, None):
        again = decide(a_household(person, income=income), version, earlier=first)
        assert seen(again) == [("held", "already-granted")]


def test_what_an_intermediary_or_a_team_awards_is_not_granted_here() -> None:
    by_intermediary = a_version("aa", awarded_by="intermediary")
    by_team = a_version("bb", awarded_by="team", income_limit=None, period="per_application")

    assert seen(decide(a_household(), by_intermediary, by_team)) == [
        ("not_applicable", "via-intermediary"),
        ("not_applicable", "via-team"),
    ]


def test_an_adult_does_not_hear_of_somebody_who_applies_for_the_child() -> None:
    version = a_version(unit="child", awarded_by="intermediary")

    decisions = decide(a_household(a_person(), a_person(CHILD)), version)

    assert [only(decisions, n).reason for n in range(2)] == ["not-a-child", "via-intermediary"]


def test_whom_two_people_turned_down_is_refused_with_that_reason() -> None:
    person = a_person()

    decisions = assess(
        a_household(person),
        plan([a_version()], year=2026, on=NEW_YEAR),
        refused=frozenset({(person.resident, "sport_kinderen")}),
    )

    assert seen(decisions) == [("refused", "refused-by-deviation")]


@given(st.randoms(use_true_random=False))
def test_the_order_of_schemes_and_members_changes_nothing(shuffle: random.Random) -> None:
    members = [a_person(date(1980, 1, 1)), a_person(date(1980, 1, 1)), a_person(CHILD)]
    versions = [
        a_version("aa", excludes=["bb"]),
        a_version("bb", excludes=["cc"]),
        a_version("cc"),
        a_version("dd", unit="household"),
        a_version("ee", subsidiary=True, categories=["culture"]),
    ]
    expected = decide(a_household(*members), *versions)

    shuffle.shuffle(members)
    shuffle.shuffle(versions)

    assert decide(a_household(*members), *versions) == expected


@st.composite
def a_city_block(draw: st.DrawFn) -> tuple[HouseholdFacts, list[StoredVersion]]:
    people: list[PersonFacts] = [
        a_person(draw(st.dates(date(1930, 1, 1), date(2025, 12, 31))))
        for _ in range(draw(st.integers(1, 5)))
    ]
    versions = [
        a_version(
            f"scheme_{n}",
            unit=draw(st.sampled_from(["child", "person", "household"])),
            income_limit=draw(st.sampled_from([10_000, 11_000, 12_000])),
            subsidiary=draw(st.booleans()),
            excludes=draw(st.sampled_from([[], [f"scheme_{n + 1}"]])),
            categories=[draw(st.sampled_from(["sport", "culture"]))],
            period=draw(st.sampled_from(["pass_year", "school_year"])),
        )
        for n in range(draw(st.integers(1, 6)))
    ]
    income = draw(st.one_of(st.none(), st.integers(9_900, 12_100)))
    return a_household(*people, income=income), versions


@given(a_city_block())
def test_whoever_they_are_nothing_is_granted_twice_nor_on_a_guess(
    block: tuple[HouseholdFacts, list[StoredVersion]],
) -> None:
    household, versions = block
    first = decide(household, *versions)
    again = decide(household, *versions, earlier=first)

    granted = [one for decision in first for one in decision.granted]
    claims = [
        (one.scheme, one.award.claim_key, one.award.period_key) for one in granted if one.award
    ]
    assert len(claims) == len(granted) == len(set(claims))
    assert not any(decision.granted for decision in again)
    if household.income is None:
        assert {one.outcome for decision in first for one in decision.verdicts}.isdisjoint(
            {
                "granted",
                "refused",
            }
        )
    for decision in first:
        assert [one.scheme for one in decision.verdicts] == sorted(
            one.version.code for one in versions
        )
        assert all(
            (one.outcome == "granted") == (one.award is not None) for one in decision.verdicts
        )


@pytest.mark.parametrize("reason", get_args(Reason))
def test_every_reason_has_short_sentences(reason: Reason) -> None:
    verdict = only(decide(a_household(income=10_550), a_version()))
    other = msgspec.structs.replace(verdict, reason=reason, age=12, other="Sport")

    for part in sentence(other).replace("?", ".").split(". "):
        assert 0 < len(part.split()) <= 12, part


def test_an_explanation_names_income_limit_amount_and_end() -> None:
    decision = decide(a_household(income=10_550), a_version(title="Sport"))[0]

    ((heading, lines),) = explain(decision)

    assert heading == "Dit krijgt u"
    assert lines == [
        (
            "Sport",
            (
                "Het inkomen is 105,5% van het sociaal minimum. De grens is 110%. "
                "Dat is niet te hoog. U krijgt €\u00a0200,00, tot en met 31 december 2026."
            ),
        )
    ]
