"""A file as big as they come: handed over, read by a worker that is killed half-way, and read again."""

import asyncio
import os
import subprocess
import sys
from collections.abc import AsyncGenerator, Iterator
from contextlib import asynccontextmanager
from pathlib import Path
from typing import Final

import msgspec
import pytest

from pas.auth.roles import Role
from pas.csvfile import MOST_ROWS
from pas.db import Connection
from pas.installation import Access
from pas.passes.resident_files import COLUMNS
from people import Person, Town
from serving import PAS, environment

IMPORTS = "/v1/velsen/resident-imports"
BAD_LINE: Final = 1_002
MOST_MEGABYTES: Final = 300
LOOK_SECONDS: Final = 0.05
PATIENCE_SECONDS: Final = 3_000
DONE: Final = "SELECT array_agg(done) FROM job WHERE kind = 'residents.import'"


class Summary(msgspec.Struct, frozen=True):
    """What became of a file."""

    added: int
    same: int
    refused: int
    problem: str | None


class WorkerProcess:
    """``pas work`` in a process of its own; the most memory it ever had, as far as was looked."""

    def __init__(self, process: asyncio.subprocess.Process) -> None:
        self.process = process
        self.megabytes = 0

    def look(self) -> None:
        status = Path(f"/proc/{self.process.pid}/status")
        if status.exists():
            for line in status.read_text().splitlines():
                if line.startswith("VmHWM"):
                    self.megabytes = max(self.megabytes, int(line.split()[1]) // 1024)


@pytest.fixture
async def officer(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.OFFICER)


def a_big_file(rows: int, *, bad_line: int = 0) -> bytes:
    def lines() -> Iterator[str]:
        yield ";".join(COLUMNS)
        for n in range(rows):
            born = "1990-05-17" if n % 2 else "2015-05-17"
            born = "gisteren" if n + 2 == bad_line else born
            yield (
                f"p{n};;Jan;de Boer {n};{born};Duinpad 1;1971 AB;IJmuiden;;H{n // 2};alone;95;;;"
                "2026-01-01;;;"
            )

    return "\n".join(lines()).encode()


@asynccontextmanager
async def working(access: Access, town: Town, *options: str) -> AsyncGenerator[WorkerProcess]:
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "key_dir": str(town.keys.folder),
    }
    process = await asyncio.create_subprocess_exec(
        *(str(PAS), "work", *options),
        env=environment(settings),
        stdout=subprocess.DEVNULL,
        stderr=sys.stderr,
    )
    try:
        yield WorkerProcess(process)
    finally:
        if process.returncode is None:
            process.kill()
        await process.wait()


async def hands_over(officer: Person, content: bytes) -> str:
    answer = await officer.post(IMPORTS, content)
    assert answer.status_code == 202, answer.text
    return answer.json()["importId"]


async def summary(officer: Person, import_id: str) -> Summary:
    answer = await officer.get(f"{IMPORTS}/{import_id}?limit=1")
    return msgspec.convert(answer.json()["summary"], Summary)


async def is_killed_after(connection: Connection, access: Access, town: Town, *, rows: int) -> None:
    """Let a worker read, kill it when so many rows are in, and let its lease be over."""
    async with working(access, town) as worker, asyncio.timeout(PATIENCE_SECONDS):
        while await connection.fetchval("SELECT count(*) FROM import_row") < rows:
            assert worker.process.returncode is None
            await asyncio.sleep(LOOK_SECONDS)
        worker.process.kill()
        await worker.process.wait()
    left = await connection.fetchval(
        """
        UPDATE job SET lease_until = clock_timestamp()
        WHERE kind = 'residents.import' AND state = 'running' RETURNING done
        """
    )
    assert left is not None


async def does_what_is_due(access: Access, town: Town) -> int:
    """Work until nothing is left; gives the most megabytes that took."""
    async with working(access, town, "--once") as worker, asyncio.timeout(PATIENCE_SECONDS):
        ended = asyncio.create_task(worker.process.wait())
        while not ended.done():
            worker.look()
            await asyncio.sleep(LOOK_SECONDS)
        assert ended.result() == os.EX_OK
    return worker.megabytes


@pytest.mark.parametrize(
    "rows",
    [
        pytest.param(20_000, marks=pytest.mark.slow),
        pytest.param(MOST_ROWS, marks=pytest.mark.faults),
    ],
)
async def test_a_big_file_survives_its_worker_and_changes_nothing_the_second_time(
    officer: Person, connection: Connection, access: Access, town: Town, *, rows: int
) -> None:
    content = a_big_file(rows, bad_line=BAD_LINE)

    first = await hands_over(officer, content)
    await is_killed_after(connection, access, town, rows=rows // 2)
    half = await connection.fetchval("SELECT count(*) FROM resident")
    megabytes = [await does_what_is_due(access, town)]
    second = await hands_over(officer, content)
    megabytes.append(await does_what_is_due(access, town))

    assert rows // 2 - 1 <= half < rows - 1
    assert await summary(officer, first) == Summary(rows - 1, 0, 1, None)
    assert await summary(officer, second) == Summary(0, rows - 1, 1, None)
    refused = (await officer.get(f"{IMPORTS}/{first}?outcome=refused")).json()["rows"]
    assert [(row["line"], row["fields"]) for row in refused] == [(BAD_LINE, ["birth_date"])]
    assert await connection.fetchval("SELECT count(*) FROM resident_version") == rows - 1
    assert await connection.fetchval(DONE) == [rows, rows]
    assert max(megabytes) < MOST_MEGABYTES


@pytest.mark.faults
async def test_a_row_too_many_refuses_the_whole_file(
    officer: Person, connection: Connection, access: Access, town: Town
) -> None:
    import_id = await hands_over(officer, a_big_file(MOST_ROWS + 1))
    megabytes = await does_what_is_due(access, town)

    refused = await summary(officer, import_id)
    assert (refused.added, refused.refused) == (0, 0)
    assert "meer dan 1000000 regels" in (refused.problem or "")
    assert await connection.fetchval("SELECT count(*) FROM resident") == 0
    assert megabytes < MOST_MEGABYTES
