"""What is forgotten of signing in by card or mandate."""

from typing import Final

from pas.db import Statement
from pas.retention.message_clocks import Gone

FORGET_TRIES: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM sign_in_try WHERE ctid = ANY (ARRAY(
            SELECT t.ctid FROM sign_in_try t WHERE t.tried_at < $1 LIMIT $2))
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_REFUSED: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM refused_sign_in WHERE ctid = ANY (ARRAY(
            SELECT r.ctid FROM refused_sign_in r WHERE r.last_at < $1 LIMIT $2))
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_DEVICES: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM known_device WHERE ctid = ANY (ARRAY(
            SELECT k.ctid FROM known_device k WHERE k.used_at < $1 LIMIT $2))
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_MANDATES: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM mandate WHERE id IN (
            SELECT m.id FROM mandate m WHERE m.valid_until < ($1::timestamptz)::date OR m.ended_at < $1
            LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
