"""Reads where a pass is taken today: approved merchants, what was agreed with them, and what they offer.

Nothing else of a merchant is read: what it told us to be reached or paid by is not for the public.
"""

from collections.abc import Sequence
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.guide.rules import Fits, Offered, Place

PLACES_ON_A_PAGE: Final = 50
MOST_CHOICES: Final = 200
MOST_OFFERS: Final = 1_500
"""More than all merchants of a page can offer at once."""


class Wanted(msgspec.Struct, frozen=True, kw_only=True):
    """Which places to list: of a purpose, in an area, with a part of a name; ``fits`` None: of any pass."""

    category: str | None = None
    area: str | None = None
    text: str | None = None
    fits: Sequence[Fits] | None = None
    page: int = 1


class ChoiceRow(msgspec.Struct, frozen=True):
    value: str
    title: str


class PurposeRow(msgspec.Struct, frozen=True):
    """A purpose that somebody takes passes for, and how many do."""

    code: str
    title: str
    merchants: int


READ_PLACES: Final = Statement(
    """
    SELECT a.category, c.title AS purpose, coalesce(l.area, '') AS area, m.id AS merchant_id, m.name,
        nullif(l.name, m.name) AS location, l.address, l.postcode, l.city, min(a.visit_price_cents) AS visit_price_cents
    FROM merchant m
    JOIN agreement a ON a.merchant_id = m.id AND a.valid_from <= $1::date AND (a.valid_until IS NULL OR a.valid_until > $1::date)
    JOIN category c ON c.code = a.category
    LEFT JOIN location l ON l.merchant_id = m.id AND (l.ended_on IS NULL OR l.ended_on > $1::date)
    WHERE m.state = 'approved' AND m.kind = 'regular'
        AND ($2::text IS NULL OR a.category = $2)
        AND ($3::text IS NULL OR coalesce(l.area, '') = $3)
        AND ($4::text IS NULL OR position(lower($4) IN lower(m.name)) > 0 OR position(lower($4) IN lower(l.name)) > 0)
        AND ($5::text[] IS NULL OR EXISTS (
            SELECT 1 FROM unnest($5::text[], $6::uuid[], $7::bool[]) AS f (category, merchant, in_visits)
            WHERE f.category = a.category AND (f.merchant IS NULL OR f.merchant = m.id)
                AND (NOT f.in_visits OR a.visit_price_cents IS NOT NULL)))
    GROUP BY a.category, c.title, l.area, m.id, m.name, l.id, l.name, l.address, l.postcode, l.city
    ORDER BY c.title, a.category, l.area NULLS LAST, lower(m.name), m.id, l.name, l.id
    LIMIT $8 OFFSET $9
    """,
    Place,
)
READ_AREAS: Final = Statement(
    """
    SELECT DISTINCT l.area AS value, l.area AS title
    FROM merchant m
    JOIN agreement a ON a.merchant_id = m.id AND a.valid_from <= $1::date AND (a.valid_until IS NULL OR a.valid_until > $1::date)
    JOIN location l ON l.merchant_id = m.id AND (l.ended_on IS NULL OR l.ended_on > $1::date)
    WHERE m.state = 'approved' AND m.kind = 'regular' AND l.area <> '' AND ($2::text[] IS NULL OR a.category = ANY ($2))
    ORDER BY 1 LIMIT $3
    """,
    ChoiceRow,
)
READ_PURPOSES: Final = Statement(
    """
    SELECT c.code, c.title, count(DISTINCT m.id)::int AS merchants
    FROM category c
    JOIN agreement a ON a.category = c.code AND a.valid_from <= $1::date AND (a.valid_until IS NULL OR a.valid_until > $1::date)
    JOIN merchant m ON m.id = a.merchant_id AND m.state = 'approved' AND m.kind = 'regular'
    WHERE $2::text[] IS NULL OR EXISTS (
        SELECT 1 FROM unnest($2::text[], $3::uuid[], $4::bool[]) AS f (category, merchant, in_visits)
        WHERE f.category = a.category AND (f.merchant IS NULL OR f.merchant = m.id)
            AND (NOT f.in_visits OR a.visit_price_cents IS NOT NULL))
    GROUP BY c.code, c.title ORDER BY c.title, c.code LIMIT $5
    """,
    PurposeRow,
)
READ_OFFERED: Final = Statement(
    """
    SELECT o.merchant_id, v.category, v.title, v.price_cents, v.visits, v.conditions
    FROM offer o JOIN LATERAL (
        SELECT * FROM offer_version w WHERE w.offer_id = o.id ORDER BY w.number DESC LIMIT 1
    ) v ON true
    WHERE o.merchant_id = ANY ($2::uuid[]) AND NOT v.is_ended
        AND v.valid_from <= $1::date AND (v.valid_until IS NULL OR v.valid_until > $1::date)
    ORDER BY o.merchant_id, o.place, o.id LIMIT $3
    """,
    Offered,
)


async def find_places(connection: Connection, wanted: Wanted, *, today: date) -> list[Place]:
    """By purpose, area and name; one more than a page holds where there is a next one."""
    return await READ_PLACES.all(
        connection,
        *(today, wanted.category, wanted.area, wanted.text),
        *_columns(wanted.fits),
        *(PLACES_ON_A_PAGE + 1, (wanted.page - 1) * PLACES_ON_A_PAGE),
    )


async def areas_of(
    connection: Connection, fits: Sequence[Fits] | None, *, today: date
) -> list[tuple[str, str]]:
    """The areas that one can choose from."""
    rows = await READ_AREAS.all(connection, today, _categories(fits), MOST_CHOICES)
    return [(row.value, row.title) for row in rows]


async def purposes_of(
    connection: Connection, fits: Sequence[Fits] | None, *, today: date
) -> list[PurposeRow]:
    """The purposes that somebody takes these passes for."""
    return await READ_PURPOSES.all(connection, today, *_columns(fits), MOST_CHOICES)


async def offered_by(
    connection: Connection, merchants: Sequence[UUID], *, today: date
) -> list[Offered]:
    """What these merchants offer today, in the order of their tills."""
    return await READ_OFFERED.all(connection, today, list(set(merchants)), MOST_OFFERS)


def _categories(fits: Sequence[Fits] | None) -> list[str] | None:
    return None if fits is None else sorted({one.category for one in fits})


def _columns(fits: Sequence[Fits] | None) -> tuple[object, object, object]:
    """What fits, as the statements want it; all None for any pass."""
    if fits is None:
        return None, None, None
    return (
        [one.category for one in fits],
        [one.merchant_id for one in fits],
        [one.in_visits for one in fits],
    )
