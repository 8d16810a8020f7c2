"""What is left of budgets whose time has ended returns to its appropriation (vrijval).

Chunk by chunk, each a transaction. Amounts are read just before and booked only if they are still
there; whatever moved in between is for the next run. So again returns nothing twice.

Of somebody who moved away it waits for the end of the grant, or a year where that is far off: whoever
turns out to live here has the budgets back, and what has lapsed is not given again. Of a pass that
an officer ended it waits as long as somebody can object.
"""

import hashlib
from collections import Counter
from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final
from uuid import UUID, uuid5

import msgspec

from pas.auth.actor import Actor
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.grants.assess import Task
from pas.grants.overspending import watch_overspending
from pas.ids import AccountId, EntryId, MunicipalityName, uuid7
from pas.ledger.fingerprint import encoded_field
from pas.money import Cents

CHUNK: Final = 500
"""Budgets: two accounts each at most, so that a chunk fits in one booking."""
PRINT: Final = b"pas lapse 1\x00"

Told = Callable[[int, int], None]


class SchemeLapse(msgspec.Struct, frozen=True, rename="camel"):
    """What came back from one scheme."""

    scheme: str
    budgets: int
    amount_cents: Cents
    visits: int


class LapseReport(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What returned, or would return; ``left_for_later`` moved meanwhile."""

    year: int
    dry_run: bool
    amount_cents: Cents
    left_for_later: int
    schemes: list[SchemeLapse]


class PageRow(msgspec.Struct, frozen=True):
    account_id: AccountId
    visits_account_id: AccountId | None


class _Day(msgspec.Struct, frozen=True):
    """When it is; a pass that ended before ``settled_before`` can no longer be objected to."""

    now: datetime
    settled_before: date


class EndedRow(msgspec.Struct, frozen=True):
    account_id: AccountId
    in_visits: bool
    amount: int
    scheme: str


class Lapsed(msgspec.Struct, frozen=True):
    in_visits: bool
    amount: int
    scheme: str


class OutcomesRow(msgspec.Struct, frozen=True):
    outcomes: list[str]


class _Count(msgspec.Struct, frozen=True):
    budgets: int


class _Year(msgspec.Struct, frozen=True):
    year: int


YEARS: Final = Statement(
    """
    SELECT DISTINCT b.budget_year::int AS year FROM budget b
    CROSS JOIN LATERAL (VALUES (b.account_id), (b.visits_account_id)) AS u (account)
    JOIN balance a ON a.account_id = u.account
    WHERE a.amount > 0 AND a.usable_until <= $1
    ORDER BY 1
    """,
    _Year,
)
COUNT: Final = Statement("SELECT count(*) AS budgets FROM budget WHERE budget_year = $1", _Count)
NEXT_BUDGETS: Final = Statement(
    """
    SELECT account_id, visits_account_id FROM budget WHERE account_id > $1 AND budget_year = $2
    ORDER BY account_id LIMIT $3
    """,
    PageRow,
)
READ_ENDED: Final = Statement(
    """
    SELECT u.account AS account_id, u.in_visits, a.amount, s.code AS scheme
    FROM budget b
    CROSS JOIN LATERAL (VALUES (b.account_id, false), (b.visits_account_id, true)) AS u (account, in_visits)
    JOIN balance a ON a.account_id = u.account
    JOIN scheme s ON s.id = b.scheme_id
    JOIN scheme_version v ON v.id = b.scheme_version_id
    JOIN pass p ON p.id = b.pass_id
    WHERE b.account_id = ANY ($1::bigint[]) AND a.amount > 0 AND a.usable_until <= $2
        AND CASE WHEN p.ended_because IS NULL OR p.ended_because = 'deceased' THEN true
            WHEN p.ended_because IN ('moved-away', 'moved')
                THEN least(b.lapses_on, (p.ended_on + interval '1 year')::date) + v.run_out_days <= $3
            ELSE b.lapses_on + v.run_out_days <= $3 OR p.ended_on < $4 END
    ORDER BY u.account
    """,
    EndedRow,
)
READ_LAPSED: Final = Statement(
    """
    SELECT d.unit = 'visits' AS in_visits, t.amount, s.code AS scheme
    FROM transfer t JOIN account d ON d.id = t.debit JOIN scheme s ON s.id = d.scheme_id
    WHERE t.entry_id = ANY ($1::uuid[])
    """,
    Lapsed,
)
LAPSE: Final = Statement("SELECT lapse_batch($1, $2, $3, $4, $5, $6, $7) AS outcomes", OutcomesRow)


class _Tally:
    def __init__(self) -> None:
        self.budgets: Counter[str] = Counter()
        self.cents: Counter[str] = Counter()
        self.visits: Counter[str] = Counter()
        self.left_for_later = 0

    def add(self, row: EndedRow | Lapsed) -> None:
        if row.in_visits:
            self.visits[row.scheme] += row.amount
        else:
            self.budgets[row.scheme] += 1
            self.cents[row.scheme] += row.amount


async def lapse_ended(
    database: Database,
    municipality: MunicipalityName,
    *,
    actor: Actor,
    now: datetime,
    run: UUID,
    told: Told,
) -> list[LapseReport]:
    """Return what is left of all years: a budget can end years after its own, when nobody asks for it."""
    async with database.connection(municipality) as connection:
        years = [row.year for row in await YEARS.all(connection, now)]
    tasks = [Task(municipality=municipality, year=year, actor=actor, now=now) for year in years]
    return [await lapse_year(database, task, run=run, told=told) for task in tasks]


async def lapse_year(
    database: Database,
    task: Task,
    *,
    dry_run: bool = False,
    run: UUID | None = None,
    told: Told = lambda _done, _total: None,
) -> LapseReport:
    """Return what is left of the budgets of a year that can no longer be spent.

    A ``run`` that was broken off and goes on reports all that it returned, from the books.
    """
    tally, seen, last, run = _Tally(), 0, AccountId(0), run or uuid7()
    async with database.connection(task.municipality) as connection:
        total = (await COUNT.one(connection, task.year)).budgets
        weeks = (await read_municipality_settings(connection)).objection_weeks
    day = _Day(task.now, day_of(task.now) - timedelta(weeks=weeks))
    while True:
        async with database.connection(task.municipality) as connection:
            page = await NEXT_BUDGETS.all(connection, last, task.year, CHUNK)
            if not page:
                break
            accounts = [row.account_id for row in page]
            both = accounts + [row.visits_account_id for row in page if row.visits_account_id]
            if dry_run:
                for row in await _ended(connection, accounts, day):
                    tally.add(row)
            else:
                tally.left_for_later += await _lapse(
                    connection, accounts, run, actor=task.actor, day=day
                )
                entries = [_entry(run, account) for account in both]
                for row in await READ_LAPSED.all(connection, entries):
                    tally.add(row)
        seen, last = seen + len(page), accounts[-1]
        told(seen, total)
    if not dry_run:
        async with database.connection(task.municipality) as connection:
            await watch_overspending(connection, year=task.year)
    return LapseReport(
        year=task.year,
        dry_run=dry_run,
        amount_cents=Cents(tally.cents.total()),
        left_for_later=tally.left_for_later,
        schemes=[
            SchemeLapse(
                scheme, tally.budgets[scheme], Cents(tally.cents[scheme]), tally.visits[scheme]
            )
            for scheme in sorted(tally.cents.keys() | tally.visits.keys())
        ],
    )


async def _lapse(
    connection: Connection,
    accounts: Sequence[AccountId],
    run: UUID,
    *,
    actor: Actor,
    day: _Day,
) -> int:
    """Return what has ended of these; gives how many moved meanwhile."""
    ended = await _ended(connection, accounts, day)
    if not ended:
        return 0
    entries = [_entry(run, one.account_id) for one in ended]
    prints = [_fingerprint(entry, row) for entry, row in zip(entries, ended, strict=True)]
    async with connection.transaction():
        row = await LAPSE.one(
            connection,
            entries,
            prints,
            [one.account_id for one in ended],
            [one.amount for one in ended],
            day.now,
            actor.kind,
            actor.id,
        )
    return sum(outcome != "booked" for outcome in row.outcomes)


async def _ended(
    connection: Connection, accounts: Sequence[AccountId], day: _Day
) -> list[EndedRow]:
    return await READ_ENDED.all(connection, accounts, day.now, day_of(day.now), day.settled_before)


def _entry(run: UUID, account: AccountId) -> EntryId:
    """The id by which a run finds in the books what it returned before it was broken off."""
    return EntryId(uuid5(run, str(account)))


def _fingerprint(entry: EntryId, row: EndedRow) -> bytes:
    fields = (entry, row.account_id, row.amount)
    return hashlib.sha256(PRINT + b"".join(map(encoded_field, fields))).digest()
