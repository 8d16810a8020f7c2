"""Since when a merchant is below zero is what its movements say, in whatever order they were written."""

from itertools import accumulate

import hypothesis.strategies as st
from hypothesis import HealthCheck, given, settings

from given.days import NOW
from mutate import without_ddl_guard
from pas.db import Connection
from pas.ledger.accounts import new_account_id
from pas.settlements.debit_notes.reference import reference_of

STEPS = st.lists(
    st.tuples(st.integers(0, 6), st.sampled_from([-300, -200, -100, 100, 200, 300])), max_size=12
)
WRITE = """
    WITH e AS (
        INSERT INTO entry (id, kind, fingerprint, total, occurred_at, recorded_at, period, actor_kind, actor_id, epoch, xid)
        SELECT gen_random_uuid(), 'refund', decode(repeat('00', 32), 'hex'), abs(s.cents), $1, $1::timestamptz + s.hour * interval '1 hour',
            date_trunc('month', now())::date, 'system', gen_random_uuid(), 1, 10 + s.hour
        FROM unnest($2::int[], $3::int[]) WITH ORDINALITY AS s (hour, cents, n) ORDER BY s.n RETURNING id, total
    ), numbered AS (SELECT id, row_number() OVER () AS n FROM e)
    INSERT INTO transfer (entry_id, line, debit, credit, amount, xid, epoch)
    SELECT m.id, 1, CASE WHEN s.cents < 0 THEN $4::bigint ELSE $5 END, CASE WHEN s.cents < 0 THEN $5 ELSE $4::bigint END,
        abs(s.cents), 10 + s.hour, 1
    FROM numbered m JOIN unnest($2::int[], $3::int[]) WITH ORDINALITY AS s (hour, cents, n) ON s.n = m.n
"""


def since(steps: list[tuple[int, int]]) -> int | None:
    """The hour of the first of the steps below zero that end the row; hours are steps."""
    hours = sorted({hour for hour, _ in steps})
    sums = accumulate(sum(cents for at, cents in steps if at == hour) for hour in hours)
    begun: int | None = None
    for hour, standing in zip(hours, sums, strict=True):
        if standing >= 0:
            begun = None
        elif begun is None:
            begun = hour
    return begun


@settings(
    max_examples=80,
    deadline=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture],
)
@given(steps=STEPS)
async def test_since_when_is_what_the_movements_say(
    superuser: Connection, steps: list[tuple[int, int]]
) -> None:
    """Written past the ledger, so that they come in any order; then taken back."""
    transaction = superuser.transaction()
    await transaction.start()
    try:
        await without_ddl_guard(superuser)
        await superuser.execute("SET LOCAL session_replication_role = replica")
        await superuser.execute("ALTER TABLE entry DISABLE TRIGGER USER")
        await superuser.execute("ALTER TABLE transfer DISABLE TRIGGER USER")
        hours, cents = [hour for hour, _ in steps], [amount for _, amount in steps]
        account = new_account_id()
        await superuser.execute(WRITE, NOW, hours, cents, account, new_account_id())
        found = await superuser.fetchrow("SELECT * FROM account_below_zero($1)", account)
        assert found is not None
        assert found["balance_cents"] == sum(cents)
        moment = found["below_since"]
        assert (None if moment is None else (moment - NOW).seconds // 3600) == since(steps)
    finally:
        await transaction.rollback()


async def test_the_database_writes_the_same_reference(connection: Connection) -> None:
    for number in (1, 2, 97, 98, 1_000, 999_999_999):
        written = await connection.fetchval("SELECT debit_note_reference($1)", number)
        assert written == reference_of(number)
