"""What an item of the bank means for payments of ours: booked, confirmed, noted, or left for people, with a reason.

Pure. Nothing is guessed: the id is ours, the amount is the same to the cent, and so are the currency,
both accounts and the number of payments, where the bank gives them.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date
from typing import Final, Literal

import msgspec

from pas.ids import EntryId, SettlementId
from pas.money import Cents
from pas.settlements.bank.said import Item, Message, Ours
from pas.settlements.model import LineState

Act = Literal["pay", "bounce"]
Outcome = Literal["booked", "confirmed", "noted", "open"]
Why = Literal[
    "no_id",
    "unknown_id",
    "other_amount",
    "other_count",
    "other_currency",
    "other_payer",
    "other_payee",
    "other_day",
    "has_outcome",
    "not_paid_yet",
    "not_a_return",
    "reversed_credit",
    "whole_file",
    "duplicate",
    "unknown_status",
    "above_outstanding",
    "maybe_booked",
]

REJECTED: Final = "RJCT"
GOING_WELL: Final = frozenset(
    {"RCVD", "ACCP", "ACTC", "ACSP", "ACSC", "ACCC", "ACWC", "ACWP", "ACFC", "PDNG", "PART"}
)
"""On its way. Also settled (ACSC) books nothing: the statement does, with the day and the amount."""
SENT_TWICE: Final = frozenset({"AM05", "DUPL", "DU01", "DU02", "DU03", "DU04", "DU05"})
"""The bank refuses a second copy. The first one may well be paid, so nothing comes back by itself."""


class LineFact(msgspec.Struct, frozen=True):
    """A payment of ours, and how it stands in the books."""

    run_id: SettlementId
    number: int
    state: LineState
    amount_cents: Cents
    iban: str
    paid_on: date | None


class RunFact(msgspec.Struct, frozen=True):
    """A run of which the bank has the file."""

    id: SettlementId
    number: int
    payer_iban: str
    approved_on: date


class Heard(msgspec.Struct, frozen=True):
    """That one kind of message already said this of a line."""

    run_id: SettlementId
    number: int
    act: Act
    message: Message


class Books(msgspec.Struct):
    """What the books say, kept up while a file is judged."""

    runs: Mapping[int, RunFact]
    lines: dict[SettlementId, dict[int, LineFact]]
    files: Mapping[tuple[SettlementId, int], Sequence[int]]
    """The numbers of the lines in a file."""
    heard: set[Heard]

    def lines_of(self, run: RunFact, target: Ours) -> list[LineFact]:
        mine = self.lines[run.id]
        numbers = (
            [target.line] if target.file is None else self.files.get((run.id, target.file), ())
        )
        return [mine[one] for one in numbers if one in mine]

    def take_in(self, verdict: "Verdict", message: Message) -> None:
        """Say of what was just judged that it is so."""
        for line in verdict.lines:
            assert verdict.act is not None, "lines are paid or come back"
            self.heard.add(Heard(line.run_id, line.number, verdict.act, message))
        for line in verdict.new:
            paid_on = verdict.day if verdict.act == "pay" else line.paid_on
            state: LineState = "paid" if verdict.act == "pay" else "returned"
            self.lines[line.run_id][line.number] = msgspec.structs.replace(
                line, state=state, paid_on=paid_on
            )


class Verdict(msgspec.Struct, frozen=True, kw_only=True):
    """What an item means. ``lines`` are those that it speaks of, ``new`` those to be booked.

    ``receipt`` is the entry of what came in for a debit note.
    """

    outcome: Outcome
    why: Why | None = None
    act: Act | None = None
    day: date | None = None
    lines: Sequence[LineFact] = ()
    new: Sequence[LineFact] = ()
    receipt: EntryId | None = None


class Source(msgspec.Struct, frozen=True):
    """Which kind of message, of which account of the municipality, read on which day."""

    message: Message
    account: str | None
    today: date


NOTED: Final = Verdict(outcome="noted")


def in_order(items: Iterable[Item]) -> list[Item]:
    """Put first what the others build on: refused, then paid, then come back."""
    order = ("status", "debit", "credit")
    return sorted(items, key=lambda one: order.index(one.kind))


def judge(item: Item, source: Source, books: Books) -> Verdict:
    """Judge one item by itself; whoever calls tells the books before the next one."""
    if item.target is None:
        return left("no_id")
    run = books.runs.get(item.target.run)
    lines = [] if run is None else books.lines_of(run, item.target)
    if run is None or not lines:
        return left("unknown_id")
    if item.kind == "status":
        verdict = judge_status(item, lines, books)
    else:
        verdict = refused_movement(item, source, run) or judge_movement(
            item, source.message, lines, books=books
        )
    if verdict.new and not earliest_of(verdict, run) <= item.day <= source.today:
        return left("other_day")
    return verdict


def judge_status(item: Item, lines: Sequence[LineFact], books: Books) -> Verdict:
    assert item.target is not None, "it was found by its id"
    if item.status in GOING_WELL:
        return NOTED
    if item.status != REJECTED:
        return left("unknown_status")
    if item.target.file is not None:
        return NOTED if item.lines_listed else left("whole_file")
    return judge_rejection(item, lines[0], books)


def judge_rejection(item: Item, line: LineFact, books: Books) -> Verdict:
    """One payment that the bank will not make; said again in a later report it is no news."""
    if item.reason in SENT_TWICE:
        return left("duplicate")
    if Heard(line.run_id, line.number, "bounce", "status") in books.heard:
        return NOTED
    if line.state != "approved":
        return left("has_outcome")
    if item.amount_cents not in {None, line.amount_cents}:
        return left("other_amount")
    if is_other_payee(item, [line]):
        return left("other_payee")
    return Verdict(outcome="booked", act="bounce", day=item.day, lines=[line], new=[line])


def refused_movement(item: Item, source: Source, run: RunFact) -> Verdict | None:
    """Refuse what is not a payment of ours, nor one that came back."""
    if item.currency != "EUR" or item.amount_cents is None:
        return left("other_currency")
    if source.account != run.payer_iban:
        return left("other_payer")
    if item.kind == "debit" and item.is_return:
        return left("reversed_credit")
    if item.kind == "credit" and not item.is_return:
        return left("not_a_return")
    return None


def judge_movement(
    item: Item, message: Message, lines: Sequence[LineFact], *, books: Books
) -> Verdict:
    act: Act = "pay" if item.kind == "debit" else "bounce"
    if act == "bounce" and any(one.state == "approved" for one in lines):
        return left("not_paid_yet")
    ready = [
        one
        for one in lines
        if is_possible(act, one) and Heard(one.run_id, one.number, act, message) not in books.heard
    ]
    if not ready:
        return left("has_outcome")
    if item.transactions not in {None, len(ready)}:
        return left("other_count")
    if item.amount_cents != sum(one.amount_cents for one in ready):
        return left("other_amount")
    if is_other_payee(item, ready):
        return left("other_payee")
    before: LineState = "approved" if act == "pay" else "paid"
    new = [one for one in ready if one.state == before]
    outcome: Outcome = "booked" if new else "confirmed"
    return Verdict(outcome=outcome, act=act, day=item.day, lines=ready, new=new)


def is_possible(act: Act, line: LineFact) -> bool:
    """Whether the bank may say this: what never left is not paid, and does not come back from there."""
    return line.paid_on is not None or (act == "pay" and line.state == "approved")


def is_other_payee(item: Item, lines: Sequence[LineFact]) -> bool:
    return len(lines) == 1 and bool(item.other.ibans) and lines[0].iban not in item.other.ibans


def earliest_of(verdict: Verdict, run: RunFact) -> date:
    """Nothing is paid before it was approved, and nothing comes back before it was paid."""
    return max([run.approved_on, *(one.paid_on for one in verdict.new if one.paid_on is not None)])


def left(why: Why) -> Verdict:
    return Verdict(outcome="open", why=why)
