"""Whom somebody may look at: themselves and the children they look after; and their passes."""

from datetime import date
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import PassId, ResidentId


class HouseholdPass(msgspec.Struct, frozen=True, rename="camel"):
    """Whose pass it is, by first name, with the year of birth where two have the same one."""

    pass_id: PassId
    resident_id: ResidentId
    name: str


class WaitingRow(msgspec.Struct, frozen=True):
    waits: bool


class HouseholdPerson(msgspec.Struct, frozen=True):
    id: ResidentId
    name: str


READ_HOUSEHOLD: Final = Statement(
    """
    SELECT p.id AS pass_id, w.id AS resident_id, v.given_name || CASE WHEN count(*) OVER (PARTITION BY v.given_name) = 1 THEN ''
        ELSE ' (' || extract(year FROM v.birth_date)::int || ')' END AS name
    FROM (
        SELECT $1::uuid AS id, 0 AS place
        UNION ALL
        SELECT m.child_id, 1 FROM managing_adult m
        WHERE m.adult_id = $1 AND m.valid_from <= $2 AND (m.valid_until IS NULL OR m.valid_until > $2)
    ) w
    JOIN LATERAL (
        SELECT id FROM pass WHERE resident_id = w.id AND starts_on <= $2 ORDER BY year DESC LIMIT 1
    ) p ON true
    JOIN LATERAL (
        SELECT given_name, birth_date FROM resident_version
        WHERE resident_id = w.id AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
    ) v ON true
    ORDER BY w.place, v.birth_date, w.id
    """,
    HouseholdPass,
)
READ_PEOPLE: Final = Statement(
    """
    SELECT w.id, v.given_name || CASE WHEN count(*) OVER (PARTITION BY v.given_name) = 1 THEN ''
        ELSE ' (' || extract(year FROM v.birth_date)::int || ')' END AS name
    FROM (
        SELECT $1::uuid AS id, 0 AS place
        UNION ALL
        SELECT m.child_id, 1 FROM managing_adult m
        WHERE m.adult_id = $1 AND m.valid_from <= $2 AND (m.valid_until IS NULL OR m.valid_until > $2)
    ) w
    JOIN LATERAL (
        SELECT given_name, birth_date FROM resident_version
        WHERE resident_id = w.id AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
    ) v ON true
    ORDER BY w.place, v.birth_date, w.id
    """,
    HouseholdPerson,
)

READ_WAITING: Final = Statement(
    """
    SELECT EXISTS (
        SELECT 1 FROM household_application a
        WHERE a.state = 'received' AND a.household_number = (
            SELECT household_number FROM resident_version
            WHERE resident_id = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1)
    ) AS waits
    """,
    WaitingRow,
)


async def applied_already(connection: Connection, holder: ResidentId, *, today: date) -> bool:
    """Whether the household asked for the pass and waits for an answer."""
    return (await READ_WAITING.one(connection, holder, today)).waits


async def household_people(
    connection: Connection, holder: ResidentId, *, today: date
) -> list[HouseholdPerson]:
    """Give the holder, then the children whose pass they manage or would manage."""
    return await READ_PEOPLE.all(connection, holder, today)


async def household_passes(
    connection: Connection, holder: ResidentId, *, today: date
) -> list[HouseholdPass]:
    return await READ_HOUSEHOLD.all(connection, holder, today)
