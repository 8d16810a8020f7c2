"""Freezes the figures of closed years every day, before the links to persons are deleted."""

from datetime import UTC, datetime
from typing import Final

from pas.db import Database
from pas.grants.assessment_job import actor_of_job
from pas.ids import MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.reach.freeze import FrozenPeriod, freeze_closed_years

DAILY_KIND: Final = "reach.freeze_closed"


@job_kind(DAILY_KIND)
async def freeze_daily(
    database: Database,
    municipality: MunicipalityName,
    progress: Progress,
) -> list[FrozenPeriod]:
    """Begun again it goes on with the years that are not frozen yet."""
    async with database.connection(municipality) as connection:
        return await freeze_closed_years(
            connection,
            actor=actor_of_job(progress.job),
            now=datetime.now(UTC),
            told=progress.told,
        )
