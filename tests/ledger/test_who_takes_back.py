"""What is checked again in the statement that takes back: who does it, of which sale, until when."""

from datetime import timedelta
from uuid import UUID, uuid4

import asyncpg
import msgspec
import pytest

from booking import (
    a_refusal,
    a_reversal,
    a_sale,
    an_item,
    balance,
    redeem,
    reverse,
)
from given.city import (
    Budget,
    Holder,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.logins import a_login
from mutate import by_hand
from pas.db import Connection
from pas.ledger.book import Item, Line

CHANGES = {
    "a paused till": ("void", "UPDATE till SET state = 'paused'"),
    "a revoked till": ("refund", "UPDATE till SET state = 'revoked'"),
    "a till of another merchant": (
        "refund",
        """
        UPDATE redemption SET till_id = gen_random_uuid();
        UPDATE till SET merchant_id = (SELECT id FROM merchant m WHERE m.id <> till.merchant_id)
        """,
    ),
    "a sale of another till": ("void", "UPDATE redemption SET till_id = gen_random_uuid()"),
    "a sale before the window": ("void", "UPDATE redemption SET recorded_at = '2025-12-31'"),
    "a login that ended": (
        "refund",
        """
        INSERT INTO login (id, issuer, subject, name, state)
            VALUES ('00000000-0000-0000-0000-000000000001', 'i', 's', 'Joke', 'ended');
        UPDATE till SET login_id = '00000000-0000-0000-0000-000000000001'
        """,
    ),
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_changed_since_it_was_read_is_moved(
    superuser: Connection, connection: Connection, till: Till, budget: Budget, change: str
) -> None:
    kind, statements = CHANGES[change]
    await a_merchant(connection)
    sale, other = a_sale(till, budget, 1240), a_sale(till, budget, 100)
    await redeem(connection, sale, other)
    await by_hand(superuser, "redemption", statements)

    assert await reverse(connection, a_reversal(kind, sale)) == ["moved"]
    assert await balance(connection, budget.account) == 20000 - 1340
    assert await connection.fetchval("SELECT count(*) FROM redemption_reversal") == 0


async def test_what_moved_holds_up_its_neighbours(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale, other = a_sale(till, budget, 1240), a_sale(till, budget, 100)
    await redeem(connection, sale, other)
    elsewhere = await a_till(connection, till.merchant)
    wrong = a_reversal("void", sale, actor_id=elsewhere.id)
    assert await reverse(connection, wrong, a_reversal("void", other)) == ["moved", "busy"]


async def test_a_sale_at_the_border_is_voided_no_more(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1240)
    await redeem(connection, sale)
    sold = await connection.fetchval("SELECT recorded_at FROM redemption")
    void = a_reversal("void", sale)
    assert await reverse(connection, void, voids_since=sold) == ["moved"]
    just_before = sold - timedelta(microseconds=1)
    assert await reverse(connection, void, voids_since=just_before) == ["booked"]


async def test_any_till_of_the_merchant_a_counter_and_a_login_refund(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1240)
    await redeem(connection, sale)
    elsewhere = await a_till(connection, till.merchant)
    mine = await a_login(connection, merchant=till.merchant.id)
    theirs = await a_login(connection, merchant=(await a_merchant(connection)).id)
    official, gone = await a_login(connection), await a_login(connection, state="ended")

    def refund(actor: UUID, kind: str) -> Item:
        return a_reversal("refund", sale, 10, actor_id=actor, actor_kind=kind)

    assert await reverse(connection, refund(elsewhere.id, "till")) == ["booked"]
    for login, heard in (
        (mine, "booked"),
        (official, "booked"),
        (theirs, "moved"),
        (gone, "moved"),
    ):
        assert await reverse(connection, refund(login, "login")) == [heard]


async def test_a_counter_takes_back_what_any_till_sold_and_who_sold_takes_back_his_own(
    connection: Connection, till: Till, budget: Budget
) -> None:
    counter = await a_till(connection, till.merchant, kind="counter")
    his_own = await a_till(connection, till.merchant, kind="intermediary")
    for seller, back_at, heard in (
        (till, counter, "booked"),
        (his_own, counter, "booked"),
        (his_own, his_own, "booked"),
        (till, his_own, "moved"),
    ):
        sale = a_sale(seller, budget, 100)
        await redeem(connection, sale)
        refund = a_reversal("refund", sale, actor_id=back_at.id)
        assert await reverse(connection, refund) == [heard]
    sold = a_sale(till, budget, 100)
    await redeem(connection, sold)
    await connection.execute("UPDATE login SET state = 'ended' WHERE id = $1", counter.login)
    refund = a_reversal("refund", sold, actor_id=counter.id)
    assert await reverse(connection, refund) == ["moved"]


@pytest.mark.parametrize("kind", ["till", "login"])
async def test_an_unknown_till_or_login_takes_nothing_back(
    connection: Connection, till: Till, budget: Budget, kind: str
) -> None:
    sale = a_sale(till, budget, 100)
    await redeem(connection, sale)
    unknown = a_reversal("refund", sale, actor_id=uuid4(), actor_kind=kind)
    assert await reverse(connection, unknown) == ["moved"]


async def test_sales_of_other_merchants_do_not_stand_in_the_way(
    connection: Connection, till: Till, budget: Budget
) -> None:
    elsewhere = await a_till(connection, await a_merchant(connection))
    sale, theirs = a_sale(till, budget, 1240), a_sale(elsewhere, budget, 100)
    await redeem(connection, sale, theirs)
    assert await reverse(connection, a_reversal("refund", sale, 40)) == ["booked"]
    assert await reverse(connection, a_reversal("void", theirs)) == ["booked"]


async def test_what_was_declined_cannot_be_taken_back(
    connection: Connection, till: Till, budget: Budget
) -> None:
    no, sale = a_refusal(till, budget.holder, "too-often"), a_sale(till, budget, 100)
    await redeem(connection, no)
    refund = an_item("refund", *a_reversal("refund", sale).lines, reverses=no.item.id)
    refund = msgspec.structs.replace(refund, actor_id=till.id)
    assert await reverse(connection, refund, takes=[1]) == ["not_reversible"]


async def test_what_is_taken_back_is_logged_once_for_whom_it_was_sold_to(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    swim, _ = [
        await a_budget(connection, scheme, person, cents=5000, visits=10)
        for person in (holder, await a_holder(connection))
    ]
    assert swim.visits_account is not None
    assert scheme.used is not None
    sale = a_sale(till, swim, 450, Line(swim.visits_account, scheme.used, 1))
    await redeem(connection, sale)
    void = a_reversal("void", sale)
    for heard in ("booked", "replay"):
        assert await reverse(connection, void) == [heard]
        logged = await connection.fetch(
            "SELECT subject_id, entry_id FROM processing_log WHERE activity = 'void'"
        )
        assert [tuple(row) for row in logged] == [(holder.id, void.id)]


async def test_what_is_stored_beside_the_books_is_what_comes_back(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1240)
    await redeem(connection, sale)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await reverse(connection, a_reversal("void", sale), takes=[1241])
    assert refused.value.sqlstate == "PA112"
