"""Files as banks make them, written by another library from its own classes, and valid by the schema."""

from collections.abc import Sequence
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Literal

import msgspec
from lxml import etree
from xsdata.formats.dataclass.parsers import DictDecoder
from xsdata.formats.dataclass.serializers import XmlSerializer

from given.days import TODAY
from given.merchants import IBAN
from pas.money import Cents, point_euros

SCHEMAS = Path(__file__).parents[1] / "settlements" / "schemas"
Habit = Literal["ing", "rabobank", "abn_amro", "bng"]
VERSIONS: dict[Habit, str] = {"ing": "02", "rabobank": "08", "abn_amro": "02", "bng": "04"}
"""Of camt.053; the habits are ours to imagine, after what banks publish of their formats."""

Tree = dict[str, object]


class Move(msgspec.Struct, frozen=True, kw_only=True):
    """One entry on a statement."""

    cents: int
    credit: bool = False
    batch: str = ""
    lines: Sequence[tuple[str, int, str]] = ()
    """End-to-end id, cents and account of each payment that the bank names."""
    count: int | None = None
    reference: str = ""
    number: str = ""
    day: date = TODAY
    currency: str = "EUR"
    reversal: bool | None = None
    returned: str = ""
    """Reason code of a return."""
    words: str = ""
    creditor_reference: str = ""
    """What the payer filled in as the reference of the creditor, checked by their bank."""
    pending: bool = False


def a_statement(
    *moves: Move,
    habit: Habit = "ing",
    account: str = IBAN,
    statement: str = "2026-001",
    opening: int = 10_000_000,
    closing: int | None = None,
    message: str = "MSG-1",
    notification: bool = False,
    version: str | None = None,
) -> bytes:
    """A camt.053 with balances that fit, or a camt.054; entries as this bank writes them."""
    version = version or ("08" if notification and habit != "ing" else VERSIONS[habit])
    booked = sum(one.cents * (1 if one.credit else -1) for one in moves if not one.pending)
    end = opening + booked if closing is None else closing
    body: Tree = {
        "Id": statement,
        "CreDtTm": f"{TODAY}T06:00:00",
        "Acct": {"Id": {"IBAN": account}, "Ccy": "EUR"},
        "Ntry": [entry_of(one, habit, version) for one in moves],
    }
    if not notification:
        body["Bal"] = [balance("OPBD", opening), balance("CLBD", end)]
    kind, container, inner = (
        ("camt_054", "BkToCstmrDbtCdtNtfctn", "Ntfctn")
        if notification
        else ("camt_053", "BkToCstmrStmt", "Stmt")
    )
    header = {"MsgId": message, "CreDtTm": f"{TODAY}T06:00:00"}
    return written("camt", f"{kind}_001_{version}", {container: {"GrpHdr": header, inner: [body]}})


def balance(code: str, cents: int) -> Tree:
    return {
        "Tp": {"CdOrPrtry": {"Cd": code}},
        "Amt": {"value": point_euros(Cents(abs(cents))), "Ccy": "EUR"},
        "CdtDbtInd": "CRDT" if cents >= 0 else "DBIT",
        "Dt": {"Dt": str(TODAY)},
    }


def entry_of(move: Move, habit: Habit, version: str) -> Tree:
    state = "PDNG" if move.pending else "BOOK"
    entry: Tree = {
        "Amt": amount(move.cents, move.currency),
        "CdtDbtInd": "CRDT" if move.credit else "DBIT",
        "Sts": {"Cd": state} if version == "08" else state,
        "BookgDt": {"Dt": str(move.day)}
        if habit != "bng"
        else {"DtTm": f"{move.day}T12:00:00+01:00"},
        "BkTxCd": {"Prtry": {"Cd": "541", "Issr": habit.upper()}},
    }
    optional = {
        "NtryRef": move.number,
        "AcctSvcrRef": move.reference,
        "RvslInd": move.reversal,
        "AddtlNtryInf": move.words,
    }
    entry |= {name: said for name, said in optional.items() if said not in {"", None}}
    details = [detail_of(one, move, habit, version) for one in move.lines]
    batch: Tree = {}
    if move.batch and habit in {"ing", "bng"}:
        batch = {"PmtInfId": move.batch}
    elif move.batch and habit == "rabobank":
        batch = {"MsgId": move.batch}
        references = {"PmtInfId": move.batch, "EndToEndId": "NOTPROVIDED"}
        details = details or [{"Refs": references, **said_of(move.cents, move, version)}]
    elif move.batch:
        entry["AddtlNtryInf"] = f"/TRTP/SEPA BATCH/PREF/{move.batch}/NRTX/{move.count or ''}/"
    if move.count is not None and habit != "abn_amro":
        batch["NbOfTxs"] = str(move.count)
    if batch or details:
        entry["NtryDtls"] = [
            {**({"Btch": batch} if batch else {}), **({"TxDtls": details} if details else {})}
        ]
    return entry


def detail_of(line: tuple[str, int, str], move: Move, habit: Habit, version: str) -> Tree:
    end_to_end, cents, iban = line
    side = "Dbtr" if move.credit else "Cdtr"
    name: Tree = {"Nm": "Stichting Zwemmen"}
    account: Tree = {f"{side}Acct": {"Id": {"IBAN": iban}}} if iban else {}
    detail: Tree = {
        "Refs": {"EndToEndId": end_to_end} if end_to_end else {"AcctSvcrRef": "X1"},
        "RltdPties": {side: {"Pty": name} if version == "08" else name, **account},
        "RmtInf": {"Ustrd": [move.words or "Uitbetaling"]},
    }
    detail |= said_of(cents, move, version)
    if move.creditor_reference:
        kind = {"CdOrPrtry": {"Cd": "SCOR"}}
        detail["RmtInf"] = {"Strd": [{"CdtrRefInf": {"Tp": kind, "Ref": move.creditor_reference}}]}
    if move.returned:
        detail["RtrInf"] = {"Rsn": {"Cd": move.returned}}
    return detail


def said_of(cents: int, move: Move, version: str) -> Tree:
    """An amount in its old place, or in its new one with its direction."""
    if version == "02":
        return {"AmtDtls": {"TxAmt": {"Amt": amount(cents, move.currency)}}}
    return {
        "Amt": amount(cents, move.currency),
        "CdtDbtInd": "CRDT" if move.credit else "DBIT",
    }


def amount(cents: int, currency: str) -> Tree:
    return {"value": point_euros(Cents(cents)), "Ccy": currency}


def a_report(
    *,
    file: str = "velsen-1-F1",
    group: str = "",
    batch: str = "",
    lines: Sequence[tuple[str, str, str]] = (),
    reason: str = "",
    message: str = "STS-1",
    day: date = TODAY,
    version: str = "03",
    batch_id: str | None = None,
    original: Tree | None = None,
) -> bytes:
    """A pain.002; each line is an end-to-end id, a status and a reason."""
    about: Tree = {"OrgnlMsgId": file, "OrgnlMsgNmId": "pain.001.001.09"}
    if group:
        about["GrpSts"] = group
    if reason:
        about["StsRsnInf"] = [{"Rsn": {"Cd": reason}}]
    body: Tree = {
        "GrpHdr": {"MsgId": message, "CreDtTm": f"{day}T09:00:00"},
        "OrgnlGrpInfAndSts": about,
    }
    if batch or lines:
        info: Tree = {"OrgnlPmtInfId": batch_id or file}
        if batch:
            info["PmtInfSts"] = batch
        info["TxInfAndSts"] = [
            {
                "OrgnlEndToEndId": end_to_end,
                "TxSts": status,
                **({"StsRsnInf": [{"Rsn": {"Cd": why}}]} if why else {}),
                **({"OrgnlTxRef": original} if original else {}),
            }
            for end_to_end, status, why in lines
        ]
        body["OrgnlPmtInfAndSts"] = [info]
    return written("pain", f"pain_002_001_{version}", {"CstmrPmtStsRpt": body})


def written(family: str, message: str, content: Tree) -> bytes:
    """Let the other library read what we say into its classes, write it, and hold it against the schema."""
    document = import_module(f"pyiso20022.{family}.{message}").Document
    name = message.replace("_", ".")
    xml = XmlSerializer().render(
        DictDecoder().decode(content, document),
        ns_map={None: f"urn:iso:std:iso:20022:tech:xsd:{name}"},
    )
    made = xml.encode()
    schema = SCHEMAS / f"{name}.xsd"
    if schema.exists():
        etree.XMLSchema(etree.parse(schema)).assertValid(etree.fromstring(made))
    return made
