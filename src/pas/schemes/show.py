"""Schemes to look at: what holds on a day, and every version of one."""

from collections.abc import Sequence
from datetime import date, datetime
from itertools import groupby
from typing import ClassVar

import msgspec

from pas.db import Connection
from pas.errors import Refusal
from pas.ids import SchemeId, SchemeVersionId
from pas.schemes.model import SchemeVersion, last_day
from pas.schemes.stored import VersionRow, read_version_rows, version_of


class SchemeNotFound(Refusal):
    """Deze regeling is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een regeling uit de lijst."


class ShownVersion(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A version with its id; ``last_day`` is inclusive, as people write it."""

    id: SchemeVersionId
    number: int
    recorded_at: datetime
    last_day: date | None
    version: SchemeVersion


class ShownScheme(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A scheme with its version of the day, else the next, else the last; and how many it has."""

    id: SchemeId
    code: str
    holds: bool
    versions: int
    shown: ShownVersion


async def list_schemes(connection: Connection, *, on: date) -> list[ShownScheme]:
    """Every scheme, by code."""
    rows = await read_version_rows(connection)
    groups = (list(group) for _, group in groupby(rows, key=lambda row: row.code))
    return [_shown_scheme(group, on) for group in groups]


async def show_scheme(connection: Connection, code: str) -> list[ShownVersion]:
    """All versions of a scheme, newest first; raises SchemeNotFound."""
    rows = await read_version_rows(connection, code=code)
    if not rows:
        raise SchemeNotFound
    return [shown_version(row) for row in reversed(rows)]


def shown_version(row: VersionRow) -> ShownVersion:
    version = version_of(row)
    return ShownVersion(
        id=row.id,
        number=row.number,
        recorded_at=row.recorded_at,
        last_day=last_day(version),
        version=version,
    )


def _shown_scheme(rows: Sequence[VersionRow], on: date) -> ShownScheme:
    now = [row for row in rows if row.valid_from <= on and not _is_over(row, on)]
    ahead = [row for row in rows if row.valid_from > on]
    shown = (now or ahead[:1] or rows)[-1]
    return ShownScheme(
        id=shown.scheme_id,
        code=shown.code,
        holds=bool(now),
        versions=len(rows),
        shown=shown_version(shown),
    )


def _is_over(row: VersionRow, on: date) -> bool:
    return row.valid_until is not None and row.valid_until <= on
