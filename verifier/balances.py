"""Balances: the proof that a holder keeps of what stood on an account, and the newest tree of all of them."""

import base64
import gzip
import hashlib
import json
import struct
from collections import Counter
from pathlib import Path
from typing import Any

from rows import Row, number8, text
from tree import Checkpoint, Key, Tree, Unreadable

NAMED = '"kind":"balances"'
ROOT_AT = -48
"""The leaf over a tree of balances ends in its root (32), its accounts (8) and when it was taken (8)."""


def leaf_of(account: int, unit: str, amount: int) -> bytes:
    """Hash what stood on an account."""
    data = struct.pack(">hhq", 1, 8, account) + text(unit) + number8(amount)
    return hashlib.sha256(b"\0" + data).digest()


def root_of(leaf: bytes, proof: list[bytes], *, index: int, size: int) -> bytes:
    """Follow a proof of inclusion up (RFC 9162, 2.1.3.2); nothing where it is not of this place."""
    if not 0 <= index < size:
        return b""
    found, last, rest = leaf, size - 1, list(proof)
    while last > 0:
        if index & 1 or index < last:
            if not rest:
                return b""
            other = rest.pop(0)
            pair = other + found if index & 1 else found + other
            found = hashlib.sha256(b"\1" + pair).digest()
        index, last = index >> 1, last >> 1
    return b"" if rest else found


class Balance:
    """What a holder has in hand: an amount, its way to the root over all, and that root under a seal."""

    def __init__(self, said: Row) -> None:
        try:
            self.account, self.unit = int(said["account"]), str(said["unit"])
            self.amount, self.size = int(said["amount"]), int(said["size"])
            self.index, self.accounts = int(said["number"]), int(said["accounts"])
            self.proof = [base64.b64decode(one) for one in said["proof"]]
            sealed = said["sealed"]
            self.data, self.number = base64.b64decode(sealed["data"]), int(sealed["number"])
            self.sealed_by = [base64.b64decode(one) for one in sealed["proof"]]
            self.checkpoint = Checkpoint(sealed["checkpoint"])
        except (KeyError, ValueError, TypeError):
            raise Unreadable("A proof of a balance is not readable.") from None

    def fault(self, origin: str, keys: list[Key]) -> str:
        """What is wrong with it by itself, or nothing."""
        leaf = leaf_of(self.account, self.unit, self.amount)
        top = root_of(leaf, self.proof, index=self.index, size=self.accounts)
        kind, key = self.data[2:4], self.data[18:26]
        if (kind, key) != (struct.pack(">h", 7), number8(self.size)):
            return "its seal is not over balances"
        if (top, number8(self.accounts)) != (self.data[ROOT_AT:-16], self.data[-16:-8]):
            return "this did not stand on this account"
        sealed = hashlib.sha256(b"\0" + self.data).digest()
        size = self.checkpoint.size
        if root_of(sealed, self.sealed_by, index=self.number, size=size) != self.checkpoint.root:
            return "its tree is not under its seal"
        if self.checkpoint.origin != origin or not any(self.checkpoint.is_by(one) for one in keys):
            return "its seal is not by a key that is trusted"
        return ""


def read_balances(path: Path) -> list[Balance]:
    """Read what the program gives a holder: the proofs of a pass, or everything about a person."""
    said = json.loads(path.read_text(encoding="utf-8"))
    found = said["parts"]["balanceProofs"] if "parts" in said else said
    return [Balance(one) for one in found["items"]]


class Sums:
    """What stands on each account, counted from the movements, and how that was at the sizes asked."""

    def __init__(self, newest: Row | None, held: list[Balance]) -> None:
        self.newest = newest
        self.held = held
        self.amounts = Counter[int]()
        self.guarded = dict[int, str]()
        self.stood = dict[tuple[int, int], int]()
        self.faults = list[tuple[str, str]]()

    @property
    def is_asked(self) -> bool:
        return bool(self.newest or self.held)

    def take(self, kind: str, row: Row, lines: list[list[Any]]) -> None:
        if kind == "account" and row["guarded"]:
            self.guarded[row["id"]] = row["unit"]
        for _, debit, credit, amount, *_ in lines:
            self.amounts[debit] -= amount
            self.amounts[credit] += amount

    def look(self, size: int) -> None:
        """Remember how it is after so many leaves, where somebody asks."""
        for one in self.held:
            if one.size == size:
                self.stood[one.account, size] = self.amounts[one.account]
        if self.newest is None or self.newest["size"] != size:
            return
        tree = Tree()
        for account, unit in sorted(self.guarded.items()):
            tree.add(leaf_of(account, unit, self.amounts[account]))
        said = (base64.b64decode(self.newest["root"]), self.newest["accounts"])
        if (tree.root(), tree.size) != said:
            self.faults.append(("balances", f"at {size}: not what the movements add up to"))

    def judge(self, origin: str, keys: list[Key]) -> list[tuple[str, str]]:
        """Say of each balance what became of it, and what is wrong with the newest tree."""
        found = list(self.faults)
        for one in self.held:
            fault, stood = one.fault(origin, keys), self.stood.get((one.account, one.size))
            about = f"{one.amount} {one.unit} on {one.account} at {one.size}"
            if not fault and stood != one.amount:
                fault = f"the books have {stood}"
            found.append(("balance", f"{about}: {fault}") if fault else ("stood", about))
        return found


def newest_tree(log: Path) -> Row | None:
    """Look ahead for the newest tree of balances, without reading what stands around it."""
    try:
        with gzip.open(log, "rt", encoding="utf-8") as file:
            said = [json.loads(line) for line in file if NAMED in line]
    except (OSError, EOFError, ValueError) as error:
        raise Unreadable(f"{log}: {error}") from error
    sealed = [line["row"] for line in said if line["n"] is not None and line["row"]]
    return sealed[-1] if sealed else None
