"""What is deleted of messages to holders and of where they went; ``clocks`` says when."""

from typing import Final

import msgspec

from pas.db import Statement


class Gone(msgspec.Struct, frozen=True):
    count: int


FORGET_HOLDER_MESSAGES: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM holder_message WHERE id IN (SELECT m.id FROM holder_message m WHERE m.made_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_CONTACT_CHECKS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM contact_check WHERE id IN (SELECT c.id FROM contact_check c WHERE c.made_at < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_CONTACTS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM holder_contact WHERE (resident_id, channel) IN (
            SELECT c.resident_id, c.channel FROM holder_contact c
            WHERE c.verified_at < $1 AND NOT EXISTS (
                SELECT 1 FROM pass p WHERE coalesce(p.ended_on, p.ends_on) > ($1::timestamptz)::date
                AND (p.resident_id = c.resident_id
                    OR p.resident_id IN (SELECT a.child_id FROM managing_adult a WHERE a.adult_id = c.resident_id)))
            LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
