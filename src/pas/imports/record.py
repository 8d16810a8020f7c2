"""What became of each row of a file: written down row by row, kept, and shown again.

An import that was broken off is simply done again under its own id: a row that has its verdict keeps
it, and the counts are taken from the rows when it ends.
"""

import hashlib
from collections.abc import Sequence
from datetime import datetime
from typing import BinaryIO, ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import Outcome, RowVerdict
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ImportId

ImportKind = Literal["schemes", "residents", "merchants", "target_groups"]

MOST_ROWS_SHOWN: Final = 1_000
LONGEST_FILE_NAME: Final = 200


class ImportNotFound(Refusal):
    """Dit ingelezen bestand kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Controleer het nummer. Of lees het bestand opnieuw in."


class Import(msgspec.Struct, frozen=True, rename="camel"):
    """A file that was handed over; ``ended_at`` None means that it waits, or is still being read.

    ``problem`` says why it was not read, or not to its end.
    """

    id: ImportId
    kind: ImportKind
    file_name: str
    started_at: datetime
    ended_at: datetime | None
    added: int
    changed: int
    same: int
    refused: int
    problem: str | None


class ImportRow(msgspec.Struct, frozen=True, rename="camel"):
    """What became of one row; ``fields`` are the columns that were wrong, or that changed.

    The reason of a row that was taken is a remark: something that a person should look at.
    """

    line: int
    key: str
    outcome: Outcome
    fields: list[str]
    reason: str | None


START: Final = Statement(
    """
    INSERT INTO import (id, kind, file_name, sha256, started_at, actor_kind, actor_id)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    ON CONFLICT (id) DO NOTHING
    """,
    None,
)
KEEP: Final = Statement(
    """
    INSERT INTO import_row (import_id, line, key, outcome, field, reason)
    SELECT $1, r.line, r.key, r.outcome, nullif(r.field, ''), nullif(r.reason, '')
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::text[], $6::text[])
        AS r (line, key, outcome, field, reason)
    ON CONFLICT (import_id, line) DO NOTHING
    """,
    None,
)
END: Final = Statement(
    """
    UPDATE import i SET ended_at = coalesce(i.ended_at, $2), added = c.added, changed = c.changed,
        same = c.same, refused = c.refused
    FROM (
        SELECT count(*) FILTER (WHERE outcome = 'added') AS added,
            count(*) FILTER (WHERE outcome = 'changed') AS changed,
            count(*) FILTER (WHERE outcome = 'same') AS same,
            count(*) FILTER (WHERE outcome = 'refused') AS refused
        FROM import_row WHERE import_id = $1
    ) c
    WHERE i.id = $1
    RETURNING i.id, i.kind, i.file_name, i.started_at, i.ended_at, i.added, i.changed, i.same,
        i.refused, i.problem
    """,
    Import,
)
READ: Final = Statement(
    """
    SELECT id, kind, file_name, started_at, ended_at, added, changed, same, refused, problem
    FROM import WHERE id = $1 AND kind = $2
    """,
    Import,
)
READ_LATEST: Final = Statement(
    """
    SELECT id, kind, file_name, started_at, ended_at, added, changed, same, refused, problem
    FROM import WHERE kind = $1 ORDER BY started_at DESC, id DESC LIMIT $2
    """,
    Import,
)
READ_ROWS: Final = Statement(
    """
    SELECT line, key, outcome, coalesce(string_to_array(field, ','), '{}') AS fields, reason
    FROM import_row
    WHERE import_id = $1 AND line > $2 AND ($3::text IS NULL OR outcome = $3)
        AND (NOT $4 OR reason IS NOT NULL AND outcome <> 'refused')
    ORDER BY line LIMIT $5
    """,
    ImportRow,
)


def file_hash(source: BinaryIO) -> bytes:
    """Hash a whole file with SHA-256, from its start."""
    source.seek(0)
    digest = hashlib.sha256()
    while piece := source.read(1 << 16):
        digest.update(piece)
    source.seek(0)
    return digest.digest()


async def start_import(
    connection: Connection,
    import_id: ImportId,
    *,
    kind: ImportKind,
    file: tuple[str, bytes],
    actor: Actor,
    now: datetime,
) -> Import:
    """Note that a file (its name and SHA-256) is being read; once more under its id is the same."""
    name, sha256 = file
    await START.run(
        connection,
        import_id,
        kind,
        name[:LONGEST_FILE_NAME],
        sha256,
        now,
        actor.kind,
        actor.id,
    )
    return await read_import(connection, import_id, kind)


async def keep_verdicts(
    connection: Connection, import_id: ImportId, verdicts: Sequence[RowVerdict]
) -> None:
    """Keep verdicts in the transaction that does what they say."""
    await KEEP.run(
        connection,
        import_id,
        [verdict.line for verdict in verdicts],
        [verdict.key for verdict in verdicts],
        [verdict.outcome for verdict in verdicts],
        [",".join(verdict.fields) for verdict in verdicts],
        [verdict.reason for verdict in verdicts],
    )


async def end_import(connection: Connection, import_id: ImportId, *, now: datetime) -> Import:
    return await END.one(connection, import_id, now)


async def read_import(connection: Connection, import_id: ImportId, kind: ImportKind) -> Import:
    found = await READ.first(connection, import_id, kind)
    if found is None:
        raise ImportNotFound
    return found


async def latest_imports(
    connection: Connection, kind: ImportKind, *, limit: int = 20
) -> list[Import]:
    return await READ_LATEST.all(connection, kind, min(limit, MOST_ROWS_SHOWN))


async def read_import_rows(
    connection: Connection,
    import_id: ImportId,
    *,
    after_line: int = 0,
    outcome: Outcome | None = None,
    remarked: bool = False,
    limit: int = 100,
) -> list[ImportRow]:
    """Give rows in the order of the file; the next page starts after the last line of this one."""
    return await READ_ROWS.all(
        connection, import_id, after_line, outcome, remarked, min(limit, MOST_ROWS_SHOWN)
    )
