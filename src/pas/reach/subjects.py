"""Each scheme with all that is known of it in a year, and all of them together, before anything is hidden."""

from collections.abc import Sequence
from typing import Final
from uuid import UUID

import msgspec

from pas.reach.figures import Count, Figures, GrantCount
from pas.reach.model import EVERYTHING, NATURAL_UNIT, StoredTargetGroup, Unit, UserIs
from pas.reach.numbers import COLUMN_OF, Column
from pas.schemes.model import Unit as SchemeUnit

ALL_SCHEMES: Final = "Alle regelingen samen"
SHOWN_UNITS: Final[tuple[Unit, ...]] = ("households", "persons", "children")


class SchemeRow(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    title: str
    unit: SchemeUnit


class Subject(msgspec.Struct, frozen=True, kw_only=True):
    """One scheme with all that is known of it, before anything is hidden."""

    code: str
    title: str
    unit: Unit
    keep: Column
    counts: Sequence[Count]
    grants: Sequence[GrantCount]
    targets: Sequence[StoredTargetGroup]

    def of_unit(self, unit: Unit) -> list[Count]:
        """The totals of people or households; a participant is a person."""
        return [one for one in self.in_level(unit) if not one.dimension]

    def in_level(self, unit: Unit) -> list[Count]:
        level = "households" if unit == "households" else "persons"
        counts = (one for one in self.counts if one.level == level)
        return [one for one in counts if one.child or unit != "children"]


def subjects_of(
    figures: Figures, targets: Sequence[StoredTargetGroup], schemes: Sequence[SchemeRow]
) -> list[Subject]:
    everybody = _subject(figures, targets, None)
    return [everybody, *(_subject(figures, targets, scheme) for scheme in schemes)]


def _subject(
    figures: Figures, targets: Sequence[StoredTargetGroup], scheme: SchemeRow | None
) -> Subject:
    code, scheme_id = (EVERYTHING, None) if scheme is None else (scheme.code, scheme.id)
    own = [one for one in targets if one.group.scheme == code]
    own.sort(key=lambda one: (one.group.kind, one.group.unit))
    natural: Unit = "persons" if scheme is None else NATURAL_UNIT[scheme.unit]
    units: list[Unit] = [one.group.unit for one in own if one.group.unit in SHOWN_UNITS]
    unit: Unit = natural if natural in units or not units else units[0]
    uses: list[UserIs] = [one.group.user_is for one in own if one.group.unit == unit]
    return Subject(
        code=code,
        title=ALL_SCHEMES if scheme is None else scheme.title,
        unit=unit,
        keep=COLUMN_OF[uses[0] if uses else "granted"],
        counts=[one for one in figures.counts if one.scheme_id == scheme_id],
        grants=[one for one in figures.grants if one.scheme_id == scheme_id],
        targets=own,
    )
