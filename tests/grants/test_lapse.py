"""What is left when time is over returns to the appropriation, once."""

import asyncio
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import pytest

from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from given.city import a_budget, a_holder, a_merchant, a_scheme
from given.logins import a_key_store, an_actor
from pas.app.schedule import DAILY
from pas.app.slices import slice_routes
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.appropriations import CoverLine, read_appropriations, set_aside
from pas.grants.assess import assess_year
from pas.grants.follow_register import follow_register
from pas.grants.lapse import SchemeLapse, lapse_year
from pas.ids import EntryId, MunicipalityName, uuid7
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.ledger.prove import prove
from pas.money import Cents
from pas.passes.end import end_pass
from pas.schemes.model import Visits

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = datetime(2027, 2, 1, tzinfo=UTC)
OFFICER = an_actor(Role.OFFICER)
VELSEN = MunicipalityName("velsen")


async def money(connection: Connection, cents: int) -> None:
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme="sport_kinderen",
        year=2026,
        cover_line="minimabeleid",
        amount_cents=Cents(cents),
    )
    await set_aside(connection, line, actor=OFFICER, now=NOW)


async def test_what_is_left_returns_once_in_cents_and_in_visits(
    connection: Connection, database: Database
) -> None:
    await a_merchant(connection, categories=("swimming",), visit_price_cents=503)
    swimming = {"categories": ["swimming"], "allowance": Visits(10, Cents(503))}
    await a_scheme_in_force(connection, "baden", **swimming)
    await a_scheme_in_force(connection, "sport")
    for number in range(3):
        await a_member(connection, f"H{number}")
    await assess_year(database, a_task(NOW))

    early = await lapse_year(database, a_task(datetime(2026, 12, 31, 22, tzinfo=UTC)))
    dry = await lapse_year(database, a_task(LATER), dry_run=True)
    real = await lapse_year(database, a_task(LATER))
    again = await lapse_year(database, a_task(LATER))

    assert (early.amount_cents, early.schemes) == (0, [])
    assert (
        dry.schemes
        == real.schemes
        == [
            SchemeLapse("baden", 3, Cents(15_090), 30),
            SchemeLapse("sport", 3, Cents(60_000), 0),
        ]
    )
    assert (again.amount_cents, again.schemes) == (0, [])
    shown = await read_appropriations(connection, year=2026)
    assert [(one.scheme, one.returned_cents, one.left_cents) for one in shown] == [
        ("baden", 15_090, 0),
        ("sport", 60_000, 0),
    ]
    assert (await prove(connection, LATER)).closes


async def test_two_runs_at_once_return_nothing_twice(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    for number in range(30):
        await a_member(connection, f"H{number}")
    await assess_year(database, a_task(NOW))
    other = Database(database.address)

    reports = await asyncio.gather(
        *(lapse_year(one, a_task(LATER)) for one in (database, other, database, other))
    )
    await other.close()

    assert sum(one.amount_cents for one in reports) == 600_000
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind = 'lapse'") == 30
    assert (await prove(connection, LATER)).closes


async def test_a_budget_of_another_year_and_one_that_runs_on_do_not_lapse(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, "zwemdiploma", unit="child", period="once_per_child")
    await a_scheme_in_force(connection, "seizoen", unit="child", run_out_days=60)
    await a_member(connection, born=date(2016, 6, 1))
    await assess_year(database, a_task(NOW))

    report = await lapse_year(database, a_task(LATER))
    of_next_year = await lapse_year(database, a_task(LATER, year=2027))

    assert report.amount_cents == of_next_year.amount_cents == 0
    after = await lapse_year(database, a_task(datetime(2027, 3, 2, tzinfo=UTC)))
    assert [one.scheme for one in after.schemes] == ["seizoen"]


async def test_what_ended_in_any_year_returns_daily_though_nobody_asks_for_that_year(
    connection: Connection, database: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    keys = a_key_store(tmp_path, cities=("velsen",))
    monkeypatch.setenv("PAS_KEY_DIR", str(keys.folder))  # where a worker in this process looks
    today = datetime.now(UTC)
    slice_routes()
    old, last = await a_scheme(connection, year=today.year - 3), await a_scheme(connection)
    for scheme, until in (
        (old, today - timedelta(days=2)),
        (last, today - timedelta(days=1)),
        (last, today + timedelta(days=1)),
    ):
        holder = await a_holder(connection, year=scheme.year)
        first = datetime(scheme.year, 1, 1, tzinfo=UTC)
        await a_budget(connection, scheme, holder, usable_from=first, usable_until=until)

    for _ in range(2):
        await Worker(database, job_kinds(), daily=DAILY).run_all_due()
        await connection.execute("DELETE FROM scheduled_turn")

    left = await connection.fetch("SELECT amount FROM budget JOIN balance USING (account_id)")
    assert sorted(row["amount"] for row in left) == [0, 0, 20_000]
    assert await connection.fetchval("SELECT count(*) FROM entry WHERE kind = 'lapse'") == 2
    failed = await connection.fetch("SELECT kind, problem FROM job WHERE state <> 'done'")
    assert [tuple(row) for row in failed] == []


async def test_of_somebody_who_moved_nothing_lapses_while_the_budgets_can_come_back(
    connection: Connection, database: Database
) -> None:
    born = date(2016, 6, 1)
    await a_scheme_in_force(connection, "seizoen", run_out_days=60)
    await a_scheme_in_force(connection, "zwemdiploma", unit="child", period="once_per_child")
    child = await a_member(connection, born=born)
    await assess_year(database, a_task(NOW))
    await a_state(connection, child, born=born, since=date(2026, 6, 2), left_on=date(2026, 6, 2))
    await follow_register(database, VELSEN, actor=OFFICER, now=datetime(2026, 6, 2, 12, tzinfo=UTC))

    lapsed = [
        (await lapse_year(database, a_task(datetime(year, month, day, tzinfo=UTC)))).schemes
        for year, month, day in ((2026, 7, 1), (2027, 3, 1), (2027, 3, 2), (2027, 6, 2))
    ]

    assert lapsed == [
        [],
        [],
        [SchemeLapse("seizoen", 1, Cents(20_000), 0)],
        [SchemeLapse("zwemdiploma", 1, Cents(20_000), 0)],
    ]


async def test_what_is_left_on_a_pass_that_an_officer_ended_returns_when_nobody_can_object(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, closed_pot=True)
    await a_member(connection)
    await money(connection, 20_000)
    await assess_year(database, a_task(NOW))
    pass_id = await connection.fetchval("SELECT id FROM pass")
    await end_pass(
        connection, pass_id, from_day=NOW.date(), because="asked", actor=OFFICER, now=NOW
    )

    lapsed = [
        (await lapse_year(database, a_task(NOW + timedelta(weeks=6, days=days)))).amount_cents
        for days in (0, 1)
    ]

    assert lapsed == [0, 20_000]
    (pot,) = await read_appropriations(connection, year=2026)
    assert (pot.closed_pot, pot.left_cents) == (True, 20_000)


async def test_a_run_that_was_broken_off_reports_all_that_it_returned(
    connection: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    swimming = {"categories": ["swimming"], "allowance": Visits(10, Cents(500))}
    await a_scheme_in_force(connection, "baden", **swimming)
    for number in range(3):
        await a_member(connection, f"H{number}")
    await assess_year(database, a_task(NOW))
    monkeypatch.setattr("pas.grants.lapse.CHUNK", 1)
    run = uuid7()

    def break_off(done: int, _total: int) -> None:
        if done == 2:
            raise TimeoutError

    with pytest.raises(TimeoutError):
        await lapse_year(database, a_task(LATER), run=run, told=break_off)
    report = await lapse_year(database, a_task(LATER + timedelta(hours=1)), run=run)

    assert report.schemes == [SchemeLapse("baden", 3, Cents(15_000), 30)]
    assert (await prove(connection, LATER)).closes
