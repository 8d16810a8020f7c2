"""Mutants that change nothing that can be seen, each with the reason why."""

from mutants import Mutant

REASONS: dict[tuple[str, str], str] = {
    ("book: IF n > 1 AND accounts[n] <=", "> -> >= at"): "there is no account before the first",
    ("book: count(DISTINCT i.id) < items", "< -> <="): "looking for twins where there are none",
    ("book: IF has_reversals THEN", "if true"): "without reversals there is nothing to find",
}
"""By a piece of where, and a piece of the change (empty is any)."""


def reason_for(mutant: Mutant) -> str | None:
    for (where, change), reason in REASONS.items():
        if where in mutant.where and change in mutant.change:
            return reason
    return None
