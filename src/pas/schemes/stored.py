"""Versions of schemes as they are stored."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from pas.db import Connection, Statement
from pas.ids import SchemeId, SchemeVersionId
from pas.money import BasisPoints, Cents
from pas.schemes.model import (
    Allowance,
    Amount,
    AwardedBy,
    InKind,
    Percentage,
    Period,
    SchemeVersion,
    SchoolType,
    Status,
    StoredVersion,
    Unit,
    Visits,
)


class VersionRow(msgspec.Struct, frozen=True):
    """A row of scheme_version with the code of its scheme."""

    id: SchemeVersionId
    scheme_id: SchemeId
    code: str
    number: int
    status: Status
    valid_from: date
    valid_until: date | None
    title: str
    categories: list[str]
    allowance: Literal["amount", "visits", "percentage", "in_kind"]
    amount_cents: Cents | None
    visits: int | None
    unit_price_cents: Cents | None
    share_basis_points: BasisPoints | None
    cap_cents: Cents | None
    spend_at_once: bool
    once_per_year: bool
    closed_pot: bool
    unit: Unit
    income_limit: BasisPoints | None
    age_from: int | None
    age_until: int | None
    school_types: list[SchoolType]
    period: Period
    run_out_days: int
    precondition: str | None
    stacks_with: list[str]
    excludes: list[str]
    subsidiary: bool
    awarded_by: AwardedBy
    executor: str | None
    cover_source: str | None
    target_group: str | None
    derived_cells: list[str]
    note: str | None
    retention_years: int
    recorded_at: datetime


READ_VERSIONS: Final = Statement(
    """
    SELECT v.id, v.scheme_id, s.code, v.version AS number, v.status, v.valid_from, v.valid_until,
        v.title, v.categories, v.allowance, v.amount_cents, v.visits, v.unit_price_cents,
        v.share_basis_points, v.cap_cents, v.spend_at_once, v.once_per_year, v.closed_pot, v.unit,
        v.income_limit, v.age_from, v.age_until, v.school_types, v.period, v.run_out_days,
        v.precondition, v.stacks_with, v.excludes, v.subsidiary, v.awarded_by, v.executor,
        v.cover_source, v.target_group, v.derived_cells, v.note, v.retention_years, v.recorded_at
    FROM scheme_version v JOIN scheme s ON s.id = v.scheme_id
    WHERE ($1::text IS NULL OR s.code = $1) AND ($2::uuid IS NULL OR v.id = $2)
    ORDER BY s.code, v.valid_from
    """,
    VersionRow,
)


class _LastGrant(msgspec.Struct, frozen=True):
    id: SchemeVersionId
    starts_on: date


READ_LAST_GRANTS: Final = Statement(
    """
    SELECT scheme_version_id AS id, max(starts_on) AS starts_on
    FROM scheme_grant GROUP BY scheme_version_id
    """,
    _LastGrant,
)


async def read_version_rows(
    connection: Connection,
    *,
    code: str | None = None,
    version_id: SchemeVersionId | None = None,
) -> list[VersionRow]:
    """All versions of the municipality, of one scheme, or one version; by code and first day."""
    return await READ_VERSIONS.all(connection, code, version_id)


async def read_versions(connection: Connection) -> list[StoredVersion]:
    """All versions that the municipality ever had, each with the last day of a grant under it."""
    stored = stored_versions(await read_version_rows(connection))
    last = {row.id: row.starts_on for row in await READ_LAST_GRANTS.all(connection)}
    return [msgspec.structs.replace(one, last_grant_on=last.get(one.id)) for one in stored]


def stored_versions(rows: Sequence[VersionRow]) -> list[StoredVersion]:
    return [StoredVersion(id=row.id, version=version_of(row)) for row in rows]


def version_of(row: VersionRow) -> SchemeVersion:
    return SchemeVersion(
        code=row.code,
        title=row.title,
        status=row.status,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        categories=frozenset(row.categories),
        allowance=_allowance_of(row),
        spend_at_once=row.spend_at_once,
        once_per_year=row.once_per_year,
        closed_pot=row.closed_pot,
        unit=row.unit,
        income_limit=row.income_limit,
        age_from=row.age_from,
        age_until=row.age_until,
        school_types=frozenset(row.school_types),
        target_group=row.target_group or "",
        period=row.period,
        run_out_days=row.run_out_days,
        precondition=row.precondition or "",
        stacks_with=frozenset(row.stacks_with),
        excludes=frozenset(row.excludes),
        subsidiary=row.subsidiary,
        awarded_by=row.awarded_by,
        executor=row.executor or "",
        cover_source=row.cover_source or "",
        derived_cells=frozenset(row.derived_cells),
        note=row.note or "",
        retention_years=row.retention_years,
    )


def _allowance_of(row: VersionRow) -> Allowance:
    match row.allowance:
        case "amount":
            assert row.amount_cents is not None, "a CHECK of the table"
            return Amount(row.amount_cents)
        case "percentage":
            assert row.share_basis_points is not None, "a CHECK of the table"
            assert row.cap_cents is not None, "a CHECK of the table"
            return Percentage(row.share_basis_points, row.cap_cents)
        case "visits" | "in_kind":
            assert row.visits is not None, "a CHECK of the table"
            assert row.unit_price_cents is not None, "a CHECK of the table"
            if row.allowance == "visits":
                return Visits(row.visits, row.unit_price_cents)
            return InKind(visits=row.visits, unit_price_cents=row.unit_price_cents)
