"""What a file of schemes changes: a verdict per row, against what the municipality has.

A version is known by its code and its first day, and is never rewritten, because people may have
been granted something under it: only its end and its status may change. Anything else is a new
version from a new day.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final

from pas import cells
from pas.csvfile import RowVerdict
from pas.schemes import model
from pas.schemes.files import ReadVersion, key_of
from pas.schemes.model import SchemeVersion, Status

_STEPS: Final[dict[Status, tuple[Status, ...]]] = {
    "proposed": ("in_force", "pilot", "ended"),
    "pilot": ("in_force", "ended"),
    "in_force": ("ended",),
    "ended": (),
}


def compare(read: Sequence[ReadVersion], stored: Sequence[model.StoredVersion]) -> list[RowVerdict]:
    """Say per row what it changes: ``stored`` are all versions of the municipality.

    Rows that change a version go first, so that closing a version and adding its successor may
    stand in one file in any order. Of two rows that claim the same day, the first holds.
    """
    before = {key_of(one.version): one for one in stored}
    after = {key: one.version for key, one in before.items()}
    verdicts: dict[int, RowVerdict] = {}
    seen: dict[str, int] = {}
    for one in sorted(read, key=lambda one: (one.key not in before, one.row.line)):
        if one.version is None:
            reason, fields = cells.sentences(one.faults), cells.fields(one.faults)
            verdict = _refused(one, reason, fields)
        elif one.key in seen:
            reason = f"Deze versie staat ook op regel {seen[one.key]}."
            verdict = _refused(one, reason, ("code", "valid_from"))
        else:
            verdict = _judge(one, one.version, before.get(one.key))
            verdict = _unless_overlapping(one, one.version, (verdict, after))
            seen[one.key] = one.row.line
        if verdict.outcome in {"added", "changed"} and one.version is not None:
            after[one.key] = one.version
        verdicts[one.row.line] = verdict
    return [verdicts[one.row.line] for one in read]


def _judge(
    one: ReadVersion, version: SchemeVersion, stored: model.StoredVersion | None
) -> RowVerdict:
    if stored is None:
        return RowVerdict(line=one.row.line, key=one.key, outcome="added")
    before, granted = stored.version, stored.last_grant_on
    if before == version:
        return RowVerdict(line=one.row.line, key=one.key, outcome="same")
    changed = tuple(
        field
        for field in SchemeVersion.__struct_fields__
        if getattr(before, field) != getattr(version, field)
    )
    if fixed := tuple(field for field in changed if field not in {"valid_until", "status"}):
        reason = "Deze versie ligt vast. Maak een nieuwe versie met een nieuwe begindatum."
        return _refused(one, reason, fixed)
    if before.status != version.status and version.status not in _STEPS[before.status]:
        reason = f"De status kan niet van {before.status} naar {version.status}."
        return _refused(one, reason, ("status",))
    if "valid_until" in changed and granted and (version.valid_until or date.max) <= granted:
        reason = f"Hiermee is nog toegekend op {granted}. De laatste dag kan niet eerder zijn."
        return _refused(one, reason, ("valid_to",))
    return RowVerdict(line=one.row.line, key=one.key, outcome="changed", fields=changed)


def _unless_overlapping(
    one: ReadVersion, version: SchemeVersion, so_far: tuple[RowVerdict, dict[str, SchemeVersion]]
) -> RowVerdict:
    verdict, after = so_far
    if verdict.outcome not in {"added", "changed"}:
        return verdict
    for key, other in after.items():
        if key != one.key and model.overlap(version, other):
            until = f"tot en met {model.last_day(other)}" if other.valid_until else "zonder einde"
            reason = f"Er is al een andere versie van {other.valid_from} {until}."
            return _refused(one, reason, ("valid_from", "valid_to"))
    return verdict


def _refused(one: ReadVersion, reason: str, fields: tuple[str, ...]) -> RowVerdict:
    return RowVerdict(
        line=one.row.line, key=one.key, outcome="refused", reason=reason, fields=fields
    )
