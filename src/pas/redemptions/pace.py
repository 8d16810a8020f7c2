"""How fast a till and a merchant go, counted by each worker for itself.

The limits are bounds against abuse, far above a busy evening; counting them exactly would make one
hot row per merchant. With several workers a till can go that many times as fast: said in the docs.
"""

from collections import Counter
from datetime import datetime
from typing import Final
from uuid import UUID

from pas.redemptions.facts import Counts
from pas.redemptions.read import FactsRow
from pas.redemptions.sale import SaleItem

WINDOW_SECONDS: Final = 3600


class Pace:
    """Counts per hour of the clock; the hour before counts for the part that is still in sight."""

    def __init__(self) -> None:
        self._hour = 0
        self._now: Counter[UUID] = Counter()
        self._before: Counter[UUID] = Counter()

    def counts(self, sale: SaleItem, row: FactsRow, now: datetime) -> Counts:
        elapsed = self._turn(now)
        merchant = row.merchant.id if row.merchant else None
        return Counts(
            till_sales=self._count(sale.till_id, elapsed),
            merchant_sales=0 if merchant is None else self._count(merchant, elapsed),
        )

    def add(self, sale: SaleItem, row: FactsRow, now: datetime) -> None:
        self._turn(now)
        self._now[sale.till_id] += 1
        if row.merchant:
            self._now[row.merchant.id] += 1

    def _count(self, who: UUID, elapsed: int) -> int:
        before = self._before[who] * (WINDOW_SECONDS - elapsed) // WINDOW_SECONDS
        return self._now[who] + before

    def _turn(self, now: datetime) -> int:
        hour, elapsed = divmod(int(now.timestamp()), WINDOW_SECONDS)
        if hour != self._hour:
            self._before = self._now if hour == self._hour + 1 else Counter()
            self._now = Counter()
            self._hour = hour
        return elapsed
