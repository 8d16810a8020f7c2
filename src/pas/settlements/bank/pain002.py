"""Reads pain.002 (status report): what the bank says of a file, of a batch and of single payments.

Pure: content in, what the bank says out.
"""

from datetime import date
from typing import Final

import msgspec

from pas.settlements.bank.said import BankSays, Counterparty, Item, Ours
from pas.settlements.bank.words import cents_of, day_of_node, key_of, ours_among
from pas.settlements.bank.xml import BankFileUnreadable, Node, every, first, text, texts

REPORT: Final = "CstmrPmtStsRpt"
EURO: Final = "EUR"
LONGEST_WORDS: Final = 500
LONGEST_CODE: Final = 35


class Report(msgspec.Struct, frozen=True):
    """What all items of a report share."""

    id: str
    day: date
    municipality: str

    def ours(self, said: str) -> Ours | None:
        return next(iter(ours_among(self.municipality, [said])), None)


def read_pain002(root: Node, municipality: str) -> BankSays:
    """Read a whole report. A batch says it for its file; then the file itself is not an item."""
    body = first(root, REPORT)
    header = first(root, REPORT, "GrpHdr")
    day = None if header is None else day_of_node(header, "CreDtTm")
    group = None if body is None else first(body, "OrgnlGrpInfAndSts")
    if body is None or header is None or day is None or group is None:
        raise BankFileUnreadable("Er staat niet in over welk bestand de bank iets zegt.")
    report = Report(text(header, "MsgId"), day, municipality)
    batches = every(body, "OrgnlPmtInfAndSts")
    items = [item for batch in batches for item in items_of(report, batch, group)]
    file = text(group, "OrgnlMsgId")
    said = {text(one, "OrgnlPmtInfId") for one in batches if text(one, "PmtInfSts")}
    if (status := text(group, "GrpSts")) and file not in said:
        listed = any(every(one, "TxInfAndSts") for one in batches)
        items.insert(0, batch_item(report, file, status, node=group, listed=listed))
    return BankSays(message="status", id=report.id, statuses=items)


def items_of(report: Report, batch: Node, group: Node) -> list[Item]:
    name, payments = text(batch, "OrgnlPmtInfId"), every(batch, "TxInfAndSts")
    items = list[Item]()
    if status := text(batch, "PmtInfSts"):
        items.append(batch_item(report, name, status, node=batch, listed=bool(payments)))
    inherited = reason_of(batch) or reason_of(group)
    items += [payment_item(report, one, inherited=inherited) for one in payments]
    return items


def batch_item(report: Report, name: str, status: str, *, node: Node, listed: bool) -> Item:
    return Item(
        key=key_of("status", report.id, name, status),
        kind="status",
        amount_cents=None,
        currency=EURO,
        day=report.day,
        target=report.ours(name),
        status=status[:LONGEST_CODE],
        reason=reason_of(node)[:LONGEST_CODE],
        lines_listed=listed,
        other=Counterparty(words=words_of(node, name)),
    )


def payment_item(report: Report, node: Node, *, inherited: str) -> Item:
    name, status = text(node, "OrgnlEndToEndId"), text(node, "TxSts")
    amount = first(node, "OrgnlTxRef", "Amt", "InstdAmt")
    return Item(
        key=key_of("status", report.id, name, status, text(node, "StsId")),
        kind="status",
        amount_cents=cents_of(amount),
        currency=EURO if amount is None else amount.currency,
        day=report.day,
        target=report.ours(name),
        status=status[:LONGEST_CODE],
        reason=(reason_of(node) or inherited)[:LONGEST_CODE],
        other=Counterparty(
            name=text(node, "OrgnlTxRef", "Cdtr", "Nm")
            or text(node, "OrgnlTxRef", "Cdtr", "Pty", "Nm"),
            ibans=tuple(texts(node, "OrgnlTxRef", "CdtrAcct", "Id", "IBAN")),
            words=words_of(node, name),
        ),
    )


def reason_of(node: Node) -> str:
    return text(node, "StsRsnInf", "Rsn", "Cd") or text(node, "StsRsnInf", "Rsn", "Prtry")


def words_of(node: Node, name: str) -> str:
    return " ".join([name, *texts(node, "StsRsnInf", "AddtlInf")])[:LONGEST_WORDS]
