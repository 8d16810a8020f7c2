"""What a till's form keeps after an answer: whatever may be sent again, under the ids that it had."""

import msgspec

from pas.errors import TillRefusal
from pas.ids import EntryId, uuid7
from pas.money import Cents
from pas.redemptions.amount_refusals import BudgetEmpty, ConditionNotConfirmed
from pas.redemptions.basket import unpacked
from pas.redemptions.bodies import AnswerTold, SellBody, Sells, told
from pas.redemptions.pages.offer import as_ticked, next_offer
from pas.redemptions.refusals import Busy
from pas.redemptions.sale import Answer
from pas.redemptions.verdicts import Condition

DIPLOMA = Condition("diploma", "Is er een zwemdiploma?")


def a_sale(*codes: str, passes: int = 1) -> Sells:
    items = tuple(
        SellBody(
            id=uuid7(),
            scanned="123",
            price_cents=500,
            take_cents=500,
            holder=place,
            confirmed=codes,
        )
        for place in range(passes)
    )
    return Sells(sale_id=uuid7(), items=items)


def answer(
    outcome: str,
    item: SellBody,
    reason: type[TillRefusal] | None = None,
    take: int = 500,
    *conditions: Condition,
) -> AnswerTold:
    return told(
        Answer(
            id=EntryId(item.id),
            outcome=outcome,
            take_cents=Cents(take),
            reason=reason,
            conditions=conditions,
        )
    )


def test_a_busy_sale_is_kept_with_what_was_confirmed() -> None:
    sale = a_sale("adult", "diploma")
    offer = next_offer(sale, [answer("refused", sale.items[0], Busy)])
    assert offer is not None
    assert (offer.questions, offer.said) == ([], [0, 1])
    assert as_ticked(unpacked(offer.basket), set(offer.said)) == sale


def test_what_is_booked_or_declined_is_not_sent_again() -> None:
    sale = a_sale(passes=4)
    first, second, third, fourth = sale.items
    offer = next_offer(
        sale,
        [
            answer("booked", first),
            answer("declined", second, BudgetEmpty),
            answer("moved", third, None, 120),
            answer("refused", fourth, Busy),
        ],
    )
    assert offer is not None
    kept = unpacked(offer.basket)
    assert kept.sale_id == sale.sale_id
    assert kept.items == (msgspec.structs.replace(third, take_cents=120), fourth)
    assert offer.total == "€\u00a06,20"


def test_nothing_is_offered_when_nothing_is_open() -> None:
    sale = a_sale(passes=2)
    answers = [answer("booked", sale.items[0]), answer("declined", sale.items[1], BudgetEmpty)]
    assert next_offer(sale, answers) is None


def test_only_what_was_not_confirmed_is_asked_again() -> None:
    sale = a_sale("adult")
    refused = answer("refused", sale.items[0], ConditionNotConfirmed, 0, DIPLOMA)
    offer = next_offer(sale, [refused])
    assert offer is not None
    codes = unpacked(offer.basket).items[0].confirmed
    assert [codes[place] for place, _ in offer.questions] == ["diploma"]
    assert [codes[place] for place in offer.said] == ["adult"]
