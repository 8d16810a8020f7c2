"""A history indexed by id and by account, and when each call may have looked at an account."""

from bisect import bisect_left, bisect_right
from collections import defaultdict
from collections.abc import Iterable, Sequence
from itertools import accumulate

import msgspec

from history import Books, Call, Ended, Move, SwitchedOff
from pas.ids import AccountId, EntryId

FOREVER = 2**63 - 1
STORED = ("booked", "declined", "replay")
"""Answers after which the id is in the books."""
UNKNOWN = ("busy", "again", None)
"""Not stored by this call, or not known; the same id is sent again."""


class Fault(msgspec.Struct, frozen=True):
    """Something that no serial order explains."""

    what: str
    subject: object
    detail: str


class Step(msgspec.Struct, frozen=True):
    """One movement of one account, in its place."""

    place: int
    turn: int | None
    delta: int
    entry: EntryId


class History:
    """The history, indexed by id and by account."""

    def __init__(
        self,
        before: Books,
        after: Books,
        calls: Sequence[Call],
        changes: Sequence[SwitchedOff | Ended],
    ) -> None:
        self.before, self.after, self.calls = before, after, calls
        self.off = {one.subject: one for one in changes if isinstance(one, SwitchedOff)}
        self.ended = {one.account: one for one in changes if isinstance(one, Ended)}
        self.by_id: defaultdict[EntryId, list[Call]] = defaultdict(list)
        for call in calls:
            self.by_id[call.item.id].append(call)
        self.accounts = {account: sorted(steps, key=by_place) for account, steps in steps_of(after)}
        self.states = {
            account: [0, *accumulate(step.delta for step in steps)]
            for account, steps in self.accounts.items()
        }
        self.spans = {account: self._spans(steps) for account, steps in self.accounts.items()}

    def interval(self, entry: EntryId) -> tuple[int, int]:
        """When this entry was booked at the earliest and at the latest."""
        if entry in self.before.entries:
            return -1, -1
        calls = self.by_id.get(entry, [])
        asked = [call.invoked for call in calls if call.outcome in (*STORED, None)]
        heard = [call.answered for call in calls if call.outcome in STORED and call.answered]
        return min(asked, default=FOREVER), min(heard, default=FOREVER)

    def possible(self, account: AccountId, call: Call) -> range:
        """The places after which this call may have looked at the account."""
        if account not in self.spans:
            return range(1)
        earliest, latest = self.spans[account]
        first = bisect_left(latest, call.invoked)
        last = bisect_right(earliest, call.answered or FOREVER)
        return range(first, last + 1)

    def _spans(self, steps: Sequence[Step]) -> tuple[list[int], list[int]]:
        """For each place: not before any earlier one was asked, not after any later was answered."""
        intervals = [self.interval(step.entry) for step in steps]
        earliest = list(accumulate((asked for asked, _ in intervals), max))
        latest = list(accumulate((answered for _, answered in reversed(intervals)), min))[::-1]
        return earliest, latest


def by_place(step: Step) -> int:
    return step.place


def steps_of(books: Books) -> Iterable[tuple[AccountId, list[Step]]]:
    """The movements of every guarded account."""
    steps: dict[AccountId, list[Step]] = {account: [] for account in books.balances}
    for entry in books.entries.values():
        for move in entry.moves:
            if move.debit_number is not None:
                step = Step(move.debit_number, move.debit_turn, -move.amount, entry.id)
                steps.setdefault(move.debit, []).append(step)
            if move.credit_number is not None:
                step = Step(move.credit_number, None, move.amount, entry.id)
                steps.setdefault(move.credit, []).append(step)
    return steps.items()


def moves_of(books: Books, entry: EntryId) -> dict[int, Move]:
    return (
        {move.line: move for move in books.entries[entry].moves} if entry in books.entries else {}
    )
