"""Writes down what was decided on a sale without a network: money, outcome and the end of an old id."""

from datetime import datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import EntryId
from pas.ledger.accounts import new_account_id
from pas.ledger.book import Line
from pas.ledger.fingerprint import Content, fingerprint
from pas.money import NO_CENTS, Cents
from pas.redemptions.judge import part_lines
from pas.redemptions.offline.facts import Accepted, Replayed
from pas.redemptions.offline.facts_then import Judgement
from pas.redemptions.offline.rules import bearer_of
from pas.redemptions.sell import print_key

MOST_PRICE: Final = 100_000_000
"""As much as the table holds; what a till says above it was refused, and is not worth the digits."""


class Recorded(msgspec.Struct, frozen=True):
    recorded_at: datetime


REDEEM_OFFLINE: Final = Statement(
    """
    SELECT redeem_offline($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19, $20, $21, $22, $23,
        $24, $25, $26, $27, $28, $29, $30, $31, $32, $33, $34, $35, $36, $37, $38) AS recorded_at
    """,
    Recorded,
)


async def book_offline(connection: Connection, judgement: Judgement) -> None:
    """Book it, or raise what asyncpg raises; then nothing is stored, and it is read and decided again."""
    await REDEEM_OFFLINE.one(connection, *arguments(judgement))


def arguments(judgement: Judgement) -> list[object]:
    """Lay out a judgement as redeem_offline() takes it."""
    handed, row = judgement.reading.handed, judgement.row
    accepted = judgement.verdict if isinstance(judgement.verdict, Accepted) else None
    own = row.card.resident_id if row.card else None
    return [
        *(handed.id, printed(judgement), refusal_of(judgement)),
        *(not judgement.facts.id_taken, judgement.sold.moment),
        *replacing(judgement),
        *(judgement.till.id, judgement.till.merchant, row.till.location_id if row.till else None),
        *(row.card.id if row.card else None, row.subject.resident_id if row.subject else own),
        *(category_of(judgement), price_of(judgement)),
        *((accepted.visits, accepted.ask_visits) if accepted else (0, 0)),
        *(handed.sale_id, judgement.till.trace_id),
        *columns(lines_of(judgement)),
        *risk_of(accepted),
        *(judgement.facts.permit and judgement.facts.permit.id, handed.sequence, handed.digest),
        handed.is_signed and not judgement.facts.number_taken,
        *(outcome_of(judgement), bearer_of(judgement.verdict), taken(judgement)),
        *(reason_of(judgement), judgement.chain, judgement.clock, handed.said_at),
    ]


def printed(judgement: Judgement) -> bytes:
    """Fingerprint the text that the till signed: an id stands for that text alone."""
    return print_of(judgement, purpose=judgement.reading.handed.digest.hex())


def print_of(judgement: Judgement, *, purpose: str, reverses: EntryId | None = None) -> bytes:
    content = Content(
        municipality=judgement.till.municipality,
        kind="offline",
        till=judgement.till.id,
        sale=judgement.reading.handed.sale_id,
        purpose=purpose,
        reverses=reverses,
    )
    return fingerprint(content, key=print_key(judgement.till.ring))


def replacing(judgement: Judgement) -> tuple[EntryId | None, str | None, bytes | None]:
    """Name the id that this sale stands for, what it was, and the print under which it is closed.

    Not where the till did not sign it: then somebody else could close what is not theirs.
    """
    replaced, id_ = judgement.facts.replaced, judgement.reading.handed.replaces
    if id_ is None or replaced in {None, "foreign"} or not judgement.reading.handed.is_signed:
        return None, None, None
    was = "declined" if replaced == "taken" else replaced
    closing = print_of(judgement, purpose="closed", reverses=id_) if was == "unknown" else None
    return id_, was, closing


def refusal_of(judgement: Judgement) -> str | None:
    """Under which refusal the id is stored; None where money moved."""
    return None if isinstance(judgement.verdict, Accepted) else judgement.verdict.reason.code()


def reason_of(judgement: Judgement) -> str | None:
    reason = judgement.verdict.reason
    return None if reason is None else reason.code()


def outcome_of(judgement: Judgement) -> str:
    match judgement.verdict:
        case Accepted():
            return "booked"
        case Replayed():
            return "replay"
        case _:
            return "declined"


def taken(judgement: Judgement) -> Cents:
    """What the pass paid; of what had been booked before, what it paid then."""
    match judgement.verdict:
        case Accepted(take_cents=take):
            return take
        case Replayed():
            assert judgement.replaced is not None
            return judgement.replaced.taken_cents or NO_CENTS
        case _:
            return NO_CENTS


def category_of(judgement: Judgement) -> str | None:
    match judgement.verdict:
        case Accepted(category=category):
            return category
        case _:
            return None


def price_of(judgement: Judgement) -> Cents:
    match judgement.verdict:
        case Accepted(price_cents=price):
            return price
        case _:
            handed = judgement.reading.handed
            said = handed.take_cents or handed.price_cents or NO_CENTS
            return Cents(min(max(said, 0), MOST_PRICE))


def lines_of(judgement: Judgement) -> list[Line]:
    """The movements out of budgets; what comes out of the risk the database adds itself."""
    verdict, row = judgement.verdict, judgement.row
    if not isinstance(verdict, Accepted) or not verdict.parts:
        return []
    assert row.merchant is not None
    assert row.merchant.account is not None
    assert row.subject is not None
    keys = {
        budget.account: (budget.scheme_version_id, budget.budget_year)
        for budget in row.subject.budgets or ()
    }
    return [
        line
        for part in verdict.parts
        for line in part_lines(part, row.merchant.account, judgement.schemes[keys[part.account]])
    ]


def columns(lines: list[Line]) -> tuple[list[int], list[int], list[int], list[int | None]]:
    return (
        [line.debit for line in lines],
        [line.credit for line in lines],
        [line.amount for line in lines],
        [line.seen for line in lines],
    )


def risk_of(accepted: Accepted | None) -> tuple[object, ...]:
    if accepted is None or accepted.risk is None:
        return None, None, NO_CENTS, None
    risk = accepted.risk
    return risk.scheme_id, risk.year, accepted.risk_cents, new_account_id()
