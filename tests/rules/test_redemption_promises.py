"""What holds for every sale, whatever the budgets: no cent too many, and always the same answer.

The worlds are drawn from a seed in plain Python: much faster than field by field, and small on
purpose (few cents, few categories), so that ties, empty budgets and remainders are common; a test
asserts that they are.
"""

import random
from collections import Counter
from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from given.sales import NOW, TODAY, agreement_facts, budget_facts, merchant_facts, sale_facts
from pas.ids import AccountId
from pas.money import BasisPoints, Cents, share_of
from pas.redemptions.allocation import order
from pas.redemptions.facts import AllowanceKind, BudgetFacts, Facts, Request
from pas.redemptions.refusals import TILL_REFUSALS
from pas.redemptions.rules import after, decide
from pas.redemptions.verdicts import Moved, Quote, Refused, Verdict, lost_cents, lost_visits

CATEGORIES = ("sport", "culture", "swimming")
KINDS: tuple[AllowanceKind, ...] = ("amount", "amount", "visits", "percentage", "in_kind")
A_DAY = timedelta(days=1)


class World(msgspec.Struct):
    """A sale and what is asked, with the quote where it must have one."""

    facts: Facts
    request: Request
    verdict: Verdict

    @property
    def quote(self) -> Quote:
        assert isinstance(self.verdict, Quote)
        return self.verdict

    @property
    def budgets(self) -> dict[AccountId, BudgetFacts]:
        return {budget.account: budget for budget in self.facts.budgets}

    def paying(self) -> list[BudgetFacts]:
        return [self.budgets[part.account] for part in self.quote.parts]


def verdict(facts: Facts, request: Request) -> Verdict:
    return decide(facts, request, now=NOW, today=TODAY)


def taken(facts: Facts, request: Request) -> int:
    found = verdict(facts, request)
    return found.take_cents if isinstance(found, Quote) else 0


def a_budget(chance: random.Random, account: int) -> BudgetFacts:
    kind = chance.choice(KINDS)
    is_visits = kind in {"visits", "in_kind"}
    maybe: Callable[[float], bool] = lambda odds: chance.random() < odds  # noqa: E731
    return budget_facts(
        account,
        chance.choice([0, 7, 30, 60, 90]),
        kind=kind,
        categories=frozenset(chance.sample(CATEGORIES, chance.randint(1, 3))),
        usable_from=TODAY + A_DAY if maybe(0.05) else TODAY,
        usable_until=TODAY if maybe(0.2) else TODAY + A_DAY,
        run_out_until=TODAY + A_DAY if maybe(0.7) else None,
        lapses_on=chance.choice([None, date(2027, 1, 1), date(2027, 2, 1)]),
        granted_at=datetime(2026, chance.randint(1, 2), 1, tzinfo=UTC),
        visits_account=AccountId(account + 1000) if is_visits else None,
        balance_visits=chance.randint(0, 6) if is_visits else 0,
        share_basis_points=BasisPoints(
            chance.randint(0, 10_000) if kind == "percentage" else 10_000
        ),
        spend_at_once=maybe(0.3),
        once_per_year=maybe(0.2),
        used_this_year=maybe(0.3),
        precondition_code=chance.choice(["", "", "diploma", "adult"]),
    )


def a_world(chance: random.Random) -> World:
    facts = sale_facts(
        *(a_budget(chance, account) for account in range(1, chance.randint(0, 6) + 1)),
        merchant=merchant_facts(
            *(
                agreement_facts(category, visit_price_cents=chance.choice([None, 5, 12, 30]))
                for category in chance.sample(CATEGORIES, chance.randint(1, 3))
            )
        ),
        holder_is_adult=chance.random() < 0.5,
    )
    in_visits = chance.random() < 0.3
    request = Request(
        price_cents=None if in_visits else Cents(chance.randint(1, 150)),
        visits=chance.randint(1, 8) if in_visits else None,
        category=chance.choice([None, None, *CATEGORIES]),
        unmet=frozenset({"diploma"} if chance.random() < 0.2 else ()),
    )
    return World(facts, request, verdict(facts, request))


def a_quoted_world(seed: int) -> World:
    chance = random.Random(seed)
    while True:
        world = a_world(chance)
        if isinstance(world.verdict, Quote):
            return world


seeds = st.integers(0, 2**32)
worlds = seeds.map(lambda seed: a_world(random.Random(seed)))
quoted = seeds.map(a_quoted_world)


def test_the_worlds_hold_what_the_promises_are_about() -> None:
    found = Counter[str]()
    for seed in range(1000):
        world = a_quoted_world(seed)
        quote = world.quote
        found["several parts"] += len(quote.parts) > 1
        found["visits"] += quote.visits > 0
        found["part payment"] += quote.ask_cents > 0
        found["paid whole"] += quote.ask_cents == 0
        found["remainder lost"] += any(part.forfeit_cents for part in quote.parts)
        found["condition"] += bool(quote.conditions)
        found["spared"] += lost(world, unspared(world)) > lost(world, quote)
    assert len(found) == 7
    assert min(found.values()) > 20


def unspared(world: World) -> Quote:
    """What the plain order would give: the same budgets, none of which loses anything."""
    budgets = tuple(
        msgspec.structs.replace(budget, spend_at_once=False, once_per_year=False)
        for budget in world.facts.budgets
        if not (budget.once_per_year and budget.used_this_year)
    )
    plain = verdict(msgspec.structs.replace(world.facts, budgets=budgets), world.request)
    assert isinstance(plain, Quote)
    return plain


@given(worlds)
def test_every_request_gets_a_quote_or_a_refusal_of_the_closed_list(world: World) -> None:
    if isinstance(world.verdict, Refused):
        assert world.verdict.reason in TILL_REFUSALS
    else:
        assert world.quote.take_cents > 0


@given(quoted)
def test_take_and_ask_are_the_price_and_the_parts_are_what_is_taken(world: World) -> None:
    quote, request = world.quote, world.request
    assert quote.take_cents + quote.ask_cents == quote.price_cents
    assert quote.ask_cents >= 0
    assert sum(part.take_cents for part in quote.parts) == quote.take_cents
    assert sum(part.visits for part in quote.parts) == quote.visits
    if request.visits is None:
        assert quote.price_cents == request.price_cents
        assert (quote.visits, quote.ask_visits) == (0, 0)
    else:
        assert quote.visits + quote.ask_visits == request.visits


@given(quoted)
def test_no_budget_gives_more_than_it_has_or_may(world: World) -> None:
    for part, budget in zip(world.quote.parts, world.paying(), strict=True):
        assert 0 < part.take_cents <= most(budget, world.quote.price_cents)
        assert part.take_cents + part.forfeit_cents <= budget.balance_cents
        assert part.visits + part.forfeit_visits <= budget.balance_visits


def most(budget: BudgetFacts, price: Cents) -> int:
    return min(budget.balance_cents, share_of(price, budget.share_basis_points))


@given(quoted)
def test_only_budgets_that_may_be_spent_here_today_pay(world: World) -> None:
    facts, request = world.facts, world.request
    assert facts.merchant is not None
    agreed = {agreement.category for agreement in facts.merchant.agreements}
    for part, budget in zip(world.quote.parts, world.paying(), strict=True):
        assert budget.categories & agreed
        assert request.category in {None, *budget.categories}
        assert part.category is None or part.category in budget.categories & agreed
        assert budget.usable_from <= TODAY
        assert max(budget.usable_until, budget.run_out_until or budget.usable_until) > TODAY
        assert not (budget.once_per_year and budget.used_this_year)
        assert budget.counts_visits == (request.visits is not None)
        assert budget.precondition_code not in request.unmet


@given(worlds, seeds)
def test_the_order_in_which_budgets_are_read_does_not_matter(world: World, seed: int) -> None:
    shuffled = random.Random(seed).sample(world.facts.budgets, len(world.facts.budgets))
    other = verdict(msgspec.structs.replace(world.facts, budgets=tuple(shuffled)), world.request)
    assert other == world.verdict


@given(quoted)
def test_the_parts_come_in_the_order_of_the_rules(world: World) -> None:
    keys = [order(budget) for budget in world.paying()]
    assert keys == sorted(keys)


@given(quoted)
def test_a_later_budget_pays_only_when_the_ones_before_it_are_used_to_the_full(
    world: World,
) -> None:
    quote = world.quote
    for part, budget in list(zip(quote.parts, world.paying(), strict=True))[:-1]:
        if world.request.visits is None:
            assert part.take_cents == most(budget, quote.price_cents)
        else:
            price = quote.take_cents // quote.visits
            affordable = most(budget, quote.price_cents) // price
            assert part.visits == min(budget.balance_visits, affordable)


@given(quoted)
def test_as_much_is_taken_as_all_budgets_together_can_pay(world: World) -> None:
    if world.request.visits is None:
        alone = (
            taken(msgspec.structs.replace(world.facts, budgets=(budget,)), world.request)
            for budget in world.facts.budgets
        )
        assert world.quote.take_cents == min(world.quote.price_cents, sum(alone))


@given(quoted)
def test_nothing_is_lost_when_the_budgets_that_keep_their_remainder_pay_as_much(
    world: World,
) -> None:
    keeping = tuple(
        budget
        for budget in world.facts.budgets
        if not (budget.spend_at_once or budget.once_per_year)
    )
    without = msgspec.structs.replace(world.facts, budgets=keeping)
    in_euros = world.request.visits is None  # in visits the first budget sets the price of all
    if in_euros and taken(without, world.request) == world.quote.take_cents:
        assert lost(world, world.quote) == 0


@given(quoted)
def test_less_is_lost_than_in_the_plain_order_or_the_plain_order_stands(world: World) -> None:
    plain = unspared(world)
    assert lost(world, world.quote) <= lost(world, plain)
    if lost(world, world.quote) == lost(world, plain):
        assert [p.account for p in plain.parts] == [p.account for p in world.quote.parts]


def lost(world: World, quote: Quote) -> int:
    total = 0
    for part in quote.parts:
        budget = world.budgets[part.account]
        if budget.spend_at_once or budget.once_per_year:
            left_visits = budget.balance_visits - part.visits
            total += left_visits if part.visits else budget.balance_cents - part.take_cents
    return total


@given(quoted)
def test_a_remainder_is_given_up_only_where_the_scheme_says_so_and_the_holder_hears_it(
    world: World,
) -> None:
    for part, budget in zip(world.quote.parts, world.paying(), strict=True):
        left = budget.balance_cents - part.take_cents, budget.balance_visits - part.visits
        given_up = part.forfeit_cents, part.forfeit_visits
        assert given_up == (left if budget.spend_at_once else (0, 0))
    cents = sum(part.forfeit_cents for part in world.quote.parts if not part.visits)
    visits = sum(part.forfeit_visits for part in world.quote.parts)
    assert lost_cents(world.quote.warnings) == cents
    assert lost_visits(world.quote.warnings) == visits


@given(quoted, seeds)
def test_more_balance_never_means_less_taken(world: World, seed: int) -> None:
    chance = random.Random(seed)
    lucky = chance.randrange(len(world.facts.budgets))
    richer = tuple(
        with_more(budget, chance.randint(1, 30)) if place == lucky else budget
        for place, budget in enumerate(world.facts.budgets)
    )
    if world.request.visits is None:
        gift = msgspec.structs.replace(world.facts, budgets=richer)
        assert taken(gift, world.request) >= world.quote.take_cents


def with_more(budget: BudgetFacts, more: int) -> BudgetFacts:
    return msgspec.structs.replace(budget, balance_cents=Cents(budget.balance_cents + more))


@given(quoted, st.integers(-2, 2))
def test_a_till_takes_what_was_quoted_or_hears_what_moved(world: World, off: int) -> None:
    take = Cents(max(1, world.quote.take_cents + off))
    confirmed = frozenset(condition.code for condition in world.quote.conditions)
    taking = msgspec.structs.replace(
        world.request, take_cents=take, confirmed=confirmed, **lost_by(world.quote)
    )
    same = take == world.quote.take_cents
    assert verdict(world.facts, taking) == (world.quote if same else Moved(world.quote))


def lost_by(quote: Quote) -> dict[str, int]:
    return {"lost_cents": lost_cents(quote.warnings), "lost_visits": lost_visits(quote.warnings)}


@given(quoted)
def test_nobody_loses_more_than_they_heard(world: World) -> None:
    heard = lost_by(world.quote)
    confirmed = frozenset(condition.code for condition in world.quote.conditions)
    taking = msgspec.structs.replace(
        world.request, take_cents=world.quote.take_cents, confirmed=confirmed
    )
    for what, lost in heard.items():
        less = msgspec.structs.replace(taking, **{**heard, what: lost - 1})
        assert verdict(world.facts, less) == Moved(world.quote)
    assert verdict(world.facts, msgspec.structs.replace(taking, **heard)) == world.quote


@given(quoted)
def test_without_every_confirmation_nothing_is_taken(world: World) -> None:
    needed = world.quote.conditions
    some = frozenset(condition.code for condition in needed[1:])
    taking = msgspec.structs.replace(
        world.request, take_cents=world.quote.take_cents, confirmed=some, **lost_by(world.quote)
    )
    found = verdict(world.facts, taking)
    if needed:
        assert isinstance(found, Refused)
        assert (found.code, found.conditions) == ("condition-not-confirmed", needed[:1])
    else:
        assert found == world.quote


@given(worlds, seeds)
def test_items_of_one_array_together_never_take_more_than_there_is(world: World, seed: int) -> None:
    chance, facts = random.Random(seed), world.facts
    before, gone = sum(budget.balance_cents for budget in facts.budgets), 0
    for _ in range(4):
        found = verdict(facts, a_world(chance).request)
        if isinstance(found, Quote):
            gone += sum(part.take_cents + part.forfeit_cents for part in found.parts)
            left = {
                budget.account: budget for budget in (*facts.budgets, *after(facts.budgets, found))
            }
            facts = msgspec.structs.replace(facts, budgets=tuple(left.values()))
    assert all(budget.balance_cents >= 0 <= budget.balance_visits for budget in facts.budgets)
    assert sum(budget.balance_cents for budget in facts.budgets) + gone == before


@given(worlds)
def test_facts_and_requests_can_be_read_from_one_json_value(world: World) -> None:
    for value in (world.facts, world.request):
        assert msgspec.json.decode(msgspec.json.encode(value), type=type(value)) == value
