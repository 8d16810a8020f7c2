"""The report of a year: users, target groups and reach by scheme, as everybody may see it.

It holds no small cell and nothing from which one can be worked out, so it can be kept, frozen and
handed over as it is. Each figure carries its unit, source, reference date and definition.
"""

from datetime import date, datetime
from uuid import UUID

import msgspec

from pas.ledger.position import Position
from pas.money import Cents
from pas.reach.model import (
    Dimension,
    Kind,
    PeriodName,
    Status,
    Unit,
    UserIs,
)
from pas.reach.numbers import UNKNOWN_NUMBER, Number, Totals
from pas.reach.rules import Tenths

ROUNDING = "Percentages zijn afgerond op een tiende. Een half gaat omhoog."


class PeriodNumbers(msgspec.Struct, frozen=True, rename="camel"):
    """A part of the year: who was granted in it, and who used it in it."""

    granted: Number
    used: Number


class UnitNumbers(msgspec.Struct, frozen=True, rename="camel"):
    """The same scheme counted in one unit."""

    unit: Unit
    totals: Totals
    periods: dict[PeriodName, PeriodNumbers]


class Reach(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """Users set against one target group, with all that the figure rests on.

    ``tenths`` is the reach in tenths of a percent, by period; None where it is not known.
    """

    kind: Kind
    unit: Unit
    user_is: UserIs
    target_group: Number
    status: Status
    users: dict[PeriodName, Number]
    tenths: dict[PeriodName, Tenths | None]
    source: str
    reference_date: date
    definition: str
    target_group_id: UUID
    version: int
    recorded_at: datetime


class PartTarget(msgspec.Struct, frozen=True, rename="camel"):
    """What a target group says of one row, and the reach in it."""

    kind: Kind
    target_group: Number
    tenths: Tenths | None


class BreakdownRow(msgspec.Struct, frozen=True, rename="camel"):
    value: str
    numbers: Totals
    targets: list[PartTarget]


class Breakdown(msgspec.Struct, frozen=True, rename="camel"):
    """Rows by one property; ``too_small`` where none of it can be shown."""

    dimension: Dimension
    unit: Unit
    rows: list[BreakdownRow]
    too_small: bool = False


class SchemeReach(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One scheme in one year; ``scheme`` is ``*`` for all together, each counted once."""

    scheme: str
    title: str
    unit: Unit
    units: list[UnitNumbers]
    grants: dict[PeriodName, Number]
    granted_cents: Cents | None
    spent_cents: Cents | None
    reach: list[Reach]
    breakdowns: list[Breakdown]

    def numbers(self, unit: Unit) -> UnitNumbers | None:
        return next((one for one in self.units if one.unit == unit), None)


class Frozen(msgspec.Struct, frozen=True, rename="camel"):
    """When figures were frozen, and the SHA-256 of them as they were."""

    frozen_at: datetime
    sha256: str


class ReachReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """All figures of a year, at a position of the books."""

    year: int
    starts_on: date
    position: Position
    counted_at: datetime
    small_below: int
    rounding: str
    schemes: list[SchemeReach]

    def scheme(self, code: str) -> SchemeReach | None:
        return next((one for one in self.schemes if one.scheme == code), None)


def narrowed(report: ReachReport, period: PeriodName) -> ReachReport:
    """What a report says of one part of the year alone; of the whole year everything."""
    if period == "year":
        return report
    return msgspec.structs.replace(
        report, schemes=[_narrowed_scheme(one, period) for one in report.schemes]
    )


def _narrowed_scheme(one: SchemeReach, period: PeriodName) -> SchemeReach:
    nothing = Totals(UNKNOWN_NUMBER, UNKNOWN_NUMBER, UNKNOWN_NUMBER)
    return msgspec.structs.replace(
        one,
        units=[
            UnitNumbers(unit.unit, nothing, {period: unit.periods[period]}) for unit in one.units
        ],
        grants={period: one.grants[period]} if period in one.grants else {},
        granted_cents=None,
        spent_cents=None,
        reach=[
            msgspec.structs.replace(
                reach,
                users={period: reach.users[period]},
                tenths={period: reach.tenths[period]},
            )
            for reach in one.reach
        ],
        breakdowns=[],
    )
