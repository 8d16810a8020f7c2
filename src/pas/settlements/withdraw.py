"""Withdraw a run before its file was made, with a reason: as proposer or as approver.

Of a proposal nothing remains but its record, and what it covered is free again. What was approved
comes back to the merchants by entries of its own, and is payable in the next run.
"""

from datetime import datetime
from typing import Final

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.ids import SettlementId
from pas.settlements.booking import entries_of, prints_of
from pas.settlements.model import SettlementLine, SettlementRun
from pas.settlements.rules import refuse_state
from pas.settlements.stored import lock_run, read_lines, read_run

WITHDRAW: Final = Statement("SELECT withdraw_settlement($1, $2, $3, $4, $5, $6)", None)


async def withdraw_settlement(
    connection: Connection, run_id: SettlementId, *, reason: str, actor: Actor, now: datetime
) -> SettlementRun:
    """Withdraw it; raises SettlementInOtherState once the bank may have the file."""
    refuse_programs(actor)
    async with connection.transaction():
        run = await lock_run(connection, run_id)
        refuse_state(run.state, "proposed", "approved")
        booked = run.state == "approved"
        lines: list[SettlementLine] = await read_lines(connection, run_id) if booked else []
        await WITHDRAW.run(
            connection,
            *(run_id, actor.id, now, reason),
            *(entries_of(run_id, "withdraw", lines), prints_of(run_id, "withdraw", lines)),
        )
        await record_event(
            connection,
            kind="settlement.withdrawn",
            subject_kind="settlement",
            subject_id=run_id,
            actor=actor,
            before={"state": run.state},
            reason=reason,
        )
        return await read_run(connection, run_id)
