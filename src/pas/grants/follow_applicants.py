"""An application that waits follows whoever applied: a household gets another number when it moves.

Who applied may die or leave; then the oldest adult who is still there takes the application over.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Final

from pas.auth.actor import Actor
from pas.days import day_of
from pas.db import Connection, Statement
from pas.grants.applications import Receipt, record_application
from pas.ids import HouseholdNumber

HAND_OVER: Final = Statement(
    """
    UPDATE household_application a SET resident_id = heir.resident_id
    FROM household_application o
    JOIN resident_version gone ON gone.resident_id = o.resident_id AND gone.valid_from <= $1::date
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = gone.resident_id
            AND n.valid_from > gone.valid_from AND n.valid_from <= $1)
    CROSS JOIN LATERAL (
        SELECT v.resident_id FROM resident_version v
        WHERE v.household_number = gone.household_number AND v.valid_from <= $1
            AND v.birth_date <= $1::date - interval '18 years'
            AND (v.left_on IS NULL OR v.left_on > $1) AND (v.died_on IS NULL OR v.died_on > $1)
            AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
                AND n.valid_from > v.valid_from AND n.valid_from <= $1)
        ORDER BY v.birth_date, v.resident_id LIMIT 1
    ) heir
    WHERE a.id = o.id AND o.state = 'received' AND (gone.left_on <= $1 OR gone.died_on <= $1)
    """,
    None,
)
MOVE: Final = Statement(
    """
    UPDATE household_application a SET household_number = h.household_number, moved_at = $2
    FROM resident_version h
    WHERE a.state = 'received' AND h.resident_id = a.resident_id AND h.valid_from <= $1
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = h.resident_id
            AND n.valid_from > h.valid_from AND n.valid_from <= $1)
        AND h.household_number <> a.household_number
        AND ($3::text[] IS NULL OR a.household_number = ANY ($3) OR h.household_number = ANY ($3))
    RETURNING a.id, a.household_number, a.year::int AS year, a.channel, a.received_at,
        encode(a.content_hash, 'hex') AS content_hash, a.state, a.decided_at
    """,
    Receipt,
)


async def follow_applicants(
    connection: Connection,
    numbers: Sequence[HouseholdNumber] | None,
    *,
    actor: Actor,
    now: datetime,
) -> None:
    """Give open applications the number under which the applicant lives today; None is all of them."""
    await HAND_OVER.run(connection, day_of(now))
    for moved in await MOVE.all(connection, day_of(now), now, numbers):
        await record_application(connection, "application.moved", moved, actor=actor, now=now)
