"""Makes booklets: for each budget coupons up to what is left on it, or up to a maximum.

Nothing is set aside: the holder can still pay with the pass, and an unused coupon costs nothing. So what
is on paper is what the municipality may come to bear, and the run says beforehand how much that may be at
most. Only budgets that are plain amounts get coupons: what counts visits, pays a share, is spent at once or
has a condition cannot be explained on paper.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing, Purpose
from pas.auth.municipality_settings import read_municipality_settings
from pas.coupons.codes import hash_code, new_code, seal_code
from pas.coupons.rules import faces
from pas.days import day_of, start_of
from pas.db import Connection, Database, Statement
from pas.errors import Refusal
from pas.ids import (
    AccountId,
    CouponId,
    CouponRunId,
    MunicipalityName,
    SchemeId,
    SchemeVersionId,
    uuid7,
)
from pas.installation.sandbox import refuse_in_sandbox
from pas.money import Cents, euros

CHUNK: Final = 500
SMALLEST: Final = Cents(100)
"""A last coupon of less is not worth its paper."""
LONGEST_DAYS: Final = 366
Told = Callable[[int, int | None], None]


class CouponRunNotFound(Refusal):
    """Deze ronde van bonnen is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een ronde uit de lijst, of maak een nieuwe."


class CouponRunWrong(Refusal):
    """Deze ronde van bonnen kan zo niet."""

    next_step: ClassVar[str] = "Verbeter het bedrag of de dagen."


class CouponLimitTooLow(Refusal):
    """Er komt meer op bonnen dan u wilt dragen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies minder per tegoed. Of draag samen meer."


class Terms(msgspec.Struct, frozen=True, kw_only=True):
    """What a run makes; ``valid_until`` is the first day on which nothing can be bought with it."""

    face_cents: Cents
    most_cents: Cents
    limit_cents: Cents
    valid_from: date
    valid_until: date


class CouponRun(msgspec.Struct, frozen=True, rename="camel"):
    id: CouponRunId
    face_cents: Cents
    most_cents: Cents
    limit_cents: Cents
    valid_from: date
    valid_until: date
    started_at: datetime
    ended_at: datetime | None
    codes_until: datetime


class Total(msgspec.Struct, frozen=True):
    cents: Cents


class ToCover(msgspec.Struct, frozen=True):
    account_id: AccountId
    scheme_id: SchemeId
    scheme_version_id: SchemeVersionId
    budget_year: int
    left_cents: Cents


INSERT_RUN: Final = Statement(
    """
    INSERT INTO coupon_run (id, face_cents, most_cents, limit_cents, valid_from, valid_until, started_at, started_by, codes_until)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
    """,
    None,
)
READ_RUN: Final = Statement(
    """
    SELECT id, face_cents, most_cents, limit_cents, valid_from, valid_until, started_at, ended_at, codes_until
    FROM coupon_run WHERE id = $1
    """,
    CouponRun,
)
END_RUN: Final = Statement("UPDATE coupon_run SET ended_at = $2 WHERE id = $1", None)
COUNT_MONEY: Final = Statement(
    """
    SELECT coalesce(sum(least(l.amount, $3)), 0)::bigint AS cents
    FROM budget b JOIN balance l ON l.account_id = b.account_id AND l.amount > 0 AND l.usable_from < $2 AND l.usable_until > $1
    JOIN pass p ON p.id = b.pass_id AND (p.ended_on IS NULL OR p.ended_on > ($1::timestamptz AT TIME ZONE 'Europe/Amsterdam')::date)
    JOIN scheme_version v ON v.id = b.scheme_version_id
    WHERE v.allowance = 'amount' AND NOT v.spend_at_once AND NOT v.once_per_year AND v.precondition IS NULL
        AND b.visits_account_id IS NULL AND b.application_id IS NULL AND b.merchant_id IS NULL
        AND EXISTS (SELECT 1 FROM resident_version w WHERE w.resident_id = p.resident_id)
    """,
    Total,
)
READ_TO_COVER: Final = Statement(
    """
    SELECT b.account_id, b.scheme_id, b.scheme_version_id, b.budget_year::int AS budget_year, l.amount AS left_cents
    FROM budget b JOIN balance l ON l.account_id = b.account_id AND l.amount > 0 AND l.usable_from < $2 AND l.usable_until > $1
    JOIN pass p ON p.id = b.pass_id AND (p.ended_on IS NULL OR p.ended_on > ($1::timestamptz AT TIME ZONE 'Europe/Amsterdam')::date)
    JOIN scheme_version v ON v.id = b.scheme_version_id
    WHERE v.allowance = 'amount' AND NOT v.spend_at_once AND NOT v.once_per_year AND v.precondition IS NULL
        AND b.visits_account_id IS NULL AND b.application_id IS NULL AND b.merchant_id IS NULL
        AND EXISTS (SELECT 1 FROM resident_version w WHERE w.resident_id = p.resident_id)
        AND b.account_id > $4 AND NOT EXISTS (SELECT 1 FROM coupon c WHERE c.run_id = $3 AND c.account_id = b.account_id)
    ORDER BY b.account_id LIMIT $5
    """,
    ToCover,
)
INSERT: Final = Statement(
    """
    INSERT INTO coupon (id, run_id, account_id, scheme_id, scheme_version_id, budget_year, place, face_cents,
        code_hash, key_id, code_encrypted)
    SELECT n.id, $1, n.account, n.scheme, n.version, n.year, n.place, n.face, n.hash, $9, n.sealed
    FROM unnest($2::uuid[], $3::bigint[], $4::uuid[], $5::uuid[], $6::smallint[], $7::int[], $8::bigint[], $10::bytea[], $11::bytea[])
        AS n (id, account, scheme, version, year, place, face, hash, sealed)
    """,
    None,
)
READ_TOTAL: Final = Statement(
    "SELECT coalesce(sum(face_cents), 0)::bigint AS cents FROM coupon WHERE run_id = $1", Total
)


async def begin_coupon_run(
    connection: Connection, terms: Terms, *, actor: Actor, now: datetime
) -> CouponRunId:
    """Note a run; raises CouponRunWrong, or CouponLimitTooLow with what it would come to."""
    await refuse_in_sandbox(connection)
    refuse_terms(terms, today=day_of(now))
    until = start_of(terms.valid_until)
    worth = (await COUNT_MONEY.one(connection, now, until, terms.most_cents)).cents
    if worth > terms.limit_cents:
        raise CouponLimitTooLow(f"Het zou samen {euros(worth)} zijn.")
    run_id = CouponRunId(uuid7())
    days = (await read_municipality_settings(connection)).print_days
    async with connection.transaction():
        await INSERT_RUN.run(
            connection,
            *(run_id, terms.face_cents, terms.most_cents, terms.limit_cents),
            *(terms.valid_from, terms.valid_until, now, actor.id, now + timedelta(days=days)),
        )
        await record_event(
            connection,
            kind="coupon_run.started",
            subject_kind="coupon_run",
            subject_id=run_id,
            actor=actor,
            after=terms,
        )
    return run_id


def refuse_terms(terms: Terms, *, today: date) -> None:
    if not SMALLEST <= terms.face_cents <= terms.most_cents:
        raise CouponRunWrong("Een bon is minstens € 1,00, en niet meer dan het meeste per tegoed.")
    if not today <= terms.valid_from < terms.valid_until:
        raise CouponRunWrong("De laatste dag komt na de eerste, en de eerste is niet voorbij.")
    if (terms.valid_until - terms.valid_from).days > LONGEST_DAYS:
        raise CouponRunWrong("Bonnen zijn hoogstens een jaar geldig.")


async def do_coupon_run(
    database: Database,
    municipality: MunicipalityName,
    run_id: CouponRunId,
    *,
    ring: KeyRing,
    now: datetime,
    told: Told = lambda _done, _total: None,
) -> Cents:
    """Make the coupons; begun again it goes on. Gives what they are worth together."""
    last, made = AccountId(0), 0
    async with database.connection(municipality) as connection:
        run = await read_coupon_run(connection, run_id)
    while True:
        async with database.connection(municipality) as connection:
            span = (now, start_of(run.valid_until), run_id, last, CHUNK)
            some = await READ_TO_COVER.all(connection, *span)
            if not some:
                await END_RUN.run(connection, run_id, now)
                return (await READ_TOTAL.one(connection, run_id)).cents
            await _make(connection, run, some, ring=ring)
        last, made = some[-1].account_id, made + len(some)
        told(made, None)


async def read_coupon_run(connection: Connection, run_id: CouponRunId) -> CouponRun:
    found = await READ_RUN.first(connection, run_id)
    if found is None:
        raise CouponRunNotFound
    return found


async def _make(
    connection: Connection, run: CouponRun, budgets: Sequence[ToCover], *, ring: KeyRing
) -> None:
    rows = [
        (one, place, face)
        for one in budgets
        for place, face in enumerate(
            faces(one.left_cents, face=run.face_cents, most=run.most_cents, smallest=SMALLEST), 1
        )
    ]
    if not rows:
        return
    key = ring.current(Purpose.CARD_NUMBER_HASH)
    ids = [CouponId(uuid7()) for _ in rows]
    codes = [new_code() for _ in rows]
    await INSERT.run(
        connection,
        *(run.id, ids, [one.account_id for one, _, _ in rows]),
        *([one.scheme_id for one, _, _ in rows], [one.scheme_version_id for one, _, _ in rows]),
        *([one.budget_year for one, _, _ in rows], [place for _, place, _ in rows]),
        *([face for _, _, face in rows], key.key_id, [hash_code(key, code) for code in codes]),
        [seal_code(ring, code, coupon=one) for one, code in zip(ids, codes, strict=True)],
    )
