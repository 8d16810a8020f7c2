"""Reads XML of strangers into plain nodes by local name: nothing outside the file, and not too much.

No document type, so no entities; no network; a bound on bytes, on depth and on elements. Namespaces
are left out, so that every version of a message reads alike.
"""

from collections.abc import Sequence
from typing import ClassVar, Final

import msgspec
from lxml import etree

from pas.errors import Refusal

MOST_BYTES: Final = 20_000_000
"""A statement with ten thousand payments, each with names, is fifteen million."""
MOST_NODES: Final = 1_000_000
DEEPEST: Final = 40
CURRENCY_LONG: Final = len("EUR")
PACKED: Final = b"PK\x03\x04"
TOO_LARGE: Final = "Het bestand is te groot. Vraag bij de bank een kortere periode."


class BankFileUnreadable(Refusal):
    """Dit bankbestand kunnen wij niet lezen."""

    next_step: ClassVar[str] = "Haal het bestand opnieuw op bij de bank: pain.002, camt.053 of 054."


class Node(msgspec.Struct):
    """An element: its local name, its own text, and what is in it."""

    name: str
    currency: str = ""
    words: str = ""
    inner: list["Node"] = []


class Builder:
    """What lxml tells of a file while it reads; everything but plain elements is refused."""

    def __init__(self) -> None:
        """Begin above the root."""
        self.path: list[Node] = [Node("")]
        self.nodes: int = 0

    def start(self, tag: str, attributes: dict[str, str]) -> None:
        self.nodes += 1
        if self.nodes > MOST_NODES or len(self.path) > DEEPEST:
            raise BankFileUnreadable(TOO_LARGE)
        node = Node(tag.rpartition("}")[2], attributes.get("Ccy", ""))
        if len(node.currency) > CURRENCY_LONG:
            raise BankFileUnreadable("Er staat een munt in die niet bestaat.")
        self.path[-1].inner.append(node)
        self.path.append(node)

    def data(self, text: str) -> None:
        self.path[-1].words += text

    def end(self, _tag: str) -> None:
        self.path.pop()

    def doctype(self, *_: object) -> None:
        raise BankFileUnreadable("Dit bestand heeft een DOCTYPE. Banken sturen dat niet.")

    def comment(self, _text: str) -> None: ...
    def pi(self, _target: str, _data: str | None = None) -> None: ...
    def start_ns(self, _prefix: str, _uri: str) -> None: ...
    def end_ns(self, _prefix: str) -> None: ...

    def close(self) -> Node:
        return self.path[0]


def read_xml(content: bytes) -> Node:
    """Give the root of a file."""
    if len(content) > MOST_BYTES:
        raise BankFileUnreadable(TOO_LARGE)
    if content.startswith(PACKED):
        raise BankFileUnreadable("Dit is een zip. Pak het bestand eerst uit.")
    parser = etree.XMLParser(
        target=Builder(),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
        huge_tree=False,
    )
    try:
        parser.feed(content)
        above = parser.close()
    except etree.XMLSyntaxError as error:
        raise BankFileUnreadable("Dit is geen heel XML-bestand.") from error
    if len(above.inner) != 1:
        raise BankFileUnreadable("Dit is geen heel XML-bestand.")
    return above.inner[0]


def every(node: Node, *path: str) -> Sequence[Node]:
    """Give all nodes at a path of local names."""
    found: Sequence[Node] = [node]
    for name in path:
        found = [inner for one in found for inner in one.inner if inner.name == name]
    return found


def first(node: Node, *path: str) -> Node | None:
    return next(iter(every(node, *path)), None)


def text(node: Node, *path: str) -> str:
    """Give the text at a path without spaces around it, or nothing."""
    found = first(node, *path)
    return "" if found is None else found.words.strip()


def texts(node: Node, *path: str) -> list[str]:
    return [said for one in every(node, *path) if (said := one.words.strip())]
