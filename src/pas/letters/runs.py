"""Batches of letters that are not about cards: what they are about, and until when they can be fetched.

A batch is a row with a time in it. Its letters say what was stored at that moment, so whoever fetches a
file again has the same letters, and nothing personal is kept for it.
"""

from datetime import date, datetime, timedelta
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LetterRunId, uuid7
from pas.installation.sandbox import refuse_in_sandbox
from pas.letters.batch import Batch, Source, counted
from pas.letters.budget_letters import Reminders, YearOverviews
from pas.letters.decision_letters import Decisions
from pas.letters.kinds import KINDS
from pas.letters.letter import House
from pas.messages.remind import note_posted_between
from pas.passes.print_files import PrintFilesGone

RunKind = Literal["reminder", "year_overview", "decision"]
RUN_KINDS: Final[dict[str, RunKind]] = {
    "reminder": "reminder",
    "year_overview": "year_overview",
    "decision": "decision",
}


class LetterRunNotFound(Refusal):
    """Deze brieven zijn er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies brieven uit de lijst, of maak ze opnieuw."


class LetterDaysWrong(Refusal):
    """Deze dagen kunnen niet."""

    next_step: ClassVar[str] = "Kies een laatste dag na de eerste dag."


class LetterRun(msgspec.Struct, frozen=True, rename="camel"):
    """A batch; ``until_day`` is the first day that it is no longer about."""

    id: LetterRunId
    kind: RunKind
    from_day: date
    until_day: date
    large: bool
    made_at: datetime
    files_until: datetime
    letters: int
    left_out: int


class Wanted(msgspec.Struct, frozen=True):
    """Which letters: of budgets that end, of a pass year, of decisions between two days."""

    kind: RunKind
    from_day: date
    until_day: date
    large: bool = False


INSERT: Final = Statement(
    """
    INSERT INTO letter_run (id, kind, from_day, until_day, large, made_at, made_by, files_until, letters, left_out)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """,
    None,
)
READ: Final = Statement(
    """
    SELECT id, kind, from_day, until_day, large, made_at, files_until, letters, left_out
    FROM letter_run WHERE id = $1
    """,
    LetterRun,
)
LIST: Final = Statement(
    """
    SELECT id, kind, from_day, until_day, large, made_at, files_until, letters, left_out
    FROM letter_run ORDER BY made_at DESC, id DESC LIMIT $1
    """,
    LetterRun,
)


async def begin_letter_run(
    connection: Connection, wanted: Wanted, *, house: House, actor: Actor, now: datetime
) -> LetterRun:
    """Note a batch, with how many letters there are in it and how many households get none."""
    await refuse_in_sandbox(connection)
    if wanted.until_day <= wanted.from_day:
        raise LetterDaysWrong
    days = (await read_municipality_settings(connection)).print_days
    now = now.replace(microsecond=0)
    run = LetterRun(
        id=LetterRunId(uuid7()),
        kind=wanted.kind,
        from_day=wanted.from_day,
        until_day=wanted.until_day,
        large=wanted.large,
        made_at=now,
        files_until=now + timedelta(days=days),
        letters=0,
        left_out=0,
    )
    letters, left_out = await counted(connection, batch_of(run, house), now=now)
    run = msgspec.structs.replace(run, letters=letters, left_out=left_out)
    async with connection.transaction():
        row = (run.id, run.kind, run.from_day, run.until_day, run.large, run.made_at, actor.id)
        await INSERT.run(connection, *row, run.files_until, letters, left_out)
        if run.kind == "reminder":
            since, until = start_of(run.from_day), start_of(run.until_day)
            await note_posted_between(connection, since=since, until=until, now=now)
        await record_event(
            connection,
            kind="letter.made",
            subject_kind="letter_run",
            subject_id=run.id,
            actor=actor,
            after=run,
        )
    return run


async def read_letter_run(connection: Connection, run_id: LetterRunId) -> LetterRun:
    found = await READ.first(connection, run_id)
    if found is None:
        raise LetterRunNotFound
    return found


async def letter_run_to_print(
    connection: Connection, run_id: LetterRunId, *, now: datetime
) -> LetterRun:
    """Read a batch that can still be fetched; raises PrintFilesGone."""
    run = await read_letter_run(connection, run_id)
    if run.files_until <= now:
        raise PrintFilesGone
    return run


async def list_letter_runs(connection: Connection, *, limit: int = 50) -> list[LetterRun]:
    return await LIST.all(connection, limit)


def batch_of(run: LetterRun, house: House) -> Batch:
    return Batch(
        kind=KINDS[run.kind],
        source=_source(run),
        house=house,
        made_at=run.made_at,
        large=run.large,
    )


def _source(run: LetterRun) -> Source:
    since, until = start_of(run.from_day), start_of(run.until_day)
    match run.kind:
        case "reminder":
            return Reminders(run.made_at, since=since, until=until)
        case "year_overview":
            return YearOverviews(run.made_at, year=run.from_day.year)
        case "decision":
            return Decisions(since=since, until=min(until, run.made_at))


def year_wanted(year: int, *, large: bool = False) -> Wanted:
    return Wanted("year_overview", date(year, 1, 1), date(year + 1, 1, 1), large=large)
