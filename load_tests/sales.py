"""Random sales of the city as the arrays that redeem_batch() takes, and as a bare INSERT takes them."""

import random
from collections import Counter
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec

import city
from pas.ids import AccountId, uuid7

REDEEM_BATCH: Final = """
    SELECT redeem_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29)
"""
TRACE: Final = "0" * 32
MOST_OF_CARD: Final = 10_000
"""Sales and euros a day: counted as for real, and far away. What a till did is not counted here: no
real one sells so fast."""
MANY_CARDS: Final = 10_000
"""A smaller crowd buys more in a minute than its cards may in a day, so for it nothing is counted:
there would be hundreds of sales of a card to add up, where life has a handful."""
MOST_CENTS: Final = 500
OVER_TWO: Final = 4
"""Each fourth sale is paid from two budgets."""
OUR_TURNS: Final = 10**9
"""Numbers of the bare INSERT's debits, above all that were ever given out."""


class Sale(msgspec.Struct, frozen=True):
    """One sale: who, where, and what each budget pays."""

    id: UUID
    holder: int
    till: int
    cents: tuple[int, ...]


class Crowd(msgspec.Struct, frozen=True):
    """Who buys: holders ``first`` up to ``last``, of which this lane has each ``lanes``-th."""

    first: int
    last: int
    lane: int = 0
    lanes: int = 1

    def sale(self) -> Sale:
        holder = random.randrange(self.first + self.lane, self.last, self.lanes)
        over = 2 if random.randrange(OVER_TWO) == 0 else 1
        cents = tuple(random.randrange(1, MOST_CENTS) for _ in range(over))
        return Sale(uuid7(), holder, random.randrange(city.TILLS_AT_SQL_LEVEL), cents)

    def sales(self, size: int) -> list[Sale]:
        return [self.sale() for _ in range(size)]


def redeem_arguments(sales: list[Sale], *, counts_cards: bool = True) -> list[object]:
    """Lay sales out as a worker does: what is constant over a batch too is sent per item."""
    now, size = datetime.now(UTC), len(sales)
    lines = [
        (
            number,
            city.budget(sale.holder, category),
            city.merchant_account(city.keeper(sale.till)),
            cents,
        )
        for number, sale in enumerate(sales, start=1)
        for category, cents in enumerate(sale.cents)
    ]
    accounts = sorted({line[1] for line in lines} | {line[2] for line in lines})
    place = {account: at for at, account in enumerate(accounts, start=1)}
    tills = [city.till(sale.till) for sale in sales]
    totals = [sum(sale.cents) for sale in sales]
    nothing = [None] * size
    return [
        *([sale.id for sale in sales], ["redeem"] * size, nothing),
        *([random.randbytes(32) for _ in sales], nothing, [now] * size, ["till"] * size, tills),
        *(accounts, [line[0] for line in lines], [place[line[1]] for line in lines]),
        *([place[line[2]] for line in lines], [line[3] for line in lines], [None] * len(lines)),
        *(tills, [city.merchant(city.keeper(sale.till)) for sale in sales]),
        [city.location(city.keeper(sale.till)) for sale in sales],
        [city.card(sale.holder) for sale in sales],
        [city.resident(sale.holder) for sale in sales],
        *(["sport"] * size, totals, totals, [0] * size, nothing, [TRACE] * size),
        *([0] * size, None, MOST_OF_CARD if counts_cards else None, MOST_OF_CARD * 100),
    ]


def raw_arguments(sales: list[Sale], turns: Counter[AccountId]) -> list[object]:
    """Lay the same sales out for the bare INSERT, which is told the turns of each debit."""
    now, period = datetime.now(UTC), city.FIRST_DAY
    lines: list[tuple[UUID, int, AccountId, AccountId, int, int]] = []
    taken: Counter[AccountId] = Counter()
    times: Counter[AccountId] = Counter()
    for sale in sales:
        credit = city.merchant_account(city.keeper(sale.till))
        for category, cents in enumerate(sale.cents):
            debit = city.budget(sale.holder, category)
            turns[debit] += 1
            taken[debit] += cents
            times[debit] += 1
            lines.append((sale.id, category + 1, debit, credit, cents, OUR_TURNS + turns[debit]))
    debits = sorted(taken)
    return [
        *([sale.id for sale in sales], [random.randbytes(32) for _ in sales]),
        *([sum(sale.cents) for sale in sales], [city.till(sale.till) for sale in sales]),
        [city.merchant(city.keeper(sale.till)) for sale in sales],
        [city.card(sale.holder) for sale in sales],
        *([line[place] for line in lines] for place in range(5)),
        *(now, period, [line[5] for line in lines]),
        *(debits, [taken[debit] for debit in debits], [times[debit] for debit in debits]),
        [city.resident(sale.holder) for sale in sales],
    ]
