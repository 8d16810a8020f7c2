"""Writes a version of a scheme down, or its end or status: each time with an event."""

from datetime import date
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import SchemeId, SchemeVersionId, uuid7
from pas.schemes.files import COLUMNS, row_of
from pas.schemes.model import (
    Allowance,
    Amount,
    InKind,
    Percentage,
    SchemeVersion,
    Status,
    StoredVersion,
    Visits,
)


class VersionOverlaps(Refusal):
    """Deze versie overlapt een andere versie van de regeling."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat de vorige versie eerst eindigen. Probeer het dan opnieuw."


class VersionGranted(Refusal):
    """Onder deze versie is al iets toegekend, na de laatste dag die u kiest."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies een latere dag. Wat is toegekend, blijft zoals het was."


class _SchemeRow(msgspec.Struct, frozen=True):
    id: SchemeId
    versions: int


ONE_WRITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.scheme'))", None
)
INSERT_SCHEME: Final = Statement(
    "INSERT INTO scheme (id, code) VALUES ($1, $2) ON CONFLICT (code) DO NOTHING", None
)
READ_SCHEME: Final = Statement(
    """
    SELECT s.id, (SELECT coalesce(max(v.version), 0) FROM scheme_version v WHERE v.scheme_id = s.id) AS versions
    FROM scheme s WHERE s.code = $1
    """,
    _SchemeRow,
)
INSERT_VERSION: Final = Statement(
    """
    INSERT INTO scheme_version (id, scheme_id, version, status, valid_from, valid_until, title,
        categories, allowance, amount_cents, visits, unit_price_cents, share_basis_points, cap_cents,
        spend_at_once, once_per_year, closed_pot, unit, income_limit, age_from, age_until,
        school_types, period, run_out_days, precondition, stacks_with, excludes, subsidiary,
        awarded_by, executor, cover_source, target_group, derived_cells, note, retention_years,
        recorded_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
        $20, $21, $22, $23, $24, nullif($25, ''), $26, $27, $28, $29, nullif($30, ''),
        nullif($31, ''), nullif($32, ''), $33, nullif($34, ''), $35, $36)
    """,
    None,
)
CHANGE_VERSION: Final = Statement(
    "UPDATE scheme_version SET valid_until = $2, status = $3 WHERE id = $1", None
)
REFUSED: Final[dict[str, type[Refusal]]] = {"PA201": VersionOverlaps, "PA202": VersionGranted}


async def lock_schemes(connection: Connection) -> None:
    """Until the end of the transaction nobody else changes a scheme."""
    await ONE_WRITER.run(connection)


async def add_version(
    connection: Connection, version: SchemeVersion, *, actor: Actor
) -> SchemeVersionId:
    """Add a version, and its scheme when it is the first; raises VersionOverlaps."""
    await INSERT_SCHEME.run(connection, SchemeId(uuid7()), version.code)
    scheme = await READ_SCHEME.one(connection, version.code)
    version_id = SchemeVersionId(uuid7())
    try:
        async with connection.transaction():
            await INSERT_VERSION.run(
                connection,
                *(version_id, scheme.id, scheme.versions + 1, version.status),
                *(version.valid_from, version.valid_until, version.title),
                *(sorted(version.categories), *_allowance_cells(version.allowance)),
                *(version.spend_at_once, version.once_per_year, version.closed_pot, version.unit),
                *(version.income_limit, version.age_from, version.age_until),
                *(sorted(version.school_types), version.period, version.run_out_days),
                *(version.precondition, sorted(version.stacks_with), sorted(version.excludes)),
                *(version.subsidiary, version.awarded_by, version.executor, version.cover_source),
                *(version.target_group, sorted(version.derived_cells), version.note),
                *(version.retention_years, actor.id),
            )
    except asyncpg.PostgresError as error:
        raise _refusal(error) from None
    await _record(connection, "scheme.version_added", version_id, after=version, actor=actor)
    return version_id


async def change_version(
    connection: Connection,
    stored: StoredVersion,
    *,
    valid_until: date | None,
    status: Status,
    actor: Actor,
) -> SchemeVersion:
    """Set the end or the status of a version, which is all of it that ever changes.

    Raises VersionOverlaps, or VersionGranted when the end is earlier than a grant under it.
    """
    after = msgspec.structs.replace(stored.version, valid_until=valid_until, status=status)
    try:
        async with connection.transaction():
            await CHANGE_VERSION.run(connection, stored.id, valid_until, status)
    except asyncpg.PostgresError as error:
        raise _refusal(error) from None
    await _record(
        connection,
        "scheme.version_changed",
        stored.id,
        before=stored.version,
        after=after,
        actor=actor,
    )
    return after


def _refusal(error: asyncpg.PostgresError) -> Exception:
    refusal = REFUSED.get(error.sqlstate or "")
    return refusal() if refusal else error


def _allowance_cells(allowance: Allowance) -> tuple[str | int | None, ...]:
    """Fill the columns allowance, amount, visits, unit price, share and cap."""
    match allowance:
        case Amount(amount_cents=amount):
            return "amount", amount, None, None, None, None
        case Visits(visits=visits, unit_price_cents=price):
            return "visits", None, visits, price, None, None
        case InKind(visits=things, unit_price_cents=price):
            return "in_kind", None, things, price, None, None
        case Percentage(share_basis_points=share, cap_cents=cap):
            return "percentage", None, None, None, share, cap


async def _record(
    connection: Connection,
    kind: str,
    version_id: SchemeVersionId,
    *,
    after: SchemeVersion,
    actor: Actor,
    before: SchemeVersion | None = None,
) -> None:
    """Tell the event the version as a file would tell it."""
    await record_event(
        connection,
        kind=kind,
        subject_kind="scheme_version",
        subject_id=version_id,
        actor=actor,
        before=None if before is None else dict(zip(COLUMNS, row_of(before), strict=True)),
        after=dict(zip(COLUMNS, row_of(after), strict=True)),
    )
