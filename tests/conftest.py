"""A fresh database per test, copied from one that was migrated once per run."""

import shutil
import tempfile
from collections.abc import AsyncGenerator, Iterator
from pathlib import Path
from typing import Protocol

import asyncpg
import pytest

import servers
from pas.db import Database, role_name
from pas.ids import MunicipalityName
from pas.installation import Access
from pas.installation.access import embedded_access
from servers import fresh_database

RawConnection = asyncpg.Connection

VELSEN = MunicipalityName("velsen")
ALMERE = MunicipalityName("almere")


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--pg", default="18", choices=["18", "16"], help="PostgreSQL for the tests")
    parser.addoption("--servers", help="folder of servers that run already (make test-mutation)")
    parser.addoption("--template", default=servers.TEMPLATE, help="database that tests copy")


def pytest_configure(config: pytest.Config) -> None:
    servers.TEMPLATE = config.getoption("--template")
    if not hasattr(config, "workerinput") and not config.getoption("--servers"):
        config.stash[servers.HOST] = servers.Host()


class WorkerNode(Protocol):
    """What is used of a worker of xdist, which has no public type for it."""

    workerinput: dict[str, str]
    config: pytest.Config


def pytest_configure_node(node: WorkerNode) -> None:
    node.workerinput["servers"] = str(node.config.stash[servers.HOST].folder)


pytest_configure_node = pytest.hookimpl(optionalhook=True)(pytest_configure_node)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    """Print what tests measured and do not judge; xdist shows nothing that its workers print."""
    for report in terminalreporter.getreports("passed") + terminalreporter.getreports("failed"):
        for name, value in report.user_properties:
            if name == "figures":
                terminalreporter.write_line(f"{value}")


def pytest_unconfigure(config: pytest.Config) -> None:
    if servers.HOST in config.stash:
        config.stash[servers.HOST].end()


@pytest.fixture(scope="session")
def installation(pytestconfig: pytest.Config) -> Access:
    """The server of this run (see --pg), with the database that tests copy. Never write in it."""
    version = "16" if pytestconfig.getoption("--pg") == "16" else "18"
    place = servers.ask(servers.folder_of(pytestconfig), version)
    return embedded_access(place, servers.TEMPLATE)


@pytest.fixture
def velsen() -> MunicipalityName:
    return VELSEN


@pytest.fixture
def almere() -> MunicipalityName:
    """The other municipality, for what must not cross over; it is there for who asks for it."""
    return ALMERE


@pytest.fixture
async def access(request: pytest.FixtureRequest, installation: Access) -> AsyncGenerator[Access]:
    """Every way into a fresh database with the municipality velsen; with almere too when asked."""
    async with fresh_database(installation, both="almere" in request.fixturenames) as access:
        yield access


@pytest.fixture
async def database(access: Access) -> AsyncGenerator[Database]:
    """The program's own pools, on a fresh database."""
    database = Database(access.address)
    yield database
    await database.close()


@pytest.fixture
async def crowd(access: Access) -> AsyncGenerator[Database]:
    """Pools with room for twenty at once, on the same fresh database as `connection`."""
    crowd = Database(access.address, pool_connections=20)
    yield crowd
    await crowd.close()


@pytest.fixture
async def connection(access: Access) -> AsyncGenerator[RawConnection]:
    """A connection as app_velsen, on a fresh database (the same one as `database`)."""
    connection = await access.address.login(role_name("app", VELSEN)).connect()
    yield connection
    await connection.close()


@pytest.fixture
async def auditor(access: Access) -> AsyncGenerator[RawConnection]:
    connection = await access.address.login(role_name("auditor", VELSEN)).connect()
    yield connection
    await connection.close()


@pytest.fixture
async def superuser(access: Access) -> AsyncGenerator[RawConnection]:
    """A connection that may do everything, in the schema of velsen."""
    assert access.superuser is not None
    connection = await access.superuser.connect()
    await connection.execute("SET search_path = velsen, pg_temp")
    yield connection
    await connection.close()


@pytest.fixture
async def migrator(access: Access) -> AsyncGenerator[RawConnection]:
    assert access.migrator is not None
    connection = await access.migrator.connect()
    yield connection
    await connection.close()


@pytest.fixture
async def owner(access: Access) -> AsyncGenerator[RawConnection]:
    """The most that anybody can be without superuser: the owner of velsen's tables."""
    assert access.migrator is not None
    connection = await access.migrator.connect()
    await connection.execute("SET ROLE owner_velsen; SET search_path = velsen, pg_temp")
    yield connection
    await connection.close()


@pytest.fixture
def short_path() -> Iterator[Path]:
    """A folder whose name leaves room for a socket."""
    folder = Path(tempfile.mkdtemp(prefix="pas-"))
    yield folder
    shutil.rmtree(folder, ignore_errors=True)
