"""What telephones and tills leave behind for a short while; when it goes stands in ``clocks``."""

from typing import Final

from pas.db import Statement
from pas.retention.message_clocks import Gone

FORGET_PHONE_CODES: Final = Statement("SELECT forget_phone_codes($1, $2)::bigint AS count", Gone)
FORGET_REFUSED_SCANS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM refused_scan WHERE ctid = ANY (ARRAY(
            SELECT s.ctid FROM refused_scan s WHERE s.refused_at < $1 LIMIT $2))
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
FORGET_TELEPHONE_LINKS: Final = Statement(
    """
    WITH gone AS (
        DELETE FROM telephone_link WHERE code_hash IN (
            SELECT l.code_hash FROM telephone_link l WHERE l.valid_until < $1 LIMIT $2)
        RETURNING 1
    )
    SELECT count(*) AS count FROM gone
    """,
    Gone,
)
