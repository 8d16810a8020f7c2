"""What letters look like: a layout around every letter, and one for the middle of each kind."""

from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final

import msgspec

from pas.press.press import Press

LAYOUTS: Final = Path(__file__).parent / "layouts"
WHOLE: Final = "letter"
MIDDLE: Final = "// Here comes the middle of the letter."


class Layout(msgspec.Struct, frozen=True):
    """``kind`` is the middle of a letter, ``whole`` is around it."""

    whole: str
    kind: str

    def source(self) -> str:
        """One source: a layout can import nothing."""
        return self.whole.replace(MIDDLE, self.kind, 1)

    def place(self, line: int) -> str:
        """Say where a line of the source stands, as the two files count."""
        before = self.whole.partition(MIDDLE)[0].count("\n")
        middle = self.kind.count("\n")
        if line <= before:
            return f"regel {line} van de opmaak van elke brief"
        if line <= before + middle + 1:
            return f"regel {line - before} van de opmaak van deze brief"
        return f"regel {line - middle} van de opmaak van elke brief"


@cache
def layout_of_ours(name: str) -> str:
    return (LAYOUTS / f"{name}.typ").read_text("utf-8")


async def set_letters(
    press: Press, layout: Layout, given: Mapping[str, object], *, large: bool, made_at: datetime
) -> bytes:
    """Give the letters as tagged PDF; raises LayoutWrong."""
    content = msgspec.json.encode(given).decode()
    inputs = {"letters": content, "large": "yes" if large else "no"}
    return await press.pdf(layout.source(), inputs, made_at=made_at, place=layout.place)
