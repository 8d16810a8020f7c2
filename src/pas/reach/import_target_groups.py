"""Brings in a file of target groups: a verdict for every row, and the same file again changes nothing.

A target group that differs from the one we have becomes its next version; earlier ones stay. The
whole file is one short transaction.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.csvfile import RowVerdict
from pas.db import Connection, Statement
from pas.ids import ImportId, SchemeId, uuid7
from pas.imports.record import Import, end_import, file_hash, keep_verdicts, start_import
from pas.reach.judge_targets import Known, SchemeFacts, judge_rows
from pas.reach.model import StoredTargetGroup, TargetGroup
from pas.reach.stored import newest_target_groups
from pas.reach.target_files import Key, ReadGroup, ReadRow, by_group, read_target_rows
from pas.schemes.model import Unit as SchemeUnit

KIND: Final = "target_groups"
WRITTEN: Final = frozenset(("added", "changed"))


class SchemeRow(msgspec.Struct, frozen=True):
    code: str
    year: int
    id: SchemeId
    unit: SchemeUnit
    age_until: int | None


ONE_WRITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.target_group'))", None
)
READ_SCHEMES: Final = Statement(
    """
    SELECT DISTINCT ON (s.code, y.year) s.code, y.year, s.id, v.unit, v.age_until
    FROM unnest($1::int[]) AS y (year)
    JOIN scheme_version v ON v.valid_from <= make_date(y.year, 12, 31)
        AND (v.valid_until IS NULL OR v.valid_until > make_date(y.year, 1, 1))
    JOIN scheme s ON s.id = v.scheme_id
    ORDER BY s.code, y.year, v.valid_from DESC
    """,
    SchemeRow,
)
ADD: Final = Statement(
    """
    INSERT INTO target_group (id, scheme_id, year, kind, unit, version, total, status, user_is, source,
        reference_date, definition, import_id, recorded_at, recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15)
    """,
    None,
)
ADD_PARTS: Final = Statement(
    """
    INSERT INTO target_group_part (target_group_id, dimension, value, count, status)
    SELECT $1, p.dimension, p.value, p.count, p.status
    FROM unnest($2::text[], $3::text[], $4::bigint[], $5::text[]) AS p (dimension, value, count, status)
    """,
    None,
)


class _Writing(msgspec.Struct, frozen=True):
    """By whom, when and from which file."""

    actor: Actor
    now: datetime
    import_id: ImportId
    scheme_ids: dict[str, SchemeId]


async def import_target_groups(
    connection: Connection,
    source: BinaryIO,
    *,
    file_name: str,
    actor: Actor,
    now: datetime,
    import_id: ImportId | None = None,
) -> Import:
    """Read a whole file and act on it; raises FileRefused before anything is changed."""
    rows, sha256 = list(read_target_rows(source)), file_hash(source)
    groups = by_group(rows)
    import_id = import_id or ImportId(uuid7())
    years = sorted({group.key[1] for group in groups})
    async with connection.transaction():
        await ONE_WRITER.run(connection)
        await start_import(
            connection, import_id, kind=KIND, file=(file_name, sha256), actor=actor, now=now
        )
        stored = {one.group.key: one for one in await newest_target_groups(connection, years)}
        schemes = await READ_SCHEMES.all(connection, years)
        verdicts = await _judged(connection, rows, groups, schemes=schemes, stored=stored)
        writing = _Writing(actor, now, import_id, {row.code: row.id for row in schemes})
        outcomes = {verdict.line: verdict.outcome for verdict in verdicts}
        for group in groups:
            if outcomes[group.rows[0].line] in WRITTEN:
                await _write(connection, group.made(), stored.get(group.key), writing=writing)
        await keep_verdicts(connection, import_id, verdicts)
        return await end_import(connection, import_id, now=now)


async def _judged(
    connection: Connection,
    rows: Sequence[ReadRow],
    groups: Sequence[ReadGroup],
    *,
    schemes: Sequence[SchemeRow],
    stored: dict[Key, StoredTargetGroup],
) -> list[RowVerdict]:
    settings = await read_municipality_settings(connection)
    known = Known(
        schemes={(row.code, row.year): SchemeFacts(row.unit, row.age_until) for row in schemes},
        areas=frozenset(settings.areas),
        stored={key: one.group for key, one in stored.items()},
    )
    return judge_rows(rows, groups, known)


async def _write(
    connection: Connection,
    group: TargetGroup,
    before: StoredTargetGroup | None,
    *,
    writing: _Writing,
) -> None:
    group_id: UUID = uuid7()
    version = 1 if before is None else before.version + 1
    await ADD.run(
        connection,
        *(group_id, writing.scheme_ids.get(group.scheme), group.year, group.kind, group.unit),
        *(version, group.total, group.status, group.user_is, group.source),
        *(group.reference_date, group.definition, writing.import_id, writing.now),
        writing.actor.id,
    )
    await ADD_PARTS.run(
        connection,
        group_id,
        [part.dimension for part in group.parts],
        [part.value for part in group.parts],
        [part.count for part in group.parts],
        [part.status for part in group.parts],
    )
    await record_event(
        connection,
        kind="target_group.added" if before is None else "target_group.corrected",
        subject_kind="target_group",
        subject_id=group_id,
        actor=writing.actor,
        before=None if before is None else before.group,
        after=group,
    )
