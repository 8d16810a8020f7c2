"""Ids of the entries of a run: made from the run, the line and the act, so that twice is once."""

import hashlib
from collections.abc import Sequence
from typing import Final, Literal
from uuid import uuid5

from pas.ids import EntryId, SettlementId
from pas.ledger.fingerprint import encoded_field
from pas.settlements.model import SettlementLine

Act = Literal["settle", "withdraw", "pay", "bounce"]
PRINT: Final = b"pas settlement 1\x00"


def entries_of(run: SettlementId, act: Act, lines: Sequence[SettlementLine]) -> list[EntryId]:
    return [EntryId(uuid5(run, f"{act}-{line.number}")) for line in lines]


def prints_of(run: SettlementId, act: Act, lines: Sequence[SettlementLine]) -> list[bytes]:
    return [_fingerprint(run, act, line) for line in lines]


def _fingerprint(run: SettlementId, act: Act, line: SettlementLine) -> bytes:
    fields = (run, act, line.number, line.amount_cents)
    return hashlib.sha256(PRINT + b"".join(map(encoded_field, fields))).digest()
