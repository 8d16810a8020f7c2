"""Proves the books as a job, keeps each proof, and raises the alarm when they do not close."""

from datetime import UTC, datetime
from typing import ClassVar, Final

import asyncpg
import msgspec
import structlog

from pas.auth.actor import Actor
from pas.bookkeeping.prove import CHECKS as OF_PERIODS
from pas.db import Connection, Database, Statement
from pas.errors import Refusal
from pas.ids import JobId, MunicipalityName, uuid7
from pas.jobs import Progress, enqueue, job_kind
from pas.ledger.prove import Proof, Told, prove
from pas.redemptions.prove import CHECKS as OF_REDEMPTIONS
from pas.settlements.prove import CHECKS as OF_SETTLEMENTS
from pas.takeovers.prove import CHECKS as OF_TAKEOVERS
from pas.years.prove import CHECKS as OF_YEARS

KIND: Final = "ledger.prove"
CHECKS: Final = (*OF_REDEMPTIONS, *OF_SETTLEMENTS, *OF_PERIODS, *OF_TAKEOVERS, *OF_YEARS)
"""All that stands beside the books, and must say the same."""
PATIENCE_MILLISECONDS: Final = 1500
"""How long a page waits for each statement; the books of a city in its first years fit in it."""

log = structlog.get_logger("pas.ledger")


class NotProvedYet(Refusal):
    """De boeken zijn nog niet nagekeken."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Laat de boeken eerst nakijken. Dat duurt even."


class ProofRow(msgspec.Struct, frozen=True):
    content: str


class WaitingRow(msgspec.Struct, frozen=True):
    waits: bool


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """What came of the job; the proof itself is kept beside it."""

    closes: bool
    proved_at: datetime


KEEP: Final = Statement(
    "INSERT INTO proof (id, proved_at, closes, content) VALUES ($1, $2, $3, $4)", None
)
READ_LAST: Final = Statement("SELECT content FROM proof ORDER BY proved_at DESC LIMIT 1", ProofRow)
READ_WAITING: Final = Statement(
    """
    SELECT EXISTS (SELECT 1 FROM job WHERE kind = 'ledger.prove' AND state IN ('queued', 'running'))
        AS waits
    """,
    WaitingRow,
)


@job_kind(KIND)
async def prove_as_job(
    database: Database,
    municipality: MunicipalityName,
    _progress: Progress,
) -> Outcome:
    """Prove the books, however long it takes."""
    async with database.connection(municipality) as connection:
        proof = await prove_and_keep(connection, municipality)
    return Outcome(proof.closes, proof.proved_at)


async def queue_proof(connection: Connection, *, actor: Actor) -> JobId:
    return await enqueue(
        connection, kind=KIND, arguments={}, actor_kind=actor.kind, actor_id=actor.id
    )


async def prove_soon(
    connection: Connection, municipality: MunicipalityName, *, actor: Actor
) -> None:
    """Prove the books now if that is a matter of seconds, else as a job."""
    try:
        await prove_and_keep(connection, municipality, milliseconds=PATIENCE_MILLISECONDS)
    except asyncpg.QueryCanceledError:
        await queue_proof(connection, actor=actor)


async def prove_books(
    connection: Connection,
    now: datetime,
    *,
    milliseconds: int = 0,
    told: Told = lambda _done, _total: None,
) -> Proof:
    """Prove the ledger and everything beside it, on one snapshot."""
    return await prove(connection, now, milliseconds=milliseconds, more=CHECKS, told=told)


async def prove_and_keep(
    connection: Connection, municipality: MunicipalityName, *, milliseconds: int = 0
) -> Proof:
    proof = await prove_books(connection, datetime.now(UTC), milliseconds=milliseconds)
    content = msgspec.json.encode(proof).decode()
    await KEEP.run(connection, uuid7(), proof.proved_at, proof.closes, content)
    if not proof.closes:
        log.error(
            "books-do-not-close",
            municipality=municipality,
            findings=len(proof.findings),
            missing_walls=len(proof.missing_walls),
        )
    return proof


async def last_proof(connection: Connection) -> Proof | None:
    found = await READ_LAST.first(connection)
    return None if found is None else msgspec.json.decode(found.content, type=Proof)


async def proof_waits(connection: Connection) -> bool:
    """Whether a proof is on its way."""
    return (await READ_WAITING.one(connection)).waits
