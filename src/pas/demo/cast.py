"""Who a visitor of the demonstration can be: holders and tills that have something to show."""

from datetime import UTC, date, datetime
from typing import Final

import msgspec

from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import CardId, MerchantId, ResidentId, TillId, uuid7
from pas.money import Cents
from pas.passes.codes import ActivationCode

KEY: Final = "demo_cast"


class Letter(msgspec.Struct, frozen=True):
    """Whose letter lies open for a visitor: the card, and the code that only the letter says."""

    card: CardId
    code: ActivationCode


class Cast(msgspec.Struct, frozen=True):
    """Chosen when the city was made, so that every visit meets the same people."""

    holders: tuple[ResidentId, ...] = ()
    tills: tuple[TillId, ...] = ()
    applicants: tuple[ResidentId, ...] = ()
    letter: Letter | None = None


class CastRow(msgspec.Struct, frozen=True):
    value: str


class DemoHolder(msgspec.Struct, frozen=True):
    """Somebody, the children whose passes they look after, and what all of them can still spend."""

    id: ResidentId
    name: str
    birth_date: date
    children: int
    left_cents: Cents


class DemoTill(msgspec.Struct, frozen=True):
    """A till of an approved merchant, with what it may take."""

    id: TillId
    merchant_id: MerchantId
    merchant: str
    name: str
    takes: str


READ_CAST: Final = Statement(
    "SELECT value FROM setting WHERE key = $1 ORDER BY recorded_at DESC, id DESC LIMIT 1", CastRow
)
KEEP_CAST: Final = Statement(
    "INSERT INTO setting (id, key, value, recorded_by) VALUES ($1, $2, $3, $1)", None
)
READ_HOLDERS: Final = Statement(
    """
    SELECT w.id, (SELECT v.given_name || ' ' || v.family_name FROM resident_version v
            WHERE v.resident_id = w.id ORDER BY v.valid_from DESC LIMIT 1) AS name,
        (SELECT v.birth_date FROM resident_version v
            WHERE v.resident_id = w.id ORDER BY v.valid_from DESC LIMIT 1) AS birth_date,
        (SELECT count(*) FROM managing_adult m
            WHERE m.adult_id = w.id AND (m.valid_until IS NULL OR m.valid_until > $2))::int AS children,
        coalesce((SELECT sum(n.amount) FROM pass p
            JOIN budget b ON b.pass_id = p.id AND b.visits_account_id IS NULL
            JOIN balance n ON n.account_id = b.account_id AND n.usable_from <= now() AND n.usable_until > now()
            WHERE p.resident_id = w.id OR p.resident_id IN (SELECT m.child_id FROM managing_adult m
                WHERE m.adult_id = w.id AND (m.valid_until IS NULL OR m.valid_until > $2))), 0)::bigint AS left_cents
    FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, n)
    JOIN resident r ON r.id = w.id
    ORDER BY w.n
    """,
    DemoHolder,
)
READ_TILLS: Final = Statement(
    """
    SELECT t.id, m.id AS merchant_id, m.name AS merchant, t.name, (
            SELECT string_agg(DISTINCT c.title, ', ' ORDER BY c.title)
            FROM agreement a JOIN category c ON c.code = a.category WHERE a.merchant_id = m.id) AS takes
    FROM unnest($1::uuid[]) WITH ORDINALITY AS w (id, n)
    JOIN till t ON t.id = w.id
    JOIN merchant m ON m.id = t.merchant_id
    ORDER BY w.n
    """,
    DemoTill,
)


class Chosen(msgspec.Struct, frozen=True):
    """Somebody who is worth being."""

    id: ResidentId


CHOOSE_HOLDERS: Final = Statement(
    """
    WITH adult AS (
        SELECT r.id, r.person_number, v.birth_date,
            (SELECT count(*) FROM managing_adult m
                WHERE m.adult_id = r.id AND m.valid_from <= $1 AND (m.valid_until IS NULL OR m.valid_until > $1)) AS children,
            (SELECT count(*) FROM managing_adult m JOIN pass q ON q.resident_id = m.child_id AND q.starts_on <= $1 AND q.ends_on > $1
                WHERE m.adult_id = r.id AND m.valid_from <= $1 AND (m.valid_until IS NULL OR m.valid_until > $1)) AS passes,
            (SELECT count(*) FROM budget b WHERE b.pass_id = p.id) AS budgets
        FROM resident r
        JOIN pass p ON p.resident_id = r.id AND p.starts_on <= $1 AND p.ends_on > $1
        JOIN LATERAL (SELECT birth_date FROM resident_version x WHERE x.resident_id = r.id
            ORDER BY x.valid_from DESC LIMIT 1) v ON true
        WHERE v.birth_date <= $1::date - interval '25 years'
    ), ranked AS (
        SELECT id, children, row_number() OVER (PARTITION BY least(children, 3) ORDER BY budgets DESC, person_number) AS place
        FROM adult WHERE passes = children
    )
    SELECT id FROM ranked WHERE place = 1 ORDER BY children DESC
    """,
    Chosen,
)


CHOOSE_APPLICANT: Final = Statement(
    """
    SELECT r.id FROM resident r
    JOIN LATERAL (SELECT birth_date, income, household_number FROM resident_version x
        WHERE x.resident_id = r.id ORDER BY x.valid_from DESC LIMIT 1) v ON true
    WHERE v.income IS NULL AND v.birth_date <= $1::date - interval '18 years'
        AND NOT EXISTS (SELECT 1 FROM pass p WHERE p.resident_id = r.id)
        AND EXISTS (SELECT 1 FROM managing_adult m WHERE m.adult_id = r.id)
    ORDER BY r.person_number LIMIT 1
    """,
    Chosen,
)


async def choose_applicants(connection: Connection, *, today: date) -> tuple[ResidentId, ...]:
    """A parent whose income nobody knows, so without a pass."""
    return tuple(one.id for one in await CHOOSE_APPLICANT.all(connection, today))


async def choose_holders(connection: Connection, *, today: date) -> tuple[ResidentId, ...]:
    """A parent of three or more, of two, of one, and somebody without children."""
    return tuple(one.id for one in await CHOOSE_HOLDERS.all(connection, today))


async def read_cast(connection: Connection) -> Cast:
    found = await READ_CAST.first(connection, KEY)
    return Cast() if found is None else msgspec.json.decode(found.value, type=Cast)


async def keep_cast(connection: Connection, cast: Cast) -> None:
    await KEEP_CAST.run(connection, uuid7(), KEY, msgspec.json.encode(cast).decode())


async def applicants_of(connection: Connection, cast: Cast) -> list[DemoHolder]:
    return await READ_HOLDERS.all(connection, cast.applicants, day_of(datetime.now(UTC)))


async def people_of(connection: Connection, cast: Cast) -> tuple[list[DemoHolder], list[DemoTill]]:
    return (
        await READ_HOLDERS.all(connection, cast.holders, day_of(datetime.now(UTC))),
        await READ_TILLS.all(connection, cast.tills),
    )
