"""Bugs that other ledgers shipped, each as a promise of ours. Every one was check-then-act."""

import asyncio
from collections import Counter
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from booking import (
    Connect,
    a_refusal,
    a_reversal,
    a_sale,
    an_item,
    balance,
    book,
    redeem,
    reverse,
    until_waiting,
)
from given.city import Budget, Holder, Scheme, Till, a_budget, a_scheme
from given.logins import NOON
from pas.db import Connection
from pas.ids import AccountId, EntryId, uuid7
from pas.installation import Access
from pas.ledger.accounts import new_account_id
from pas.ledger.book import Item, Line, Seen


@pytest.fixture
async def owners(access: Access) -> list[Connection]:
    """Connections that may book by hand, for what has no function of its own yet."""
    assert access.migrator is not None
    connections = [await access.migrator.connect() for _ in range(6)]
    for connection in connections:
        await connection.execute("SET ROLE owner_velsen; SET search_path = velsen, pg_temp")
    return list(connections)


async def booked_at_once(owners: list[Connection], items: list[Item]) -> Counter[str]:
    """Each on a connection of its own; sent again if the same id was booked at that moment."""
    answers = await asyncio.gather(
        *(book(owner, item) for owner, item in zip(owners, items, strict=False)),
        return_exceptions=True,
    )
    return Counter(
        answer[0] if isinstance(answer, list) else str(getattr(answer, "sqlstate", answer))
        for answer in answers
    )


async def an_account(owner: Connection, kind: str, scheme: Scheme | None = None) -> AccountId:
    (account,) = await owner.fetchval(
        "SELECT open_accounts(ARRAY[$1::bigint], ARRAY[$2], '{cents}', ARRAY[$3::uuid],"
        " ARRAY[$4::smallint], ARRAY[$5::uuid], ARRAY[$6::boolean], '{-infinity}', '{infinity}')",
        *(new_account_id(), kind, scheme and scheme.id, scheme and scheme.year),
        *(uuid4(), kind in {"held", "budget"}),
    )
    return account


async def test_hyperswitch_two_refunds_never_exceed_the_original(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    clients = [await connect() for _ in range(6)]
    answers = await asyncio.gather(
        *(reverse(client, a_reversal("refund", sale, 600)) for client in clients)
    )
    heard = Counter(answer for (answer,) in answers)
    assert heard == {"booked": 1, "over_reversed": 5}


async def test_blnk_a_credit_is_not_lost_beside_a_debit(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    """The counterparty is locked too: the void arrives while sales leave."""
    sales = [a_sale(till, budget, 100) for _ in range(10)]
    await redeem(connection, *sales)
    spending = [redeem(await connect(), a_sale(till, budget, 100)) for _ in range(10)]
    voiding = [reverse(await connect(), a_reversal("void", sale)) for sale in sales]
    assert await asyncio.gather(*spending, *voiding) == [["booked"]] * 20
    assert await balance(connection, budget.account) == 20000 - 10 * 100


async def test_blnk_six_holds_of_a_thousand_on_five_thousand_are_five(
    connection: Connection, owners: list[Connection], scheme: Scheme, holder: Holder
) -> None:
    budget = await a_budget(connection, scheme, holder, cents=5000)
    held = await an_account(owners[0], "held", scheme)
    holds = [an_item("hold", Line(budget.account, held, 1000)) for _ in range(6)]
    assert await booked_at_once(owners, holds) == {"booked": 5, "insufficient": 1}
    assert await balance(connection, held) == 5000


async def test_blnk_one_hold_is_captured_once(
    connection: Connection, owners: list[Connection], till: Till, budget: Budget
) -> None:
    held = await an_account(owners[0], "held", budget.scheme)
    await book(owners[0], an_item("hold", Line(budget.account, held, 1000)))
    captures = [an_item("capture", Line(held, till.merchant.account, 1000)) for _ in range(6)]
    assert await booked_at_once(owners, captures) == {"booked": 1, "insufficient": 5}
    assert await balance(connection, held) == 0


async def test_blnk_a_part_that_is_not_covered_is_not_skipped(
    connection: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    empty = await a_budget(connection, await a_scheme(connection), holder, cents=1)
    uncovered = Line(empty.account, till.merchant.account, 2)
    sale = a_sale(till, budget, 1000, uncovered)
    assert await redeem(connection, sale) == ["insufficient"]
    assert await balance(connection, budget.account) == 20000


async def test_blnk_a_refund_that_is_sent_twice_is_paid_once(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    refund = a_reversal("refund", sale, 500)
    clients = [await connect() for _ in range(6)]
    answers = await asyncio.gather(*(reverse(client, refund) for client in clients))
    assert Counter(answer for (answer,) in answers) == {"booked": 1, "replay": 5}
    assert await balance(connection, budget.account) == 19500


async def test_lago_the_same_top_up_twice_is_one(
    connection: Connection, owners: list[Connection], budget: Budget
) -> None:
    """Within milliseconds, without any row in common but the id."""
    earlier = await an_account(owners[0], "earlier_supplier")
    top_up = an_item("opening", Line(earlier, budget.account, 700))
    assert await booked_at_once(owners, [top_up] * 6) == {"booked": 1, "replay": 5}
    assert await balance(connection, budget.account) == 20700


async def test_lago_what_is_settled_twice_within_milliseconds_is_settled_once(
    connection: Connection, owners: list[Connection], till: Till, budget: Budget
) -> None:
    """No account here is guarded, so nobody waits but on the id itself."""
    await redeem(connection, a_sale(till, budget, 700))
    run = await an_account(owners[0], "run")
    settled = an_item("settle", Line(till.merchant.account, run, 700))
    heard = await booked_at_once(owners, [settled] * 6)
    assert heard["booked"] == 1
    assert heard["replay"] + heard["PA001"] == 5
    assert await book(owners[0], settled) == ["replay"]


async def test_formance_a_retry_gets_the_stored_answer_and_not_one_of_today(
    connection: Connection, till: Till, budget: Budget
) -> None:
    """The body is built anew from what is left, 10 of 30 by now; the id remembers."""
    entry, print_ = EntryId(uuid7()), bytes(32)
    first = a_sale(till, budget, 30, id=entry, fingerprint=print_)
    assert await redeem(connection, first, a_sale(till, budget, 19960)) == ["booked"] * 2
    rebuilt = a_sale(till, budget, 10, id=entry, fingerprint=print_)
    assert await redeem(connection, rebuilt) == ["replay"]
    assert await connection.fetchval("SELECT total FROM entry WHERE id = $1", entry) == 30
    assert (
        await connection.fetchval("SELECT taken_cents FROM redemption WHERE entry_id = $1", entry)
        == 30
    )


async def test_five_bells_contention_is_never_called_insufficient(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    connections = [await connect() for _ in range(10)]
    answers = await asyncio.gather(*(spend_five_times(one, till, budget) for one in connections))
    assert [answer for five in answers for answer in five] == ["booked"] * 50
    assert await balance(connection, budget.account) == 0


async def spend_five_times(connection: Connection, till: Till, budget: Budget) -> list[str]:
    return [
        answer for _ in range(5) for answer in await redeem(connection, a_sale(till, budget, 400))
    ]


async def test_medici_a_decision_on_an_old_balance_spends_nothing(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    """Both were read before either was booked, as from a replica: yes and no are judged again."""
    other = await connect()
    everything = a_sale(till, budget, 20000)
    too_much = a_sale(till, budget, 1)
    no = a_refusal(till, budget.holder, "budget-empty", seen=(Seen(budget.account, 2),))
    async with other.transaction():
        assert await redeem(other, everything) == ["booked"]
        waiting = asyncio.create_task(redeem(connection, too_much, no))
        await until_waiting(connection, on=other)
    assert await waiting == ["insufficient", "declined"]
    await reverse(connection, a_reversal("void", everything))
    stale_no = a_refusal(till, budget.holder, "budget-empty", seen=(Seen(budget.account, 2),))
    assert await redeem(connection, stale_no) == ["moved"]


async def test_medici_a_void_dated_back_leaves_the_balance_right(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sales = [a_sale(till, budget, 1000) for _ in range(3)]
    for sale in sales:
        await redeem(connection, sale)
    for sale in reversed(sales):
        back = a_reversal("void", sale, occurred_at=NOON - timedelta(days=100))
        assert await reverse(connection, back) == ["booked"]
    assert await balance(connection, budget.account) == 20000


async def test_formance_no_row_is_hidden_by_one_that_commits_later(
    connection: Connection, connect: Connect, till: Till, budget: Budget, holder: Holder
) -> None:
    """A closed prefix ends before the oldest transaction that is still open, so it has no gap."""
    second = await a_budget(connection, await a_scheme(connection), holder)
    prefix = (
        "SELECT entry_id FROM transfer WHERE xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint"
        " AND entry_id = ANY ($1) ORDER BY xid, entry_id"
    )
    first, later = a_sale(till, budget, 1), a_sale(till, second, 2)
    ids = [first.item.id, later.item.id]
    slow = await connect()
    async with slow.transaction():
        await redeem(slow, first)
        await redeem(connection, later)
        assert await connection.fetch(prefix, ids) == []
    # The horizon is that of the whole server: another test's open transaction holds it back too.
    patience = 300
    sealed: list[UUID] = []
    while sealed != ids and patience:
        sealed = [row[0] for row in await connection.fetch(prefix, ids)]
        assert sealed == ids[: len(sealed)]
        patience -= 1
        await asyncio.sleep(0.1)
    assert sealed == ids
    strange = await connection.fetchval(
        "SELECT count(*) FROM transfer t JOIN entry e ON e.id = t.entry_id WHERE t.xid <> e.xid"
        " OR t.xid <> t.xmin::text::bigint OR e.xid <> e.xmin::text::bigint"
    )
    assert strange == 0
