"""The bank file: pain.001.001.09 (ISO 20022, customer credit transfer initiation), written as it streams.

Byte for byte the same for the same order: no clock, no chance, no setting that can change. Creditor
addresses are left out: inside Europe none is needed, and an unstructured one is refused. Whatever is
written is read back and held against the official schema before anybody gets it.
"""

import io
from collections.abc import Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import Final, Protocol, TypeAlias

import msgspec
from lxml import etree

from pas.days import AMSTERDAM
from pas.money import Cents, point_euros
from pas.settlements.characters import sepa_text

NAMESPACE: Final = "urn:iso:std:iso:20022:tech:xsd:pain.001.001.09"
SCHEMA: Final = Path(__file__).with_name("pain.001.001.09.xsd")
"""The schema of ISO 20022, unchanged, as the package sepaxml 2.7.0 (MIT) carries it."""
MOST_TRANSACTIONS: Final = 10_000
"""Banks advise no more in a file."""
LONGEST_NAME: Final = 70
LONGEST_TEXT: Final = 140
NO_NAME: Final = "Aanbieder"


Content: TypeAlias = "Sequence[tuple[str, str | Content]]"
"""What is in an element: a text, or elements by name."""


class Writer(Protocol):
    """What we use of lxml's incremental writer, whose class has no public name."""

    def element(
        self, tag: str, attrib: dict[str, str], /
    ) -> AbstractContextManager[object | None]: ...
    def write(self, content: str, /) -> object: ...


class Payment(msgspec.Struct, frozen=True):
    """One credit transfer."""

    id: str
    amount_cents: Cents
    name: str
    iban: str
    text: str


class Order(msgspec.Struct, frozen=True):
    """All of one file."""

    id: str
    created_at: datetime
    pays_on: date
    payer_name: str
    payer_iban: str
    payments: Sequence[Payment]

    @property
    def total_cents(self) -> Cents:
        return Cents(sum(one.amount_cents for one in self.payments))


class Totals(msgspec.Struct, frozen=True):
    """What a reader of a file counts and adds up."""

    transactions: int
    total_cents: Cents


def written(order: Order) -> bytes:
    """Write the file, read it back, and hold it against the official schema."""
    assert 1 <= len(order.payments) <= MOST_TRANSACTIONS, "a file has a payment, and not too many"
    target = io.BytesIO()
    with etree.xmlfile(target, encoding="UTF-8") as file:
        file.write_declaration()
        with (
            file.element(_tag("Document"), nsmap={None: NAMESPACE}),
            file.element(_tag("CstmrCdtTrfInitn")),
        ):
            _write(file, "GrpHdr", _header(order))
            with file.element(_tag("PmtInf")):
                for name, content in _batch(order):
                    _write(file, name, content)
                for one in order.payments:
                    _write(file, "CdtTrfTxInf", _transfer(one))
    content = target.getvalue()
    assert read_totals(content) == Totals(len(order.payments), order.total_cents)
    return content


def read_totals(content: bytes) -> Totals:
    """Read a file of ours in bounded memory: valid by the schema, and its own totals are true."""
    transactions, total = 0, 0
    said: list[tuple[str, str]] = []
    reader = etree.iterparse(
        io.BytesIO(content),
        events=("end",),
        schema=schema(),
        resolve_entities=False,
        no_network=True,
        load_dtd=False,
    )
    for _, element in reader:
        name = etree.QName(element).localname
        if name == "InstdAmt":
            transactions, total = transactions + 1, total + _cents(element.text or "")
        elif name in {"NbOfTxs", "CtrlSum"}:
            said.append((name, element.text or ""))
        elif name == "CdtTrfTxInf":
            element.clear()
    assert reader.root is not None, "a file was read"
    assert not reader.root.getroottree().docinfo.doctype, "a bank file has no entities"
    counted = [("NbOfTxs", str(transactions)), ("CtrlSum", point_euros(Cents(total)))]
    assert said == [*counted, *counted], "the totals of the file are those of its payments"
    return Totals(transactions, Cents(total))


@cache
def schema() -> etree.XMLSchema:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False)
    return etree.XMLSchema(etree.parse(SCHEMA, parser))


def _header(order: Order) -> Content:
    return [
        ("MsgId", order.id),
        ("CreDtTm", order.created_at.astimezone(AMSTERDAM).strftime("%Y-%m-%dT%H:%M:%S")),
        *_totals(order),
        ("InitgPty", [("Nm", _name(order.payer_name))]),
    ]


def _batch(order: Order) -> Content:
    return [
        ("PmtInfId", order.id),
        ("PmtMtd", "TRF"),
        ("BtchBookg", "true"),
        *_totals(order),
        ("PmtTpInf", [("SvcLvl", [("Cd", "SEPA")])]),
        ("ReqdExctnDt", [("Dt", order.pays_on.isoformat())]),
        ("Dbtr", [("Nm", _name(order.payer_name))]),
        ("DbtrAcct", [("Id", [("IBAN", order.payer_iban)]), ("Ccy", "EUR")]),
        # The bank knows its own customer's bank; the schema wants something here.
        ("DbtrAgt", [("FinInstnId", [("Othr", [("Id", "NOTPROVIDED")])])]),
        ("ChrgBr", "SLEV"),
    ]


def _transfer(one: Payment) -> Content:
    return [
        ("PmtId", [("EndToEndId", one.id)]),
        ("Amt", [("InstdAmt", point_euros(one.amount_cents))]),
        ("Cdtr", [("Nm", _name(one.name))]),
        ("CdtrAcct", [("Id", [("IBAN", one.iban)])]),
        ("RmtInf", [("Ustrd", sepa_text(one.text, most=LONGEST_TEXT, otherwise=one.id))]),
    ]


def _totals(order: Order) -> Content:
    return [
        ("NbOfTxs", str(len(order.payments))),
        ("CtrlSum", point_euros(order.total_cents)),
    ]


def _name(name: str) -> str:
    return sepa_text(name, most=LONGEST_NAME, otherwise=NO_NAME)


def _write(file: Writer, name: str, content: "str | Content") -> None:
    attributes = {"Ccy": "EUR"} if name == "InstdAmt" else {}
    with file.element(_tag(name), attributes):
        if isinstance(content, str):
            file.write(content)
            return
        for inner, more in content:
            _write(file, inner, more)


def _tag(name: str) -> str:
    return f"{{{NAMESPACE}}}{name}"


def _cents(text: str) -> int:
    whole, _, rest = text.partition(".")
    return int(whole) * 100 + int(rest)
