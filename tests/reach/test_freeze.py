"""Frozen figures: what was shown stays, with its hash, when nobody can count it any more."""

import asyncio
from datetime import UTC, datetime, timedelta

import asyncpg
import pytest

from booking import a_sale, redeem
from given.city import YEAR
from given.logins import NOON
from given.reach import (
    ANALYST,
    Town,
    a_reach_town,
    a_target_row,
    granted,
    targets_read,
)
from mutate import by_hand
from pas.auth.actor import SYSTEM
from pas.auth.events import read_events
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.ids import MunicipalityName
from pas.reach.freeze import (
    FiguresGone,
    FrozenDamaged,
    PeriodFrozen,
    PeriodNotOver,
    freeze_closed_years,
    freeze_period,
    list_frozen,
    read_report,
)
from pas.reach.model import PERIODS
from pas.reach.numbers import HIDDEN, NOTHING_SHOWN, Number
from pas.reach.report import PeriodNumbers, UnitNumbers

AUTUMN = datetime(YEAR, 9, 1, tzinfo=UTC)
AFTER = datetime(YEAR + 1, 2, 1, tzinfo=UTC)
YEAR_LATER = datetime(YEAR + 2, 1, 2, tzinfo=UTC)
LINKS_GONE = datetime(YEAR + 2, 2, 2, tzinfo=UTC)


@pytest.fixture
async def town(connection: Connection) -> Town:
    town = await a_reach_town(connection)
    await granted(connection, town, people=30, spending=12)
    await targets_read(connection, a_target_row(user_is="redeemed"))
    await until_decided(connection)
    return town


@pytest.mark.usefixtures("town")
async def test_frozen_figures_stay_when_links_to_persons_are_gone(
    connection: Connection, owner: Connection
) -> None:
    made = await freeze_period(connection, year=YEAR, period="year", actor=ANALYST, now=AFTER)
    before = await read_report(connection, year=YEAR, now=AFTER)
    await owner.execute("DELETE FROM budget")

    after = await read_report(connection, year=YEAR, now=LINKS_GONE)

    assert after == before
    assert after.frozen is not None
    assert after.frozen.sha256 == made.sha256
    found = after.report.scheme("sport")
    assert found is not None
    assert (found.reach[0].users["year"], found.reach[0].tenths["year"]) == (Number(12), 60)
    (event,) = await read_events(connection, subject_kind="frozen_reach", subject_id=made.id)
    assert (event.kind, event.actor_id) == ("reach.frozen", ANALYST.id)


@pytest.mark.usefixtures("town")
async def test_without_frozen_figures_nothing_is_guessed_when_links_are_gone(
    connection: Connection,
) -> None:
    await read_report(connection, year=YEAR, now=LINKS_GONE - timedelta(days=2))
    with pytest.raises(FiguresGone):
        await read_report(connection, year=YEAR, now=LINKS_GONE)


@pytest.mark.usefixtures("town")
async def test_a_frozen_quarter_keeps_what_it_said_when_a_refund_comes_later(
    connection: Connection,
) -> None:
    await freeze_period(connection, year=YEAR, period="q2", actor=ANALYST, now=AFTER)

    kept = await read_report(connection, year=YEAR, now=AFTER, period="q2")
    whole = await read_report(connection, year=YEAR, now=AFTER)

    assert (kept.frozen is not None, whole.frozen) == (True, None)
    found = kept.report.scheme("sport")
    assert found is not None
    assert list(found.reach[0].users) == ["q2"]
    assert found.breakdowns == []


async def test_a_year_hides_what_it_would_tell_beside_a_part_that_was_frozen(
    connection: Connection, town: Town
) -> None:
    """All twelve used it in the second quarter; whoever is new in the third is not to be told."""
    await freeze_period(connection, year=YEAR, period="q2", actor=ANALYST, now=AFTER)
    budget = (await granted(connection, town, people=1))[0]
    later = a_sale(town.till, budget, 100, occurred_at=AUTUMN)
    assert await redeem(connection, later) == ["booked"]
    await until_decided(connection)

    found = (await read_report(connection, year=YEAR, now=AFTER)).report.scheme("sport")

    assert found is not None
    assert found.numbers("persons") == UnitNumbers(
        "persons", NOTHING_SHOWN, dict.fromkeys(PERIODS, PeriodNumbers(HIDDEN, HIDDEN))
    )


async def test_a_period_is_frozen_when_it_is_over_and_once(
    connection: Connection, town: Town
) -> None:
    with pytest.raises(PeriodNotOver):
        await freeze_period(connection, year=YEAR, period="h2", actor=ANALYST, now=NOON)
    await freeze_period(connection, year=YEAR, period="q1", actor=ANALYST, now=NOON)
    with pytest.raises(PeriodFrozen):
        await freeze_period(connection, year=YEAR, period="q1", actor=ANALYST, now=NOON)


@pytest.mark.usefixtures("town")
async def test_two_at_once_freeze_it_once(
    database: Database, velsen: MunicipalityName, connection: Connection
) -> None:
    async def freeze() -> str:
        async with database.connection(velsen) as one:
            try:
                await freeze_period(one, year=YEAR, period="year", actor=ANALYST, now=AFTER)
            except PeriodFrozen:
                return "refused"
        return "frozen"

    assert sorted(await asyncio.gather(*(freeze() for _ in range(3)))) == [
        "frozen",
        "refused",
        "refused",
    ]
    assert len(await list_frozen(connection)) == 1


@pytest.mark.usefixtures("town")
async def test_the_clock_freezes_a_year_after_it_and_before_links_are_deleted(
    connection: Connection,
) -> None:
    assert await freeze_closed_years(connection, actor=SYSTEM, now=AFTER) == []
    (made,) = await freeze_closed_years(connection, actor=SYSTEM, now=YEAR_LATER)

    assert (made.year, made.period) == (YEAR, "year")
    assert await freeze_closed_years(connection, actor=SYSTEM, now=YEAR_LATER) == []


@pytest.mark.usefixtures("town")
async def test_the_clock_freezes_nothing_that_it_would_count_too_low(
    connection: Connection,
) -> None:
    assert await freeze_closed_years(connection, actor=SYSTEM, now=LINKS_GONE) == []


@pytest.mark.usefixtures("town")
async def test_frozen_figures_cannot_be_changed_and_a_change_past_the_wall_is_noticed(
    connection: Connection, owner: Connection, superuser: Connection
) -> None:
    await freeze_period(connection, year=YEAR, period="year", actor=ANALYST, now=AFTER)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await owner.execute("UPDATE frozen_reach SET content = '{}'")
    assert refused.value.sqlstate == "PA100"
    await superuser.execute("SET session_replication_role = replica")
    with pytest.raises(asyncpg.PostgresError):
        await superuser.execute("UPDATE frozen_reach SET content = replace(content, '12', '13')")


@pytest.mark.usefixtures("town")
async def test_frozen_figures_that_were_damaged_are_not_shown(
    connection: Connection, superuser: Connection
) -> None:
    """Whoever takes the walls of the database down still does not get a wrong figure on a page."""
    await freeze_period(connection, year=YEAR, period="year", actor=ANALYST, now=AFTER)
    await by_hand(
        superuser,
        "frozen_reach",
        "ALTER TABLE frozen_reach DROP CONSTRAINT frozen_reach_check;"
        "UPDATE frozen_reach SET content = replace(content, '12', '13')",
    )

    with pytest.raises(FrozenDamaged):
        await read_report(connection, year=YEAR, now=AFTER)
