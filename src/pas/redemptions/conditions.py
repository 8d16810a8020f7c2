"""What a cashier has to see or ask before a budget pays, so that nobody is turned away later."""

from datetime import date
from typing import Final

from pas.redemptions.facts import BudgetFacts
from pas.redemptions.verdicts import Condition, day_text

MET_BY_ADULT: Final = frozenset({"adult", "adult_or_diploma"})
QUESTIONS: Final = {
    "adult": "Gaat er een volwassene mee?",
    "adult_or_diploma": "Is er een zwemdiploma? Of gaat er een volwassene mee?",
    "diploma": "Is er een zwemdiploma?",
}


def conditions_of(budget: BudgetFacts, *, today: date, holder_is_adult: bool) -> list[Condition]:
    """List the precondition of the scheme, and in the run-out whether the season began in time.

    A code that is not known here is asked in the words of the scheme's own version.
    """
    conditions: list[Condition] = []
    code = budget.precondition_code
    if code and not (holder_is_adult and code in MET_BY_ADULT):
        question = QUESTIONS.get(code, f"Klopt dit: {budget.precondition or code}?")
        conditions.append(Condition(code=code, question=question))
    if today >= budget.usable_until:
        before = budget.usable_until
        question = f"Is de les of het seizoen begonnen vóór {day_text(before)}?"
        conditions.append(Condition(code=f"begun-before-{before}", question=question))
    return conditions
