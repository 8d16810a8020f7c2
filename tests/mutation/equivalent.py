"""Mutants that change nothing that can be seen, each with the reason why."""

from mutants import Mutant

REASONS: dict[tuple[str, str], str] = {}
"""By a piece of where, and a piece of the change (empty is any)."""


def reason_for(mutant: Mutant) -> str | None:
    for (where, change), reason in REASONS.items():
        if where in mutant.where and change in mutant.change:
            return reason
    return None
