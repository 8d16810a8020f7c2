"""The money of a year as a table: a row for each scheme and month."""

from collections.abc import Iterable, Iterator
from typing import Final

from pas.bookkeeping.periods import name_of
from pas.bookkeeping.spending.model import MoneyOfYear
from pas.spreadsheet import Amount, Cell

COLUMNS: Final = (
    *("jaar", "regeling", "naam", "begroot", "maand", "toegekend", "besteed", "vervallen"),
    *("verwacht_toegekend", "verwacht_besteed"),
)
LATER: Final = "later"


def spending_rows(money: Iterable[MoneyOfYear]) -> Iterator[list[Cell]]:
    for one in money:
        ahead = one.forecast
        for month in (*one.months, one.later):
            yield [
                *(one.year, one.scheme, one.title, Amount(one.appropriated_cents)),
                LATER if month is one.later else name_of(month.period),
                *map(Amount, (month.granted_cents, month.spent_cents, month.lapsed_cents)),
                None if ahead.granted_cents is None else Amount(ahead.granted_cents),
                None if ahead.spent_cents is None else Amount(ahead.spent_cents),
            ]
