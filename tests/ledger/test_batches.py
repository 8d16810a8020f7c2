"""Many items in one call: each is whole or not at all, and its neighbours are untouched."""

import asyncio
from collections.abc import Sequence

import asyncpg
import pytest

from booking import (
    BOOK,
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
from given.city import (
    LAST_DAY,
    Budget,
    Holder,
    Scheme,
    Till,
    a_budget,
    a_holder,
    a_merchant,
    a_scheme,
    a_till,
)
from given.logins import NOON
from pas.db import Connection
from pas.ids import AccountId, uuid7
from pas.ledger.book import Line, Seen


async def numbers(connection: Connection, budget: Budget) -> list[tuple[int, int | None]]:
    """The movements of a budget by place, with the turn of each debit."""
    return [
        tuple(row)
        for row in await connection.fetch(
            """
            SELECT CASE WHEN debit = $1 THEN debit_number ELSE credit_number END,
                CASE WHEN debit = $1 THEN debit_turn END
            FROM transfer WHERE $1 IN (debit, credit) ORDER BY 1
            """,
            budget.account,
        )
    ]


async def test_an_item_over_two_budgets_books_whole_or_not_at_all(
    connection: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    second = await a_budget(connection, await a_scheme(connection), holder, cents=500)
    club = till.merchant.account
    too_much = a_sale(till, budget, 1000, Line(debit=second.account, credit=club, amount=501))
    exactly = a_sale(till, budget, 1000, Line(debit=second.account, credit=club, amount=500))
    assert await redeem(connection, too_much, exactly) == ["insufficient", "booked"]
    assert await balance(connection, budget.account) == 19000
    assert await balance(connection, second.account) == 0
    assert await numbers(connection, budget) == [(1, None), (2, 1)]


async def test_neighbours_of_what_cannot_be_booked_are_booked(
    connection: Connection, till: Till, budget: Budget
) -> None:
    known = a_sale(till, budget, 1)
    await redeem(connection, known)
    late = a_sale(till, budget, 1, occurred_at=NOON.replace(year=2028))
    no = a_refusal(till, budget.holder, "too-often")
    moved = a_refusal(till, budget.holder, "budget-empty", seen=(Seen(budget.account, 1),))
    sales = (
        a_sale(till, budget, 1000),
        known,
        late,
        a_sale(till, budget, 18999),
        no,
        moved,
        a_sale(till, budget, 1),
    )
    assert await redeem(connection, *sales) == [
        *("booked", "replay", "not_usable", "booked", "declined", "moved", "insufficient"),
    ]
    assert await balance(connection, budget.account) == 0
    assert await numbers(connection, budget) == [(1, None), (2, 1), (3, 2), (4, 3)]


async def test_money_that_comes_back_in_a_call_can_be_spent_by_the_next_item(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 20000)
    await redeem(connection, sale)
    again = a_sale(till, budget, 20000).item
    assert await book(owner, again, a_reversal("void", sale)) == ["insufficient", "booked"]
    assert await book(owner, again) == ["booked"]


@pytest.mark.parametrize("cents", [100, 30000])
async def test_a_twin_in_one_call_is_a_replay_of_the_first(
    connection: Connection, till: Till, budget: Budget, cents: int
) -> None:
    sale = a_sale(till, budget, cents)
    other = a_sale(till, budget, cents, id=sale.item.id)
    first = "booked" if cents == 100 else "insufficient"
    second = "replay" if cents == 100 else "insufficient"
    assert await redeem(connection, sale, sale, other) == [first, second, "misuse"]
    stored = await connection.fetchval("SELECT count(*) FROM entry WHERE id = $1", sale.item.id)
    assert stored == (cents == 100)


async def test_twins_of_what_was_booked_before_are_each_judged_by_the_books(
    connection: Connection, till: Till, budget: Budget
) -> None:
    sale = a_sale(till, budget, 100)
    other = a_sale(till, budget, 200, id=sale.item.id)
    assert await redeem(connection, sale) == ["booked"]
    assert await redeem(connection, other, sale, sale) == ["misuse", "replay", "replay"]


async def test_a_twin_of_a_no_is_a_replay(
    connection: Connection, till: Till, budget: Budget
) -> None:
    no = a_refusal(till, budget.holder, "card-blocked")
    assert await redeem(connection, no, no) == ["declined", "replay"]


async def test_lines_of_an_item_to_and_from_one_account_are_numbered_in_order(
    connection: Connection, till: Till, budget: Budget, scheme: Scheme
) -> None:
    """A refund after the end of the budget: back to it, and on to the appropriation."""
    sale = a_sale(till, budget, 1000)
    await redeem(connection, sale)
    onward = Line(debit=budget.account, credit=scheme.appropriation, amount=400)
    assert await reverse(connection, a_reversal("refund", sale, 400, onward)) == ["booked"]
    assert await numbers(connection, budget) == [(1, None), (2, 1), (3, None), (4, 2)]
    assert await balance(connection, budget.account) == 19000


async def test_one_id_in_two_calls_at_once_is_booked_once_whichever_budget(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    """On the same budget the second waits and sees a replay; on another it is told to send again."""
    other_budget = await a_budget(connection, await a_scheme(connection), budget.holder)
    sale = a_sale(till, budget, 100)
    twin = a_sale(till, other_budget, 100, id=sale.item.id, fingerprint=sale.item.fingerprint)
    other = await connect()
    async with other.transaction():
        assert await redeem(other, sale) == ["booked"]
        waiting = asyncio.create_task(redeem(connection, twin, a_sale(till, other_budget, 7)))
        await until_waiting(connection, on=other)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await waiting
    assert refused.value.sqlstate == "PA001"
    assert await balance(connection, other_budget.account) == 20000


async def test_ids_in_opposite_order_in_two_calls_do_not_deadlock(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    other = await connect()
    for _ in range(4):
        nos = [a_refusal(till, budget.holder, "card-blocked") for _ in range(600)]
        answers = await asyncio.gather(
            redeem(connection, *nos), redeem(other, *reversed(nos)), return_exceptions=True
        )
        for answer in answers:
            assert isinstance(answer, list) or "same moment" in str(answer), answer


async def test_an_id_whose_transaction_failed_is_free(
    connection: Connection, connect: Connect, till: Till, budget: Budget
) -> None:
    other = await connect()
    sale = a_sale(till, budget, 100)
    transaction = other.transaction()
    await transaction.start()
    await redeem(other, sale)
    waiting = asyncio.create_task(redeem(connection, sale))
    await until_waiting(connection, on=other)
    await transaction.rollback()
    assert await waiting == ["booked"]


async def test_a_thousand_and_twenty_four_items_go_in_one_call(
    connection: Connection, till: Till, budget: Budget
) -> None:
    assert (
        await redeem(connection, *(a_sale(till, budget, 19) for _ in range(1024)))
        == ["booked"] * 1024
    )
    assert await balance(connection, budget.account) == 20000 - 1024 * 19


async def test_what_is_no_call_is_refused_whole(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    """These are mistakes of a program: an error, and nothing of the call is stored."""
    good = a_sale(till, budget, 1)
    club, account = till.merchant.account, budget.account
    wrong = {
        "one item too many, with the one that all have": [
            a_sale(till, budget, 1).item for _ in range(1024)
        ],
        "amount of nothing": [an_item("redeem", Line(debit=account, credit=club, amount=0))],
        "amount below zero": [an_item("redeem", Line(debit=account, credit=club, amount=-5))],
        "amount without end": [
            an_item("redeem", Line(debit=account, credit=club, amount=10**14 + 1))
        ],
        "to itself": [an_item("redeem", Line(debit=account, credit=account, amount=1))],
        "to nowhere": [
            an_item("redeem", Line(debit=account, credit=AccountId(club + 1), amount=1))
        ],
        "no posting": [an_item("redeem", Line(debit=club, credit=account, amount=1))],
        "a no to what does not exist": [an_item("give", refusal="card-blocked")],
        "unknown kind": [an_item("give", Line(debit=account, credit=club, amount=1))],
        "reverses nothing": [
            an_item("void", Line(debit=club, credit=account, amount=1, reversed_line=1))
        ],
        "a void that reverses no line": [
            an_item("void", Line(debit=club, credit=account, amount=1), reverses=good.item.id)
        ],
    }
    await redeem(connection, good)
    for what, items in wrong.items():
        with pytest.raises(asyncpg.PostgresError) as refused:
            await book(owner, a_sale(till, budget, 1).item, *items)
        assert refused.value.sqlstate in {"PA110", "PA111"}, (what, refused.value)
    assert await balance(connection, account) == 19999


async def test_a_call_at_another_isolation_is_refused(
    connection: Connection, till: Till, budget: Budget
) -> None:
    for isolation in ("repeatable_read", "serializable"):
        with pytest.raises(asyncpg.PostgresError) as refused:
            async with connection.transaction(isolation=isolation):
                await redeem(connection, a_sale(till, budget, 1))
        assert refused.value.sqlstate == "PA110"


async def test_accounts_and_lines_that_do_not_fit_are_refused(
    owner: Connection, till: Till, budget: Budget
) -> None:
    """Accounts out of order, lines of no item, an item without lines, no items."""
    low, high = sorted((budget.account, till.merchant.account))
    debit, credit = (1, 2) if low == budget.account else (2, 1)
    good = arguments_of(budget, [[low, high], [1], [debit], [credit], [1], [None], [None]])
    changes = {
        "no items": {at: [] for at in range(9)},
        "nothing at all": {at: [] for at in range(16) if at != 9},
        "accounts twice": {9: [low, low]},
        "accounts descending": {9: [high, low]},
        "an account of no line twice": {9: [low, high, high]},
        "an account of no line out of order": {9: [low, high, low - 1]},
        "line of item 2": {10: [2]},
        "line of item 0": {10: [0]},
        "line of item 1 after one of item 2": {
            **{at: [*good[at], *good[at]] for at in range(9)},
            0: [uuid7(), uuid7()],
            **{at: [*good[at]] * 3 for at in range(11, 16)},
            10: [1, 2, 1],
        },
        "no lines": {at: [] for at in range(10, 16)},
    }
    for what, change in changes.items():
        with pytest.raises(asyncpg.PostgresError) as refused:
            await owner.fetchval(BOOK, *(change.get(at, one) for at, one in enumerate(good)))
        assert refused.value.sqlstate in {"PA110", "PA111"}, (what, refused.value)
    assert await owner.fetchval(BOOK, *good) == ["booked"]


def arguments_of(budget: Budget, lines: Sequence[Sequence[object]]) -> list[Sequence[object]]:
    """The sixteen arrays of a call with one redemption."""
    item = ([uuid7()], ["redeem"], [None], [bytes(32)], [None], [None], [NOON], ["till"])
    return [*item, [budget.holder.id], *lines]


async def test_an_array_of_another_length_is_refused_whichever_it_is(
    owner: Connection, till: Till, budget: Budget
) -> None:
    low, high = sorted((budget.account, till.merchant.account))
    places = [[1], [2]] if low == budget.account else [[2], [1]]
    good = arguments_of(budget, [[low, high], [1], *places, [1], [None], [None]])
    for at in range(16):
        if at == 9:
            continue
        for wrong in ([], [*good[at]] * 2, None):
            given = [wrong if place == at else one for place, one in enumerate(good)]
            with pytest.raises(asyncpg.PostgresError) as refused:
                await owner.fetchval(BOOK, *given)
            is_meant = refused.value.sqlstate == "PA110" or wrong is None
            assert is_meant or at in {0, 10}, (at, wrong, refused.value)


async def test_money_of_one_scheme_never_goes_to_another_or_another_year(
    connection: Connection, owner: Connection, till: Till, budget: Budget
) -> None:
    other, next_year = await a_scheme(connection), await a_scheme(connection, year=2027)
    for elsewhere in (other, next_year):
        astray = Line(debit=budget.account, credit=elsewhere.appropriation, amount=1)
        with pytest.raises(asyncpg.PostgresError) as refused:
            await book(owner, an_item("lapse", astray, occurred_at=NOON.replace(year=2028)))
        assert refused.value.sqlstate == "PA111"


async def test_visits_never_become_cents(
    connection: Connection, owner: Connection, holder: Holder
) -> None:
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500, amount_cents=5000)
    swim = await a_budget(connection, scheme, holder, cents=5000, visits=10)
    club = (await a_till(connection, await a_merchant(connection))).merchant.account
    assert swim.visits_account is not None
    for debit, credit in ((swim.visits_account, club), (swim.account, scheme.used)):
        assert credit is not None
        with pytest.raises(asyncpg.PostgresError) as refused:
            await book(owner, an_item("redeem", Line(debit=debit, credit=credit, amount=1)))
        assert refused.value.sqlstate == "PA111"


async def test_a_known_holder_pays_nothing_for_another(
    connection: Connection, till: Till, budget: Budget
) -> None:
    """A line from a budget of somebody else makes the call `moved`, and nothing is stored."""
    other = await a_holder(connection)
    theirs = a_sale(till, budget, 100, card=other)
    assert await redeem(connection, theirs, a_sale(till, budget, 1)) == ["moved", "busy"]
    assert await balance(connection, budget.account) == 20000


async def test_a_sale_that_fails_at_its_second_line_gives_back_what_its_first_took(
    connection: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    """In the same call the next sale finds the whole balance, and takes the next turn."""
    other = await a_budget(connection, await a_scheme(connection), holder, cents=100)
    too_much = Line(debit=other.account, credit=till.merchant.account, amount=500)
    sales = [a_sale(till, budget, 15_000, too_much), a_sale(till, budget, 10_000)]
    assert await redeem(connection, *sales) == ["insufficient", "booked"]
    assert await balance(connection, budget.account) == 10_000
    assert await numbers(connection, budget) == [(1, None), (2, 1)]


async def test_a_refund_that_fails_at_its_second_line_leaves_nothing_to_spend(
    connection: Connection, owner: Connection, till: Till, holder: Holder, budget: Budget
) -> None:
    """What its first line brought back is gone again for whatever follows in the same call."""
    other = await a_budget(connection, await a_scheme(connection), holder, cents=1_000)
    club = till.merchant.account
    both = a_sale(till, budget, 19_000, Line(other.account, club, 1_000))
    rest = a_sale(till, budget, 1_000)
    assert await redeem(connection, both, rest) == ["booked", "booked"]
    back = [Line(club, budget.account, 19_000, 1), Line(club, other.account, 1_001, 2)]
    items = [
        an_item("refund", *back, reverses=both.item.id, actor_id=till.id),
        an_item(
            "lapse",
            Line(budget.account, budget.scheme.appropriation, 19_000),
            occurred_at=LAST_DAY,
        ),
        a_reversal("refund", rest, 400),
    ]
    assert await book(owner, *items) == ["over_reversed", "insufficient", "booked"]
    assert await balance(connection, budget.account) == 400
    assert [place for place, _ in await numbers(connection, budget)] == [1, 2, 3, 4]
