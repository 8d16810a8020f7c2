"""The bytes that the leaf of each kind of row hashes; docs/seals.md of the program has the format."""

import base64
import hashlib
import struct
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

Row = dict[str, Any]
Lines = list[list[int | None]]
Body = tuple[bytes, bytes]
"""The key of a row, and what follows it."""
ZERO_TIME = datetime(2000, 1, 1, tzinfo=UTC)
KINDS = {
    "epoch": 1, "account": 2, "usable": 3, "entry": 4, "event": 5, "seal_key": 6, "balances": 7,
}  # fmt: skip


def text(value: str | None) -> bytes:
    encoded = (value or "").encode()
    return struct.pack(">h", len(encoded)) + encoded


def number8(value: int | None) -> bytes:
    return struct.pack(">q", value or 0)


def ident(value: str | None) -> bytes:
    return UUID(value).bytes if value else bytes(16)


def moment(value: str | None) -> bytes:
    at = datetime.fromisoformat(value) if value else ZERO_TIME
    if at.year in {1, 9999}:  # how its two infinities are written
        return number8(2**63 - 1 if at.year == 9999 else -(2**63))
    return number8((at - ZERO_TIME) // timedelta(microseconds=1))


def of_entry(row: Row, lines: Lines) -> Body:
    day = datetime.fromisoformat(row["period"]).replace(tzinfo=UTC) - ZERO_TIME
    moved = b"".join(struct.pack(">hqqqqqqh", *(value or 0 for value in line)) for line in lines)
    return ident(row["id"]), b"".join(
        (
            *(text(row["kind"]), text(row["refusal"]), base64.b64decode(row["fingerprint"])),
            *(number8(row["total"]), ident(row["reverses"])),
            *(struct.pack(">i", row["reversalNumber"] or 0), ident(row["replaces"])),
            *(moment(row["occurredAt"]), moment(row["recordedAt"]), struct.pack(">i", day.days)),
            *(text(row["actorKind"]), ident(row["actorId"])),
            *(struct.pack(">h", len(lines)), moved),
        )
    )


def of_account(row: Row, _: Lines) -> Body:
    flags = int(row["guarded"]) + 2 * (row["usableFrom"] is not None)
    return number8(row["id"]), b"".join(
        (
            *(text(row["kind"]), text(row["unit"]), ident(row["schemeId"])),
            *(struct.pack(">h", row["budgetYear"] or 0), ident(row["subjectId"])),
            *(struct.pack(">h", flags), moment(row["openedAt"])),
            *(moment(row["usableFrom"]), moment(row["usableUntil"])),
        )
    )


def of_usable(row: Row, _: Lines) -> Body:
    key = struct.pack(">qi", row["accountId"], row["number"])
    return key, b"".join(moment(row[name]) for name in ("usableFrom", "usableUntil", "recordedAt"))


def of_epoch(row: Row, _: Lines) -> Body:
    reason = hashlib.sha256(row["reason"].encode()).digest()
    return struct.pack(">i", row["number"]), moment(row["startedAt"]) + reason


def of_event(row: Row, _: Lines) -> Body:
    return ident(row["id"]), b"".join(
        (
            *(text(row["kind"]), text(row["subjectKind"]), ident(row["subjectId"])),
            *(text(row["actorKind"]), ident(row["actorId"]), ident(row["onBehalfOf"])),
            *(base64.b64decode(row["contentHash"]), moment(row["recordedAt"])),
        )
    )


def of_seal_key(row: Row, _: Lines) -> Body:
    body = text(row["purpose"]) + base64.b64decode(row["publicKey"]) + moment(row["madeAt"])
    return row["keyId"].encode(), body


def of_balances(row: Row, _: Lines) -> Body:
    body = base64.b64decode(row["root"]) + number8(row["accounts"]) + moment(row["takenAt"])
    return number8(row["size"]), body


ROWS = {
    "entry": of_entry, "account": of_account, "usable": of_usable, "epoch": of_epoch,
    "event": of_event, "seal_key": of_seal_key, "balances": of_balances,
}  # fmt: skip


def leaf_hash(line: Row) -> tuple[bytes, bytes]:
    """Give the key of a row, and the hash of its leaf."""
    key, body = ROWS[line["kind"]](line["row"], line["lines"])
    head = struct.pack(
        ">hhiqh", 1, KINDS[line["kind"]], line["epoch"], line["row"]["xid"], len(key)
    )
    return key, hashlib.sha256(b"\0" + head + key + body).digest()
