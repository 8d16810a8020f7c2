"""Enters a tally list: every line gets a verdict, all of them in one transaction.

The database lets a coupon pay once, whoever else enters it at the same moment. The same list again, by its
id, gives the same verdicts; another list under that id is refused.
"""

import hashlib
from collections.abc import Mapping, Sequence
from datetime import date, datetime, time
from typing import ClassVar, Final
from uuid import uuid5

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.coupons.rules import (
    Agreed,
    CouponFacts,
    Paid,
    Reason,
    Refused,
    Typed,
    Where,
    judge_line,
    merged,
)
from pas.days import AMSTERDAM, day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import AccountId, CouponId, CouponListId, EntryId, MerchantId
from pas.ledger.accounts import new_account_id
from pas.ledger.fingerprint import encoded_field
from pas.merchants.stored import read_merchant
from pas.money import NO_CENTS, Cents

MOST_LINES: Final = 500
MOST_UNKNOWN: Final = 50
"""Of one merchant in a day: codes that are well formed and of no coupon are guesses."""
ROUNDS: Final = 10
AGAIN: Final = frozenset({"PA291", "23505", "40P01", "40001"})
"""SQLSTATEs after which nothing was stored, and what is read then says more."""
PRINT: Final = b"pas coupon 1\x00"
NOON: Final = time(12)


class CouponListReused(Refusal):
    """Onder dit nummer is al een andere lijst ingevoerd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Begin een nieuwe lijst."


class CouponListTooLong(Refusal):
    """Deze lijst is te lang."""

    next_step: ClassVar[str] = "Splits de lijst. Een lijst heeft hoogstens 500 bonnen."


class TooManyUnknownCoupons(Refusal):
    """Er zijn te veel codes ingevoerd die niet bestaan."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = "Bel ons. Wij kijken samen naar de bonnen."


class CouponsBusy(Refusal):
    """Het is even druk. Er is nog niets ingevoerd."""

    status: ClassVar[int] = 503
    next_step: ClassVar[str] = "Probeer het zo opnieuw met dezelfde lijst."


class CouponRow(msgspec.Struct, frozen=True):
    code_hash: bytes
    id: CouponId
    face_cents: Cents
    valid_from: date
    valid_until: date
    categories: list[str]
    account_id: AccountId | None
    only_at: MerchantId | None
    usable_from: datetime | None
    usable_until: datetime | None
    left_cents: Cents | None
    is_used: bool


class Line(msgspec.Struct, frozen=True, rename="camel"):
    """What became of one line; without a reason it is paid."""

    number: int
    sold_on: date | None
    amount_cents: Cents
    take_cents: Cents
    risk_cents: Cents
    reason: Reason | None


class ListRow(msgspec.Struct, frozen=True):
    merchant_id: MerchantId
    print: bytes


class Count(msgspec.Struct, frozen=True):
    count: int


class Booked(msgspec.Struct, frozen=True):
    recorded_at: datetime


class TallyList(msgspec.Struct, frozen=True, kw_only=True):
    """A list as somebody entered it, for one merchant."""

    id: CouponListId
    merchant: MerchantId
    lines: Sequence[Typed]


READ_COUPONS: Final = Statement(
    """
    SELECT c.code_hash, c.id, c.face_cents, r.valid_from, r.valid_until, v.categories, c.account_id, b.merchant_id AS only_at,
        l.usable_from, l.usable_until, l.amount AS left_cents,
        EXISTS (SELECT 1 FROM coupon_entry e WHERE e.coupon_id = c.id AND e.entry_id IS NOT NULL) AS is_used
    FROM coupon c JOIN coupon_run r ON r.id = c.run_id JOIN scheme_version v ON v.id = c.scheme_version_id
    LEFT JOIN budget b ON b.account_id = c.account_id LEFT JOIN balance l ON l.account_id = c.account_id
    WHERE c.code_hash = ANY ($1::bytea[])
    """,
    CouponRow,
)
READ_AGREED: Final = Statement(
    "SELECT category, valid_from, valid_until FROM agreement WHERE merchant_id = $1", Agreed
)
READ_LIST: Final = Statement("SELECT merchant_id, print FROM coupon_list WHERE id = $1", ListRow)
READ_LINES: Final = Statement(
    """
    SELECT number, sold_on, amount_cents, take_cents, risk_cents, reason FROM coupon_entry WHERE list_id = $1 ORDER BY number
    """,
    Line,
)
COUNT_UNKNOWN: Final = Statement(
    """
    SELECT count(*) AS count FROM coupon_list l JOIN coupon_entry e ON e.list_id = l.id
    WHERE l.merchant_id = $1 AND l.entered_at > $2::timestamptz - interval '1 day' AND e.reason = 'coupon-unknown'
    """,
    Count,
)
REDEEM: Final = Statement(
    """
    SELECT redeem_coupons($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17) AS recorded_at
    """,
    Booked,
)


async def enter_list(
    connection: Connection, tally: TallyList, *, actor: Actor, now: datetime, trace_id: str = ""
) -> list[Line]:
    """Judge and book a list; what is refused, is refused line by line."""
    merchant = await read_merchant(connection, tally.merchant, actor=actor)
    if not 0 < len(tally.lines) <= MOST_LINES:
        raise CouponListTooLong
    print_ = printed(tally)
    for _ in range(ROUNDS):
        known = await READ_LIST.first(connection, tally.id)
        if known is not None:
            if (known.merchant_id, known.print) != (tally.merchant, print_):
                raise CouponListReused
            return await READ_LINES.all(connection, tally.id)
        where = await _where(connection, tally, is_approved=merchant.state == "approved", now=now)
        judged = await judge_lines(connection, tally, where, now=now)
        head = (tally.id, print_, tally.merchant, actor.kind, actor.id, trace_id)
        if await _is_booked(connection, *head, *columns(tally, judged, now)):
            return await READ_LINES.all(connection, tally.id)
    raise CouponsBusy(headers={"Retry-After": "1"})


async def _where(
    connection: Connection, tally: TallyList, *, is_approved: bool, now: datetime
) -> Where:
    if (await COUNT_UNKNOWN.one(connection, tally.merchant, now)).count >= MOST_UNKNOWN:
        raise TooManyUnknownCoupons
    return Where(
        merchant=tally.merchant,
        is_approved=is_approved,
        agreed=await READ_AGREED.all(connection, tally.merchant),
        today=day_of(now),
    )


async def _is_booked(connection: Connection, *arguments: object) -> bool:
    """Book it all; False where something moved since it was read, and nothing is stored."""
    try:
        await REDEEM.one(connection, *arguments)
    except asyncpg.PostgresError as error:
        if error.sqlstate not in AGAIN:
            raise
        return False
    return True


async def judge_lines(
    connection: Connection, tally: TallyList, where: Where, *, now: datetime
) -> list[Paid | Refused]:
    """Each line on what the lines before it left."""
    hashes = [one for line in tally.lines for one in line.hashes or ()]
    rows = {row.code_hash: row for row in await READ_COUPONS.all(connection, hashes)}
    left = {
        row.account_id: row.left_cents or NO_CENTS
        for row in rows.values()
        if row.account_id is not None
    }
    judged: list[Paid | Refused] = []
    seen = frozenset[CouponId]()
    for line in tally.lines:
        row = next((rows[one] for one in line.hashes or () if one in rows), None)
        account = row and row.account_id
        verdict = judge_line(
            line,
            None if row is None else facts_of(row),
            where,
            left=left[account] if account is not None else NO_CENTS,
            moment=None if line.sold_on is None else moment_of(line.sold_on, now),
            seen=seen,
        )
        if isinstance(verdict, Paid) and account is not None:
            left = merged(left, account, verdict.take_cents)
            seen |= {verdict.coupon}
        judged.append(verdict)
    return judged


def facts_of(row: CouponRow) -> CouponFacts:
    return CouponFacts(
        id=row.id,
        face_cents=row.face_cents,
        valid_from=row.valid_from,
        valid_until=row.valid_until,
        categories=frozenset(row.categories),
        account=row.account_id,
        only_at=row.only_at,
        usable_from=row.usable_from,
        usable_until=row.usable_until,
        is_used=row.is_used,
    )


def moment_of(sold_on: date, now: datetime) -> datetime:
    """A tally list has days, no hours: noon, and never later than now."""
    return min(datetime.combine(sold_on, NOON, AMSTERDAM), now)


def columns(
    tally: TallyList, judged: Sequence[Paid | Refused], now: datetime
) -> tuple[Sequence[object], ...]:
    """Lay the verdicts out as redeem_coupons() takes them."""
    numbers = [line.number for line in tally.lines]
    entries = [EntryId(uuid5(tally.id, str(number))) for number in numbers]
    paid = [one if isinstance(one, Paid) else None for one in judged]
    return (
        numbers,
        [one.coupon for one in judged],
        [line.sold_on for line in tally.lines],
        [max(line.amount_cents or NO_CENTS, 0) for line in tally.lines],
        [one.reason if isinstance(one, Refused) else None for one in judged],
        entries,
        [hashlib.sha256(PRINT + encoded_field(entry)).digest() for entry in entries],
        [moment_of(line.sold_on or day_of(now), now) for line in tally.lines],
        [None if one is None else one.category for one in paid],
        [NO_CENTS if one is None else one.take_cents for one in paid],
        [new_account_id() for _ in numbers],
    )


def printed(tally: TallyList) -> bytes:
    """Fingerprint what was entered; codes by their keyed hash, never as they are."""
    digest = hashlib.sha256(PRINT)
    for line in tally.lines:
        code = line.hashes[-1] if line.hashes else b""
        told = (line.number, line.amount_cents or 0, str(line.sold_on), code.hex())
        digest.update(msgspec.json.encode(told))
    return digest.digest()


def amounts(lines: Sequence[Line]) -> Mapping[str, Cents]:
    """What a list comes to: paid, and not."""
    return {
        "paid": Cents(sum(one.amount_cents for one in lines if one.reason is None)),
        "refused": Cents(sum(one.amount_cents for one in lines if one.reason is not None)),
    }
