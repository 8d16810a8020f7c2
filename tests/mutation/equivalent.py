"""Mutants that change nothing that can be seen, each with the reason why."""

from mutants import Mutant

REASONS: dict[tuple[str, str], str] = {
    ("book: IF n > 1 AND accounts[n] <=", "> -> >= at"): "there is no account before the first",
    ("book: count(DISTINCT i.id) < items", "< -> <="): "looking for twins where there are none",
    (
        "book: IF twin < item",
        "< -> <=",
    ): "the first of twins finds itself, of which nothing is said yet",
    (
        "book: IF twin < item",
        "if true",
    ): "the first of twins finds itself, of which nothing is said yet",
    (
        "book: IF amounts[credit] IS NOT NULL",
        "if true",
    ): "what is not guarded has no balance to write",
    (
        "book: IF amounts[debit] IS NOT NULL",
        "if true",
    ): "where an item is undone: what is not guarded has no balance, movement or turn to take back",
    ("book: IF expected = 0", "if false"): "then no row is written, and the next question returns",
    ("book: IF moved_lines = 0", "if false"): "then no row is written",
    ("book: IF written <> moved_lines", "if false"): "asserts what the statements above it say",
    ("book: IF written <> coalesce(cardinality(moved_ids)", "if false"): "asserts the same",
    (
        "redeem_batch: AND coalesce((SELECT m.state",
        "false -> true",
    ): "no unknown merchant is credited",
    ("book: IF has_reversals THEN", "if true"): "without reversals there is nothing to find",
    (
        "open_accounts: IF cardinality(opened) = cardinality(ids)",
        "if false",
    ): "a shortcut: when all are new, the query below it finds those same ids",
    (
        "appropriate: ARRAY[1], ARRAY[CASE WHEN source < target",
        "< -> <=",
    ): "one is a source of cover and the other an appropriation, so they are never one account",
}
"""By a piece of where, and a piece of the change (empty is any)."""


def reason_for(mutant: Mutant) -> str | None:
    for (where, change), reason in REASONS.items():
        if where in mutant.where and change in mutant.change:
            return reason
    return None
