"""What a cashier sees of answers: per pass what to take or why not, and one form for what is open.

The form carries the ids of the sale. It comes back whenever the same sale can be sent again: after
a quote, when the budget has moved, when a condition was not confirmed, when the till was busy.
"""

from collections.abc import Sequence
from typing import Final

import msgspec

from pas.ids import uuid7
from pas.money import NO_CENTS, Cents, euros
from pas.redemptions.amount_refusals import ConditionNotConfirmed
from pas.redemptions.basket import packed
from pas.redemptions.bodies import AnswerTold, AskBody, ConditionTold, SellBody, Sells
from pas.redemptions.refusals import Busy
from pas.redemptions.verdicts import lost_cents, lost_visits, visits_text

MOST_CHILDREN: Final = 12
MOST_CONDITIONS: Final = 10
SENT_AGAIN: Final = frozenset({Busy.code(), ConditionNotConfirmed.code()})


class Shown(msgspec.Struct, frozen=True):
    """One pass in an answer: whose it is to the cashier, and what the answer is."""

    label: str
    answer: AnswerTold
    take: str
    category: str | None


class Offer(msgspec.Struct, frozen=True):
    """What can be sent: a basket, the questions before it, and how to ask anew.

    A question has its place among the codes of the basket; ``said`` are the places of those that
    were answered already.
    """

    basket: str
    total: str
    questions: list[tuple[int, ConditionTold]]
    said: list[int]
    again: dict[str, str]
    holders: list[int]
    unmet: list[str]


def shown(
    items: Sequence[AskBody], answers: Sequence[AnswerTold], titles: dict[str, str]
) -> list[Shown]:
    """Label each pass where there are several, or where it is a child's."""
    together = len(items) > 1
    return [
        Shown(
            label=label_of(item.holder) if together or item.holder else "",
            answer=answer,
            take=taken_text(answer),
            category=titles.get(answer.category or ""),
        )
        for item, answer in zip(items, answers, strict=True)
    ]


def label_of(holder: int) -> str:
    return "pashouder" if holder == 0 else f"kind {holder}"


def taken_text(answer: AnswerTold) -> str:
    if answer.visits:
        return f"{visits_text(answer.visits)} ({euros(answer.take_cents)})"
    return euros(answer.take_cents)


def first_offer(asked: Sequence[AskBody], answers: Sequence[AnswerTold]) -> Offer | None:
    """Put a quote in a basket, under ids that are made here and never again."""
    quoted = [
        (ask, answer)
        for ask, answer in zip(asked, answers, strict=True)
        if answer.outcome == "quoted"
    ]
    items = [
        SellBody(
            id=uuid7(),
            # A code on a telephone is over before the holder has found the rest.
            scanned=answer.ticket or ask.scanned,
            price_cents=ask.price_cents,
            visits=ask.visits,
            category=ask.category,
            holder=ask.holder,
            payee=ask.payee,
            unmet=ask.unmet,
            take_cents=answer.take_cents,
            lost_cents=lost_cents(answer.warnings),
            lost_visits=lost_visits(answer.warnings),
        )
        for ask, answer in quoted
    ]
    sale = Sells(sale_id=uuid7(), items=tuple(items)) if items else None
    return sale and offered(sale, [answer for _, answer in quoted])


def next_offer(sent: Sells, answers: Sequence[AnswerTold]) -> Offer | None:
    """Keep what may be sent again, under the same ids; what moved takes what can be taken now."""
    open_items = [
        (taking(item, answer), answer)
        for item, answer in zip(sent.items, answers, strict=True)
        if answer.outcome == "moved"
        or (answer.refusal is not None and answer.refusal.code in SENT_AGAIN)
    ]
    if not open_items:
        return None
    items = tuple(item for item, _ in open_items)
    return offered(msgspec.structs.replace(sent, items=items), [answer for _, answer in open_items])


def taking(item: SellBody, answer: AnswerTold) -> SellBody:
    if answer.outcome != "moved":
        return item
    return msgspec.structs.replace(
        item,
        take_cents=answer.take_cents,
        lost_cents=lost_cents(answer.warnings),
        lost_visits=lost_visits(answer.warnings),
        confirmed=(),
    )


def offered(sale: Sells, answers: Sequence[AnswerTold]) -> Offer:
    """The basket holds every code that is asked or was confirmed; the cashier ticks the first."""
    asked = {one.code: one for answer in answers for one in answer.conditions}
    confirmed = {code: None for item in sale.items for code in item.confirmed}
    codes = tuple(asked | confirmed)[:MOST_CONDITIONS]
    items = tuple(msgspec.structs.replace(item, confirmed=codes) for item in sale.items)
    first = items[0]
    given = {
        "scanned": first.scanned,
        "amount": "" if first.price_cents is None else euros(Cents(first.price_cents)),
        "visits": "" if first.visits is None else str(first.visits),
        "category": first.category or "",
        "payee": "" if first.payee is None else str(first.payee),
    }
    return Offer(
        basket=packed(msgspec.structs.replace(sale, items=items)),
        total=euros(Cents(sum((item.take_cents for item in items), NO_CENTS))),
        questions=[(place, asked[code]) for place, code in enumerate(codes) if code in asked],
        said=[place for place, code in enumerate(codes) if code not in asked],
        again={name: value for name, value in given.items() if value},
        holders=[item.holder for item in items],
        unmet=list(first.unmet),
    )


def as_ticked(sale: Sells, ticked: set[int]) -> Sells:
    """Leave in each item the conditions that the cashier confirmed."""
    return msgspec.structs.replace(
        sale,
        items=tuple(
            msgspec.structs.replace(
                item,
                confirmed=tuple(
                    code for place, code in enumerate(item.confirmed) if place in ticked
                ),
            )
            for item in sale.items
        ),
    )
