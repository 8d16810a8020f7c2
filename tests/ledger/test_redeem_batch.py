"""What is checked again in the statement that books: till, merchant, card, pass, whose budget."""

import asyncio
from datetime import date, timedelta
from typing import cast

import asyncpg
import msgspec
import pytest

from booking import (
    REDEEM,
    REVERSE,
    Connect,
    a_refusal,
    a_reversal,
    a_sale,
    balance,
    redeem,
    redeem_arguments,
    reverse_arguments,
    until_waiting,
)
from given.city import (
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_child_of,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.logins import NOON
from pas.db import Connection
from pas.ledger.book import Line
from pas.redemptions.facts import TillKind

CHANGES = {
    "a paused till": "UPDATE till SET state = 'paused'",
    "a revoked till": "UPDATE till SET state = 'revoked'",
    "a suspended merchant": "UPDATE merchant SET state = 'suspended'",
    "an ended merchant": "UPDATE merchant SET state = 'ended'",
    "a blocked card": "UPDATE card SET state = 'blocked'",
    "a replaced card": "UPDATE card SET state = 'replaced'",
    "an expired card": "UPDATE card SET expires_at = '2026-06-01 12:00Z'",
    "an ended pass": "UPDATE pass SET ended_on = '2026-06-01', ended_because = 'moved'",
    "an ended agreement": "UPDATE agreement SET valid_until = '2026-06-01'",
    "an agreement of later": "UPDATE agreement SET valid_from = '2026-06-02'",
    "a login that ended": """
        INSERT INTO login (id, issuer, subject, name, state)
            VALUES ('00000000-0000-0000-0000-000000000001', 'i', 's', 'Joke', 'ended');
        UPDATE till SET login_id = '00000000-0000-0000-0000-000000000001'
    """,
}


@pytest.mark.parametrize("change", CHANGES)
async def test_what_changed_since_it_was_read_is_moved(
    superuser: Connection, connection: Connection, till: Till, budget: Budget, change: str
) -> None:
    sale = a_sale(till, budget, 100)
    neighbour = a_refusal(till, budget.holder, "too-often")
    await superuser.execute(CHANGES[change])
    assert await redeem(connection, sale, neighbour) == ["moved", "busy"]
    assert await balance(connection, budget.account) == 20000
    assert await connection.fetchval("SELECT count(*) FROM redemption") == 0
    assert await connection.fetchval("SELECT count(*) FROM processing_log") == 0


async def test_an_unknown_till_card_or_merchant_is_moved(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 100)
    nobody = await a_till(connection, await a_merchant(connection))
    unknown = msgspec.structs.replace(nobody, id=till.merchant.id)
    elsewhere = msgspec.structs.replace(till, merchant=nobody.merchant)
    for wrong in (
        msgspec.structs.replace(sale, till=unknown),
        msgspec.structs.replace(sale, till=elsewhere),
        msgspec.structs.replace(sale, till=msgspec.structs.replace(till, id=nobody.merchant.id)),
        msgspec.structs.replace(sale, card=till.id),
    ):
        assert await redeem(connection, wrong) == ["moved"]


@pytest.mark.parametrize("kind", ["merchant", "intermediary", "counter"])
async def test_every_kind_of_till_sells_for_the_merchant_that_is_paid(
    connection: Connection, budget: Budget, kind: TillKind
) -> None:
    """A merchant's till for no other; a person's own till for whom that person names."""
    payee, other = await a_merchant(connection), await a_merchant(connection)
    till = await a_till(connection, payee, kind=kind)
    elsewhere = msgspec.structs.replace(till, merchant=other)
    outcome = await redeem(connection, a_sale(elsewhere, budget, 100))
    assert outcome == ["moved" if kind == "merchant" else "booked"]
    assert await redeem(connection, a_sale(till, budget, 100)) == ["booked"]
    await connection.execute("UPDATE till SET state = 'revoked' WHERE id = $1", till.id)
    assert await redeem(connection, a_sale(till, budget, 100)) == ["moved"]


async def test_a_card_is_good_until_it_expires(
    superuser: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    await superuser.execute("UPDATE card SET expires_at = $1", NOON + timedelta(microseconds=1))
    assert await redeem(connection, a_sale(till, budget, 100)) == ["booked"]


async def test_money_goes_to_the_merchant_of_the_till(
    connection: Connection, till: Till, budget: Budget
) -> None:
    other = await a_merchant(connection)
    astray = Line(debit=budget.account, credit=other.account, amount=50)
    assert await redeem(connection, a_sale(till, budget, 100, astray)) == ["moved"]


async def test_a_forfeit_goes_to_its_own_scheme(
    connection: Connection, till: Till, budget: Budget
) -> None:
    other = await a_scheme(connection)
    astray = Line(debit=budget.account, credit=other.appropriation, amount=50)
    assert await redeem(connection, a_sale(till, budget, 100, astray)) == ["moved"]


async def test_a_budget_for_one_club_is_spent_at_that_club(
    connection: Connection, till: Till, scheme: Scheme, holder: Holder
) -> None:
    elsewhere = await a_till(connection, await a_merchant(connection))
    bound = await a_budget(connection, scheme, holder, merchant=till.merchant)
    assert await redeem(connection, a_sale(elsewhere, bound, 100)) == ["moved"]
    assert await redeem(connection, a_sale(till, bound, 100)) == ["booked"]


async def test_a_visit_is_spent_by_its_holder_at_its_club(
    connection: Connection, till: Till, holder: Holder
) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    other = await a_holder(connection)
    swim = await a_budget(connection, scheme, holder, cents=5000, visits=10, merchant=till.merchant)
    theirs = await a_budget(connection, await a_scheme(connection), other)
    assert swim.visits_account is not None
    assert scheme.used is not None
    visit = Line(debit=swim.visits_account, credit=scheme.used, amount=1)
    elsewhere = await a_till(connection, await a_merchant(connection))
    only_visit = a_sale(elsewhere, swim, 1, visit)
    only_visit = msgspec.structs.replace(
        only_visit, item=msgspec.structs.replace(only_visit.item, lines=(visit,)), price_cents=0
    )
    assert await redeem(connection, only_visit) == ["moved"]
    assert await redeem(connection, a_sale(till, theirs, 1, visit)) == ["moved"]
    assert await redeem(connection, a_sale(till, swim, 450, visit)) == ["booked"]


async def test_a_parent_pays_for_a_child_and_a_child_not_for_a_parent(
    connection: Connection, till: Till, scheme: Scheme, holder: Holder
) -> None:
    child = await a_child_of(connection, holder)
    of_child = await a_budget(connection, scheme, child)
    of_parent = await a_budget(connection, scheme, holder)
    assert await redeem(connection, a_sale(till, of_child, 100, card=holder)) == ["booked"]
    assert await redeem(connection, a_sale(till, of_parent, 100, card=child)) == ["moved"]
    await connection.execute("UPDATE managing_adult SET valid_until = $1", NOON.date())
    assert await redeem(connection, a_sale(till, of_child, 100, card=holder)) == ["moved"]


async def test_a_parent_pays_from_the_first_day_on(
    connection: Connection, till: Till, scheme: Scheme, holder: Holder
) -> None:
    child = await a_child_of(connection, holder)
    of_child = await a_budget(connection, scheme, child)
    early = NOON.replace(year=2025)
    assert await redeem(
        connection, a_sale(till, of_child, 100, card=holder, occurred_at=early)
    ) == ["moved"]
    first = NOON.replace(month=1, day=1)
    assert await redeem(
        connection, a_sale(till, of_child, 100, card=holder, occurred_at=first)
    ) == ["booked"]


async def test_a_sale_that_does_not_say_for_what_needs_an_agreement_for_each_budget(
    superuser: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    silent = msgspec.structs.replace(a_sale(till, budget, 100), category=None)
    assert await redeem(connection, silent) == ["booked"]
    await superuser.execute(
        "INSERT INTO category (code, title) VALUES ('culture', 'Cultuur');"
        "UPDATE agreement SET category = 'culture'"
    )
    again = msgspec.structs.replace(a_sale(till, budget, 100), category=None)
    assert await redeem(connection, again) == ["moved"]


async def test_an_agreement_of_another_club_or_for_another_scheme_is_not_enough(
    connection: Connection, till: Till, budget: Budget
) -> None:
    """When the sale does not say for what: that club may take sport, and another scheme is for culture."""
    await a_scheme(connection, categories=("culture",))
    club = await a_till(connection, await a_merchant(connection, categories=("culture",)))
    for at, heard in ((club, "moved"), (till, "booked")):
        silent = msgspec.structs.replace(a_sale(at, budget, 100), category=None)
        assert await redeem(connection, silent) == [heard]


async def test_an_agreement_holds_from_its_first_day_until_the_day_it_ends(
    superuser: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    today = NOON.date()
    day = timedelta(days=1)
    for valid_from, valid_until, heard in (
        (today, None, "booked"),
        (today + day, None, "moved"),
        (today - day, today, "moved"),
        (today - day, today + day, "booked"),
    ):
        await superuser.execute(
            "UPDATE agreement SET valid_from = $1, valid_until = $2", valid_from, valid_until
        )
        said = a_sale(till, budget, 100)
        silent = msgspec.structs.replace(a_sale(till, budget, 100), category=None)
        assert await redeem(connection, said) == [heard]
        assert await redeem(connection, silent) == [heard]


async def test_the_visits_of_a_sale_are_kept_beside_it_and_a_refusal_has_none(
    connection: Connection, till: Till, holder: Holder
) -> None:
    swim, visit = await a_swim(connection, holder)
    sale = a_sale(till, swim, 450, visit)
    no = msgspec.structs.replace(a_refusal(till, holder, "budget-empty"), visits=2)
    arguments = redeem_arguments([sale, no])
    arguments[25] = [3, 2]
    assert await connection.fetchval(REDEEM, *arguments) == ["booked", "declined"]
    kept = await connection.fetch(
        "SELECT entry_id, visits, visits_asked FROM redemption ORDER BY visits DESC"
    )
    assert [tuple(row) for row in kept] == [(sale.item.id, 1, 3), (no.item.id, 0, 0)]


@pytest.mark.parametrize("field", ["taken", "visits"])
async def test_what_is_stored_beside_the_books_is_what_the_lines_move(
    connection: Connection, till: Till, budget: Budget, field: str
) -> None:
    sale = a_sale(till, budget, 100)
    wrong = (
        msgspec.structs.replace(sale, price_cents=200, taken=99)
        if field == "taken"
        else msgspec.structs.replace(sale, visits=1)
    )
    with pytest.raises(asyncpg.PostgresError) as refused:
        await redeem(connection, wrong)
    assert refused.value.sqlstate == "PA112"


@pytest.mark.parametrize("kind", ["grant", "lapse", "hold", "void", "settle", "shortfall"])
async def test_a_till_books_redemptions_only(
    connection: Connection, till: Till, budget: Budget, kind: str
) -> None:
    sale = a_sale(till, budget, 100)
    wrong = msgspec.structs.replace(sale, item=msgspec.structs.replace(sale.item, kind=kind))
    with pytest.raises(asyncpg.PostgresError) as refused:
        await redeem(connection, wrong)
    assert refused.value.sqlstate == "PA110"


async def test_what_is_booked_and_what_is_declined_is_logged_for_its_holder(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale, no = a_sale(till, budget, 1240), a_refusal(till, budget.holder, "category-not-agreed")
    await redeem(connection, sale, no, a_sale(till, budget, 99999))
    await redeem(connection, sale)
    redemptions = await connection.fetch(
        "SELECT entry_id, taken_cents, refusal FROM redemption ORDER BY taken_cents"
    )
    assert [tuple(row) for row in redemptions] == [
        (no.item.id, 0, "category-not-agreed"),
        (sale.item.id, 1240, None),
    ]
    log = await connection.fetch("SELECT subject_id, entry_id, card_id FROM processing_log")
    assert {tuple(row) for row in log} == {
        (budget.holder.id, one.item.id, budget.holder.card) for one in (sale, no)
    }


async def test_a_block_after_the_sale_was_decided_does_not_undo_it(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    """The sale waits for the budget; a card blocked meanwhile is blocked after the sale."""
    other = await connect()
    async with other.transaction():
        assert await redeem(other, a_sale(till, budget, 1)) == ["booked"]
        waiting = asyncio.create_task(redeem(connection, a_sale(till, budget, 2)))
        await until_waiting(connection, on=other)
        await other.execute("UPDATE card SET state = 'blocked', state_since = $1", NOON)
    assert await waiting == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 4)) == ["moved"]


async def test_a_pass_of_last_year_ended_on_a_day_in_amsterdam(
    superuser: Connection, connection: Connection, till: Till, budget: Budget
) -> None:
    """2 June begins at 22:00 UTC on 1 June."""
    await superuser.execute(
        "UPDATE pass SET ended_on = $1, ended_because = 'moved'", date(2026, 6, 2)
    )
    night = NOON.replace(hour=22)
    assert await redeem(
        connection, a_sale(till, budget, 1, occurred_at=night - timedelta(seconds=1))
    ) == ["booked"]
    assert await redeem(connection, a_sale(till, budget, 1, occurred_at=night)) == ["moved"]


async def test_a_visit_without_a_price_needs_a_pass_that_did_not_end(
    superuser: Connection, connection: Connection, till: Till, holder: Holder
) -> None:
    swim, visit = await a_swim(connection, holder)
    for ended_on, heard in ((date(2026, 6, 2), "booked"), (date(2026, 6, 1), "moved")):
        await superuser.execute("UPDATE pass SET ended_on = $1, ended_because = 'moved'", ended_on)
        sale = a_sale(till, swim, 1, visit)
        free = msgspec.structs.replace(sale.item, lines=(visit,))
        sale = msgspec.structs.replace(sale, item=free, price_cents=0)
        assert await redeem(connection, sale) == [heard]


async def a_swim(connection: Connection, holder: Holder) -> tuple[Budget, Line]:
    """Ten visits, and the line of one."""
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    swim = await a_budget(connection, scheme, holder, cents=5000, visits=10)
    assert swim.visits_account is not None
    assert scheme.used is not None
    return swim, Line(debit=swim.visits_account, credit=scheme.used, amount=1)


async def test_an_array_beside_the_ledger_of_another_length_is_refused(
    connection: Connection, till: Till, budget: Budget
) -> None:
    """What a program lays out wrongly is an error, and never a sale with pieces of another."""
    sales = [a_sale(till, budget, 100), a_sale(till, budget, 200)]
    good = cast("list[list[object]]", redeem_arguments(sales))
    for at in range(14, 26):
        short = [*good[:at], good[at][:1], *good[at + 1 :]]
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.fetchval(REDEEM, *short)
        assert refused.value.sqlstate == "PA110", at
    assert await redeem(connection, *sales) == ["booked", "booked"]
    refunds = [a_reversal("refund", sale, 50) for sale in sales]
    back = cast("list[list[object]]", reverse_arguments(refunds))
    for at in range(13, 17):
        short = [*back[:at], back[at][:1], *back[at + 1 :]]
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.fetchval(REVERSE, *short, NOON)
        assert refused.value.sqlstate == "PA110", at
