"""Chance against settling: whatever happens in whatever order, paid and owed are what was redeemed.

A fuzzer that never makes the failing shape finds nothing: so what it made is counted, and each shape
must have its share.
"""

import asyncio
from collections import Counter
from collections.abc import Coroutine
from datetime import UTC, datetime
from typing import ClassVar, TypeVar

import msgspec
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from booking import a_sale, redeem, reverse, taking_back
from given.city import Budget, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, TODAY
from given.equation import every_level_adds_up
from given.settlements import (
    FINANCE,
    SECOND,
    VELSEN,
    Shop,
    a_payer,
    an_account,
    owed,
)
from pas.app.proving import prove_books
from pas.db import Connection, Login
from pas.demo.settling import until_decided
from pas.errors import Refusal
from pas.ids import SettlementId
from pas.installation import Access
from pas.ledger.book import Item
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement, fetch_file
from pas.settlements.payments import mark_paid, mark_returned
from pas.settlements.propose import propose_settlement
from pas.settlements.show import list_runs
from pas.settlements.withdraw import withdraw_settlement

Answer = TypeVar("Answer")
CHOICE = st.integers(0, 10**6)
SHAPES = ("proposed", "withdrawn", "approved", "unsent", "exported", "paid", "returned", "refused")
LEAST = 3
MANY = 1_000
PAID = """
    SELECT coalesce(sum(amount_cents), 0)::bigint FROM settlement_line
    WHERE account_id = $1 AND state IN ('approved', 'paid')
"""


class Town(msgspec.Struct, frozen=True):
    """Three merchants; the third has no account at first, so what it is owed is carried over."""

    connection: Connection
    shops: list[Shop]


async def a_town(login: Login) -> Town:
    connection = await login.connect()
    await a_payer(connection)
    scheme, shops = await a_scheme(connection), list[Shop]()
    for number in range(3):
        merchant = await a_merchant(connection, name=f"Club {number}")
        purse = await a_budget(connection, scheme, await a_holder(connection), cents=10**9)
        shops.append(Shop(merchant, await a_till(connection, merchant), purse))
        if number < 2:
            await an_account(connection, merchant)
    return Town(connection, shops)


class Machine(RuleBasedStateMachine):
    """All examples go on in one town: a long history is what overlaps are found in."""

    loop: ClassVar[asyncio.AbstractEventLoop]
    town: ClassVar[Town]
    made: ClassVar[Counter[str]]
    redeemed: ClassVar[Counter[int]]
    sold: ClassVar[list[tuple[int, Item, int]]]

    def wait(self, work: Coroutine[object, object, Answer]) -> Answer:
        return self.loop.run_until_complete(work)

    def tried(self, what: str, work: Coroutine[object, object, object]) -> None:
        """Do it; a refusal is an answer too, and must leave everything as it was."""
        try:
            self.wait(work)
            self.made[what] += 1
        except Refusal:
            self.made["refused"] += 1

    def a_run(self, choice: int, *fitting: str) -> SettlementId | None:
        """Mostly one that this can be done to, else any: a refusal must change nothing."""
        runs = self.wait(list_runs(self.town.connection, limit=5))
        likely = [one for one in runs if one.state in fitting] if choice % 4 else []
        some = likely or runs
        return some[choice % len(some)].id if some else None

    @rule(choice=CHOICE, cents=st.integers(1, 5_000))
    def sell(self, choice: int, cents: int) -> None:
        number = choice % len(self.town.shops)
        till, purse = self.place(number)
        sale = a_sale(till, purse, cents)
        assert self.wait(redeem(self.town.connection, sale)) == ["booked"]
        self.redeemed[number] += cents
        self.sold.append((number, sale.item, cents))

    @rule(choice=CHOICE, share=st.integers(1, 100))
    def give_back(self, choice: int, share: int) -> None:
        if not self.sold:
            return
        number, item, cents = self.sold.pop(choice % len(self.sold))
        part = max(1, cents * share // 100)
        back = taking_back("refund", item, part)
        assert self.wait(reverse(self.town.connection, back)) == ["booked"]
        self.redeemed[number] -= part

    @rule()
    def propose(self) -> None:
        self.wait(until_decided(self.town.connection))
        self.tried("proposed", propose_settlement(self.town.connection, actor=FINANCE, now=NOW))

    @rule(choice=CHOICE)
    def withdraw(self, choice: int) -> None:
        if (run := self.a_run(choice, "proposed", "approved")) is not None:
            was = self.wait(list_runs(self.town.connection, limit=5))
            approved = any(one.id == run and one.state == "approved" for one in was)
            act = withdraw_settlement(self.town.connection, run, reason="x", actor=FINANCE, now=NOW)
            self.tried("unsent" if approved else "withdrawn", act)

    @rule(choice=CHOICE)
    def approve(self, choice: int) -> None:
        if (run := self.a_run(choice, "proposed")) is not None:
            act = approve_settlement(self.town.connection, run, actor=SECOND, now=NOW)
            self.tried("approved", act)

    @rule(choice=CHOICE)
    def export(self, choice: int) -> None:
        if (run := self.a_run(choice, "approved")) is not None:
            connection = self.town.connection
            act = export_settlement(connection, VELSEN, run, actor=FINANCE, now=NOW)
            self.tried("exported", act)
            self.tried("fetched", fetch_file(connection, VELSEN, run, number=1, actor=FINANCE))

    @rule(choice=CHOICE)
    def pay(self, choice: int) -> None:
        if (run := self.a_run(choice, "exported")) is not None:
            act = mark_paid(self.town.connection, run, paid_on=TODAY, actor=FINANCE, now=NOW)
            self.tried("paid", act)

    @rule(choice=CHOICE, line=st.integers(1, 3))
    def come_back(self, choice: int, line: int) -> None:
        if (run := self.a_run(choice, "exported", "booked")) is not None:
            act = mark_returned(
                *(self.town.connection, run, line),
                returned_on=TODAY,
                reason="x",
                actor=FINANCE,
                now=NOW,
            )
            self.tried("returned", act)

    @rule(choice=CHOICE, ends=st.sampled_from(["drop", "pay", "come back", "withdraw", "leave"]))
    def go_on(self, choice: int, ends: str) -> None:
        """The way that a run mostly goes; chance alone seldom goes it to the end."""
        self.propose()
        if ends == "drop":
            self.withdraw(1)
            return
        self.approve(1)
        if ends == "withdraw":
            self.withdraw(1)
            return
        self.export(1)
        if ends == "pay":
            self.pay(1)
        elif ends == "come back":
            self.come_back(1, 1 + choice % 3)

    @invariant()
    def paid_and_owed_are_what_was_redeemed(self) -> None:
        for number, shop in enumerate(self.town.shops):
            still = self.wait(owed(self.town.connection, shop))
            paid = self.wait(self.town.connection.fetchval(PAID, shop.merchant.account))
            assert paid + still == self.redeemed[number]

    def place(self, number: int) -> tuple[Till, Budget]:
        shop = self.town.shops[number]
        return shop.till, shop.purse

    def teardown(self) -> None:
        proof = self.wait(prove_books(self.town.connection, datetime.now(UTC)))
        assert proof.closes, proof.findings


def test_whatever_happens_paid_and_owed_are_what_was_redeemed(access: Access) -> None:
    with asyncio.Runner() as runner:
        Machine.loop, Machine.made = runner.get_loop(), Counter()
        Machine.redeemed, Machine.sold = Counter(), []
        Machine.town = runner.run(a_town(access.address.login("app_velsen")))
        steps = settings(
            max_examples=80,
            stateful_step_count=50,
            deadline=None,
            derandomize=True,
            database=None,
            suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
        )
        run_state_machine_as_test(Machine, settings=steps)
        proof = runner.run(prove_books(Machine.town.connection, datetime.now(UTC)))
        runner.run(every_level_adds_up(Machine.town.connection, proof, page=MANY))
        runner.run(Machine.town.connection.close())
    assert {what: Machine.made[what] for what in SHAPES if Machine.made[what] < LEAST} == {}
