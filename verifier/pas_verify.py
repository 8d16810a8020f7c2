#!/usr/bin/env python3
"""Verify an export of the books: alone, without the program that made it and without its database.

    python3 pas_verify.py EXPORT --key NAME+ID+KEY [--copy CHECKPOINT ...] [--receipt FILE ...] [--balance FILE ...]
    python3 pas_verify.py --key NAME+ID+KEY --balance FILE

Reads the export line by line: hashes every row anew, grows the tree over them, and holds its root against
every checkpoint; then adds up what was granted and spent. README.md says what each finding means, and where
the key and the copies come from: from somebody else than whoever gave you the export. What a holder has of a
balance can be checked with the key alone.

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
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from balances import Sums, newest_tree, read_balances
from books import Books
from receipts import SIGNER, Receipt, Receipts
from rows import KINDS, Row, leaf_hash
from tree import Checkpoint, Key, Tree, Unreadable, read_key

MOST_SHOWN = 100
MOST_SIGNATURES = 2_000
SHOW_EVERY = 20_000
WELL = {"kept", "not-due", "stood"}


class Held:
    """What somebody brings: keys from elsewhere, copies of checkpoints, receipts, proofs of balances."""

    def __init__(self, asked: argparse.Namespace) -> None:
        keys = [read_key(word) for word in asked.key]
        self.of_receipts = [key.public for name, key in keys if name.startswith(SIGNER)]
        keys = [(name, key) for name, key in keys if not name.startswith(SIGNER)]
        if len({name for name, _ in keys}) != 1:
            raise Unreadable("Give keys of one name: the origin of these books.")
        self.origin, self.keys = keys[0][0], [key for _, key in keys]
        self.copies = [Checkpoint(path.read_text(encoding="utf-8")) for path in asked.copy]
        self.receipts = [Receipt(path.read_text(encoding="utf-8")) for path in asked.receipt]
        self.balances = [one for path in asked.balance for one in read_balances(path)]


class Reading:
    """How far the reading has come, and what was found on the way."""

    def __init__(self, held: Held, *, newest: Row | None, every: int) -> None:
        self.origin, self.keys = held.origin, list(held.keys)
        self.receipts = Receipts(held.receipts, held.of_receipts)
        self.sums = Sums(newest, held.balances)
        self.copies = {one.size: one for one in held.copies}
        self.every = every
        self.tree, self.books = Tree(), Books()
        self.pending = list[Key]()
        self.faults, self.shown = Counter[str](), list[str]()
        self.last_place = (0, 0, 0, b"")
        self.latest = ""
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
            if self.sums.is_asked:
                self.sums.take(line["kind"], line["row"], line["lines"])
        self.tree.add(hashed)

    def compare(self, line: Row, hashed: bytes, where: str) -> None:
        key, made = leaf_hash(line)
        place = (line["epoch"], line["row"]["xid"], KINDS[line["kind"]], key)
        if made != hashed:
            self.fault("changed", where, about(line))
        elif place <= self.last_place:
            self.fault("moved", where, about(line))
        self.last_place = max(place, self.last_place)
        row = line["row"]
        self.latest = max(self.latest, row.get("recordedAt") or row.get("takenAt") or "")
        if line["kind"] == "entry":
            self.receipts.note_entry(line)
        if line["kind"] == "seal_key":
            self.note_key(row["purpose"], base64.b64decode(row["publicKey"]))

    def note_key(self, purpose: str, public: bytes) -> None:
        if purpose == "seal":
            self.pending.append(Key(self.origin, public))
        else:
            self.receipts.keys.append(public)

    def end(self) -> None:
        """Say what is missing: copies that were published, what receipts promised, what stood where."""
        for size in self.copies:
            self.fault("copy", f"at {size}", "a checkpoint that was published is not here any more")
        self.books.settle()
        accounts, now = self.books.accounts, f"{datetime.now(UTC):%FT%TZ}"
        found = self.receipts.judge(accounts, latest=self.latest, now=now)
        for what, about in found + self.sums.judge(self.origin, self.keys):
            if what in WELL:
                self.shown.append(f"{what:<10} {about}")
            else:
                self.fault(what, about)

    def judge(self, note: str, *, is_last: bool) -> None:
        self.checkpoints += 1
        self.sums.look(self.tree.size)
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


def lines_of(path: Path) -> Iterator[Any]:
    try:
        with gzip.open(path, "rt", encoding="utf-8") as file:
            for line in file:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise Unreadable(f"{path}: {error}") from error


def read_export(folder: Path, held: Held) -> Reading:
    notes = [line["note"] for line in lines_of(folder / "checkpoints.jsonl.gz")]
    if not notes:
        raise Unreadable("Nothing is sealed in this export.")
    every, newest = max(1, len(notes) // MOST_SIGNATURES), newest_tree(folder / "log.jsonl.gz")
    reading = Reading(held, newest=newest, every=every)
    sizes = [Checkpoint(note).size for note in notes]
    at = 0
    for line in lines_of(folder / "log.jsonl.gz"):
        while at < len(notes) and line["n"] is not None and reading.tree.size >= sizes[at]:
            reading.judge(notes[at], is_last=at == len(notes) - 1)
            at += 1
        reading.take(line)
        if reading.tree.size % SHOW_EVERY == 0:
            shown = f"\r{reading.tree.size} of {sizes[-1]} leaves"
            print(shown, end="", file=sys.stderr, flush=True)
    for note in notes[at:]:
        reading.judge(note, is_last=note is notes[-1])
    reading.end()
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


def check_balances(held: Held) -> bool:
    """Without an export: whether each proof holds by itself."""
    found = [(one, one.fault(held.origin, held.keys)) for one in held.balances]
    for one, fault in found:
        about = f"{one.amount} {one.unit} on {one.account} at {one.size}"
        print(f"{'balance' if fault else 'stood':<10} {about}{fault and ': ' + fault}")
    return bool(found) and not any(fault for _, fault in found)


def arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Verify an export of the books.")
    parser.add_argument("export", type=Path, nargs="?")
    parser.add_argument("--key", action="append", required=True, help="name+id+key, as published")
    for name, what in (
        ("--copy", "a checkpoint of then"),
        ("--receipt", "of a sale, a void or a refund"),
        ("--balance", "what a holder keeps of a pass"),
    ):
        parser.add_argument(name, action="append", default=[], type=Path, help=what)
    asked = parser.parse_args()
    if asked.export is None and (asked.copy or asked.receipt or not asked.balance):
        parser.error("without an export only --balance can be checked")
    return asked


def main() -> None:
    asked = arguments()
    try:
        held = Held(asked)
        if asked.export is None:
            sys.exit(0 if check_balances(held) else 1)
        reading = read_export(asked.export, held)
        show(reading)
    except (Unreadable, OSError, KeyError, ValueError, TypeError) as error:
        print(f"This export cannot be read: {error!r}", file=sys.stderr)
        sys.exit(2)
    sys.exit(1 if reading.faults else 0)


if __name__ == "__main__":
    main()
