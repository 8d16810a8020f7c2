"""Jobs: done once by whoever takes them, done again after a crash, and never by two at a time."""

import asyncio
from collections.abc import AsyncGenerator, Awaitable, Callable
from contextlib import asynccontextmanager
from typing import ClassVar

import pytest

from pas.db import Connection, Database
from pas.errors import Refusal
from pas.ids import JobId, MunicipalityName, uuid7
from pas.installation import Access
from pas.jobs import (
    Job,
    JobFunction,
    JobNotFound,
    Progress,
    Worker,
    enqueue,
    job_kind,
    job_kinds,
    queue,
    read_job,
    running,
)

ALMERE = MunicipalityName("almere")
SOMEBODY = uuid7()


class FileWrong(Refusal):
    """Het bestand klopt niet."""

    status: ClassVar[int] = 400


async def add_up(
    _database: Database,
    _municipality: MunicipalityName,
    progress: Progress,
) -> object:
    numbers = progress.asked(dict[str, list[int]])["numbers"]
    for done, _ in enumerate(numbers, start=1):
        progress.told(done, len(numbers))
    return {"sum": sum(numbers), "for": str(progress.job.actor_id)}


def doing(step: Callable[[Progress], Awaitable[object]]) -> dict[str, JobFunction]:
    async def function(
        _database: Database,
        _municipality: MunicipalityName,
        progress: Progress,
    ) -> object:
        return await step(progress)

    return {"test.it": function}


async def put(connection: Connection, kind: str = "test.it", **arguments: object) -> JobId:
    return await enqueue(
        connection, kind=kind, arguments=arguments, actor_kind="login", actor_id=SOMEBODY
    )


@asynccontextmanager
async def working(worker: Worker) -> AsyncGenerator[None]:
    stop = asyncio.Event()
    task = asyncio.create_task(worker.run(stop))
    try:
        yield
    finally:
        stop.set()
        await task


async def until(connection: Connection, job_id: JobId, holds: Callable[[Job], bool]) -> Job:
    async with asyncio.timeout(50):
        while True:
            job = await read_job(connection, job_id)
            if holds(job):
                return job
            await asyncio.sleep(0.02)


def is_done(job: Job) -> bool:
    return job.state == "done"


async def test_a_job_is_done_and_its_result_kept(
    database: Database, connection: Connection
) -> None:
    job_id = await put(connection, numbers=[1, 2, 3])
    assert await Worker(database, {"test.it": add_up}).run_all_due() == 1
    job = await read_job(connection, job_id)
    assert (job.state, job.done, job.total, job.attempts) == ("done", 3, 3, 1)
    assert job.result == f'{{"for": "{SOMEBODY}", "sum": 6}}'


async def test_an_unknown_job_is_refused(connection: Connection) -> None:
    with pytest.raises(JobNotFound):
        await read_job(connection, JobId(uuid7()))


async def test_a_job_of_a_transaction_that_failed_is_not_there(connection: Connection) -> None:
    async def change() -> None:
        async with connection.transaction():
            await put(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change()
    assert await connection.fetchval("SELECT count(*) FROM job") == 0


async def test_many_jobs_are_each_done_once_by_several_workers(
    access: Access, database: Database, connection: Connection
) -> None:
    done: list[JobId] = []

    async def note(progress: Progress) -> None:
        await asyncio.sleep(0.001)
        done.append(progress.job.id)

    jobs = {await put(connection) for _ in range(60)}
    others = [Database(access.address) for _ in range(3)]
    workers = [Worker(each, doing(note), at_once=4) for each in (database, *others)]
    await asyncio.gather(*(worker.run_all_due() for worker in workers))
    for other in others:
        await other.close()
    assert sorted(done) == sorted(jobs)


async def test_a_worker_hears_of_a_job_at_once(database: Database, connection: Connection) -> None:
    async with working(Worker(database, {"test.it": add_up})):
        await asyncio.sleep(0.3)
        job_id = await put(connection, numbers=[1])
        async with asyncio.timeout(30):
            await until(connection, job_id, is_done)


async def test_a_lost_notification_only_costs_time(
    database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pas.jobs.rounds.LOOK_SECONDS", 0.3)
    async with working(Worker(database, {"test.it": add_up})):
        await asyncio.sleep(0.2)
        await connection.execute(
            "INSERT INTO job (id, kind, arguments, actor_kind, actor_id, queued_at, run_after) "
            "VALUES ($1, 'test.it', '{\"numbers\": []}', 'job', $1, now(), now())",
            job_id := JobId(uuid7()),
        )
        await until(connection, job_id, is_done)


@pytest.mark.usefixtures("almere")
async def test_a_worker_serves_all_municipalities(
    database: Database, connection: Connection
) -> None:
    async with database.connection(ALMERE) as almere:
        there = await put(almere, numbers=[1])
        here = await put(connection, numbers=[2])
        assert await Worker(database, {"test.it": add_up}).run_all_due() == 2
        assert (await read_job(almere, there)).state == "done"
    assert (await read_job(connection, here)).state == "done"


async def test_a_refused_job_fails_with_the_reason(
    database: Database, connection: Connection
) -> None:
    async def refuse(_: Progress) -> None:
        raise FileWrong("Kolom 3 ontbreekt.")

    job_id = await put(connection)
    await Worker(database, doing(refuse)).run_all_due()
    job = await read_job(connection, job_id)
    assert job.state == "failed"
    assert job.problem == '{"code": "file-wrong", "detail": "Kolom 3 ontbreekt."}'
    assert job.attempts == 1


async def test_an_error_is_tried_again_later_and_at_last_given_up(
    database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(queue, "FIRST_BACKOFF_SECONDS", 0)
    tries: list[int] = []

    async def fail(progress: Progress) -> None:
        tries.append(progress.job.attempts)
        raise RuntimeError("secret text")

    job_id = await put(connection)
    worker = Worker(database, doing(fail))
    for _ in range(8):
        await worker.run_all_due()
    job = await read_job(connection, job_id)
    assert tries == [1, 2, 3, 4, 5]
    assert (job.state, job.problem) == (
        "failed",
        '{"code": "unexpected-error", "detail": "Er ging bij ons iets mis."}',
    )


async def test_an_error_waits_longer_each_time(database: Database, connection: Connection) -> None:
    async def fail(_: Progress) -> None:
        raise RuntimeError

    job_id = await put(connection)
    waits: list[float] = []
    for _ in range(4):
        await Worker(database, doing(fail)).run_all_due()
        waits.append(
            await connection.fetchval(
                "SELECT extract(epoch FROM run_after - clock_timestamp())::float8 FROM job"
            )
        )
        await connection.execute("UPDATE job SET run_after = now() - interval '1 second'")
    assert [round(wait) for wait in waits] == [5, 10, 20, 40]
    assert (await read_job(connection, job_id)).state == "queued"


async def test_after_a_crash_another_worker_does_the_job_again(
    database: Database, connection: Connection
) -> None:
    job_id = await put(connection, numbers=[1])
    assert await queue.take_job(connection) is not None  # and then the worker dies
    worker = Worker(database, {"test.it": add_up})
    assert await worker.run_all_due() == 0
    await connection.execute("UPDATE job SET lease_until = now() - interval '1 second'")
    assert await worker.run_all_due() == 1
    job = await read_job(connection, job_id)
    assert (job.state, job.attempts) == ("done", 2)


async def test_a_job_that_kills_its_worker_each_time_is_given_up(connection: Connection) -> None:
    job_id = await put(connection)
    for _ in range(queue.MOST_ATTEMPTS):
        assert await queue.take_job(connection) is not None
        await connection.execute("UPDATE job SET lease_until = now() - interval '1 second'")
    assert await queue.take_job(connection) is None
    job = await read_job(connection, job_id)
    assert job.state == "failed"
    assert "job-lost" in (job.problem or "")


async def test_a_worker_that_lost_its_lease_writes_nothing(
    database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "NOTE_SECONDS", 0.05)
    started, stopped = asyncio.Event(), asyncio.Event()

    async def hang(progress: Progress) -> None:
        started.set()
        progress.told(1, None)
        try:
            await asyncio.sleep(60)
        finally:
            stopped.set()

    job_id = await put(connection)
    async with working(Worker(database, doing(hang))):
        await started.wait()
        await connection.execute("UPDATE job SET attempts = 2")
        async with asyncio.timeout(30):
            await stopped.wait()
    job = await read_job(connection, job_id)
    assert (job.state, job.attempts, job.done) == ("running", 2, 0)


async def test_progress_is_seen_while_a_job_runs_and_keeps_the_lease(
    database: Database, connection: Connection, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(running, "NOTE_SECONDS", 0.05)
    finish = asyncio.Event()

    async def half(progress: Progress) -> None:
        progress.told(5, 10)
        await finish.wait()

    job_id = await put(connection)
    async with working(Worker(database, doing(half))):
        await until(connection, job_id, lambda job: job.done == 5)
        finish.set()
        job = await until(connection, job_id, is_done)
    assert (job.done, job.total) == (5, 10)


async def test_a_worker_that_is_stopped_hands_its_job_over(
    database: Database, connection: Connection
) -> None:
    started = asyncio.Event()

    async def hang(_: Progress) -> None:
        started.set()
        await asyncio.sleep(60)

    job_id = await put(connection)
    async with working(Worker(database, doing(hang))):
        await started.wait()
    job = await read_job(connection, job_id)
    assert (job.state, job.attempts) == ("queued", 0)


async def test_a_job_of_a_newer_program_waits_for_it(
    database: Database, connection: Connection
) -> None:
    job_id = await put(connection, kind="test.newer")
    await Worker(database, {}).run_all_due()
    assert (await read_job(connection, job_id)).state == "queued"


@pytest.mark.usefixtures("almere")
async def test_a_municipality_with_much_to_do_does_not_hold_up_another(
    database: Database, connection: Connection
) -> None:
    order: list[str] = []

    async def note(
        _database: Database, municipality: MunicipalityName, _progress: Progress
    ) -> None:
        order.append(municipality)

    for _ in range(6):
        await put(connection)
    async with database.connection(ALMERE) as almere:
        await put(almere)
    await Worker(database, {"test.it": note}, at_once=1).run_all_due()
    assert order.index("almere") <= 1


def test_a_kind_has_one_function() -> None:
    job_kind("test.registered")(add_up)
    assert job_kinds()["test.registered"] is add_up
    with pytest.raises(AssertionError):
        job_kind("test.registered")(add_up)
