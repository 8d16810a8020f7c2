"""Registrations for the municipality: what waits for us, what waits for the club, what was decided."""

from datetime import date
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import MerchantId
from pas.registrations.model import Registration, Said

MOST_LISTED: Final = 100


class Alike(msgspec.Struct, frozen=True):
    """A merchant that has the same number, name or account: is it the same one?"""

    id: MerchantId
    name: str
    same_kvk: bool
    same_account: bool


class VisitRow(msgspec.Struct, frozen=True):
    category: str


READ_OPEN: Final = Statement(
    """
    SELECT id, number, name, kvk_number, received_at, state, state_since, steps, merchant_id, login_id
    FROM merchant_registration WHERE state IN ('received', 'asked', 'answered')
    ORDER BY state = 'asked', state_since, id LIMIT $1
    """,
    Registration,
)
READ_DECIDED: Final = Statement(
    """
    SELECT id, number, name, kvk_number, received_at, state, state_since, steps, merchant_id, login_id
    FROM merchant_registration WHERE state IN ('approved', 'refused')
    ORDER BY state_since DESC, id LIMIT $1
    """,
    Registration,
)
READ_ALIKE: Final = Statement(
    """
    SELECT m.id, m.name, m.kvk_number IS NOT DISTINCT FROM $2 AS same_kvk,
        EXISTS (SELECT 1 FROM payout_account p WHERE p.merchant_id = m.id AND p.iban = $3) AS same_account
    FROM merchant m
    WHERE m.id IS DISTINCT FROM $4 AND (lower(m.name) = lower($1) OR m.kvk_number = $2
        OR EXISTS (SELECT 1 FROM payout_account p WHERE p.merchant_id = m.id AND p.iban = $3))
    ORDER BY m.name, m.id LIMIT 10
    """,
    Alike,
)
READ_PAID_IN_VISITS: Final = Statement(
    """
    SELECT DISTINCT c.code AS category FROM scheme_version v CROSS JOIN unnest(v.categories) AS c (code)
    WHERE v.allowance = 'visits' AND v.status = 'in_force' AND (v.valid_until IS NULL OR v.valid_until > $1)
    """,
    VisitRow,
)


async def open_registrations(connection: Connection) -> list[Registration]:
    """What waits for the municipality first, the longest waiting on top."""
    return await READ_OPEN.all(connection, MOST_LISTED)


async def decided_registrations(connection: Connection) -> list[Registration]:
    return await READ_DECIDED.all(connection, MOST_LISTED)


async def merchants_alike(
    connection: Connection, said: Said, *, but: MerchantId | None
) -> list[Alike]:
    return await READ_ALIKE.all(connection, said.name, said.kvk_number, said.account.iban, but)


async def paid_in_visits(connection: Connection, *, on: date) -> set[str]:
    """The purposes for which a visit needs a price: somebody's pass counts visits there."""
    return {one.category for one in await READ_PAID_IN_VISITS.all(connection, on)}


def waits_for_us(one: Registration) -> bool:
    return one.state in {"received", "answered"}
