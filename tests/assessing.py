"""Assesses a year, and says in short what came of it."""

from datetime import UTC, date, datetime

from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.appropriations import (
    CoverLine,
    set_aside,
)
from pas.grants.facts import Outcome, Reason
from pas.grants.follow_register import RegisterReport, follow_register
from pas.grants.report import AssessmentReport
from pas.ids import EntryId, MunicipalityName, uuid7
from pas.money import Cents

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER = an_actor(Role.OFFICER)
FINANCE = an_actor(Role.FINANCE)
CHILD = date(2016, 6, 1)


async def money(connection: Connection, scheme: str, cents: int) -> EntryId:
    line = CoverLine(
        id=EntryId(uuid7()),
        scheme=scheme,
        year=2026,
        cover_line="minimabeleid",
        amount_cents=Cents(cents),
    )
    await set_aside(connection, line, actor=FINANCE, now=NOW)
    return line.id


def seen(report: AssessmentReport) -> dict[str, tuple[int, int, int, int, int]]:
    return {
        one.scheme: (one.granted, one.held, one.refused, one.unknown, one.granted_cents)
        for one in report.schemes
    }


async def verdicts(connection: Connection) -> list[tuple[Outcome, Reason]]:
    rows = await connection.fetch(
        """
        SELECT v->>'outcome' AS outcome, v->>'reason' AS reason
        FROM decision d, jsonb_array_elements(d.verdicts) v ORDER BY d.decided_at, d.id
        """
    )
    return [(row["outcome"], row["reason"]) for row in rows]


async def count(connection: Connection, table: str) -> int:
    return await connection.fetchval(f"SELECT count(*) FROM {table}")


async def follow(database: Database, now: datetime = NOW) -> RegisterReport:
    return await follow_register(database, MunicipalityName("velsen"), actor=OFFICER, now=now)
