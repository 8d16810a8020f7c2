"""Which budgets pay how much, in which order: in money, percentages and visits."""

from datetime import UTC, date, datetime

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
from pas.redemptions.rules import after
from quoting import SPORT, VISITS, paid, quote


def test_the_most_specific_budget_pays_first_then_what_lapses_first_then_the_oldest() -> None:
    two = frozenset({"sport", "culture"})
    ordered = [
        budget_facts(9, 100),
        budget_facts(8, 100, categories=two, lapses_on=date(2026, 12, 1)),
        budget_facts(7, 100, categories=two, granted_at=datetime(2026, 1, 1, tzinfo=UTC)),
        budget_facts(5, 100, categories=two),
        budget_facts(6, 100, categories=two),
        budget_facts(4, 100, categories=two, lapses_on=None),
    ]
    assert list(paid(sale_facts(*reversed(ordered)))) == [9, 8, 7, 5, 6, 4]
    partly = paid(sale_facts(*reversed(ordered)), Request(price_cents=Cents(250)))
    assert partly == {9: 100, 8: 100, 7: 50}


def test_a_category_narrows_the_budgets() -> None:
    sport, culture = budget_facts(1), budget_facts(2, categories=frozenset({"culture"}))
    asked = Request(price_cents=Cents(9000), category="culture")
    assert paid(sale_facts(sport, culture), asked) == {2: 5000}
    assert paid(sale_facts(sport, culture), Request(price_cents=Cents(9000))) == {1: 5000, 2: 4000}


def test_a_figure_never_guesses_what_a_payment_was_for() -> None:
    both = budget_facts(categories=frozenset({"sport", "culture"}))
    only_sport = merchant_facts(agreement_facts("sport"))
    asked = Request(price_cents=Cents(1), category="culture")
    assert quote(sale_facts(both)).category is None
    assert quote(sale_facts(both), asked).category == "culture"
    assert quote(sale_facts(both, merchant=only_sport)).category == "sport"
    two = sale_facts(budget_facts(1, 1000), budget_facts(2, categories=frozenset({"culture"})))
    assert [part.category for part in quote(two).parts] == ["sport", "culture"]
    assert quote(two).category is None


def test_a_percentage_pays_its_share_of_the_price_up_to_cap_and_balance() -> None:
    share = budget_facts(kind="percentage", share_basis_points=BasisPoints(2500))
    assert paid(sale_facts(share)) == {1: 500}
    assert paid(sale_facts(share), Request(price_cents=Cents(1998))) == {1: 500}
    assert paid(sale_facts(share), Request(price_cents=Cents(100_000))) == {1: 5000}
    capped = msgspec.structs.replace(share, balance_cents=Cents(300))
    assert paid(sale_facts(capped)) == {1: 300}


def test_what_a_percentage_leaves_is_paid_by_the_next_budget() -> None:
    share = budget_facts(1, kind="percentage", share_basis_points=BasisPoints(2500))
    rest = budget_facts(2, categories=frozenset({"sport", "culture"}))
    assert paid(sale_facts(rest, share)) == {1: 500, 2: 1500}


def test_a_visit_costs_the_agreed_price_and_one_visit() -> None:
    found = quote(sale_facts(visit_budget_facts(visits=10)), VISITS)
    part = found.parts[0]
    assert (found.price_cents, found.take_cents, found.visits) == (1006, 1006, 2)
    assert (part.visits_account, part.visits, part.take_cents) == (1001, 2, 1006)
    assert part.category == "swimming"


def test_visits_that_are_not_there_are_asked_at_the_agreed_price() -> None:
    found = quote(sale_facts(visit_budget_facts(visits=1), SPORT), VISITS)
    assert (found.visits, found.ask_visits) == (1, 1)
    assert (found.take_cents, found.ask_cents) == (503, 503)


def test_visits_are_paid_whole_from_more_than_one_budget() -> None:
    one, other = visit_budget_facts(1, visits=1), visit_budget_facts(2, visits=5)
    found = quote(sale_facts(other, one), Request(visits=3))
    assert {part.account: part.visits for part in found.parts} == {1: 1, 2: 2}


def test_visits_are_limited_by_the_money_that_was_set_aside() -> None:
    found = quote(sale_facts(visit_budget_facts(balance_cents=Cents(1005))), VISITS)
    assert (found.visits, found.ask_visits) == (1, 1)


def test_an_empty_budget_does_not_set_the_price_of_a_visit() -> None:
    pool = merchant_facts(
        agreement_facts("swimming", visit_price_cents=Cents(503)),
        agreement_facts("sauna", visit_price_cents=Cents(100)),
    )
    sauna = frozenset({"sauna"})
    for empty in (
        visit_budget_facts(1, categories=sauna, balance_visits=0),
        visit_budget_facts(1, categories=sauna, balance_cents=Cents(0)),
    ):
        found = quote(sale_facts(empty, visit_budget_facts(2), merchant=pool), VISITS)
        assert found.price_cents == 1006


def test_a_budget_with_too_few_cents_for_a_visit_does_not_set_its_price() -> None:
    pool = merchant_facts(
        agreement_facts("swimming", visit_price_cents=Cents(503)),
        agreement_facts("sauna", visit_price_cents=Cents(900)),
    )
    sauna = frozenset({"sauna"})
    poor = visit_budget_facts(1, categories=sauna, balance_cents=Cents(899))
    found = quote(sale_facts(poor, visit_budget_facts(2), merchant=pool), VISITS)
    assert (found.price_cents, found.visits) == (1006, 2)


def test_one_sale_in_visits_has_one_price() -> None:
    pool = merchant_facts(
        agreement_facts("swimming", visit_price_cents=Cents(503)),
        agreement_facts("sauna", visit_price_cents=Cents(900)),
    )
    swim, sauna = visit_budget_facts(1, visits=1), visit_budget_facts(2, balance_cents=Cents(9000))
    sauna = msgspec.structs.replace(sauna, categories=frozenset({"sauna"}))
    found = quote(sale_facts(swim, sauna, merchant=pool), VISITS)
    assert (found.price_cents, found.visits, found.ask_visits) == (1006, 1, 1)
    both = visit_budget_facts(3, categories=frozenset({"sauna", "swimming"}))
    assert quote(sale_facts(both, merchant=pool), VISITS).price_cents == 1006
    asked = Request(visits=2, category="sauna")
    assert quote(sale_facts(both, merchant=pool), asked).price_cents == 1800


def test_the_next_item_of_an_array_sees_what_the_one_before_it_took() -> None:
    facts = sale_facts(
        budget_facts(1, 2500),
        visit_budget_facts(2, visits=3),
        budget_facts(3, spend_at_once=True, categories=frozenset({"culture"})),
    )
    [sport] = after(facts.budgets, quote(facts, Request(price_cents=Cents(2400), category="sport")))
    assert (sport.balance_cents, sport.used_this_year, sport.movements) == (100, True, 11)
    [swim] = after(facts.budgets, quote(facts, VISITS))
    assert (swim.balance_cents, swim.balance_visits) == (503, 1)
    assert (swim.movements, swim.visits_movements) == (21, 41)
    [coat] = after(facts.budgets, quote(facts, Request(price_cents=Cents(1), category="culture")))
    assert (coat.balance_cents, coat.movements) == (0, 32)
    at_once = sale_facts(visit_budget_facts(visits=5, spend_at_once=True))
    [left] = after(at_once.budgets, quote(at_once, VISITS))
    assert (left.balance_cents, left.balance_visits) == (0, 0)
    assert (left.movements, left.visits_movements) == (12, 22)


@pytest.mark.parametrize("rule", ["spend_at_once", "once_per_year"])
def test_a_payment_that_leaves_nothing_for_another_says_on_which_movement_it_rests(
    rule: str,
) -> None:
    facts = sale_facts(budget_facts(1, **{rule: True}), visit_budget_facts(2))
    assert [part.seen for part in quote(facts).parts] == [10]
    assert [part.seen for part in quote(facts, VISITS).parts] == [None]
