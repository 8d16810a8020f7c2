"""Was every "no" true, and every "yes" allowed, at some moment between its question and its answer?"""

from collections import Counter
from collections.abc import Iterator

from history import Call
from indexed import FOREVER, UNKNOWN, Fault, History, moves_of
from pas.ids import AccountId


def refusals_are_justified(history: History) -> Iterator[Fault]:
    for call in history.calls:
        if call.outcome in UNKNOWN or call.outcome in {"booked", "replay"}:
            continue
        if not JUSTIFIED[call.outcome](history, call):
            yield Fault("not justified", call.item.id, f"{call.outcome}: {call}")


def was_insufficient(history: History, call: Call) -> bool:
    if call.budgets:
        return held_less(history, call)
    asked: Counter[AccountId] = Counter()
    for line in call.item.lines:
        asked[line.debit] += line.amount
    return any(
        history.states[account][place] < amount
        for account, amount in asked.items()
        if account in history.states
        for place in history.possible(account, call)
    )


def was_declined(history: History, call: Call) -> bool:
    match call.item.refusal:
        case "card-blocked":
            return was_switched_off(history, call)
        case "budget-period-ended":
            return was_not_usable(history, call)
        case _:
            return was_too_little(history, call) and held_less(history, call)


def was_too_little(history: History, call: Call) -> bool:
    """A declined item rests on balances that it has seen: each was there, and too small."""
    return all(
        seen.movements in history.possible(seen.account, call)
        and history.states[seen.account][seen.movements] < max(call.wanted, 1)
        for seen in call.item.seen
    )


def held_less(history: History, call: Call) -> bool:
    """What can pay may have held less than was wanted, all of it together."""
    if not call.budgets:
        return True
    least = [
        min(history.states[account][place] for place in history.possible(account, call))
        for account in call.budgets
    ]
    return sum(least) < max(call.wanted, 1)


def had_moved(history: History, call: Call) -> bool:
    """Somebody else moved what it rests on, or switched off what a yes rests on."""
    rests_on = [(seen.account, seen.movements) for seen in call.item.seen]
    rests_on += [(line.debit, line.seen) for line in call.item.lines if line.seen is not None]
    return any(
        place != movements
        for account, movements in rests_on
        for place in history.possible(account, call)
    ) or was_switched_off(history, call)


def was_switched_off(history: History, call: Call) -> bool:
    return any(
        history.off[subject].invoked <= (call.answered or FOREVER)
        for subject in call.rests_on
        if subject in history.off
    )


def was_over_reversed(history: History, call: Call) -> bool:
    """Others who asked before this answer had reversed so much that too little was left."""
    original = call.item.reverses
    assert original is not None
    lines = moves_of(history.after, original)
    taken: Counter[int] = Counter()
    for entry in history.after.entries.values():
        if entry.reverses == original and history.interval(entry.id)[0] <= (
            call.answered or FOREVER
        ):
            for move in entry.moves:
                taken[move.reversed_line or 0] += move.amount
    return any(
        lines[line.reversed_line].amount - taken[line.reversed_line] < line.amount
        for line in call.item.lines
        if line.reversed_line in lines
    )


def was_unknown(history: History, call: Call) -> bool:
    """Not reversible: the original was not there yet when this was asked."""
    original = call.item.reverses
    assert original is not None
    return original not in history.before.entries and (
        history.interval(original)[1] >= call.invoked
    )


def was_not_usable(history: History, call: Call) -> bool:
    return any(not all(line) for line in usability(history, call))


def usability(history: History, call: Call) -> Iterator[list[bool]]:
    """Per account that pays, whether the budget could be used: before and after a change that may come first."""
    at, is_lapse = call.item.occurred_at, call.item.kind == "lapse"
    for account in (*(line.debit for line in call.item.lines), *call.budgets):
        budget = history.before.balances.get(account)
        if budget is None:
            continue
        ends, change = [budget.usable_until], history.ended.get(account)
        if change is not None and change.invoked <= (call.answered or FOREVER):
            ends = [change.until] if change.answered < call.invoked else [*ends, change.until]
        yield [at >= end if is_lapse else budget.usable_from <= at < end for end in ends]


def was_other_content(history: History, call: Call) -> bool:
    return any(
        other.item.fingerprint != call.item.fingerprint
        and other.invoked <= (call.answered or FOREVER)
        for other in history.by_id[call.item.id]
    )


JUSTIFIED = {
    "insufficient": was_insufficient,
    "declined": was_declined,
    "moved": had_moved,
    "over_reversed": was_over_reversed,
    "not_reversible": was_unknown,
    "not_usable": was_not_usable,
    "misuse": was_other_content,
}


def bookings_are_justified(history: History) -> Iterator[Fault]:
    """A yes after a card was blocked, a till revoked or a budget ended; a first one may be late."""
    kinds = {"redeem", "offline", "confirm", "hold", "lapse"}
    for call in history.calls:
        if call.outcome != "booked":
            continue
        first = min(other.invoked for other in history.by_id[call.item.id])
        for subject in call.rests_on:
            if subject in history.off and history.off[subject].answered < first:
                yield Fault("booked on what was off", call.item.id, str(subject))
        if call.item.kind in kinds and not all(map(any, usability(history, call))):
            yield Fault("booked out of its time", call.item.id, str(call))
        moves = moves_of(history.after, call.item.id)
        for number, line in enumerate(call.item.lines, start=1):
            move = moves.get(number)
            if line.seen is not None and move and move.debit_number != line.seen + 1:
                yield Fault("booked on what it had not seen", call.item.id, str(move))
