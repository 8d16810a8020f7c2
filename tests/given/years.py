"""A year that is over, with its last month in the books, sales in it, and somebody to close it."""

from datetime import UTC, date, datetime
from typing import Final

import msgspec

from given.books import FINANCE, SECOND, at, books_since, closed, let_the_clock_be_set
from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, YEAR
from given.sales import a_sale_item, an_undo, desk_of
from given.settlements import Shop
from pas.auth.keys import KeyRing
from pas.db import Connection, Database
from pas.grants.assess import Task
from pas.grants.lapse import lapse_year
from pas.ids import EntryId, MunicipalityName
from pas.money import Cents
from pas.redemptions.redeem import redeem
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.undo import undo
from pas.years.close_year import confirm_closing, propose_closing
from pas.years.stored import YearClosing
from sealing import seal_all

LAST: Final = YEAR - 1
DECEMBER: Final = date(LAST, 12, 1)
IN_DECEMBER: Final = datetime(LAST, 12, 10, 12, tzinfo=UTC)


class OldYear(msgspec.Struct, frozen=True):
    """What was sold in it: a sale in euros and one in visits, each at its own shop."""

    shop: Shop
    pool: Shop
    sale: EntryId


async def a_year_that_is_over(connection: Connection, superuser: Connection) -> OldYear:
    """The books began in its December; everything here is booked in that month."""
    await books_since(superuser, DECEMBER)
    await let_the_clock_be_set(superuser)
    await at(connection, IN_DECEMBER)
    shop = await an_old_shop(connection, "Sportzaak")
    pool = await an_old_shop(connection, "Zwembad", visits=10)
    sale = await sold(connection, shop, cents=1_240)
    await refunded(connection, shop, sale, 240)
    await sold(connection, pool, visits=3)
    await at(connection, None)
    return OldYear(shop, pool, sale)


async def an_old_shop(
    connection: Connection, name: str, *, cents: int = 20_000, visits: int | None = None
) -> Shop:
    category = "sport" if visits is None else "swimming"
    price = None if visits is None else 500
    merchant = await a_merchant(
        connection, name=name, categories=(category,), visit_price_cents=price
    )
    scheme = await a_scheme(
        connection, categories=(category,), visits=visits, visit_price_cents=price, year=LAST
    )
    holder = await a_holder(connection, year=LAST)
    amount = cents if visits is None else visits * 500
    purse = await a_budget(connection, scheme, holder, cents=amount, visits=visits)
    return Shop(merchant, await a_till(connection, merchant), purse)


async def sold(
    connection: Connection,
    shop: Shop,
    *,
    cents: int | None = None,
    visits: int | None = None,
    when: datetime = IN_DECEMBER,
) -> EntryId:
    take = cents if visits is None else visits * 500
    item = a_sale_item(shop.till, shop.purse.holder, price=cents, visits=visits, take=take)
    [answer] = await redeem(desk_of(connection, now=when), [item])
    assert answer.outcome == "booked", answer
    return item.id


async def refunded(
    connection: Connection,
    shop: Shop,
    sale: EntryId,
    cents: int | None = None,
    *,
    when: datetime = IN_DECEMBER,
) -> EntryId:
    amount = RefundRequest(amount_cents=None if cents is None else Cents(cents))
    ask = an_undo("refund", shop.till, sale, amount=amount)
    await undo(connection, ask, desk_of(connection, now=when).moment)
    return ask.id


async def lapsed(database: Database) -> None:
    """Everything of the old year that has ended goes back, now."""
    task = Task(municipality=MunicipalityName("velsen"), year=LAST, actor=FINANCE, now=NOW)
    await lapse_year(database, task)


async def ready_to_close_the_year(connection: Connection, database: Database) -> None:
    await lapsed(database)
    await closed(connection, DECEMBER)


async def a_closed_year(connection: Connection, database: Database, ring: KeyRing) -> YearClosing:
    """Proposed by one, sealed, and closed by another."""
    await ready_to_close_the_year(connection, database)
    await propose_closing(connection, LAST, actor=FINANCE, now=NOW)
    await seal_all(connection, ring)
    return await confirm_closing(connection, LAST, actor=SECOND, now=NOW)
