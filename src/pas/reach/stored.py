"""Target groups as they are stored: every version stays, the newest of each counts."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.reach.model import (
    EVERYTHING,
    Dimension,
    Kind,
    Part,
    Status,
    StoredTargetGroup,
    TargetGroup,
    Unit,
    UserIs,
)


class GroupRow(msgspec.Struct, frozen=True):
    id: UUID
    scheme: str
    year: int
    kind: Kind
    unit: Unit
    version: int
    total: int | None
    status: Status
    user_is: UserIs
    source: str
    reference_date: date
    definition: str
    recorded_at: datetime
    recorded_by: UUID


class PartRow(msgspec.Struct, frozen=True):
    target_group_id: UUID
    dimension: Dimension
    value: str
    count: int | None
    status: Status


READ_NEWEST: Final = Statement(
    """
    SELECT DISTINCT ON (g.scheme_id, g.year, g.kind, g.unit) g.id, coalesce(s.code, '*') AS scheme,
        g.year, g.kind, g.unit, g.version, g.total, g.status, g.user_is, g.source,
        g.reference_date, g.definition, g.recorded_at, g.recorded_by
    FROM target_group g LEFT JOIN scheme s ON s.id = g.scheme_id
    WHERE g.year = ANY ($1::int[])
    ORDER BY g.scheme_id, g.year, g.kind, g.unit, g.version DESC
    """,
    GroupRow,
)
READ_VERSIONS: Final = Statement(
    """
    SELECT g.id, coalesce(s.code, '*') AS scheme, g.year, g.kind, g.unit, g.version, g.total,
        g.status, g.user_is, g.source, g.reference_date, g.definition, g.recorded_at, g.recorded_by
    FROM target_group g LEFT JOIN scheme s ON s.id = g.scheme_id
    WHERE g.year = $1 AND ($2::text IS NULL OR coalesce(s.code, '*') = $2)
    ORDER BY coalesce(s.code, '*'), g.kind, g.unit, g.version DESC
    LIMIT $3 OFFSET $4
    """,
    GroupRow,
)
READ_PARTS: Final = Statement(
    """
    SELECT target_group_id, dimension, value, count, status FROM target_group_part
    WHERE target_group_id = ANY ($1::uuid[]) ORDER BY dimension, value COLLATE "C"
    """,
    PartRow,
)


async def newest_target_groups(
    connection: Connection, years: Sequence[int]
) -> list[StoredTargetGroup]:
    """Give those that count in these years."""
    return await _with_parts(connection, await READ_NEWEST.all(connection, list(years)))


async def target_group_versions(
    connection: Connection, *, year: int, scheme: str | None, limit: int, offset: int = 0
) -> list[StoredTargetGroup]:
    """Give every version of a year, the newest of each first."""
    rows = await READ_VERSIONS.all(connection, year, scheme, limit, offset)
    return await _with_parts(connection, rows)


async def _with_parts(connection: Connection, rows: Sequence[GroupRow]) -> list[StoredTargetGroup]:
    parts: dict[UUID, list[Part]] = {}
    for part in await READ_PARTS.all(connection, [row.id for row in rows]):
        made = Part(part.dimension, part.value, part.count, part.status)
        parts.setdefault(part.target_group_id, []).append(made)
    return [_stored(row, parts.get(row.id, [])) for row in rows]


def _stored(row: GroupRow, parts: Sequence[Part]) -> StoredTargetGroup:
    return StoredTargetGroup(
        id=row.id,
        version=row.version,
        recorded_at=row.recorded_at,
        recorded_by=row.recorded_by,
        group=TargetGroup(
            scheme=row.scheme or EVERYTHING,
            year=row.year,
            kind=row.kind,
            unit=row.unit,
            total=row.total,
            status=row.status,
            user_is=row.user_is,
            source=row.source,
            reference_date=row.reference_date,
            definition=row.definition,
            parts=tuple(parts),
        ),
    )
