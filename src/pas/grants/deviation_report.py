"""The report of deviations as a file: every one of a year, with who proposed and who judged it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from pas.auth.actor import Actor
from pas.auth.processing import note_processing
from pas.csvfile import write_rows
from pas.db import Connection
from pas.grants.deviate import MOST_LISTED, Deviation, list_deviations
from pas.grants.names import read_logins, read_names

COLUMNS: Final = (
    "id",
    "year",
    "name",
    "scheme",
    "title",
    "effect",
    "origin",
    "amount_cents",
    "reason",
    "proposed_at",
    "proposed_by",
    "confirmed_at",
    "confirmed_by",
    "rejected_at",
    "rejected_by",
    "rejected_because",
    "decision_id",
)


async def deviation_report(
    connection: Connection, *, year: int | None, actor: Actor, now: datetime
) -> str:
    """Give them newest first; everybody in it is noted in the processing log."""
    found: list[Deviation] = []
    async with connection.transaction():
        while True:
            last = found[-1].id if found else None
            some = await list_deviations(connection, year=year, before=last, limit=MOST_LISTED)
            found += some
            if len(some) < MOST_LISTED:
                break
        residents = [one.resident_id for one in found]
        await note_processing(connection, residents, "deviation.exported", actor=actor, now=now)
        names = await read_names(connection, residents)
        people = (
            by for one in found for by in (one.proposed_by, one.confirmed_by, one.rejected_by)
        )
        logins = await read_logins(connection, {by for by in people if by is not None})
    return "".join(write_rows(COLUMNS, (_cells(one, names, logins) for one in found)))


def _cells(one: Deviation, names: dict[UUID, str], logins: dict[UUID, str]) -> Sequence[str]:
    def who(by: UUID | None) -> str:
        return "" if by is None else logins.get(by, str(by))

    return (
        str(one.id),
        str(one.year),
        names.get(one.resident_id, ""),
        one.scheme,
        one.title,
        one.effect,
        one.origin,
        str(one.amount_cents or ""),
        one.reason,
        _at(one.proposed_at),
        who(one.proposed_by),
        _at(one.confirmed_at),
        who(one.confirmed_by),
        _at(one.rejected_at),
        who(one.rejected_by),
        one.rejected_because or "",
        str(one.decision_id or ""),
    )


def _at(moment: datetime | None) -> str:
    return "" if moment is None else moment.isoformat(timespec="seconds")
