"""Makes the report of a year: counts, sets against target groups, and hides what is small."""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.money import Cents
from pas.reach.breakdowns import bands_of
from pas.reach.figures import Bands, Figures, count_figures, in_quarters
from pas.reach.model import (
    EVERYTHING,
    PERIODS,
    QUARTERS_OF,
    PeriodName,
    StoredTargetGroup,
    Unit,
)
from pas.reach.numbers import (
    HIDDEN,
    NOTHING_SHOWN,
    Number,
    Totals,
    shown_series,
    shown_totals,
)
from pas.reach.report import ROUNDING, PeriodNumbers, ReachReport, SchemeReach, UnitNumbers
from pas.reach.set_against import breakdowns_of, reach_of
from pas.reach.stored import newest_target_groups
from pas.reach.subjects import SHOWN_UNITS, SchemeRow, Subject, subjects_of
from pas.reach.suppression import is_small
from pas.reach.told_apart import keep_all_together_apart, keep_frozen_apart

READ_SCHEMES: Final = Statement(
    """
    SELECT DISTINCT ON (s.code) s.id, s.code, v.title, v.unit
    FROM scheme s JOIN scheme_version v ON v.scheme_id = s.id
    WHERE v.valid_from <= make_date($1, 12, 31)
    ORDER BY s.code, v.valid_from DESC
    """,
    SchemeRow,
)


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
    subjects = [one for one in subjects_of(figures, targets, schemes) if one.counts or one.targets]
    shown = {one.code: _units_of(one, threshold) for one in subjects}
    keep_frozen_apart(subjects, shown, parts, threshold=threshold)
    keep_all_together_apart(subjects, shown, threshold=threshold)
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
