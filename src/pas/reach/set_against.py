"""Sets what was counted against a target group, as a whole and by its parts."""

from collections.abc import Mapping, Sequence

from pas.reach.breakdowns import (
    COUNTED,
    OF_HOUSEHOLDS,
    ShownRow,
    hide_in_table,
    hide_targets,
    is_split,
    joined,
    rows_of,
)
from pas.reach.figures import Bands, Count
from pas.reach.model import (
    PERIODS,
    Dimension,
    Kind,
    Part,
    PeriodName,
    StoredTargetGroup,
    TargetGroup,
    Unit,
)
from pas.reach.numbers import (
    COLUMN_OF,
    UNKNOWN_NUMBER,
    Column,
    Number,
    Totals,
    shown,
)
from pas.reach.report import Breakdown, BreakdownRow, PartTarget, Reach, UnitNumbers
from pas.reach.rules import Tenths, reach_tenths
from pas.reach.suppression import is_small


def reach_of(
    stored: StoredTargetGroup,
    units: Sequence[UnitNumbers],
    grants: Mapping[PeriodName, Number],
    *,
    threshold: int,
) -> Reach:
    """Divide where both numbers are known and may be shown; a guess is never made."""
    group = stored.group
    users = _users_of(group, units, grants)
    target = UNKNOWN_NUMBER
    if group.total is not None:
        target = shown(group.total, hidden=is_small(group.total, threshold))
    return Reach(
        kind=group.kind,
        unit=group.unit,
        user_is=group.user_is,
        target_group=target,
        status=group.status,
        users=users,
        tenths={period: divided(users[period], target) for period in PERIODS},
        source=group.source,
        reference_date=group.reference_date,
        definition=group.definition,
        target_group_id=stored.id,
        version=stored.version,
        recorded_at=stored.recorded_at,
    )


def divided(users: Number, target: Number) -> Tenths | None:
    if users.value is None or target.value is None:
        return None
    return reach_tenths(users.value, target.value)


def _users_of(
    group: TargetGroup, units: Sequence[UnitNumbers], grants: Mapping[PeriodName, Number]
) -> dict[PeriodName, Number]:
    """A participant is a person; applications are counted where they are decided."""
    if group.unit == "grants" and group.user_is == "granted" and grants:
        return dict(grants)
    unit = "persons" if group.unit == "participants" else group.unit
    found = next((one for one in units if one.unit == unit), None)
    if found is None:
        return dict.fromkeys(PERIODS, UNKNOWN_NUMBER)
    if group.user_is == "granted":
        return {period: one.granted for period, one in found.periods.items()}
    return {period: one.used for period, one in found.periods.items()}


def breakdowns_of(
    counts: Sequence[Count],
    groups: Sequence[TargetGroup],
    *,
    unit: Unit,
    totals: Totals,
    keep: Column,
    children_apart: bool,
    bands: Bands,
    threshold: int,
) -> list[Breakdown]:
    """Every breakdown of one scheme in its unit; empty while its totals cannot be shown."""
    if totals.of(keep).hidden or totals.of(keep).value == 0:
        return []
    made: list[Breakdown] = []
    in_unit = [group for group in groups if group.unit == unit]
    for dimension in OF_HOUSEHOLDS if unit == "households" else COUNTED:
        parts = _first_parts(in_unit, dimension)
        of_dimension = [one for one in counts if one.dimension == dimension]
        rows = rows_of(dimension, of_dimension, parts, bands=bands)
        if not children_apart:
            rows = joined(rows)
        small = dimension == "age_band" and is_split(rows)
        table = None if small else hide_in_table(rows, totals, keep=keep, threshold=threshold)
        made.append(_breakdown(dimension, unit, table, groups=in_unit, threshold=threshold))
    return made


def _first_parts(groups: Sequence[TargetGroup], dimension: Dimension) -> list[Part]:
    """The parts that say which rows there are: those of the first target group that has any."""
    for group in groups:
        if parts := group.parts_by(dimension):
            return parts
    return []


def _breakdown(
    dimension: Dimension,
    unit: Unit,
    table: Sequence[ShownRow] | None,
    *,
    groups: Sequence[TargetGroup],
    threshold: int,
) -> Breakdown:
    if table is None:
        return Breakdown(dimension, unit, [], too_small=True)
    targets: dict[Kind, tuple[TargetGroup, Mapping[str, Number]]] = {
        group.kind: (group, hide_targets(parts, group.total, threshold=threshold))
        for group in groups
        if (parts := group.parts_by(dimension))
    }
    rows: list[BreakdownRow] = []
    for row in table:
        against: list[PartTarget] = []
        for kind, (group, numbers) in targets.items():
            target = numbers.get(row.value, UNKNOWN_NUMBER)
            users = row.numbers.of(COLUMN_OF[group.user_is])
            against.append(PartTarget(kind, target, divided(users, target)))
        rows.append(BreakdownRow(row.value, row.numbers, against))
    return Breakdown(dimension, unit, rows)
