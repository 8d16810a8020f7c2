"""Runs for whoever reads them: what waits, what each paid and left, and what a merchant got."""

from datetime import date, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.ids import MerchantId, SettlementId
from pas.merchants.stored import read_merchant
from pas.money import Cents
from pas.settlements.model import LineState, RunState, UnpaidMerchant
from pas.settlements.stored import read_run

NEWEST: Final = 1_000_000_000


class ListedSettlement(msgspec.Struct, frozen=True, rename="camel"):
    """A run with what it pays, what of that came back, and how many it left."""

    id: SettlementId
    number: int
    state: RunState
    proposed_at: datetime
    pays_on: date | None
    large_cents: Cents | None
    lines: int
    amount_cents: Cents
    open_lines: int
    returned_lines: int
    returned_cents: Cents
    again_cents: Cents
    """What came back from an earlier run, and is paid again in this one."""
    unpaid: int

    @property
    def is_large(self) -> bool:
        return self.large_cents is not None and self.amount_cents > self.large_cents


class Payout(msgspec.Struct, frozen=True, rename="camel"):
    """What a merchant got in a run, or what came back of it."""

    settlement_id: SettlementId
    run_number: int
    number: int
    approved_at: datetime
    pays_on: date
    iban: str
    amount_cents: Cents
    state: LineState
    paid_on: date | None
    returned_on: date | None
    returned_because: str | None


class Coming(msgspec.Struct, frozen=True, rename="camel"):
    """What a merchant has coming: in a proposal that waits, and after it."""

    proposed_cents: Cents
    next_cents: Cents


class Before(msgspec.Struct, frozen=True):
    """What the line before paid to a merchant."""

    merchant_id: MerchantId
    amount_cents: Cents


LIST_RUNS: Final = Statement(
    """
    SELECT r.id, r.number, r.state, r.proposed_at, r.pays_on,
        CASE r.state WHEN 'proposed' THEN least(r.large_cents, large_payout_limit()) ELSE r.large_cents END AS large_cents,
        coalesce(l.lines, 0) AS lines,
        coalesce(l.amount, 0)::bigint AS amount_cents, coalesce(l.open_lines, 0) AS open_lines,
        coalesce(l.returned_lines, 0) AS returned_lines, coalesce(l.returned, 0)::bigint AS returned_cents,
        coalesce(l.again, 0)::bigint AS again_cents, (SELECT count(*) FROM settlement_unpaid u WHERE u.run_id = r.id) AS unpaid
    FROM settlement_run r LEFT JOIN LATERAL (
        SELECT count(*) AS lines, sum(amount_cents) AS amount, count(*) FILTER (WHERE state = 'approved') AS open_lines,
            count(*) FILTER (WHERE state = 'returned') AS returned_lines,
            sum(amount_cents) FILTER (WHERE state = 'returned') AS returned, sum(returned_cents) AS again
        FROM settlement_line WHERE run_id = r.id
    ) l ON true
    WHERE r.number < $1 ORDER BY r.number DESC LIMIT $2
    """,
    ListedSettlement,
)
READ_UNPAID: Final = Statement(
    """
    SELECT u.merchant_id, m.name AS merchant, u.amount_cents, u.reason
    FROM settlement_unpaid u JOIN merchant m ON m.id = u.merchant_id
    WHERE u.run_id = $1 AND ($2::uuid IS NULL OR (m.name, m.id) > (SELECT a.name, a.id FROM merchant a WHERE a.id = $2))
    ORDER BY m.name, m.id LIMIT $3
    """,
    UnpaidMerchant,
)
READ_BEFORE: Final = Statement(
    """
    SELECT l.merchant_id, b.amount_cents
    FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id
    CROSS JOIN LATERAL (
        SELECT p.amount_cents FROM settlement_line p JOIN settlement_run q ON q.id = p.run_id
        WHERE p.merchant_id = l.merchant_id AND q.number < r.number AND p.state <> 'withdrawn'
        ORDER BY q.number DESC LIMIT 1
    ) b
    WHERE l.run_id = $1 AND l.number > $2 AND l.number <= $2 + $3
    """,
    Before,
)
READ_PAYOUTS: Final = Statement(
    """
    SELECT r.id AS settlement_id, r.number AS run_number, l.number, r.approved_at, r.pays_on, p.iban,
        l.amount_cents, l.state, l.paid_on, l.returned_on, l.returned_because
    FROM settlement_line l JOIN settlement_run r ON r.id = l.run_id
    JOIN payout_account p ON p.id = l.payout_account_id
    WHERE l.merchant_id = $1 AND r.number < $2 AND r.approved_at IS NOT NULL AND r.state <> 'withdrawn'
    ORDER BY r.number DESC LIMIT $3
    """,
    Payout,
)
READ_COMING: Final = Statement(
    """
    WITH owed AS (
        SELECT coalesce(sum(
            coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.credit = a.id), 0)
            - coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.debit = a.id), 0)), 0) AS amount
        FROM account a WHERE a.kind IN ('merchant', 'payee') AND a.subject_id = $1
    ), waiting AS (
        SELECT coalesce(sum(amount_cents), 0) AS amount FROM settlement_line
        WHERE merchant_id = $1 AND state = 'proposed'
    )
    SELECT w.amount::bigint AS proposed_cents, (o.amount - w.amount)::bigint AS next_cents
    FROM owed o, waiting w
    """,
    Coming,
)


async def list_runs(
    connection: Connection, *, before: int = NEWEST, limit: int = 50
) -> list[ListedSettlement]:
    """Give the runs, newest first; for the next page, ``before`` is the last number of this one."""
    return await LIST_RUNS.all(connection, before, limit)


async def read_unpaid(
    connection: Connection,
    run_id: SettlementId,
    *,
    after: MerchantId | None = None,
    limit: int = 200,
) -> list[UnpaidMerchant]:
    """Give what a run left, by the name of the merchant."""
    await read_run(connection, run_id)
    return await READ_UNPAID.all(connection, run_id, after, limit)


async def read_before(
    connection: Connection, run_id: SettlementId, *, after: int, limit: int
) -> dict[MerchantId, Cents]:
    """Give for the merchants of a page of lines what the payment before was."""
    found = await READ_BEFORE.all(connection, run_id, after, limit)
    return {one.merchant_id: one.amount_cents for one in found}


async def read_payouts(
    connection: Connection,
    merchant_id: MerchantId,
    *,
    actor: Actor,
    before: int = NEWEST,
    limit: int = 50,
) -> list[Payout]:
    """Give what was paid to a merchant, newest first; a merchant's own people see their own."""
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_PAYOUTS.all(connection, merchant_id, before, limit)


async def read_coming(connection: Connection, merchant_id: MerchantId, *, actor: Actor) -> Coming:
    await read_merchant(connection, merchant_id, actor=actor)
    return await READ_COMING.one(connection, merchant_id)
