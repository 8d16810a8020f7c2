# The part of pypng that draws a card's code; the package itself has no types.

from collections.abc import Iterable, Sequence
from typing import BinaryIO

class Writer:
    def __init__(
        self,
        *,
        width: int,
        height: int,
        greyscale: bool,
        bitdepth: int,
        x_pixels_per_unit: int,
        y_pixels_per_unit: int,
        unit_is_meter: bool,
    ) -> None: ...
    def write(self, outfile: BinaryIO, rows: Iterable[Sequence[int]]) -> int: ...

class Resolution:
    x: int
    y: int

class Reader:
    def __init__(self, *, bytes: bytes) -> None: ...
    def asDirect(self) -> tuple[int, int, Iterable[Sequence[int]], dict[str, Resolution]]: ...
