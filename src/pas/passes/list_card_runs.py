"""The runs of cards that were made, with how many cards stand in the files of each."""

from datetime import datetime
from typing import Final

import msgspec

from pas.db import Connection, Statement
from pas.ids import CardRunId
from pas.passes.cards import LastingForm
from pas.passes.print_cards import CardRunNotFound


class ListedRun(msgspec.Struct, frozen=True, rename="camel"):
    """A run and how many cards stand in its files."""

    id: CardRunId
    year: int
    form: LastingForm
    started_at: datetime
    ended_at: datetime | None
    files_until: datetime
    cards: int


class LastYear(msgspec.Struct, frozen=True):
    year: int | None


READ_LISTED: Final = Statement(
    """
    SELECT r.id, r.year::int AS year, r.form, r.started_at, r.ended_at, r.files_until,
        (SELECT count(*) FROM card_print p WHERE p.run_id = r.id) AS cards
    FROM card_run r WHERE r.id = $1
    """,
    ListedRun,
)
LIST_RUNS: Final = Statement(
    """
    SELECT r.id, r.year::int AS year, r.form, r.started_at, r.ended_at, r.files_until,
        (SELECT count(*) FROM card_print p WHERE p.run_id = r.id) AS cards
    FROM card_run r ORDER BY r.started_at DESC, r.id DESC LIMIT $1
    """,
    ListedRun,
)
READ_LAST_YEAR: Final = Statement("SELECT max(year)::int AS year FROM pass", LastYear)


async def read_listed_run(connection: Connection, run_id: CardRunId) -> ListedRun:
    found = await READ_LISTED.first(connection, run_id)
    if found is None:
        raise CardRunNotFound
    return found


async def list_card_runs(connection: Connection, *, limit: int = 50) -> list[ListedRun]:
    """Give the runs, newest first."""
    return await LIST_RUNS.all(connection, limit)


async def last_pass_year(connection: Connection) -> int | None:
    """The newest year that somebody has a pass of: the one that is printed next."""
    return (await READ_LAST_YEAR.one(connection)).year
