"""Redeem: read the facts of a batch, let the rules decide each item, book what they decided.

Two round trips: one statement reads, one books. Nothing is locked between them, so the booking
checks again what must never happen; where the world has moved, that item is read and decided
again, at most twice, and then answered ``busy``, to be sent again under the same id. Whatever
breaks on the way, sending the same ids again gives each the one outcome it has for life.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from pas.db import Connection, Statement
from pas.ids import CardId, LocationId, MerchantId, ResidentId
from pas.ledger.book import Item, Outcome, line_arrays
from pas.passes.takes_over import takes_over
from pas.redemptions.batch import judge_batch
from pas.redemptions.facts import Limits
from pas.redemptions.judge import Judged, Moment
from pas.redemptions.pace import Pace
from pas.redemptions.read import FactsRow, Wanted, read_facts
from pas.redemptions.refusals import GUESSES, Busy, TillPaused
from pas.redemptions.refused_scans import keep_refused
from pas.redemptions.sale import Answer, SaleItem, refused
from pas.redemptions.scheme_facts import scheme_facts
from pas.redemptions.strikes import note_unknown_cards
from pas.redemptions.verdicts import Refused

ROUNDS: Final = 3
AGAIN: Final = frozenset({"PA001", "PA280", "40P01", "55P03"})
"""SQLSTATEs after which nothing was stored and the same ids are sent again: another call booked one
of them, or paid with the same code of a telephone, at the same moment; a deadlock, a lock that took
too long."""


class Outcomes(msgspec.Struct, frozen=True):
    """One outcome per item, and when what was booked was recorded."""

    outcomes: list[str]
    recorded_at: datetime


REDEEM_BATCH: Final = Statement(
    """
    SELECT redeem_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17,
        $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29) AS outcomes, now() AS recorded_at
    """,
    Outcomes,
)
# Only where a telephone pays: whoever pays by card waits for nothing more.
REDEEM_BY_PHONE: Final = Statement(
    """
    SELECT spend_codes(redeem_batch($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15,
        $16, $17, $18, $19, $20, $21, $22, $23, $24, $25, $26, $27, $28, $29), $30, $31, $15) AS outcomes,
        now() AS recorded_at
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
    open_places, alone = list(range(len(sales))), set[int]()
    for attempt in range(1, ROUNDS + 1):
        asked = [sales[place] for place in open_places]
        judged = await judge_all(desk, asked, is_first=attempt == 1)
        bookings: list[Booking] = []
        for place, (verdict, row) in zip(open_places, judged, strict=True):
            if verdict.booking is None:
                answers[place] = verdict.answer
            else:
                bookings.append(Booking(place, sales[place], row, verdict, verdict.booking))
        again: dict[int, str] = {}
        for party in parties(bookings, alone):
            again |= await book_all(desk, party, answers)
        open_places = sorted(again)
        if not open_places:
            break
        is_last = attempt == ROUNDS - 1
        alone = {place for place, why in again.items() if is_last or why == Outcome.MOVED}
    for place in open_places:
        answers[place] = refused(sales[place], Refused(Busy))
    return [answer for answer in answers if answer is not None]


async def judge_all(
    desk: Desk, sales: Sequence[SaleItem], *, is_first: bool
) -> list[tuple[Judged, FactsRow]]:
    """Read and decide; unknown cards are counted against their till, also when only quoted."""
    rows, moment = await read_all(desk, sales, is_first=is_first), desk.moment
    sales = await as_numbers(desk, sales, rows)
    schemes = await scheme_facts(
        desk.connection,
        {
            (budget.scheme_version_id, budget.budget_year)
            for row in rows
            if row.subject is not None
            for budget in row.subject.budgets or ()
        },
    )
    judged = judge_batch(sales, rows, schemes, moment=moment, pace=desk.pace)
    tried = [n for n, verdict in enumerate(judged) if verdict.answer.reason in GUESSES]
    if tried:
        tills, most = [sales[place].till_id for place in tried], moment.limits.unknown_cards
        told = await note_unknown_cards(desk.connection, tills, now=moment.now, most=most)
        for place, is_told in zip(tried, told, strict=True):
            if not is_told:
                judged[place] = Judged(answer=refused(sales[place], Refused(TillPaused)))
    decided = list(zip(judged, rows, strict=True))
    if is_first:
        await keep_refused(desk.connection, decided, now=moment.now)
    return decided


async def as_numbers(
    desk: Desk, sales: Sequence[SaleItem], rows: Sequence[FactsRow]
) -> Sequence[SaleItem]:
    """Where cards of an earlier supplier work, a text that no card has is an unknown card, and counts as one."""
    unread = [
        row.card is None and sale.scan.unread is not None
        for sale, row in zip(sales, rows, strict=True)
    ]
    if not any(unread) or not await takes_over(desk.connection):
        return sales
    return [
        msgspec.structs.replace(sale, scan=msgspec.structs.replace(sale.scan, unread=None))
        for sale in sales
    ]


async def read_all(desk: Desk, sales: Sequence[SaleItem], *, is_first: bool) -> list[FactsRow]:
    """Read the facts; a typed number that is not found is tried under keys rotated away."""
    rows = await read(desk, [wanted(sale, is_first=is_first) for sale in sales])
    for place, (sale, row) in enumerate(zip(sales, rows, strict=True)):
        older = sale.scan.older_number_hashes
        if row.card is None and older:
            first = wanted(sale, is_first=is_first)
            tried = await read(
                desk, [msgspec.structs.replace(first, number_hash=one) for one in older]
            )
            rows[place] = next((found for found in tried if found.card is not None), row)
    return rows


async def read(desk: Desk, items: Sequence[Wanted]) -> list[FactsRow]:
    moment = desk.moment
    return await read_facts(
        desk.connection,
        items,
        now=moment.now,
        today=moment.today,
        most_sales=moment.limits.till_sales,
    )


def wanted(sale: SaleItem, *, is_first: bool) -> Wanted:
    phone, sells = sale.scan.phone, sale.request.take_cents is not None
    return Wanted(
        id=sale.id,
        till_id=sale.till_id,
        token_hash=sale.scan.token_hash,
        number_hash=sale.scan.number_hash,
        card_id=phone and phone.card_id,
        nonce=phone and phone.nonce,
        sale=sale.sale if sells else None,
        holder=sale.scan.holder,
        payee=sale.payee,
        category=sale.request.category,
        fully=not is_first or sale.request.take_cents is None,
    )


def parties(bookings: Sequence[Booking], alone: set[int]) -> list[list[Booking]]:
    """What moved holds up its neighbours no more: it goes by itself, they go on together."""
    together = [booking for booking in bookings if booking.place not in alone]
    return [together, *([booking] for booking in bookings if booking.place in alone)]


async def book_all(
    desk: Desk, bookings: Sequence[Booking], answers: list[Answer | None]
) -> dict[int, str]:
    """Book, fill in the answers that hold, and give the places to be decided again, and why."""
    if not bookings:
        return {}
    again: dict[int, str] = {}
    outcomes = await call(desk, bookings)
    for booking, outcome in zip(bookings, outcomes.outcomes, strict=True):
        match outcome:
            case Outcome.BOOKED | Outcome.DECLINED:
                answers[booking.place] = msgspec.structs.replace(
                    booking.judged.answer, recorded_at=outcomes.recorded_at
                )
                if booking.row.merchant is not None:
                    desk.pace.add(booking.row.merchant.id, desk.moment.now)
            case _:
                again[booking.place] = outcome
    return again


async def call(desk: Desk, bookings: Sequence[Booking]) -> Outcomes:
    laid_out = arguments(bookings, desk.moment.limits)
    try:
        if all(booking.sale.scan.phone is None for booking in bookings):
            return await REDEEM_BATCH.one(desk.connection, *laid_out)
        return await REDEEM_BY_PHONE.one(desk.connection, *laid_out, *codes(bookings))
    except asyncpg.PostgresError as error:
        if error.sqlstate not in AGAIN:
            raise
        return Outcomes([Outcome.BUSY] * len(bookings), desk.moment.now)


def arguments(bookings: Sequence[Booking], limits: Limits) -> list[object]:
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
        [booking.judged.answer.visits for booking in bookings],
        [booking.sale.sale_id for booking in bookings],
        [booking.sale.trace_id for booking in bookings],
        [booking.judged.answer.ask_visits for booking in bookings],
        *(limits.till_sales, limits.card_sales, limits.card_cents),
    ]


def codes(bookings: Sequence[Booking]) -> list[object]:
    """The numbers of the codes, and which sale each pays."""
    sales = [booking.sale for booking in bookings]
    phones = [sale.scan.phone for sale in sales]
    return [[phone and phone.nonce for phone in phones], [sale.sale for sale in sales]]


def merchant_of(row: FactsRow) -> MerchantId | None:
    return row.merchant.id if row.merchant else None


def location_of(row: FactsRow) -> LocationId | None:
    return row.till.location_id if row.till else None


def card_of(row: FactsRow) -> CardId | None:
    return row.card.id if row.card else None


def subject_of(row: FactsRow) -> ResidentId | None:
    return row.subject.resident_id if row.subject else None
