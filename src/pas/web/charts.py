"""The geometry of charts: numbers to places, so that templates draw and nothing more.

A chart is an SVG without a script or a style of its own: it prints, it works at 320 pixels because
its widths are percentages, and a screen reader reads the table beside it.
"""

from collections.abc import Sequence
from itertools import pairwise
from typing import Final

import msgspec

WHOLE: Final = 1_000
"""A hundred percent in tenths; a bar is drawn against it, or against the highest above it."""
HEIGHT: Final = 180
TOP: Final = 34
BOTTOM: Final = 34


class Bar(msgspec.Struct, frozen=True):
    """One bar; ``length`` and ``mark`` are percentages of the width, and None has no bar."""

    label: str
    value: str
    address: str
    length: str | None
    mark: str


class Point(msgspec.Struct, frozen=True):
    """One point of a line: ``across`` is a percentage, ``down`` a number of pixels."""

    label: str
    value: str
    across: str
    down: int | None


class Segment(msgspec.Struct, frozen=True):
    """The line between two neighbours that are both known."""

    start: Point
    end: Point


class Line(msgspec.Struct, frozen=True):
    points: list[Point]
    segments: list[Segment]
    height: int
    ground: int


class Measured(msgspec.Struct, frozen=True):
    """What is drawn: a name, how it is written, how much it is, and where its definition stands."""

    label: str
    value: str
    amount: int | None
    address: str = ""


def bars(measured: Sequence[Measured], *, whole: int = WHOLE) -> list[Bar]:
    """Lay out bars; ``whole`` has a mark, and a bar may go beyond it."""
    most = max([whole, *(one.amount or 0 for one in measured)])
    return [
        Bar(
            label=one.label,
            value=one.value,
            address=one.address,
            length=None if one.amount is None else _percent(one.amount, most),
            mark=_percent(whole, most),
        )
        for one in measured
    ]


def line(measured: Sequence[Measured]) -> Line:
    """Lay out a line from left to right; an unknown value leaves a gap."""
    most = max([1, *(one.amount or 0 for one in measured)])
    room = HEIGHT - TOP - BOTTOM
    points = [
        Point(
            label=one.label,
            value=one.value,
            across=_percent(2 * number + 1, 2 * len(measured)),
            down=None if one.amount is None else HEIGHT - BOTTOM - one.amount * room // most,
        )
        for number, one in enumerate(measured)
    ]
    pairs = pairwise(points)
    segments = [Segment(one, other) for one, other in pairs if None not in {one.down, other.down}]
    return Line(points, segments, HEIGHT, HEIGHT - BOTTOM)


def _percent(part: int, whole: int) -> str:
    """A percentage for an attribute, in tenths."""
    tenths = part * WHOLE // whole
    return f"{tenths // 10}.{tenths % 10}%"
