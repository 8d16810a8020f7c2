"""The ledger in plain Python: what book() should answer, and what should be stored after it."""

from collections import Counter
from collections.abc import Sequence
from datetime import datetime

import msgspec

from pas.ids import AccountId, EntryId
from pas.ledger.book import Item, Line

SPENDING = {"redeem", "offline", "confirm", "hold"}
REFUNDABLE = {"redeem", "offline", "confirm", "capture"}


class Purse(msgspec.Struct):
    """A guarded account."""

    usable_from: datetime
    usable_until: datetime
    amount: int = 0
    movements: int = 0
    debits: int = 0

    def stored(self) -> tuple[int, int, int]:
        return self.amount, self.movements, self.debits


class Model:
    """Everything that one town's ledger knows."""

    def __init__(self) -> None:
        self.purses: dict[AccountId, Purse] = {}
        self.stored: dict[EntryId, Item] = {}
        self.reversed: Counter[tuple[EntryId, int]] = Counter()

    def open(self, account: AccountId, usable_from: datetime, usable_until: datetime) -> None:
        self.purses[account] = Purse(usable_from, usable_until)

    def book(self, items: Sequence[Item]) -> list[str]:
        known = dict(self.stored)
        seen = {account: purse.movements for account, purse in self.purses.items()}
        outcomes: list[str] = []
        for at, item in enumerate(items):
            earlier = items[:at]
            outcome = (
                known_outcome(item, known.get(item.id))
                or self.twin(item, earlier, outcomes)
                or self.second_reversal(item, earlier)
                or (moved(item, seen) if item.refusal else self.refused(item))
            )
            if outcome is None:
                outcome = "declined" if item.refusal else "booked"
                self.store(item)
            outcomes.append(outcome)
        return outcomes

    def twin(self, item: Item, earlier: Sequence[Item], outcomes: list[str]) -> str | None:
        for first, outcome in zip(earlier, outcomes, strict=True):
            if first.id == item.id:
                if first.fingerprint != item.fingerprint:
                    return "misuse"
                return "replay" if outcome in {"booked", "declined"} else outcome
        return None

    def second_reversal(self, item: Item, earlier: Sequence[Item]) -> str | None:
        if item.reverses and any(other.reverses == item.reverses for other in earlier):
            return "busy"
        return None

    def refused(self, item: Item) -> str | None:
        """Why the lines, one after the other, cannot all be booked."""
        left = {account: purse.amount for account, purse in self.purses.items()}
        places = {account: purse.movements for account, purse in self.purses.items()}
        taken: Counter[int | None] = Counter()
        for line in item.lines:
            problem = (
                ("moved" if line.seen not in {None, places.get(line.debit)} else None)
                or self.not_reversible(item, line, taken)
                or ("insufficient" if left.get(line.debit, line.amount) < line.amount else None)
                or self.not_usable(item, line)
            )
            if problem is not None:
                return problem
            taken[line.reversed_line] += line.amount
            for account, delta in ((line.debit, -line.amount), (line.credit, line.amount)):
                if account in left:
                    left[account] += delta
                    places[account] += 1
        return None

    def not_reversible(self, item: Item, line: Line, taken: Counter[int | None]) -> str | None:
        number = line.reversed_line
        if number is None:
            return None
        assert item.reverses is not None
        original = self.stored.get(item.reverses)
        kinds = {"void": {"redeem", "offline"}, "refund": REFUNDABLE}.get(item.kind)
        if original is None or original.reverses or (kinds and original.kind not in kinds):
            return "not_reversible"
        if not 0 < number <= len(original.lines):
            return "not_reversible"
        whole = original.lines[number - 1]
        if (whole.debit, whole.credit) != (line.credit, line.debit):
            return "not_reversible"
        left = whole.amount - self.reversed[item.reverses, number] - taken[number]
        return "over_reversed" if left < line.amount else None

    def not_usable(self, item: Item, line: Line) -> str | None:
        purse = self.purses.get(line.debit)
        if purse is None:
            return None
        at = item.occurred_at
        is_early = item.kind == "lapse" and at < purse.usable_until
        is_outside = item.kind in SPENDING and not purse.usable_from <= at < purse.usable_until
        return "not_usable" if is_early or is_outside else None

    def store(self, item: Item) -> None:
        self.stored[item.id] = item
        for line in item.lines:
            if line.reversed_line is not None and item.reverses is not None:
                self.reversed[item.reverses, line.reversed_line] += line.amount
            if line.debit in self.purses:
                purse = self.purses[line.debit]
                purse.amount -= line.amount
                purse.movements += 1
                purse.debits += 1
            if line.credit in self.purses:
                purse = self.purses[line.credit]
                purse.amount += line.amount
                purse.movements += 1


def known_outcome(item: Item, stored: Item | None) -> str | None:
    if stored is None:
        return None
    return "replay" if stored.fingerprint == item.fingerprint else "misuse"


def moved(item: Item, seen: dict[AccountId, int]) -> str | None:
    return "moved" if any(seen[one.account] != one.movements for one in item.seen) else None
