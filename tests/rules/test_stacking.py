"""What somebody has already, own or of the household, bears on what is granted besides."""

from datetime import date

import msgspec
import pytest

from given.assessment import a_household, a_person, a_version, earlier_grants
from pas.grants.explain import sentence
from pas.grants.facts import Decision, HouseholdFacts, Outcome, Reason
from pas.grants.plan import plan
from pas.grants.rules import assess
from pas.schemes.model import StoredVersion

NEW_YEAR = date(2026, 1, 1)
SUMMER = date(2026, 7, 1)
CHILD = date(2016, 6, 1)


def decide(
    household: HouseholdFacts,
    *versions: StoredVersion,
    on: date = NEW_YEAR,
    earlier: tuple[Decision, ...] = (),
) -> tuple[Decision, ...]:
    return assess(household, plan(versions, year=2026, on=on), earlier_grants(*earlier))


def seen(decisions: tuple[Decision, ...], member: int = 0) -> dict[str, tuple[Outcome, Reason]]:
    return {one.scheme: (one.outcome, one.reason) for one in decisions[member].verdicts}


GRANTED = ("granted", "within-limit")
HELD = ("held", "already-granted")
ELSEWHERE = ("held", "on-another-pass")
EXCLUDED = ("refused", "excluded-by-another")
NEEDLESS = ("refused", "another-provision-first")


def test_a_household_that_moves_takes_what_it_was_granted_along() -> None:
    parent, other, version = a_person(), a_person(), a_version("aa", unit="household")
    first = decide(a_household(parent, other, number="H1"), version)

    moved = decide(a_household(parent, other, number="H2"), version, earlier=first)
    joined = decide(
        a_household(a_person(date(1950, 1, 1)), parent, number="H3"), version, earlier=first
    )

    assert seen(moved)["aa"] == HELD
    assert [seen(joined, n)["aa"] for n in range(2)] == [ELSEWHERE, HELD]
    assert sentence(joined[0].verdicts[0]).endswith("op de pas van een huisgenoot.")


def test_when_a_household_splits_the_pass_keeps_the_grant_and_the_other_half_can_be_granted() -> (
    None
):
    parent, other, version = a_person(), a_person(), a_version("aa", unit="household")
    first = decide(a_household(parent, other), version)
    (before,) = first[0].granted
    assert before.award
    taken = frozenset({("aa", before.award.claim_key, before.award.period_key)})

    gone = decide(a_household(parent, number="H2"), version, earlier=first)
    staying = msgspec.structs.replace(a_household(other), taken=taken)
    stays = decide(staying, version)

    (granted,) = stays[0].granted
    assert granted.award
    assert seen(gone)["aa"] == HELD
    assert granted.award.claim_key != before.award.claim_key


@pytest.mark.parametrize(("before", "after"), [("household", "person"), ("person", "household")])
def test_what_was_granted_is_held_when_the_scheme_changes_from_or_to_households(
    before: str, after: str
) -> None:
    person = a_person()
    old = a_version("aa", unit=before, valid_until=SUMMER)
    new = a_version("aa", unit=after, valid_from=SUMMER)
    first = decide(a_household(person), old, new)

    assert seen(decide(a_household(person), old, new, on=SUMMER, earlier=first)) == {"aa": HELD}


def test_what_the_household_gets_or_has_excludes_on_the_passes_of_the_others_too() -> None:
    household = a_household(a_person(), a_person(CHILD))
    shared = a_version("shared", unit="household", excludes=["own"])
    own = a_version("own", unit="child")

    first = decide(household, shared, own)
    again = decide(household, own, earlier=first)

    assert seen(first, 0)["shared"] == GRANTED
    assert seen(first, 1)["own"] == EXCLUDED
    assert seen(again, 1)["own"] == EXCLUDED


def test_what_the_household_gets_or_has_goes_before_a_last_resort_of_the_others() -> None:
    household = a_household(a_person(), a_person(CHILD))
    shared = a_version("shared", unit="household")
    last_resort = a_version("last_resort", unit="child", subsidiary=True)

    first = decide(household, shared, last_resort)
    again = decide(household, last_resort, earlier=first)

    assert [seen(one, 1)["last_resort"] for one in (first, again)] == [NEEDLESS, NEEDLESS]
    assert first[1].verdicts[0].other == "shared"


def test_what_still_runs_under_an_older_version_counts_by_that_version() -> None:
    person = a_person()
    old = a_version("old", valid_until=SUMMER, excludes=["new"])
    new = a_version("new", valid_from=SUMMER, categories=["culture"])
    last_resort = a_version("last_resort", valid_from=SUMMER, subsidiary=True)
    first = decide(a_household(person), old, new, last_resort)

    later = decide(a_household(person), old, new, last_resort, on=SUMMER, earlier=first)

    assert seen(first) == {"old": GRANTED}
    assert seen(later) == {"new": EXCLUDED, "last_resort": NEEDLESS}


def test_what_a_scheme_stacks_with_is_all_it_goes_together_with_for_the_same_purpose() -> None:
    children = a_version("aa", stacks_with=["bb"], allowance={"type": "amount", "amount_cents": 9})
    listed = a_version("bb")
    other = a_version("cc", categories=["sport", "play"])
    another_purpose = a_version("dd", categories=["bicycle"])

    assert seen(decide(a_household(), children, listed, other, another_purpose)) == {
        "aa": EXCLUDED,
        "bb": GRANTED,
        "cc": GRANTED,
        "dd": GRANTED,
    }
    assert seen(decide(a_household(), children, listed, another_purpose)) == {
        "aa": GRANTED,
        "bb": GRANTED,
        "dd": GRANTED,
    }


def test_what_is_held_and_stacks_with_others_keeps_the_rest_out() -> None:
    person = a_person()
    held = a_version("aa", stacks_with=["bb"])
    more = a_version("cc", allowance={"type": "amount", "amount_cents": 90_000})
    first = decide(a_household(person), held)

    assert seen(decide(a_household(person), held, more, earlier=first)) == {
        "aa": HELD,
        "cc": EXCLUDED,
    }


def test_only_what_is_really_granted_excludes() -> None:
    first = a_version("aa", categories=["sport"])
    needless = a_version("bb", categories=["sport", "culture"], subsidiary=True)
    besides = a_version("cc", categories=["books"], subsidiary=True, excludes=["bb"])

    assert seen(decide(a_household(), first, needless, besides)) == {
        "aa": GRANTED,
        "bb": NEEDLESS,
        "cc": GRANTED,
    }


def test_what_is_held_bears_on_the_rest_by_its_own_version_alone() -> None:
    person = a_person()
    old = a_version("aa", valid_until=SUMMER)
    new = a_version("aa", valid_from=SUMMER, excludes=["bb"], categories=["sport", "books"])
    other = a_version("bb", valid_from=SUMMER)
    last_resort = a_version("cc", valid_from=SUMMER, categories=["books"], subsidiary=True)
    versions = (old, new, other, last_resort)
    first = decide(a_household(person), *versions)

    later = decide(a_household(person), *versions, on=SUMMER, earlier=first)

    assert seen(later) == {"aa": HELD, "bb": GRANTED, "cc": GRANTED}


def test_who_has_the_scheme_of_the_household_keeps_hearing_so_when_somebody_older_moves_in() -> (
    None
):
    parent, version = a_person(), a_version("aa", unit="household")
    first = decide(a_household(parent), version)
    grandmother, child = a_person(date(1950, 1, 1)), a_person(CHILD)

    together = decide(a_household(grandmother, parent, child), version, earlier=first)

    assert [seen(together, n)["aa"] for n in range(3)] == [
        ELSEWHERE,
        HELD,
        ("not_applicable", "for-another-member"),
    ]
