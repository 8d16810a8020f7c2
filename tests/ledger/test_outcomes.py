"""Every outcome of a booking, and that only the first two store anything."""

import asyncio
from datetime import timedelta

import asyncpg
import msgspec
import pytest

from booking import (
    Connect,
    Sale,
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
from given.city import FIRST_DAY, LAST_DAY, Budget, Scheme, Till, a_budget, a_scheme
from given.logins import NOON
from pas.db import Connection
from pas.ids import EntryId
from pas.ledger.book import Line, Seen


async def stored(connection: Connection, entry: EntryId) -> tuple[str, str | None, int] | None:
    row = await connection.fetchrow("SELECT kind, refusal, total FROM entry WHERE id = $1", entry)
    return None if row is None else tuple(row)


async def test_what_is_there_is_booked(connection: Connection, till: Till, budget: Budget) -> None:
    sale = a_sale(till, budget, 1240)
    assert await redeem(connection, sale) == ["booked"]
    assert await balance(connection, budget.account) == 20000 - 1240
    assert await stored(connection, sale.item.id) == ("redeem", None, 1240)


async def test_the_last_cent_can_be_spent(
    connection: Connection, till: Till, budget: Budget
) -> None:
    assert await redeem(connection, a_sale(till, budget, 20000)) == ["booked"]
    assert await balance(connection, budget.account) == 0


async def test_one_cent_more_than_there_is_is_insufficient_and_not_stored(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 20001)
    assert await redeem(connection, sale) == ["insufficient"]
    assert await stored(connection, sale.item.id) is None
    assert await balance(connection, budget.account) == 20000


async def test_a_known_id_is_a_replay_and_moves_nothing(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 15000)
    assert await redeem(connection, sale) == ["booked"]
    assert await redeem(connection, sale) == ["replay"]
    assert await balance(connection, budget.account) == 5000


async def test_a_known_id_with_other_content_is_misuse(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 500)
    other = a_sale(till, budget, 600, id=sale.item.id)
    assert await redeem(connection, sale) == ["booked"]
    assert await redeem(connection, other) == ["misuse"]
    assert await stored(connection, sale.item.id) == ("redeem", None, 500)


async def test_a_no_is_stored_for_life_even_after_the_budget_was_filled_up(
    connection: Connection, till: Till, budget: Budget
) -> None:
    emptied = a_sale(till, budget, 20000)
    assert await redeem(connection, emptied) == ["booked"]
    no = a_refusal(till, budget.holder, "budget-empty", seen=(Seen(budget.account, 2),))
    assert await redeem(connection, no) == ["declined"]
    assert await reverse(connection, a_reversal("void", emptied)) == ["booked"]
    again = a_sale(till, budget, 1000, id=no.item.id, fingerprint=no.item.fingerprint)
    assert await redeem(connection, again) == ["replay"]
    assert await stored(connection, no.item.id) == ("redeem", "budget-empty", 0)


async def test_a_no_that_rests_on_an_older_balance_is_moved_and_not_stored(
    connection: Connection, till: Till, budget: Budget
) -> None:
    no = a_refusal(till, budget.holder, "budget-empty", seen=(Seen(budget.account, 1),))
    assert await redeem(connection, a_sale(till, budget, 100)) == ["booked"]
    assert await redeem(connection, no) == ["moved"]
    assert await stored(connection, no.item.id) is None


def on(budget: Budget, till: Till, cents: int, *, movements: int) -> Line:
    """A payment that is decided on this movement of the budget."""
    return Line(budget.account, till.merchant.account, cents, seen=movements)


def once(budget: Budget, till: Till, cents: int = 100, *, movements: int = 1) -> Sale:
    sale = a_sale(till, budget, cents)
    lines = (on(budget, till, cents, movements=movements),)
    return msgspec.structs.replace(sale, item=msgspec.structs.replace(sale.item, lines=lines))


async def test_what_is_decided_on_the_balance_as_it_is_is_booked(
    connection: Connection, till: Till, budget: Budget
) -> None:
    first, second = once(budget, till), once(budget, till, movements=2)
    assert await redeem(connection, first) == ["booked"]
    assert await redeem(connection, second) == ["booked"]
    assert await redeem(connection, first) == ["replay"]


async def test_what_is_decided_on_an_older_balance_is_moved_and_not_stored(
    connection: Connection, till: Till, budget: Budget
) -> None:
    late = once(budget, till)
    assert await redeem(connection, a_sale(till, budget, 100)) == ["booked"]
    assert await redeem(connection, late) == ["moved"]
    assert await stored(connection, late.item.id) is None
    assert await balance(connection, budget.account) == 19900


async def test_what_may_be_bought_once_is_bought_once_in_one_call(
    connection: Connection, till: Till, budget: Budget
) -> None:
    first, second = once(budget, till), once(budget, till)
    assert await redeem(connection, first, second) == ["booked", "moved"]
    assert await balance(connection, budget.account) == 19900


async def test_what_is_not_booked_in_a_call_does_not_count_for_what_follows(
    connection: Connection, till: Till, budget: Budget
) -> None:
    too_much = a_sale(till, budget, 100, on(budget, till, 19901, movements=2))
    assert await redeem(connection, too_much, once(budget, till)) == ["insufficient", "booked"]


async def test_what_may_be_bought_once_is_bought_once_by_two_tills_at_one_moment(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    other = await connect()
    async with other.transaction():
        assert await redeem(other, once(budget, till)) == ["booked"]
        waiting = asyncio.create_task(redeem(connection, once(budget, till)))
        await until_waiting(connection, on=other)
    assert await waiting == ["moved"]
    assert await balance(connection, budget.account) == 19900


async def test_a_payment_of_which_one_budget_has_moved_leaves_the_others_alone(
    connection: Connection, till: Till, budget: Budget
) -> None:
    second = await a_budget(connection, await a_scheme(connection), budget.holder)
    assert await redeem(connection, a_sale(till, second, 1)) == ["booked"]
    sale = a_sale(till, budget, 100, on(second, till, 100, movements=1))
    assert await redeem(connection, sale) == ["moved"]
    assert await balance(connection, budget.account) == 20000


async def test_nothing_can_rest_on_an_account_that_counts_no_movements(
    owner: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 100).item
    await book(owner, sale)
    back = Line(till.merchant.account, budget.account, 100, reversed_line=1, seen=1)
    assert await book(owner, an_item("refund", back, reverses=sale.id)) == ["moved"]


async def test_a_no_that_rests_on_no_balance_is_stored(
    connection: Connection, till: Till, budget: Budget
) -> None:
    no = a_refusal(till, budget.holder, "card-blocked")
    assert await redeem(connection, no) == ["declined"]
    assert await redeem(connection, no) == ["replay"]


@pytest.mark.parametrize(
    ("moment", "outcome"),
    [
        (FIRST_DAY - timedelta(microseconds=1), "not_usable"),
        (FIRST_DAY, "booked"),
        (LAST_DAY - timedelta(microseconds=1), "booked"),
        (LAST_DAY, "not_usable"),
    ],
)
async def test_a_budget_is_spent_within_its_time(
    connection: Connection, till: Till, budget: Budget, moment: object, outcome: str
) -> None:
    assert await redeem(connection, a_sale(till, budget, 100, occurred_at=moment)) == [outcome]


async def test_more_than_is_left_of_the_original_is_over_reversed(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    assert await reverse(connection, a_reversal("refund", sale, 600)) == ["booked"]
    assert await reverse(connection, a_reversal("refund", sale, 401)) == ["over_reversed"]
    assert await reverse(connection, a_reversal("refund", sale, 400)) == ["booked"]
    assert await reverse(connection, a_reversal("refund", sale, 1)) == ["over_reversed"]
    assert await balance(connection, budget.account) == 20000


async def test_one_line_reversed_twice_in_one_item_is_over_reversed(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    back = a_reversal("refund", sale, 600)
    twice = msgspec.structs.replace(back, lines=back.lines * 2)
    assert await reverse(connection, twice) == ["over_reversed"]
    assert await balance(connection, budget.account) == 19000


async def test_what_was_never_booked_is_not_reversible(
    connection: Connection, till: Till, budget: Budget
) -> None:
    assert await reverse(connection, a_reversal("void", a_sale(till, budget, 1))) == [
        "not_reversible"
    ]


async def test_a_reversal_is_not_reversible(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    void = a_reversal("void", sale)
    await reverse(connection, void)
    paid_back = Line(debit=till.merchant.account, credit=budget.account, amount=1, reversed_line=1)
    again = an_item("refund", paid_back, reverses=void.id)
    assert await book(owner, again) == ["not_reversible"]


@pytest.mark.parametrize("kind", ["void", "refund"])
async def test_a_lapse_is_no_redemption_to_take_back(
    owner: Connection, scheme: Scheme, budget: Budget, kind: str
) -> None:
    back = Line(debit=budget.account, credit=scheme.appropriation, amount=700)
    lapsed = an_item("lapse", back, occurred_at=LAST_DAY)
    assert await book(owner, lapsed) == ["booked"]
    undone = Line(debit=scheme.appropriation, credit=budget.account, amount=700, reversed_line=1)
    assert await book(owner, an_item(kind, undone, reverses=lapsed.id)) == ["not_reversible"]
    assert await book(owner, an_item("correct", undone, reverses=lapsed.id)) == ["booked"]


async def test_a_second_reversal_of_one_original_in_one_call_is_busy(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    first, second = (a_reversal("refund", sale, 600) for _ in range(2))
    assert await reverse(connection, first, second) == ["booked", "busy"]
    assert await reverse(connection, first, second) == ["replay", "busy"]
    assert await reverse(connection, second) == ["over_reversed"]


async def test_a_lapse_of_what_can_still_be_spent_is_not_usable(
    owner: Connection, scheme: Scheme, budget: Budget
) -> None:
    back = Line(debit=budget.account, credit=scheme.appropriation, amount=700)
    early = an_item("lapse", back, occurred_at=LAST_DAY - timedelta(microseconds=1))
    assert await book(owner, early) == ["not_usable"]
    assert await book(owner, an_item("lapse", back, occurred_at=LAST_DAY)) == ["booked"]


async def test_an_id_booked_elsewhere_at_the_same_moment_is_sent_again(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    no = a_refusal(till, budget.holder, "card-blocked")
    neighbour = a_sale(till, budget, 100)
    other = await connect()
    async with other.transaction():
        assert await redeem(other, no) == ["declined"]
        waiting = asyncio.create_task(redeem(connection, no, neighbour))
        await until_waiting(connection, on=other)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await waiting
    assert refused.value.sqlstate == "PA001"
    assert await redeem(connection, no, neighbour) == ["replay", "booked"]


async def test_a_replay_keeps_the_time_of_the_first(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 100)
    late = a_sale(
        till,
        budget,
        100,
        id=sale.item.id,
        fingerprint=sale.item.fingerprint,
        occurred_at=LAST_DAY + timedelta(days=400),
    )
    assert await redeem(connection, sale) == ["booked"]
    assert await redeem(connection, late) == ["replay"]
    assert (
        await connection.fetchval("SELECT occurred_at FROM entry WHERE id = $1", sale.item.id)
        == NOON
    )
