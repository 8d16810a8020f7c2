"""Who somebody is, whom they manage, and their passes and cards, for the file with everything about them."""

from typing import Final

import msgspec

from pas.db import Statement


class Part(msgspec.Struct, frozen=True):
    content: str
    found: int


PERSON: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT v.valid_from AS "validFrom", r.person_number AS "personNumber", r.bsn_hash IS NOT NULL AS "hasCitizenNumber",
            v.given_name AS "givenName", v.family_name AS "familyName", v.birth_date AS "birthDate", v.address, v.postcode,
            v.city, v.area, v.household_number AS "householdNumber", v.household_type AS "householdType",
            v.income AS "incomeBasisPoints", v.income_source AS "incomeSource", v.school_type AS "schoolType",
            v.guardian_number AS "guardianNumber", v.left_on AS "leftOn", v.died_on AS "diedOn", v.recorded_at AS "recordedAt"
        FROM resident r JOIN resident_version v ON v.resident_id = r.id
        WHERE r.id = $1 ORDER BY v.valid_from LIMIT $2) x
    """,
    Part,
)
MANAGING: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT CASE WHEN a.child_id = $1 THEN 'isManagedBy' ELSE 'manages' END AS relation, a.kind, a.valid_from AS "validFrom",
            a.valid_until AS "validUntil", (SELECT v.given_name FROM resident_version v
                WHERE v.resident_id = CASE WHEN a.child_id = $1 THEN a.adult_id ELSE a.child_id END
                ORDER BY v.valid_from DESC LIMIT 1) AS "givenName"
        FROM managing_adult a WHERE a.child_id = $1 OR a.adult_id = $1 ORDER BY a.valid_from LIMIT $2) x
    """,
    Part,
)
INCOMES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT v.income AS "incomeBasisPoints", v.source, v.assessed_on AS "assessedOn", v.recorded_at AS "recordedAt",
            v.household_number AS "householdNumber"
        FROM income_verdict_adult a JOIN income_verdict v ON v.id = a.verdict_id
        WHERE a.resident_id = $1 ORDER BY v.recorded_at LIMIT $2) x
    """,
    Part,
)
DIPLOMAS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT d.obtained_on AS "obtainedOn", d.recorded_at AS "recordedAt"
        FROM swimming_diploma d WHERE d.resident_id = $1 LIMIT $2) x
    """,
    Part,
)
PASSES: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT p.id, p.year, p.starts_on AS "startsOn", p.ends_on AS "endsOn", p.ended_on AS "endedOn",
            p.ended_because AS "endedBecause", p.reopening_reason AS "reopeningReason", p.reopened_at AS "reopenedAt"
        FROM pass p WHERE p.resident_id = $1 ORDER BY p.year LIMIT $2) x
    """,
    Part,
)
CARDS: Final = Statement(
    """
    SELECT coalesce(json_agg(row_to_json(x)), '[]')::text AS content, count(*)::int AS found FROM (
        SELECT c.id, c.form, c.state, c.state_since AS "stateSince", c.expires_at AS "expiresAt", c.replaces,
            c.created_at AS "createdAt"
        FROM card c WHERE c.resident_id = $1 ORDER BY c.created_at LIMIT $2) x
    """,
    Part,
)
