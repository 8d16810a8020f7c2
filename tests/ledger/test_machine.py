"""Chance against the functions and a model of them, step by step, until they disagree.

A fuzzer that never makes the failing shape finds nothing: so what it made is counted, and each
shape must have its share.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, date, datetime, timedelta
from typing import ClassVar, TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, rule, run_state_machine_as_test

from booking import Sale, a_refusal, a_sale, an_item, lapse, redeem, reverse, taking_back
from given.city import (
    FIRST_DAY,
    LAST_DAY,
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from model import Model
from pas.days import start_of
from pas.db import Connection, Login
from pas.ids import EntryId, uuid7
from pas.installation import Access
from pas.ledger.book import Item, Line, Seen
from pas.ledger.prove import prove

Answer = TypeVar("Answer")
TINY = timedelta(microseconds=1)
MOMENTS = (FIRST_DAY - TINY, FIRST_DAY, LAST_DAY - TINY, LAST_DAY, LAST_DAY + timedelta(days=40))
AMOUNTS = st.one_of(st.integers(1, 400), st.sampled_from([1, 200, 5000, 20000]))
GRANTS = st.sampled_from([400, 5000, 10000, 50000])
CHOICE = st.integers(0, 10**6)
RARELY = st.sampled_from([False, False, True])


class Town(msgspec.Struct, frozen=True):
    """What all examples share."""

    connection: Connection
    schemes: dict[int, Scheme]
    till: Till


async def a_town(login: Login) -> Town:
    connection = await login.connect()
    schemes = {year: await a_scheme(connection, year=year) for year in (2026, 2027)}
    return Town(connection, schemes, await a_till(connection, await a_merchant(connection)))


class Machine(RuleBasedStateMachine):
    """One holder with budgets of two years."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    town: ClassVar[Town]
    made: ClassVar[Counter[str]]

    def __init__(self) -> None:
        super().__init__()
        self.model = Model()
        self.budgets: list[Budget] = []
        self.sent: list[Item] = []
        self.sold: list[Item] = []
        self.year = 2026
        self.holder: Holder

    def wait(self, work: Coroutine[object, object, Answer]) -> Answer:
        return self.loop.run_until_complete(work)

    @initialize(cents=GRANTS, turned=st.booleans())
    def begin(self, cents: int, *, turned: bool) -> None:
        self.holder = self.wait(a_holder(self.town.connection))
        self.grant(cents)
        if turned:
            self.turn_the_year()

    @rule(cents=GRANTS)
    def grant(self, cents: int) -> None:
        scheme = self.town.schemes[self.year]
        first = start_of(date(self.year, 1, 1))
        last = start_of(date(self.year + 1, 1, 1))
        granted = a_budget(
            *(self.town.connection, scheme, self.holder),
            cents=cents,
            usable_from=first,
            usable_until=last,
        )
        budget = self.wait(granted)
        self.model.open(budget.account, first, last)
        line = Line(scheme.appropriation, budget.account, cents)
        item = an_item("grant", line, id=budget.entry)
        assert self.model.book([item]) == ["booked"]
        self.budgets.append(budget)

    @rule()
    def turn_the_year(self) -> None:
        """From now on 2027 is granted; what is left of 2026 may lapse, late sales still come in."""
        self.year = 2027

    @rule(
        wishes=st.lists(st.tuples(CHOICE, AMOUNTS, st.booleans()), min_size=1, max_size=4),
        moment=st.sampled_from([*MOMENTS, None, None, None]),
        twin=st.sampled_from([None, None, "same", "other"]),
    )
    def redeem(
        self, wishes: list[tuple[int, int, bool]], moment: datetime | None, twin: str | None
    ) -> None:
        """Items of one to several lines: a wish joins the one before it, or begins a new item."""
        sales: list[Sale] = []
        club = self.town.till.merchant.account
        for choice, cents, joins in wishes:
            budget = self.budgets[choice % len(self.budgets)]
            line = Line(budget.account, club, cents)
            if joins and sales:
                item = sales[-1].item
                sales[-1] = self.sale(msgspec.structs.replace(item, lines=(*item.lines, line)))
            else:
                at = moment or datetime(budget.scheme.year, 6, 1, 12, tzinfo=UTC)
                sales.append(a_sale(self.town.till, budget, cents, occurred_at=at))
        if twin:
            item = sales[0].item
            print_ = item.fingerprint if twin == "same" else bytes(32)
            sales.append(self.sale(msgspec.structs.replace(item, fingerprint=print_)))
        self.send_sales(sales)

    @rule(choice=CHOICE, cents=AMOUNTS, is_once=RARELY, is_stale=st.booleans())
    def buy(self, choice: int, cents: int, *, is_once: bool, is_stale: bool) -> None:
        """What the budget bears, in June; or only if nobody was before it, and then twice."""
        budget = self.budgets[choice % len(self.budgets)]
        cents = min(cents, self.model.purses[budget.account].amount)
        if cents:
            june = datetime(budget.scheme.year, 6, 1, 12, tzinfo=UTC)
            sales = [a_sale(self.town.till, budget, cents, occurred_at=june)]
            if is_once:
                seen = self.model.purses[budget.account].movements - is_stale
                line = Line(budget.account, self.town.till.merchant.account, cents, seen=seen)
                items = [
                    msgspec.structs.replace(sales[0].item, id=EntryId(uuid7()), lines=(line,))
                    for _ in range(2)
                ]
                sales = [self.sale(item) for item in items]
                self.made["once"] += 1
            self.send_sales(sales)

    @rule(choice=CHOICE, is_stale=st.booleans(), cents=AMOUNTS)
    def decline(self, choice: int, *, is_stale: bool, cents: int) -> None:
        budget = self.budgets[choice % len(self.budgets)]
        movements = self.model.purses[budget.account].movements - is_stale
        seen = (Seen(budget.account, movements),)
        no = a_refusal(self.town.till, self.holder, "budget-empty", seen=seen)
        self.send_sales([no, a_sale(self.town.till, budget, cents)])

    @rule(choice=CHOICE, other_content=st.booleans(), cents=AMOUNTS)
    def send_again(self, choice: int, *, other_content: bool, cents: int) -> None:
        """The same id, after whatever happened since: booked, declined or never stored."""
        if not self.sent:
            return
        item = self.sent[choice % len(self.sent)]
        if other_content:
            item = msgspec.structs.replace(item, fingerprint=cents.to_bytes(32))
        self.send_sales([self.sale(item)])

    @rule(choice=CHOICE, again=st.booleans())
    def void(self, choice: int, *, again: bool) -> None:
        if self.sold:
            item = taking_back("void", self.sold[choice % len(self.sold)])
            self.send_reversals([item, item] if again else [item])

    @rule(choices=st.lists(st.tuples(CHOICE, st.integers(0, 3), AMOUNTS), min_size=1, max_size=3))
    def refund(self, choices: list[tuple[int, int, int]]) -> None:
        """Parts of lines, of one or several sales in one call."""
        items: list[Item] = []
        for choice, which, cents in choices:
            if self.sold:
                sale = self.sold[choice % len(self.sold)]
                number = which % len(sale.lines)
                line = sale.lines[number]
                back = Line(line.credit, line.debit, min(cents, line.amount), number + 1)
                items.append(an_item("refund", back, reverses=sale.id, actor_id=sale.actor_id))
                if back.amount < line.amount:
                    self.made["partial refund"] += 1
        if items:
            self.send_reversals(items)

    @rule(choice=CHOICE, cents=AMOUNTS)
    def refund_after_the_end(self, choice: int, cents: int) -> None:
        """Back to the budget and on to the appropriation, in one entry."""
        if not self.sold:
            return
        sale = self.sold[choice % len(self.sold)]
        line = sale.lines[0]
        amount = min(cents, line.amount)
        budget = next(one for one in self.budgets if one.account == line.debit)
        onward = Line(budget.account, budget.scheme.appropriation, amount)
        self.send_reversals([taking_back("refund", sale, amount, onward)])

    @rule(choice=CHOICE, more=st.sampled_from([0, 0, 0, -1, 1]), is_early=st.booleans())
    def lapse(self, choice: int, more: int, *, is_early: bool) -> None:
        budget = self.budgets[choice % len(self.budgets)]
        purse = self.model.purses[budget.account]
        amount = purse.amount + more
        if amount < 1:
            return
        at = purse.usable_until - TINY if is_early else purse.usable_until
        line = Line(budget.account, budget.scheme.appropriation, amount)
        item = an_item("lapse", line, occurred_at=at)
        lapsed = lapse(
            *(self.town.connection, budget.account, amount),
            entry=item.id,
            print_=item.fingerprint,
            at=at,
        )
        self.compare([item], [self.wait(lapsed)])

    @rule(choice=CHOICE, moment=st.sampled_from(MOMENTS[1:]))
    def end(self, choice: int, moment: datetime) -> None:
        """Move the end of a budget; what is sold at that instant comes too late."""
        budget = self.budgets[choice % len(self.budgets)]
        purse = self.model.purses[budget.account]
        until = max(moment, purse.usable_from)
        purse.usable_until = until
        change = "SELECT set_budget_usable($1, $2, $3)"
        given = (budget.account, purse.usable_from, until)
        self.wait(self.town.connection.execute(change, *given))
        self.made["end moved"] += 1

    def sale(self, item: Item) -> Sale:
        cents = sum(line.amount for line in item.lines)
        return Sale(
            item=item,
            till=self.town.till,
            subject=self.holder,
            card=self.holder.card,
            price_cents=cents or 1000,
        )

    def send_sales(self, sales: list[Sale]) -> None:
        items = [sale.item for sale in sales]
        outcomes = self.wait(redeem(self.town.connection, *sales))
        self.compare(items, outcomes)
        self.sent += items
        for item, outcome in zip(items, outcomes, strict=True):
            if outcome == "booked":
                self.sold.append(item)
                is_late = self.year == 2027 and item.occurred_at < LAST_DAY
                self.made["late sale" if is_late else "sale"] += 1

    def send_reversals(self, items: list[Item]) -> None:
        self.compare(items, self.wait(reverse(self.town.connection, *items)))

    def compare(self, items: list[Item], outcomes: list[str]) -> None:
        assert outcomes == self.model.book(items)
        self.made.update(outcomes)
        self.made["calls"] += 1

    def teardown(self) -> None:
        rows = self.wait(
            self.town.connection.fetch(
                "SELECT account_id, amount, movements, debits FROM balance WHERE account_id = ANY ($1)",
                list(self.model.purses),
            )
        )
        stored = {row[0]: tuple(row)[1:] for row in rows}
        assert stored == {account: purse.stored() for account, purse in self.model.purses.items()}
        known = self.wait(
            self.town.connection.fetch(
                "SELECT id FROM entry WHERE id = ANY ($1)", [item.id for item in self.sent]
            )
        )
        assert {row[0] for row in known} == {item.id for item in self.sent} & set(self.model.stored)


SHAPES = (
    *("sale", "late sale", "once", "partial refund", "end moved"),
    *("replay", "misuse", "declined", "moved", "insufficient", "not_usable"),
    *("over_reversed", "busy"),
)
LEAST = 0.005
"""Of each of these at least so many for every call; chance makes five to fifty times as many."""


def test_the_functions_and_the_model_agree(access: Access) -> None:
    with asyncio.Runner() as runner:
        Machine.loop, Machine.made = runner.get_loop(), Counter()
        Machine.town = runner.run(a_town(access.address.login("app_velsen")))
        steps = settings(
            max_examples=200,
            stateful_step_count=40,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        run_state_machine_as_test(Machine, settings=steps)
        assert runner.run(prove(Machine.town.connection, datetime.now(UTC))).closes
        runner.run(Machine.town.connection.close())
    made = Machine.made
    shares = {what: made[what] / made["calls"] for what in SHAPES}
    assert {what: share for what, share in shares.items() if share < LEAST} == {}
