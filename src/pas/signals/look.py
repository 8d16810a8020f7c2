"""Looks at what is new in the books, week by week, and writes down what stands out.

It finds the same again as the same: done twice, nothing is doubled; stopped halfway, it is done
again. A week that is not over yet is looked at each night, and what was found grows while it is open.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from typing import Final

import msgspec

from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import MunicipalitySettings, read_municipality_settings
from pas.auth.processing import note_processing
from pas.days import start_of
from pas.db import Connection, Database, Statement
from pas.ids import MerchantId, MunicipalityName, SignalId, uuid7
from pas.jobs.kinds import Progress, job_kind
from pas.ledger.position import READ_HORIZON
from pas.signals.model import Bounds, Found, Kind, Verdict
from pas.signals.offline.read_offline import offline_of_week
from pas.signals.offline.rules import find_offline
from pas.signals.read_sales import (
    MOVE_POSITION,
    changed_weeks,
    sales_of_week,
    subjects_of,
)
from pas.signals.rules import Known, find, what_to_do

KIND: Final = "signals.look"
SINCE: Final = timedelta(days=35)
"""Nobody asks a club about an evening that is longer ago, and an upload is never so late."""


class Looked(msgspec.Struct, frozen=True):
    """What came of a look: how many weeks, and how many signals are new or grew."""

    weeks: int
    new: int
    grown: int


class KnownRow(msgspec.Struct, frozen=True):
    id: SignalId
    number: int
    counted: int
    out_of: int
    verdict: Verdict | None
    judged_counted: int | None


class QuietRow(msgspec.Struct, frozen=True):
    kind: Kind
    merchant_id: MerchantId
    counted: int


ONE_AT_A_TIME: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.signal'))", None
)
READ_KNOWN: Final = Statement(
    """
    SELECT s.id, s.number, s.counted, s.out_of, v.verdict, v.counted AS judged_counted
    FROM signal s LEFT JOIN LATERAL (
        SELECT v.verdict, v.counted FROM signal_verdict v WHERE v.signal_id = s.id ORDER BY v.judged_at DESC, v.id DESC LIMIT 1
    ) v ON true
    WHERE s.kind = $1 AND s.about = $2 AND s.week = $3 ORDER BY s.number DESC LIMIT 1
    """,
    KnownRow,
)
READ_QUIET: Final = Statement(
    """
    SELECT s.kind, s.merchant_id, max(v.counted) AS counted
    FROM signal_verdict v JOIN signal s ON s.id = v.signal_id
    WHERE v.judged_at > $1 AND v.verdict = 'nothing' AND NOT EXISTS (
        SELECT 1 FROM signal_verdict n WHERE n.signal_id = v.signal_id AND (n.judged_at, n.id) > (v.judged_at, v.id))
    GROUP BY s.kind, s.merchant_id
    """,
    QuietRow,
)
INSERT: Final = Statement(
    """
    INSERT INTO signal (id, kind, merchant_id, till_id, about, week, number, counted, out_of, different, cents, first_at,
        last_at, weight, found_at, changed_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $15)
    """,
    None,
)
GROW: Final = Statement(
    """
    UPDATE signal SET till_id = $2, counted = $3, out_of = $4, different = $5, cents = $6, first_at = $7, last_at = $8,
        weight = $9, changed_at = greatest(found_at, $10)
    WHERE id = $1
    """,
    None,
)
ADD_SALES: Final = Statement(
    """
    INSERT INTO signal_sale (signal_id, entry_id) SELECT $1, e.id FROM unnest($2::uuid[]) AS e (id)
    ON CONFLICT DO NOTHING
    """,
    None,
)


@job_kind(KIND)
async def look_as_job(
    database: Database, municipality: MunicipalityName, progress: Progress
) -> Looked:
    return await look(database, municipality, now=datetime.now(UTC), told=progress.told)


async def look(
    database: Database,
    municipality: MunicipalityName,
    *,
    now: datetime,
    since: timedelta = SINCE,
    told: Callable[[int, int | None], None] = lambda _done, _of: None,
) -> Looked:
    """Look at every week with something new; each is written down in a transaction of its own."""
    async with database.connection(municipality) as connection:
        cutoff = await READ_HORIZON.one(connection)
        weeks = await changed_weeks(connection, cutoff, since=now - since)
    new = grown = 0
    for done, monday in enumerate(weeks):
        told(done, len(weeks))
        async with database.connection(municipality) as connection:
            outcomes = await look_at_week(connection, monday, now=now)
        new, grown = new + outcomes.count("new"), grown + outcomes.count("grow")
    async with database.connection(municipality) as connection:
        await MOVE_POSITION.run(connection, cutoff.epoch, cutoff.xid, now)
    return Looked(len(weeks), new, grown)


async def look_at_week(connection: Connection, monday: date, *, now: datetime) -> list[str]:
    """Write down what stands out in a week; says of each pattern what was done with it."""
    settings = await read_municipality_settings(connection)
    bounds = bounds_of(settings)
    found = find(await sales_of_week(connection, monday), bounds)
    found += find_offline(await offline_of_week(connection, monday), bounds, now=now)
    if not found:
        return []
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        quiet_since = now - timedelta(weeks=settings.signal_quiet_weeks)
        rows = await READ_QUIET.all(connection, quiet_since)
        quiet = {(row.kind, row.merchant_id): row.counted for row in rows}
        return [
            await note(connection, one, quiet.get((one.kind, one.merchant_id)), now=now)
            for one in found
        ]


def bounds_of(settings: MunicipalitySettings) -> Bounds:
    return Bounds(
        round_sales=settings.signal_round_sales,
        row_cards=settings.signal_row_cards,
        emptied_budgets=settings.signal_emptied_budgets,
        night_sales=settings.signal_night_sales,
        night_from=settings.signal_night_from,
        night_until=settings.signal_night_until,
        voids=settings.signal_voids,
        two_places_minutes=settings.signal_two_places_minutes,
        borne_cents=settings.signal_borne_cents,
        declined_offline=settings.signal_declined_offline,
    )


async def note(connection: Connection, found: Found, quiet: int | None, *, now: datetime) -> str:
    row = await READ_KNOWN.first(connection, found.kind, found.about, found.week)
    known = row and Known(row.number, row.counted, row.out_of, row.verdict, row.judged_counted)
    deed = what_to_do(found, known, quiet)
    match deed:
        case "new":
            await insert(connection, found, number=1 + (row.number if row else 0), now=now)
        case "grow" if row is not None:
            await GROW.run(connection, row.id, found.till_id, *numbers(found), now)
            await ADD_SALES.run(connection, row.id, found.sales)
        case _:
            pass
    return deed


async def insert(connection: Connection, found: Found, *, number: int, now: datetime) -> None:
    """A signal about one card uses the data of its holder, so it stands in their log."""
    signal = SignalId(uuid7())
    owner = (found.kind, found.merchant_id, found.till_id, found.about, found.week, number)
    await INSERT.run(connection, signal, *owner, *numbers(found), now)
    await ADD_SALES.run(connection, signal, found.sales)
    if found.kind == "two_places":
        since = start_of(found.week)
        subjects = await subjects_of(connection, found.sales, since=since)
        await note_processing(connection, subjects, "signal.found", actor=SYSTEM, now=now)


def numbers(found: Found) -> tuple[object, ...]:
    return (
        *(found.counted, found.out_of, found.different, found.cents),
        *(found.first_at, found.last_at, found.weight),
    )
