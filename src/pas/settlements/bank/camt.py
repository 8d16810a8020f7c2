"""Reads camt.053 (statement) and camt.054 (notification) in the habits of several banks.

A batch is booked as one entry, with the id of the file in one of many places, or as an entry with
all its payments in it, or as an entry for each. Versions differ too: the state of an entry is a text
or a code, an amount stands in one place or another. Pure: content in, what the bank says out.
"""

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date
from typing import Final

import msgspec

from pas.money import Cents
from pas.settlements.bank.references import note_in
from pas.settlements.bank.said import (
    AccountStatement,
    BankSays,
    Counterparty,
    Item,
    Message,
    Ours,
)
from pas.settlements.bank.words import (
    cents_of,
    day_of_node,
    key_of,
    ours_among,
    ours_within,
)
from pas.settlements.bank.xml import BankFileUnreadable, Node, every, first, text, texts

MESSAGES: Final[Mapping[str, tuple[Message, str]]] = {
    "BkToCstmrStmt": ("statement", "Stmt"),
    "BkToCstmrDbtCdtNtfctn": ("notification", "Ntfctn"),
}
OPENING: Final = ("OPBD", "PRCD", "ITBD")
CLOSING: Final = ("CLBD", "ITBD")
RETURNED: Final = "RRTN"
"""Sub-family of the bank transaction code: a payment that came back."""
NOT_GIVEN: Final = frozenset({"", "NOTPROVIDED", "NONREF"})
LONGEST_WORDS: Final = 500
LONGEST_CODE: Final = 35
COUNT: Final = re.compile(r"[0-9]{1,6}")


class Entry(msgspec.Struct, frozen=True, kw_only=True):
    """A booked entry, before it is known what of ours is in it."""

    place: str
    """What names the entry for ever: the bank's reference, or else its place in the statement."""
    account: str
    is_debit: bool
    is_return: bool
    amount_cents: Cents | None
    currency: str
    day: date
    said: tuple[str, ...]
    node: Node

    @property
    def details(self) -> list[Node]:
        return list(every(self.node, "NtryDtls", "TxDtls"))


def read_camt(root: Node, municipality: str, *, container: str) -> BankSays:
    """Read a whole message; what it means for us is decided elsewhere."""
    message, name = MESSAGES[container]
    statements = [
        read_statement(node, municipality, message=message) for node in every(root, container, name)
    ]
    if not statements:
        raise BankFileUnreadable("Er staat geen afschrift in.")
    return BankSays(
        message=message,
        id=text(root, container, "GrpHdr", "MsgId"),
        statements=statements,
    )


def read_statement(node: Node, municipality: str, *, message: Message) -> AccountStatement:
    account, statement_id = text(node, "Acct", "Id", "IBAN"), text(node, "Id")
    page = text(node, "StmtPgntn", "PgNb") or text(node, "NtfctnPgntn", "PgNb")
    booked = [one for one in every(node, "Ntry") if state_of(one) == "BOOK"]
    entries = [
        read_entry(one, account, fallback=f"{message} {statement_id} {page}") for one in booked
    ]
    return AccountStatement(
        id=statement_id,
        account=account,
        opening_cents=balance(node, OPENING, last=False),
        closing_cents=balance(node, CLOSING, last=True),
        items=[
            item for entry in told_apart(entries) for item in items_of(entry, municipality, message)
        ],
        booked_cents=Cents(sum(signed(one) for one in entries)),
        pending=len(every(node, "Ntry")) - len(booked),
    )


def state_of(entry: Node) -> str:
    return text(entry, "Sts", "Cd") or text(entry, "Sts")


def balance(node: Node, codes: Iterable[str], *, last: bool) -> Cents | None:
    """Find a balance by the first of its codes that is there; in between, the first or the last."""
    for code in codes:
        found = [one for one in every(node, "Bal") if text(one, "Tp", "CdOrPrtry", "Cd") == code]
        if found:
            one = found[-1 if last else 0]
            cents = cents_of(first(one, "Amt"))
            is_debit = text(one, "CdtDbtInd") == "DBIT"
            return None if cents is None else Cents(-cents if is_debit else cents)
    return None


def read_entry(node: Node, account: str, *, fallback: str) -> Entry:
    amount, day = first(node, "Amt"), day_of_node(node, "BookgDt") or day_of_node(node, "ValDt")
    direction = text(node, "CdtDbtInd")
    if amount is None or day is None or direction not in {"DBIT", "CRDT"}:
        raise BankFileUnreadable("Er staat een boeking in zonder bedrag, dag of richting.")
    reference, number = text(node, "AcctSvcrRef"), text(node, "NtryRef")
    return Entry(
        place=f"reference {reference}" if reference not in NOT_GIVEN else f"{fallback} {number}",
        account=account,
        is_debit=direction == "DBIT",
        is_return=text(node, "RvslInd") in {"true", "1"} or says_return(node),
        amount_cents=cents_of(amount),
        currency=amount.currency,
        day=day,
        said=(number, text(node, "AddtlNtryInf")),
        node=node,
    )


def told_apart(entries: list[Entry]) -> list[Entry]:
    """Number the entries of which the bank says the very same twice: they are two."""
    seen = Counter[bytes]()
    told = list[Entry]()
    for one in entries:
        key = key_of(one.place, one.is_debit, one.amount_cents, one.day, *ids_in(one.node))
        seen[key] += 1
        told.append(msgspec.structs.replace(one, place=f"{one.place} {seen[key]} {key.hex()}"))
    return told


def items_of(entry: Entry, municipality: str, message: Message) -> list[Item]:
    """Cut an entry in what it says of payments of ours; whole, where that is not all it says."""
    details = entry.details
    amounts = [amount_of(one, entry, alone=len(details) == 1) for one in details]
    lines = [line_of(one, municipality) for one in details]
    said = said_transactions(entry)
    is_whole = (
        (any(lines) or (not entry.is_debit and any(map(note_in, details))))
        and None not in amounts
        and sum(one or 0 for one in amounts) == entry.amount_cents
        and said in {None, len(details)}
    )
    if not is_whole:
        target = batch_of(entry, municipality)
        count = said if said is not None else len(details) or None
        return [item_of(entry, message, 0, node=entry.node, target=target, count=count)]
    return [
        item_of(entry, message, number, node=one, target=line, amount=amount)
        for number, (one, line, amount) in enumerate(
            zip(details, lines, amounts, strict=True), start=1
        )
    ]


def item_of(
    entry: Entry,
    message: Message,
    number: int,
    *,
    node: Node,
    target: Ours | None,
    count: int | None = None,
    amount: Cents | None = None,
) -> Item:
    is_return = entry.is_return or says_return(node)
    is_received = target is None and not entry.is_debit and not is_return
    return Item(
        key=key_of(message, entry.account, entry.place, number),
        kind="debit" if entry.is_debit else "credit",
        is_return=is_return,
        amount_cents=amount if amount is not None else entry.amount_cents,
        currency=entry.currency,
        day=entry.day,
        target=target,
        note=note_in(node) if is_received else None,
        transactions=count if target is not None and target.file is not None else None,
        reason=reason_of(node)[:LONGEST_CODE],
        other=counterparty(node if node.name == "TxDtls" else entry.node, entry),
    )


def said_transactions(entry: Entry) -> int | None:
    said = texts(entry.node, "NtryDtls", "Btch", "NbOfTxs")
    return sum(map(int, said)) if said and all(COUNT.fullmatch(one) for one in said) else None


def amount_of(detail: Node, entry: Entry, *, alone: bool) -> Cents | None:
    """Read the amount of a payment in an entry: in a new place, in an old one, or that of the entry."""
    for path in (("Amt",), ("AmtDtls", "TxAmt", "Amt"), ("AmtDtls", "InstdAmt", "Amt")):
        found = first(detail, *path)
        if found is not None:
            return cents_of(found) if found.currency == entry.currency else None
    return entry.amount_cents if alone else None


def line_of(detail: Node, municipality: str) -> Ours | None:
    """Find which payment of ours it is: by its own id, else by the one id of ours in the words."""
    end_to_end = text(detail, "Refs", "EndToEndId")
    if end_to_end not in NOT_GIVEN:
        found = ours_among(municipality, [end_to_end])
    else:
        references = [
            text(detail, "Refs", name) for name in ("InstrId", "TxId", "PmtInfId", "MsgId")
        ]
        found = ours_among(municipality, references) or ours_within(
            municipality, [*texts(detail, "RmtInf", "Ustrd"), text(detail, "AddtlTxInf")]
        )
    lines = [one for one in found if one.line is not None]
    return lines[0] if len(lines) == 1 else None


def batch_of(entry: Entry, municipality: str) -> Ours | None:
    """Find the id of a file of ours; two different ones are none."""
    node = entry.node
    ids = [
        *texts(node, "NtryDtls", "Btch", "PmtInfId"),
        *texts(node, "NtryDtls", "Btch", "MsgId"),
        *ids_in(node),
    ]
    words = [
        *entry.said,
        *texts(node, "NtryDtls", "TxDtls", "RmtInf", "Ustrd"),
        *texts(node, "NtryDtls", "TxDtls", "AddtlTxInf"),
    ]
    found = ours_among(municipality, ids) or ours_within(municipality, words)
    return found[0] if len(found) == 1 else only_file(found)


def only_file(found: list[Ours]) -> Ours | None:
    files = [one for one in found if one.file is not None]
    return files[0] if len(files) == 1 else None


def ids_in(node: Node) -> list[str]:
    paths = ("PmtInfId", "MsgId", "EndToEndId", "InstrId", "AcctSvcrRef")
    return [one for name in paths for one in texts(node, "NtryDtls", "TxDtls", "Refs", name)]


def says_return(node: Node) -> bool:
    details = [node] if node.name == "TxDtls" else every(node, "NtryDtls", "TxDtls")
    return text(node, "BkTxCd", "Domn", "Fmly", "SubFmlyCd") == RETURNED or any(
        first(one, "RtrInf") is not None
        or text(one, "BkTxCd", "Domn", "Fmly", "SubFmlyCd") == RETURNED
        for one in details
    )


def reason_of(node: Node) -> str:
    details = [node] if node.name == "TxDtls" else every(node, "NtryDtls", "TxDtls")
    said = [
        text(one, "RtrInf", "Rsn", "Cd") or text(one, "RtrInf", "Rsn", "Prtry") for one in details
    ]
    return next((one for one in said if one), "")


def counterparty(node: Node, entry: Entry) -> Counterparty:
    """Say who the other one is: whoever is not us."""
    details = [node] if node.name == "TxDtls" else list(every(node, "NtryDtls", "TxDtls"))[:1]
    names, ibans, words = list[str](), list[str](), [text(entry.node, "AddtlNtryInf")]
    order = ("Cdtr", "Dbtr") if entry.is_debit else ("Dbtr", "Cdtr")
    for one in details:
        for side in order:
            names += texts(one, "RltdPties", side, "Nm") + texts(
                one, "RltdPties", side, "Pty", "Nm"
            )
            ibans += texts(one, "RltdPties", f"{side}Acct", "Id", "IBAN")
        words += [*texts(one, "RmtInf", "Ustrd"), text(one, "AddtlTxInf")]
    return Counterparty(
        name=names[0] if names else "",
        ibans=tuple(one for one in dict.fromkeys(ibans) if one != entry.account),
        words=" ".join(filter(None, words))[:LONGEST_WORDS],
    )


def signed(entry: Entry) -> int:
    cents = entry.amount_cents or 0
    return -cents if entry.is_debit else cents
