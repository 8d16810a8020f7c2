"""What an assessment stands on: the schemes and prices of the day, and the accounts they draw from."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.grants import periods
from pas.grants.periods import Calendar
from pas.grants.plan import Plan, plan
from pas.grants.read_households import Days
from pas.ids import AccountId, SchemeId, SchemeVersionId
from pas.ledger.accounts import new_account_id
from pas.money import Cents
from pas.schemes.model import InKind, SchemeVersion, Visits
from pas.schemes.stored import read_version_rows, stored_versions

ACCOUNTS_OF_A_SCHEME: Final = 5


class Pot(msgspec.Struct, frozen=True):
    """Where the grants of a scheme come from this year; a closed one can run out."""

    scheme_id: SchemeId
    account_id: AccountId
    closed: bool
    in_visits: bool


class Ground(msgspec.Struct, frozen=True, kw_only=True):
    """The same for everybody in one assessment."""

    plan: Plan
    days: Days
    scheme_ids: Mapping[str, SchemeId]
    versions: Mapping[SchemeVersionId, SchemeVersion]
    household_schemes: tuple[SchemeId, ...]
    pots: Mapping[str, Pot]

    @property
    def closed(self) -> list[AccountId]:
        return [pot.account_id for pot in self.pots.values() if pot.closed]


class PriceRow(msgspec.Struct, frozen=True):
    category: str
    cents: Cents


class PotRow(msgspec.Struct, frozen=True):
    code: str
    scheme_id: SchemeId
    account_id: AccountId
    closed: bool
    in_visits: bool


class OpenedRow(msgspec.Struct, frozen=True):
    account_id: AccountId


READ_PRICES: Final = Statement(
    """
    SELECT category, max(visit_price_cents) AS cents FROM agreement
    WHERE visit_price_cents IS NOT NULL AND (valid_until IS NULL OR valid_until > $1)
    GROUP BY category
    """,
    PriceRow,
)
READ_POTS: Final = Statement(
    """
    SELECT s.code, a.scheme_id, a.account_id, a.closed_pot AS closed,
        a.visits_account_id IS NOT NULL AS in_visits
    FROM appropriation a JOIN scheme s ON s.id = a.scheme_id
    WHERE a.budget_year = $1
    """,
    PotRow,
)
OPEN: Final = Statement("SELECT open_appropriation($1, $2, $3, $4, $5) AS account_id", OpenedRow)


async def calendar_of(connection: Connection) -> Calendar:
    """Give the months that the municipality chose."""
    chosen = await read_municipality_settings(connection)
    return Calendar(
        pass_year_month=chosen.pass_year_start_month,
        school_year_month=chosen.school_year_start_month,
        once_per_child_until=chosen.once_per_child_until,
    )


async def current_year(connection: Connection, now: datetime) -> int:
    """The pass year that a moment falls in."""
    month = (await calendar_of(connection)).pass_year_month
    today = day_of(now)
    return today.year if today.month >= month else today.year - 1


async def read_ground(connection: Connection, *, year: int, on: date) -> Ground:
    """Read what holds on a day; raises PassYearOver."""
    calendar = await calendar_of(connection)
    rows = await read_version_rows(connection)
    prices = {row.category: row.cents for row in await READ_PRICES.all(connection, on)}
    versions = stored_versions(rows)
    the_plan = plan(versions, year=year, on=on, calendar=calendar, prices=prices)
    previous = periods.pass_year(calendar, year - 1)
    pots = await READ_POTS.all(connection, year)
    return Ground(
        plan=the_plan,
        days=Days(
            on=the_plan.effective_on,
            incomes_until=max(on, the_plan.effective_on),
            verdicts_from=previous.starts_on,
        ),
        scheme_ids={row.code: row.scheme_id for row in rows},
        versions={one.id: one.version for one in versions},
        household_schemes=tuple(
            row.scheme_id for row in rows if the_plan.is_per_household(row.code)
        ),
        pots={
            row.code: Pot(row.scheme_id, row.account_id, row.closed, row.in_visits) for row in pots
        },
    )


async def opened_ground(connection: Connection, ground: Ground) -> Ground:
    """Open the accounts that are not there yet, of the schemes that are granted here.

    A scheme becomes a closed pot with the year: while a year has its accounts it stays what it was.
    """
    pots = dict(ground.pots)
    for one in ground.plan.schemes:
        version, pot = one.version, pots.get(one.version.code)
        in_visits = isinstance(version.allowance, Visits | InKind)
        if pot is not None and (pot.in_visits or not in_visits):
            continue
        scheme_id = ground.scheme_ids[version.code]
        closed = version.closed_pot if pot is None else pot.closed
        opened = await OPEN.one(
            connection,
            scheme_id,
            ground.plan.year,
            closed,
            in_visits,
            [new_account_id() for _ in range(ACCOUNTS_OF_A_SCHEME)],
        )
        pots[version.code] = Pot(scheme_id, opened.account_id, closed, in_visits)
    return msgspec.structs.replace(ground, pots=pots)
