"""Deletes what is past its clock, a few thousand rows at a time; done again, it goes on."""

from datetime import UTC, datetime, timedelta
from typing import Final

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Database, Statement
from pas.ids import MunicipalityName
from pas.jobs import Progress, job_kind
from pas.passes.print_cards import forget_codes
from pas.retention.clocks import CLOCKS, LINKS, Clock, Gone

KIND: Final = "retention.clean_up"
AT_ONCE: Final = 5_000
SHORTEST_MONTH: Final = 28


FORGET_COUPON_CODES: Final = Statement(
    """
    UPDATE coupon c SET code_encrypted = NULL FROM coupon_run r
    WHERE r.id = c.run_id AND r.codes_until <= $1 AND c.code_encrypted IS NOT NULL
    """,
    None,
)


class CleanUpReport(msgspec.Struct, frozen=True):
    """How many rows went, by table."""

    deleted: dict[str, int]


@job_kind(KIND)
async def clean_up_as_job(
    database: Database,
    municipality: MunicipalityName,
    _progress: Progress,
) -> CleanUpReport:
    return await clean_up(database, municipality, now=datetime.now(UTC))


async def clean_up(
    database: Database,
    municipality: MunicipalityName,
    *,
    now: datetime,
) -> CleanUpReport:
    """Delete what is past its clock, also codes that were to be printed; the links between persons and accounts come last.

    The processing log names both too, and a link stays as long as a row of it leads to its account.
    """
    async with database.connection(municipality) as connection:
        months = (await read_municipality_settings(connection)).link_months
        await forget_codes(connection, now=now)
        await FORGET_COUPON_CODES.run(connection, now)
    report = dict[str, int]()
    for clock in CLOCKS:
        before = now - timedelta(days=days_of(clock, months))
        report[clock.table] = await _forget(database, municipality, (clock.forget, before))
    report["budget"] = await _forget(database, municipality, (LINKS, months))
    return CleanUpReport(report)


def days_of(clock: Clock, months: int) -> int:
    """How long; what is a link itself at most as long as the others, in the shortest months."""
    return min(clock.days, months * SHORTEST_MONTH) if clock.is_link else clock.days


async def _forget(
    database: Database, municipality: MunicipalityName, what: tuple[Statement[Gone], object]
) -> int:
    forget, argument = what
    total = 0
    while True:
        async with database.connection(municipality) as connection:
            gone = await forget.one(connection, argument, AT_ONCE)
        total += gone.count
        if gone.count < AT_ONCE:
            return total
