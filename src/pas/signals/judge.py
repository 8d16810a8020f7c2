"""An officer looked at a signal and says what it was, with a reason: it stands, with who and when."""

from datetime import datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import SignalId, uuid7
from pas.signals.model import Signal, Verdict
from pas.signals.show import read_signal

SAID_ALREADY: Final = "PA257"


class SignalAlreadyJudged(Refusal):
    """Dit is al zo beoordeeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk wie dat deed, en waarom."


class Locked(msgspec.Struct, frozen=True):
    """A signal that nobody else can judge, or make grow, until we are done."""

    counted: int


LOCK: Final = Statement("SELECT counted FROM signal WHERE id = $1 FOR UPDATE", Locked)
INSERT: Final = Statement(
    """
    INSERT INTO signal_verdict (id, signal_id, verdict, reason, counted, judged_by, judged_at)
    VALUES ($1, $2, $3, $4, $5, $6, $7)
    """,
    None,
)


async def judge_signal(
    connection: Connection,
    signal_id: SignalId,
    verdict: Verdict,
    *,
    reason: str,
    actor: Actor,
    now: datetime,
) -> Signal:
    """Say that it was nothing, or that it is handled; the newest verdict counts, none is changed."""
    async with connection.transaction():
        await LOCK.first(connection, signal_id)
        before = await read_signal(connection, signal_id)
        if before.verdict == verdict:
            raise SignalAlreadyJudged
        row = (uuid7(), signal_id, verdict, reason, before.counted, actor.id, now)
        try:
            await INSERT.run(connection, *row)
        except asyncpg.PostgresError as error:
            if error.sqlstate != SAID_ALREADY:
                raise
            raise SignalAlreadyJudged from error
        await record_event(
            connection,
            kind="signal.judged",
            subject_kind="signal",
            subject_id=signal_id,
            actor=actor,
            before={"verdict": before.verdict},
            after={"verdict": verdict, "merchantId": before.merchant_id},
            reason=reason,
        )
        return await read_signal(connection, signal_id)
