"""The yearly assessment: who is granted what, in one decision, and nothing twice."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from assessing import CHILD, NOW, count, money, seen, verdicts
from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from given.city import a_merchant
from pas.db import Connection, Database
from pas.grants.assess import (
    assess_dry,
    assess_year,
)
from pas.grants.periods import PassYearOver
from pas.ledger.prove import prove
from pas.money import Cents
from pas.schemes.model import InKind, Visits


async def test_everybody_who_qualifies_is_granted_in_one_decision_with_a_pass_and_budgets(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, "sport", income_limit=11_000)
    await a_scheme_in_force(connection, "school", unit="child", income_limit=12_000)
    parent = await a_member(connection, income=11_000)
    child = await a_member(connection, income=11_000, born=CHILD)
    await a_member(connection, "H2", income=11_001)
    await a_member(connection, "H3", income=None)

    report = await assess_year(database, a_task())

    assert seen(report) == {
        "school": (1, 0, 0, 0, 20_000),
        "sport": (2, 0, 1, 1, 40_000),
    }
    assert (report.households, report.unknown_households, report.persons) == (3, 1, 4)
    assert (report.persons_granted, report.passes, report.granted_cents) == (2, 2, 60_000)
    passes = await connection.fetch("SELECT * FROM pass")
    assert {row["resident_id"] for row in passes} == {parent, child}
    assert {(row["starts_on"], row["ends_on"]) for row in passes} == {
        (date(2026, 6, 1), date(2027, 1, 1))
    }
    budgets = await connection.fetch(
        """
        SELECT b.amount, b.usable_from, b.usable_until, g.lapses_on
        FROM budget g JOIN balance b ON b.account_id = g.account_id
        """
    )
    assert [row["amount"] for row in budgets] == [20_000] * 3
    assert {row["usable_from"] for row in budgets} == {datetime(2026, 5, 31, 22, tzinfo=UTC)}
    assert {row["usable_until"] for row in budgets} == {datetime(2026, 12, 31, 23, tzinfo=UTC)}
    # Nobody is told about a household whose income is unknown.
    assert await count(connection, "decision") == 3
    assert (await prove(connection, NOW)).closes


async def test_again_grants_nothing_twice_and_writes_nothing_new(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    resident = await a_member(connection)

    await assess_year(database, a_task())
    again = await assess_year(database, a_task(now=NOW + timedelta(days=1)))

    assert seen(again) == {"sport_kinderen": (0, 1, 0, 0, 0)}
    assert await count(connection, "decision") == 1

    await a_scheme_in_force(connection, "nieuw")
    await a_state(connection, resident, income=20_000, since=date(2026, 6, 2))
    third = await assess_year(database, a_task(now=NOW + timedelta(days=2)))

    assert seen(third) == {"nieuw": (0, 0, 1, 0, 0), "sport_kinderen": (0, 1, 0, 0, 0)}
    assert await verdicts(connection) == [
        ("granted", "within-limit"),
        ("refused", "income-above-limit"),
        ("held", "already-granted"),
    ]


async def test_a_dry_run_says_the_same_and_writes_nothing(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, "open")
    await a_scheme_in_force(connection, "pot", closed_pot=True)
    await money(connection, "open", 30_000)
    await money(connection, "pot", 50_000)
    for number in range(3):
        await a_member(connection, f"H{number}")
    before = {
        name: await count(connection, name) for name in ("entry", "decision", "pass", "event")
    }

    dry = await assess_dry(database, a_task())
    after = {name: await count(connection, name) for name in before}
    real = await assess_year(database, a_task())

    assert before == after
    assert dry.dry_run
    assert dry.schemes == real.schemes
    assert (dry.persons, dry.passes, dry.granted_cents) == (3, 3, 100_000)
    assert (dry.passes, dry.overspent_cents) == (real.passes, real.overspent_cents)


async def test_a_dry_run_says_what_is_lost_just_above_each_limit(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, "one", income_limit=11_000)
    await a_scheme_in_force(connection, "two", income_limit=11_000, unit="household")
    await a_scheme_in_force(connection, "wide", income_limit=13_000)
    await a_member(connection, "H1", income=10_000)
    await a_member(connection, "H1", income=10_000, born=CHILD)
    await a_member(connection, "H2", income=12_000)

    dry = await assess_dry(database, a_task())
    real = await assess_year(database, a_task())

    assert [(one.income_limit, one.persons, one.lost_cents) for one in dry.limits] == [
        (11_000, 2, 60_000),
        (13_000, 3, 60_000),
    ]
    assert [one.each_cents for one in dry.limits] == [30_000, 20_000]
    assert real.limits == []


async def test_a_household_of_hundreds_is_granted_whole(
    connection: Connection, database: Database
) -> None:
    for number in range(6):
        await a_scheme_in_force(connection, f"scheme_{number}")
    for _ in range(180):
        await a_member(connection)

    report = await assess_year(database, a_task())

    assert sum(one.granted for one in report.schemes) == 1_080
    assert (await prove(connection, NOW)).closes


async def test_visits_and_things_are_granted_in_visits_and_at_the_highest_agreed_price(
    connection: Connection, database: Database
) -> None:
    await a_merchant(connection, categories=("swimming",), visit_price_cents=550)
    await a_merchant(connection, categories=("swimming",), visit_price_cents=495)
    swimming = {"categories": ["swimming"], "allowance": Visits(10, Cents(503))}
    await a_scheme_in_force(connection, "baden", **swimming)
    await a_scheme_in_force(connection, "kaart", allowance=InKind(unit_price_cents=Cents(3000)))
    await a_member(connection)

    report = await assess_year(database, a_task())

    assert seen(report) == {"baden": (1, 0, 0, 0, 5_500), "kaart": (1, 0, 0, 0, 3_000)}
    rows = await connection.fetch(
        """
        SELECT s.code, v.amount FROM budget b JOIN scheme s ON s.id = b.scheme_id
        JOIN balance v ON v.account_id = b.visits_account_id ORDER BY 1
        """
    )
    assert [(row["code"], row["amount"]) for row in rows] == [("baden", 10), ("kaart", 1)]
    assert (await prove(connection, NOW)).closes


async def test_a_season_that_began_in_time_may_be_paid_in_the_run_out(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, run_out_days=31)
    await a_member(connection)

    await assess_year(database, a_task())

    row = await connection.fetchrow(
        "SELECT g.lapses_on, b.usable_until FROM budget g JOIN balance b ON b.account_id = g.account_id"
    )
    assert row
    assert row["lapses_on"] == date(2027, 1, 1)
    assert row["usable_until"] == datetime(2027, 1, 31, 23, tzinfo=UTC)


async def test_a_year_to_come_is_granted_from_its_first_day(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)

    report = await assess_year(database, a_task(now=datetime(2026, 12, 1, tzinfo=UTC), year=2027))

    assert report.persons_granted == 1
    assert await connection.fetchval("SELECT starts_on FROM pass") == date(2027, 1, 1)
    with pytest.raises(PassYearOver):
        await assess_year(database, a_task(year=2025))


async def test_the_household_of_the_day_is_assessed_together(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, unit="household")
    await a_member(connection, "H1", born=date(1950, 1, 1))
    moved = await a_member(connection, "H1", born=date(1940, 1, 1))
    await a_state(connection, moved, "H2", born=date(1940, 1, 1), since=date(2026, 5, 1))
    later = await a_member(connection, "H1", born=date(1930, 1, 1))
    await a_state(connection, later, "H2", born=date(1930, 1, 1), since=date(2026, 7, 1))

    await assess_year(database, a_task())

    rows = await connection.fetch("SELECT resident_id, household_number FROM scheme_grant")
    assert {(row["resident_id"], row["household_number"]) for row in rows} == {
        (later, "H1"),
        (moved, "H2"),
    }


async def test_a_household_that_moves_is_granted_once_and_one_that_splits_twice(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, unit="household")
    head = await a_member(connection, "H1")
    other = await a_member(connection, "H1", born=date(1995, 1, 1))
    await assess_year(database, a_task())
    await a_state(connection, head, "H2", since=date(2026, 6, 5))
    await a_state(connection, other, "H3", born=date(1995, 1, 1), since=date(2026, 6, 5))

    report = await assess_year(database, a_task(now=NOW + timedelta(days=7)))

    assert seen(report) == {"sport_kinderen": (1, 1, 0, 0, 20_000)}
    rows = await connection.fetch("SELECT resident_id FROM scheme_grant")
    assert {row["resident_id"] for row in rows} == {head, other}


async def test_the_database_too_refuses_a_scheme_twice_in_a_period_for_one_person(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, unit="household")
    await a_member(connection)
    await assess_year(database, a_task())

    with pytest.raises(asyncpg.UniqueViolationError):
        await superuser.execute(
            """
            INSERT INTO scheme_grant SELECT gen_random_uuid(), decision_id, resident_id, 'H2', scheme_id,
                scheme_version_id, budget_year, 'household:H2', period_key, amount_cents, visits,
                starts_on, ends_on, granted_on
            FROM scheme_grant
            """
        )
