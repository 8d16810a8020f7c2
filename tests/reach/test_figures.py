"""What is counted: people once, by who they were on the day of the grant, in a closed prefix."""

from datetime import date

import pytest

from booking import a_sale, redeem, reverse, taking_back
from given.city import YEAR, a_budget, a_holder, a_scheme
from given.logins import NOON
from given.reach import Town, a_reach_town, a_target_row, granted, targets_read
from mutate import by_hand
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.ledger.book import Line
from pas.reach.make_report import make_report
from pas.reach.model import EVERYTHING, PeriodName, Unit
from pas.reach.numbers import HIDDEN, Number
from pas.reach.report import ReachReport, SchemeReach


@pytest.fixture
async def town(connection: Connection) -> Town:
    return await a_reach_town(connection)


async def report(connection: Connection) -> ReachReport:
    await until_decided(connection)
    return await make_report(connection, year=YEAR, now=NOON, parts={})


async def sport(connection: Connection) -> SchemeReach:
    found = (await report(connection)).scheme("sport")
    assert found is not None
    return found


def used(one: SchemeReach, unit: Unit = "persons", period: PeriodName = "year") -> Number:
    numbers = one.numbers(unit)
    assert numbers is not None
    return numbers.periods[period].used


async def test_granted_used_and_never_used_are_told_apart(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=30, spending=12)

    found = await sport(connection)

    numbers = found.numbers("persons")
    assert numbers is not None
    assert (numbers.totals.granted, numbers.totals.used) == (Number(30), Number(12))
    assert numbers.totals.never == Number(18)
    assert found.grants["year"] == Number(30)
    assert (found.granted_cents, found.spent_cents) == (600_000, 1_200)


async def test_spending_twice_is_one_user(connection: Connection, town: Town) -> None:
    budgets = await granted(connection, town, people=24, spending=12)
    assert await redeem(connection, a_sale(town.till, budgets[0], 250)) == ["booked"]

    assert used(await sport(connection)) == Number(12)


async def test_a_redemption_that_was_refunded_whole_is_no_use_and_one_in_part_is(
    connection: Connection, town: Town
) -> None:
    budgets = await granted(connection, town, people=30, spending=11)
    whole, part = a_sale(town.till, budgets[20], 400), a_sale(town.till, budgets[21], 400)
    assert await redeem(connection, whole, part) == ["booked", "booked"]
    for sale, cents in ((whole, 400), (part, 300)):
        back = taking_back("refund", sale.item, cents)
        assert await reverse(connection, back) == ["booked"]

    found = await sport(connection)

    assert used(found) == Number(12)
    assert found.spent_cents == 1_100 + 100


async def test_households_persons_and_grants_are_different_numbers(
    connection: Connection, town: Town
) -> None:
    for number in range(12):
        await granted(connection, town, people=2, household=f"H{number}")

    found = await sport(connection)

    units = {one.unit: one.totals.granted.value for one in found.units}
    assert units == {"households": 12, "persons": 24}
    assert found.grants["year"] == Number(24)


async def test_the_household_and_area_that_count_are_those_on_the_day_of_the_grant(
    connection: Connection, town: Town
) -> None:
    (moved, *_) = await granted(connection, town, people=20, area="noord", household="H1")
    await granted(connection, town, people=20, area="zuid", household="H2")
    await connection.execute(
        """
        INSERT INTO resident_version SELECT (jsonb_populate_record(v, jsonb_build_object(
            'valid_from', '2026-09-01', 'area', 'zuid', 'household_number', 'H2'))).*
        FROM resident_version v WHERE resident_id = $1
        """,
        moved.holder.id,
    )

    found = await sport(connection)

    rows = next(one for one in found.breakdowns if one.dimension == "area").rows
    assert {row.value: row.numbers.granted.value for row in rows} == {"noord": 20, "zuid": 20}
    assert {one.unit: one.totals.granted for one in found.units}["households"] == HIDDEN


async def test_everybody_counts_once_over_all_schemes(connection: Connection, town: Town) -> None:
    other = await a_scheme(connection, code="cultuur")
    for budget in await granted(connection, town, people=20):
        await a_budget(connection, other, budget.holder)

    found = await report(connection)

    everybody = found.scheme(EVERYTHING)
    assert everybody is not None
    numbers = everybody.numbers("persons")
    assert numbers is not None
    assert numbers.totals.granted == Number(20)
    assert everybody.spent_cents is None


async def test_a_visit_is_a_use_too(connection: Connection, town: Town) -> None:
    pool = await a_scheme(connection, code="zwemmen", visits=10, visit_price_cents=503)
    for number in range(24):
        budget = await a_budget(connection, pool, await a_holder(connection), cents=5030, visits=10)
        if number < 12:
            assert budget.visits_account is not None
            assert pool.used is not None
            visit = Line(debit=budget.visits_account, credit=pool.used, amount=1)
            assert await redeem(connection, a_sale(town.till, budget, 503, visit)) == ["booked"]

    found = (await report(connection)).scheme("zwemmen")

    assert found is not None
    assert used(found) == Number(12)


async def test_quarters_are_those_of_the_sale_and_add_up_to_nothing_else(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=30, spending=12)  # on 1 June

    found = await sport(connection)

    periods = {period: used(found, "persons", period).value for period in ("q1", "q2", "h1", "h2")}
    assert periods == {"q1": 0, "q2": 12, "h1": 12, "h2": 0}


async def test_what_was_before_a_move_to_another_server_counts(
    connection: Connection, town: Town, superuser: Connection
) -> None:
    """There transaction ids may start far below those of what was brought along."""
    await granted(connection, town, people=24, spending=12)
    for table in ("entry", "scheme_grant"):
        await by_hand(superuser, table, f"UPDATE {table} SET xid = xid + 1000000000")
    await superuser.execute("SELECT raise_epoch('moved')")
    await granted(connection, town, people=12)

    found = await sport(connection)

    assert (used(found), found.grants["year"]) == (Number(12), Number(36))


async def test_what_is_not_decided_yet_is_not_in_the_report(
    connection: Connection, town: Town, superuser: Connection
) -> None:
    """A transaction that began before and is still open holds the horizon: nothing after it counts."""
    await granted(connection, town, people=24, spending=12)
    await until_decided(connection)
    async with superuser.transaction():
        await superuser.execute("SELECT pg_current_xact_id()")
        await granted(connection, town, people=12, spending=12)
        held = await make_report(connection, year=YEAR, now=NOON, parts={})
    after = await report(connection)

    def persons(one: ReachReport) -> Number:
        found = one.scheme("sport")
        assert found is not None
        return used(found)

    assert (persons(held), persons(after)) == (Number(12), Number(24))
    assert held.position.xid < after.position.xid


async def test_reach_is_users_over_the_target_group_with_its_definition(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=77, spending=20)
    await targets_read(
        connection,
        a_target_row(),
        a_target_row(kind="statistical", count="64", user_is="redeemed", source="CBS"),
    )

    found = await sport(connection)

    figures = {one.kind: (one.tenths["year"], one.source) for one in found.reach}
    assert figures == {"municipal": (385, "Armoedemonitor"), "statistical": (313, "CBS")}
    assert found.reach[0].definition == "Iedereen met een inkomen tot 110%."


async def test_without_a_target_group_there_is_no_reach_and_above_the_whole_is_shown(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=30)
    await targets_read(
        connection,
        a_target_row(count="20"),
        a_target_row(kind="statistical", count="n.t.b."),
    )

    found = await sport(connection)

    assert [one.tenths["year"] for one in found.reach] == [1500, None]
    assert found.reach[1].target_group == Number()


async def test_a_small_number_hides_its_percentage(connection: Connection, town: Town) -> None:
    await granted(connection, town, people=9)
    await targets_read(connection, a_target_row())

    found = await sport(connection)

    assert found.reach[0].users["year"] == HIDDEN
    assert found.reach[0].tenths["year"] is None
    assert (found.granted_cents, found.breakdowns) == (None, [])


async def test_how_many_grants_there_are_does_not_tell_how_many_never_spent(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=38, spending=33)
    await targets_read(connection, a_target_row(user_is="redeemed"))

    found = await sport(connection)

    numbers = found.numbers("persons")
    assert numbers is not None
    assert (numbers.totals.used, numbers.totals.never) == (Number(33), HIDDEN)
    assert found.grants["year"] == HIDDEN
    assert found.granted_cents is None


async def test_a_breakdown_is_set_against_the_parts_of_the_target_group(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=20, area="noord")
    await granted(connection, town, people=15, area="zuid")
    await granted(connection, town, people=12, area="oost")
    part = {"dimension": "area"}
    await targets_read(
        connection,
        a_target_row(),
        a_target_row(**part, value="noord", count="40"),
        a_target_row(**part, value="zuid, oost", count="90"),
    )

    rows = next(one for one in (await sport(connection)).breakdowns if one.dimension == "area").rows

    found = [(row.value, row.numbers.granted.value, row.targets[0].tenths) for row in rows]
    assert found == [("noord", 20, 500), ("oost,zuid", 27, 300)]


async def test_ages_are_those_of_the_day_of_the_grant_and_half_open(
    connection: Connection, town: Town
) -> None:
    await granted(connection, town, people=11, born=date(2014, 6, 2))  # 11, twelve tomorrow
    await granted(connection, town, people=12, born=date(2014, 6, 1))  # twelve today
    await granted(connection, town, people=13, born=date(1990, 1, 1))

    found = await sport(connection)

    ages = next(one for one in found.breakdowns if one.dimension == "age_band").rows
    shown = {row.value: row.numbers.granted.value for row in ages if row.numbers.granted.value}
    assert shown == {"8-12": 11, "12-18": 12, "27-67": 13}
    assert {one.unit: one.totals.granted.value for one in found.units}["children"] == 23
