"""What the bank did with a run, booked by hand: paid on a day, or a line that came back, and why.

A line that came back is owed to the merchant again, and is in the next run.
"""

from collections.abc import Mapping, Sequence
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor, refuse_programs
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import SettlementId
from pas.ledger.accounts import new_account_id
from pas.settlements.booking import entries_of, prints_of
from pas.settlements.model import SettlementLine, SettlementRun
from pas.settlements.rules import refuse_state
from pas.settlements.stored import lock_run, read_lines, read_run


class PaymentDayWrong(Refusal):
    """Op deze dag kan de bank dit niet hebben gedaan."""

    next_step: ClassVar[str] = "Kijk op het bankafschrift. Kies een dag na de goedkeuring."


class LineNotFound(Refusal):
    """Deze betaling is er niet in deze uitbetaling."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een betaling uit de lijst."


class LineHasOutcome(Refusal):
    """Van deze betaling is al geboekt hoe zij afliep."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de uitbetaling opnieuw. Daar staat het."


class By(msgspec.Struct, frozen=True):
    """Who books, when, and from which file of the bank, if from one."""

    actor: Actor
    now: datetime
    source: Mapping[str, str] = {}


BOOK: Final = Statement("SELECT book_payments($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)", None)


async def mark_paid(
    connection: Connection, run_id: SettlementId, *, paid_on: date, actor: Actor, now: datetime
) -> SettlementRun:
    """Book that the bank paid every line of which the outcome is not booked yet."""
    refuse_programs(actor)
    async with connection.transaction():
        run = await lock_run(connection, run_id)
        refuse_state(run.state, "exported")
        refuse_day(run, paid_on, now=now)
        lines = [one for one in await read_lines(connection, run_id) if one.state == "approved"]
        await book_paid(connection, run_id, lines, day=paid_on, by=By(actor, now))
        return await read_run(connection, run_id)


async def mark_returned(
    connection: Connection,
    run_id: SettlementId,
    number: int,
    *,
    returned_on: date,
    reason: str,
    actor: Actor,
    now: datetime,
) -> SettlementLine:
    """Book that a line did not reach the merchant, whether it was paid first or not."""
    refuse_programs(actor)
    async with connection.transaction():
        run = await lock_run(connection, run_id)
        refuse_state(run.state, "exported", "booked")
        line = await read_line(connection, run_id, number)
        refuse_day(run, returned_on, now=now, paid_on=line.paid_on)
        if line.state not in {"approved", "paid"}:
            raise LineHasOutcome
        await book_returned(
            connection, run_id, [line], day=returned_on, reason=reason, by=By(actor, now)
        )
        return await read_line(connection, run_id, number)


async def book_paid(
    connection: Connection,
    run_id: SettlementId,
    lines: Sequence[SettlementLine],
    *,
    day: date,
    by: By,
) -> None:
    """Book that lines were paid, in the transaction that locked their run; in order of their number."""
    await BOOK.run(
        connection,
        *(run_id, "pay", [one.number for one in lines], day, None),
        *(entries_of(run_id, "pay", lines), prints_of(run_id, "pay", lines)),
        *(new_account_id(), by.now, by.actor.id),
    )
    await record_event(
        connection,
        kind="settlement.paid",
        subject_kind="settlement",
        subject_id=run_id,
        actor=by.actor,
        after={
            "lines": len(lines),
            "amountCents": sum(one.amount_cents for one in lines),
            "paidOn": day,
            **by.source,
        },
    )


async def book_returned(
    connection: Connection,
    run_id: SettlementId,
    lines: Sequence[SettlementLine],
    *,
    day: date,
    reason: str,
    by: By,
) -> None:
    """Book that lines did not arrive, in the transaction that locked their run; each is an event."""
    await BOOK.run(
        connection,
        *(run_id, "bounce", [one.number for one in lines], day, reason),
        *(entries_of(run_id, "bounce", lines), prints_of(run_id, "bounce", lines)),
        *(new_account_id(), by.now, by.actor.id),
    )
    for line in lines:
        await record_event(
            connection,
            kind="settlement.returned",
            subject_kind="settlement",
            subject_id=run_id,
            actor=by.actor,
            before={"line": line.number, "state": line.state},
            after={"returnedOn": day, "amountCents": line.amount_cents, **by.source},
            reason=reason,
        )


async def read_line(connection: Connection, run_id: SettlementId, number: int) -> SettlementLine:
    found = await read_lines(connection, run_id, after=number - 1, limit=1)
    if not found or found[0].number != number:
        raise LineNotFound
    return found[0]


def refuse_day(
    run: SettlementRun, day: date, *, now: datetime, paid_on: date | None = None
) -> None:
    """Not before it was approved, nor before it was paid; not in the future."""
    assert run.approved_at is not None, "a run whose file was made was approved"
    if not (paid_on or day_of(run.approved_at)) <= day <= day_of(now):
        raise PaymentDayWrong
