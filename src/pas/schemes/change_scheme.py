"""An officer adds a version of a scheme, or ends or adopts one, by the same rules as a file."""

from collections.abc import Callable
from datetime import date, timedelta
from typing import ClassVar

import msgspec

from pas.auth.actor import Actor
from pas.cells import Fault
from pas.csvfile import Row
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import SchemeVersionId
from pas.schemes.categories import Category, add_categories, title_from
from pas.schemes.compare import compare
from pas.schemes.files import COLUMNS, ReadVersion, key_of, read_version, row_of
from pas.schemes.keep_version import add_version, change_version, lock_schemes
from pas.schemes.model import SchemeVersion, Status, StoredVersion
from pas.schemes.stored import read_versions


class SchemeWrong(Refusal):
    """De gegevens van de regeling kloppen niet."""

    next_step: ClassVar[str] = "Verbeter de velden die wij noemen. Stuur het daarna opnieuw."


class VersionNotFound(Refusal):
    """Deze versie van een regeling is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een versie uit de lijst van de regeling."


class VersionFixed(Refusal):
    """Deze versie ligt vast."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Maak een nieuwe versie met een nieuwe begindatum."


async def add_scheme_version(
    connection: Connection, row: Row, *, actor: Actor, called: Callable[[str], str] = str
) -> tuple[SchemeVersionId, SchemeVersion]:
    """Add the version that a row of cells describes; all that is wrong is told at once.

    ``called`` gives a column the name by which whoever asks knows it.
    """
    read = read_version(row)
    if read.version is None:
        raise wrong(read.faults, called)
    async with connection.transaction():
        await lock_schemes(connection)
        stored = await read_versions(connection)
        (verdict,) = compare([read], stored)
        if verdict.outcome == "refused":
            raise VersionFixed(verdict.reason, fields=list(verdict.fields))
        for one in stored:
            if key_of(one.version) == read.key:
                if verdict.outcome == "same":
                    return one.id, one.version
                raise VersionFixed("Deze versie is er al. Pas het einde of de status daar aan.")
        new = (Category(code, title_from(code)) for code in read.version.categories)
        await add_categories(connection, new, actor=actor)
        return await add_version(connection, read.version, actor=actor), read.version


async def end_or_adopt(
    connection: Connection,
    version_id: SchemeVersionId,
    *,
    last_day: date | None,
    status: Status | None,
    actor: Actor,
) -> SchemeVersion:
    """Set the last day of a version, or its status, or both; what was granted under it stays."""
    async with connection.transaction():
        await lock_schemes(connection)
        stored = await read_versions(connection)
        before = next((one for one in stored if one.id == version_id), None)
        if before is None:
            raise VersionNotFound
        after = _after(before, last_day, status)
        if after == before.version:
            return after
        (verdict,) = compare([_as_read(after)], stored)
        if verdict.outcome == "refused":
            raise VersionFixed(verdict.reason, fields=list(verdict.fields))
        return await change_version(
            connection, before, valid_until=after.valid_until, status=after.status, actor=actor
        )


def wrong(faults: tuple[Fault, ...], called: Callable[[str], str] = str) -> SchemeWrong:
    return SchemeWrong(
        " ".join(fault.sentence for fault in faults),
        errors=[{"field": called(fault.field), "message": fault.sentence} for fault in faults],
    )


def _after(before: StoredVersion, last_day: date | None, status: Status | None) -> SchemeVersion:
    until = last_day + timedelta(days=1) if last_day else before.version.valid_until
    after = msgspec.structs.replace(
        before.version, valid_until=until, status=status or before.version.status
    )
    read = read_version(_row(after))
    if read.version is None:
        raise wrong(read.faults)
    return read.version


def _as_read(version: SchemeVersion) -> ReadVersion:
    return ReadVersion(_row(version), key_of(version), version)


def _row(version: SchemeVersion) -> Row:
    return Row(0, dict(zip(COLUMNS, row_of(version), strict=True)))
