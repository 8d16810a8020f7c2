"""Reads what a sale without a network is judged on beside what every sale is: as of its own moment.

One statement per item: its place in the till's chain, the id that it replaces, what was accepted
before it, and how till, merchant and card stood when it was made.
"""

from datetime import date, datetime
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ids import AccountId, CardId, EntryId, MerchantId, ResidentId, SchemeId, TillId
from pas.money import Cents
from pas.redemptions.facts import CardState, MerchantState, TillState


class ReplacedRow(msgspec.Struct, frozen=True, array_like=True):
    """The entry of the id that was tried online; ``taken_over`` by another sale without a network."""

    kind: str
    refusal: str | None
    till_id: TillId | None
    taken_cents: Cents | None
    taken_over: bool


class CardRow(msgspec.Struct, frozen=True, array_like=True):
    state: CardState
    was_listed: bool
    is_expired: bool


class SchemeRow(msgspec.Struct, frozen=True, array_like=True):
    scheme_id: SchemeId
    year: int


class SumsRow(msgspec.Struct, frozen=True, array_like=True):
    """Of the permit; ``newest_total`` is None where it is the newest one itself."""

    accepted_cents: Cents
    older_cents: Cents
    newest_total: Cents | None


class OfflineRow(msgspec.Struct, frozen=True, array_like=True):
    number_taken: bool
    id_taken: bool
    before: tuple[bool, ...] | None
    before_said: datetime | None
    replaced: ReplacedRow | None
    till_state: TillState
    merchant_state: MerchantState
    unknown_cards: int
    sums: SumsRow | None
    card: CardRow | None
    unusable: tuple[AccountId, ...] | None
    pass_day_cents: Cents
    risk_day_cents: Cents
    fallback: SchemeRow | None


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What to look up for one item; what is not known of it is None."""

    till: TillId
    merchant: MerchantId
    sequence: int
    digest: bytes
    previous: bytes
    id: EntryId
    replaces: EntryId | None
    permit: UUID | None
    card: CardId | None
    subject: ResidentId | None
    moment: datetime
    today: date
    category: str | None


class JsonRow(msgspec.Struct, frozen=True):
    facts: str


READ_OFFLINE: Final = Statement(
    """
    SELECT json_build_array(
        EXISTS (SELECT 1 FROM offline_sale s WHERE s.till_id = t.id AND s.sequence = $3 AND s.holds_number AND s.digest <> $4),
        EXISTS (SELECT 1 FROM entry e WHERE e.id = $6),
        (SELECT json_agg(s.digest = $5) FROM offline_sale s WHERE s.till_id = t.id AND s.sequence = $3 - 1),
        (SELECT s.said_at FROM offline_sale s WHERE s.till_id = t.id AND s.sequence < $3 AND s.holds_number
            ORDER BY s.sequence DESC LIMIT 1),
        (SELECT json_build_array(e.kind, e.refusal, r.till_id, r.taken_cents,
                EXISTS (SELECT 1 FROM entry o WHERE o.replaces = e.id AND o.refusal IS NULL))
            FROM entry e LEFT JOIN redemption r ON r.entry_id = e.id WHERE e.id = $7),
        (SELECT a.state FROM state_at(t.id, t.state, t.state_since, $11) a),
        (SELECT a.state FROM state_at(m.id, m.state, m.state_since, $11) a),
        (SELECT count(*) FROM (SELECT 1 FROM offline_sale s WHERE s.till_id = t.id AND s.recorded_at > now() - interval '1 day'
            AND s.reason = 'card-unknown' LIMIT 100) u),
        CASE WHEN p.id IS NOT NULL THEN json_build_array(
            (SELECT coalesce(sum(s.price_cents), 0) FROM offline_sale s WHERE s.permit_id = p.id AND s.outcome = 'booked'),
            (SELECT coalesce(sum(s.price_cents), 0) FROM offline_sale s JOIN offline_permit o ON o.id = s.permit_id
                WHERE n.id <> p.id AND s.till_id = t.id AND s.outcome = 'booked'
                AND s.recorded_at >= least(n.issued_at, now() - interval '1 day')
                AND EXISTS (SELECT 1 FROM offline_permit l WHERE l.till_id = t.id AND l.number > o.number
                    AND l.issued_at <= s.recorded_at)),
            CASE WHEN n.id <> p.id THEN n.total_cents END) END,
        (SELECT json_build_array(a.state, coalesce(l.state IN ('blocked', 'replaced', 'ended')
                AND a.state IN ('blocked', 'replaced', 'ended') AND l.since >= p.listed_from AND coalesce(
                    (SELECT max(h.ends_on) FROM pass h WHERE h.resident_id = c.resident_id), 'infinity')
                    > (p.issued_at AT TIME ZONE 'Europe/Amsterdam')::date - 400, false),
                coalesce(c.expires_at <= $11, false))
            FROM card c
            CROSS JOIN LATERAL state_at(c.id, c.state, c.state_since, $11) a
            LEFT JOIN LATERAL state_at(c.id, c.state, c.state_since, p.issued_at) l ON p.id IS NOT NULL
            WHERE c.id = $9),
        (SELECT json_agg(b.account_id) FROM pass h JOIN budget g ON g.pass_id = h.id
            JOIN balance b ON b.account_id IN (g.account_id, g.visits_account_id)
            WHERE h.resident_id = $10 AND NOT (b.usable_from <= $11 AND b.usable_until > $11)),
        (SELECT coalesce(sum(s.price_cents), 0) FROM processing_log l
            JOIN offline_sale s ON s.id = l.entry_id AND s.outcome = 'booked' AND s.merchant_id = m.id
            WHERE l.subject_id = $10 AND l.recorded_at >= $12::date - interval '1 day'
                AND (s.occurred_at AT TIME ZONE 'Europe/Amsterdam')::date = $12),
        (SELECT coalesce(sum(s.risk_cents), 0) FROM offline_sale s
            WHERE s.merchant_id = m.id AND s.recorded_at > now() - interval '1 day'),
        (SELECT json_build_array(a.scheme_id, a.budget_year)
            FROM appropriation a
            JOIN scheme d ON d.id = a.scheme_id
            JOIN LATERAL (SELECT x.categories FROM scheme_version x WHERE x.scheme_id = a.scheme_id
                ORDER BY x.valid_from <= $12 DESC, x.valid_from DESC LIMIT 1) v ON true
            ORDER BY v.categories && coalesce(ARRAY[$13::text], ARRAY(SELECT g.category FROM agreement g WHERE g.merchant_id = m.id)) DESC,
                a.budget_year = extract(year FROM $12) DESC, abs(a.budget_year - extract(year FROM $12)), cardinality(v.categories), d.code
            LIMIT 1)
    )::text AS facts
    FROM till t
    JOIN merchant m ON m.id = $2
    LEFT JOIN offline_permit p ON p.id = $8 AND p.till_id = t.id
    LEFT JOIN LATERAL (SELECT o.id, o.issued_at, o.total_cents FROM offline_permit o WHERE o.till_id = t.id
        ORDER BY o.number DESC LIMIT 1) n ON true
    WHERE t.id = $1
    """,
    JsonRow,
)

DECODER: Final = msgspec.json.Decoder(OfflineRow)


async def read_offline(connection: Connection, asked: Asked) -> OfflineRow:
    row = await READ_OFFLINE.one(connection, *msgspec.structs.astuple(asked))
    return DECODER.decode(row.facts)
