"""What goes over the wire at a till: the smallest bodies that say yes, how much, and for what."""

from collections.abc import Iterable
from datetime import datetime
from typing import Annotated, Literal
from uuid import UUID

import msgspec
from msgspec import Meta

from pas.errors import TillRefusal
from pas.money import Cents, euros
from pas.redemptions.paused_till import PauseTold
from pas.redemptions.payees import Payee
from pas.redemptions.refusals import TillPaused
from pas.redemptions.sale import Answer
from pas.redemptions.verdicts import visits_text

Scanned = Annotated[str, Meta(min_length=1, max_length=300)]
Code = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,80}$")]
Whole = Annotated[int, Meta(ge=-1_000_000_000_000, le=1_000_000_000_000)]
Reason = Annotated[str, Meta(min_length=1, max_length=300)]


class Body(msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True):
    """A body that refuses what it does not know."""


class AskBody(Body, frozen=True, kw_only=True):
    """One pass and what is for sale: ``priceCents`` or ``visits``.

    ``scanned`` is the text of the code, or the twelve digits typed. ``holder`` 0 is the card's own
    holder, 1 the first child that this holder looks after. ``payee`` is for tills that belong to no
    merchant. ``unmet`` names conditions that were asked and are not so.
    """

    scanned: Scanned
    price_cents: Whole | None = None
    visits: Whole | None = None
    category: Code | None = None
    holder: Annotated[int, Meta(ge=0, le=20)] = 0
    payee: UUID | None = None
    unmet: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()


class SellBody(AskBody, frozen=True, kw_only=True):
    """The same, to be booked: ``id`` is made and kept by the device before it sends.

    ``takeCents`` is what the quote said, and exactly that is taken. ``lostCents`` and ``lostVisits``
    are what its warnings said would be lost; where more would be, the answer is ``moved``.
    """

    id: UUID
    take_cents: Whole
    lost_cents: Annotated[int, Meta(ge=0, le=1_000_000_000_000)] = 0
    lost_visits: Annotated[int, Meta(ge=0, le=1_000_000)] = 0
    confirmed: Annotated[tuple[Code, ...], Meta(max_length=10)] = ()


class Asks(Body, frozen=True, kw_only=True):
    items: Annotated[tuple[AskBody, ...], Meta(min_length=1, max_length=50)]


class Sells(Body, frozen=True, kw_only=True):
    """A sale: one item, or one for each of the children who pay together."""

    items: Annotated[tuple[SellBody, ...], Meta(min_length=1, max_length=50)]
    sale_id: UUID | None = None


class VoidBody(Body, frozen=True, kw_only=True):
    id: UUID
    reason: Reason


class RefundBody(VoidBody, frozen=True, kw_only=True):
    """An amount, a number of visits, or (neither) all that is left."""

    amount_cents: Whole | None = None
    visits: Whole | None = None


class Told(msgspec.Struct, frozen=True, kw_only=True, rename="camel"):
    """An answer's part."""


class RefusalTold(Told, frozen=True):
    """Why not: for the cashier, for the holder, and what to do next."""

    code: str
    title: str
    cashier: str
    holder: str
    next_step: str


class ConditionTold(Told, frozen=True):
    code: str
    question: str


class WarningTold(Told, frozen=True):
    code: str
    lost_cents: Cents
    lost_visits: int
    sentence: str


class AnswerTold(Told, frozen=True):
    """What became of one item.

    ``quoted``, ``booked``, ``declined`` (final), ``refused`` (may be tried again), ``moved`` (ask
    the holder again and send a new take under the same id). ``say`` is for the cashier.
    """

    id: UUID
    outcome: Literal["quoted", "booked", "declined", "refused", "moved"]
    price_cents: Cents
    take_cents: Cents
    ask_cents: Cents
    visits: int
    ask_visits: int
    category: str | None
    say: str
    recorded_at: datetime | None
    refusal: RefusalTold | None
    conditions: tuple[ConditionTold, ...]
    warnings: tuple[WarningTold, ...]
    children: tuple[int, ...]
    """For which children can be paid here, as numbers for ``holder``; only in a quote."""
    ticket: str | None = None
    """Where a code on a telephone was scanned: what to send as ``scanned`` from now on, for ten
    minutes, at this till alone. Only in an answer to a quote."""
    pause: PauseTold | None = None
    """Why the till stands still, where that is the refusal."""
    receipt: str | None = None
    """What was ``booked`` or ``declined``, promised: it stands under a seal within a day. Keep it."""


class Answers(Told, frozen=True):
    items: tuple[AnswerTold, ...]


class Payees(Told, frozen=True):
    """In the order of their names; the next page starts after the last id."""

    items: tuple[Payee, ...]


class UndoneTold(Told, frozen=True):
    """What came back to the pass; it is kept in on the merchant's next payout.

    ``lostCents`` is what a budget that is spent at once had given up and does not get back. Tell
    the holder when it is more than zero. ``receipt`` promises that this stands under a seal within
    a day. Keep it.
    """

    id: UUID
    redemption_id: UUID
    amount_cents: Cents
    lost_cents: Cents
    recorded_at: datetime
    receipt: str | None


class SaleTold(Told, frozen=True):
    """One line of a till's own list."""

    id: UUID
    recorded_at: datetime
    outcome: Literal["booked", "declined"]
    category: str | None
    price_cents: Cents
    take_cents: Cents
    reversed_cents: Cents
    visits: int
    refusal: str | None


class Sales(Told, frozen=True):
    items: tuple[SaleTold, ...]


def told_all(answers: Iterable[Answer], pause: PauseTold | None) -> tuple[AnswerTold, ...]:
    """Each answer, with why its till stands still beside a refusal for that."""
    return tuple(
        msgspec.structs.replace(told(answer), pause=pause if answer.reason is TillPaused else None)
        for answer in answers
    )


def told(answer: Answer) -> AnswerTold:
    return AnswerTold(
        id=answer.id,
        outcome=msgspec.convert(answer.outcome, AnswerTold.__annotations__["outcome"]),
        price_cents=answer.price_cents,
        take_cents=answer.take_cents,
        ask_cents=answer.ask_cents,
        visits=answer.visits,
        ask_visits=answer.ask_visits,
        category=answer.category,
        say=say(answer),
        recorded_at=answer.recorded_at,
        refusal=None if answer.reason is None else refusal_told(answer.reason),
        conditions=tuple(
            ConditionTold(code=condition.code, question=condition.question)
            for condition in answer.conditions
        ),
        warnings=tuple(
            WarningTold(
                code=warning.code,
                lost_cents=warning.lost_cents,
                lost_visits=warning.lost_visits,
                sentence=warning.sentence(),
            )
            for warning in answer.warnings
        ),
        children=answer.children,
        ticket=answer.ticket,
        receipt=answer.receipt,
    )


def refusal_told(reason: type[TillRefusal]) -> RefusalTold:
    return RefusalTold(
        code=reason.code(),
        title=reason.title(),
        cashier=reason.cashier,
        holder=reason.holder,
        next_step=reason.next_step,
    )


def say(answer: Answer) -> str:
    """Say in one breath what the cashier does now."""
    if answer.reason is not None:
        return answer.reason.cashier
    taken = visits_text(answer.visits) if answer.visits else euros(answer.take_cents)
    done = f"Betaald: {taken}." if answer.outcome == "booked" else f"Neem {taken}."
    if answer.ask_cents == 0:
        return done
    return f"{done} Vraag nog {euros(answer.ask_cents)}."
