"""What a second person asks of a run: on what it was spent, what differs from before, and what is left.

Read from the transfers that its lines cover, so it is the same whenever it is asked, and adds up
to the run to the cent.
"""

from collections.abc import Iterable, Sequence
from typing import Final, Literal

import msgspec

from pas.db import Connection, Statement
from pas.ids import MerchantId, SettlementId
from pas.merchants.model import PayeeCheck
from pas.money import NO_CENTS, Cents
from pas.settlements.model import UnpaidReason
from pas.settlements.rules import SettlementDiffers
from pas.settlements.stored import read_run

CHECKED: Final[frozenset[PayeeCheck]] = frozenset({"match"})
"""Only this says that the bank knows the account by the name of the merchant."""


class Part(msgspec.Struct, frozen=True):
    """What came to the merchants of a run and went off, of one scheme, year and category."""

    source: Literal["spent", "returned", "paid_back"]
    scheme: str | None
    title: str | None
    budget_year: int | None
    category: str | None
    credited_cents: Cents
    debited_cents: Cents


class SchemeSum(msgspec.Struct, frozen=True, rename="camel"):
    """What was spent of one scheme and budget year, and what went back to it."""

    scheme: str
    title: str
    budget_year: int
    spent_cents: Cents
    reversed_cents: Cents
    amount_cents: Cents


class CategorySum(msgspec.Struct, frozen=True, rename="camel"):
    """The same by what it was spent on; None where a payment says nothing about that."""

    category: str | None
    spent_cents: Cents
    reversed_cents: Cents
    amount_cents: Cents


class ComparedPayment(msgspec.Struct, frozen=True, rename="camel"):
    """One payment beside the one before it to the same merchant."""

    number: int
    merchant_id: MerchantId
    merchant: str
    iban: str
    holder: str
    payee_check: PayeeCheck
    account_changed: bool
    """Since the payment before; an account of somebody who is paid for the first time did not."""
    redeemed_cents: Cents
    reversed_cents: Cents
    returned_cents: Cents
    amount_cents: Cents
    before_cents: Cents | None
    difference_cents: Cents


class Counted(msgspec.Struct, frozen=True, rename="camel"):
    """How many payments, and how much together."""

    payments: int
    amount_cents: Cents


class LeftSum(msgspec.Struct, frozen=True, rename="camel"):
    """What is not paid for one reason."""

    reason: UnpaidReason
    merchants: int
    amount_cents: Cents


class SettlementReview(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A run as its approver looks at it; ``payments`` has the largest difference first."""

    spent_cents: Cents
    reversed_cents: Cents
    returned_cents: Cents
    """Of earlier payments that did not arrive: paid again."""
    paid_back_cents: Cents
    """What merchants paid back to the municipality themselves."""
    amount_cents: Cents
    schemes: list[SchemeSum]
    categories: list[CategorySum]
    new_payees: Counted
    changed_accounts: Counted
    unchecked_accounts: Counted
    left: list[LeftSum]
    payments: list[ComparedPayment]


READ_PARTS: Final = Statement(
    """
    WITH moved AS (
        SELECT t.entry_id, t.debit AS other, t.amount AS credited, 0::bigint AS debited
        FROM settlement_line l JOIN transfer t ON t.credit = l.account_id
        WHERE l.run_id = $1 AND (t.epoch, t.xid) >= (l.from_epoch, l.from_xid) AND (t.epoch, t.xid) < (l.to_epoch, l.to_xid)
        UNION ALL
        SELECT e.reverses, t.credit, 0, t.amount
        FROM settlement_line l JOIN transfer t ON t.debit = l.account_id
        JOIN entry e ON e.id = t.entry_id AND e.kind <> 'settle'
        WHERE l.run_id = $1 AND (t.epoch, t.xid) >= (l.from_epoch, l.from_xid) AND (t.epoch, t.xid) < (l.to_epoch, l.to_xid)
    ), told AS (
        SELECT CASE WHEN o.kind NOT IN ('run', 'bank') THEN 'spent'
                WHEN EXISTS (SELECT 1 FROM entry e WHERE e.id = m.entry_id AND e.kind = 'debit_note') THEN 'paid_back'
                ELSE 'returned' END AS source,
            o.scheme_id, o.budget_year, r.category, sum(m.credited)::bigint AS credited, sum(m.debited)::bigint AS debited
        FROM moved m JOIN account o ON o.id = m.other LEFT JOIN redemption r ON r.entry_id = m.entry_id
        GROUP BY 1, 2, 3, 4
    )
    SELECT p.source, s.code AS scheme, v.title, p.budget_year, c.title AS category, p.credited AS credited_cents, p.debited AS debited_cents
    FROM told p LEFT JOIN scheme s ON s.id = p.scheme_id
    LEFT JOIN LATERAL (SELECT title FROM scheme_version WHERE scheme_id = p.scheme_id ORDER BY version DESC LIMIT 1) v ON true
    LEFT JOIN category c ON c.code = p.category
    ORDER BY p.source, v.title, s.code, p.budget_year, c.title
    """,
    Part,
)
READ_COMPARED: Final = Statement(
    """
    SELECT l.number, l.merchant_id, m.name AS merchant, p.iban, p.holder, p.payee_check,
        coalesce(b.payout_account_id <> l.payout_account_id, false) AS account_changed,
        l.redeemed_cents, l.reversed_cents, l.returned_cents, l.amount_cents, b.amount_cents AS before_cents,
        l.amount_cents - coalesce(b.amount_cents, 0) AS difference_cents
    FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id
    JOIN merchant m ON m.id = l.merchant_id JOIN payout_account p ON p.id = l.payout_account_id
    LEFT JOIN LATERAL (
        SELECT e.amount_cents, e.payout_account_id FROM settlement_line e JOIN settlement_run q ON q.id = e.run_id
        WHERE e.account_id = l.account_id AND q.number < r.number AND e.state <> 'withdrawn'
        ORDER BY q.number DESC LIMIT 1
    ) b ON true
    WHERE l.run_id = $1
    ORDER BY abs(l.amount_cents - coalesce(b.amount_cents, 0)) DESC, m.name, l.number
    """,
    ComparedPayment,
)
READ_LEFT: Final = Statement(
    """
    SELECT reason, count(*) AS merchants, sum(amount_cents)::bigint AS amount_cents
    FROM settlement_unpaid WHERE run_id = $1 GROUP BY reason ORDER BY reason
    """,
    LeftSum,
)


async def read_review(connection: Connection, run_id: SettlementId) -> SettlementReview:
    """Give all of it; raises SettlementDiffers when the transfers do not make the lines."""
    await read_run(connection, run_id)
    payments = await READ_COMPARED.all(connection, run_id)
    parts = await READ_PARTS.all(connection, run_id)
    spent = [part for part in parts if part.source == "spent"]
    review = SettlementReview(
        spent_cents=_sum(part.credited_cents for part in spent),
        reversed_cents=_sum(part.debited_cents for part in spent),
        returned_cents=_sum(part.credited_cents for part in parts if part.source == "returned"),
        paid_back_cents=_sum(part.credited_cents for part in parts if part.source == "paid_back"),
        amount_cents=_sum(part.credited_cents - part.debited_cents for part in parts),
        schemes=_by_scheme(spent),
        categories=_by_category(spent),
        new_payees=_counted(one for one in payments if one.before_cents is None),
        changed_accounts=_counted(one for one in payments if one.account_changed),
        unchecked_accounts=_counted(one for one in payments if one.payee_check not in CHECKED),
        left=await READ_LEFT.all(connection, run_id),
        payments=payments,
    )
    _refuse_difference(review)
    return review


def _refuse_difference(review: SettlementReview) -> None:
    """What the transfers make is what the lines say, part by part; and each breakdown is all of it."""
    payments = review.payments
    said = (
        _sum(one.redeemed_cents for one in payments),
        _sum(one.reversed_cents for one in payments),
        _sum(one.returned_cents for one in payments),
        _sum(one.amount_cents for one in payments),
    )
    returned = review.returned_cents + review.paid_back_cents
    if said != (review.spent_cents, review.reversed_cents, returned, review.amount_cents):
        raise SettlementDiffers
    net = review.spent_cents - review.reversed_cents
    assert sum(one.amount_cents for one in review.schemes) == net, "each cent is of one scheme"
    assert sum(one.amount_cents for one in review.categories) == net, "and of one category"


def _by_scheme(parts: Sequence[Part]) -> list[SchemeSum]:
    keys = dict.fromkeys((part.scheme, part.title, part.budget_year) for part in parts)
    found = list[SchemeSum]()
    for scheme, title, year in keys:
        assert scheme is not None, "what is spent is of a scheme"
        assert year is not None, "what is spent is of a year"
        own = [part for part in parts if (part.scheme, part.budget_year) == (scheme, year)]
        found.append(SchemeSum(scheme, title or scheme, year, *_sums(own)))
    return found


def _by_category(parts: Sequence[Part]) -> list[CategorySum]:
    names = dict.fromkeys(part.category for part in parts)
    found = [
        CategorySum(name, *_sums([part for part in parts if part.category == name]))
        for name in names
    ]
    return sorted(found, key=lambda one: (one.category is None, one.category or ""))


def _sums(parts: Sequence[Part]) -> tuple[Cents, Cents, Cents]:
    credited = _sum(part.credited_cents for part in parts)
    debited = _sum(part.debited_cents for part in parts)
    return credited, debited, Cents(credited - debited)


def _counted(payments: Iterable[ComparedPayment]) -> Counted:
    amounts = [one.amount_cents for one in payments]
    return Counted(len(amounts), _sum(amounts))


def _sum(cents: Iterable[int]) -> Cents:
    return Cents(sum(cents, NO_CENTS))
