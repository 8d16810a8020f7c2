"""A version of a scheme: all that a municipality decides about it, as dated data."""

from collections.abc import Sequence
from datetime import date, timedelta
from typing import Final, Literal, TypeAlias

import msgspec

from pas.ids import SchemeVersionId
from pas.money import WHOLE, BasisPoints, Cents

Status = Literal["in_force", "proposed", "pilot", "ended"]
Unit = Literal["child", "person", "household"]
SchoolType = Literal["none", "primary", "secondary", "vocational", "higher"]
Period = Literal["pass_year", "school_year", "once_per_child", "per_application"]
AwardedBy = Literal["assessment", "intermediary", "team"]

STATUSES: Final[tuple[Status, ...]] = ("in_force", "proposed", "pilot", "ended")
UNITS: Final[tuple[Unit, ...]] = ("child", "person", "household")
SCHOOL_TYPES: Final[tuple[SchoolType, ...]] = (
    "none",
    "primary",
    "secondary",
    "vocational",
    "higher",
)
PERIODS: Final[tuple[Period, ...]] = (
    "pass_year",
    "school_year",
    "once_per_child",
    "per_application",
)
AWARDED_BY: Final[tuple[AwardedBy, ...]] = ("assessment", "intermediary", "team")

PRECONDITIONS: Final = frozenset(("adult", "adult_or_diploma", "diploma"))
"""Codes that a till asks about in words of its own; other preconditions are sentences."""

STATUSES_THAT_GRANT: Final[frozenset[Status]] = frozenset(("in_force", "pilot"))


class Amount(msgspec.Struct, frozen=True, tag="amount"):
    """Euros to spend."""

    amount_cents: Cents


class Visits(msgspec.Struct, frozen=True, tag="visits"):
    """A number of visits; the unit price is what one of them costs the municipality at most."""

    visits: int
    unit_price_cents: Cents


class Percentage(msgspec.Struct, frozen=True, tag="percentage"):
    """The part of a price that the budget pays, up to a cap; the rest is the holder's own share."""

    share_basis_points: BasisPoints
    cap_cents: Cents

    @property
    def own_share_basis_points(self) -> BasisPoints:
        return BasisPoints(WHOLE - self.share_basis_points)


class InKind(msgspec.Struct, frozen=True, kw_only=True, tag="in_kind"):
    """A number of things, counted as visits are; the unit price is what one is worth at most."""

    visits: int = 1
    unit_price_cents: Cents


Allowance: TypeAlias = Amount | Visits | Percentage | InKind


class SchemeVersion(msgspec.Struct, frozen=True, kw_only=True):
    """One dated version of a scheme.

    Dates and ages are half open. ``income_limit`` is inclusive, in hundredths of a percent of the
    social minimum (110 % = 11000); None means unknown, or not applicable where an intermediary or
    a team awards. For the unit household the age band and the school types ask for at least one
    such member. ``precondition`` is one of ``PRECONDITIONS`` or a sentence. ``derived_cells``
    names what is our reading instead of the source's words.
    """

    code: str
    title: str
    status: Status
    valid_from: date
    valid_until: date | None = None
    categories: frozenset[str]
    allowance: Allowance
    spend_at_once: bool = False
    once_per_year: bool = False
    closed_pot: bool = False
    unit: Unit
    income_limit: BasisPoints | None = None
    age_from: int | None = None
    age_until: int | None = None
    school_types: frozenset[SchoolType] = frozenset()
    target_group: str = ""
    period: Period
    run_out_days: int = 0
    precondition: str = ""
    stacks_with: frozenset[str] = frozenset()
    excludes: frozenset[str] = frozenset()
    subsidiary: bool = False
    awarded_by: AwardedBy = "assessment"
    executor: str = ""
    cover_source: str = ""
    derived_cells: frozenset[str] = frozenset()
    note: str = ""
    retention_years: int = 10


class StoredVersion(msgspec.Struct, frozen=True, kw_only=True):
    """A version with its id; ``last_grant_on`` where it is changed: the last day a grant began."""

    id: SchemeVersionId
    version: SchemeVersion
    last_grant_on: date | None = None


def reserved_cents(allowance: Allowance) -> Cents:
    """What a grant takes from the appropriation: the most that its holder can spend."""
    match allowance:
        case Amount(amount_cents=amount):
            return amount
        case Visits(visits=visits, unit_price_cents=price):
            return Cents(visits * price)
        case Percentage(cap_cents=cap):
            return cap
        case InKind(visits=things, unit_price_cents=price):
            return Cents(things * price)


def holds_on(version: SchemeVersion, on: date) -> bool:
    """Whether somebody can be granted something under this version on a day."""
    covers = version.valid_from <= on and (version.valid_until is None or on < version.valid_until)
    return covers and version.status in STATUSES_THAT_GRANT


def first_to_grant(versions: Sequence[SchemeVersion], *, on: date) -> SchemeVersion:
    """The version that somebody is granted under on a day, else the next that will be.

    Where a municipality adopted none yet, the newest is the best guess.
    """
    ahead = [
        one
        for one in versions
        if one.status in STATUSES_THAT_GRANT and (one.valid_until is None or on < one.valid_until)
    ]
    if ahead:
        return min(ahead, key=lambda one: one.valid_from)
    return max(versions, key=lambda one: one.valid_from)


def overlap(one: SchemeVersion, other: SchemeVersion) -> bool:
    """Whether two versions of a scheme claim the same day."""
    starts = max(one.valid_from, other.valid_from)
    ends = min(one.valid_until or date.max, other.valid_until or date.max)
    return one.code == other.code and starts < ends


def last_day(version: SchemeVersion) -> date | None:
    """The last day of a version, inclusive, as files and pages write it."""
    return version.valid_until - timedelta(days=1) if version.valid_until else None
