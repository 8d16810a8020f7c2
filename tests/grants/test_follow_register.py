"""Moves, deaths, births, arrivals and eighteenth birthdays, as the register tells them."""

import asyncio
from datetime import UTC, date, datetime, timedelta

import pytest

from assessing import NOW, OFFICER, follow
from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from pas.days import day_of
from pas.db import Connection, Database
from pas.grants.assess import assess_year
from pas.grants.lapse import lapse_year
from pas.ids import ResidentId
from pas.ledger.prove import prove
from pas.passes.end import end_pass


async def end_of(connection: Connection, who: ResidentId) -> tuple[date | None, str | None]:
    row = await connection.fetchrow(
        "SELECT ended_on, ended_because FROM pass WHERE resident_id = $1", who
    )
    assert row
    return row["ended_on"], row["ended_because"]


async def usable_until(connection: Connection, who: ResidentId) -> datetime:
    return await connection.fetchval(
        """
        SELECT a.usable_until FROM pass p JOIN budget b ON b.pass_id = p.id
        JOIN balance a ON a.account_id = b.account_id WHERE p.resident_id = $1
        """,
        who,
    )


async def test_a_move_ends_the_pass_from_its_day_and_a_late_one_from_today(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    ahead, late, stays = [await a_member(connection, f"H{n}") for n in range(3)]
    await assess_year(database, a_task())
    await a_state(connection, ahead, "H0", since=date(2026, 5, 1), left_on=date(2026, 8, 1))
    await a_state(connection, late, "H1", since=date(2026, 5, 1), left_on=date(2026, 5, 15))

    report = await follow(database)
    again = await follow(database)

    assert (report.passes_ended, again.passes_ended) == (2, 0)
    assert await end_of(connection, ahead) == (date(2026, 8, 1), "moved-away")
    assert await end_of(connection, late) == (date(2026, 6, 1), "moved-away")
    assert await end_of(connection, stays) == (None, None)
    assert await usable_until(connection, late) == datetime(2026, 5, 31, 22, tzinfo=UTC)
    assert await usable_until(connection, stays) == datetime(2026, 12, 31, 23, tzinfo=UTC)


async def test_what_the_dead_leave_returns_to_the_appropriation(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    gone = await a_member(connection)
    await assess_year(database, a_task())
    await a_state(connection, gone, since=date(2026, 6, 2), died_on=date(2026, 6, 2))

    await follow(database, NOW + timedelta(days=2))
    report = await lapse_year(database, a_task(NOW + timedelta(days=3)))

    assert await end_of(connection, gone) == (date(2026, 6, 3), "deceased")
    assert report.amount_cents == 20_000
    assert (await prove(connection, NOW)).closes


async def test_passes_that_end_together_are_locked_in_the_order_of_a_payment(
    connection: Connection, superuser: Connection, database: Database
) -> None:
    """All budgets of the transaction by key, not pass after pass: a family pays in one booking."""
    await a_scheme_in_force(connection)
    members: list[ResidentId] = []
    accounts: list[int] = []
    while not accounts or min(accounts) == accounts[0]:
        members.append(await a_member(connection, f"H{len(members)}"))
        await assess_year(database, a_task())
        accounts = [
            row[0]
            for row in await connection.fetch(
                "SELECT b.account_id FROM pass p JOIN budget b ON b.pass_id = p.id ORDER BY p.id"
            )
        ]
    for number, who in enumerate(members):
        left_on = date(2026, 8, 1)
        await a_state(connection, who, f"H{number}", since=date(2026, 5, 1), left_on=left_on)
    lock = "SELECT 1 FROM balance WHERE account_id = ANY ($1::bigint[]) FOR UPDATE NOWAIT"
    async with superuser.transaction():
        await superuser.execute(lock, [min(accounts)])
        following = asyncio.create_task(follow(database))
        await somebody_waiting(on=superuser)
        await superuser.execute(lock, accounts)
    assert (await following).passes_ended == len(members)


async def somebody_waiting(*, on: Connection) -> None:
    for _ in range(500):
        if await on.fetchval(
            "SELECT bool_or(pg_backend_pid() = ANY (pg_blocking_pids(pid))) FROM pg_stat_activity"
        ):
            return
        await asyncio.sleep(0.01)
    pytest.fail("nobody waits")


async def test_who_turns_out_to_live_here_has_the_pass_back(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection)
    await assess_year(database, a_task())
    await a_state(connection, who, since=date(2026, 5, 1), left_on=date(2026, 5, 15))
    await follow(database)
    await a_state(connection, who, since=date(2026, 6, 2))

    report = await follow(database, NOW + timedelta(days=2))

    assert report.passes_restored == 1
    assert await end_of(connection, who) == (None, None)
    assert await usable_until(connection, who) == datetime(2026, 12, 31, 23, tzinfo=UTC)


MOVES_ON = date(2026, 8, 1)
YEARS_END = datetime(2026, 12, 31, 23, tzinfo=UTC)


@pytest.mark.parametrize(
    "when", [datetime(2026, 6, 2, 12, tzinfo=UTC), datetime(2026, 8, 5, 12, tzinfo=UTC)]
)
@pytest.mark.parametrize(
    ("moves", "until"),
    [(None, YEARS_END), (date(2026, 10, 1), datetime(2026, 9, 30, 22, tzinfo=UTC))],
)
async def test_a_move_that_was_announced_and_is_called_off_or_put_off_gives_the_budgets_back(
    connection: Connection,
    database: Database,
    when: datetime,
    moves: date | None,
    until: datetime,
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection, left_on=MOVES_ON)
    await assess_year(database, a_task())
    await follow(database)
    assert await usable_until(connection, who) == datetime(2026, 7, 31, 22, tzinfo=UTC)
    await a_state(connection, who, since=date(2026, 6, 2), left_on=moves)

    await follow(database, when)

    assert await usable_until(connection, who) == until
    assert (await end_of(connection, who))[0] == moves


async def test_what_is_granted_after_a_move_was_announced_ends_with_it_too(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, "aa")
    who = await a_member(connection, left_on=MOVES_ON)
    await assess_year(database, a_task())
    await follow(database)
    await a_scheme_in_force(connection, "bb")
    await assess_year(database, a_task())

    reports = [await follow(database) for _ in range(2)]

    assert [one.passes_ended for one in reports] == [1, 0]
    ends = await connection.fetch(
        "SELECT DISTINCT usable_until FROM budget JOIN balance USING (account_id)"
    )
    assert [row[0] for row in ends] == [await usable_until(connection, who)]


async def test_a_pass_that_an_officer_ended_stays_ended(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection)
    await assess_year(database, a_task())
    await connection.execute("UPDATE pass SET ended_on = '2026-05-01', ended_because = 'asked'")

    assert (await follow(database)).passes_restored == 0
    assert await end_of(connection, who) == (date(2026, 5, 1), "asked")


@pytest.mark.parametrize(
    ("left_on", "died_on", "end"),
    [
        (None, date(2026, 6, 2), (date(2026, 6, 3), "deceased")),
        (date(2026, 9, 1), None, (date(2026, 9, 1), "moved-away")),
        (date(2026, 12, 1), None, (date(2026, 11, 1), "moved")),
        (None, None, (date(2026, 11, 1), "moved")),
    ],
    ids=["death", "earlier move", "later move", "still here"],
)
async def test_an_end_that_an_officer_announced_gives_way_to_an_earlier_one_of_the_register(
    connection: Connection,
    database: Database,
    left_on: date | None,
    died_on: date | None,
    end: tuple[date, str],
) -> None:
    await a_scheme_in_force(connection)
    who = await a_member(connection)
    await assess_year(database, a_task())
    pass_id = await connection.fetchval("SELECT id FROM pass")
    ends_on = date(2026, 11, 1)
    await end_pass(connection, pass_id, from_day=ends_on, because="moved", actor=OFFICER, now=NOW)
    await a_state(connection, who, since=date(2026, 6, 2), left_on=left_on, died_on=died_on)

    reports = [await follow(database, NOW + timedelta(days=days)) for days in (2, 2, 3)]

    assert [one.passes_ended for one in reports] == [int(end[0] != ends_on), 0, 0]
    assert sum(one.passes_restored for one in reports) == 0
    assert await end_of(connection, who) == end
    assert day_of(await usable_until(connection, who)) == end[0]


async def test_a_budget_that_runs_past_the_year_ends_with_a_move_too(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, unit="child", period="once_per_child")
    child = await a_member(connection, born=date(2016, 6, 1))
    await assess_year(database, a_task())
    await a_state(
        connection, child, born=date(2016, 6, 1), since=date(2027, 5, 1), left_on=date(2027, 5, 1)
    )

    report = await follow(database, datetime(2027, 6, 1, 12, tzinfo=UTC))

    assert report.passes_ended == 1
    assert await usable_until(connection, child) == datetime(2027, 5, 31, 22, tzinfo=UTC)


async def test_at_eighteen_the_parents_view_ends_and_the_budget_stays(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    parent = await a_member(connection, born=date(1980, 1, 1))
    child = await a_member(connection, born=date(2008, 7, 1))
    await assess_year(database, a_task())

    await follow(database)

    rows = await connection.fetch("SELECT adult_id, child_id, valid_until FROM managing_adult")
    assert [tuple(row) for row in rows] == [(parent, child, date(2026, 7, 1))]
    later = await follow(database, datetime(2026, 7, 2, tzinfo=UTC))
    assert later.unmanaged_children == []
    assert await end_of(connection, child) == (None, None)


@pytest.mark.parametrize("born", [date(2010, 7, 1), date(2014, 7, 1)])
async def test_when_a_birth_date_is_corrected_parents_see_the_pass_to_the_new_eighteenth_birthday(
    connection: Connection, database: Database, born: date
) -> None:
    await a_member(connection)
    child, co_parent = (
        await a_member(connection, born=date(2012, 7, 1)),
        await a_member(connection, "H2"),
    )
    await follow(database)
    await connection.execute(
        "INSERT INTO managing_adult VALUES ($1, $2, 'co_parent', '2026-01-01', '2030-07-01')",
        *(child, co_parent),
    )
    await a_state(connection, child, born=born, since=date(2026, 2, 1))

    await follow(database)

    rows = await connection.fetch("SELECT kind, valid_until FROM managing_adult ORDER BY kind DESC")
    eighteen = born.replace(year=born.year + 18)
    assert [tuple(row) for row in rows] == [
        ("parent", eighteen),
        ("co_parent", min(eighteen, date(2030, 7, 1))),
    ]


async def test_a_child_with_a_pass_that_nobody_manages_is_listed(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    child = await a_member(connection, born=date(2012, 7, 1))
    await assess_year(database, a_task())

    assert (await follow(database)).unmanaged_children == [child]
