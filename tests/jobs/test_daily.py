"""What runs daily: once per municipality and day, by whichever worker comes first."""

import asyncio
from datetime import timedelta

import pytest

from pas.app.schedule import DAILY
from pas.app.slices import slice_routes
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.jobs import Daily, Progress, Worker, job_kinds

EVERY_DAY = (Daily("test.daily", 0), Daily("test.other", 0))


class Done:
    """Counts what was done for whom."""

    def __init__(self) -> None:
        self.calls: list[tuple[str, str]] = []
        self.kinds = {one.kind: self for one in EVERY_DAY}

    async def __call__(
        self,
        _database: Database,
        municipality: MunicipalityName,
        progress: Progress,
    ) -> object:
        self.calls.append((municipality, progress.job.kind))
        return {}


ONCE_EACH = [(name, one.kind) for name in ("almere", "velsen") for one in EVERY_DAY]


@pytest.mark.usefixtures("almere")
async def test_two_workers_do_a_daily_job_once(database: Database, access: Access) -> None:
    done, other = Done(), Database(access.address)
    workers = [Worker(each, done.kinds, daily=EVERY_DAY) for each in (database, other)]

    await asyncio.gather(*(worker.run_all_due() for worker in workers))
    assert sorted(done.calls) == ONCE_EACH

    await asyncio.gather(*(worker.run_all_due() for worker in workers))
    assert sorted(done.calls) == ONCE_EACH
    await other.close()


async def test_days_that_were_missed_are_made_up_once(
    database: Database, connection: Connection
) -> None:
    done = Done()
    await Worker(database, done.kinds, daily=EVERY_DAY).run_all_due()
    await connection.execute("DELETE FROM scheduled_turn WHERE kind = 'test.daily'")
    today = await connection.fetchval("SELECT max(day) FROM scheduled_turn")
    await connection.execute(
        "INSERT INTO scheduled_turn VALUES ('test.daily', $1, gen_random_uuid())",
        today - timedelta(days=4),
    )
    done.calls.clear()

    await Worker(database, done.kinds, daily=EVERY_DAY).run_all_due()

    assert done.calls == [("velsen", "test.daily")]
    days = await connection.fetch("SELECT day FROM scheduled_turn WHERE kind = 'test.daily'")
    assert sorted(row["day"] for row in days) == [today - timedelta(days=4), today]


async def test_before_its_hour_a_job_is_still_that_of_yesterday(
    database: Database, connection: Connection
) -> None:
    await Worker(database, {}, daily=[Daily("test.daily", 24)]).run_all_due()
    assert (
        await connection.fetchval(
            "SELECT (clock_timestamp() AT TIME ZONE 'Europe/Amsterdam')::date - day FROM scheduled_turn"
        )
        == 1
    )


def test_all_that_runs_daily_is_a_kind_of_job() -> None:
    slice_routes()
    assert {one.kind for one in DAILY} <= set(job_kinds())
