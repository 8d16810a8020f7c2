"""What one table tells beside another: then the whole of a unit is hidden."""

from collections.abc import Mapping, Sequence

from pas.reach.figures import Count, in_quarters
from pas.reach.model import EVERYTHING, PERIODS, QUARTERS_OF, PeriodName, Unit
from pas.reach.numbers import NOTHING_SHOWN, Column, Totals, gives_away
from pas.reach.report import PeriodNumbers, ReachReport
from pas.reach.subjects import SHOWN_UNITS, Subject
from pas.reach.suppression import is_small


def keep_frozen_apart(
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


def keep_all_together_apart(
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
