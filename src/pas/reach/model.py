"""What a figure is about: units, kinds of target groups, breakdowns and periods, as data."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.schemes.model import SCHOOL_TYPES
from pas.schemes.model import Unit as SchemeUnit

Unit = Literal["households", "persons", "children", "participants", "applications", "grants"]
Kind = Literal["municipal", "statistical"]
Status = Literal["printed", "approximate", "implied", "unknown"]
UserIs = Literal["granted", "redeemed"]
Dimension = Literal[
    "area",
    "household_type",
    "age_band",
    "income_band",
    "income_source",
    "school_type",
    "long_term",
    "working",
]
PeriodName = Literal["year", "h1", "h2", "q1", "q2", "q3", "q4"]

UNITS: Final[tuple[Unit, ...]] = (
    "households",
    "persons",
    "children",
    "participants",
    "applications",
    "grants",
)
KINDS: Final[tuple[Kind, ...]] = ("municipal", "statistical")
STATUSES: Final[tuple[Status, ...]] = ("printed", "approximate", "implied", "unknown")
USERS_ARE: Final[tuple[UserIs, ...]] = ("granted", "redeemed")
DIMENSIONS: Final[tuple[Dimension, ...]] = (
    "area",
    "household_type",
    "age_band",
    "income_band",
    "income_source",
    "school_type",
    "long_term",
    "working",
)
PERIODS: Final[tuple[PeriodName, ...]] = ("year", "h1", "h2", "q1", "q2", "q3", "q4")
QUARTERS_OF: Final[dict[PeriodName, int]] = {
    "year": 0b1111,
    "h1": 0b0011,
    "h2": 0b1100,
    "q1": 0b0001,
    "q2": 0b0010,
    "q3": 0b0100,
    "q4": 0b1000,
}
"""Which quarters of the pass year, the first in the lowest bit."""

EVERYTHING: Final = "*"
"""In the place of a scheme: all schemes together, everybody counted once."""
UNKNOWN: Final = "unknown"
ADULT: Final = 18

VALUES_OF: Final[dict[Dimension, tuple[str, ...]]] = {
    "household_type": ("alone", "single_parent", "couple", "couple_with_children", UNKNOWN),
    "income_source": ("participatiewet", "aow", "other", UNKNOWN),
    "school_type": (*SCHOOL_TYPES, UNKNOWN),
    "long_term": ("yes", "no", UNKNOWN),
    "working": ("yes", "no", UNKNOWN),
}
"""Dimensions with a closed list of values; areas are the municipality's, bands are numbers."""

UNITS_OF_SCHEME: Final[dict[SchemeUnit, frozenset[Unit]]] = {
    "child": frozenset({"children", "participants", "households", "applications", "grants"}),
    "person": frozenset({"persons", "participants", "households", "applications", "grants"}),
    "household": frozenset({"households", "applications", "grants"}),
}
"""What can be counted of a scheme: of one per household no persons, of one for children no adults."""

NATURAL_UNIT: Final[dict[SchemeUnit, Unit]] = {
    "child": "children",
    "person": "persons",
    "household": "households",
}


class Part(msgspec.Struct, frozen=True):
    """A piece of a target group; the count None is unknown, which is not zero."""

    dimension: Dimension
    value: str
    count: int | None
    status: Status


class TargetGroup(msgspec.Struct, frozen=True, kw_only=True):
    """Whom a scheme is for, as somebody counted them; ``scheme`` may be ``EVERYTHING``."""

    scheme: str
    year: int
    kind: Kind
    unit: Unit
    total: int | None
    status: Status
    user_is: UserIs
    source: str
    reference_date: date
    definition: str
    parts: tuple[Part, ...] = ()

    @property
    def key(self) -> tuple[str, int, Kind, Unit]:
        """Of these there is one; others are earlier versions of it."""
        return self.scheme, self.year, self.kind, self.unit

    def parts_by(self, dimension: Dimension) -> list[Part]:
        return [part for part in self.parts if part.dimension == dimension]


class StoredTargetGroup(msgspec.Struct, frozen=True, kw_only=True):
    """A version as it was recorded."""

    id: UUID
    version: int
    recorded_at: datetime
    recorded_by: UUID
    group: TargetGroup
