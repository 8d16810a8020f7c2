"""A row that the database refuses is quoted by its error; no name in it may reach a log."""

import logging
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import pytest
import structlog

from given.files import a_file, a_resident_row
from given.logins import a_key_store
from mutate import without_ddl_guard
from pas.auth.actor import SYSTEM
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.jobs import Progress, Worker, enqueue
from pas.logs import configure_logs, mask_field, told_traceback
from pas.passes.resident_files import COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents

OF_A_PERSON = ("Fatma", "Yılmaz", "Duinpad", "1990", "1971 AB", "Failing row")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)


@pytest.fixture
def logs(capsys: pytest.CaptureFixture[str]) -> Iterator[pytest.CaptureFixture[str]]:
    """What our own logs write to standard error."""
    root = logging.getLogger()
    level = root.level
    configure_logs("info", "json")
    ours = root.handlers[0]
    yield capsys
    root.removeHandler(ours)
    root.setLevel(level)
    structlog.reset_defaults()


@pytest.fixture
async def no_fatma(superuser: Connection) -> str:
    """The database refuses Fatma, by a constraint of this name."""
    await without_ddl_guard(superuser)
    await superuser.execute(
        "ALTER TABLE resident_version ADD CONSTRAINT no_fatma CHECK (given_name <> 'Fatma')"
    )
    return "no_fatma"


async def test_a_row_that_the_database_refuses_is_in_no_log(
    database: Database,
    connection: Connection,
    tmp_path: Path,
    no_fatma: str,
    logs: pytest.CaptureFixture[str],
) -> None:
    async def read_file(
        database: Database,
        municipality: MunicipalityName,
        _progress: Progress,
    ) -> object:
        ring = a_key_store(tmp_path).ring(municipality)
        file = ResidentsFile(source=a_file(COLUMNS, a_resident_row()), name="residents.csv")
        return await import_residents(
            database, municipality, file, ring=ring, actor=SYSTEM, now=NOW
        )

    await enqueue(connection, kind="test.it", arguments={}, actor_kind="system", actor_id=SYSTEM.id)
    await Worker(database, {"test.it": read_file}).run_all_due()

    told = logs.readouterr().err
    assert [word for word in OF_A_PERSON if word in told] == []
    assert f"CheckViolationError: SQLSTATE 23514, {no_fatma}" in told


def test_what_came_before_an_error_is_told_without_its_row() -> None:
    refused = asyncpg.CheckViolationError("new row")
    refused.detail = "Failing row contains (Fatma, Yılmaz)."

    def fail() -> None:
        try:
            raise refused
        except asyncpg.PostgresError as error:
            raise ExceptionGroup("all", [ValueError("wrong"), error]) from error

    with pytest.raises(ExceptionGroup) as raised:
        fail()
    told = told_traceback((raised.type, raised.value, raised.tb))
    told += str(mask_field("reason", refused))

    assert [word for word in ("Fatma", "Failing row") if word in told] == []
    assert told.count("CheckViolationError: SQLSTATE 23514") == 3
    assert "ValueError: wrong" in told
