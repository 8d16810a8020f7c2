"""Pools: one per municipality, opened on demand, under one cap for the whole process.

342 municipalities times three connections would be a thousand; the server has a hundred. So a
process counts its connections, and when it is at its cap it closes the connection that has been
idle longest, of whichever municipality, and opens the one that is asked for. When none is idle the
caller waits a moment and is then refused with a Retry-After.
"""

import asyncio
import re
import time
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from typing import ClassVar

import asyncpg
import msgspec
import structlog
from asyncpg.pool import PoolConnectionProxy

from pas.db.address import CONNECT_SECONDS, Address, Login, role_name
from pas.db.slots import Slots
from pas.db.statement import Connection, Pool, Statement
from pas.db.trouble import CONNECTION_LOST
from pas.errors import Refusal
from pas.ids import MunicipalityName

log = structlog.get_logger("pas.db")

POSSIBLE_NAME = re.compile(r"[a-z][a-z0-9_]{0,62}")
REGISTRY_SECONDS = 30.0
"""How long what the registry says about a municipality is believed."""
REGISTRY_ROLE = "registry"
COMMAND_SECONDS = 35.0
"""Longer than any statement may take (statement_timeout): no answer by then, and the host is gone."""
RETRY_SOON = {"Retry-After": "1"}
SERVERS_FAULT = (
    asyncpg.InsufficientResourcesError,
    asyncpg.InternalClientError,
    asyncpg.InterfaceError,
)


class BusyDatabase(Refusal):
    """Het is even te druk."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503


class DatabaseAway(Refusal):
    """De database is even niet bereikbaar."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503


class DatabaseFull(Refusal):
    """De database heeft geen ruimte meer."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Probeer het zo opnieuw. Lukt het niet? Bel ons dan."


class UnknownMunicipality(Refusal):
    """Deze gemeente kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk of het adres goed is. Of kies uw gemeente op de eerste pagina."


class RegisteredMunicipality(msgspec.Struct, frozen=True):
    """What the registry says of a municipality."""

    name: MunicipalityName
    title: str
    demo: bool
    sandbox: bool
    database_url: str | None


READ_MUNICIPALITY = Statement(
    "SELECT name, title, demo, sandbox, database_url FROM pas.municipality WHERE name = $1",
    RegisteredMunicipality,
)
READ_MUNICIPALITIES = Statement(
    "SELECT name, title, demo, sandbox, database_url FROM pas.municipality ORDER BY name",
    RegisteredMunicipality,
)


class _Opened(msgspec.Struct, frozen=True):
    """A pool, and the server and database that it is of."""

    url: str
    pool: Pool


def away() -> DatabaseAway:
    return DatabaseAway(
        "De database is even niet bereikbaar. Probeer het zo opnieuw.", headers=RETRY_SOON
    )


def refusal_of(
    error: Exception, connection: "PoolConnectionProxy[asyncpg.Record]"
) -> Refusal | None:
    """What to say of an error that is the server's; None when it is a mistake of ours."""
    if isinstance(error, asyncpg.InsufficientResourcesError):
        # Rolled back, and nothing is lost: the same ids can be sent again when there is room.
        log.error("database-full", sqlstate=error.sqlstate)
        return DatabaseFull(headers=RETRY_SOON)
    if isinstance(error, asyncpg.InterfaceError):
        return away() if is_gone(connection) else None
    # The server died between two messages; what asyncpg thinks of it is wrong from here on.
    if not is_gone(connection):
        connection.terminate()
    return away()


def is_gone(connection: "PoolConnectionProxy[asyncpg.Record]") -> bool:
    """A pool takes back what has died, and then not even this can be asked."""
    try:
        return connection.is_closed()
    except asyncpg.InterfaceError:
        return True


def possible_name(name: str) -> MunicipalityName:
    """Give the name of a municipality that could be; what else stands in an address is none."""
    if not POSSIBLE_NAME.fullmatch(name):
        raise UnknownMunicipality
    return MunicipalityName(name)


class Database:
    """All connections of one process; close it before the loop ends."""

    def __init__(
        self,
        address: Address,
        *,
        pool_connections: int = 3,
        process_connections: int = 30,
        idle_seconds: float = 60,
        statement_cache_size: int = 200,
        command_seconds: float = COMMAND_SECONDS,
        patience_seconds: float = 2,
    ) -> None:
        self.address = address
        self.slots = Slots(process_connections, patience_seconds)
        self._pool_connections = pool_connections
        self._idle_seconds = idle_seconds
        self._statement_cache_size = statement_cache_size
        self._command_seconds = command_seconds
        self._pools: dict[str, _Opened] = {}
        self._leaving: set[asyncio.Task[None]] = set()
        self._known: dict[MunicipalityName, tuple[float, RegisteredMunicipality]] = {}

    async def close(self) -> None:
        opened, self._pools = self._pools, {}
        for one in opened.values():
            await one.pool.close()
        await asyncio.gather(*self._leaving)

    async def municipalities(self) -> list[RegisteredMunicipality]:
        async with self.registry() as connection:
            return await READ_MUNICIPALITIES.all(connection)

    async def municipality(self, name: MunicipalityName) -> RegisteredMunicipality:
        """Look a municipality up, or refuse; an unknown name never opens a pool."""
        possible_name(name)
        known = self._known.get(name)
        if known is not None and time.monotonic() - known[0] < REGISTRY_SECONDS:
            return known[1]
        async with self.registry() as connection:
            found = await READ_MUNICIPALITY.first(connection, name)
        if found is None:
            self._known.pop(name, None)
            raise UnknownMunicipality(f"Wij kennen geen gemeente '{name[:40]}'.")
        self._known[name] = (time.monotonic(), found)
        return found

    async def pool(self, municipality: MunicipalityName) -> Pool:
        """Give the municipality's pool; it holds no connection until one is acquired."""
        found = await self.municipality(municipality)
        address = self.address.elsewhere(found.database_url)
        return await self._pool(address.login(role_name("app", municipality)))

    @asynccontextmanager
    async def connection(self, municipality: MunicipalityName) -> AsyncGenerator[Connection]:
        async with self._acquired(await self.pool(municipality)) as connection:
            yield connection

    @asynccontextmanager
    async def registry(self) -> AsyncGenerator[Connection]:
        """Connect as the role that may read the registry and nothing else."""
        pool = await self._pool(self.address.login(REGISTRY_ROLE))
        async with self._acquired(pool) as connection:
            yield connection

    @asynccontextmanager
    async def _acquired(self, pool: Pool) -> AsyncGenerator[Connection]:
        try:
            connection = await pool.acquire(timeout=self.slots.patience_seconds + CONNECT_SECONDS)
        except (TimeoutError, asyncpg.TooManyConnectionsError) as error:
            raise BusyDatabase(
                "Het is even te druk. Probeer het zo opnieuw.", headers=RETRY_SOON
            ) from error
        except CONNECTION_LOST as error:
            raise away() from error
        try:
            yield connection
        except TimeoutError:
            # The host may be gone, and a release would wait for its word for ever.
            connection.terminate()
            raise
        except SERVERS_FAULT as error:
            refusal = refusal_of(error, connection)
            if refusal is None:
                raise
            raise refusal from error
        finally:
            await pool.release(connection)

    async def _pool(self, login: Login) -> Pool:
        role = login.user
        assert role is not None, "every pool has a role of its own"
        opened = self._pools.get(role)
        if opened is not None and opened.url == login.url:
            return opened.pool

        async def connect(*_: object, **__: object) -> "asyncpg.Connection[asyncpg.Record]":
            return await self._connect(role, login)

        async def setup(connection: "PoolConnectionProxy[asyncpg.Record]") -> None:
            self.slots.is_used((role, login.url, connection.get_server_pid()))

        async def reset(connection: "asyncpg.Connection[asyncpg.Record]") -> None:
            """Nothing of ours outlives a transaction, so a release costs no round trip."""
            self.slots.is_idle((role, login.url, connection.get_server_pid()), connection)

        # min_size=0: nothing is awaited inside, so two first callers cannot make two pools
        pool = await asyncpg.create_pool(
            min_size=0,
            max_size=1 if role == REGISTRY_ROLE else self._pool_connections,
            max_inactive_connection_lifetime=self._idle_seconds,
            connect=connect,
            setup=setup,
            reset=reset,
        )
        self._pools[role] = _Opened(login.url, pool)
        if opened is not None:
            self._leave(opened.pool)
        return pool

    def _leave(self, pool: Pool) -> None:
        """Close the pool of a server that a municipality left; who is at it may finish."""
        leaving = asyncio.create_task(pool.close())
        self._leaving.add(leaving)
        leaving.add_done_callback(self._leaving.discard)

    async def _connect(self, role: str, login: Login) -> "asyncpg.Connection[asyncpg.Record]":
        await self.slots.take()
        try:
            connection = await login.connect(
                statement_cache_size=self._statement_cache_size,
                command_seconds=self._command_seconds,
            )
        except BaseException:
            self.slots.failed()
            raise
        key = (role, login.url, connection.get_server_pid())
        self.slots.opened(key, connection)
        connection.add_termination_listener(lambda _: self.slots.closed(key, connection))
        return connection
