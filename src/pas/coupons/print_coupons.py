"""What is printed on coupons, one row each, holder by holder; until the clock of the run wipes the codes."""

from collections.abc import Iterator
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.coupons.codes import open_code, printed
from pas.coupons.make_coupons import read_coupon_run
from pas.csvfile import write_rows
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import CouponId, CouponRunId, ResidentId
from pas.money import Cents, comma_euros

COLUMNS: Final = (
    *("name", "address", "postcode", "city", "purpose"),
    *("amount", "valid_from", "last_day", "code"),
)


class CouponCodesGone(Refusal):
    """De codes van deze ronde zijn gewist."""

    status: ClassVar[int] = 410
    next_step: ClassVar[str] = "Maak een nieuwe ronde. Wat nog op papier staat, blijft geldig."


class PrintRow(msgspec.Struct, frozen=True):
    coupon_id: CouponId
    resident_id: ResidentId
    name: str
    address: str
    postcode: str
    city: str
    title: str
    face_cents: Cents
    code_encrypted: bytes | None


class PrintedCoupon(msgspec.Struct, frozen=True):
    """One coupon as it is set on paper; ``code`` is in groups, for typing and for a QR code."""

    resident_id: ResidentId
    name: str
    address: str
    postcode: str
    city: str
    title: str
    face_cents: Cents
    valid_from: date
    last_day: date
    code: str


READ: Final = Statement(
    """
    SELECT c.id AS coupon_id, p.resident_id, v.given_name || ' ' || v.family_name AS name, coalesce(v.address, '') AS address,
        coalesce(v.postcode, '') AS postcode, coalesce(v.city, '') AS city, s.title, c.face_cents, c.code_encrypted
    FROM coupon c JOIN budget b ON b.account_id = c.account_id JOIN pass p ON p.id = b.pass_id
    JOIN scheme_version s ON s.id = c.scheme_version_id
    CROSS JOIN LATERAL (
        SELECT n.* FROM resident_version n WHERE n.resident_id = p.resident_id
        ORDER BY n.valid_from <= $2::date DESC, abs(n.valid_from - $2::date) LIMIT 1
    ) v
    WHERE c.run_id = $1 ORDER BY v.household_number, p.resident_id, s.title, c.account_id, c.place
    """,
    PrintRow,
)


async def coupons_to_print(
    connection: Connection,
    run_id: CouponRunId,
    *,
    ring: KeyRing,
    actor: Actor,
    now: datetime,
) -> list[PrintedCoupon]:
    """Give all coupons of a run, household by household; who fetched them is an event."""
    run = await read_coupon_run(connection, run_id)
    if run.codes_until <= now:
        raise CouponCodesGone
    async with connection.transaction():
        rows = await READ.all(connection, run_id, day_of(now))
        await record_event(
            connection,
            kind="coupon_run.fetched",
            subject_kind="coupon_run",
            subject_id=run_id,
            actor=actor,
            after={"count": len(rows)},
        )
    last_day = run.valid_until - timedelta(days=1)
    return [
        PrintedCoupon(
            *(row.resident_id, row.name, row.address, row.postcode, row.city, row.title),
            *(row.face_cents, run.valid_from, last_day),
            _code(row, ring),
        )
        for row in rows
    ]


def coupon_file(coupons: list[PrintedCoupon]) -> Iterator[str]:
    """The same as CSV, for a print house."""
    return write_rows(
        COLUMNS,
        (
            (
                *(one.name, one.address, one.postcode, one.city, one.title),
                comma_euros(one.face_cents),
                *(one.valid_from.isoformat(), one.last_day.isoformat(), one.code),
            )
            for one in coupons
        ),
    )


def _code(row: PrintRow, ring: KeyRing) -> str:
    code = row.code_encrypted and open_code(ring, row.code_encrypted, coupon=row.coupon_id)
    return printed(code) if code else ""
