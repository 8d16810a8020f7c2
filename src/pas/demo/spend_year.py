"""A stretch of a year of purchases, booked as a till's are: rules that decide, one call that books.

The day and hour of a purchase is when it occurred; when it was recorded is now, and cannot be
otherwise. So limits per hour and day are left out here, a sale of last March can still be undone
by its till as if it were of today, and the journal has everything in the period that is open.
"""

import asyncio
from collections import Counter
from collections.abc import Iterator, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import uuid5

import asyncpg
import msgspec

from pas.auth.keys import KeyRing
from pas.days import day_of, start_of
from pas.db import Connection, Database, Statement
from pas.demo.merchants import PAST_TILL
from pas.demo.plan_year import NAMESPACE, Market, Purchase, Purse, Shop, plan
from pas.errors import TillRefusal
from pas.ids import EntryId, ResidentId
from pas.ledger.book import Outcome
from pas.money import Cents
from pas.redemptions.facts import Limits
from pas.redemptions.judge import Judged, Moment
from pas.redemptions.pace import Pace
from pas.redemptions.read import FactsRow
from pas.redemptions.redeem import (
    AGAIN,
    REDEEM_BATCH,
    Booking,
    Desk,
    arguments,
    judge_all,
)
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.sale import Answer, SaleItem, Scan
from pas.redemptions.sell import print_key
from pas.redemptions.undo import Undo, undo
from pas.redemptions.verdicts import lost_cents, lost_visits

BATCH: Final = 500
LANES: Final = 2
ROUNDS: Final = 3
TRACE: Final = "demonstration"
UNLIMITED: Final = Limits(
    till_sales=1_000_000,
    card_sales=1_000_000,
    card_cents=Cents(1_000_000_000),
    merchant_sales=1_000_000,
)
NO_LIMITS: Final = (None, None, None)
"""What the database is told: it would count what is recorded in this hour and on this day."""
VOIDED_AFTER: Final = timedelta(minutes=7)
BROUGHT_BACK_AFTER: Final = timedelta(days=9)
REASONS: Final = {"void": "Verkeerd bedrag ingetoetst", "refund": "Teruggebracht door de pashouder"}


class Stretch(msgspec.Struct, frozen=True):
    """A part of a year, from a day up to a moment."""

    first: date
    until: datetime


READ_PURSES: Final = Statement(
    """
    SELECT r.person_number, c.token_hash, s.code AS scheme, v.categories,
        coalesce(v.amount_cents, v.cap_cents) AS amount_cents,
        CASE WHEN b.visits_account_id IS NOT NULL THEN v.visits END AS visits,
        (n.usable_from AT TIME ZONE 'Europe/Amsterdam')::date AS usable_from,
        (n.usable_until AT TIME ZONE 'Europe/Amsterdam')::date AS until,
        r.id = ANY ($3::uuid[]) AS spared
    FROM budget b
    JOIN balance n ON n.account_id = b.account_id
    JOIN pass p ON p.id = b.pass_id
    JOIN resident r ON r.id = p.resident_id
    JOIN card c ON c.resident_id = r.id AND c.state = 'active'
    JOIN scheme s ON s.id = b.scheme_id
    JOIN scheme_version v ON v.id = b.scheme_version_id
    WHERE n.usable_until > $1 AND n.usable_from < $2 AND b.application_id IS NULL
    """,
    Purse,
)
READ_SHOPS: Final = Statement(
    """
    SELECT t.id AS till_id, a.category, a.visit_price_cents
    FROM agreement a
    JOIN merchant m ON m.id = a.merchant_id AND m.state = 'approved'
    JOIN till t ON t.merchant_id = m.id AND t.name = $1 AND t.kind = 'merchant' AND t.state = 'active'
    ORDER BY m.name, t.name, a.category
    """,
    Shop,
)


async def spend_stretch(
    database: Database,
    ring: KeyRing,
    stretch: Stretch,
    *,
    spared: Sequence[ResidentId] = (),
) -> Counter[str]:
    """Buy all that is planned for a stretch; says how many had which outcome."""
    async with database.connection(ring.municipality) as connection:
        purchases = await planned(connection, stretch, spared=spared)
    lanes: list[list[Purchase]] = [[] for _ in range(LANES)]
    for one in purchases:
        # All of a card in one lane, in the order of the day; lanes share no budget.
        lanes[one.token_hash[0] % LANES].append(one)
    done = await asyncio.gather(
        *(spend_lane(database, ring, lane, until=stretch.until) for lane in lanes)
    )
    return sum(done, Counter[str]())


async def planned(
    connection: Connection, stretch: Stretch, *, spared: Sequence[ResidentId]
) -> list[Purchase]:
    begins = start_of(stretch.first)
    market = Market(await READ_SHOPS.all(connection, PAST_TILL), stretch.first.year)
    purses = await READ_PURSES.all(connection, begins, stretch.until, list(spared))
    return [one for one in plan(market, purses) if begins <= one.at < stretch.until]


async def spend_lane(
    database: Database, ring: KeyRing, purchases: Sequence[Purchase], *, until: datetime
) -> Counter[str]:
    outcomes = Counter[str]()
    for batch in batches(purchases):
        async with database.connection(ring.municipality) as connection:
            stall = Stall(connection, ring, batch)
            await stall.sell_all()
            for one, taken in stall.booked:
                if one.undone != "no" and returned_at(one) <= until:
                    outcomes[await take_back(connection, ring, one, taken=taken)] += 1
        outcomes.update(stall.outcomes)
    return outcomes


def batches(purchases: Sequence[Purchase]) -> Iterator[list[Purchase]]:
    """Cut where a month ends: what may be spent is decided on the first moment of a batch."""
    batch: list[Purchase] = []
    for one in purchases:
        if batch and (len(batch) == BATCH or batch[0].at.month != one.at.month):
            yield batch
            batch = []
        batch.append(one)
    if batch:
        yield batch


class Stall:
    """One batch: what is still to be sold, what was booked and for how much, and what became of it."""

    def __init__(self, connection: Connection, ring: KeyRing, batch: Sequence[Purchase]) -> None:
        self._desk = Desk(connection, moment_at(ring, batch[0].at), Pace())
        self._left = {one.id: (one, sale_of(one)) for one in batch}
        self.booked: list[tuple[Purchase, Cents]] = []
        self.outcomes = Counter[str]()

    async def sell_all(self) -> None:
        """Take the price; where a budget has less, what the till then says."""
        for _ in range(ROUNDS):
            if self._left:
                await self._book(self._decided(await self._judged()))
        self.outcomes["left"] += len(self._left)

    async def _judged(self) -> list[tuple[Judged, FactsRow]]:
        sales = [sale for _, sale in self._left.values()]
        return await judge_all(self._desk, sales, is_first=True)

    def _decided(self, judged: Sequence[tuple[Judged, FactsRow]]) -> list[Booking]:
        """Gather what is to be booked; a price that is too high is asked again for less."""
        bookings: list[Booking] = []
        for (purchase, sale), (verdict, row) in zip(list(self._left.values()), judged, strict=True):
            if verdict.booking is not None:
                item = msgspec.structs.replace(verdict.booking, occurred_at=purchase.at)
                bookings.append(Booking(len(bookings), sale, row, verdict, item))
            elif verdict.answer.outcome == "moved":
                self._left[sale.id] = (purchase, heard(sale, verdict.answer))
            else:
                self.outcomes[verdict.answer.outcome] += 1
                del self._left[sale.id]
        return bookings

    async def _book(self, bookings: Sequence[Booking]) -> None:
        for one, outcome in zip(bookings, await self._call(bookings), strict=True):
            if outcome in {Outcome.BOOKED, Outcome.DECLINED}:
                self.outcomes[one.judged.answer.outcome] += 1
                purchase, _ = self._left.pop(one.sale.id)
                if outcome == Outcome.BOOKED:
                    self.booked.append((purchase, one.judged.taken_cents))

    async def _call(self, bookings: Sequence[Booking]) -> list[str]:
        if not bookings:
            return []
        told = [*arguments(bookings, UNLIMITED)[: -len(NO_LIMITS)], *NO_LIMITS]
        try:
            return (await REDEEM_BATCH.one(self._desk.connection, *told)).outcomes
        except asyncpg.PostgresError as error:
            if error.sqlstate not in AGAIN:
                raise
            return [Outcome.BUSY] * len(bookings)


def moment_at(ring: KeyRing, at: datetime) -> Moment:
    return Moment(ring.municipality, at, day_of(at), print_key(ring), UNLIMITED)


def sale_of(one: Purchase) -> SaleItem:
    return SaleItem(
        id=one.id,
        till_id=one.till_id,
        scan=Scan(token_hash=one.token_hash),
        request=one.request,
        trace_id=TRACE,
    )


def heard(sale: SaleItem, quote: Answer) -> SaleItem:
    """What the cashier does next: take what can be taken, once the holder heard what is lost."""
    request = msgspec.structs.replace(
        sale.request,
        take_cents=quote.take_cents,
        lost_cents=lost_cents(quote.warnings),
        lost_visits=lost_visits(quote.warnings),
        confirmed=sale.request.confirmed | {one.code for one in quote.conditions},
    )
    return msgspec.structs.replace(sale, request=request)


def returned_at(one: Purchase) -> datetime:
    """A typing mistake is undone at once; what was bought is brought back later."""
    return one.at + (VOIDED_AFTER if one.undone == "void" else BROUGHT_BACK_AFTER)


async def take_back(connection: Connection, ring: KeyRing, one: Purchase, *, taken: Cents) -> str:
    """Undo all of it; of what is brought back in euros, every other time a half."""
    assert one.undone != "no", "the others stay"
    is_part = one.undone == "refund" and one.request.visits is None and one.id.int % 2 == 0
    ask = Undo(
        id=EntryId(uuid5(NAMESPACE, f"{one.id}/{one.undone}")),
        original=one.id,
        kind=one.undone,
        reason=REASONS[one.undone],
        actor_kind="till",
        actor_id=one.till_id,
        till=one.till_id,
        amount=RefundRequest(amount_cents=Cents(max(1, taken // 2)) if is_part else None),
        trace_id=TRACE,
    )
    try:
        await undo(connection, ask, moment_at(ring, returned_at(one)))
    except TillRefusal:
        return "not undone"
    return one.undone
