"""The equation at the end of a day: the same for ever, equal at every level, and to the cent what the proof says."""

from datetime import UTC, date, datetime

import pytest

from given.books import let_the_clock_be_set
from given.equation import equation_now, every_level_adds_up
from given.settlements import a_shop, an_approved_run, give_back, sell
from pas.app.proving import prove_books
from pas.bookkeeping.equation import (
    Cut,
    EquationDayAhead,
    EquationTermNotFound,
    PositionUnreadable,
    make_cut,
    read_equation,
    read_position,
    read_term,
)
from pas.db import Connection
from pas.ids import uuid7
from pas.ledger.position import Position
from sealing import settled

LATER = datetime(2027, 2, 1, 12, tzinfo=UTC)


async def cut_at(connection: Connection, day: date | None, now: datetime = LATER) -> Cut:
    await settled(connection)
    return await make_cut(connection, day=day, position=None, now=now)


async def spent(connection: Connection, cut: Cut) -> int:
    found = await read_equation(connection, cut)
    assert found.closes
    return sum(one.spent - one.reversed for one in found.schemes)


async def test_every_number_is_its_months_and_every_month_its_entries(
    connection: Connection,
) -> None:
    shop, other = await a_shop(connection), await a_shop(connection, name="Ander")
    sales = [await sell(connection, shop, cents) for cents in (1_240, 500, 99, 1)]
    await give_back(connection, shop, sales[0], 240)
    await sell(connection, other, 777)
    await an_approved_run(connection)
    await every_level_adds_up(connection, await prove_books(connection, datetime.now(UTC)))


async def test_a_day_ends_at_midnight_in_amsterdam(
    connection: Connection, superuser: Connection
) -> None:
    shop = await a_shop(connection)
    await let_the_clock_be_set(superuser)
    for moment, cents in (
        ("2026-12-31 22:59:59.999999+00", 100),
        ("2026-12-31 23:00:00+00", 20),
        ("2027-01-01 22:59:59+00", 3),
    ):
        await connection.execute("SELECT set_config('pas_test.now', $1, false)", moment)
        await sell(connection, shop, cents)
    days = [date(2026, 12, 31), date(2027, 1, 1)]
    assert [await spent(connection, await cut_at(connection, day)) for day in days] == [100, 123]


async def test_whoever_keeps_the_position_reads_the_same_while_sales_go_on(
    connection: Connection,
) -> None:
    shop = await a_shop(connection)
    await sell(connection, shop, 500)
    before = await equation_now(connection)
    await sell(connection, shop, 300)
    after = await equation_now(connection)
    assert await read_equation(connection, before.cut) == before
    assert [one.spent for one in after.schemes if one.spent] == [800]


async def test_what_is_not_decided_yet_is_in_no_equation(connection: Connection) -> None:
    await sell(connection, await a_shop(connection), 500)
    now = datetime.now(UTC)
    high = Position(9, 9)
    await settled(connection)
    cut = await make_cut(connection, day=None, position=high, now=now)
    assert (cut.epoch, cut.xid) < (high.epoch, high.xid)
    with pytest.raises(EquationDayAhead):
        await make_cut(
            connection, day=LATER.date(), position=None, now=datetime(2026, 1, 1, tzinfo=UTC)
        )


@pytest.mark.parametrize(
    "text",
    [
        "",
        "scheme",
        "scheme.1.2026.cents.spent",
        "pass.{id}.2026.cents.spent",
        "scheme.{id}.2026.cents.owed",
        "merchant.{id}.0.cents.granted",
    ],
)
def test_a_number_that_is_in_no_equation_is_refused(text: str) -> None:
    with pytest.raises(EquationTermNotFound):
        read_term(text.replace("{id}", str(uuid7())))


def test_a_number_is_read_as_it_is_written() -> None:
    text = f"scheme.{uuid7()}.2026.cents.spent"
    assert read_term(text).text() == text
    assert read_position("1.8812") == Position(1, 8812)
    with pytest.raises(PositionUnreadable):
        read_position("1,8812")
