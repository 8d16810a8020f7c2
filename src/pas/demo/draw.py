"""Chance that is the same on every machine: it rests only on ``random()`` of a seeded generator.

Python promises the same sequence of ``random()`` for a seed in every version; it does not promise so
for ``shuffle`` and ``choice``, which is why they are written out here.
"""

import random
from collections.abc import Sequence
from typing import TypeVar

Item = TypeVar("Item")


class Draw:
    """A seeded source of choices."""

    def __init__(self, seed: int) -> None:
        self._random = random.Random(seed).random  # noqa: S311 (no secret comes of it: the same seed has to give the same city again)

    def below(self, limit: int) -> int:
        return int(self._random() * limit)

    def between(self, least: int, most: int) -> int:
        """Both ends included."""
        return least + self.below(most - least + 1)

    def one(self, items: Sequence[Item]) -> Item:
        return items[self.below(len(items))]

    def chance(self, percent: int) -> bool:
        return self.below(100) < percent

    def shuffled(self, items: Sequence[Item]) -> list[Item]:
        mixed = list(items)
        for last in range(len(mixed) - 1, 0, -1):
            other = self.below(last + 1)
            mixed[last], mixed[other] = mixed[other], mixed[last]
        return mixed


def apportioned(total: int, weights: Sequence[int]) -> list[int]:
    """Divide a whole number by weight; the parts add up to it (largest remainder)."""
    whole = sum(weights)
    parts = [total * weight // whole for weight in weights]
    rests = [total * weight % whole for weight in weights]
    order = sorted(range(len(weights)), key=lambda index: (-rests[index], index))
    for index in order[: total - sum(parts)]:
        parts[index] += 1
    return parts
