"""Households that wait for an officer: those that applied, and those whose income is unknown."""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.grants.ground import read_ground
from pas.grants.read_households import HouseholdRow, read_facts
from pas.ids import HouseholdNumber, ResidentId

ON_A_PAGE: Final = 50
CANDIDATES: Final = 500
"""Households looked at in one go; most of those whose files hold an empty income are unknown."""


class WaitingHousehold(msgspec.Struct, frozen=True, rename="camel"):
    """A household by its oldest member; ``received_at`` when it applied, None if it did not."""

    household_number: HouseholdNumber
    resident_id: ResidentId
    name: str
    members: int
    received_at: datetime | None


READ_APPLIED: Final = Statement(
    """
    SELECT a.household_number, m.resident_id, m.name, m.members, a.received_at
    FROM household_application a
    CROSS JOIN LATERAL (
        SELECT (array_agg(c.resident_id ORDER BY c.birth_date, c.resident_id))[1] AS resident_id,
            (array_agg(c.given_name || ' ' || c.family_name ORDER BY c.birth_date, c.resident_id))[1]
                AS name,
            count(*) AS members
        FROM resident_version c
        WHERE c.household_number = a.household_number
            AND (c.left_on IS NULL OR c.left_on > $2) AND (c.died_on IS NULL OR c.died_on > $2)
            AND c.valid_from = (SELECT max(n.valid_from) FROM resident_version n
                WHERE n.resident_id = c.resident_id AND n.valid_from <= $2)
    ) m
    WHERE a.state = 'received' AND a.year = $1 AND m.members > 0
    ORDER BY a.received_at, a.id LIMIT $3
    """,
    WaitingHousehold,
)
NEXT_CANDIDATES: Final = Statement(
    """
    SELECT household_number FROM resident_version WHERE household_number > $1
    GROUP BY household_number HAVING bool_or(income IS NULL) OR min(income) <> max(income)
    ORDER BY household_number LIMIT $2
    """,
    HouseholdRow,
)
READ_HOUSEHOLD: Final = Statement(
    """
    SELECT household_number FROM resident_version WHERE resident_id = $1 AND valid_from <= $2
    ORDER BY valid_from DESC LIMIT 1
    """,
    HouseholdRow,
)
READ_WAITING: Final = Statement(
    """
    SELECT h.number AS household_number, m.resident_id, m.name, m.members,
        (SELECT min(a.received_at) FROM household_application a WHERE a.household_number = h.number
            AND a.year = $2 AND a.state = 'received') AS received_at
    FROM unnest($1::text[]) AS h (number)
    CROSS JOIN LATERAL (
        SELECT (array_agg(c.resident_id ORDER BY c.birth_date, c.resident_id))[1] AS resident_id,
            (array_agg(c.given_name || ' ' || c.family_name ORDER BY c.birth_date, c.resident_id))[1]
                AS name,
            count(*) AS members
        FROM resident_version c
        WHERE c.household_number = h.number
            AND (c.left_on IS NULL OR c.left_on > $3) AND (c.died_on IS NULL OR c.died_on > $3)
            AND c.valid_from = (SELECT max(n.valid_from) FROM resident_version n
                WHERE n.resident_id = c.resident_id AND n.valid_from <= $3)
    ) m
    WHERE m.members > 0
    ORDER BY h.number
    """,
    WaitingHousehold,
)


async def applied_households(
    connection: Connection, *, year: int, on: date
) -> list[WaitingHousehold]:
    """Those that applied and have no answer yet, the longest waiting first."""
    return await READ_APPLIED.all(connection, year, on, ON_A_PAGE)


async def unknown_households(
    connection: Connection,
    *,
    year: int,
    on: date,
    after: ResidentId | None = None,
    limit: int = ON_A_PAGE,
) -> list[WaitingHousehold]:
    """Those whose income nobody knows, by number; an officer's verdict takes one off the list.

    A page starts after the household of a resident, because a number in an address is seen by others.
    """
    last = None if after is None else await READ_HOUSEHOLD.first(connection, after, on)
    number = "" if last is None else last.household_number
    ground = await read_ground(connection, year=year, on=on)
    found: list[WaitingHousehold] = []
    while len(found) < limit:
        rows = await NEXT_CANDIDATES.all(connection, number, CANDIDATES)
        if not rows:
            break
        number = rows[-1].household_number
        facts = await read_facts(connection, [row.household_number for row in rows], ground.days)
        unknown = [one.number for one in facts if one.income is None]
        found += await READ_WAITING.all(connection, unknown, year, on)
    return found[:limit]
