"""How fast a merchant goes, counted by each worker for itself.

The limit is a bound against abuse, far above a busy evening; counting it exactly would make one hot
row per merchant. With several workers a merchant can go that many times as fast: said in the docs.
What a till and a card did is counted by the booking itself.
"""

from collections import Counter
from datetime import datetime
from typing import Final

from pas.ids import MerchantId

WINDOW_SECONDS: Final = 3600


class Pace:
    """Counts per hour of the clock; the hour before counts for the part that is still in sight."""

    def __init__(self) -> None:
        self._hour = 0
        self._now: Counter[MerchantId] = Counter()
        self._before: Counter[MerchantId] = Counter()

    def sales(self, merchant: MerchantId, now: datetime) -> int:
        elapsed = self._turn(now)
        before = self._before[merchant] * (WINDOW_SECONDS - elapsed) // WINDOW_SECONDS
        return self._now[merchant] + before

    def add(self, merchant: MerchantId, now: datetime) -> None:
        self._turn(now)
        self._now[merchant] += 1

    def _turn(self, now: datetime) -> int:
        hour, elapsed = divmod(int(now.timestamp()), WINDOW_SECONDS)
        if hour != self._hour:
            self._before = self._now if hour == self._hour + 1 else Counter()
            self._now = Counter()
            self._hour = hour
        return elapsed
