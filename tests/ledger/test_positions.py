"""Where and when a row stands: the epoch on every row, the open month, what an entry takes over."""

from datetime import UTC, date, datetime, timedelta

import asyncpg
import pytest

from booking import a_refusal, an_item, book, redeem
from given.city import Budget, Scheme, Till, a_budget
from given.days import TODAY
from pas.db import Connection
from pas.ids import EntryId, uuid7
from pas.ledger.book import Line


def a_payment(till: Till, budget: Budget) -> Line:
    return Line(budget.account, till.merchant.account, 100)


async def test_after_the_epoch_was_raised_every_new_row_carries_it(
    connection: Connection, migrator: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    before = an_item("redeem", a_payment(till, budget))
    await book(owner, before)
    await migrator.execute("SET ROLE ledger_velsen; SET search_path = velsen, pg_temp")
    assert await migrator.fetchval("SELECT raise_epoch('restored')") == 2

    other = await a_budget(connection, budget.scheme, budget.holder)
    after = an_item("redeem", a_payment(till, other))
    assert await book(owner, after) == ["booked"]
    await connection.execute("SELECT set_budget_usable($1, now(), now())", other.account)

    epochs = """
        SELECT (SELECT epoch FROM entry WHERE id = $1), (SELECT epoch FROM transfer WHERE entry_id = $1),
            (SELECT epoch FROM account WHERE id = $2)
    """
    assert tuple(await connection.fetchrow(epochs, before.id, budget.account) or ()) == (1, 1, 1)
    assert tuple(await connection.fetchrow(epochs, after.id, other.account) or ()) == (2, 2, 2)
    assert await connection.fetchval("SELECT epoch FROM usable_change") == 2


async def test_what_comes_late_has_the_old_budget_year_and_the_open_month(
    connection: Connection, owner: Connection, till: Till, budget: Budget, scheme: Scheme
) -> None:
    now = datetime.now(UTC)
    long_ago = now - timedelta(days=70)
    await connection.execute("SELECT set_budget_usable($1, $2, $3)", budget.account, long_ago, now)
    late = an_item("redeem", a_payment(till, budget), occurred_at=long_ago)
    no = an_item("redeem", refusal="too-late", occurred_at=long_ago)
    assert await book(owner, late, no) == ["booked", "declined"]

    months = await connection.fetch(
        "SELECT period FROM entry WHERE id = ANY ($1)", [late.id, no.id]
    )
    this_month = TODAY.replace(day=1)
    assert [row[0] for row in months] == [this_month] * 2
    assert this_month != date(long_ago.year, long_ago.month, 1)
    year = await connection.fetchval(
        "SELECT a.budget_year FROM transfer t JOIN account a ON a.id = t.debit WHERE t.entry_id = $1",
        late.id,
    )
    assert year == scheme.year


async def test_an_id_that_was_tried_online_is_taken_over_once(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    tried = EntryId(uuid7())
    refused = a_refusal(till, budget.holder, "till-clock-wrong", replaces=tried)
    assert await redeem(connection, refused) == ["declined"]
    first, second = (an_item("offline", a_payment(till, budget), replaces=tried) for _ in range(2))
    assert await book(owner, first) == ["booked"]
    assert await book(owner, first) == ["replay"]
    with pytest.raises(asyncpg.UniqueViolationError):
        await book(owner, second)


@pytest.mark.parametrize("kind", ["redemption", "", "Redeem"])
async def test_a_no_of_a_kind_that_nobody_has_is_refused(owner: Connection, kind: str) -> None:
    with pytest.raises(asyncpg.PostgresError) as refused:
        await book(owner, an_item(kind, refusal="budget-empty"))
    assert refused.value.sqlstate == "PA111"


async def test_a_sale_without_a_network_is_judged_by_when_it_was_made(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    now = datetime.now(UTC)
    await connection.execute(
        "SELECT set_budget_usable($1, $2, $3)", budget.account, now - timedelta(days=9), now
    )
    in_time = an_item("offline", a_payment(till, budget), occurred_at=now - timedelta(days=1))
    too_late = an_item("offline", a_payment(till, budget), occurred_at=now)
    assert await book(owner, in_time, too_late) == ["booked", "not_usable"]
