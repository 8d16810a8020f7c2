"""Redeem: read the facts of a batch, let the rules decide each item, book what they decided.

Two round trips: one statement reads, one books. Nothing is locked between them, so the booking
checks again what must never happen; where the world has moved, that item is read and decided
again, at most twice, and then answered ``busy``, to be sent again under the same id. Whatever
breaks on the way, sending the same ids again gives each the one outcome it has for life.
"""

from collections.abc import Sequence
from typing import Final

import asyncpg
import msgspec

from pas.db import Connection, Statement
from pas.ids import CardId, LocationId, MerchantId, ResidentId
from pas.ledger.book import Item, Outcome, line_arrays
from pas.redemptions.judge import Judged, Moment, judge
from pas.redemptions.pace import Pace
from pas.redemptions.read import FactsRow, Wanted, read_facts
from pas.redemptions.refusals import Busy, CardUnknown
from pas.redemptions.sale import Answer, SaleItem, refused
from pas.redemptions.scheme_facts import scheme_facts
from pas.redemptions.strikes import note_unknown_cards
from pas.redemptions.verdicts import Refused

ROUNDS: Final = 3
AGAIN: Final = frozenset({"PA001", "40P01", "55P03"})
"""SQLSTATEs after which nothing was stored and the same ids are sent again: another call booked one
of them at the same moment, a deadlock, a lock that took too long."""


class Outcomes(msgspec.Struct, frozen=True):
    outcomes: list[str]


REDEEM_BATCH: Final = Statement(
    """
    SELECT redeem_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25) AS outcomes
    """,
    Outcomes,
)


class Desk(msgspec.Struct, frozen=True):
    """Where a batch is decided: its connection, its moment, and how fast tills have gone."""

    connection: Connection
    moment: Moment
    pace: Pace


class Booking(msgspec.Struct, frozen=True):
    """An item that the rules decided, with what is written beside its entry."""

    place: int
    sale: SaleItem
    row: FactsRow
    judged: Judged
    item: Item


async def redeem(desk: Desk, sales: Sequence[SaleItem]) -> list[Answer]:
    """Decide and book up to 1,024 items; quotes are items without an amount to take.

    Raises what asyncpg raises when the connection breaks: the outcome is then unknown, and the
    caller sends the same items again.
    """
    answers: list[Answer | None] = [None] * len(sales)
    open_places = list(range(len(sales)))
    for attempt in range(ROUNDS):
        judged = await judge_all(desk, [sales[place] for place in open_places])
        bookings: list[Booking] = []
        for place, (verdict, row) in zip(open_places, judged, strict=True):
            if verdict.booking is None:
                answers[place] = verdict.answer
            else:
                bookings.append(Booking(place, sales[place], row, verdict, verdict.booking))
        # What moved may have held up its neighbours: from the second round on each goes alone.
        calls = [bookings] if attempt == 0 else [[booking] for booking in bookings]
        open_places = [
            place
            for booked_together in calls
            for place in await book_all(desk, booked_together, answers)
        ]
        if not open_places:
            break
    for place in open_places:
        answers[place] = refused(sales[place], Refused(Busy))
    return [answer for answer in answers if answer is not None]


async def judge_all(desk: Desk, sales: Sequence[SaleItem]) -> list[tuple[Judged, FactsRow]]:
    """Read and decide; unknown cards are counted against their till, also when only quoted."""
    rows, moment = await read_all(desk, sales), desk.moment
    schemes = await scheme_facts(
        desk.connection,
        {
            (budget.scheme_version_id, budget.budget_year)
            for row in rows
            if row.subject is not None
            for budget in row.subject.budgets or ()
        },
    )
    judged = [
        judge(sale, row, schemes, moment=moment, counts=desk.pace.counts(sale, row, moment.now))
        for sale, row in zip(sales, rows, strict=True)
    ]
    tried = [
        (sale.till_id, verdict.pause_till)
        for sale, verdict in zip(sales, judged, strict=True)
        if verdict.answer.reason is CardUnknown
    ]
    if tried:
        await note_unknown_cards(desk.connection, tried, moment.now)
    return list(zip(judged, rows, strict=True))


async def read_all(desk: Desk, sales: Sequence[SaleItem]) -> list[FactsRow]:
    """Read the facts; a typed number that is not found is tried under keys rotated away."""
    connection, now, today = desk.connection, desk.moment.now, desk.moment.today
    rows = await read_facts(connection, [wanted(sale) for sale in sales], now=now, today=today)
    for place, (sale, row) in enumerate(zip(sales, rows, strict=True)):
        older = sale.scan.older_number_hashes
        if row.card is None and older:
            asked = [wanted(sale, number_hash) for number_hash in older]
            tried = await read_facts(connection, asked, now=now, today=today)
            rows[place] = next((found for found in tried if found.card is not None), row)
    return rows


def wanted(sale: SaleItem, number_hash: bytes | None = None) -> Wanted:
    return Wanted(
        id=sale.id,
        till_id=sale.till_id,
        token_hash=sale.scan.token_hash,
        number_hash=number_hash or sale.scan.number_hash,
        holder=sale.scan.holder,
        payee=sale.payee,
    )


async def book_all(
    desk: Desk, bookings: Sequence[Booking], answers: list[Answer | None]
) -> list[int]:
    """Book, fill in the answers that hold, and give the places that have to be decided again."""
    if not bookings:
        return []
    again: list[int] = []
    for booking, outcome in zip(bookings, await call(desk.connection, bookings), strict=True):
        match outcome:
            case Outcome.BOOKED | Outcome.DECLINED:
                answers[booking.place] = msgspec.structs.replace(
                    booking.judged.answer, recorded_at=desk.moment.now
                )
                desk.pace.add(booking.sale, booking.row, desk.moment.now)
            case _:
                again.append(booking.place)
    return again


async def call(connection: Connection, bookings: Sequence[Booking]) -> list[Outcome]:
    try:
        outcomes = await REDEEM_BATCH.one(connection, *arguments(bookings))
    except asyncpg.PostgresError as error:
        if error.sqlstate not in AGAIN:
            raise
        return [Outcome.BUSY] * len(bookings)
    return [Outcome(outcome) for outcome in outcomes.outcomes]


def arguments(bookings: Sequence[Booking]) -> list[object]:
    """Lay the items out as the parallel arrays that redeem_batch() takes."""
    items = [booking.item for booking in bookings]
    lines = line_arrays(items)
    return [
        [item.id for item in items],
        [item.kind for item in items],
        [item.refusal for item in items],
        [item.fingerprint for item in items],
        [item.replaces for item in items],
        [item.occurred_at for item in items],
        [item.actor_kind for item in items],
        [item.actor_id for item in items],
        *(lines.accounts, lines.items, lines.debits, lines.credits, lines.amounts, lines.seen),
        [booking.sale.till_id for booking in bookings],
        [merchant_of(booking.row) for booking in bookings],
        [location_of(booking.row) for booking in bookings],
        [card_of(booking.row) for booking in bookings],
        [subject_of(booking.row) for booking in bookings],
        [booking.judged.answer.category for booking in bookings],
        [booking.judged.answer.price_cents for booking in bookings],
        [booking.judged.taken_cents for booking in bookings],
        [booking.judged.visits for booking in bookings],
        [booking.sale.sale_id for booking in bookings],
        [booking.sale.trace_id for booking in bookings],
    ]


def merchant_of(row: FactsRow) -> MerchantId | None:
    return row.merchant.id if row.merchant else None


def location_of(row: FactsRow) -> LocationId | None:
    return row.till.location_id if row.till else None


def card_of(row: FactsRow) -> CardId | None:
    return row.card.id if row.card else None


def subject_of(row: FactsRow) -> ResidentId | None:
    return row.subject.resident_id if row.subject else None
