"""The PostgreSQL of a test run: one per version, shared by all workers, started when first asked.

The process that was started by hand (the controller, under xdist) runs the servers in a thread.
Workers ask by making a file and wait for the answer; nothing starts for tests without a database.
"""

import asyncio
import itertools
import os
import shutil
import tempfile
import threading
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from pathlib import Path

import pytest

from pas.embedded import DataDir, Supervisor
from pas.embedded.binaries import Version
from pas.installation import Access, add_municipality, prepare
from pas.installation.access import embedded_access
from pas.installation.prepare import migrator
from waiting import wait_until

TEMPLATE = "template_velsen"
BOTH = "template_both"
_numbers = itertools.count(1)
VERSIONS: tuple[Version, ...] = ("18", "16")
LONGEST_WAIT = 180.0
MEMORY = Path("/dev/shm")  # noqa: S108 (only for what is gone after the run)
ROOM_BYTES = 4 * 2**30


def is_mutant() -> bool:
    """Whether tests run on a schema with a mistake in it (make test-mutation)."""
    return TEMPLATE.startswith("mutant_")


def quickest_folder() -> Path | None:
    """Memory where there is room: a database per test is copied there in a tenth of the time.

    These servers promise nothing; what must survive a crash is tested on the disk.
    """
    roomy = MEMORY.is_dir() and shutil.disk_usage(MEMORY).free >= ROOM_BYTES
    return MEMORY if roomy and os.access(MEMORY, os.W_OK) else None


class Host:
    """Starts what is asked for, and ends it with the run."""

    def __init__(self) -> None:
        self.folder = Path(tempfile.mkdtemp(prefix="pas-test-", dir=quickest_folder()))
        self._ended = threading.Event()
        self._running: dict[Version, Supervisor] = {}
        self._thread = threading.Thread(target=self._serve, name="test-servers", daemon=True)
        self._thread.start()

    def end(self) -> None:
        self._ended.set()
        self._thread.join()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _serve(self) -> None:
        while not self._ended.wait(0.02):
            for version in VERSIONS:
                if version not in self._running and (self.folder / f"asked-{version}").exists():
                    self._answer(version)
        for server in self._running.values():
            server.__exit__(None, None, None)

    def _answer(self, version: Version) -> None:
        server = Supervisor(self.folder / version, version=version, durable=False)
        self._running[version] = server
        try:
            server.__enter__()
            asyncio.run(make_templates(embedded_access(server.place, TEMPLATE)))
        except Exception as error:  # noqa: BLE001 (told to every test that asked)
            (self.folder / f"failed-{version}").write_text(repr(error))
        (self.folder / f"answered-{version}").touch()


HOST = pytest.StashKey[Host]()


async def make_templates(access: Access) -> None:
    """What tests copy: an installation with one municipality, and one with two."""
    await make_template(access)
    assert access.superuser is not None
    superuser = await access.superuser.to("postgres").connect()
    await superuser.execute(f"CREATE DATABASE {BOTH} TEMPLATE {TEMPLATE} OWNER migrator")
    await superuser.close()
    await added(access.of_database(BOTH), "Almere")


async def make_template(access: Access) -> None:
    await prepare(access)
    await added(access, "Velsen")


async def added(access: Access, title: str) -> None:
    async with migrator(access) as connection:
        await add_municipality(connection, access.address, title.lower(), title=title)


def folder_of(config: pytest.Config) -> Path:
    """Where the servers of this run are; a worker of xdist hears it from the controller."""
    workerinput = getattr(config, "workerinput", None)
    running = config.getoption("--servers")
    if running is None:
        running = workerinput["servers"] if workerinput else config.stash[HOST].folder
    return Path(running)


def ask(folder: Path, version: Version) -> DataDir:
    """Wait for the run's server of this version."""
    (folder / f"asked-{version}").touch()
    wait_until((folder / f"answered-{version}").exists, LONGEST_WAIT)
    failed = folder / f"failed-{version}"
    assert not failed.exists(), failed.read_text()
    return DataDir(folder / version, version)


@asynccontextmanager
async def fresh_database(installation: Access, *, both: bool = False) -> AsyncGenerator[Access]:
    """A copy of the installation with velsen, or velsen and almere, gone afterwards.

    Copying takes 40 ms in memory, 400 on a disk; with both half as long again.
    """
    worker = os.environ.get("PYTEST_XDIST_WORKER", "alone")
    name = f"test_{worker}_{next(_numbers)}"
    assert installation.superuser is not None
    superuser = await installation.superuser.to("postgres").connect()
    try:
        await superuser.execute(
            f"CREATE DATABASE {name} TEMPLATE {BOTH if both else TEMPLATE} OWNER migrator "
            "STRATEGY FILE_COPY"
        )
        await superuser.execute(
            f"REVOKE ALL ON DATABASE {name} FROM PUBLIC;"
            f"GRANT CONNECT ON DATABASE {name} "
            "TO app_velsen, auditor_velsen, app_almere, auditor_almere, registry"
        )
        yield installation.of_database(name)
        await superuser.execute(f"DROP DATABASE {name} WITH (FORCE)")
    finally:
        await superuser.close()
