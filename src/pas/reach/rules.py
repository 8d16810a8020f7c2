"""Percentages and what to think of printed ones: whole numbers, one stated rule, no guesses.

A percentage of ours is rounded half up to a tenth. Printed figures mix rounding and truncation, so
a printed one gets a verdict instead of being corrected.
"""

import re
from typing import Final, Literal

import msgspec

Tenths = int
Verdict = Literal[
    "rounding",
    "truncation",
    "both",
    "neither",
    "target_group_implied",
    "target_group_unknown",
    "nothing_printed",
]
PRINTED: Final = re.compile(r"(-?)([0-9]{1,4})(?:[.,]([0-9]{1,3}))?")


class PrintedPercentage(msgspec.Struct, frozen=True):
    """A percentage as it was printed: ``7.4`` is 74 with one decimal."""

    digits: int
    decimals: int


class Judged(msgspec.Struct, frozen=True):
    """A verdict, and which ways of computing give what was printed.

    ``tenths`` is our own figure; None where there is nothing to divide by.
    """

    verdict: Verdict
    rounds: bool
    truncates: bool
    tenths: Tenths | None


def reach_tenths(users: int, target_group: int | None) -> Tenths | None:
    """Users in tenths of a percent of a target group, half up; above the whole as it is."""
    if target_group is None or target_group <= 0:
        return None
    return rounded(users * 1_000, target_group)


def rounded(dividend: int, divisor: int) -> int:
    """Divide, half away from zero."""
    assert divisor > 0
    whole = (2 * abs(dividend) + divisor) // (2 * divisor)
    return whole if dividend >= 0 else -whole


def truncated(dividend: int, divisor: int) -> int:
    """Divide and cut off what is behind the comma."""
    assert divisor > 0
    whole = abs(dividend) // divisor
    return whole if dividend >= 0 else -whole


def parse_printed(text: str) -> PrintedPercentage | None:
    """Read ``37``, ``7.4`` or ``12,5``; None where nothing readable was printed."""
    found = PRINTED.fullmatch(text.strip().removesuffix("%").strip())
    if found is None:
        return None
    decimals = found[3] or ""
    digits = int(found[2] + decimals)
    return PrintedPercentage(-digits if found[1] else digits, len(decimals))


def judge(
    part: int | None,
    whole: int | None,
    printed: PrintedPercentage | None,
    *,
    implied: bool = False,
) -> Judged:
    """Say how a printed percentage can have been made of these two numbers.

    An implied target group may explain a figure but proves nothing, so that is the verdict then.
    """
    if part is None or whole is None or whole <= 0:
        return Judged("target_group_unknown", rounds=False, truncates=False, tenths=None)
    tenths = rounded(part * 1_000, whole)
    if printed is None:
        verdict: Verdict = "target_group_implied" if implied else "nothing_printed"
        return Judged(verdict, rounds=False, truncates=False, tenths=tenths)
    scaled = part * 100 * 10**printed.decimals
    rounds = rounded(scaled, whole) == printed.digits
    truncates = truncated(scaled, whole) == printed.digits
    verdict = "target_group_implied" if implied else _how(rounds=rounds, truncates=truncates)
    return Judged(verdict, rounds=rounds, truncates=truncates, tenths=tenths)


def _how(*, rounds: bool, truncates: bool) -> Verdict:
    if rounds and truncates:
        return "both"
    if rounds:
        return "rounding"
    return "truncation" if truncates else "neither"


def in_words(tenths: Tenths) -> str:
    """Write tenths of a percent the Dutch way: ``12,5%``."""
    whole, rest = divmod(abs(tenths), 10)
    return f"{'-' if tenths < 0 else ''}{whole}{f',{rest}' if rest else ''}%"


def points_between(earlier: Tenths | None, later: Tenths | None) -> str:
    """Say how far two percentages are apart: in percentage points, never in percent."""
    if earlier is None or later is None:
        return "niet te vergelijken"
    difference = later - earlier
    whole, rest = divmod(abs(difference), 10)
    number = f"{whole}{f',{rest}' if rest else ''}"
    if difference == 0:
        return "gelijk"
    return f"{number} procentpunt {'meer' if difference > 0 else 'minder'}"


def of_each_hundred(tenths: Tenths) -> str:
    """Say a percentage as people hear it: ``64 van elke 100``."""
    return f"{rounded(tenths, 10)} van elke 100"
