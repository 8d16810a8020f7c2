"""What a till may take, and who is refused and why."""

from datetime import date, timedelta

import msgspec
import pytest

from given.sales import (
    CLUB,
    NOW,
    TODAY,
    agreement_facts,
    budget_facts,
    merchant_facts,
    sale_facts,
    till_facts,
    visit_budget_facts,
)
from pas.ids import AccountId
from pas.ledger.book import Seen
from pas.money import Cents
from pas.redemptions.facts import BudgetFacts, Counts, Request
from pas.redemptions.verdicts import Moved, Quote, Refused
from quoting import (
    A_DAY,
    ELSEWHERE,
    PRICE,
    SPORT,
    VISITS,
    code,
    paid,
    quote,
    the_card,
    the_pass,
    verdict,
)


def test_a_price_above_the_budget_says_what_to_take_and_what_to_ask() -> None:
    found = quote(sale_facts(budget_facts(cents=1240)))
    assert (found.take_cents, found.ask_cents) == (1240, 760)


def test_the_last_cent_is_taken() -> None:
    assert paid(sale_facts(budget_facts(cents=1))) == {1: 1}


def test_a_price_within_the_budget_asks_nothing() -> None:
    found = quote(sale_facts(budget_facts(cents=2000)))
    assert (found.take_cents, found.ask_cents) == (2000, 0)


def test_the_till_takes_exactly_what_it_quoted() -> None:
    facts = sale_facts(budget_facts(cents=1240))
    asked = Request(price_cents=Cents(2000), take_cents=Cents(1240))
    assert verdict(facts, asked) == quote(facts)


@pytest.mark.parametrize("take", [1239, 1241, 2000])
def test_what_is_not_what_can_be_taken_now_has_moved(take: int) -> None:
    facts = sale_facts(budget_facts(cents=1240))
    asked = Request(price_cents=Cents(2000), take_cents=Cents(take))
    assert verdict(facts, asked) == Moved(quote(facts))


FULL_TABLE = sale_facts(SPORT)


REFUSED: list[tuple[str, dict[str, object], Request]] = [
    ("till-unknown", {"till": None}, PRICE),
    ("till-unknown", {"till": till_facts(state="invited")}, PRICE),
    ("till-paused", {"till": till_facts(state="paused")}, PRICE),
    ("till-revoked", {"till": till_facts(state="revoked")}, PRICE),
    ("till-not-allowed", {"till": till_facts(allowed=False)}, PRICE),
    ("till-not-allowed", {"merchant": merchant_facts(id=ELSEWHERE)}, PRICE),
    ("till-paused", {"counts": Counts(unknown_cards=5)}, PRICE),
    ("till-limit-reached", {"counts": Counts(till_sales=600)}, PRICE),
    ("merchant-limit-reached", {"counts": Counts(merchant_sales=6000)}, PRICE),
    ("card-limit-reached", {"counts": Counts(card_sales=30)}, PRICE),
    ("card-limit-reached", {"counts": Counts(card_cents=Cents(148_001))}, PRICE),
    ("payee-missing", {"merchant": None}, PRICE),
    ("merchant-not-approved", {"merchant": merchant_facts(state="requested")}, PRICE),
    ("merchant-suspended", {"merchant": merchant_facts(state="suspended")}, PRICE),
    ("merchant-suspended", {"merchant": merchant_facts(state="ended")}, PRICE),
    ("card-unknown", {"card": None, "pass_": None}, PRICE),
    ("card-foreign", {"card": None, "pass_": None, "card_is_foreign": True}, PRICE),
    ("card-not-activated", {"card": the_card(state="inactive")}, PRICE),
    ("card-not-confirmed", {"card": the_card(unconfirmed_cents=Cents(1))}, PRICE),
    ("card-blocked", {"card": the_card(state="blocked")}, PRICE),
    ("card-replaced", {"card": the_card(state="replaced")}, PRICE),
    ("temporary-card-expired", {"card": the_card(expires_at=NOW)}, PRICE),
    ("pass-ended", {"card": the_card(state="ended")}, PRICE),
    ("pass-ended", {"pass_": the_pass(ended_from=TODAY)}, PRICE),
    ("pass-not-yet-valid", {"pass_": the_pass(valid_from=TODAY + A_DAY)}, PRICE),
    ("pass-not-yet-valid", {"pass_": None}, PRICE),
    ("pass-not-in-household", {"relation": "stranger"}, PRICE),
    ("amount-or-visits-missing", {}, Request()),
    ("amount-or-visits-missing", {}, Request(price_cents=Cents(1), visits=1)),
    ("amount-not-positive", {}, Request(price_cents=Cents(0))),
    ("amount-not-positive", {}, Request(price_cents=Cents(-1))),
    ("amount-not-positive", {}, Request(visits=0)),
    ("amount-not-positive", {}, Request(price_cents=Cents(1), take_cents=Cents(0))),
    ("amount-too-large", {}, Request(price_cents=Cents(1_000_001))),
    ("amount-too-large", {}, Request(price_cents=Cents(2**63))),
    ("amount-too-large", {}, Request(visits=51)),
    (
        "amount-too-large",
        {
            "budgets": (visit_budget_facts(balance_cents=Cents(100_000)),),
            "merchant": merchant_facts(
                agreement_facts("swimming", visit_price_cents=Cents(20_001))
            ),
        },
        Request(visits=50),
    ),
    ("amount-too-large", {"till": till_facts(sale_limit_cents=Cents(1999))}, PRICE),
    ("category-not-agreed", {}, Request(price_cents=Cents(1), category="school_costs")),
    ("category-not-agreed", {"merchant": merchant_facts(agreements=())}, PRICE),
    ("no-budget", {}, Request(price_cents=Cents(1), category="culture")),
    ("no-budget", {"budgets": ()}, PRICE),
    ("no-budget", {"budgets": (budget_facts(payee=ELSEWHERE),)}, PRICE),
    ("budget-empty", {"budgets": (budget_facts(cents=0),)}, PRICE),
    ("budget-not-yet-usable", {"budgets": (budget_facts(usable_from=TODAY + A_DAY),)}, PRICE),
    ("budget-period-ended", {"budgets": (budget_facts(usable_until=TODAY),)}, PRICE),
    (
        "already-used-this-year",
        {"budgets": (budget_facts(once_per_year=True, used_this_year=True),)},
        PRICE,
    ),
    ("visits-not-amount", {"budgets": (visit_budget_facts(),)}, PRICE),
    ("visits-not-amount", {"budgets": (visit_budget_facts(kind="in_kind"),)}, PRICE),
    ("amount-not-visits", {}, VISITS),
    (
        "visit-price-not-agreed",
        {"budgets": (visit_budget_facts(categories=frozenset({"sport"})),)},
        VISITS,
    ),
    ("budget-empty", {"budgets": (visit_budget_facts(visits=0),)}, VISITS),
    ("visit-too-dear", {"budgets": (visit_budget_facts(balance_cents=Cents(502)),)}, VISITS),
    (
        "condition-not-met",
        {"budgets": (budget_facts(precondition_code="diploma"),)},
        Request(price_cents=Cents(1), unmet=frozenset({"diploma"})),
    ),
    (
        "condition-not-confirmed",
        {"budgets": (budget_facts(precondition_code="diploma"),)},
        Request(price_cents=Cents(1), take_cents=Cents(1)),
    ),
]


@pytest.mark.parametrize(("expected", "changes", "request_"), REFUSED)
def test_each_refusal_has_its_own_code(
    expected: str, changes: dict[str, object], request_: Request
) -> None:
    assert code(msgspec.structs.replace(FULL_TABLE, **changes), request_) == expected


@pytest.mark.parametrize(
    "changes",
    [
        {"counts": Counts(till_sales=599, merchant_sales=5999, card_sales=29, unknown_cards=4)},
        {"counts": Counts(card_cents=Cents(148_000))},
        {"till": till_facts(sale_limit_cents=Cents(2000))},
        {"till": till_facts(kind="counter", merchant_id=None)},
        {"till": till_facts(kind="intermediary", merchant_id=None)},
        {"card": the_card(expires_at=NOW + timedelta(seconds=1))},
        {"pass_": the_pass(ended_from=TODAY + A_DAY)},
        {"pass_": the_pass(valid_from=TODAY, valid_until=TODAY + A_DAY)},
        {"relation": "child"},
        {"budgets": (budget_facts(usable_from=TODAY, usable_until=TODAY + A_DAY),)},
        {"budgets": (budget_facts(payee=CLUB),)},
        {"budgets": (budget_facts(once_per_year=True),)},
        {"budgets": (budget_facts(used_this_year=True),)},
    ],
)
def test_just_within_every_bound_is_paid(changes: dict[str, object]) -> None:
    assert quote(msgspec.structs.replace(FULL_TABLE, **changes)).take_cents == 2000


def test_the_highest_price_and_number_of_visits_are_paid() -> None:
    highest = Request(price_cents=Cents(1_000_000))
    assert quote(sale_facts(budget_facts()), highest).take_cents == 5000
    assert quote(sale_facts(visit_budget_facts()), Request(visits=50)).visits == 10


def test_a_till_that_may_not_scan_learns_nothing_about_the_card() -> None:
    facts = sale_facts(till=till_facts(state="revoked"), card=None, pass_=None)
    assert code(facts) == "till-revoked"


def test_a_budget_at_another_merchant_is_not_mentioned() -> None:
    bound = budget_facts(payee=ELSEWHERE, cents=0)
    found = verdict(sale_facts(bound))
    assert isinstance(found, Refused)
    assert (found.code, found.seen) == ("no-budget", ())


def test_a_refusal_names_the_balances_it_rests_on() -> None:
    empty = budget_facts(1, cents=0)
    visits = visit_budget_facts(2, visits=0, categories=frozenset({"sport"}))
    other = budget_facts(3, categories=frozenset({"culture"}))
    found = verdict(
        sale_facts(empty, visits, other), Request(price_cents=Cents(1), category="sport")
    )
    assert isinstance(found, Refused)
    assert found.seen == (
        Seen(AccountId(1), 10),
        Seen(AccountId(2), 20),
        Seen(AccountId(1002), 40),
    )


@pytest.mark.parametrize(
    ("budgets", "expected"),
    [
        ([budget_facts(1, cents=0), budget_facts(2, usable_until=TODAY)], "budget-empty"),
        ([budget_facts(1, usable_from=TODAY + A_DAY), budget_facts(2, usable_until=TODAY)],
         "budget-not-yet-usable"),
        ([budget_facts(1, cents=0), visit_budget_facts(2, categories=frozenset({"sport"}))],
         "visits-not-amount"),
        ([budget_facts(1, cents=0), budget_facts(2, once_per_year=True, used_this_year=True)],
         "budget-empty"),
    ],
)  # fmt: skip
def test_of_several_reasons_the_one_that_helps_most_is_given(
    budgets: list[BudgetFacts], expected: str
) -> None:
    assert code(sale_facts(*budgets)) == expected
    assert code(sale_facts(*reversed(budgets))) == expected


def test_a_pass_of_last_year_is_expired_unless_a_budget_runs_on() -> None:
    last_year = the_pass(valid_from=date(2025, 1, 1), valid_until=date(2026, 1, 1))
    lessons = budget_facts(usable_until=date(2028, 1, 1), lapses_on=None)
    old = budget_facts(2, usable_until=date(2026, 1, 1))
    assert code(sale_facts(old, pass_=last_year)) == "card-expired"
    assert paid(sale_facts(lessons, pass_=last_year)) == {1: 2000}
    assert paid(sale_facts(old, lessons, pass_=last_year)) == {1: 2000}
    assert code(sale_facts(SPORT, pass_=last_year), today=date(2027, 1, 1)) == "card-expired"
    assert code(sale_facts(SPORT), today=date(2027, 1, 1)) == "card-expired"


def test_an_agreement_counts_from_its_first_day_to_the_day_before_its_end() -> None:
    for first, until, is_agreed in (
        (TODAY, None, True),
        (TODAY + A_DAY, None, False),
        (TODAY - A_DAY, TODAY + A_DAY, True),
        (TODAY - A_DAY, TODAY, False),
    ):
        agreement = agreement_facts("sport", valid_from=first, valid_until=until)
        found = verdict(sale_facts(SPORT, merchant=merchant_facts(agreement)))
        assert isinstance(found, Quote) == is_agreed


def test_the_price_of_a_visit_is_that_of_the_newest_agreement() -> None:
    pool = merchant_facts(
        agreement_facts("swimming", valid_from=date(2026, 7, 1), visit_price_cents=Cents(450)),
        agreement_facts("swimming", valid_from=date(2026, 1, 1), visit_price_cents=Cents(400)),
    )
    assert quote(sale_facts(visit_budget_facts(), merchant=pool), VISITS).price_cents == 900
