"""The items of one batch, judged one after the other: each on what the earlier ones left.

What an item takes is counted on at once, although it is booked only later: a budget that can be
used once is used by the first item that asks for it, a limit that one more would pass stops the
one after it. A final no that rests on such an item names a movement that is not there yet, so it
is decided again once that is booked. Quotes of one request count on each other, on nobody else's.
"""

from collections import ChainMap, Counter
from collections.abc import Sequence
from uuid import UUID

import msgspec

from pas.ids import AccountId, CardId, MerchantId, TillId
from pas.money import NO_CENTS, Cents
from pas.redemptions.as_facts import Left, Schemes
from pas.redemptions.facts import BudgetFacts, Counts
from pas.redemptions.judge import Judged, Moment, judge
from pas.redemptions.pace import Pace
from pas.redemptions.read import FactsRow
from pas.redemptions.refusals import GUESSES
from pas.redemptions.sale import SaleItem

Asking = tuple[TillId, str]
"""Items of one request: its till and its trace."""


class Tally(msgspec.Struct):
    """What the items before this one took."""

    left: dict[AccountId, BudgetFacts] = {}
    quoted: dict[Asking, dict[AccountId, BudgetFacts]] = {}
    till_sales: Counter[TillId] = msgspec.field(default_factory=Counter)
    merchant_sales: Counter[MerchantId] = msgspec.field(default_factory=Counter)
    card_sales: Counter[CardId] = msgspec.field(default_factory=Counter)
    card_cents: Counter[CardId] = msgspec.field(default_factory=Counter)
    unknown_cards: Counter[TillId] = msgspec.field(default_factory=Counter)
    codes: dict[bytes, UUID] = {}
    """Which sale a code on a telephone pays."""


def judge_batch(
    sales: Sequence[SaleItem],
    rows: Sequence[FactsRow],
    schemes: Schemes,
    *,
    moment: Moment,
    pace: Pace,
) -> list[Judged]:
    """Decide each item in the order in which they will be booked."""
    tally, judged = Tally(), list[Judged]()
    for sale, row in zip(sales, rows, strict=True):
        left = left_for(sale, tally)
        counts = counts_of(sale, row, tally, moment=moment, pace=pace)
        seen = as_spent(sale, row, tally)
        verdict = judge(sale, seen, schemes, moment=moment, counts=counts, left=left)
        count_on(tally, verdict, sale=sale, row=row)
        judged.append(verdict)
    return judged


def left_for(sale: SaleItem, tally: Tally) -> Left:
    if sale.request.take_cents is not None:
        return tally.left
    return ChainMap(tally.quoted.get(asking(sale), {}), tally.left)


def as_spent(sale: SaleItem, row: FactsRow, tally: Tally) -> FactsRow:
    """Let an item see that the one before it paid another sale with the same code."""
    code = sale.scan.phone
    if code is None or tally.codes.get(code.nonce, sale.sale) == sale.sale:
        return row
    return msgspec.structs.replace(row, code_spent=True)


def asking(sale: SaleItem) -> Asking:
    return sale.till_id, sale.trace_id


def counts_of(sale: SaleItem, row: FactsRow, tally: Tally, *, moment: Moment, pace: Pace) -> Counts:
    """Add what earlier items did to what was read; the merchant's own count is the worker's."""
    till, card, merchant = row.till, row.card, row.merchant
    return Counts(
        till_sales=(till.sales if till else 0) + tally.till_sales[sale.till_id],
        unknown_cards=(till.unknown_cards if till else 0) + tally.unknown_cards[sale.till_id],
        card_sales=card.sales + tally.card_sales[card.id] if card else 0,
        card_cents=Cents(card.taken_cents + tally.card_cents[card.id]) if card else NO_CENTS,
        merchant_sales=pace.sales(merchant.id, moment.now) + tally.merchant_sales[merchant.id]
        if merchant
        else 0,
    )


def count_on(tally: Tally, verdict: Judged, *, sale: SaleItem, row: FactsRow) -> None:
    """Keep what the next items have to know of this one."""
    if verdict.answer.reason in GUESSES:
        tally.unknown_cards[sale.till_id] += 1
    left = {budget.account: budget for budget in verdict.left}
    if verdict.booking is None:
        tally.quoted.setdefault(asking(sale), {}).update(left)
        return
    tally.till_sales[sale.till_id] += 1
    if row.merchant is not None:
        tally.merchant_sales[row.merchant.id] += 1
    if row.card is not None and verdict.booking.refusal is None:
        if sale.scan.phone is not None:
            tally.codes[sale.scan.phone.nonce] = sale.sale
        tally.card_sales[row.card.id] += 1
        tally.card_cents[row.card.id] += verdict.taken_cents
        tally.left.update(left)
