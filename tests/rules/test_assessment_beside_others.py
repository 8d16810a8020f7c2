"""What schemes do to one another, and what there is to give."""

from datetime import date

import pytest

from deciding import CHILD, NEW_YEAR, THING, decide, only, seen
from given.assessment import a_household, a_person, a_version, earlier_grants
from pas.grants.explain import sentence
from pas.grants.facts import Outcome, Reason
from pas.grants.plan import plan
from pas.grants.pots import assess_within
from pas.grants.rules import assess
from pas.money import Cents
from pas.schemes.model import Visits


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


def test_visits_and_things_in_kind_say_what_they_are() -> None:
    visits = a_version("aa", allowance=Visits(10, Cents(503)))
    thing = a_version("bb", allowance=THING)

    ten, kind = decide(a_household(), visits, thing)[0].verdicts

    assert ten.award
    assert kind.award
    assert (ten.award.visits, ten.award.amount_cents) == (10, 5030)
    assert (kind.award.visits, kind.award.amount_cents) == (1, 3000)
    assert "U krijgt 10 bezoeken" in sentence(ten)
    assert "U krijgt dit één keer" in sentence(kind)


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
