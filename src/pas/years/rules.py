"""How much people lose at the end of a year: in bands of € 25 and by age, with small numbers hidden. Pure."""

from collections import Counter
from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Final

import msgspec

from pas.money import Cents
from pas.reach.suppression import hidden_parts, is_small

BAND_CENTS: Final = 2_500
LAST_BAND: Final = 20
"""From € 500 on it is one band."""
AGES: Final = (0, 4, 12, 18, 67)
"""Where an age group begins; the last has no end."""
UNKNOWN_AGE: Final = -1


class Left(msgspec.Struct, frozen=True):
    """So many passes with what is left in one band, and what happens to it at the end of the year.

    Of one scheme, or of all together where it is None.
    """

    scheme: str | None
    fate: str
    age: int
    band: int
    passes: int
    cents: Cents
    visits: int
    last_until: datetime


class Shown(msgspec.Struct, frozen=True, rename="camel"):
    """A part of a distribution; without numbers where they are too small, or would give a small one away."""

    label: str
    passes: int | None
    amount_cents: Cents | None


class Distribution(msgspec.Struct, frozen=True, rename="camel"):
    """Who loses how much; ``passes`` is their number, and ``parts`` is None where nothing can be shown."""

    passes: int | None
    parts: list[Shown] | None


def by_band(left: Iterable[Left], *, threshold: int) -> Distribution:
    """Put the passes of one scheme in bands, from nothing up to the highest that occurs."""
    passes, cents = Counter[int](), Counter[int]()
    for one in left:
        band = min(one.band, LAST_BAND)
        passes[band] += one.passes
        cents[band] += one.cents
    bands = range(max(passes, default=-1) + 1)
    return _hidden([(_band(n), passes[n], cents[n]) for n in bands], threshold=threshold)


def by_age(left: Iterable[Left], *, threshold: int) -> Distribution:
    """Put the passes of all schemes together in groups of age."""
    passes, cents = Counter[int](), Counter[int]()
    for one in left:
        group = max((start for start in AGES if start <= one.age), default=UNKNOWN_AGE)
        passes[group] += one.passes
        cents[group] += one.cents
    groups = [UNKNOWN_AGE, *AGES] if passes[UNKNOWN_AGE] else list(AGES)
    return _hidden([(_age(n), passes[n], cents[n]) for n in groups], threshold=threshold)


def shown_number(number: int, *, threshold: int) -> int | None:
    return None if is_small(number, threshold) else number


def _hidden(parts: Sequence[tuple[str, int, int]], *, threshold: int) -> Distribution:
    """Hide what is small and what would give it away; the sum of all is known."""
    total = shown_number(sum(number for _, number, _ in parts), threshold=threshold)
    hidden = hidden_parts([number for _, number, _ in parts], threshold=threshold)
    if total is None or hidden is None:
        return Distribution(total, None)
    return Distribution(
        total,
        [
            Shown(label, None, None) if place in hidden else Shown(label, number, Cents(cents))
            for place, (label, number, cents) in enumerate(parts)
        ],
    )


def _band(number: int) -> str:
    first = number * BAND_CENTS // 100
    if number >= LAST_BAND:
        return f"€ {first} of meer"
    return f"€ {first} tot € {first + BAND_CENTS // 100}"


def _age(start: int) -> str:
    if start == UNKNOWN_AGE:
        return "onbekend"
    after = [one for one in AGES if one > start]
    return f"{start} tot en met {after[0] - 1} jaar" if after else f"{start} jaar en ouder"
