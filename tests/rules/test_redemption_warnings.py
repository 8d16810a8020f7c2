"""What a cashier asks first, and what a holder hears before paying."""

from datetime import date

import msgspec
import pytest

from given.sales import (
    agreement_facts,
    budget_facts,
    merchant_facts,
    sale_facts,
    visit_budget_facts,
)
from pas.money import BasisPoints, Cents
from pas.redemptions.facts import Request
from pas.redemptions.verdicts import HolderWarning, Refused
from quoting import VISITS, code, paid, quote, the_pass, verdict


def test_a_condition_is_shown_in_the_quote_and_must_be_confirmed() -> None:
    facts = sale_facts(visit_budget_facts(precondition_code="adult_or_diploma"))
    conditions = quote(facts, VISITS).conditions
    assert [condition.code for condition in conditions] == ["adult_or_diploma"]
    taking = Request(visits=2, take_cents=Cents(1006))
    found = verdict(facts, taking)
    assert isinstance(found, Refused)
    assert (found.code, found.conditions) == ("condition-not-confirmed", conditions)
    confirmed = msgspec.structs.replace(taking, confirmed=frozenset({"adult_or_diploma"}))
    assert quote(facts, confirmed).take_cents == 1006


@pytest.mark.parametrize(
    ("precondition", "is_asked"), [("adult", False), ("adult_or_diploma", False), ("diploma", True)]
)
def test_an_adult_is_not_asked_for_an_adult(precondition: str, *, is_asked: bool) -> None:
    budget = budget_facts(precondition_code=precondition)
    assert bool(quote(sale_facts(budget, holder_is_adult=True)).conditions) == is_asked
    assert quote(sale_facts(budget)).conditions


def test_a_condition_that_is_not_met_leaves_the_other_budgets() -> None:
    diploma = budget_facts(1, precondition_code="diploma")
    plain = budget_facts(2, categories=frozenset({"sport", "culture"}))
    asked = Request(price_cents=Cents(2000), unmet=frozenset({"diploma"}))
    assert paid(sale_facts(diploma, plain)) == {1: 2000}
    assert paid(sale_facts(diploma, plain), asked) == {2: 2000}


def test_a_condition_of_the_municipality_s_own_is_asked_in_its_words() -> None:
    budget = budget_facts(
        precondition_code="team_letter", precondition="er is een brief van de club"
    )
    questions = [condition.question for condition in quote(sale_facts(budget)).conditions]
    assert questions == ["Klopt dit: er is een brief van de club?"]
    bare = budget_facts(precondition_code="team_letter")
    assert quote(sale_facts(bare)).conditions[0].question == "Klopt dit: team_letter?"


def test_a_condition_of_two_budgets_is_asked_once() -> None:
    one, other = (budget_facts(n, 500, precondition_code="diploma") for n in (1, 2))
    assert len(quote(sale_facts(one, other)).conditions) == 1


def test_in_the_run_out_a_season_that_began_in_time_is_still_paid() -> None:
    season = budget_facts(run_out_until=date(2027, 4, 1))
    this_year = the_pass(valid_until=date(2028, 1, 1))
    assert not quote(sale_facts(season, pass_=this_year), today=date(2026, 12, 31)).conditions
    found = quote(sale_facts(season, pass_=this_year), today=date(2027, 1, 1))
    assert [condition.code for condition in found.conditions] == ["begun-before-2027-01-01"]
    assert "1 januari 2027" in found.conditions[0].question
    assert quote(sale_facts(season, pass_=this_year), today=date(2027, 3, 31)).take_cents == 2000
    ended = code(sale_facts(season, pass_=this_year), today=date(2027, 4, 1))
    assert ended == "budget-period-ended"


def test_spending_at_once_gives_up_the_remainder_and_says_so() -> None:
    found = quote(sale_facts(budget_facts(cents=6100, spend_at_once=True)))
    assert (found.parts[0].take_cents, found.parts[0].forfeit_cents) == (2000, 4100)
    assert found.warnings == (HolderWarning("loses-remainder", Cents(4100)),)
    assert found.warnings[0].sentence() == "U verliest €\u00a041,00 als u nu betaalt."


def test_spending_at_once_in_visits_gives_up_the_other_visits_too() -> None:
    found = quote(sale_facts(visit_budget_facts(visits=3, spend_at_once=True)), VISITS)
    part = found.parts[0]
    assert (part.visits, part.forfeit_visits, part.forfeit_cents) == (2, 1, 503)
    assert [warning.sentence() for warning in found.warnings] == [
        "U verliest 1 bezoek als u nu betaalt."
    ]


def test_cents_left_over_from_cheap_visits_are_no_loss_to_the_holder() -> None:
    cheap = merchant_facts(agreement_facts("swimming", visit_price_cents=Cents(400)))
    facts = sale_facts(visit_budget_facts(visits=2, spend_at_once=True), merchant=cheap)
    assert (quote(facts, VISITS).parts[0].forfeit_cents, quote(facts, VISITS).warnings) == (206, ())


def test_nothing_is_given_up_when_all_is_spent() -> None:
    found = quote(sale_facts(budget_facts(cents=2000, spend_at_once=True)))
    assert (found.parts[0].forfeit_cents, found.warnings) == (0, ())


@pytest.mark.parametrize("rule", ["spend_at_once", "once_per_year"])
def test_a_remainder_is_not_lost_when_another_budget_can_pay(rule: str) -> None:
    single = budget_facts(1, **{rule: True})
    plain = budget_facts(2, categories=frozenset({"sport", "culture"}))
    assert paid(sale_facts(single, plain)) == {2: 2000}
    assert paid(sale_facts(single, plain), Request(price_cents=Cents(9000))) == {1: 5000, 2: 4000}
    assert paid(sale_facts(single, plain), Request(price_cents=Cents(5000))) == {1: 5000}
    assert paid(sale_facts(single)) == {1: 2000}


def test_when_something_must_be_lost_it_is_the_least_and_else_the_order_stands() -> None:
    large, small = (
        budget_facts(n, cents, spend_at_once=True) for n, cents in ((1, 9000), (2, 2500))
    )
    assert paid(sale_facts(large, small)) == {2: 2000}
    same = budget_facts(3, 9000, spend_at_once=True)
    assert paid(sale_facts(large, same)) == {1: 2000}
    visits = [visit_budget_facts(n, count, once_per_year=True) for n, count in ((1, 9), (2, 4))]
    assert paid(sale_facts(*visits), VISITS) == {2: 1006}


def test_of_two_budgets_that_would_lose_the_one_that_loses_most_is_spared() -> None:
    share = BasisPoints(5000)
    large, small = (
        budget_facts(n, cents, spend_at_once=True, kind="percentage", share_basis_points=share)
        for n, cents in ((1, 9000), (2, 2000))
    )
    plain = budget_facts(3, 1000, categories=frozenset({"sport", "culture"}))
    assert paid(sale_facts(large, small, plain)) == {2: 1000, 3: 1000}


def test_a_budget_of_which_all_visits_are_used_loses_nothing() -> None:
    cheap = merchant_facts(agreement_facts("swimming", visit_price_cents=Cents(400)))
    used_up, other = visit_budget_facts(1, visits=2, once_per_year=True), visit_budget_facts(2)
    assert paid(sale_facts(used_up, other, merchant=cheap), VISITS) == {1: 800}


def test_two_budgets_that_would_lose_are_spared_one_by_one() -> None:
    two = frozenset({"sport", "culture"})
    share = BasisPoints(5000)
    first = budget_facts(1, spend_at_once=True, kind="percentage", share_basis_points=share)
    second = budget_facts(2, spend_at_once=True, kind="percentage", share_basis_points=share)
    plain = budget_facts(3, 1000, categories=two)
    assert paid(sale_facts(first, second, plain)) == {1: 1000, 3: 1000}


def test_once_a_year_and_in_kind_are_said_before_paying() -> None:
    once = quote(sale_facts(budget_facts(once_per_year=True))).warnings
    thing = quote(sale_facts(visit_budget_facts(kind="in_kind")), VISITS).warnings
    assert [warning.sentence() for warning in once + thing] == [
        "Dit kan maar één keer per jaar.",
        "Dit is voor spullen of een kaart, niet voor geld.",
    ]
