"""Propose a run: for each merchant what is owed up to a position in the books, and what is left and why.

The cut-off is a position below which every transaction has ended, so that nothing can still come in
before it: a sale that is being booked meanwhile is in the next run. Nobody waits for a proposal.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import SettlementId, uuid7
from pas.ledger.position import READ_HORIZON, Position
from pas.settlements.model import Owed
from pas.settlements.rules import Left, Payable, decide
from pas.settlements.stored import accounts_in_use, refuse_broken_books


class SettlementWaits(Refusal):
    """Er is al een voorstel voor een uitbetaling."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat dat voorstel eerst beoordelen. Of trek het in."


class NothingToPay(Refusal):
    """Er is nu niets uit te betalen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk in de lijst waarom. Mist er een rekening? Vraag die op."


class Outlook(msgspec.Struct, frozen=True):
    """What a proposal would be at this moment."""

    cutoff: Position
    payable: list[Payable]
    left: list[Left]


class Proposed(msgspec.Struct, frozen=True):
    id: SettlementId
    number: int


class Mine(msgspec.Struct, frozen=True):
    mine: bool


class Waiting(msgspec.Struct, frozen=True):
    id: SettlementId


READ_OWED: Final = Statement(
    """
    SELECT o.account_id, o.merchant_id, o.from_epoch, o.from_xid, o.redeemed_cents, o.reversed_cents,
        o.returned_cents
    FROM owed_until($1, $2) o JOIN merchant m ON m.id = o.merchant_id
    ORDER BY m.name, o.account_id
    """,
    Owed,
)
ONE_PROPOSER: Final = Statement(
    "SELECT pg_try_advisory_xact_lock(hashtext(current_schema || '.settlement')) AS mine", Mine
)
READ_WAITING: Final = Statement("SELECT id FROM settlement_run WHERE state = 'proposed'", Waiting)
INSERT_RUN: Final = Statement(
    """
    INSERT INTO settlement_run (id, number, cutoff_epoch, cutoff_xid, minimum_cents, proposed_at,
        proposed_by_kind, proposed_by)
    SELECT $1, coalesce(max(number), 0) + 1, $2, $3, $4, $5, $6, $7 FROM settlement_run
    RETURNING id, number
    """,
    Proposed,
)
INSERT_LINES: Final = Statement(
    """
    INSERT INTO settlement_line (run_id, number, merchant_id, account_id, payout_account_id, from_epoch,
        from_xid, to_epoch, to_xid, redeemed_cents, reversed_cents, returned_cents, amount_cents)
    SELECT $1, l.number, l.merchant_id, l.account_id, l.payout_account_id, l.from_epoch, l.from_xid, $2, $3,
        l.redeemed, l.reversed, l.returned, l.redeemed - l.reversed + l.returned
    FROM unnest($4::uuid[], $5::bigint[], $6::uuid[], $7::int[], $8::bigint[], $9::bigint[], $10::bigint[], $11::bigint[])
        WITH ORDINALITY AS l (merchant_id, account_id, payout_account_id, from_epoch, from_xid, redeemed, reversed, returned, number)
    """,
    None,
)
INSERT_UNPAID: Final = Statement(
    """
    INSERT INTO settlement_unpaid (run_id, account_id, merchant_id, amount_cents, reason)
    SELECT $1, u.account_id, u.merchant_id, u.amount, u.reason
    FROM unnest($2::bigint[], $3::uuid[], $4::bigint[], $5::text[]) AS u (account_id, merchant_id, amount, reason)
    """,
    None,
)


async def propose_settlement(connection: Connection, *, actor: Actor, now: datetime) -> Proposed:
    """Propose to pay what is owed now; a second person approves it. One proposal waits at a time."""
    async with connection.transaction():
        if not (await ONE_PROPOSER.one(connection)).mine:
            raise SettlementWaits("Iemand anders maakt op dit moment een voorstel.")
        if (waiting := await READ_WAITING.first(connection)) is not None:
            raise SettlementWaits(settlementId=str(waiting.id))
        await refuse_broken_books(connection)
        outlook = await look_ahead(connection, now=now)
        if not outlook.payable:
            raise NothingToPay
        run = await _insert(connection, outlook, actor=actor, now=now)
        await record_event(
            connection,
            kind="settlement.proposed",
            subject_kind="settlement",
            subject_id=run.id,
            actor=actor,
            after={
                "number": run.number,
                "lines": len(outlook.payable),
                "amountCents": sum(one.owed.amount_cents for one in outlook.payable),
                "unpaid": len(outlook.left),
            },
        )
    return run


async def look_ahead(connection: Connection, *, now: datetime) -> Outlook:
    """Decide over what is owed at this moment; writes nothing."""
    settings = await read_municipality_settings(connection)
    cutoff = await READ_HORIZON.one(connection)
    owed = await READ_OWED.all(connection, cutoff.epoch, cutoff.xid)
    accounts = await accounts_in_use(connection, at=now)
    payable, left = decide(owed, accounts, minimum_cents=settings.payout_minimum_cents)
    return Outlook(cutoff, payable, left)


async def _insert(
    connection: Connection, outlook: Outlook, *, actor: Actor, now: datetime
) -> Proposed:
    settings = await read_municipality_settings(connection)
    by_kind = "login" if actor.kind == "login" else "system"
    cutoff = outlook.cutoff
    run = await INSERT_RUN.one(
        connection,
        *(uuid7(), cutoff.epoch, cutoff.xid, settings.payout_minimum_cents, now, by_kind, actor.id),
    )
    lines, left = outlook.payable, outlook.left
    await INSERT_LINES.run(
        connection,
        *(run.id, cutoff.epoch, cutoff.xid, [one.owed.merchant_id for one in lines]),
        *([one.owed.account_id for one in lines], [one.account.id for one in lines]),
        *([one.owed.from_epoch for one in lines], [one.owed.from_xid for one in lines]),
        *_parts(lines),
    )
    await INSERT_UNPAID.run(
        connection,
        *(run.id, [one.owed.account_id for one in left], [one.owed.merchant_id for one in left]),
        *([one.owed.amount_cents for one in left], [one.reason for one in left]),
    )
    return run


def _parts(lines: Sequence[Payable]) -> tuple[list[int], list[int], list[int]]:
    return (
        [one.owed.redeemed_cents for one in lines],
        [one.owed.reversed_cents for one in lines],
        [one.owed.returned_cents for one in lines],
    )
