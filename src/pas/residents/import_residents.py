"""Brings in a file of residents, up to a million rows, a chunk at a time.

The file is read twice: once for what only the whole file shows, once row by row. Each chunk is its
own short transaction, so nobody waits long and a crash loses nothing: done again under the same
import, what was kept is the same and every row keeps its first verdict.
"""

import asyncio
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from functools import partial
from typing import BinaryIO, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.csvfile import chunks
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.db.statistics import refresh_statistics
from pas.ids import HouseholdNumber, ImportId, MunicipalityName, uuid7
from pas.imports.record import Import, end_import, file_hash, start_import
from pas.passes.resident_files import ReadResident, read_residents, survey
from pas.passes.survey import Survey
from pas.residents.citizen_numbers import HashedRow, PutOff
from pas.residents.keep import hashed, keep_rows
from pas.residents.managing_adults import sync_managing_adults

CHUNK: Final = 2_000
Told = Callable[[int, int | None], None]
"""Hears how many rows are done, of how many."""


class ResidentsFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file that somebody hands over."""

    source: BinaryIO
    name: str
    import_id: ImportId | None = None


class _Household(msgspec.Struct, frozen=True):
    """A household that has or had an adult; ``lives_there`` when one still does."""

    household_number: HouseholdNumber
    lives_there: bool


class _Number(msgspec.Struct, frozen=True):
    person_number: str


READ_ADULTS: Final = Statement(
    """
    SELECT r.person_number
    FROM resident r CROSS JOIN LATERAL (
        SELECT v.birth_date, v.left_on, v.died_on FROM resident_version v
        WHERE v.resident_id = r.id AND v.valid_from <= $2::date ORDER BY v.valid_from DESC LIMIT 1
    ) v
    WHERE r.person_number = ANY ($1::text[]) AND v.birth_date <= $2::date - interval '18 years'
        AND (v.left_on IS NULL OR v.left_on > $2) AND (v.died_on IS NULL OR v.died_on > $2)
    """,
    _Number,
)
READ_WITH_ADULT: Final = Statement(
    """
    SELECT v.household_number, bool_or(
        (v.left_on IS NULL OR v.left_on > $2) AND (v.died_on IS NULL OR v.died_on > $2)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $2)) AS lives_there
    FROM resident_version v
    WHERE v.household_number = ANY ($1::text[]) AND v.valid_from <= $2::date
        AND v.birth_date <= $2::date - interval '18 years'
    GROUP BY v.household_number
    """,
    _Household,
)


async def import_residents(
    database: Database,
    municipality: MunicipalityName,
    file: ResidentsFile,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
    told: Told = lambda _done, _total: None,
) -> Import:
    """Read a whole file and act on it; raises FileRefused before anything is changed."""
    today = day_of(now)
    async with database.connection(municipality) as connection:
        areas = frozenset((await read_municipality_settings(connection)).areas)
    # Off the loop: a million rows take half a minute, and a job has to keep its lease meanwhile.
    found = await asyncio.to_thread(partial(survey, file.source, today=today, areas=areas))
    sha256 = await asyncio.to_thread(file_hash, file.source)
    import_id = file.import_id or ImportId(uuid7())
    async with database.connection(municipality) as connection:
        started = await start_import(
            connection,
            import_id,
            kind="residents",
            file=(file.name, sha256),
            actor=actor,
            now=now,
        )
        await forgive_known_adults(connection, found)
    await _keep_all(
        database,
        municipality,
        _hashed_chunks(read_residents(file.source, found, today=today, areas=areas), ring),
        keeping=(import_id, ring, actor, now),
        told=lambda done: told(done, found.rows),
    )
    async with database.connection(municipality) as connection:
        await refresh_statistics(connection)
    await sync_managing_adults(database, municipality, on=today, recorded_since=started.started_at)
    async with database.connection(municipality) as connection:
        return await end_import(connection, import_id, now=now)


async def _keep_all(
    database: Database,
    municipality: MunicipalityName,
    rows: Iterator[list[HashedRow]],
    *,
    keeping: tuple[ImportId, KeyRing, Actor, datetime],
    told: Callable[[int], None],
) -> None:
    import_id, ring, actor, now = keeping
    keep = partial(keep_rows, import_id=import_id, ring=ring, actor=actor, now=now)
    done, put_off = 0, PutOff()
    while chunk := await asyncio.to_thread(next, rows, _NO_ROWS):
        async with database.connection(municipality) as connection:
            await keep(connection, chunk, put_off=put_off)
        done += len(chunk)
        told(done)
    if put_off.rows:
        async with database.connection(municipality) as connection:
            await keep(connection, put_off.rows)


_NO_ROWS: Final[list[HashedRow]] = []


def _hashed_chunks(read: Iterable[ReadResident], ring: KeyRing) -> Iterator[list[HashedRow]]:
    return chunks((hashed(one, ring) for one in read), CHUNK)


async def forgive_known_adults(connection: Connection, found: Survey) -> None:
    """A household whose adult is stored already needs none in the file; nor does a guardian."""
    for numbers in chunks(sorted(found.left_alone), CHUNK):
        for row in await READ_WITH_ADULT.all(connection, numbers, found.today):
            found.without_adults.discard(row.household_number)
            if row.lives_there:
                found.left_alone.discard(row.household_number)
    for numbers in chunks(sorted(found.unknown_guardians), CHUNK):
        for adult in await READ_ADULTS.all(connection, numbers, found.today):
            found.unknown_guardians.discard(adult.person_number)
