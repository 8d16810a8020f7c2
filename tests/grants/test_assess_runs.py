"""Pots and runs of the yearly assessment: shared, broken off, and begun again."""

import asyncio
from datetime import timedelta

import pytest

from assessing import FINANCE, NOW, OFFICER, count, money, seen
from given.assessment import a_member, a_scheme_in_force, a_task
from pas.auth.actor import SYSTEM
from pas.db import Connection, Database
from pas.grants import assess as module
from pas.grants.appropriations import (
    AppropriationIdReused,
    CoverLine,
    read_appropriations,
    set_aside,
)
from pas.grants.assess import (
    assess_year,
    begin_assessment,
    run_assessment,
)
from pas.grants.decide import assess_all, read_for, write_decisions
from pas.grants.grant import GrantedElsewhere
from pas.grants.ground import opened_ground, read_ground
from pas.grants.runs import read_runs
from pas.ids import EntryId, HouseholdNumber, uuid7
from pas.ledger.prove import prove
from pas.money import Cents
from pas.schemes.show import SchemeNotFound


async def test_over_spending_is_reported_and_blocks_nobody(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await money(connection, "sport_kinderen", 15_000)
    await a_member(connection)

    report = await assess_year(database, a_task())

    (scheme,) = report.schemes
    assert (scheme.granted, scheme.left_cents, scheme.overspent_cents) == (1, -5_000, 5_000)
    (shown,) = await read_appropriations(connection, year=2026)
    assert (shown.appropriated_cents, shown.granted_cents, shown.overspent_cents) == (
        15_000,
        20_000,
        5_000,
    )


async def test_a_closed_pot_grants_what_is_in_it_and_no_more(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, closed_pot=True)
    await money(connection, "sport_kinderen", 50_000)
    for number in range(4):
        await a_member(connection, f"H{number}")

    report = await assess_year(database, a_task())

    (scheme,) = report.schemes
    assert (scheme.granted, scheme.refused, scheme.left_cents) == (2, 2, 10_000)
    assert scheme.reasons == {"within-limit": 2, "pot-empty": 2}
    await money(connection, "sport_kinderen", 10_000)
    later = await assess_year(database, a_task(now=NOW + timedelta(days=1)))
    assert seen(later) == {"sport_kinderen": (1, 2, 1, 0, 20_000)}


async def test_a_grant_beyond_what_a_pot_really_holds_is_decided_again(
    connection: Connection,
) -> None:
    """As it would be when somebody granted from it by another road since it was read."""
    await a_scheme_in_force(connection, closed_pot=True)
    await money(connection, "sport_kinderen", 10_000)
    await a_member(connection, "H1")
    ground = await read_ground(connection, year=2026, on=NOW.date())
    stale = {"sport_kinderen": Cents(50_000)}

    async def decide() -> None:
        async with connection.transaction():
            opened = await opened_ground(connection, ground)
            found = await read_for(connection, opened, [HouseholdNumber("H1")])
            households = tuple(one.facts for one in found.known)
            assessed = households, assess_all(found, opened, stale)
            await write_decisions(
                connection, opened, assessed, cause="assessment", actor=OFFICER, now=NOW
            )

    with pytest.raises(GrantedElsewhere):
        await decide()
    assert await count(connection, "scheme_grant") == 0


async def test_a_pot_shared_by_two_runs_at_once_is_never_overspent(
    connection: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 1)
    await a_scheme_in_force(connection, closed_pot=True)
    await money(connection, "sport_kinderen", 100_000)
    for number in range(12):
        await a_member(connection, f"H{number:02}")
    other = Database(database.address)

    # Of two days, so that they are two runs.
    reports = await asyncio.gather(
        assess_year(database, a_task()),
        assess_year(other, a_task(now=NOW + timedelta(days=1))),
    )
    await other.close()

    # The later run may break the earlier one off before its first household.
    assert sum(scheme.granted for one in reports for scheme in one.schemes) == 5
    assert await count(connection, "scheme_grant") == 5
    (shown,) = await read_appropriations(connection, year=2026)
    assert (shown.left_cents, shown.overspent_cents) == (0, 0)
    assert (await prove(connection, NOW)).closes


async def test_two_assessments_at_once_share_the_work_and_grant_once(
    connection: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    await a_scheme_in_force(connection)
    for number in range(20):
        await a_member(connection, f"H{number:02}")
    other = Database(database.address)

    reports = await asyncio.gather(
        *(assess_year(one, a_task()) for one in (database, other, database, other))
    )
    await other.close()

    assert await count(connection, "assessment") == 1
    assert reports[-1].persons == await count(connection, "scheme_grant") == 20
    assert await count(connection, "decision") == 20


async def test_a_run_that_was_broken_off_goes_on_where_it_was(
    connection: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    await a_scheme_in_force(connection)
    for number in range(7):
        await a_member(connection, f"H{number}")

    def crash(done: int, _total: int) -> None:
        if done == 4:
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await assess_year(database, a_task(), told=crash)
    halfway = await count(connection, "scheme_grant")
    report = await assess_year(database, a_task(now=NOW + timedelta(hours=1)))

    assert halfway == 4
    assert (report.persons, report.persons_granted) == (7, 7)
    assert seen(report) == {"sport_kinderen": (7, 0, 0, 0, 140_000)}
    assert await count(connection, "assessment") == 1


async def test_a_run_that_was_broken_off_yesterday_ends_so_when_a_new_one_starts(
    connection: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "CHUNK", 2)
    await a_scheme_in_force(connection)
    for number in range(5):
        await a_member(connection, f"H{number}")

    def crash(_done: int, _total: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        await assess_year(database, a_task(), told=crash)
    tomorrow = NOW + timedelta(days=1)
    report = await assess_year(database, a_task(now=tomorrow))

    new, old = await read_runs(connection)
    assert (report.persons, report.persons_granted) == (5, 3)
    assert (new.ended_at, new.broken_off_at) == (tomorrow, None)
    assert (old.ended_at, old.broken_off_at) == (None, tomorrow)
    late = await run_assessment(database, a_task(now=tomorrow), old.id)
    assert (late.persons, late.broken_off_at) == (2, tomorrow)


async def test_a_chunk_that_fails_leaves_nothing_behind(
    connection: Connection, database: Database, monkeypatch: pytest.MonkeyPatch
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)

    async def fails(*_: object, **__: object) -> None:
        raise ConnectionError

    monkeypatch.setattr(module, "advance", fails)
    with pytest.raises(ConnectionError):
        await assess_year(database, a_task())

    for table in ("scheme_grant", "decision", "pass", "budget", "entry"):
        assert await count(connection, table) == 0


async def test_the_same_cover_line_sent_twice_is_booked_once(connection: Connection) -> None:
    await a_scheme_in_force(connection)
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme="sport_kinderen",
        year=2026,
        cover_line="minimabeleid",
        amount_cents=Cents(100),
    )

    first = await set_aside(connection, line, actor=FINANCE, now=NOW)
    again = await set_aside(connection, line, actor=FINANCE, now=NOW)

    assert first == again
    assert (again.appropriated_cents, again.left_cents, len(again.lines)) == (100, 100, 1)
    other = CoverLine(
        id=line.id, scheme=line.scheme, year=2026, cover_line="other", amount_cents=Cents(100)
    )
    with pytest.raises(AppropriationIdReused):
        await set_aside(connection, other, actor=FINANCE, now=NOW)
    unknown = CoverLine(
        id=EntryId(uuid7()), scheme="nope", year=2026, cover_line="x", amount_cents=Cents(1)
    )
    with pytest.raises(SchemeNotFound):
        await set_aside(connection, unknown, actor=SYSTEM, now=NOW)


async def test_a_run_can_be_noted_first_and_done_later(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)

    run = await begin_assessment(connection, a_task())
    report = await module.run_assessment(database, a_task(), run.id)

    assert (run.ended_at, report.id, report.persons_granted) == (None, run.id, 1)
    assert report.ended_at is not None
