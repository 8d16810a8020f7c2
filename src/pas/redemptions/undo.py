"""Void and refund: read a redemption as it was booked, ask the rules, book the way back.

A reversal is an entry of its own, under an id that its device made, naming the lines that it takes
back. The database bounds it by what is left of each line, under a lock on the original; two at once
are decided one after the other.
"""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from pas.db import Connection, Statement
from pas.errors import TillRefusal
from pas.ids import EntryId, TillId
from pas.ledger.book import Item, Line, Outcome, line_arrays
from pas.ledger.fingerprint import Content, fingerprint
from pas.money import Cents
from pas.redemptions.amount_refusals import RedemptionUnknown
from pas.redemptions.facts import TillFacts
from pas.redemptions.judge import Moment
from pas.redemptions.paid import PaidRow, appropriations, paid_parts, read_paid
from pas.redemptions.redeem import AGAIN, ROUNDS, Outcomes
from pas.redemptions.refusals import Busy, SaleIdReused
from pas.redemptions.reversals import (
    Redemption,
    RefundRequest,
    Reversal,
    refund,
    void,
)
from pas.redemptions.verdicts import Refused


class Undo(msgspec.Struct, frozen=True, kw_only=True):
    """What is asked: a whole void, or a refund of an amount, of visits, or of all that is left.

    ``till`` is set when a till asks; somebody of the merchant or the municipality asks as
    themselves, and ``acting`` says for which merchant.
    """

    id: EntryId
    original: EntryId
    kind: Literal["void", "refund"]
    reason: str
    actor_kind: str
    actor_id: UUID
    till: TillId | None = None
    acting: TillFacts | None = None
    amount: RefundRequest = RefundRequest()
    trace_id: str = ""


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """What came back to the pass; the merchant gives it back in its next payout.

    ``lost_cents`` is what a spend-at-once budget had given up and does not get back: it has ended,
    or its closed pot was granted to others.
    """

    id: EntryId
    original: EntryId
    kind: str
    amount_cents: Cents
    lost_cents: Cents
    recorded_at: datetime


REVERSE_BATCH: Final = Statement(
    """
    SELECT reverse_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18) AS outcomes, now() AS recorded_at
    """,
    Outcomes,
)


async def undo(connection: Connection, ask: Undo, moment: Moment) -> Undone:
    """Take a redemption back, or refuse with the reason; the same id again gives the same answer."""
    print_ = printed(ask, moment)
    for _ in range(ROUNDS):
        row = await read_paid(connection, (ask.id, ask.original, ask.till), moment)
        if row.known is not None:
            return known_undone(ask, row, print_)
        item, back = decided(ask, row, print_=print_, moment=moment)
        since = moment.now - timedelta(hours=row.void_hours)
        done = await call(connection, ask, item=item, back=back, since=since)
        if done is not None:
            return Undone(
                id=ask.id,
                original=ask.original,
                kind=ask.kind,
                amount_cents=back.amount_cents,
                lost_cents=back.lost_cents,
                recorded_at=done,
            )
    raise Busy


def printed(ask: Undo, moment: Moment) -> bytes:
    return fingerprint(
        Content(
            municipality=moment.municipality,
            kind=ask.kind,
            till=ask.till or TillId(ask.actor_id),
            take_cents=ask.amount.amount_cents,
            visits=ask.amount.visits,
            purpose=ask.reason,
            reverses=ask.original,
        ),
        key=moment.print_key,
    )


def known_undone(ask: Undo, row: PaidRow, print_: bytes) -> Undone:
    assert row.known is not None
    if row.known.fingerprint != print_.hex() or row.known.amount_cents is None:
        raise SaleIdReused
    return Undone(
        id=ask.id,
        original=ask.original,
        kind=ask.kind,
        amount_cents=row.known.amount_cents,
        lost_cents=row.known.lost_cents,
        recorded_at=row.known.recorded_at,
    )


def decided(ask: Undo, row: PaidRow, *, print_: bytes, moment: Moment) -> tuple[Item, Reversal]:
    """Ask the rules, or raise their refusal; write down the lines of the way back."""
    redemption = row.redemption
    if redemption is None or redemption.lines is None:
        raise RedemptionUnknown
    paid = Redemption(
        till_id=redemption.till_id,
        merchant_id=redemption.merchant_id,
        parts=paid_parts(redemption.lines),
        void_until=redemption.recorded_at + timedelta(hours=row.void_hours),
    )
    till = ask.acting or row.till_facts(ask.till)
    match ask.kind:
        case "void":
            verdict = void(paid, till, now=moment.now)
        case "refund":
            verdict = refund(paid, till, ask.amount)
    if isinstance(verdict, Refused):
        raise refusal(verdict.reason)
    item = Item(
        id=ask.id,
        kind=ask.kind,
        fingerprint=print_,
        occurred_at=moment.now,
        actor_kind=ask.actor_kind,
        actor_id=ask.actor_id,
        lines=lines_back(verdict, row),
        reverses=ask.original,
    )
    return item, verdict


def refusal(reason: type[TillRefusal]) -> TillRefusal:
    return reason()


def lines_back(back: Reversal, row: PaidRow) -> tuple[Line, ...]:
    """Each movement of the way back; what cannot stay on an ended budget goes on in the same entry."""
    assert row.redemption is not None
    by_line = {line.line: line for line in row.redemption.lines or ()}
    lines: list[Line] = []
    for given in back.parts:
        part = given.part
        onward = appropriations(by_line[part.take_line])

        def reverse(number: int | None, amount: int) -> None:
            if amount:
                assert number is not None
                original = by_line[number]
                lines.append(Line(original.credit, original.debit, amount, number))

        reverse(part.take_line, given.back_cents)
        reverse(part.forfeit_line, given.restore_cents)
        reverse(part.visits_line, given.back_visits)
        reverse(part.forfeit_visits_line, given.restore_visits)
        if given.onward_cents:
            lines.append(Line(part.account, onward.cents, given.onward_cents))
        if given.onward_visits:
            assert part.visits_account is not None
            assert onward.visits is not None
            lines.append(Line(part.visits_account, onward.visits, given.onward_visits))
    return tuple(lines)


async def call(
    connection: Connection, ask: Undo, *, item: Item, back: Reversal, since: datetime
) -> datetime | None:
    """Say when it was recorded, or nothing when it has to be read and decided again."""
    lines = line_arrays([item])
    arguments: Sequence[object] = [
        *([item.id], [item.kind], [item.fingerprint], [item.reverses], [item.occurred_at]),
        *([item.actor_kind], [item.actor_id], lines.accounts),
        *(lines.items, lines.debits, lines.credits, lines.amounts, lines.reversed),
        *([ask.till], [back.amount_cents], [ask.reason], [ask.trace_id], since),
    ]
    try:
        outcomes = await REVERSE_BATCH.one(connection, *arguments)
    except asyncpg.PostgresError as error:
        if error.sqlstate not in AGAIN:
            raise
        return None
    return outcomes.recorded_at if outcomes.outcomes == [Outcome.BOOKED] else None
