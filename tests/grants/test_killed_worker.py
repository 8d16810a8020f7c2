"""A worker that is killed in the middle of an assessment: another finishes it, as if nothing happened."""

import asyncio
import subprocess
from collections.abc import Callable, Generator
from datetime import UTC, datetime

import pytest

from given.assessment import a_scheme_in_force
from given.days import NEW_YEAR, YEAR
from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_dry
from pas.grants.assessment_job import queue_assessment
from pas.grants.report import read_report
from pas.ids import AssessmentId, MunicipalityName
from pas.installation import Access
from pas.ledger.prove import prove
from serving import PAS, PATIENCE_SECONDS, environment

HOUSEHOLDS = 4_000
ATTEMPTS = "SELECT attempts FROM job WHERE kind = 'grants.assess'"
Work = Callable[..., subprocess.Popen[bytes]]


@pytest.fixture
def work(access: Access) -> Generator[Work]:
    """Starts ``pas work`` in a process of its own; whatever still runs is killed in the end."""
    settings = {"database_url": access.address.url, "database_secret": access.address.secret}
    started: list[subprocess.Popen[bytes]] = []

    def start(*options: str) -> subprocess.Popen[bytes]:
        words = [PAS, "work", *options]
        started.append(subprocess.Popen(words, env=environment(settings), stderr=subprocess.PIPE))
        return started[-1]

    yield start
    for process in started:
        process.kill()
        process.communicate()


async def a_city(connection: Connection) -> None:
    await connection.execute(
        "INSERT INTO resident (id, person_number) SELECT gen_random_uuid(), n FROM generate_series(1, $1) n",
        HOUSEHOLDS,
    )
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, income, recorded_by)
        SELECT id, $1, 'Sanne', 'de Wit', '1990-05-17', 'H' || person_number, 'alone',
            CASE WHEN person_number::int % 7 > 0 THEN 9000 + person_number::int % 5000 END, id
        FROM resident
        """,
        NEW_YEAR,
    )


async def halfway(connection: Connection) -> int:
    """How many households were done when some were, and not yet all."""
    for _ in range(PATIENCE_SECONDS * 100):
        if done := await connection.fetchval("SELECT max(households) FROM assessment"):
            return done
        await asyncio.sleep(0.01)
    raise TimeoutError


@pytest.mark.slow
async def test_a_worker_killed_in_the_middle_of_an_assessment_changes_nothing_about_it(
    connection: Connection, superuser: Connection, database: Database, work: Work
) -> None:
    await a_scheme_in_force(connection, "open", valid_from=NEW_YEAR)
    await a_scheme_in_force(connection, "more", valid_from=NEW_YEAR, income_limit=13_000)
    await a_city(connection)
    task = Task(
        municipality=MunicipalityName("velsen"),
        year=YEAR,
        actor=an_actor(Role.OFFICER),
        now=datetime.now(UTC),
    )
    unbroken = await assess_dry(database, task)
    await queue_assessment(connection, task, dry_run=False)

    killed = work()
    done = await halfway(connection)
    killed.kill()
    killed.wait()
    left = await connection.fetchval("SELECT count(*) FROM assessment WHERE ended_at IS NULL")
    await superuser.execute("UPDATE job SET lease_until = clock_timestamp()")
    assert work("--once").wait(PATIENCE_SECONDS) == 0

    assert 0 < done < HOUSEHOLDS
    assert left == 1
    assert await connection.fetchval(ATTEMPTS) == 2
    run_id: AssessmentId = await connection.fetchval("SELECT id FROM assessment")
    report = await read_report(connection, run_id)
    assert report.ended_at is not None
    assert report.schemes == unbroken.schemes
    for name in ("households", "unknown_households", "persons", "persons_granted", "passes"):
        assert getattr(report, name) == getattr(unbroken, name)
    granted = sum(one.granted for one in report.schemes)
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == granted
    assert await connection.fetchval("SELECT count(*) FROM budget") == granted
    assert (await prove(connection, datetime.now(UTC))).closes
