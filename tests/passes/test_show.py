"""A holder sees cards, budgets and a history that adds up; nobody else does."""

from datetime import timedelta

import pytest

from booking import a_reversal, a_sale, lapse, redeem, reverse
from given.cards import as_holder
from given.city import a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.merchants import REGISTRAR
from pas.db import Connection
from pas.ledger.book import Line
from pas.passes.end import PassNotFound
from pas.passes.show import ShownBudget, ShownPass, list_passes, show_pass


def adds_up(budget: ShownBudget) -> bool:
    cents = sum(line.amount_cents for line in budget.history)
    visits = sum(line.visits for line in budget.history)
    return (cents, visits) == (budget.balance_cents, budget.visits or 0)


def kinds(shown: ShownPass) -> list[tuple[str, int, int]]:
    return [
        (line.kind, line.amount_cents, line.visits)
        for budget in shown.budgets
        for line in budget.history
    ]


async def test_the_history_of_a_budget_adds_up_to_its_balance(connection: Connection) -> None:
    scheme, holder = await a_scheme(connection), await a_holder(connection)
    until = NOON + timedelta(days=1)
    budget = await a_budget(connection, scheme, holder, cents=20000, usable_until=until)
    till = await a_till(connection, await a_merchant(connection))
    sales = [a_sale(till, budget, cents) for cents in (1240, 500, 300)]
    await redeem(connection, *sales)
    await reverse(connection, a_reversal("void", sales[1]))
    await reverse(connection, a_reversal("refund", sales[0], 240))
    rest = 20000 - 1240 - 300 + 240
    assert await lapse(connection, budget.account, rest, at=until) == "booked"
    shown = await show_pass(connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    (seen,) = shown.budgets
    assert adds_up(seen)
    assert seen.balance_cents == 0
    assert sorted(kinds(shown)) == [
        ("grant", 20000, 0),
        ("lapse", -rest, 0),
        ("redeem", -1240, 0),
        ("redeem", -500, 0),
        ("redeem", -300, 0),
        ("refund", 240, 0),
        ("void", 500, 0),
    ]


async def test_a_line_names_merchant_and_category_also_when_it_was_taken_back(
    connection: Connection,
) -> None:
    scheme, holder = await a_scheme(connection), await a_holder(connection)
    budget = await a_budget(connection, scheme, holder)
    till = await a_till(connection, await a_merchant(connection, name="Bad"))
    sale = a_sale(till, budget, 500)
    await redeem(connection, sale)
    await reverse(connection, a_reversal("void", sale))
    shown = await show_pass(connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    named = {(line.kind, line.merchant_name, line.category) for line in shown.budgets[0].history}
    assert named == {("grant", None, None), ("redeem", "Bad", "sport"), ("void", "Bad", "sport")}


async def test_visits_are_counted_beside_their_cents(connection: Connection) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=450)
    holder = await a_holder(connection)
    budget = await a_budget(connection, scheme, holder, cents=4500, visits=10)
    assert budget.visits_account is not None
    assert scheme.used is not None
    till = await a_till(connection, await a_merchant(connection))
    visit = Line(debit=budget.visits_account, credit=scheme.used, amount=1)
    await redeem(connection, a_sale(till, budget, 450, visit))
    shown = await show_pass(connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    (seen,) = shown.budgets
    assert (seen.balance_cents, seen.visits) == (4050, 9)
    assert adds_up(seen)
    assert kinds(shown) == [("grant", 4500, 10), ("redeem", -450, -1)]


async def test_what_is_forfeited_is_a_line_of_its_own(connection: Connection) -> None:
    scheme, holder = await a_scheme(connection, spend_at_once=True), await a_holder(connection)
    budget = await a_budget(connection, scheme, holder, cents=5000)
    till = await a_till(connection, await a_merchant(connection))
    rest = Line(debit=budget.account, credit=scheme.appropriation, amount=3000)
    await redeem(connection, a_sale(till, budget, 2000, rest))
    shown = await show_pass(connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    assert adds_up(shown.budgets[0])
    assert kinds(shown) == [("grant", 5000, 0), ("redeem", -2000, 0), ("forfeit", -3000, 0)]


async def test_what_comes_back_after_the_end_goes_on_and_adds_up(connection: Connection) -> None:
    scheme, holder = await a_scheme(connection), await a_holder(connection)
    budget = await a_budget(connection, scheme, holder, cents=5000)
    till = await a_till(connection, await a_merchant(connection))
    sale = a_sale(till, budget, 2000)
    await redeem(connection, sale)
    onward = Line(debit=budget.account, credit=scheme.appropriation, amount=2000)
    await reverse(connection, a_reversal("refund", sale, None, onward))
    shown = await show_pass(connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    assert adds_up(shown.budgets[0])
    assert kinds(shown)[-2:] == [("refund", 2000, 0), ("lapse", -2000, 0)]


async def test_a_pass_shows_its_cards_and_nothing_of_somebody_else(
    connection: Connection,
) -> None:
    holder, other = await a_holder(connection), await a_holder(connection, name="Piet")
    scheme = await a_scheme(connection)
    await a_budget(connection, scheme, other)
    shown = await show_pass(connection, holder.pass_id, actor=as_holder(holder.id), now=NOON)
    assert shown.name == "Sanne de Wit"
    assert [card.id for card in shown.cards] == [holder.card]
    assert shown.budgets == []


async def test_only_holder_parent_and_officer_see_a_pass(connection: Connection) -> None:
    parent = await a_holder(connection)
    child = await a_child_of(connection, parent, birth_date=NOON.date() - timedelta(days=3000))
    stranger = await a_holder(connection)
    for actor in (as_holder(child.id), as_holder(parent.id), REGISTRAR):
        await show_pass(connection, child.pass_id, actor=actor, now=NOON)
        assert len(await list_passes(connection, child.id, actor=actor, now=NOON)) == 1
    for act in (
        show_pass(connection, child.pass_id, actor=as_holder(stranger.id), now=NOON),
        show_pass(connection, parent.pass_id, actor=as_holder(child.id), now=NOON),
        list_passes(connection, child.id, actor=as_holder(stranger.id), now=NOON),
    ):
        with pytest.raises(PassNotFound):
            await act


async def test_it_is_noted_which_officer_looked_and_not_that_the_holder_did(
    connection: Connection,
) -> None:
    holder = await a_holder(connection)
    for actor in (as_holder(holder.id), REGISTRAR):
        await show_pass(connection, holder.pass_id, actor=actor, now=NOON, trace_id="t" * 32)
    rows = await connection.fetch(
        "SELECT subject_id, activity, actor_kind, actor_id, trace_id FROM processing_log"
    )
    assert [tuple(row) for row in rows] == [
        (holder.id, "pass.shown", "login", REGISTRAR.id, "t" * 32)
    ]
