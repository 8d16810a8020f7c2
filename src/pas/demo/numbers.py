"""The numbers of the city on its front page, straight from the tables and the ledger's own equation.

Adding up the books takes a third of a second, and visitors come here between all that they try; so
the sums are remembered until something is booked.
"""

from collections.abc import Iterable
from datetime import date
from typing import Final
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ledger.prove import MERCHANT_EQUATIONS, SCHEME_EQUATIONS, SchemeSums
from pas.money import Cents


class YearNumbers(msgspec.Struct, frozen=True):
    """Of one budget year: granted + shortfall = spent + held + returned + open."""

    year: int
    granted_cents: Cents
    shortfall_cents: Cents
    spent_cents: Cents
    held_cents: Cents
    returned_cents: Cents
    open_cents: Cents


class Books(msgspec.Struct, frozen=True):
    """What the ledger adds up to, and what each merchant is owed."""

    years: tuple[YearNumbers, ...]
    owed_cents: Cents
    paid_cents: Cents
    """Sent to the bank, less what came back."""
    owed_to: dict[UUID, Cents]

    @property
    def total(self) -> YearNumbers:
        return added_up(0, self.years)


class CityNumbers(msgspec.Struct, frozen=True):
    """How many; a pass counts when it holds today."""

    residents: int
    households: int
    holders: int
    pass_households: int
    merchants: int
    sales: int
    children: int


class State(msgspec.Struct, frozen=True):
    """Another one whenever something was booked since."""

    state: str


READ_NUMBERS: Final = Statement(
    """
    WITH held AS (
        SELECT p.resident_id, (SELECT v.household_number FROM resident_version v
            WHERE v.resident_id = p.resident_id AND v.valid_from <= $1 ORDER BY v.valid_from DESC LIMIT 1) AS household
        FROM pass p WHERE p.starts_on <= $1 AND p.ends_on > $1 AND (p.ended_on IS NULL OR p.ended_on > $1)
            AND EXISTS (SELECT 1 FROM resident_version v WHERE v.resident_id = p.resident_id)
    )
    SELECT (SELECT count(DISTINCT resident_id) FROM resident_version)::int AS residents,
        (SELECT count(DISTINCT household_number) FROM resident_version)::int AS households,
        (SELECT count(DISTINCT resident_id) FROM held)::int AS holders,
        (SELECT count(DISTINCT household) FROM held)::int AS pass_households,
        (SELECT count(*) FROM merchant WHERE state = 'approved' AND kind = 'regular')::int AS merchants,
        (SELECT count(*) FROM redemption WHERE refusal IS NULL)::int AS sales,
        (SELECT count(DISTINCT resident_id) FROM child_application WHERE state = 'awarded')::int AS children
    """,
    CityNumbers,
)
READ_STATE: Final = Statement(
    """
    SELECT current_database() || ' ' || current_schema() || ' ' || count(*) || ' ' || coalesce(max(xid), 0) AS state
    FROM transfer
    """,
    State,
)

_remembered: dict[str, Books] = {}


async def city_numbers(connection: Connection, *, today: date) -> CityNumbers:
    return await READ_NUMBERS.one(connection, today)


async def read_books(connection: Connection) -> Books:
    """Add up, on one snapshot, or remember what nothing was added to since."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        state = (await READ_STATE.one(connection)).state
        if state not in _remembered:
            schemes = await SCHEME_EQUATIONS.all(connection)
            merchants = await MERCHANT_EQUATIONS.all(connection)
            owed = {one.merchant_id: Cents(one.owed) for one in merchants}
            paid = Cents(sum(one.paid - one.bounced for one in merchants))
            _remembered.clear()
            _remembered[state] = Books(
                by_year(schemes),
                owed_cents=Cents(sum(owed.values())),
                paid_cents=paid,
                owed_to=owed,
            )
    return _remembered[state]


def by_year(schemes: Iterable[SchemeSums]) -> tuple[YearNumbers, ...]:
    """Add the schemes of each year, in cents; visits are counted apart and are not money."""
    years: dict[int, list[YearNumbers]] = {}
    for one in schemes:
        if one.unit == "cents":
            years.setdefault(one.budget_year, []).append(of_scheme(one))
    return tuple(added_up(year, parts) for year, parts in sorted(years.items()))


def of_scheme(one: SchemeSums) -> YearNumbers:
    return YearNumbers(
        year=one.budget_year,
        granted_cents=Cents(one.granted),
        shortfall_cents=Cents(one.shortfall),
        spent_cents=Cents(one.spent - one.reversed),
        held_cents=Cents(one.held),
        returned_cents=Cents(one.lapsed),
        open_cents=Cents(one.open),
    )


def added_up(year: int, parts: Iterable[YearNumbers]) -> YearNumbers:
    columns = zip(*(msgspec.structs.astuple(one)[1:] for one in parts), strict=True)
    sums = [Cents(sum(column)) for column in columns] or [Cents(0)] * 6
    return YearNumbers(year, *sums)
