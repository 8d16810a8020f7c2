"""Schemes over the wire: the columns of a file as fields, so that both are judged by one reader.

Days are inclusive, as people write them. Percentages are whole numbers of hundredths: 11000 is 110 %.
"""

from datetime import date
from typing import Annotated, Final, Literal, cast

import msgspec
from msgspec import Meta

from pas.csvfile import Row
from pas.money import BasisPoints, Cents
from pas.schemes.files import COLUMNS
from pas.schemes.model import (
    Amount,
    AwardedBy,
    InKind,
    Percentage,
    Period,
    SchemeVersion,
    SchoolType,
    Status,
    Unit,
    Visits,
    last_day,
)

Code = Annotated[str, Meta(max_length=61)]
Codes = Annotated[tuple[Code, ...], Meta(max_length=40)]
Text = Annotated[str, Meta(max_length=300)]
Money = Annotated[int, Meta(ge=1, le=100_000_000)]
Hundredths = Annotated[int, Meta(ge=0, le=100_000)]

FIELDS: Final = {
    "valid_to": "last_day",
    "share_pct": "share_basis_points",
    "income_limit_pct": "income_limit",
}
"""Fields that are not simply called as their column."""


class SchemeBody(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """One version of a scheme; ``incomeLimit`` and ``shareBasisPoints`` in hundredths of a percent."""

    code: Code
    title: Annotated[str, Meta(min_length=1, max_length=120)]
    status: Status
    valid_from: date
    last_day: date | None = None
    categories: Codes
    allowance: Literal["amount", "visits", "percentage", "in_kind"]
    amount_cents: Money | None = None
    visits: Annotated[int, Meta(ge=1, le=1000)] | None = None
    unit_price_cents: Annotated[int, Meta(ge=1, le=10_000_000)] | None = None
    share_basis_points: Annotated[int, Meta(ge=1, le=10_000)] | None = None
    cap_cents: Money | None = None
    spend_at_once: bool = False
    once_per_year: bool = False
    closed_pot: bool = False
    unit: Unit
    income_limit: Hundredths | None = None
    age_from: Annotated[int, Meta(ge=0, le=120)] | None = None
    age_until: Annotated[int, Meta(ge=1, le=121)] | None = None
    school_types: Annotated[tuple[SchoolType, ...], Meta(max_length=5)] = ()
    target_group: Annotated[str, Meta(max_length=200)] = ""
    period: Period
    run_out_days: Annotated[int, Meta(ge=0, le=1000)] = 0
    precondition: Text = ""
    stacks_with: Codes = ()
    excludes: Codes = ()
    subsidiary: bool = False
    awarded_by: AwardedBy = "assessment"
    executor: Annotated[str, Meta(max_length=120)] = ""
    cover_source: Annotated[str, Meta(max_length=200)] = ""
    derived_cells: Codes = ()
    note: Annotated[str, Meta(max_length=2000)] = ""
    retention_years: Annotated[int, Meta(ge=1, le=100)] = 10


def row_from(body: SchemeBody) -> Row:
    """Write a body as a row of a file."""
    cells: dict[str, str] = {}
    for column in COLUMNS:
        value: object = getattr(body, FIELDS.get(column, column))
        cells[column] = _hundredths(value) if column.endswith("_pct") else _cell(value)
    return Row(0, cells)


def field_name(column: str) -> str:
    """Call a column as the API calls its field."""
    first, *more = FIELDS.get(column, column).split("_")
    return first + "".join(part.capitalize() for part in more)


def body_of(version: SchemeVersion) -> SchemeBody:
    """Show a version as it would be sent."""
    body = SchemeBody(
        code=version.code,
        title=version.title,
        status=version.status,
        valid_from=version.valid_from,
        last_day=last_day(version),
        categories=tuple(sorted(version.categories)),
        allowance="amount",
        spend_at_once=version.spend_at_once,
        once_per_year=version.once_per_year,
        closed_pot=version.closed_pot,
        unit=version.unit,
        income_limit=version.income_limit,
        age_from=version.age_from,
        age_until=version.age_until,
        school_types=tuple(sorted(version.school_types)),
        target_group=version.target_group,
        period=version.period,
        run_out_days=version.run_out_days,
        precondition=version.precondition,
        stacks_with=tuple(sorted(version.stacks_with)),
        excludes=tuple(sorted(version.excludes)),
        subsidiary=version.subsidiary,
        awarded_by=version.awarded_by,
        executor=version.executor,
        cover_source=version.cover_source,
        derived_cells=tuple(sorted(version.derived_cells)),
        note=version.note,
        retention_years=version.retention_years,
    )
    return msgspec.structs.replace(body, **_allowance(version))


def _allowance(version: SchemeVersion) -> dict[str, str | Cents | int | BasisPoints]:
    match version.allowance:
        case Amount(amount_cents=amount):
            return {"allowance": "amount", "amount_cents": amount}
        case Visits(visits=visits, unit_price_cents=price):
            return {"allowance": "visits", "visits": visits, "unit_price_cents": price}
        case InKind(visits=things, unit_price_cents=price):
            return {"allowance": "in_kind", "visits": things, "unit_price_cents": price}
        case Percentage(share_basis_points=share, cap_cents=cap):
            return {"allowance": "percentage", "share_basis_points": share, "cap_cents": cap}


def _cell(value: object) -> str:
    match value:
        case None:
            return ""
        case bool():
            return "yes" if value else "no"
        case tuple():
            return ",".join(map(str, cast("tuple[object, ...]", value)))
        case _:
            return str(value)


def _hundredths(value: object) -> str:
    if value is None:
        return ""
    assert isinstance(value, int), "a percentage is a whole number of hundredths"
    return f"{value // 100}.{value % 100:02d}"
