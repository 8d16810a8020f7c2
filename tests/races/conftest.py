"""Races: a town, clients in several processes, and a checker that judges what happened."""

import asyncio
from collections.abc import AsyncGenerator, Iterator, Sequence
from datetime import UTC, datetime

import pytest

from checker import judge
from clients import Act, Heard
from given.city import Scheme, Till, a_merchant, a_scheme, a_till
from history import Call, Ended, SwitchedOff, read_books
from pas.db import Connection, Login, role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.ledger.prove import prove
from racers import RaceAll, Racers

VELSEN = MunicipalityName("velsen")


@pytest.fixture(scope="session")
def racers() -> Iterator[Racers]:
    """Four processes that stay for the whole run."""
    racers = Racers()
    yield racers
    racers.end()


@pytest.fixture
async def race(access: Access, connection: Connection, racers: Racers) -> AsyncGenerator[RaceAll]:
    """Let all act at once; no deadlock, no error and no answer without a serial order is let pass."""

    async def all_at_once(acts: Sequence[Act], **options: object) -> list[Call]:
        before = await read_books(connection)
        login = login_for(access, options)
        heard: list[Heard] = await asyncio.to_thread(racers.run, login, acts, **options)  # pyright: ignore[reportArgumentType]
        calls = [one for one in heard if isinstance(one, Call)]
        changes = [one for one in heard if isinstance(one, SwitchedOff | Ended)]
        assert judge(before, await read_books(connection), calls, changes) == []
        proof = await prove(connection, datetime.now(UTC))
        assert proof.closes, proof
        return calls

    yield all_at_once
    deadlocks = await connection.fetchval(
        "SELECT deadlocks FROM pg_stat_database WHERE datname = current_database()"
    )
    assert deadlocks == 0


def login_for(access: Access, options: dict[str, object]) -> Login:
    """The app's; or the superuser's, for what has no function of its own yet beside what has one."""
    if "role" not in options:
        return access.address.login(role_name("app", VELSEN))
    assert access.superuser is not None
    return access.superuser


@pytest.fixture
async def scheme(connection: Connection) -> Scheme:
    return await a_scheme(connection)


@pytest.fixture
async def till(connection: Connection) -> Till:
    return await a_till(connection, await a_merchant(connection))
