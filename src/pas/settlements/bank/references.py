"""Finds the reference of a debit note in what the bank says: in its own place, or in words. Pure."""

from collections.abc import Iterator

from pas.settlements.bank.xml import Node, every, text, texts
from pas.settlements.debit_notes.reference import numbers_within


def note_in(node: Node) -> int | None:
    """Give the number of the note that an entry, or a payment in one, names; two different ones are none.

    A structured reference (``CdtrRefInf``) is what the payer's bank checked, so it goes before words.
    """
    details = [node] if node.name == "TxDtls" else list(every(node, "NtryDtls", "TxDtls"))
    own = numbers_of(one for detail in details for one in structured(detail))
    found = own or numbers_of(
        [text(node, "AddtlNtryInf"), *(one for d in details for one in words(d))]
    )
    return found.pop() if len(found) == 1 else None


def structured(detail: Node) -> list[str]:
    return texts(detail, "RmtInf", "Strd", "CdtrRefInf", "Ref")


def words(detail: Node) -> Iterator[str]:
    yield from texts(detail, "RmtInf", "Ustrd")
    yield from texts(detail, "RmtInf", "Strd", "AddtlRmtInf")
    yield text(detail, "AddtlTxInf")
    yield text(detail, "Refs", "EndToEndId")


def numbers_of(said: Iterator[str] | list[str]) -> set[int]:
    return {number for one in said for number in numbers_within(one)}
