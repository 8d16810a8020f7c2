"""Makes the report of a year: counts, sets against target groups, and hides what is small."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.money import Cents
from pas.reach.breakdowns import bands_of
from pas.reach.figures import Bands, Count, Figures, GrantCount, count_figures, in_quarters
from pas.reach.model import (
    EVERYTHING,
    NATURAL_UNIT,
    PERIODS,
    QUARTERS_OF,
    PeriodName,
    StoredTargetGroup,
    Unit,
    UserIs,
)
from pas.reach.numbers import (
    COLUMN_OF,
    HIDDEN,
    NOTHING_SHOWN,
    Column,
    Number,
    Totals,
    gives_away,
    shown_series,
    shown_totals,
)
from pas.reach.report import ROUNDING, PeriodNumbers, ReachReport, SchemeReach, UnitNumbers
from pas.reach.set_against import breakdowns_of, reach_of
from pas.reach.stored import newest_target_groups
from pas.reach.suppression import is_small
from pas.schemes.model import Unit as SchemeUnit

ALL_SCHEMES: Final = "Alle regelingen samen"
SHOWN_UNITS: Final[tuple[Unit, ...]] = ("households", "persons", "children")


class SchemeRow(msgspec.Struct, frozen=True):
    id: UUID
    code: str
    title: str
    unit: SchemeUnit


READ_SCHEMES: Final = Statement(
    """
    SELECT DISTINCT ON (s.code) s.id, s.code, v.title, v.unit
    FROM scheme s JOIN scheme_version v ON v.scheme_id = s.id
    WHERE v.valid_from <= make_date($1, 12, 31)
    ORDER BY s.code, v.valid_from DESC
    """,
    SchemeRow,
)


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


async def make_report(
    connection: Connection, *, year: int, now: datetime, parts: Mapping[PeriodName, ReachReport]
) -> ReachReport:
    """Count a year and say what of it everybody may see, beside the parts of it that were frozen."""
    settings = await read_municipality_settings(connection)
    targets = await newest_target_groups(connection, [year])
    schemes = await READ_SCHEMES.all(connection, year)
    bands = bands_of(one.group for one in targets)
    figures = await count_figures(connection, year=year, bands=bands, now=now)
    return report_of(
        figures,
        targets,
        schemes,
        bands=bands,
        threshold=settings.small_cells_below,
        parts=parts,
    )


def report_of(
    figures: Figures,
    targets: Sequence[StoredTargetGroup],
    schemes: Sequence[SchemeRow],
    *,
    bands: Bands,
    threshold: int,
    parts: Mapping[PeriodName, ReachReport],
) -> ReachReport:
    subjects = [one for one in _subjects(figures, targets, schemes) if one.counts or one.targets]
    shown = {one.code: _units_of(one, threshold) for one in subjects}
    _keep_frozen_apart(subjects, shown, parts, threshold=threshold)
    _keep_all_together_apart(subjects, shown, threshold=threshold)
    return ReachReport(
        year=figures.year,
        starts_on=figures.starts_on,
        position=figures.position,
        counted_at=figures.counted_at,
        small_below=threshold,
        rounding=ROUNDING,
        schemes=[
            _scheme_of(one, shown[one.code], bands=bands, threshold=threshold) for one in subjects
        ],
    )


def _subjects(
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


def _units_of(subject: Subject, threshold: int) -> dict[Unit, Totals]:
    """The totals of the year in each unit that can be shown beside the others."""
    shown: dict[Unit, Totals] = {}
    for unit in SHOWN_UNITS:
        granted, used = in_quarters(subject.of_unit(unit), QUARTERS_OF["year"])
        shown[unit] = shown_totals(granted, used, keep=subject.keep, threshold=threshold)
    if not _children_tell_nothing(subject, threshold):
        shown["persons" if subject.unit == "children" else "children"] = NOTHING_SHOWN
    return shown


def _children_tell_nothing(subject: Subject, threshold: int) -> bool:
    """Persons and children together say how many adults there are: those must not be few either."""
    everybody = in_quarters(subject.of_unit("persons"), QUARTERS_OF["year"])
    children = in_quarters(subject.of_unit("children"), QUARTERS_OF["year"])
    if children in {everybody, (0, 0)}:
        return True
    granted, used = everybody[0] - children[0], everybody[1] - children[1]
    adults = (granted, used, granted - used)
    young = (*children, children[0] - children[1])
    return not any(is_small(value, threshold) for value in (*adults, *young))


def _keep_frozen_apart(
    subjects: Sequence[Subject],
    shown: Mapping[str, dict[Unit, Totals]],
    parts: Mapping[PeriodName, ReachReport],
    *,
    threshold: int,
) -> None:
    """Hide a unit of which the year would tell too much beside a part that is shown as it was."""
    for period, report in parts.items():
        for one in subjects:
            then = report.scheme(one.code)
            for unit in SHOWN_UNITS:
                numbers = None if then is None else then.numbers(unit)
                if numbers is not None and _tells_apart(
                    one.of_unit(unit), period, numbers.periods[period], threshold=threshold
                ):
                    shown[one.code][unit] = NOTHING_SHOWN


def _tells_apart(
    counts: Sequence[Count], frozen: PeriodName, then: PeriodNumbers, *, threshold: int
) -> bool:
    """Whether a longer or shorter part differs from the frozen one by few."""
    mask = QUARTERS_OF[frozen]
    for period in PERIODS:
        both = QUARTERS_OF[period] & mask
        if period == frozen or both not in {mask, QUARTERS_OF[period]}:
            continue
        now = in_quarters(counts, QUARTERS_OF[period])
        for value, number in zip(now, (then.granted, then.used), strict=True):
            if number.value is not None and is_small(abs(value - number.value), threshold):
                return True
    return False


def _keep_all_together_apart(
    subjects: Sequence[Subject], shown: Mapping[str, dict[Unit, Totals]], *, threshold: int
) -> None:
    """Hide what all schemes together would tell of the hidden numbers of one."""
    everybody, *schemes = subjects if subjects and subjects[0].code == EVERYTHING else (None,)
    if everybody is None:
        return
    for unit in SHOWN_UNITS:
        granted, used = in_quarters(everybody.of_unit(unit), QUARTERS_OF["year"])
        values: dict[Column, int] = {"granted": granted, "used": used}
        for column, value in values.items():
            others: list[tuple[int, bool]] = []
            for one in schemes:
                found = in_quarters(one.of_unit(unit), QUARTERS_OF["year"])
                hidden = shown[one.code][unit].of(column).hidden
                others.append((found[0] if column == "granted" else found[1], hidden))
            if gives_away(value, others, threshold=threshold):
                shown[EVERYTHING][unit] = NOTHING_SHOWN


def _scheme_of(
    subject: Subject, shown: Mapping[Unit, Totals], *, bands: Bands, threshold: int
) -> SchemeReach:
    units = [_unit_numbers(subject, unit, shown[unit], threshold=threshold) for unit in SHOWN_UNITS]
    grants = _grants_of(subject, threshold)
    if shown[subject.unit].granted.hidden or shown["persons"].granted.hidden:
        # Mostly everybody has one grant, so their number would say what is hidden.
        grants = dict.fromkeys(PERIODS, HIDDEN)
    reach = [reach_of(one, units, grants, threshold=threshold) for one in subject.targets]
    totals = shown[subject.unit]
    is_one = subject.code != EVERYTHING
    tells = is_one and not grants["year"].hidden and not totals.granted.hidden
    return SchemeReach(
        scheme=subject.code,
        title=subject.title,
        unit=subject.unit,
        units=[one for one in units if one.unit == subject.unit or _says_more(one, subject)],
        grants=grants if is_one else {},
        granted_cents=Cents(sum(one.granted_cents for one in subject.grants)) if tells else None,
        spent_cents=_spent(subject) if is_one and not totals.used.hidden else None,
        reach=reach,
        breakdowns=breakdowns_of(
            subject.in_level(subject.unit),
            [one.group for one in subject.targets],
            unit=subject.unit,
            totals=totals,
            keep=subject.keep,
            children_apart=_children_apart(subject, shown),
            bands=bands,
            threshold=threshold,
        ),
    )


def _says_more(one: UnitNumbers, subject: Subject) -> bool:
    """Children of a scheme without any, or persons of one for children alone, say nothing new."""
    children = in_quarters(subject.of_unit("children"), QUARTERS_OF["year"])
    everybody = in_quarters(subject.of_unit("persons"), QUARTERS_OF["year"])
    if one.unit == "children":
        return children[0] > 0
    return one.unit != "persons" or children != everybody


def _children_apart(subject: Subject, shown: Mapping[Unit, Totals]) -> bool:
    """Whether the number of children stands beside that of persons, so that ages add up to both."""
    return subject.unit == "persons" and not shown["children"].granted.hidden


def _unit_numbers(subject: Subject, unit: Unit, totals: Totals, *, threshold: int) -> UnitNumbers:
    counts = subject.of_unit(unit)
    each: dict[PeriodName, tuple[int, int]] = {
        period: in_quarters(counts, QUARTERS_OF[period]) for period in PERIODS
    }
    granted = shown_series(
        {period: one for period, (one, _) in each.items()},
        year_shown=not totals.granted.hidden,
        threshold=threshold,
    )
    used = shown_series(
        {period: one for period, (_, one) in each.items()},
        year_shown=not totals.used.hidden,
        threshold=threshold,
    )
    periods: dict[PeriodName, PeriodNumbers] = {
        period: PeriodNumbers(granted[period], used[period]) for period in PERIODS
    }
    return UnitNumbers(unit, totals, periods)


def _grants_of(subject: Subject, threshold: int) -> dict[PeriodName, Number]:
    counted: dict[PeriodName, int] = {
        period: sum(one.count for one in subject.grants if 1 << one.quarter & QUARTERS_OF[period])
        for period in PERIODS
    }
    if is_small(counted["year"], threshold):
        return dict.fromkeys(PERIODS, HIDDEN)
    return shown_series(counted, year_shown=True, threshold=threshold)


def _spent(subject: Subject) -> Cents:
    return Cents(sum(one.spent_cents for one in subject.of_unit("persons")))
