"""A PostgreSQL of the benchmark's own, durable as in production, with one empty municipality."""

import asyncio
import os
import tempfile
from collections.abc import Coroutine, Generator
from contextlib import contextmanager
from pathlib import Path
from typing import Final, Self, TypeVar

import asyncpg

from city import MUNICIPALITY
from pas.db import Connection, Login, role_name
from pas.embedded import DataDir, Supervisor
from pas.embedded.binaries import Version
from pas.embedded.processes import postmaster_of
from pas.installation import Access, add_municipality, prepare
from pas.installation.access import embedded_access
from pas.installation.prepare import migrator

Result = TypeVar("Result")
SYNCS_18: Final = "SELECT sum(fsyncs)::bigint FROM pg_stat_io WHERE object = 'wal'"
SYNCS_16: Final = "SELECT wal_sync FROM pg_stat_wal"


class Server:
    """A running server, and a loop of its own to ask it things from code that waits."""

    def __init__(self, place: DataDir) -> None:
        self.place = place
        self.access: Access = embedded_access(place)
        self._runner = asyncio.Runner()
        self._connection: asyncpg.Connection[asyncpg.Record] | None = None

    def run(self, work: Coroutine[object, object, Result]) -> Result:
        return self._runner.run(work)

    def __enter__(self) -> Self:
        self.run(prepare(self.access))
        self.run(self._add_municipality())
        return self

    def __exit__(self, *_: object) -> None:
        self.disconnect()
        self._runner.close()

    async def _add_municipality(self) -> None:
        async with migrator(self.access) as connection:
            await add_municipality(connection, self.access.address, MUNICIPALITY, title="Velsen")

    @property
    def superuser(self) -> Connection:
        """A connection that may do everything, in the municipality's schema; kept open."""
        if self._connection is None or self._connection.is_closed():
            self._connection = self.run(self._superuser())
        return self._connection

    async def _superuser(self) -> "asyncpg.Connection[asyncpg.Record]":
        assert self.access.superuser is not None
        connection = await self.access.superuser.connect()
        await connection.execute(f"SET search_path = {MUNICIPALITY}, pg_temp")
        return connection

    def disconnect(self) -> None:
        if self._connection is not None:
            self._connection.terminate()
            self._connection = None

    @property
    def app(self) -> Login:
        """The way in of the program itself."""
        return self.access.address.login(role_name("app", MUNICIPALITY))

    @property
    def postmaster(self) -> int:
        found = postmaster_of(self.place.cluster)
        assert found is not None, "the server runs"
        return found[0]

    def wal_syncs(self) -> int:
        """Count the WAL's syncs since the server started."""
        query = SYNCS_18 if self.place.version == "18" else SYNCS_16
        return int(self.run(self.superuser.fetchval(query)) or 0)

    def environment(self, database: str) -> dict[str, str]:
        """What PostgreSQL's own programs need to come in as superuser."""
        secrets, folder = self.place.secrets(), self.place.socket_dir()
        assert secrets is not None
        assert folder is not None
        return {
            **{name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ},
            "PGHOST": str(folder),
            "PGUSER": "postgres",
            "PGPASSWORD": secrets.superuser_password,
            "PGDATABASE": database,
        }

    def program_environment(self, folder: Path) -> dict[str, str]:
        """What the program needs to work on this server, with its own files in a folder."""
        address = self.access.address
        return {
            **{name: value for name, value in os.environ.items() if not name.startswith("PAS_")},
            "PAS_DATABASE_URL": address.url,
            "PAS_DATABASE_SECRET": address.secret,
            "PAS_DATA_DIR": str(folder),
        }


@contextmanager
def started(version: Version, folder: Path | None = None) -> Generator[Server]:
    """Have a server of that version for the time of a ``with`` block; its data goes afterwards."""
    with (
        tempfile.TemporaryDirectory(prefix="pas-bench-", dir=folder) as data,
        Supervisor(Path(data), version=version, durable=True) as supervisor,
        Server(supervisor.place) as server,
    ):
        yield server
