"""Who used whose data, when and why: what the processing log says, so that its person understands it.

The person, and who manages them, read it; that somebody of the municipality did is noted elsewhere.
"""

from datetime import datetime
from typing import Final, Literal

import msgspec

from pas.db import Connection, Statement
from pas.ids import ResidentId

USES_ON_A_PAGE: Final = 50


class Use(msgspec.Struct, frozen=True):
    """One use: by a merchant, an organisation that helps, somebody who manages the pass, or by us."""

    activity: str
    used_at: datetime
    actor_kind: Literal["till", "login", "holder", "job", "system"]
    is_self: bool
    by_name: str | None
    till_kind: Literal["merchant", "intermediary", "counter"] | None
    merchant: str | None
    organisation: str | None


READ_USES: Final = Statement(
    """
    SELECT p.activity, p.recorded_at AS used_at, p.actor_kind, p.actor_kind = 'holder' AND p.actor_id = p.subject_id AS is_self,
        CASE WHEN p.actor_kind = 'holder' THEN coalesce((
            SELECT v.given_name FROM resident_version v WHERE v.resident_id = p.actor_id ORDER BY v.valid_from DESC LIMIT 1
        ), (SELECT d.name FROM mandate d WHERE d.id = p.actor_id)) END AS by_name,
        t.kind AS till_kind, m.name AS merchant, o.name AS organisation
    FROM processing_log p
    LEFT JOIN till t ON p.actor_kind = 'till' AND t.id = p.actor_id
    LEFT JOIN login l ON l.id = CASE WHEN p.actor_kind = 'login' THEN p.actor_id ELSE t.login_id END
    LEFT JOIN merchant m ON m.id = coalesce(t.merchant_id, l.merchant_id)
    LEFT JOIN LATERAL (
        SELECT i.organisation_id FROM intermediary i WHERE i.login_id = l.id ORDER BY i.recognised_at DESC LIMIT 1
    ) h ON true
    LEFT JOIN organisation o ON o.id = h.organisation_id
    WHERE p.subject_id = $1
    ORDER BY p.recorded_at DESC, p.operation_id DESC LIMIT $2 OFFSET $3
    """,
    Use,
)


async def uses_of(connection: Connection, resident_id: ResidentId, *, page: int) -> list[Use]:
    """The newest first; one more than a page holds where there is a next one."""
    skip = (page - 1) * USES_ON_A_PAGE
    return await READ_USES.all(connection, resident_id, USES_ON_A_PAGE + 1, skip)
