"""Leaves something that stands out: one that asks for a telephone call, and one that is probably honest.

Sold last week by the functions that tills use, and found by the one that looks every night.
"""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import uuid5

import msgspec

from pas.auth.keys import KeyRing
from pas.days import AMSTERDAM, day_of
from pas.db import Connection, Statement
from pas.demo.grants import NAMESPACE
from pas.demo.merchants import SHOWN_TILL
from pas.demo.plan_year import CONFIRMED
from pas.demo.spend_year import TRACE
from pas.ids import EntryId, ResidentId, TillId
from pas.money import Cents
from pas.redemptions.facts import Request
from pas.redemptions.pace import Pace
from pas.redemptions.redeem import Desk, redeem
from pas.redemptions.sale import SaleItem, Scan
from pas.redemptions.sell import moment_at
from pas.signals.look import look_at_week


class Odd(msgspec.Struct, frozen=True):
    """What one merchant sold that stands out: from which hour on, so many minutes apart, and for how much."""

    merchant: str
    opens: time
    minutes: int
    cents: tuple[int, ...]


class Buyer(msgspec.Struct, frozen=True):
    """Whose budget pays at which till."""

    token_hash: bytes
    till_id: TillId


ODD: Final = (
    Odd(
        "Kringloop Tweede Ronde",
        time(11),
        47,
        (3000, 5000, 2000, 4000, 6000, 2000, 5000, 7000, 3000, 4000, 2000, 5000),
    ),
    Odd("Filmhuis De Lichtbak", time(23, 10), 9, (850, 950, 1250, 850)),
)
A_DAY: Final = 3
"""So many a day, from Tuesday on."""

READ_BUYERS: Final = Statement(
    """
    SELECT c.token_hash, t.id AS till_id
    FROM merchant m
    JOIN till t ON t.merchant_id = m.id AND t.name = $2 AND t.state = 'active'
    JOIN agreement a ON a.merchant_id = m.id
    JOIN scheme_version v ON a.category = ANY (v.categories) AND v.allowance = 'amount' AND NOT v.spend_at_once
        AND NOT v.once_per_year
    JOIN budget g ON g.scheme_version_id = v.id AND g.application_id IS NULL
    JOIN balance b ON b.account_id = g.account_id AND b.amount >= $3 AND b.usable_from <= $4 AND b.usable_until > $4
    JOIN pass p ON p.id = g.pass_id AND p.ended_on IS NULL AND p.resident_id <> ALL ($5::uuid[])
    JOIN card c ON c.resident_id = p.resident_id AND c.state = 'active' AND c.form <> 'voucher'
    WHERE m.name = $1 AND m.state = 'approved'
    GROUP BY c.token_hash, t.id
    ORDER BY c.token_hash, t.id
    LIMIT $6
    """,
    Buyer,
)


async def leave_signals(
    connection: Connection, ring: KeyRing, *, spared: Sequence[ResidentId], now: datetime
) -> None:
    """Sell it, and look; in the first days of a year last week was of budgets that are gone."""
    monday = day_of(now) - timedelta(days=day_of(now).weekday() + 7)
    if monday.year < day_of(now).year:
        return
    for odd in ODD:
        await sell_oddly(connection, ring, odd, monday=monday, spared=spared)
    await look_at_week(connection, monday, now=now)


async def sell_oddly(
    connection: Connection,
    ring: KeyRing,
    odd: Odd,
    *,
    monday: date,
    spared: Sequence[ResidentId],
) -> None:
    first = datetime.combine(monday, odd.opens, tzinfo=AMSTERDAM)
    buyers = await READ_BUYERS.all(
        connection,
        *(odd.merchant, SHOWN_TILL, max(odd.cents), first, list(spared), len(odd.cents)),
    )
    for number, (buyer, cents) in enumerate(zip(buyers, odd.cents, strict=False)):
        days, place = divmod(number, A_DAY)
        at = first + timedelta(days=1 + days, minutes=place * odd.minutes)
        sale = SaleItem(
            id=EntryId(uuid5(NAMESPACE, f"odd/{monday}/{odd.merchant}/{number}")),
            till_id=buyer.till_id,
            scan=Scan(token_hash=buyer.token_hash),
            request=Request(price_cents=Cents(cents), take_cents=Cents(cents), confirmed=CONFIRMED),
            trace_id=TRACE,
        )
        await redeem(Desk(connection, moment_at(ring, at), Pace()), [sale])
