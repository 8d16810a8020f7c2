"""What waits for somebody: the work that only they and their colleagues can do, counted with a link.

One statement counts all that was asked for; what somebody may not do is not asked. A new kind of
work is one line in ``WORK`` (work.py) and one in ``COUNT_WAITING``.
"""

from collections.abc import Iterable
from datetime import datetime
from typing import Final

import msgspec

from pas.app.work import WORK, Work
from pas.auth.actor import Actor
from pas.days import day_of
from pas.db import Connection, Statement
from pas.web.counts import count

MOST_COUNTED: Final = 1_000
"""Further nobody counts before they begin."""


class Waiting(msgspec.Struct, frozen=True):
    """What waits now, in words; ``address`` is below that of the municipality."""

    kind: str
    text: str
    address: str


class WaitingRow(msgspec.Struct, frozen=True):
    kind: str
    waits: int


COUNT_WAITING: Final = Statement(
    """
    SELECT w.kind, (CASE w.kind
        WHEN 'books' THEN (SELECT count(*) FROM (SELECT closes FROM proof ORDER BY proved_at DESC LIMIT 1) p WHERE NOT p.closes)
        WHEN 'applied' THEN (SELECT count(*) FROM household_application a WHERE a.state = 'received'
            AND a.year >= extract(year FROM $3::date))
        WHEN 'helped' THEN (SELECT count(*) FROM helper_application h WHERE h.state = 'received')
        WHEN 'late-requests' THEN (SELECT count(*) FROM holder_request r
            WHERE r.state NOT IN ('answered', 'withdrawn') AND r.answer_by < $3::date)
        WHEN 'requests' THEN (SELECT count(*) FROM holder_request r WHERE r.state NOT IN ('answered', 'withdrawn', 'asked')
            AND r.answer_by >= $3::date AND NOT coalesce(decided_by_hand(r.decision_id, $2), false))
        WHEN 'late-children' THEN (SELECT count(*) FROM child_application a WHERE a.decided_at IS NULL
            AND (a.received_at AT TIME ZONE 'Europe/Amsterdam')::date + 21 + coalesce((
                SELECT sum(greatest(0, coalesce(p.until_on, $3::date) - p.from_on)) FROM child_application_pause p
                WHERE p.application_id = a.id), 0)::int < $3::date)
        WHEN 'children' THEN (SELECT count(*) FROM child_application a WHERE a.state = 'with_officer'
            AND NOT EXISTS (SELECT 1 FROM child_application_pause p WHERE p.application_id = a.id AND p.until_on IS NULL))
        WHEN 'questions' THEN (SELECT count(*) FROM child_application a WHERE a.decided_at IS NULL AND a.applied_by = $2
            AND EXISTS (SELECT 1 FROM child_application_pause p WHERE p.application_id = a.id AND p.until_on IS NULL))
        WHEN 'vouchers' THEN (SELECT count(*) FROM voucher v
            JOIN intermediary i ON i.organisation_id = v.organisation_id AND i.login_id = $2 AND i.ended_at IS NULL
            WHERE v.confirmed_at IS NULL AND v.rejected_at IS NULL AND v.proposed_by <> $2)
        WHEN 'awards' THEN (SELECT count(*) FROM child_application a
            JOIN budget b ON b.application_id = a.id JOIN balance c ON c.account_id = b.account_id AND c.usable_until > $5
            WHERE a.state = 'awarded' AND a.merchant_id = $4 AND a.participation IS NULL)
        WHEN 'invoices' THEN (SELECT count(*) FROM payee_invoice i WHERE i.confirmed_at IS NULL AND i.rejected_at IS NULL
            AND i.proposed_by <> $2)
        WHEN 'runs-to-approve' THEN (SELECT count(*) FROM settlement_run r WHERE r.state = 'proposed' AND r.proposed_by <> $2
            AND NOT settlement_is_large(r.id))
        WHEN 'large-runs' THEN (SELECT count(*) FROM settlement_run r WHERE r.state = 'proposed' AND r.proposed_by <> $2
            AND settlement_is_large(r.id))
        WHEN 'runs-to-export' THEN (SELECT count(*) FROM settlement_run r WHERE r.state = 'approved')
        WHEN 'runs-to-book' THEN (SELECT count(*) FROM settlement_run r WHERE r.state = 'exported')
        WHEN 'periods-to-reopen' THEN (SELECT count(*) FROM period_closing c WHERE c.reopening_proposed_at IS NOT NULL
            AND c.reopened_at IS NULL AND c.reopening_proposed_by <> $2)
        WHEN 'years-to-decide' THEN (SELECT count(*) FROM year_closing c WHERE c.rejected_at IS NULL AND c.reopened_at IS NULL
            AND (c.closed_at IS NULL AND c.proposed_by <> $2 OR c.reopening_proposed_by <> $2))
        WHEN 'periods-to-close' THEN (SELECT count(*) FROM generate_series(
            (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam') FROM epoch e ORDER BY e.number LIMIT 1),
            date_trunc('month', $3::date::timestamp) - interval '1 month', interval '1 month') AS m (month)
            WHERE NOT EXISTS (SELECT 1 FROM period_closing c
                WHERE c.period = m.month::date AND c.closed_at IS NOT NULL AND c.reopened_at IS NULL))
        WHEN 'bank-items' THEN (SELECT count(*) FROM bank_item i WHERE i.outcome = 'open'
            AND NOT EXISTS (SELECT 1 FROM bank_decision d WHERE d.item_id = i.id AND d.outcome IS NULL))
        WHEN 'bank-decisions' THEN (SELECT count(*) FROM bank_decision d WHERE d.outcome IS NULL AND d.proposed_by <> $2)
        WHEN 'debit-notes' THEN (SELECT count(*) FROM debit_note n WHERE n.approved_at IS NULL AND n.withdrawn_at IS NULL
            AND n.netted_at IS NULL AND n.proposed_by <> $2 AND debit_note_outstanding(n.id) > 0)
        WHEN 'debit-notes-due' THEN (SELECT count(*)
            FROM (SELECT ($3::date - debit_note_days() + 1)::timestamp AT TIME ZONE 'Europe/Amsterdam' AS at) due
            CROSS JOIN LATERAL merchants_below_zero(due.at) z
            JOIN merchant m ON m.id = z.merchant_id AND m.state <> 'ended' WHERE z.below_since < due.at
            AND NOT EXISTS (SELECT 1 FROM debit_note n WHERE n.merchant_id = z.merchant_id AND n.withdrawn_at IS NULL
                AND n.netted_at IS NULL AND n.received_cents < n.amount_cents AND n.proposed_at >= z.below_since))
        WHEN 'helpers-to-recognise' THEN (SELECT count(*) FROM login l WHERE l.state <> 'ended'
            AND EXISTS (SELECT 1 FROM login_role o WHERE o.login_id = l.id AND o.role IN ('intermediary', 'team_member'))
            AND NOT EXISTS (SELECT 1 FROM intermediary i WHERE i.login_id = l.id AND i.ended_at IS NULL))
        WHEN 'reopenings' THEN (SELECT count(*) FROM pass p WHERE p.reopening_proposed_at IS NOT NULL
            AND p.reopened_at IS NULL AND p.ended_on IS NOT NULL AND p.reopening_proposed_by <> $2)
        WHEN 'takeovers' THEN (SELECT count(*) FROM takeover t WHERE t.approved_at IS NULL AND t.ended_at IS NULL
            AND t.proposed_by <> $2)
        WHEN 'deviations' THEN (SELECT count(*) FROM deviation d WHERE d.confirmed_at IS NULL AND d.rejected_at IS NULL
            AND d.proposed_by <> $2)
        WHEN 'registrations' THEN (SELECT count(*) FROM merchant_registration r WHERE r.state IN ('received', 'answered')
            AND NOT EXISTS (SELECT 1 FROM merchant_registration_step s WHERE s.registration_id = r.id
                AND s.said IS NOT NULL AND s.login_id = $2))
        WHEN 'signals' THEN (SELECT count(*) FROM signal s
            WHERE NOT EXISTS (SELECT 1 FROM signal_verdict v WHERE v.signal_id = s.id))
        WHEN 'merchants' THEN (SELECT count(*) FROM merchant m WHERE m.state = 'requested')
        WHEN 'accounts' THEN (SELECT count(*) FROM payout_account a WHERE a.approved_at IS NULL AND a.rejected_at IS NULL
            AND a.proposed_by <> $2)
        WHEN 'incomes' THEN (SELECT count(*) FROM (
            SELECT v.household_number FROM resident_version v
            WHERE v.valid_from <= $3::date AND (v.left_on IS NULL OR v.left_on > $3::date)
                AND (v.died_on IS NULL OR v.died_on > $3::date)
                AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
                    AND n.valid_from > v.valid_from AND n.valid_from <= $3::date)
            GROUP BY v.household_number
            HAVING bool_and(v.income IS NULL) AND NOT bool_or(EXISTS (
                SELECT 1 FROM income_verdict_adult a JOIN income_verdict i ON i.id = a.verdict_id
                WHERE a.resident_id = v.resident_id AND i.assessed_on >= make_date(extract(year FROM $3::date)::int - 1, 1, 1)))
            ORDER BY v.household_number LIMIT $6) h)
        WHEN 'overspent' THEN (SELECT count(*) FROM appropriation a WHERE a.overspent_cents > 0
            AND a.budget_year = extract(year FROM $3::date))
        WHEN 'pots' THEN (SELECT count(*) FROM appropriation a JOIN balance b ON b.account_id = a.account_id
            WHERE a.closed_pot AND a.budget_year = extract(year FROM $3::date) AND b.amount * 10 < (SELECT sum(l.amount_cents)
                FROM appropriation_line l WHERE l.scheme_id = a.scheme_id AND l.budget_year = a.budget_year))
        WHEN 'first-till' THEN (SELECT count(*) FROM merchant m WHERE m.id = $4 AND m.state = 'approved'
            AND NOT EXISTS (SELECT 1 FROM till t WHERE t.merchant_id = m.id))
        WHEN 'own-tills' THEN (SELECT count(*) FROM till t WHERE t.merchant_id = $4 AND t.state = 'invited')
        WHEN 'webhooks' THEN (SELECT count(*) FROM webhook_endpoint w WHERE w.merchant_id = $4 AND w.state = 'failing')
        WHEN 'invitations' THEN (SELECT count(*) FROM login l WHERE l.state = 'invited' AND l.invitation_until < $5)
        WHEN 'jobs' THEN (SELECT count(*) FROM job j WHERE j.state = 'failed' AND j.ended_at > $5::timestamptz - interval '7 days')
        END)::int AS waits
    FROM unnest($1::text[]) WITH ORDINALITY AS w (kind, n) ORDER BY w.n
    """,
    WaitingRow,
)


async def waiting_for(connection: Connection, actor: Actor, *, now: datetime) -> list[Waiting]:
    """Count what waits for somebody; what there is nothing of is left out."""
    work = {one.kind: one for one in WORK if one.is_for(actor)}
    counts = await count_waiting(connection, work, actor, now=now)
    merchant = str(actor.merchant_id)
    return [
        Waiting(kind, worded(work[kind], waits), work[kind].address.format(merchant=merchant))
        for kind, waits in counts.items()
        if waits
    ]


async def count_waiting(
    connection: Connection, kinds: Iterable[str], actor: Actor, *, now: datetime
) -> dict[str, int]:
    rows = await COUNT_WAITING.all(
        connection,
        list(kinds),
        actor.id,
        day_of(now),
        actor.merchant_id,
        now,
        MOST_COUNTED,
    )
    return {row.kind: row.waits for row in rows}


def worded(work: Work, waits: int) -> str:
    if waits == 1:
        return f"1 {work.one}"
    number = f"{count(waits)} of meer" if waits >= MOST_COUNTED else count(waits)
    return f"{number} {work.more}"
