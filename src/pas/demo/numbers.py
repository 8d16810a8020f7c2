"""The numbers of the city on its front page, straight from the tables and the ledger."""

from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.money import Cents


class CityNumbers(msgspec.Struct, frozen=True):
    """How many, and how much; granted = spent + returned + open, as the books prove."""

    residents: int
    households: int
    passes: int
    merchants: int
    granted_cents: Cents
    spent_cents: Cents
    returned_cents: Cents
    open_cents: Cents


READ_NUMBERS: Final = Statement(
    """
    WITH flow AS (
        SELECT d.kind AS debit, c.kind AS credit, sum(t.amount) AS amount
        FROM transfer t JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
        WHERE d.unit = 'cents' GROUP BY 1, 2
    )
    SELECT (SELECT count(*) FROM resident)::int AS residents,
        (SELECT count(DISTINCT household_number) FROM resident_version)::int AS households,
        (SELECT count(*) FROM pass)::int AS passes,
        (SELECT count(*) FROM merchant WHERE state = 'approved')::int AS merchants,
        coalesce((SELECT sum(amount) FROM flow WHERE credit = 'budget' AND debit = 'appropriation'), 0)::bigint
            AS granted_cents,
        (coalesce((SELECT sum(amount) FROM flow WHERE credit = 'merchant'), 0)
            - coalesce((SELECT sum(amount) FROM flow WHERE debit = 'merchant'), 0))::bigint AS spent_cents,
        coalesce((SELECT sum(amount) FROM flow WHERE debit = 'budget' AND credit = 'appropriation'), 0)::bigint
            AS returned_cents,
        coalesce((SELECT sum(b.amount) FROM balance b JOIN account a ON a.id = b.account_id
            WHERE a.kind = 'budget' AND a.unit = 'cents'), 0)::bigint AS open_cents
    """,
    CityNumbers,
)


async def city_numbers(connection: Connection) -> CityNumbers:
    return await READ_NUMBERS.one(connection)
