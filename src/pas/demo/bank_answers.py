"""What the bank of the demonstration answers: one payment refused, the rest paid as one total, one came back.

Made from an exported run when somebody asks, so that a visitor can hand over the files as finance would.
"""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Final, Literal, TypeAlias

from lxml import etree

from pas.ids import MunicipalityName
from pas.money import Cents, point_euros
from pas.settlements.export import BankFile
from pas.settlements.model import SettlementLine, SettlementRun
from pas.settlements.pain001 import MOST_TRANSACTIONS
from pas.settlements.rules import payment_id

Answer = Literal["pain.002", "camt.053", "camt.054"]
NAMESPACES: Final[Mapping[Answer, str]] = {
    "pain.002": "pain.002.001.03",
    "camt.053": "camt.053.001.08",
    "camt.054": "camt.054.001.08",
}
OPENING_CENTS: Final = 500_000_000
REFUSED: Final = "AC01"
CLOSED: Final = "AC04"
ENOUGH: Final = 3
"""Of fewer payments none is refused and none comes back: then all of it is simply paid."""

Content: TypeAlias = "Sequence[tuple[str, str | Content]]"
"""What is in an element: a text, or elements by name."""


def bank_answer(
    kind: Answer,
    municipality: MunicipalityName,
    run: SettlementRun,
    *,
    file: BankFile,
    lines: Sequence[SettlementLine],
    today: date,
) -> bytes:
    """Make one of the three files about a file of a run; the same day gives the same bytes."""
    start = (file.number - 1) * MOST_TRANSACTIONS
    mine = [one for one in lines if start < one.number <= start + file.transactions]
    name = payment_id(municipality, run.number, f"F{file.number}")
    refused = mine[-1:] if len(mine) >= ENOUGH else []
    paid = [one for one in mine if one not in refused]
    back = paid[:1] if len(mine) >= ENOUGH else []
    assert run.payer_iban is not None, "a run whose file was made has a payer"
    ids = {one.number: payment_id(municipality, run.number, one.number) for one in mine}
    if kind == "pain.002":
        body = report(name, [ids[one.number] for one in refused], today)
    elif kind == "camt.053":
        body = statement(name, paid, account=run.payer_iban, today=today)
    else:
        body = notification(
            name, [(ids[one.number], one) for one in back], account=run.payer_iban, today=today
        )
    return written(NAMESPACES[kind], body)


def report(name: str, refused: Sequence[str], today: date) -> Content:
    payments: Content = [
        (
            "TxInfAndSts",
            [
                ("OrgnlEndToEndId", one),
                ("TxSts", "RJCT"),
                ("StsRsnInf", [("Rsn", [("Cd", REFUSED)])]),
            ],
        )
        for one in refused
    ]
    status = "PART" if refused else "ACCP"
    about: Content = [
        ("OrgnlMsgId", name),
        ("OrgnlMsgNmId", "pain.001.001.09"),
        ("GrpSts", status),
    ]
    batch: Content = [("OrgnlPmtInfId", name), ("PmtInfSts", status), *payments]
    return [
        (
            "CstmrPmtStsRpt",
            [
                ("GrpHdr", header(f"STS-{name}", today)),
                ("OrgnlGrpInfAndSts", about),
                ("OrgnlPmtInfAndSts", batch),
            ],
        )
    ]


def statement(name: str, paid: Sequence[SettlementLine], *, account: str, today: date) -> Content:
    total = sum(one.amount_cents for one in paid)
    batch: Content = [("PmtInfId", name), ("NbOfTxs", str(len(paid)))]
    return [
        (
            "BkToCstmrStmt",
            [
                ("GrpHdr", header(f"STM-{name}", today)),
                (
                    "Stmt",
                    [
                        ("Id", f"STM-{name}"),
                        ("Acct", [("Id", [("IBAN", account)]), ("Ccy", "EUR")]),
                        balance("OPBD", OPENING_CENTS, today),
                        balance("CLBD", OPENING_CENTS - total, today),
                        entry("DBIT", total, f"D-{name}", today=today, details=[("Btch", batch)]),
                    ],
                ),
            ],
        )
    ]


def notification(
    name: str, back: Sequence[tuple[str, SettlementLine]], *, account: str, today: date
) -> Content:
    entries = [
        entry(
            "CRDT",
            line.amount_cents,
            f"C-{end_to_end}",
            today=today,
            details=[
                (
                    "TxDtls",
                    [
                        ("Refs", [("EndToEndId", end_to_end)]),
                        ("Amt", point_euros(line.amount_cents)),
                        ("CdtDbtInd", "CRDT"),
                        ("RltdPties", [("DbtrAcct", [("Id", [("IBAN", line.iban)])])]),
                        ("RtrInf", [("Rsn", [("Cd", CLOSED)])]),
                    ],
                )
            ],
        )
        for end_to_end, line in back
    ]
    return [
        (
            "BkToCstmrDbtCdtNtfctn",
            [
                ("GrpHdr", header(f"NTF-{name}", today)),
                (
                    "Ntfctn",
                    [
                        ("Id", f"NTF-{name}"),
                        ("Acct", [("Id", [("IBAN", account)]), ("Ccy", "EUR")]),
                        *entries,
                    ],
                ),
            ],
        )
    ]


def header(name: str, today: date) -> Content:
    return [("MsgId", name), ("CreDtTm", f"{today}T06:00:00")]


def balance(code: str, cents: int, today: date) -> tuple[str, Content]:
    return (
        "Bal",
        [
            ("Tp", [("CdOrPrtry", [("Cd", code)])]),
            ("Amt", point_euros(Cents(abs(cents)))),
            ("CdtDbtInd", "CRDT" if cents >= 0 else "DBIT"),
            ("Dt", [("Dt", today.isoformat())]),
        ],
    )


def entry(
    direction: str, cents: int, reference: str, *, today: date, details: Content
) -> tuple[str, Content]:
    return (
        "Ntry",
        [
            ("Amt", point_euros(Cents(cents))),
            ("CdtDbtInd", direction),
            ("Sts", [("Cd", "BOOK")]),
            ("BookgDt", [("Dt", today.isoformat())]),
            ("AcctSvcrRef", reference[-35:]),
            ("BkTxCd", [("Prtry", [("Cd", "DEMO")])]),
            ("NtryDtls", details),
        ],
    )


def written(message: str, body: Content) -> bytes:
    namespace = f"urn:iso:std:iso:20022:tech:xsd:{message}"
    root = etree.Element(f"{{{namespace}}}Document", nsmap={None: namespace})
    put(root, body, namespace)
    return etree.tostring(root, encoding="UTF-8", xml_declaration=True)


def put(parent: etree.Element, content: Content, namespace: str) -> None:
    for name, inside in content:
        made = etree.SubElement(parent, f"{{{namespace}}}{name}")
        if name == "Amt":
            made.set("Ccy", "EUR")
        if isinstance(inside, str):
            made.text = inside
        else:
            put(made, inside, namespace)
