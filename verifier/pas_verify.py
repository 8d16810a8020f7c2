#!/usr/bin/env python3
"""Verify an export of the books: alone, without the program that made it and without its database.

    python3 pas_verify.py EXPORT --key NAME+ID+KEY [--copy CHECKPOINT ...]

Reads the export line by line: hashes every row anew, grows the tree over them, and holds its root against
every checkpoint; then adds up what was granted and spent. README.md says what each finding means, and where
the key and the copies come from: from somebody else than whoever gave you the export.

Needs Python 3.11 and its standard library, nothing else. Exit code 0 when all holds, 1 when something does
not, 2 when the export cannot be read.
"""

import argparse
import base64
import gzip
import json
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from rows import KINDS, Row, leaf_hash
from tree import Checkpoint, Key, Tree, Unreadable, read_key

MOST_SHOWN = 100
MOST_SIGNATURES = 2_000
SHOW_EVERY = 20_000


class Reading:
    """How far the reading has come, and what was found on the way."""

    def __init__(
        self,
        keys: list[tuple[str, Key]],
        *,
        copies: list[Checkpoint],
        every: int,
    ) -> None:
        if len({name for name, _ in keys}) != 1:
            raise Unreadable("Give keys of one name: the origin of these books.")
        self.origin, self.keys = keys[0][0], [key for _, key in keys]
        self.copies = {one.size: one for one in copies}
        self.every = every
        self.tree, self.books = Tree(), Books()
        self.pending = list[Key]()
        self.faults, self.shown = Counter[str](), list[str]()
        self.last_place = (0, 0, 0, b"")
        self.checked = self.checkpoints = self.waiting = 0

    def fault(self, what: str, where: str, about: str = "") -> None:
        self.faults[what] += 1
        if len(self.shown) < MOST_SHOWN:
            self.shown.append(f"{what:<10} {where} {about}".rstrip())

    def take(self, line: Row) -> None:
        if line["row"] is not None:
            self.books.take(line["kind"], line["row"], line["lines"])
        if line["n"] is None:
            self.take_alone(line)
        else:
            self.take_leaf(line)

    def take_alone(self, line: Row) -> None:
        """A row without a leaf: it waits for its seal, or was put in past the functions."""
        self.waiting += line["open"]
        if not line["open"]:
            self.fault("inserted", f"before {self.tree.size}", about(line))

    def take_leaf(self, line: Row) -> None:
        where, hashed = f"at {line['n']}", base64.b64decode(line["hash"])
        if line["n"] != self.tree.size:
            self.fault("moved", where, f"stands at {self.tree.size}")
        if line["row"] is None:
            self.fault("removed", where, about(line))
        else:
            self.compare(line, hashed, where)
        self.tree.add(hashed)

    def compare(self, line: Row, hashed: bytes, where: str) -> None:
        key, made = leaf_hash(line)
        place = (line["epoch"], line["row"]["xid"], KINDS[line["kind"]], key)
        if made != hashed:
            self.fault("changed", where, about(line))
        elif place <= self.last_place:
            self.fault("moved", where, about(line))
        self.last_place = max(place, self.last_place)
        if line["kind"] == "seal_key" and line["row"]["purpose"] == "seal":
            self.pending.append(Key(self.origin, base64.b64decode(line["row"]["publicKey"])))

    def judge(self, note: str, *, is_last: bool) -> None:
        self.checkpoints += 1
        checkpoint, root = Checkpoint(note), self.tree.root()
        if checkpoint.origin != self.origin:
            self.fault("origin", f"at {checkpoint.size}", checkpoint.origin)
        if checkpoint.size != self.tree.size or checkpoint.root != root:
            self.fault("root", f"at {checkpoint.size}")
        copy = self.copies.pop(checkpoint.size, None)
        if copy is not None and copy.root != root:
            self.fault(
                "copy", f"at {checkpoint.size}", "the past is another one than was published"
            )
        if self.pending or is_last or self.checkpoints % self.every == 0:
            self.checked += 1
            if any(checkpoint.is_by(key) for key in self.keys):
                self.keys += self.pending
                self.pending = []
            else:
                self.fault("signature", f"at {checkpoint.size}", "not by a key that is trusted")


class Books:
    """What was granted and where it is, per scheme, year and unit, from the movements alone."""

    def __init__(self) -> None:
        self.accounts = dict[int, str]()
        self.flows = Counter[tuple[str, str]]()
        self.early = list[tuple[int, int, int]]()

    def take(self, kind: str, row: Row, lines: list[list[Any]]) -> None:
        if kind == "account":
            of = (row["schemeId"], row["budgetYear"], row["unit"], row["kind"])
            self.accounts[row["id"]] = sys.intern(json.dumps(of))
        for _, debit, credit, amount, *_ in lines:
            if debit in self.accounts and credit in self.accounts:
                self.flows[self.accounts[debit], self.accounts[credit]] += amount
            else:  # of an account that stands further on
                self.early.append((debit, credit, amount))

    def totals(self) -> dict[tuple[str, str, str], Counter[str]]:
        """Per scheme, year and unit: what stands on each kind of account; together it is nothing."""
        for debit, credit, amount in self.early:
            if debit not in self.accounts or credit not in self.accounts:
                raise Unreadable("A movement is between accounts that are not in the export.")
            self.flows[self.accounts[debit], self.accounts[credit]] += amount
        self.early.clear()
        found = dict[tuple[str, str, str], Counter[str]]()
        for (debit, credit), amount in self.flows.items():
            scheme, year, unit, _ = json.loads(debit)
            if scheme is None:
                scheme, year, unit, _ = json.loads(credit)
            at = found.setdefault((str(scheme), str(year), unit), Counter())
            at[json.loads(debit)[3]] -= amount
            at[json.loads(credit)[3]] += amount
        return found


def lines_of(path: Path) -> Iterator[Any]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error


def read_export(folder: Path, keys: list[tuple[str, Key]], copies: list[Checkpoint]) -> Reading:
    notes = [line["note"] for line in lines_of(folder / "checkpoints.jsonl.gz")]
    if not notes:
        raise Unreadable("Nothing is sealed in this export.")
    reading = Reading(keys, copies=copies, every=max(1, len(notes) // MOST_SIGNATURES))
    sizes = [Checkpoint(note).size for note in notes]
    at = 0
    for line in lines_of(folder / "log.jsonl.gz"):
        while at < len(notes) and line["n"] is not None and reading.tree.size >= sizes[at]:
            reading.judge(notes[at], is_last=at == len(notes) - 1)
            at += 1
        reading.take(line)
        if reading.tree.size % SHOW_EVERY == 0:
            print(f"\r{reading.tree.size} leaves", end="", file=sys.stderr, flush=True)
    for note in notes[at:]:
        reading.judge(note, is_last=note is notes[-1])
    for size in reading.copies:
        reading.fault("copy", f"at {size}", "a checkpoint that was published is not here any more")
    return reading


def about(line: Row) -> str:
    return f"{line['kind']} {base64.b64decode(line['key']).hex()}"


def show(reading: Reading) -> None:
    print(f"\n{reading.tree.size} leaves, {reading.checkpoints} checkpoints of {reading.origin}")
    print(f"signatures checked: {reading.checked}; rows not sealed yet: {reading.waiting}\n")
    print("What stands where, per scheme, year and unit (cents or visits); it adds up to nothing:")
    for of, at in sorted(reading.books.totals().items()):
        print(" ".join(of), dict(sorted(at.items())))
    for line in reading.shown:
        print(line)
    print("All of it holds." if not reading.faults else f"FAULTS: {dict(reading.faults)}")


def main() -> None:
    parser = argparse.ArgumentParser(description="Verify an export of the books.")
    parser.add_argument("export", type=Path)
    parser.add_argument("--key", action="append", required=True, help="name+id+key, as published")
    parser.add_argument(
        "--copy", action="append", default=[], type=Path, help="a checkpoint of then"
    )
    asked = parser.parse_args()
    try:
        keys = [read_key(word) for word in asked.key]
        kept = [Checkpoint(path.read_text(encoding="utf-8")) for path in asked.copy]
        reading = read_export(asked.export, keys, kept)
        show(reading)
    except (Unreadable, OSError, KeyError, ValueError, TypeError) as error:
        print(f"This export cannot be read: {error!r}", file=sys.stderr)
        sys.exit(2)
    sys.exit(1 if reading.faults else 0)


if __name__ == "__main__":
    main()
