"""A redemption, from what was scanned to what is booked, on a real database."""

import asyncio
from datetime import date, timedelta

import msgspec
import pytest

from booking import until_waiting
from given.city import a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON
from given.sales import a_sale_item, desk_of
from pas.db import Connection
from pas.redemptions.redeem import redeem
from pas.redemptions.refusals import Busy

LOCK = "SELECT 1 FROM balance WHERE account_id = $1 FOR UPDATE"


async def balance(connection: Connection, account: int) -> int:
    return await connection.fetchval("SELECT amount FROM balance WHERE account_id = $1", account)


async def test_a_sale_takes_the_price_from_the_budget(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=20_000)

    sale = a_sale_item(till, holder, price=1_240, take=1_240)
    [answer] = await redeem(desk_of(connection), [sale])

    assert (answer.outcome, answer.take_cents, answer.ask_cents) == ("booked", 1_240, 0)
    assert answer.category == "sport"
    assert await balance(connection, budget.account) == 18_760


async def test_a_lock_that_takes_too_long_is_busy_and_the_same_id_books_later(
    connection: Connection, superuser: Connection
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder)
    sale = a_sale_item(till, holder, price=100, take=100)
    await connection.execute("SET lock_timeout = '50ms'")

    async with superuser.transaction():
        await superuser.execute(LOCK, budget.account)
        [busy] = await redeem(desk_of(connection), [sale])
    [booked] = await redeem(desk_of(connection), [sale])

    assert busy.reason is Busy
    assert booked.outcome == "booked"


async def test_a_deadlock_is_tried_again_and_never_reaches_the_till(
    connection: Connection, superuser: Connection
) -> None:
    merchant, holder = await a_merchant(connection), await a_holder(connection)
    till = await a_till(connection, merchant)
    budgets = [
        await a_budget(connection, await a_scheme(connection), holder, cents=500) for _ in range(2)
    ]
    first, last = sorted(budget.account for budget in budgets)
    sale = a_sale_item(till, holder, price=1_000, take=1_000)
    # Who looks for a deadlock first is ended; it must be the till, also on a slow machine.
    await superuser.execute("GRANT SET ON PARAMETER deadlock_timeout TO app_velsen")
    await connection.execute("SET deadlock_timeout = '3s'")
    await superuser.execute("SET deadlock_timeout = '1min'")

    async with superuser.transaction():
        await superuser.execute(LOCK, last)
        redeeming = asyncio.create_task(redeem(desk_of(connection), [sale]))
        await until_waiting(connection, on=superuser)
        await superuser.execute(LOCK, first)
    [booked] = await redeeming

    assert booked.outcome == "booked"


async def test_a_price_above_the_budgets_is_split_and_the_rest_is_asked(
    connection: Connection,
) -> None:
    sport = await a_scheme(connection, categories=("sport",))
    broad = await a_scheme(connection, categories=("sport", "culture"))
    merchant = await a_merchant(connection, categories=("sport",))
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    first = await a_budget(connection, sport, holder, cents=1_000)
    second = await a_budget(connection, broad, holder, cents=240)

    [quote] = await redeem(desk_of(connection), [a_sale_item(till, holder, price=2_000)])
    sale = a_sale_item(till, holder, price=2_000, take=quote.take_cents)
    [answer] = await redeem(desk_of(connection), [sale])

    assert (quote.outcome, quote.take_cents, quote.ask_cents) == ("quoted", 1_240, 760)
    assert answer.outcome == "booked"
    assert await balance(connection, first.account) == 0
    assert await balance(connection, second.account) == 0


async def test_the_same_id_again_gives_the_same_answer_and_books_once(
    connection: Connection,
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=1_000)
    sale = a_sale_item(till, holder, price=600, take=600)

    [first] = await redeem(desk_of(connection), [sale])
    await connection.execute("UPDATE card SET state = 'blocked' WHERE id = $1", holder.card)
    await connection.execute("UPDATE till SET state = 'revoked' WHERE id = $1", till.id)
    [again] = await redeem(desk_of(connection), [sale])

    assert (first.outcome, again.outcome) == ("booked", "booked")
    assert (again.take_cents, again.ask_cents) == (600, 0)
    assert await balance(connection, budget.account) == 400


async def test_an_id_reused_with_another_price_is_refused(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    await a_budget(connection, scheme, holder)
    sale = a_sale_item(till, holder, price=600, take=600)
    await redeem(desk_of(connection), [sale])

    other = a_sale_item(till, holder, price=700, take=700, id=sale.id)
    [answer] = await redeem(desk_of(connection), [other])

    assert answer.outcome == "refused"
    assert answer.reason is not None
    assert answer.reason.code() == "sale-id-reused"


async def test_a_final_no_stays_no_after_a_top_up(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=500)
    emptied = a_sale_item(till, holder, price=500, take=500)
    await redeem(desk_of(connection), [emptied])

    sale = a_sale_item(till, holder, price=300, take=300)
    [declined] = await redeem(desk_of(connection), [sale])
    await a_budget(connection, await a_scheme(connection), holder, cents=10_000)
    [again] = await redeem(desk_of(connection), [sale])

    assert declined.outcome == again.outcome == "declined"
    assert again.reason is not None
    assert again.reason.code() == "budget-empty"
    assert await balance(connection, budget.account) == 0


async def test_taking_another_amount_than_can_be_taken_asks_again(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=1_000)

    [answer] = await redeem(
        desk_of(connection), [a_sale_item(till, holder, price=2_000, take=2_000)]
    )

    assert (answer.outcome, answer.take_cents, answer.ask_cents) == ("moved", 1_000, 1_000)
    assert await balance(connection, budget.account) == 1_000


async def test_a_family_pays_each_child_from_its_own_budget(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    parent, till = await a_holder(connection), await a_till(connection, merchant)
    older = await a_child_of(connection, parent, birth_date=date(2014, 1, 1))
    younger = await a_child_of(connection, parent, birth_date=date(2017, 1, 1))
    budgets = [await a_budget(connection, scheme, child) for child in (older, younger)]

    sales = [a_sale_item(till, parent, price=450, take=450, child=n) for n in (1, 2, 3)]
    answers = await redeem(desk_of(connection), sales)

    assert [answer.outcome for answer in answers] == ["booked", "booked", "declined"]
    assert answers[2].reason is not None
    assert answers[2].reason.code() == "pass-not-in-household"
    assert [await balance(connection, budget.account) for budget in budgets] == [19_550, 19_550]


async def test_visits_use_a_visit_and_pay_the_agreed_price(connection: Connection) -> None:
    scheme = await a_scheme(connection, categories=("swimming",), visits=10, visit_price_cents=503)
    merchant = await a_merchant(connection, categories=("swimming",), visit_price_cents=480)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=5_030, visits=10)

    [quote] = await redeem(desk_of(connection), [a_sale_item(till, holder, visits=2)])
    sale = a_sale_item(till, holder, visits=2, take=quote.take_cents)
    [answer] = await redeem(desk_of(connection), [sale])

    assert (answer.outcome, answer.visits, answer.take_cents) == ("booked", 2, 960)
    assert budget.visits_account is not None
    assert await balance(connection, budget.visits_account) == 8
    assert await balance(connection, budget.account) == 4_070


async def test_spend_at_once_warns_and_gives_the_rest_back(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection, spend_at_once=True), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=5_000)

    [quote] = await redeem(desk_of(connection), [a_sale_item(till, holder, price=900)])
    unheard = a_sale_item(till, holder, price=900, take=900, lost=4_099)
    [moved] = await redeem(desk_of(connection), [unheard])
    heard = a_sale_item(till, holder, price=900, take=900, lost=4_100, id=unheard.id)
    [answer] = await redeem(desk_of(connection), [heard])

    assert [warning.lost_cents for warning in quote.warnings] == [4_100]
    assert (moved.outcome, moved.warnings) == ("moved", quote.warnings)
    assert answer.outcome == "booked"
    assert await balance(connection, budget.account) == 0


@pytest.mark.parametrize(
    ("change", "code", "outcome"),
    [
        ("UPDATE card SET state = 'blocked'", "card-blocked", "declined"),
        ("UPDATE card SET state = 'inactive'", "card-not-activated", "declined"),
        ("UPDATE card SET state = 'replaced'", "card-replaced", "declined"),
        ("UPDATE till SET state = 'paused'", "till-paused", "refused"),
        ("UPDATE till SET state = 'revoked'", "till-revoked", "refused"),
        ("UPDATE merchant SET state = 'suspended'", "merchant-suspended", "declined"),
        ("UPDATE agreement SET valid_until = '2026-02-01'", "category-not-agreed", "declined"),
        (
            "UPDATE pass SET ended_on = '2026-05-01', ended_because = 'moved'",
            "pass-ended",
            "declined",
        ),
    ],
)
async def test_what_is_wrong_is_said_and_nothing_is_booked(
    connection: Connection, change: str, code: str, outcome: str
) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    budget = await a_budget(connection, scheme, holder, cents=1_000)
    await connection.execute(change)

    [answer] = await redeem(desk_of(connection), [a_sale_item(till, holder, price=100, take=100)])

    assert answer.reason is not None
    assert (answer.reason.code(), answer.outcome) == (code, outcome)
    assert await balance(connection, budget.account) == 1_000


async def test_a_pass_of_last_year_is_expired(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    await a_budget(connection, scheme, holder)

    later = desk_of(connection, now=NOON + timedelta(days=365))
    [answer] = await redeem(later, [a_sale_item(till, holder, price=100, take=100)])

    assert answer.reason is not None
    assert answer.reason.code() == "card-expired"


async def test_five_unknown_cards_pause_the_till(connection: Connection) -> None:
    merchant = await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    unknown = msgspec.structs.replace(
        a_sale_item(till, holder, price=100),
        scan=msgspec.structs.replace(a_sale_item(till, holder).scan, token_hash=bytes(32)),
    )

    codes: list[str] = []
    for _ in range(6):
        [answer] = await redeem(desk_of(connection), [unknown])
        assert answer.reason is not None
        codes.append(answer.reason.code())

    assert codes == ["card-unknown"] * 5 + ["till-paused"]
    assert await connection.fetchval("SELECT state FROM till WHERE id = $1", till.id) == "paused"


async def test_a_card_typed_under_a_rotated_key_is_found(connection: Connection) -> None:
    scheme, merchant = await a_scheme(connection), await a_merchant(connection)
    holder, till = await a_holder(connection), await a_till(connection, merchant)
    await a_budget(connection, scheme, holder)
    stored = await connection.fetchval("SELECT number_hash FROM card WHERE id = $1", holder.card)
    sale = a_sale_item(till, holder, price=100, take=100)
    typed = msgspec.structs.replace(
        sale,
        scan=msgspec.structs.replace(
            sale.scan, token_hash=None, number_hash=bytes(32), older_number_hashes=(stored,)
        ),
    )

    [answer] = await redeem(desk_of(connection), [typed])

    assert answer.outcome == "booked"


async def test_in_the_run_out_the_till_first_asks_whether_the_season_began_in_time(
    connection: Connection,
) -> None:
    scheme = await a_scheme(connection, run_out_days=30)
    merchant, holder = await a_merchant(connection), await a_holder(connection)
    till = await a_till(connection, merchant)
    ends = NOON + timedelta(days=30)
    await a_budget(connection, scheme, holder, usable_until=ends, run_out_days=30)
    in_time, late = desk_of(connection), desk_of(connection, now=NOON + timedelta(days=3))

    [before] = await redeem(in_time, [a_sale_item(till, holder, price=100)])
    [after] = await redeem(late, [a_sale_item(till, holder, price=100)])
    sale = a_sale_item(till, holder, price=100, take=100)
    [unsure] = await redeem(late, [sale])
    confirmed = frozenset(condition.code for condition in after.conditions)
    request = msgspec.structs.replace(sale.request, confirmed=confirmed)
    [sure] = await redeem(late, [msgspec.structs.replace(sale, request=request)])

    assert (before.outcome, before.conditions) == ("quoted", ())
    assert [condition.question for condition in after.conditions] == [
        "Is de les of het seizoen begonnen vóór 2 juni 2026?"
    ]
    assert (unsure.outcome, sure.outcome) == ("refused", "booked")
