"""Proposes a run on the day that the municipality chose, as a job of every day; approving stays with people."""

from datetime import UTC, datetime
from typing import Final, Literal

import msgspec

from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.ids import MunicipalityName, SettlementId
from pas.jobs.kinds import Progress, job_kind
from pas.settlements.propose import NothingToPay, SettlementWaits, propose_settlement
from pas.settlements.rules import is_due

KIND: Final = "settlements.propose_due"


class Newest(msgspec.Struct, frozen=True):
    proposed_at: datetime | None


class Turn(msgspec.Struct, frozen=True, rename="camel"):
    """What came of a day's turn."""

    outcome: Literal["not_due", "proposed", "waits", "nothing_to_pay"]
    settlement_id: SettlementId | None = None


READ_NEWEST: Final = Statement(
    "SELECT max(proposed_at) AS proposed_at FROM settlement_run WHERE state <> 'withdrawn'",
    Newest,
)


@job_kind(KIND)
async def propose_due(
    database: Database, municipality: MunicipalityName, _progress: Progress
) -> Turn:
    """Propose, if it is the day or was since the last time. One that waits already is left alone."""
    async with database.connection(municipality) as connection:
        return await take_turn(connection, now=datetime.now(UTC))


async def take_turn(connection: Connection, *, now: datetime) -> Turn:
    settings = await read_municipality_settings(connection)
    newest = (await READ_NEWEST.one(connection)).proposed_at
    last = None if newest is None else day_of(newest)
    if not is_due(settings.payout_rhythm, settings.payout_day, today=day_of(now), last=last):
        return Turn("not_due")
    try:
        run = await propose_settlement(connection, actor=SYSTEM, now=now)
    except SettlementWaits:
        return Turn("waits")
    except NothingToPay:
        return Turn("nothing_to_pay")
    return Turn("proposed", run.id)
