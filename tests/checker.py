"""Judges a history: could these answers and these books have come from one call after the other?

The database hands out the order (the place of every movement in its account), so nothing has to be
searched: the movements are replayed in that order against a plain model, and every answer must be
right at some moment between its question and itself. Everything is n log n.

1. The books alone: every account's movements are dense, never below zero, and make its balance; no
   original is reversed beyond itself.
2. Answers and books: what was acknowledged is stored as it was asked, once; what was declined moved
   nothing; nothing is stored that nobody asked.
3. Order: the places of all accounts and real time (answered before asked) fit in one serial order.
4. Every "no" was true at a moment between its question and its answer; every "yes" too, where it
   rests on a card, a till or the end of a budget.
"""

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from history import Books, Call, Ended, Entry, SwitchedOff
from indexed import FOREVER, STORED, Fault, History, moves_of
from justified import bookings_are_justified, refusals_are_justified
from pas.ids import EntryId


def judge(
    before: Books,
    after: Books,
    calls: Sequence[Call],
    changes: Sequence[SwitchedOff | Ended] = (),
) -> list[Fault]:
    """Give everything that cannot be; nothing is what there should be."""
    history = History(before, after, calls, changes)
    checks = (
        *(balances_follow, reversals_stay_within, answers_are_stored, only_what_was_asked),
        *(order_is_real, refusals_are_justified, bookings_are_justified),
    )
    return [fault for check in checks for fault in check(history)]


def balances_follow(history: History) -> Iterator[Fault]:
    for account, steps in history.accounts.items():
        stored = history.after.balances.get(account)
        if [step.place for step in steps] != list(range(1, len(steps) + 1)):
            yield Fault("places are not dense", account, str([step.place for step in steps]))
        turns = [step.turn for step in steps if step.turn is not None]
        if turns != list(range(1, len(turns) + 1)):
            yield Fault("turns are not dense", account, str(turns))
        states = history.states[account]
        if min(states) < 0:
            yield Fault("overspent", account, str(min(states)))
        if stored is None or stored.amount != states[-1] or stored.movements != len(steps):
            yield Fault("balance is not its movements", account, f"{stored}, not {states[-1]}")


def reversals_stay_within(history: History) -> Iterator[Fault]:
    for original, entries in reversals_of(history.after):
        numbers = sorted(entry.reversal_number or 0 for entry in entries)
        if numbers != list(range(1, len(numbers) + 1)):
            yield Fault("reversal numbers are not dense", original, str(numbers))
        taken: Counter[int] = Counter()
        for move in (move for entry in entries for move in entry.moves):
            if move.reversed_line is not None:
                taken[move.reversed_line] += move.amount
        for line, amount in taken.items():
            found = moves_of(history.after, original).get(line)
            if found is None or amount > found.amount:
                yield Fault("over-reversed", original, f"{amount} of {found}")


def reversals_of(books: Books) -> Iterable[tuple[EntryId, list[Entry]]]:
    reversals: defaultdict[EntryId, list[Entry]] = defaultdict(list)
    for entry in books.entries.values():
        if entry.reverses is not None:
            reversals[entry.reverses].append(entry)
    return reversals.items()


def answers_are_stored(history: History) -> Iterator[Fault]:
    for entry_id, calls in history.by_id.items():
        entry = history.after.entries.get(entry_id)
        heard = Counter(call.outcome for call in calls)
        if heard["booked"] + heard["declined"] > 1:
            yield Fault("stored twice", entry_id, str(heard))
        for call in calls:
            if call.outcome in STORED and (entry is None or not is_as_asked(entry, call)):
                yield Fault("acknowledged but not stored", entry_id, f"{call}: {entry}")
            if call.outcome == "declined" and entry is not None and entry.moves:
                yield Fault("declined but moved", entry_id, str(entry))


def is_as_asked(entry: Entry, call: Call) -> bool:
    """A replay says that the same was asked before; which answer it got then is stored."""
    item = call.item
    if entry.fingerprint != item.fingerprint:
        return False
    if call.outcome == "replay":
        return True
    asked = [(line.debit, line.credit, line.amount, line.reversed_line) for line in item.lines]
    moved = [(move.debit, move.credit, move.amount, move.reversed_line) for move in entry.moves]
    return (entry.kind, entry.refusal, moved) == (item.kind, item.refusal, asked) and (
        entry.total == sum(move.amount for move in entry.moves)
    )


def only_what_was_asked(history: History) -> Iterator[Fault]:
    for entry in history.after.entries.values():
        if entry.id not in history.before.entries and history.interval(entry.id)[0] == FOREVER:
            yield Fault("stored but not asked, or refused", entry.id, str(entry))
    for entry in history.before.entries.values():
        if history.after.entries.get(entry.id) != entry:
            yield Fault("changed or gone", entry.id, str(entry))


def order_is_real(history: History) -> Iterator[Fault]:
    """Look for a circle in: before in an account, and answered before asked.

    Real time is a chain of moments: an entry comes after the moment at which it was asked, and
    before the moment at which it was answered. So there are few edges, not one for every pair.
    """
    after: defaultdict[object, set[object]] = defaultdict(set)
    moments: set[int] = set()
    for steps in history.accounts.values():
        for one, other in pairwise(steps):
            if one.entry != other.entry:
                after[one.entry].add(other.entry)
        for step in steps:
            asked, answered = history.interval(step.entry)
            # Answered at a moment comes before whatever is asked later, not at that moment.
            after[2 * asked].add(step.entry)
            after[step.entry].add(2 * answered + 1)
            moments |= {2 * asked, 2 * answered + 1}
    for one, other in pairwise(sorted(moments)):
        after[one].add(other)
    left = unsorted(after)
    if left:
        yield Fault("no serial order", min(map(str, left)), f"{len(left)} in or behind a circle")


def unsorted(after: dict[object, set[object]]) -> set[object]:
    """What a topological sort cannot place."""
    waits = Counter(node for nodes in after.values() for node in nodes)
    ready = [node for node in after if not waits[node]]
    placed: set[object] = set()
    while ready:
        node = ready.pop()
        placed.add(node)
        for follower in after.get(node, ()):
            waits[follower] -= 1
            if not waits[follower]:
                ready.append(follower)
    return {*after, *waits} - placed
