"""A served program with a venue in it: what a test puts in its database, and a phone that is its till."""

from collections.abc import Awaitable, Callable
from datetime import UTC, datetime, timedelta
from typing import TypeVar

import msgspec
from playwright.sync_api import BrowserContext, Locator, Page, ViewportSize, expect

from browser_here import apart
from given.city import (
    Budget,
    Holder,
    Merchant,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.days import YEAR
from pas.db import Connection, role_name
from pas.embedded import DataDir
from pas.ids import MunicipalityName
from pas.installation.access import embedded_access
from pas.merchants.pairing import hash_of, new_pairing_code
from serving import Served

VELSEN = MunicipalityName("velsen")
SCAN = "/velsen/till/scan"
VISIT_CENTS = 450
PHONE = ViewportSize(width=360, height=740)
T = TypeVar("T")
Do = Callable[[Connection], Awaitable[T]]


class Venue(msgspec.Struct, frozen=True):
    """A merchant with a till that nobody paired yet, and somebody with something to spend there."""

    served: Served
    merchant: Merchant
    till: Till
    holder: Holder
    budget: Budget

    def do(self, act: Do[T]) -> T:
        return in_database(self.served, act)

    def left(self) -> int:
        """What the holder has left, in cents."""
        return self.do(
            lambda connection: connection.fetchval(
                "SELECT amount FROM balance WHERE account_id = $1", self.budget.account
            )
        )

    def booked(self) -> list[int]:
        """What was taken, sale by sale."""

        async def read(connection: Connection) -> list[int]:
            rows = await connection.fetch(
                """
                SELECT taken_cents FROM redemption WHERE merchant_id = $1 AND refusal IS NULL
                ORDER BY recorded_at, entry_id
                """,
                self.merchant.id,
            )
            return [row[0] for row in rows]

        return self.do(read)

    def pair(self, page: Page) -> None:
        """Scan the code of the till with a phone, and open it."""
        code = new_pairing_code()
        until = datetime.now(UTC) + timedelta(minutes=10)

        async def invite(connection: Connection) -> None:
            await connection.execute(
                """
                UPDATE till SET state = 'invited', public_key = NULL, algorithm = NULL,
                    pairing_hash = $2, pairing_until = $3 WHERE id = $1
                """,
                *(self.till.id, hash_of(code), until),
            )

        self.do(invite)
        page.goto(f"/velsen/till/pair#{code}")
        page.get_by_role("button", name="Koppel dit apparaat").click()
        page.get_by_role("link", name="Open de kassa").click()
        expect(page.locator("#till-name")).to_have_text("bar")
        expect(page.locator("#screen-sell")).to_be_visible()


def in_database(served: Served, act: Do[T]) -> T:
    """Do something as the program's role."""

    async def connected() -> T:
        address = embedded_access(DataDir(served.output.parent / "data")).address
        connection = await address.login(role_name("app", VELSEN)).connect()
        try:
            return await act(connection)
        finally:
            await connection.close()

    return apart(connected())


def a_venue(
    served: Served,
    *,
    cents: int = 20_000,
    visits: int | None = None,
    offline: bool = False,
    **scheme: object,
) -> Venue:
    """A new venue, nobody else's; of ``visits`` it sells each for ``VISIT_CENTS``."""
    price = None if visits is None else VISIT_CENTS

    async def make(connection: Connection) -> Venue:
        merchant = await a_merchant(connection, visit_price_cents=price)
        till = await a_till(connection, merchant)
        made = await a_scheme(
            connection,
            visits=visits,
            visit_price_cents=price,
            year=YEAR,
            **scheme,  # pyright: ignore[reportArgumentType]
        )
        holder = await a_holder(connection, year=YEAR)
        budget = await a_budget(connection, made, holder, cents=cents, visits=visits)
        if offline:
            await connection.execute(
                "UPDATE merchant SET sells_offline = true WHERE id = $1", merchant.id
            )
        return Venue(served, merchant, till, holder, budget)

    return in_database(served, make)


class Phone:
    """What a cashier does with the till on a phone."""

    def __init__(self, page: Page) -> None:
        self.page = page

    @property
    def context(self) -> BrowserContext:
        return self.page.context

    def part(self, name: str) -> Locator:
        return self.page.locator(f"#{name}")

    def ask(self, scanned: str, amount: str) -> None:
        self.part("amount").fill(amount)
        self.part("scanned").fill(scanned)
        self.part("ask").click()

    def sell(self, scanned: str, amount: str) -> None:
        """Ask and take; the end of it shows."""
        self.ask(scanned, amount)
        expect(self.part("screen-quote")).to_be_visible()
        self.part("take").click()
        expect(self.part("screen-done")).to_be_visible()

    def sell_next(self, scanned: str, amount: str) -> None:
        self.part("next").click()
        self.sell(scanned, amount)

    def offline(self, *, is_off: bool = True) -> None:
        self.context.set_offline(is_off)

    def sales(self) -> list[str]:
        """What the list of today says, newest first."""
        self.part("to-list").click()
        expect(self.part("screen-list")).to_be_visible()
        return self.part("sales").locator("li").all_inner_texts()
