"""A document of amounts on paper: facts, sentences and tables; the same content gives the same bytes.

Everything in it is data to typst, so nothing in a name is read as code.
"""

from collections.abc import Sequence
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Final, TypeAlias

import msgspec

from pas.press.press import Press
from pas.press.printable import as_printed

MEDIA_TYPE: Final = "application/pdf"
LAYOUT: Final = Path(__file__).parent / "layouts" / "document.typ"


class House(msgspec.Struct, frozen=True):
    """Who gives a document, and whom to call about it."""

    municipality: str
    product: str
    telephone: str | None


class Column(msgspec.Struct, frozen=True):
    """``share`` is of the width that the other columns leave; nought is as wide as what is in it."""

    title: str
    share: int = 0
    is_amount: bool = False


class Facts(msgspec.Struct, frozen=True, tag="facts"):
    """Names with what they are, one below the other."""

    items: Sequence[tuple[str, str]]


class Sentence(msgspec.Struct, frozen=True, tag="sentence"):
    text: str


class Table(msgspec.Struct, frozen=True, tag="table"):
    """Rows under a heading; ``bold`` are the places of rows that add up what is above them."""

    title: str
    columns: Sequence[Column]
    rows: Sequence[Sequence[str]]
    bold: Sequence[int] = ()
    total: Sequence[str] = ()


Block: TypeAlias = Facts | Sentence | Table


class Document(msgspec.Struct, frozen=True, kw_only=True):
    """Blocks under a title; ``is_wide`` lies on its side."""

    house: House
    title: str
    about: str
    blocks: Sequence[Block]
    is_wide: bool = False


async def set_document(press: Press, document: Document, *, made_at: datetime) -> bytes:
    """Give it as tagged PDF (PDF/UA-1); what our fonts do not have is a question mark."""
    for block in document.blocks:
        if isinstance(block, Table):
            width = len(block.columns)
            assert all(len(row) == width for row in block.rows), "a row has a cell for every column"
            assert len(block.total) in {0, width}, "a row has a cell for every column"
    content = as_printed(msgspec.json.encode(document).decode())
    return await press.pdf(layout(), {"document": content}, made_at=made_at)


@cache
def layout() -> str:
    return LAYOUT.read_text("utf-8")
