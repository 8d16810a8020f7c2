"""The yearly assessment: who gets what, and why not."""

import random
from datetime import date, timedelta
from typing import get_args

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from given.assessment import a_household, a_person, a_version, earlier_grants
from pas.grants.explain import explain, sentence
from pas.grants.facts import Decision, HouseholdFacts, Outcome, PersonFacts, Reason, Verdict
from pas.grants.periods import (
    Calendar,
    PassYearOver,
    PassYearTooFar,
    pass_ends_on,
)
from pas.grants.plan import plan
from pas.grants.pots import assess_within
from pas.grants.rules import assess
from pas.money import Cents
from pas.schemes.model import InKind, StoredVersion, Visits

NEW_YEAR = date(2026, 1, 1)
CHILD = date(2016, 6, 1)
THING = InKind(unit_price_cents=Cents(3000))


def decide(
    household: HouseholdFacts,
    *versions: StoredVersion,
    on: date = NEW_YEAR,
    earlier: tuple[Decision, ...] = (),
    calendar: Calendar | None = None,
) -> tuple[Decision, ...]:
    the_plan = plan(versions, year=2026, on=on, calendar=calendar)
    return assess(household, the_plan, earlier_grants(*earlier))


def only(decisions: tuple[Decision, ...], member: int = 0) -> Verdict:
    (verdict,) = decisions[member].verdicts
    return verdict


def seen(decisions: tuple[Decision, ...], member: int = 0) -> list[tuple[Outcome, Reason]]:
    return [(one.outcome, one.reason) for one in decisions[member].verdicts]


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


def test_the_version_of_the_day_decides() -> None:
    first = a_version(valid_until=date(2026, 7, 1), income_limit=11_000)
    second = a_version(valid_from=date(2026, 7, 1), income_limit=12_000)
    household = a_household(income=11_500)

    before = only(decide(household, first, second, on=date(2026, 6, 30)))
    after = only(decide(household, first, second, on=date(2026, 7, 1)))

    assert (before.outcome, before.version) == ("refused", first.id)
    assert (after.outcome, after.version) == ("granted", second.id)


@pytest.mark.parametrize("status", ["proposed", "ended"])
def test_what_is_not_in_force_is_not_in_the_decision(status: str) -> None:
    assert decide(a_household(), a_version(status=status))[0].verdicts == ()


def test_a_year_that_is_over_is_not_assessed_and_one_to_come_starts_on_its_first_day() -> None:
    with pytest.raises(PassYearOver):
        plan([], year=2026, on=date(2027, 1, 1))

    ahead = only(decide(a_household(), a_version(), on=date(2025, 12, 10)))
    assert ahead.award
    assert (ahead.award.starts_on, ahead.award.ends_on) == (NEW_YEAR, date(2027, 1, 1))


@pytest.mark.parametrize("month", [1, 7])
def test_nothing_is_granted_for_a_year_after_the_next(month: int) -> None:
    calendar = Calendar(pass_year_month=month)
    first = date(2026, month, 1)

    with pytest.raises(PassYearTooFar, match=f"Toekennen voor 2027 kan vanaf 1-{month}-2026"):
        plan([], year=2027, on=first - timedelta(days=1), calendar=calendar)
    assert plan([], year=2027, on=first, calendar=calendar).year == 2027


def test_a_pass_year_may_start_in_any_month() -> None:
    household, version = a_household(), a_version()
    summer = Calendar(pass_year_month=7)

    award = only(decide(household, version, on=date(2026, 9, 1), calendar=summer)).award

    assert award
    assert (award.period_key, award.starts_on) == ("2026", date(2026, 9, 1))
    assert award.ends_on == date(2027, 7, 1)


def test_a_school_year_is_the_one_of_the_day_and_may_run_out_later() -> None:
    version = a_version(period="school_year", run_out_days=30)

    january = only(decide(a_household(), version)).award
    september = only(decide(a_household(), version, on=date(2026, 9, 1))).award

    assert january
    assert september
    assert (january.period_key, january.ends_on) == ("2025/2026", date(2026, 8, 1))
    assert january.lapses_on == date(2026, 8, 31)
    assert (september.period_key, september.ends_on) == ("2026/2027", date(2027, 8, 1))


def test_once_per_child_runs_past_a_year_end_up_to_eighteen_or_a_chosen_day() -> None:
    version = a_version(unit="child", period="once_per_child")
    household = a_household(a_person(CHILD))
    chosen = Calendar(once_per_child_until=date(2030, 1, 1))

    first = decide(household, version)
    award = only(first).award
    limited = only(decide(household, version, calendar=chosen)).award
    passed = Calendar(once_per_child_until=NEW_YEAR)
    assert only(decide(household, version, calendar=passed)).award == award

    assert award
    assert limited
    assert (award.ends_on, limited.ends_on) == (date(2034, 6, 1), date(2030, 1, 1))
    later = assess(
        household, plan([version], year=2028, on=date(2028, 1, 1)), earlier_grants(*first)
    )
    assert seen(later) == [("held", "already-granted")]
    grown = assess(
        household, plan([version], year=2035, on=date(2035, 1, 1)), earlier_grants(*first)
    )
    assert seen(grown) == [("held", "already-granted")]


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


def test_births_and_arrivals_are_assessed_within_the_year_from_their_day_on() -> None:
    version = a_version()
    parent, baby = a_person(), a_person(date(2026, 4, 2))
    first = decide(a_household(parent, baby), version, on=date(2026, 4, 1))

    later = decide(a_household(parent, baby), version, on=date(2026, 4, 2), earlier=first)

    assert only(first, 1).reason == "not-here-yet"
    assert [only(later, n).outcome for n in range(2)] == ["held", "granted"]
    award = only(later, 1).award
    assert award
    assert (award.starts_on, award.ends_on) == (date(2026, 4, 2), date(2027, 1, 1))


@pytest.mark.parametrize(("field", "reason"), [("left_on", "moved-away"), ("died_on", "deceased")])
def test_who_is_gone_gets_nothing_and_the_others_do(field: str, reason: Reason) -> None:
    gone = a_person(date(1980, 1, 1), **{field: NEW_YEAR})

    decisions = decide(a_household(gone, a_person()), a_version())

    assert [only(decisions, n).reason for n in range(2)] == [reason, "within-limit"]


def test_a_pass_ends_from_a_day_and_never_in_the_past() -> None:
    moved = a_person(left_on=date(2026, 3, 1))

    assert pass_ends_on(moved, recorded_on=date(2026, 2, 1)) == date(2026, 3, 1)
    assert pass_ends_on(moved, recorded_on=date(2026, 5, 1)) == date(2026, 5, 1)
    assert pass_ends_on(a_person(), recorded_on=date(2026, 5, 1)) is None


def test_who_is_known_to_leave_is_granted_the_whole_period_for_a_move_may_not_happen() -> None:
    leaves = a_person(left_on=date(2026, 3, 1))

    award = only(decide(a_household(leaves), a_version())).award

    assert award
    assert (award.ends_on, award.lapses_on) == (date(2027, 1, 1), date(2027, 1, 1))


def test_at_eighteen_the_budget_stays_until_its_own_end() -> None:
    almost = a_person(date(2008, 3, 1))
    version = a_version(unit="child")

    award = only(decide(a_household(almost), version)).award

    assert award
    assert award.ends_on == date(2027, 1, 1)


def test_of_two_that_exclude_each_other_the_one_that_gives_more_is_granted() -> None:
    small = a_version("aa", excludes=["bb"], allowance={"type": "amount", "amount_cents": 100})
    large = a_version("bb", allowance={"type": "amount", "amount_cents": 200})

    assert seen(decide(a_household(), small, large)) == [
        ("refused", "excluded-by-another"),
        ("granted", "within-limit"),
    ]


def test_what_is_held_excludes_what_would_give_more() -> None:
    young = a_version("fiets_6_8", unit="child", age_from=6, age_until=8, excludes=["fiets_8_12"])
    older = a_version("fiets_8_12", unit="child", age_from=8, age_until=12)
    child = a_person(date(2018, 3, 1))
    first = decide(a_household(child), young, older)

    later = decide(a_household(child), young, older, on=date(2026, 6, 1), earlier=first)

    assert [one.reason for one in first[0].verdicts] == ["within-limit", "too-young"]
    assert [one.reason for one in later[0].verdicts] == ["already-granted", "excluded-by-another"]


def test_what_ended_or_belongs_to_somebody_else_excludes_nothing() -> None:
    first, second = a_version("aa"), a_version("bb", excludes=["aa"])
    person, other = a_person(), a_person()
    last_year = assess(a_household(person), plan([first], year=2026, on=NEW_YEAR))
    of_the_other = decide(a_household(other), first)

    in_2027 = assess(
        a_household(person),
        plan([second], year=2027, on=date(2027, 1, 1)),
        earlier_grants(*last_year),
    )
    together = decide(a_household(person, other), second, earlier=of_the_other)

    assert seen(in_2027) == [("granted", "within-limit")]
    assert {one.resident: only((one,)).reason for one in together} == {
        person.resident: "within-limit",
        other.resident: "excluded-by-another",
    }


@pytest.mark.parametrize(
    ("income", "limit_of_the_other", "judgement"),
    [
        (9_500, 11_000, ("refused", "another-provision-first")),
        (9_500, 9_000, ("granted", "within-limit")),
        (None, 11_000, ("unknown", "income-unknown")),
        (9_500, None, ("unknown", "other-provision-unknown")),
    ],
)
def test_a_subsidiary_scheme_is_there_only_when_nothing_else_is(
    income: int | None, limit_of_the_other: int | None, judgement: tuple[Outcome, Reason]
) -> None:
    last_resort = a_version("last_resort", subsidiary=True)
    other = a_version("other", income_limit=limit_of_the_other, categories=["sport", "culture"])

    assert seen(decide(a_household(income=income), last_resort, other))[0] == judgement


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


def test_visits_and_things_in_kind_say_what_they_are() -> None:
    visits = a_version("aa", allowance=Visits(10, Cents(503)))
    thing = a_version("bb", allowance=THING)

    ten, kind = decide(a_household(), visits, thing)[0].verdicts

    assert ten.award
    assert kind.award
    assert (ten.award.visits, ten.award.amount_cents) == (10, 5030)
    assert (kind.award.visits, kind.award.amount_cents) == (1, 3000)
    assert "U krijgt 10 bezoeken" in sentence(ten)
    assert "U krijgt dit 1 keer" in sentence(kind)


def test_visits_are_reserved_at_the_highest_agreed_price() -> None:
    version = a_version(categories=["swimming", "sport"], allowance=Visits(10, Cents(503)))

    def reserved(**prices: int) -> int:
        agreed = {category: Cents(price) for category, price in prices.items()}
        the_plan = plan([version], year=2026, on=NEW_YEAR, prices=agreed)
        award = only(assess(a_household(), the_plan)).award
        assert award
        return award.amount_cents

    assert reserved() == reserved(swimming=495) == reserved(museum=900) == 5030
    assert reserved(swimming=495, sport=550) == 5500


def test_a_closed_pot_goes_to_whom_comes_first_and_the_rest_hear_that_it_is_empty() -> None:
    pot, parent, child = a_version("pot"), a_person(date(1980, 1, 1)), a_person(CHILD)
    left = {"pot": Cents(39_999)}

    decisions = assess_within(
        a_household(child, parent), plan([pot], year=2026, on=NEW_YEAR), (), pots=left
    )

    assert [only(decisions, n).reason for n in range(2)] == ["within-limit", "pot-empty"]
    assert only(decisions, 1).outcome == "refused"
    assert left == {"pot": 19_999}


def test_what_an_empty_pot_leaves_out_excludes_nothing() -> None:
    pot = a_version("aa", excludes=["bb"], allowance={"type": "amount", "amount_cents": 900})
    other = a_version("bb", allowance={"type": "amount", "amount_cents": 100})
    the_plan = plan([pot, other], year=2026, on=NEW_YEAR)

    assert seen(assess_within(a_household(), the_plan, (), pots={"aa": Cents(899)})) == [
        ("refused", "pot-empty"),
        ("granted", "within-limit"),
    ]


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
                "Dat is niet te hoog. U krijgt €\u00a0200,00, tot en met 31-12-2026."
            ),
        )
    ]
