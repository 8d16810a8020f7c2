"""Decides about a household by the rules, and says in short what came of it."""

from datetime import date

from given.assessment import earlier_grants
from pas.grants.facts import Decision, HouseholdFacts, Outcome, Reason, Verdict
from pas.grants.periods import (
    Calendar,
)
from pas.grants.plan import plan
from pas.grants.rules import assess
from pas.money import Cents
from pas.schemes.model import InKind, StoredVersion

NEW_YEAR = date(2026, 1, 1)
CHILD = date(2016, 6, 1)
THING = InKind(unit_price_cents=Cents(3000))


def decide(
    household: HouseholdFacts,
    *versions: StoredVersion,
    on: date = NEW_YEAR,
    earlier: tuple[Decision, ...] = (),
    calendar: Calendar | None = None,
) -> tuple[Decision, ...]:
    the_plan = plan(versions, year=2026, on=on, calendar=calendar)
    return assess(household, the_plan, earlier_grants(*earlier))


def only(decisions: tuple[Decision, ...], member: int = 0) -> Verdict:
    (verdict,) = decisions[member].verdicts
    return verdict


def seen(decisions: tuple[Decision, ...], member: int = 0) -> list[tuple[Outcome, Reason]]:
    return [(one.outcome, one.reason) for one in decisions[member].verdicts]
