"""From the file of residents to the grant: a move to another address gives nothing twice."""

from collections.abc import Mapping
from datetime import UTC, date, datetime, timedelta
from pathlib import Path

from given import a_file, a_key_store, a_resident_row, a_scheme_in_force, an_actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.grants.follow_register import follow_register
from pas.ids import MunicipalityName
from pas.passes.resident_files import COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
LATER = NOW + timedelta(days=14)
OFFICER = an_actor(Role.OFFICER)


async def reads(
    database: Database, ring: KeyRing, *rows: Mapping[str, str], now: datetime = NOW
) -> None:
    file = ResidentsFile(source=a_file(COLUMNS, *rows), name="r.csv")
    done = await import_residents(
        database, MunicipalityName("velsen"), file, ring=ring, actor=OFFICER, now=now
    )
    assert done.refused == 0


def a_task(now: datetime) -> Task:
    return Task(municipality=MunicipalityName("velsen"), year=2026, actor=OFFICER, now=now)


async def test_a_couple_that_moves_within_the_city_keeps_its_one_grant_per_household(
    connection: Connection, database: Database, velsen: MunicipalityName, tmp_path: Path
) -> None:
    ring = a_key_store(tmp_path).ring(velsen)
    await a_scheme_in_force(connection, unit="household", valid_from=date(2026, 1, 1))
    couple = [
        a_resident_row(person_number="1", household_type="couple"),
        a_resident_row(person_number="2", household_type="couple", given_name="Sam"),
    ]
    await reads(database, ring, *couple)
    await assess_year(database, a_task(NOW))

    moved = [one | {"household_number": "H2", "valid_from": "2026-06-10"} for one in couple]
    await reads(database, ring, *moved, now=LATER)
    await follow_register(database, velsen, actor=OFFICER, now=LATER)
    report = await assess_year(database, a_task(LATER))

    (scheme,) = report.schemes
    assert (scheme.granted, scheme.held) == (0, 1)
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1
