"""The parts of the file with everything about somebody: what each is, and the tables that it is read from.

A table that leads to a person is in a part, or stands in ``left_out`` with the reason; a test walks the
schema. Each statement gives one array of JSON, at most ``MOST`` long; ``$1`` is the person.
"""

from typing import Final

import msgspec

from pas.db import Statement
from pas.requests.sections_of_person import (
    CARDS,
    DIPLOMAS,
    INCOMES,
    MANAGING,
    PASSES,
    PERSON,
    Part,
)

MOST: Final = 10_000
"""Of each part; the file says where there was more."""


class Section(msgspec.Struct, frozen=True):
    """One part: its name, what it is in words, and where it comes from."""

    name: str
    about: str
    tables: tuple[str, ...]
    read: Statement[Part]


SIGN_INS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT s.started_at AS "startedAt", s.used_at AS "usedAt", s.ended_at AS "endedAt", s.assurance, s.device, NULL::int AS refused
        FROM session s WHERE s.actor_kind = 'holder' AND s.actor_id = $1
        UNION ALL
        SELECT f.last_at, NULL, NULL, NULL, NULL, f.refused FROM refused_sign_in f
        JOIN card c ON c.id = f.subject_id WHERE c.resident_id = $1
        ORDER BY 1 LIMIT $2) x
    """,
    Part,
)
BUDGETS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT b.account_id::text AS id, b.pass_id AS "passId", v.title AS scheme, b.budget_year AS "budgetYear",
            c.amount AS "balanceCents", n.amount AS "balanceVisits", c.usable_from AS "usableFrom", c.usable_until AS "usableUntil",
            b.lapses_on AS "lapsesOn", m.name AS "onlyAt", b.granted_at AS "grantedAt"
        FROM pass p JOIN budget b ON b.pass_id = p.id
        JOIN scheme_version v ON v.id = b.scheme_version_id
        JOIN balance c ON c.account_id = b.account_id
        LEFT JOIN balance n ON n.account_id = b.visits_account_id
        LEFT JOIN merchant m ON m.id = b.merchant_id
        WHERE p.resident_id = $1 ORDER BY b.granted_at, b.account_id LIMIT $2) x
    """,
    Part,
)
LINES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT b.account_id::text AS "budgetId", e.id AS "entryId", e.kind, e.occurred_at AS "occurredAt",
            e.recorded_at AS "recordedAt", e.reverses, u.unit,
            CASE WHEN t.credit = u.account THEN t.amount ELSE -t.amount END AS amount, m.name AS merchant, r.category
        FROM pass p JOIN budget b ON b.pass_id = p.id
        CROSS JOIN LATERAL (VALUES (b.account_id, 'cents'), (b.visits_account_id, 'visits')) AS u (account, unit)
        CROSS JOIN LATERAL (
            SELECT * FROM transfer d WHERE d.debit = u.account
            UNION ALL
            SELECT * FROM transfer c WHERE c.credit = u.account) t
        JOIN entry e ON e.id = t.entry_id
        LEFT JOIN redemption r ON r.entry_id = coalesce(e.reverses, e.id)
        LEFT JOIN merchant m ON m.id = r.merchant_id
        WHERE p.resident_id = $1 ORDER BY e.occurred_at, e.id, t.line LIMIT $2) x
    """,
    Part,
)
DECISIONS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT d.id, d.year, d.cause, d.assessed_on AS "assessedOn", d.decided_at AS "decidedAt", d.verdicts
        FROM decision d WHERE d.resident_id = $1 ORDER BY d.decided_at, d.id LIMIT $2) x
    """,
    Part,
)
GRANTS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT g.id, g.decision_id AS "decisionId", v.title AS scheme, g.budget_year AS "budgetYear",
            g.amount_cents AS "amountCents", g.visits, g.starts_on AS "startsOn", g.ends_on AS "endsOn", g.granted_on AS "grantedOn"
        FROM scheme_grant g JOIN scheme_version v ON v.id = g.scheme_version_id
        WHERE g.resident_id = $1 ORDER BY g.granted_on, g.id LIMIT $2) x
    """,
    Part,
)
DEVIATIONS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT d.id, d.year, v.title AS scheme, d.effect, d.origin, d.amount_cents AS "amountCents", d.reason,
            d.proposed_at AS "proposedAt", d.confirmed_at AS "confirmedAt", d.rejected_at AS "rejectedAt",
            d.rejected_because AS "rejectedBecause"
        FROM deviation d JOIN scheme_version v ON v.id = d.scheme_version_id
        WHERE d.resident_id = $1 ORDER BY d.proposed_at, d.id LIMIT $2) x
    """,
    Part,
)
APPLICATIONS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT a.id, a.year, a.channel, a.received_at AS "receivedAt", a.state, a.decided_at AS "decidedAt",
            encode(a.content_hash, 'hex') AS "contentHash"
        FROM household_application a
        WHERE a.resident_id = $1 OR a.applied_by = $1 OR (a.resident_id IS NULL AND a.household_number = (
            SELECT v.household_number FROM resident_version v WHERE v.resident_id = $1 ORDER BY v.valid_from DESC LIMIT 1))
        ORDER BY a.received_at, a.id LIMIT $2) x
    """,
    Part,
)
CHILD_APPLICATIONS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT a.id, o.name AS organisation, a.profession, a.received_at AS "receivedAt", a.state, a.what_for AS "whatFor",
            coalesce(m.name, a.club_name) AS club, a.asked_cents AS "askedCents", a.awarded_cents AS "awardedCents",
            a.refusal, a.reason, a.decided_at AS "decidedAt", a.participation, a.agreed_by AS "agreedBy",
            a.agreed_how AS "agreedHow", a.agreed_on AS "agreedOn", a.questions,
            (SELECT json_agg(json_build_object('from', p.from_on, 'until', p.until_on, 'reason', p.reason) ORDER BY p.from_on)
                FROM child_application_pause p WHERE p.application_id = a.id) AS pauses
        FROM child_application a JOIN organisation o ON o.id = a.organisation_id LEFT JOIN merchant m ON m.id = a.merchant_id
        WHERE a.resident_id = $1 ORDER BY a.received_at, a.id LIMIT $2) x
    """,
    Part,
)
CHOICES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT p.language, p.large_print AS "largePrint", NULL AS "afterSpending", NULL AS "beforeLapse", p.changed_at AS "changedAt"
        FROM holder_preference p WHERE p.resident_id = $1
        UNION ALL
        SELECT NULL, NULL, c.after_spending, c.before_lapse, c.changed_at
        FROM holder_choice c WHERE c.recipient_id = $1
        ORDER BY 5 LIMIT $2) x
    """,
    Part,
)
MESSAGES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT m.reason, m.channel, m.state, m.problem, m.made_at AS "madeAt", m.ended_at AS "endedAt"
        FROM holder_message m WHERE m.recipient_id = $1
        UNION ALL
        SELECT 'lapse', r.channel, 'told', NULL, r.told_at, NULL FROM lapse_reminder r WHERE r.recipient_id = $1
        ORDER BY 5 LIMIT $2) x
    """,
    Part,
)
COUPONS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT c.account_id::text AS "budgetId", c.face_cents AS "faceCents", r.valid_from AS "validFrom", r.valid_until AS "validUntil",
            (SELECT e.sold_on FROM coupon_entry e WHERE e.coupon_id = c.id AND e.entry_id IS NOT NULL) AS "usedOn"
        FROM coupon c JOIN coupon_run r ON r.id = c.run_id JOIN budget b ON b.account_id = c.account_id JOIN pass p ON p.id = b.pass_id
        WHERE p.resident_id = $1 ORDER BY r.started_at, c.account_id, c.place LIMIT $2) x
    """,
    Part,
)
REFUSED: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT r.refused_at AS "refusedAt", m.name AS merchant, r.refusal
        FROM refused_scan r JOIN merchant m ON m.id = r.merchant_id
        WHERE r.resident_id = $1 ORDER BY r.refused_at LIMIT $2) x
    """,
    Part,
)
REQUESTS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT r.id, r.number, r.kind, r.decision_id AS "decisionId", r.field, r.channel, r.received_at AS "receivedAt",
            r.answer_by AS "answerBy", r.state, encode(r.content_hash, 'hex') AS "contentHash",
            (SELECT json_agg(json_build_object('number', s.number, 'kind', s.kind, 'takenAt', s.taken_at, 'by', s.actor_kind,
                'words', s.words, 'outcome', s.outcome, 'answerBy', s.answer_by) ORDER BY s.number)
                FROM holder_request_step s WHERE s.request_id = r.id) AS steps
        FROM holder_request r WHERE r.resident_id = $1 ORDER BY r.received_at, r.id LIMIT $2) x
    """,
    Part,
)
CHANGES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT e.kind, e.recorded_at AS "recordedAt", e.actor_kind AS "by"
        FROM event e WHERE e.subject_id = $1 OR e.subject_id IN (SELECT c.id FROM card c WHERE c.resident_id = $1)
            OR e.subject_id IN (SELECT p.id FROM pass p WHERE p.resident_id = $1)
            OR e.subject_id IN (SELECT m.id FROM mandate m WHERE m.resident_id = $1)
        ORDER BY e.recorded_at, e.id LIMIT $2) x
    """,
    Part,
)
USES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT p.recorded_at AS "usedAt", p.activity, p.actor_kind AS "by", m.name AS merchant, p.taken_cents AS "takenCents"
        FROM processing_log p
        LEFT JOIN till t ON p.actor_kind = 'till' AND t.id = p.actor_id
        LEFT JOIN login l ON p.actor_kind = 'login' AND l.id = p.actor_id
        LEFT JOIN merchant m ON m.id = coalesce(t.merchant_id, l.merchant_id)
        WHERE p.subject_id = $1 ORDER BY p.recorded_at DESC, p.operation_id DESC LIMIT $2) x
    """,
    Part,
)

SECTIONS: Final = (
    Section(
        "person",
        "Wie u bent, en wat daarvan sinds welke dag bekend is.",
        ("resident", "resident_version"),
        PERSON,
    ),
    Section(
        "managing", "Wie uw pas beheert, en wiens pas u beheert.", ("managing_adult",), MANAGING
    ),
    Section(
        "incomes",
        "Wat wij over het inkomen van het huishouden vastlegden. 10000 is 100 procent.",
        ("income_verdict", "income_verdict_adult"),
        INCOMES,
    ),
    Section("swimmingDiplomas", "Uw zwemdiploma.", ("swimming_diploma",), DIPLOMAS),
    Section("passes", "Uw passen, per jaar.", ("pass",), PASSES),
    Section(
        "cards",
        "Uw kaarten. De codes staan er niet in: wie die heeft, kan betalen.",
        ("card",),
        CARDS,
    ),
    Section(
        "signIns",
        "Wanneer u inlogde, en hoe vaak een code fout was.",
        ("session", "refused_sign_in"),
        SIGN_INS,
    ),
    Section("budgets", "Uw tegoed, in centen of bezoeken.", ("budget",), BUDGETS),
    Section(
        "lines",
        "Elk bedrag dat op een tegoed kwam of eraf ging. Samen zijn zij het tegoed.",
        ("budget",),
        LINES,
    ),
    Section("decisions", "Wat is besloten, met de reden per regeling.", ("decision",), DECISIONS),
    Section("grants", "Wat is toegekend.", ("scheme_grant",), GRANTS),
    Section("deviations", "Uitzonderingen, met de reden.", ("deviation",), DEVIATIONS),
    Section("applications", "Aanvragen van de pas.", ("household_application",), APPLICATIONS),
    Section(
        "childApplications",
        "Wat een hulpverlener voor u aanvroeg.",
        ("child_application", "child_application_pause"),
        CHILD_APPLICATIONS,
    ),
    Section(
        "choices",
        "Welke berichten u wilt, en in welke taal.",
        ("holder_preference", "holder_choice"),
        CHOICES,
    ),
    Section(
        "messages",
        "Welke berichten wij u stuurden. Wat erin stond, bewaren wij niet.",
        ("holder_message", "lapse_reminder"),
        MESSAGES,
    ),
    Section("coupons", "Bonnen op papier bij een tegoed, zonder de codes.", ("coupon",), COUPONS),
    Section("refused", "Waar de pas niet werd aangenomen.", ("refused_scan",), REFUSED),
    Section(
        "requests",
        "Uw bezwaren, klachten en andere vragen, en wat wij deden.",
        ("holder_request", "holder_request_step"),
        REQUESTS,
    ),
    Section("changes", "Wat er is veranderd, en wanneer.", ("event",), CHANGES),
    Section(
        "uses",
        "Wie uw gegevens gebruikte. Zonder naam was het de gemeente.",
        ("processing_log",),
        USES,
    ),
)
