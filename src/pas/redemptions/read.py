"""Reads all that a batch of items is decided on, in one statement, without a lock.

Per item comes back one JSON array, positional and in the order of the structs below: PostgreSQL
builds it and msgspec reads it in a few microseconds, where rows of wide records took the worker
several times as long. What never changes about a scheme version is not read again
(``scheme_facts``). Nothing about income, name or address is selected; of the birth date only
whether the holder is an adult.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ids import (
    AccountId,
    CardId,
    EntryId,
    LocationId,
    MerchantId,
    PassId,
    ResidentId,
    SchemeVersionId,
    TillId,
)
from pas.money import Cents
from pas.redemptions.facts import CardForm, CardState, MerchantState, TillKind, TillState


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """What to look up for one item; hashes of what was scanned or typed, never the text itself."""

    id: EntryId
    till_id: TillId
    token_hash: bytes | None
    number_hash: bytes | None
    card_id: CardId | None = None
    nonce: bytes | None = None
    """Of a code on a telephone, and ``sale`` is what it is to pay; None where nothing is sold yet."""
    sale: UUID | None = None
    holder: int = 0
    """0 is the card's own holder, 1 the first child that this holder manages, and so on."""
    payee: MerchantId | None = None
    """Named by an intermediary's or a counter's till; a merchant's till is paid itself."""
    category: str | None = None
    fully: bool = True
    """Also how much till and card did lately, and which children can pay: for a quote, and where
    a booking moved. The booking counts for itself, so a sale does without at first."""


class KnownRow(msgspec.Struct, frozen=True, array_like=True):
    """The stored outcome of an id; ``refusal`` None is booked."""

    fingerprint: str
    refusal: str | None
    price_cents: Cents | None
    taken_cents: Cents | None
    visits: int | None
    visits_asked: int | None
    category: str | None
    recorded_at: datetime


class TillRow(msgspec.Struct, frozen=True, array_like=True):
    kind: TillKind
    state: TillState
    merchant_id: MerchantId | None
    location_id: LocationId | None
    sale_limit_cents: Cents | None
    login_active: bool
    unknown_cards: int
    sales: int


class MerchantRow(msgspec.Struct, frozen=True, array_like=True):
    id: MerchantId
    state: MerchantState
    account: AccountId | None
    agreements: tuple[tuple[str, date, date | None, Cents | None], ...] | None


class CardRow(msgspec.Struct, frozen=True, array_like=True):
    id: CardId
    form: CardForm
    state: CardState
    expires_at: datetime | None
    resident_id: ResidentId
    sales: int
    taken_cents: Cents
    children: tuple[int, ...] | None
    """Which of the children can pay here, as ``holder`` counts them."""
    unconfirmed_cents: Cents | None = None


class PassRow(msgspec.Struct, frozen=True, array_like=True):
    id: PassId
    starts_on: date
    ends_on: date
    ended_on: date | None


class BudgetRow(msgspec.Struct, frozen=True, array_like=True):
    account: AccountId
    scheme_version_id: SchemeVersionId
    budget_year: int
    payee: MerchantId | None
    granted_at: datetime
    lapses_on: date
    usable_from: date
    usable_until: date
    cents: Cents
    movements: int
    visits_account: AccountId | None
    visits: int | None
    visits_movements: int | None
    used: bool
    category: str | None


class SubjectRow(msgspec.Struct, frozen=True, array_like=True):
    """Whose budgets pay."""

    resident_id: ResidentId
    is_adult: bool
    pass_: PassRow | None
    budgets: tuple[BudgetRow, ...] | None


class FactsRow(msgspec.Struct, frozen=True, array_like=True):
    known: KnownRow | None
    till: TillRow | None
    merchant: MerchantRow | None
    card: CardRow | None
    subject: SubjectRow | None
    code_spent: bool | None = None
    """Whether the code on a telephone has paid for something else; None where it has paid nothing."""


class JsonRow(msgspec.Struct, frozen=True):
    facts: str


# The planner does not see how long the first array is: for one scan it would plan anew each time, which
# takes longer than the scan.
READ_FACTS: Final = Statement(
    """
    SELECT json_build_array(
        (SELECT json_build_array(encode(e.fingerprint, 'hex'), e.refusal, r.price_cents, r.taken_cents,
                r.visits, r.visits_asked, r.category, coalesce(r.recorded_at, e.recorded_at))
            FROM entry e LEFT JOIN redemption r ON r.entry_id = e.id WHERE e.id = i.id),
        CASE WHEN t.id IS NOT NULL THEN json_build_array(t.kind, t.state, t.merchant_id, t.location_id,
            t.sale_limit_cents,
            t.login_id IS NULL OR (SELECT l.state = 'active' FROM login l WHERE l.id = t.login_id),
            (SELECT count(*) FROM unknown_scan u WHERE u.till_id = t.id
                AND u.tried_at > greatest($7::timestamptz - interval '10 minutes', t.state_since)),
            CASE WHEN i.fully THEN (SELECT count(*) FROM (
                SELECT 1 FROM redemption r WHERE r.till_id = t.id AND r.recorded_at > now() - interval '1 hour'
                LIMIT $11) s) ELSE 0 END) END,
        CASE WHEN m.id IS NOT NULL THEN json_build_array(m.id, m.state, m.account_id,
            (SELECT json_agg(json_build_array(a.category, a.valid_from, a.valid_until, a.visit_price_cents))
                FROM agreement a WHERE a.merchant_id = m.id)) END,
        CASE WHEN c.id IS NOT NULL THEN (
            SELECT json_build_array(c.id, c.form, c.state, c.expires_at, c.resident_id, count(*),
                coalesce(sum(p.taken_cents), 0),
                CASE WHEN i.fully THEN (
                    SELECT json_agg(k.number ORDER BY k.number)
                    FROM (
                        SELECT d.child_id, row_number() OVER (ORDER BY
                            (SELECT min(v.birth_date) FROM resident_version v WHERE v.resident_id = d.child_id), d.child_id) AS number
                        FROM (SELECT DISTINCT a.child_id FROM managing_adult a WHERE a.adult_id = c.resident_id
                            AND a.valid_from <= $8::date AND (a.valid_until IS NULL OR a.valid_until > $8::date)) d
                    ) k
                    WHERE EXISTS (
                        SELECT 1 FROM pass p JOIN budget g ON g.pass_id = p.id JOIN balance b ON b.account_id = g.account_id
                        JOIN scheme_version v ON v.id = g.scheme_version_id
                        WHERE p.resident_id = k.child_id AND (p.ended_on IS NULL OR p.ended_on > $8::date) AND b.amount > 0
                            AND b.usable_from <= $7::timestamptz AND b.usable_until > $7::timestamptz
                            AND (g.merchant_id IS NULL OR g.merchant_id = m.id)
                            AND EXISTS (SELECT 1 FROM agreement a WHERE a.merchant_id = m.id AND a.category = ANY (v.categories)
                                AND a.category = coalesce(i.category, a.category) AND a.valid_from <= $8::date
                                AND (a.valid_until IS NULL OR a.valid_until > $8::date)))
                ) END,
                c.unconfirmed_cents)
            FROM (
                SELECT c.resident_id AS id
                UNION
                SELECT a.child_id FROM managing_adult a WHERE a.adult_id = c.resident_id
            ) h
            CROSS JOIN LATERAL (
                SELECT l.taken_cents - coalesce((SELECT sum(v.amount_cents) FROM redemption_reversal v
                    WHERE v.original_id = l.entry_id), 0) AS taken_cents
                FROM processing_log l WHERE l.subject_id = h.id AND l.card_id = c.id
                    AND l.taken_cents > 0 AND l.recorded_at > now() - interval '1 day' OFFSET 0
            ) p
            WHERE i.fully) END,
        CASE WHEN w.id IS NOT NULL THEN json_build_array(w.id,
            coalesce((SELECT v.birth_date <= $8::date - interval '18 years' FROM resident_version v
                WHERE v.resident_id = w.id AND v.valid_from <= $8::date ORDER BY v.valid_from DESC LIMIT 1), false),
            (SELECT json_build_array(p.id, p.starts_on, p.ends_on, p.ended_on) FROM pass p
                WHERE p.resident_id = w.id
                ORDER BY (p.starts_on <= $8::date AND p.ends_on > $8::date) DESC, p.starts_on <= $8::date DESC,
                    abs(p.starts_on - $8::date) LIMIT 1),
            (SELECT json_agg(json_build_array(g.account_id, g.scheme_version_id, g.budget_year, g.merchant_id,
                    g.granted_at, g.lapses_on, (b.usable_from AT TIME ZONE 'Europe/Amsterdam')::date,
                    (b.usable_until AT TIME ZONE 'Europe/Amsterdam')::date, b.amount, b.movements,
                    g.visits_account_id, n.amount, n.movements,
                    b.movements > 1 AND EXISTS (
                        SELECT 1 FROM transfer x JOIN entry o ON o.id = x.entry_id AND o.kind IN ('redeem', 'offline', 'confirm')
                        JOIN account a ON a.id = x.credit AND a.kind IN ('merchant', 'payee')
                        WHERE x.debit = g.account_id AND x.amount > coalesce((
                            SELECT b.reversed FROM reversal b WHERE b.entry_id = x.entry_id AND b.line = x.line), 0)
                        AND (SELECT v.once_per_year FROM scheme_version v WHERE v.id = g.scheme_version_id)), g.category))
                FROM pass p JOIN budget g ON g.pass_id = p.id JOIN balance b ON b.account_id = g.account_id
                LEFT JOIN balance n ON n.account_id = g.visits_account_id
                WHERE p.resident_id = w.id AND (p.ended_on IS NULL OR p.ended_on > $8::date)
                    AND (b.usable_until > $7::timestamptz - interval '400 days'))
        ) END,
        (SELECT (u.sale_id, u.till_id) IS DISTINCT FROM (i.sale, i.till_id) FROM phone_code_use u WHERE u.nonce = i.nonce)
    )::text AS facts
    FROM unnest((SELECT $1::uuid[]), $2::uuid[], $3::bytea[], $4::bytea[], $5::int[], $6::uuid[], $9::text[], $10::boolean[],
            $12::uuid[], $13::bytea[], $14::uuid[])
        WITH ORDINALITY AS i (id, till_id, token_hash, number_hash, holder, payee, category, fully, card_id, nonce, sale, n)
    LEFT JOIN till t ON t.id = i.till_id
    LEFT JOIN merchant m ON m.id = coalesce(i.payee, t.merchant_id) AND m.kind = 'regular'
    LEFT JOIN LATERAL (
        SELECT k.id, k.form, k.state, k.expires_at, k.resident_id, k.unconfirmed_cents FROM card k WHERE k.token_hash = i.token_hash
        UNION ALL
        SELECT k.id, k.form, k.state, k.expires_at, k.resident_id, k.unconfirmed_cents FROM card k WHERE k.number_hash = i.number_hash
        UNION ALL
        SELECT k.id, k.form, k.state, k.expires_at, k.resident_id, k.unconfirmed_cents FROM card k WHERE k.id = i.card_id
        LIMIT 1
    ) c ON true
    LEFT JOIN LATERAL (
        SELECT c.resident_id AS id WHERE i.holder = 0
        UNION ALL
        (SELECT d.child_id FROM (SELECT DISTINCT a.child_id FROM managing_adult a
            WHERE i.holder > 0 AND a.adult_id = c.resident_id AND a.valid_from <= $8::date
                AND (a.valid_until IS NULL OR a.valid_until > $8::date)) d
            ORDER BY (SELECT min(v.birth_date) FROM resident_version v WHERE v.resident_id = d.child_id), d.child_id
            LIMIT 1 OFFSET greatest(i.holder - 1, 0))
    ) w ON true
    ORDER BY i.n
    """,
    JsonRow,
)

DECODER: Final = msgspec.json.Decoder(FactsRow)


async def read_facts(
    connection: Connection, wanted: Sequence[Wanted], *, now: datetime, today: date, most_sales: int
) -> list[FactsRow]:
    """One row of facts per item, in their order; `today` is the municipality's own day.

    Of a till no more than ``most_sales`` are counted.
    """
    rows = await READ_FACTS.all(
        connection,
        [item.id for item in wanted],
        [item.till_id for item in wanted],
        [item.token_hash for item in wanted],
        [item.number_hash for item in wanted],
        [item.holder for item in wanted],
        [item.payee for item in wanted],
        now,
        today,
        [item.category for item in wanted],
        [item.fully for item in wanted],
        most_sales,
        [item.card_id for item in wanted],
        [item.nonce for item in wanted],
        [item.sale for item in wanted],
    )
    return [DECODER.decode(row.facts) for row in rows]
