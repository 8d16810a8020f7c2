"""Which income counts for a household: what the files say, or what an officer found out.

The newest word counts. A file that never knew an income says nothing, so it does not undo what an
officer recorded; a file that knew one and now leaves it empty says that it is unknown from that day.
An officer's verdict counts in its own pass year and the next, as last year's pass does.
"""

from collections.abc import Iterable
from datetime import date

import msgspec

from pas.money import BasisPoints


class FiledIncome(msgspec.Struct, frozen=True):
    """What the files say of one member: ``since`` when, None if they never knew an income."""

    income: BasisPoints | None
    since: date | None


class IncomeVerdict(msgspec.Struct, frozen=True):
    """What an officer recorded, and of which day it is."""

    income: BasisPoints
    assessed_on: date


def income_of(
    filed: Iterable[FiledIncome], verdict: IncomeVerdict | None, *, counts_from: date
) -> BasisPoints | None:
    """Give a household's income, None when unknown; of members who differ the newest counts.

    When the newest differ among themselves, nobody can tell which is right: unknown.
    """
    dated = [(one.since, one.income) for one in filed if one.since is not None]
    newest = max((since for since, _ in dated), default=None)
    if verdict is not None and verdict.assessed_on >= max(counts_from, newest or counts_from):
        return verdict.income
    said = {income for since, income in dated if since == newest}
    return said.pop() if len(said) == 1 else None
