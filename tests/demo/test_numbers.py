"""The numbers on the first page are the ledger's own, and add up to the cent."""

from datetime import date
from pathlib import Path

import pytest

from given.applications import a_child, a_scene, a_youth_scheme, applies, judged
from given.city import (
    Budget,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.logins import NOON
from given.sales import a_sale_item, an_undo, desk_of
from pas.db import Connection
from pas.demo.numbers import YearNumbers, city_numbers, read_books
from pas.ledger.prove import prove
from pas.money import Cents
from pas.redemptions.redeem import redeem
from pas.redemptions.undo import undo

YEAR = NOON.year


@pytest.fixture
async def budget(connection: Connection) -> Budget:
    """Spent in part, undone in part."""
    budget = await a_budget(connection, await a_scheme(connection), await a_holder(connection))
    till = await a_till(connection, await a_merchant(connection))
    desk = desk_of(connection)
    for cents in (4_000, 1_500):
        sale = a_sale_item(till, budget.holder, price=cents, take=cents)
        (answer,) = await redeem(desk, [sale])
        assert answer.outcome == "booked"
        if cents == 1_500:
            await undo(connection, an_undo("void", till, sale.id), desk.moment)
    return budget


def closes(one: YearNumbers) -> bool:
    where = one.spent_cents + one.held_cents + one.returned_cents + one.open_cents
    return one.granted_cents + one.shortfall_cents == where


@pytest.mark.usefixtures("budget")
async def test_each_year_is_what_the_ledger_proves_and_closes(connection: Connection) -> None:
    later = await a_scheme(connection, year=YEAR + 1)
    await a_budget(connection, later, await a_holder(connection, year=YEAR + 1), cents=7_000)
    books, proof = await read_books(connection), await prove(connection, NOON)

    assert books.years == (
        YearNumbers(YEAR, *map(Cents, (20_000, 0, 4_000, 0, 0, 16_000))),
        YearNumbers(YEAR + 1, *map(Cents, (7_000, 0, 0, 0, 0, 7_000))),
    )
    assert all(closes(one) for one in (*books.years, books.total))
    assert books.total.granted_cents == sum(one.granted for one in proof.schemes)
    assert books.owed_cents == sum(one.owed for one in proof.merchants) == 4_000


async def test_what_is_remembered_is_never_older_than_the_books(
    connection: Connection, budget: Budget
) -> None:
    before = await read_books(connection)
    await a_budget(connection, budget.scheme, await a_holder(connection), cents=100)
    after = await read_books(connection)

    assert after.total.granted_cents - before.total.granted_cents == 100
    assert await read_books(connection) is after


@pytest.mark.usefixtures("budget")
async def test_people_and_households_count_once_and_only_with_a_pass_of_today(
    connection: Connection,
) -> None:
    await a_holder(connection, household="H1")
    await a_holder(connection, household="H1")
    ended = await a_holder(connection)
    await connection.execute(
        "UPDATE pass SET ended_on = $2, ended_because = 'moved' WHERE id = $1",
        *(ended.pass_id, date(YEAR, 2, 1)),
    )
    now = await city_numbers(connection, today=date(YEAR, 6, 1))
    next_year = await city_numbers(connection, today=date(YEAR + 1, 6, 1))

    assert (now.residents, now.holders, now.pass_households) == (4, 3, 2)
    assert (now.merchants, now.sales) == (1, 2)
    assert (next_year.holders, next_year.pass_households) == (0, 0)


async def test_a_child_with_two_awards_is_one_child(connection: Connection, tmp_path: Path) -> None:
    scene = await a_scene(connection, tmp_path)
    await a_youth_scheme(connection, "jeugdfonds_zwemles")
    await a_child(connection)
    for scheme in ("jeugdfonds_sport", "jeugdfonds_zwemles"):
        made = await applies(connection, scene, scheme=scheme)
        assert await judged(connection, made.id) == "awarded"

    assert (await city_numbers(connection, today=date(YEAR, 6, 1))).children == 1
