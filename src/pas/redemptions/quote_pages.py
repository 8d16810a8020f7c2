"""How a quote is shown to a cashier: per pass what to take, then one button for all of it."""

import msgspec
from litestar import Response

from pas.ids import uuid7
from pas.money import NO_CENTS, Cents, euros
from pas.problems.bodies import AppRequest
from pas.redemptions.basket import packed
from pas.redemptions.bodies import AnswerTold, AskBody, Asks, SellBody, Sells
from pas.redemptions.till_desk import TillDesk
from pas.redemptions.verdicts import visits_text
from pas.web.forms import Form
from pas.web.pages import page

MOST_CHILDREN = 12


class Shown(msgspec.Struct, frozen=True):
    """One pass in a quote: whose it is to the cashier, and what the answer is."""

    label: str
    answer: AnswerTold
    take: str
    category: str | None


def quote_page(
    request: AppRequest,
    address: str,
    *,
    form: Form,
    asks: Asks,
    answers: list[AnswerTold],
    desk: TillDesk,
) -> Response[str]:
    sold = [
        (ask, answer)
        for ask, answer in zip(asks.items, answers, strict=True)
        if answer.outcome == "quoted"
    ]
    conditions = {
        condition.code: condition for _, answer in sold for condition in answer.conditions
    }
    children = max((answer.children for answer in answers), default=0)
    together = len(asks.items) > 1
    titles = dict(desk.categories)
    return page(
        request,
        "redemptions/quote.html",
        form=Form(),
        address=address,
        parts=[
            Shown(
                label=label_of(ask.holder) if together or ask.holder else "",
                answer=answer,
                take=taken_text(answer),
                category=titles.get(answer.category or ""),
            )
            for ask, answer in zip(asks.items, answers, strict=True)
        ],
        can_sell=bool(sold),
        basket=packed(basket_of(sold, tuple(conditions))) if sold else "",
        conditions=list(conditions.values()),
        total=euros(Cents(sum((answer.take_cents for _, answer in sold), NO_CENTS))),
        children=[
            (place, label_of(place), place in {ask.holder for ask in asks.items})
            for place in range(min(children, MOST_CHILDREN - 1) + 1)
        ]
        if children
        else [],
        again={
            name: form.value(name)
            for name in ("scanned", "amount", "visits", "category")
            if form.value(name)
        },
    )


def label_of(holder: int) -> str:
    return "pashouder" if holder == 0 else f"kind {holder}"


def taken_text(answer: AnswerTold) -> str:
    if answer.visits:
        return f"{visits_text(answer.visits)} ({euros(answer.take_cents)})"
    return euros(answer.take_cents)


def basket_of(sold: list[tuple[AskBody, AnswerTold]], codes: tuple[str, ...]) -> Sells:
    """Put the quote in the form; ``confirmed`` holds what is asked, until the cashier ticks it."""
    return Sells(
        sale_id=uuid7(),
        items=tuple(
            SellBody(
                id=uuid7(),
                scanned=ask.scanned,
                price_cents=ask.price_cents,
                visits=ask.visits,
                category=ask.category,
                holder=ask.holder,
                take_cents=answer.take_cents,
                confirmed=codes,
            )
            for ask, answer in sold
        ),
    )
