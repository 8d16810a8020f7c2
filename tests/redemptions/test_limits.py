"""How often a till and a card may be used, counted in the database: for all workers together."""

from datetime import timedelta
from functools import partial

import msgspec
import pytest

from given.city import Holder, Till, a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.sales import a_sale_item, an_undo, desk_of
from pas.db import Connection, Database
from pas.redemptions.redeem import redeem
from pas.redemptions.sale import Answer, SaleItem
from pas.redemptions.undo import undo
from together import VELSEN, at_once

FILL = """
    INSERT INTO redemption (entry_id, till_id, price_cents, taken_cents, recorded_at)
    SELECT gen_random_uuid(), $1, 5, 5, now() - make_interval(mins => $3) FROM generate_series(1, $2)
"""
RESUME = "UPDATE till SET state = 'active', paused_by = NULL, state_since = $2 WHERE id = $1"


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))


@pytest.fixture
async def parent(connection: Connection) -> Holder:
    """With two children, each with € 3,000; the parent's card speaks for both."""
    scheme, parent = await a_scheme(connection), await a_holder(connection)
    for _ in range(2):
        await a_budget(connection, scheme, await a_child_of(connection, parent), cents=300_000)
    return parent


async def sell_before(superuser: Connection, till: Till, count: int, *, minutes: int = 59) -> None:
    """As only the role of the functions can."""
    await superuser.execute("SET ROLE ledger_velsen")
    await superuser.execute(FILL, till.id, count, minutes)
    await superuser.execute("RESET ROLE")


def told(answers: list[Answer]) -> list[str]:
    return [one.reason.code() if one.reason else one.outcome for one in answers]


def a_sale_for(till: Till, parent: Holder, cents: int, *, child: int = 1) -> SaleItem:
    return a_sale_item(till, parent, price=cents, take=cents, child=child)


async def test_a_card_sells_thirty_times_a_day_for_all_its_children_together(
    connection: Connection, crowd: Database, till: Till, parent: Holder
) -> None:
    elsewhere = await a_till(connection, await a_merchant(connection))
    sales = [a_sale_for(till, parent, 1, child=1 + n % 2) for n in range(30)]
    assert told(await redeem(desk_of(connection), sales[:29])) == ["booked"] * 29
    async with crowd.connection(VELSEN) as other:
        assert told(await redeem(desk_of(other), sales[29:])) == ["booked"]
        for child in (1, 2):
            one_more = a_sale_for(elsewhere, parent, 1, child=child)
            assert told(await redeem(desk_of(connection), [one_more])) == ["card-limit-reached"]
    assert told(await redeem(desk_of(connection), sales)) == ["booked"] * 30


async def test_a_card_pays_no_more_than_its_amount_a_day(
    connection: Connection, till: Till, parent: Holder
) -> None:
    first = a_sale_for(till, parent, 100_000, child=1)
    assert told(await redeem(desk_of(connection), [first])) == ["booked"]
    for cents, heard in ((50_001, "card-limit-reached"), (50_000, "booked")):
        sale = a_sale_for(till, parent, cents, child=2)
        assert told(await redeem(desk_of(connection), [sale])) == [heard]
    assert await connection.fetchval("SELECT sum(taken_cents)::int FROM redemption") == 150_000


async def test_what_was_taken_back_counts_no_more(
    connection: Connection, till: Till, parent: Holder
) -> None:
    """A typing error that was undone is no reason to refuse what was meant."""
    mistake = a_sale_for(till, parent, 120_000)
    meant = a_sale_for(till, parent, 100_000)
    assert told(await redeem(desk_of(connection), [mistake])) == ["booked"]
    await undo(connection, an_undo("void", till, mistake.id), desk_of(connection).moment)
    asked = a_sale_item(till, parent, price=100_000, child=1)
    assert told(await redeem(desk_of(connection), [asked])) == ["quoted"]
    assert told(await redeem(desk_of(connection), [meant])) == ["booked"]


async def test_the_items_of_one_request_count_too(
    connection: Connection, till: Till, parent: Holder
) -> None:
    sales = [a_sale_for(till, parent, 1) for _ in range(32)]
    answers = await redeem(desk_of(connection), sales)
    assert told(answers) == ["booked"] * 30 + ["card-limit-reached"] * 2


async def test_a_card_at_its_limit_does_not_keep_its_neighbours_apart(
    connection: Connection, till: Till, parent: Holder
) -> None:
    earlier = [a_sale_for(till, parent, 1) for _ in range(30)]
    assert told(await redeem(desk_of(connection), earlier)) == ["booked"] * 30
    other = await a_holder(connection)
    await a_budget(connection, await a_scheme(connection), other)
    sales = [a_sale_item(till, other, price=1, take=1) for _ in range(5)]
    batch = [*sales[:2], a_sale_for(till, parent, 1), *sales[2:]]
    heard = ["booked", "booked", "card-limit-reached", "booked", "booked", "booked"]
    assert told(await redeem(desk_of(connection), batch)) == heard
    transactions = "SELECT count(DISTINCT xid) FROM entry WHERE id = ANY ($1)"
    assert await connection.fetchval(transactions, [sale.id for sale in sales]) == 1


@pytest.mark.parametrize(("earlier", "heard"), [(599, "booked"), (600, "till-limit-reached")])
async def test_a_till_sells_six_hundred_times_an_hour(
    connection: Connection,
    superuser: Connection,
    till: Till,
    parent: Holder,
    *,
    earlier: int,
    heard: str,
) -> None:
    await sell_before(superuser, till, earlier)
    quote, sale = a_sale_item(till, parent, price=1, child=1), a_sale_for(till, parent, 1)
    [asked] = await redeem(desk_of(connection), [quote])
    assert told(await redeem(desk_of(connection), [sale])) == [heard]
    assert told([asked]) == [heard.replace("booked", "quoted")]


async def test_a_till_that_was_at_its_limit_an_hour_ago_sells_again(
    connection: Connection, superuser: Connection, till: Till, parent: Holder
) -> None:
    await sell_before(superuser, till, 700, minutes=61)
    assert told(await redeem(desk_of(connection), [a_sale_for(till, parent, 1)])) == ["booked"]


# --- unknown cards --------------------------------------------------------------------------


def unknown(till: Till, holder: Holder, *, take: int | None = None) -> SaleItem:
    sale = a_sale_item(till, holder, price=100, take=take)
    scan = msgspec.structs.replace(sale.scan, token_hash=bytes(32))
    return msgspec.structs.replace(sale, scan=scan)


async def try_unknown(
    count: int, till: Till, holder: Holder, *, minutes: float, connection: Connection
) -> list[str]:
    desk = desk_of(connection, now=NOON + timedelta(minutes=minutes))
    return told(await redeem(desk, [unknown(till, holder) for _ in range(count)]))


async def state_of(connection: Connection, till: Till) -> str:
    return await connection.fetchval("SELECT state FROM till WHERE id = $1", till.id)


async def pauses(connection: Connection) -> int:
    return await connection.fetchval("SELECT count(*) FROM event WHERE kind = 'till.paused'")


@pytest.mark.parametrize("take", [None, 100])
async def test_of_fifty_unknown_cards_in_one_request_a_till_hears_of_five(
    connection: Connection, till: Till, parent: Holder, take: int | None
) -> None:
    real = a_sale_for(till, parent, 1)
    asked = [unknown(till, parent, take=take) for _ in range(50)]
    answers = await redeem(desk_of(connection), [*asked, real])
    assert told(answers) == ["card-unknown"] * 5 + ["till-paused"] * 46
    assert await connection.fetchval("SELECT count(*) FROM unknown_scan") == 5
    assert (await state_of(connection, till), await pauses(connection)) == ("paused", 1)


async def test_of_unknown_cards_tried_at_once_a_till_hears_of_five(
    connection: Connection, crowd: Database, till: Till, parent: Holder
) -> None:
    async def ten(connection: Connection) -> list[str]:
        return await try_unknown(10, till, parent, minutes=0, connection=connection)

    heard = await at_once(crowd, *[ten] * 8)
    codes = [code for some in heard if isinstance(some, list) for code in some]
    assert codes.count("card-unknown") == 5
    assert codes.count("till-paused") == 75
    assert (await state_of(connection, till), await pauses(connection)) == ("paused", 1)


async def test_four_unknown_cards_pause_nothing_and_are_forgotten_after_ten_minutes(
    connection: Connection, till: Till, parent: Holder
) -> None:
    tries = partial(try_unknown, till=till, holder=parent, connection=connection)
    assert await tries(4, minutes=0) == ["card-unknown"] * 4
    assert await tries(1, minutes=11) == ["card-unknown"]
    assert await state_of(connection, till) == "active"
    assert await tries(4, minutes=12) == ["card-unknown"] * 4
    assert await tries(1, minutes=13) == ["till-paused"]
    assert (await state_of(connection, till), await pauses(connection)) == ("paused", 1)


async def test_a_till_that_was_switched_on_again_starts_counting_anew(
    connection: Connection, till: Till, parent: Holder
) -> None:
    tries = partial(try_unknown, till=till, holder=parent, connection=connection)
    await tries(5, minutes=0)
    await connection.execute(RESUME, till.id, NOON + timedelta(minutes=1))
    sale = a_sale_for(till, parent, 1)
    sold = await redeem(desk_of(connection, now=NOON + timedelta(minutes=2)), [sale])
    assert told(sold) == ["booked"]
    assert await tries(5, minutes=3) == ["card-unknown"] * 5
    assert (await state_of(connection, till), await pauses(connection)) == ("paused", 2)


async def test_the_unknown_cards_of_one_till_are_no_other_till_s(
    connection: Connection, till: Till, parent: Holder
) -> None:
    other = await a_till(connection, till.merchant)
    sales = [unknown(at, parent) for at in (till, other) * 4]
    assert told(await redeem(desk_of(connection), sales)) == ["card-unknown"] * 8
    assert await pauses(connection) == 0
