"""One file of the letters of a run of cards, made now; who took which is an event."""

from datetime import datetime
from typing import ClassVar

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import CardRunId
from pas.letters.batch import Batch, File, make_file, parts_of
from pas.letters.card_letters import CardLetterKind, CardLetters, run_to_print
from pas.letters.kinds import KINDS
from pas.letters.letter import House
from pas.letters.press import Press


class LetterFileNotFound(Refusal):
    """Dit bestand met brieven is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kijk bij de ronde welke bestanden er zijn."


async def card_batch(
    connection: Connection,
    run_id: CardRunId,
    kind: CardLetterKind,
    *,
    ring: KeyRing,
    house: House,
    large: bool,
    now: datetime,
) -> Batch:
    """Letters of a run, dated as the run; raises PrintFilesGone."""
    run = await run_to_print(connection, run_id, now=now)
    return Batch(
        kind=KINDS[kind],
        source=CardLetters(run_id, kind, ring, house),
        house=house,
        made_at=run.ended_at or run.started_at,
        large=large,
    )


async def fetch_card_letters(
    connection: Connection,
    run_id: CardRunId,
    batch: Batch,
    *,
    number: int,
    press: Press,
    actor: Actor,
    now: datetime,
) -> File:
    parts = await parts_of(connection, batch, now=now)
    if not 0 < number <= len(parts):
        raise LetterFileNotFound
    file = await make_file(
        connection, batch, parts[number - 1], number=number, press=press, actor=actor, now=now
    )
    await record_fetched(connection, run_id, batch=batch, file=file, actor=actor)
    return file


async def record_fetched(
    connection: Connection, run_id: CardRunId, *, batch: Batch, file: File, actor: Actor
) -> None:
    async with connection.transaction():
        await record_event(
            connection,
            kind="card_run.fetched",
            subject_kind="card_run",
            subject_id=run_id,
            actor=actor,
            after={"file": batch.kind.name, "part": file.number, "count": file.letters},
        )
