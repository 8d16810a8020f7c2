"""What a payment to a merchant is made of, redemption by redemption: it adds up to the cent.

A line covers everything of its account between two positions. Where in there an earlier payment came
back that never left (it was withdrawn), what that one was made of is told in its place. Of holders
nothing is told: the merchant learns when, where, for what and how much.
"""

from collections.abc import AsyncGenerator, Sequence
from datetime import date, datetime
from typing import ClassVar, Final, TypeAlias

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import AccountId, EntryId, MerchantId, SettlementId
from pas.merchants.stored import read_merchant
from pas.money import NO_CENTS, Cents

KINDS: Final = {
    "redeem": "besteding",
    "confirm": "besteding",
    "capture": "besteding",
    "offline": "besteding zonder internet",
    "shortfall": "besteding zonder internet",
    "void": "ongedaan gemaakt",
    "refund": "teruggeboekt",
    "correct": "correctie",
    "bounce": "uitbetaling kwam terug",
    "debit_note": "terugbetaald door u",
}


class PayoutNotFound(Refusal):
    """Deze uitbetaling is er niet voor deze aanbieder."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een uitbetaling uit de lijst van de aanbieder."


class Payment(msgspec.Struct, frozen=True):
    """One payment of a run to one merchant, and what it covers of the account."""

    run_number: int
    number: int
    merchant: str
    holder: str
    iban: str
    pays_on: date | None
    proposed_at: datetime
    account_id: AccountId
    from_epoch: int
    from_xid: int
    to_epoch: int
    to_xid: int
    amount_cents: Cents


class Range(msgspec.Struct, frozen=True):
    """What a line covers of an account; a withdrawn one that was approved covers it too."""

    account_id: AccountId
    from_epoch: int
    from_xid: int
    to_epoch: int
    to_xid: int


class Part(msgspec.Struct, frozen=True):
    """One entry as the merchant sees it."""

    entry_id: EntryId
    kind: str
    occurred_at: datetime
    location: str | None
    till: str | None
    invoice: str | None
    category: str | None
    price_cents: Cents | None
    credited_cents: Cents
    debited_cents: Cents


Place: TypeAlias = tuple[str, str]
"""A location and what was bought there; without a sale the first is empty, and the second its kind."""


class Sum(msgspec.Struct):
    """Parts, added up while they are read."""

    parts: int = 0
    credited_cents: Cents = NO_CENTS
    debited_cents: Cents = NO_CENTS

    @property
    def amount_cents(self) -> Cents:
        return Cents(self.credited_cents - self.debited_cents)

    def add(self, one: "Part | Sum") -> None:
        self.parts += one.parts if isinstance(one, Sum) else 1
        self.credited_cents = Cents(self.credited_cents + one.credited_cents)
        self.debited_cents = Cents(self.debited_cents + one.debited_cents)


class Specification(msgspec.Struct, frozen=True):
    """A payment with all that it adds up to, and of its parts, oldest first, those that were asked for."""

    payments: list[Payment]
    total: Sum
    sums: dict[Place, Sum]
    days: tuple[datetime, datetime] | None
    """The first moment and the last."""
    parts: list[Part]


READ_PAYMENTS: Final = Statement(
    """
    SELECT r.number AS run_number, l.number, m.name AS merchant, p.holder, p.iban, r.pays_on, r.proposed_at,
        l.account_id, l.from_epoch, l.from_xid, l.to_epoch, l.to_xid, l.amount_cents
    FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id JOIN merchant m ON m.id = l.merchant_id
    JOIN payout_account p ON p.id = l.payout_account_id
    WHERE l.run_id = $1 AND l.merchant_id = $2 ORDER BY l.number
    """,
    Payment,
)
READ_UNSENT: Final = Statement(
    """
    SELECT l.account_id, l.from_epoch, l.from_xid, l.to_epoch, l.to_xid
    FROM settlement_line l JOIN transfer t ON t.entry_id = l.bounce_entry_id AND t.credit = l.account_id
    WHERE l.merchant_id = $1 AND l.state = 'withdrawn' AND l.account_id = $2
        AND (t.epoch, t.xid) >= ($3::int, $4::bigint) AND (t.epoch, t.xid) < ($5::int, $6::bigint)
    """,
    Range,
)
READ_PARTS: Final = Statement(
    """
    WITH covered AS (
        SELECT * FROM unnest($1::bigint[], $2::int[], $3::bigint[], $4::int[], $5::bigint[])
            AS r (account_id, from_epoch, from_xid, to_epoch, to_xid)
    ), moved AS (
        SELECT t.entry_id, t.amount AS credited, 0 AS debited FROM covered r JOIN transfer t ON t.credit = r.account_id
        WHERE (t.epoch, t.xid) >= (r.from_epoch, r.from_xid) AND (t.epoch, t.xid) < (r.to_epoch, r.to_xid)
        UNION ALL
        SELECT t.entry_id, 0, t.amount FROM covered r JOIN transfer t ON t.debit = r.account_id
        JOIN account o ON o.id = t.credit AND o.kind <> 'run'
        WHERE (t.epoch, t.xid) >= (r.from_epoch, r.from_xid) AND (t.epoch, t.xid) < (r.to_epoch, r.to_xid)
    ), entries AS (
        SELECT entry_id, sum(credited)::bigint AS credited, sum(debited)::bigint AS debited FROM moved GROUP BY 1
    )
    SELECT e.id AS entry_id, e.kind, e.occurred_at, l.name AS location, t.name AS till, r.invoice_reference AS invoice, c.title AS category,
        r.price_cents, m.credited AS credited_cents, m.debited AS debited_cents
    FROM entries m JOIN entry e ON e.id = m.entry_id
    LEFT JOIN redemption r ON r.entry_id = coalesce(e.reverses, e.id)
    LEFT JOIN location l ON l.id = r.location_id LEFT JOIN till t ON t.id = r.till_id
    LEFT JOIN category c ON c.code = r.category
    WHERE NOT EXISTS (SELECT 1 FROM settlement_line b WHERE b.bounce_entry_id = e.id AND b.state = 'withdrawn')
    ORDER BY e.occurred_at, e.id
    """,
    Part,
)


async def read_specification(
    connection: Connection,
    merchant_id: MerchantId,
    run_id: SettlementId,
    *,
    actor: Actor,
    first: int = 0,
    most: int,
) -> Specification:
    """Add up everything that a payment is made of, and keep at most so many of its parts."""
    await read_merchant(connection, merchant_id, actor=actor)
    kept, days, sums = list[Part](), list[datetime](), dict[Place, Sum]()
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        payments = await READ_PAYMENTS.all(connection, run_id, merchant_id)
        if not payments:
            raise PayoutNotFound
        total = Sum()
        async for part in _each_part(connection, merchant_id, payments):
            if first <= total.parts < first + most:
                kept.append(part)
            days = [*days[:1], part.occurred_at]
            sums.setdefault(place_of(part), Sum()).add(part)
            total.add(part)
    assert total.amount_cents == sum(one.amount_cents for one in payments), "it adds up"
    return Specification(payments, total, sums, (days[0], days[-1]) if days else None, kept)


def place_of(one: Part) -> Place:
    return (one.location or "", one.category or KINDS[one.kind])


async def _each_part(
    connection: Connection, merchant_id: MerchantId, payments: Sequence[Payment]
) -> AsyncGenerator[Part]:
    """Take apart what payments cover, and in it every payment that never left."""
    waiting = [
        Range(one.account_id, one.from_epoch, one.from_xid, one.to_epoch, one.to_xid)
        for one in payments
    ]
    covered: list[Range] = []
    while waiting:
        one = waiting.pop()
        covered.append(one)
        limits = (one.from_epoch, one.from_xid, one.to_epoch, one.to_xid)
        waiting += await READ_UNSENT.all(connection, merchant_id, one.account_id, *limits)
    async for part in READ_PARTS.each(
        connection,
        [one.account_id for one in covered],
        [one.from_epoch for one in covered],
        [one.from_xid for one in covered],
        [one.to_epoch for one in covered],
        [one.to_xid for one in covered],
    ):
        yield part
