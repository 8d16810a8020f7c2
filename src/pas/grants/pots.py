"""Closed pots: what is granted from one is never more than what is left in it.

Households come in the order of their numbers and members oldest first, so a pot is shared out in
the same way by every run over the same facts. Whoever comes too late is refused with that reason,
and is then assessed as if the scheme were not there, so that it excludes nothing else.
"""

from collections.abc import MutableMapping, Sequence

from pas.grants.facts import NOBODY, Decision, EarlierGrant, HouseholdFacts, Without
from pas.grants.plan import Plan
from pas.grants.rules import assess
from pas.money import Cents


def assess_within(
    household: HouseholdFacts,
    plan: Plan,
    earlier: Sequence[EarlierGrant],
    *,
    pots: MutableMapping[str, Cents],
    refused: Without = NOBODY,
) -> tuple[Decision, ...]:
    """Assess a household and take its grants out of ``pots``: what is left per closed scheme."""
    empty = NOBODY
    while True:
        decisions = assess(household, plan, earlier, empty=empty, refused=refused)
        left = dict(pots)
        too_late = _take(decisions, left)
        if not too_late:
            pots.update(left)
            return decisions
        empty |= too_late


def _take(decisions: Sequence[Decision], left: MutableMapping[str, Cents]) -> Without:
    """Take every grant out of its pot; gives those for whom there was too little."""
    too_late: list[Without] = []
    for decision in decisions:
        for verdict in decision.granted:
            if verdict.award is None or verdict.scheme not in left:
                continue
            rest = left[verdict.scheme] - verdict.award.amount_cents
            if rest < 0:
                too_late.append(frozenset({(decision.resident, verdict.scheme)}))
            else:
                left[verdict.scheme] = Cents(rest)
    return NOBODY.union(*too_late)
