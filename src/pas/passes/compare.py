"""What a row of a file of residents changes, against what is stored of that person."""

from collections.abc import Sequence

import msgspec

from pas import cells
from pas.csvfile import RowVerdict
from pas.passes.resident_files import ReadResident
from pas.passes.residents import Resident


def compare(read: ReadResident, stored: Sequence[Resident]) -> RowVerdict:
    """Say what a row changes: ``stored`` are all states of the person, in any order.

    A row that says what already held on its day is ``same`` and need not be stored, so a monthly
    file grows nothing but its changes.
    """
    if read.resident is None:
        return RowVerdict(
            line=read.row.line,
            key=read.key,
            outcome="refused",
            reason=cells.sentences(read.faults),
            fields=cells.fields(read.faults),
        )
    remarks = cells.sentences(read.remarks)
    if not stored:
        return RowVerdict(line=read.row.line, key=read.key, outcome="added", reason=remarks)
    before = state_on(read.resident, stored)
    changed = _differences(before, read.resident) if before else ("valid_from",)
    outcome = "changed" if changed else "same"
    return RowVerdict(
        line=read.row.line, key=read.key, outcome=outcome, reason=remarks, fields=changed
    )


def state_on(resident: Resident, stored: Sequence[Resident]) -> Resident | None:
    """The stored state that held on the first day of a row."""
    earlier = [one for one in stored if one.valid_from <= resident.valid_from]
    return max(earlier, key=lambda one: one.valid_from) if earlier else None


def _differences(before: Resident, after: Resident) -> tuple[str, ...]:
    same_day = msgspec.structs.replace(before, valid_from=after.valid_from)
    return tuple(
        field
        for field in Resident.__struct_fields__
        if getattr(same_day, field) != getattr(after, field)
    )
