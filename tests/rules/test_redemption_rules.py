"""What a till may take: every refusal once, the order of budgets, visits, percentages, warnings."""

from datetime import UTC, date, datetime, timedelta
from uuid import UUID

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
from pas.ids import AccountId, MerchantId
from pas.ledger.book import Seen
from pas.money import BasisPoints, Cents
from pas.redemptions.facts import BudgetFacts, CardFacts, Counts, Facts, PassFacts, Request
from pas.redemptions.rules import after, decide
from pas.redemptions.verdicts import HolderWarning, Moved, Quote, Refused, Verdict

PRICE = Request(price_cents=Cents(2000))
VISITS = Request(visits=2)
ELSEWHERE = MerchantId(UUID(int=101))
A_DAY = timedelta(days=1)


def verdict(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> Verdict:
    return decide(facts, request, now=NOW, today=today)


def quote(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> Quote:
    found = verdict(facts, request, today=today)
    assert isinstance(found, Quote), found
    return found


def paid(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> dict[int, int]:
    """Which account pays how many cents, in the order of the parts."""
    return {part.account: part.take_cents for part in quote(facts, request, today=today).parts}


def code(facts: Facts, request: Request = PRICE, *, today: date = TODAY) -> str:
    found = verdict(facts, request, today=today)
    assert isinstance(found, Refused), found
    return found.code


def the_pass(**changes: object) -> PassFacts:
    facts = sale_facts().pass_
    assert facts is not None
    return msgspec.structs.replace(facts, **changes)


def the_card(**changes: object) -> CardFacts:
    facts = sale_facts().card
    assert facts is not None
    return msgspec.structs.replace(facts, **changes)


# --- take and ask ---------------------------------------------------------------------------


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


# --- who is refused, and why ----------------------------------------------------------------

SPORT = budget_facts()
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


# --- agreements -----------------------------------------------------------------------------


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


# --- order ----------------------------------------------------------------------------------


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


# --- percentages ----------------------------------------------------------------------------


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


# --- visits ---------------------------------------------------------------------------------


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


# --- conditions -----------------------------------------------------------------------------


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


# --- what is lost by paying -----------------------------------------------------------------


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


# --- several at once ------------------------------------------------------------------------


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
