"""What a till hands in that it sold without a network, and who bears it."""

from datetime import date, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from given.city import (
    LAST_DAY,
    Budget,
    a_budget,
    a_child_of,
    a_holder,
    a_merchant,
    a_scheme,
)
from given.logins import NOON
from given.offline import an_offline_till
from offline_desk import LATER, Desk
from pas.auth.till_signature import PrivateKey
from pas.days import start_of
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.codes import new_token

DAY = timedelta(days=1)


async def test_what_the_pass_can_pay_the_pass_pays(desk: Desk, purse: Budget) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400)
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)
    assert (await desk.left(purse.account), await desk.owed()) == (600, 400)
    assert (await desk.proof()).closes


async def test_what_the_pass_cannot_pay_the_municipality_pays(desk: Desk, purse: Budget) -> None:
    permit, scanned = await desk.allowed(), purse.holder.token.text()
    sales = [desk.till.sell(permit, scanned, cents) for cents in (700, 700, 700)]
    assert [await desk.sold(sale) for sale in sales] == [
        ("booked", "budget", 700, 0, None),
        ("booked", "both", 300, 400, "budget-empty"),
        ("booked", "municipality", 0, 700, "budget-empty"),
    ]
    proof = await desk.proof()
    assert proof.closes
    assert [(one.scheme_id, one.shortfall) for one in proof.schemes] == [(purse.scheme.id, 1100)]
    assert [(one.owed, one.redeemed) for one in proof.merchants] == [(2100, 2100)]


@pytest.mark.parametrize(
    "key",
    [ec.generate_private_key(ec.SECP256R1()), ed25519.Ed25519PrivateKey.generate()],
    ids=["ES256", "Ed25519"],
)
async def test_both_kinds_of_key_sign(desk: Desk, purse: Budget, key: PrivateKey) -> None:
    till = await an_offline_till(desk.connection, desk.merchant, key=key)
    desk = msgspec.structs.replace(desk, till=till)
    sale = till.sell(await desk.allowed(), purse.holder.token.text(), 400)
    assert (await desk.sold(sale))[:2] == ("booked", "budget")


async def test_a_number_may_be_typed(desk: Desk, purse: Budget) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.number, 400)
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)


async def test_the_same_again_is_the_same_answer_however_late(desk: Desk, purse: Budget) -> None:
    permit = await desk.allowed()
    desk.till.sell(permit, purse.holder.token.text(), 400)
    desk.till.sell(permit, "onzin", 100)
    first = await desk.hand_in()
    await desk.connection.execute("UPDATE card SET state = 'blocked', state_since = $1", NOON)
    assert await desk.hand_in(now=NOON + 90 * DAY) == first
    assert await desk.owed() == 400


async def test_of_what_was_quoted_before_the_network_went_a_share_is_paid_once(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection)
    scheme = await a_scheme(connection, share_basis_points=5_000)
    purse = await a_budget(connection, scheme, holder, cents=1000)
    permit, scanned = await desk.allowed(), holder.token.text()
    quoted = desk.till.sell(permit, scanned, 1_200, takeCents=600)
    assert await desk.sold(quoted) == ("booked", "budget", 600, 0, None)
    less_is_left = desk.till.sell(permit, scanned, 1_200, takeCents=600)
    assert await desk.sold(less_is_left) == ("booked", "both", 400, 200, "budget-empty")
    assert (await desk.left(purse.account), await desk.owed()) == (0, 1_200)
    assert (await desk.proof()).closes


async def test_no_more_is_taken_than_was_quoted(desk: Desk, purse: Budget) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 900, takeCents=300)
    assert await desk.sold(sale) == ("booked", "budget", 300, 0, None)
    assert await desk.left(purse.account) == 700


@pytest.mark.parametrize("take", [0, -1, 401])
async def test_what_is_taken_is_a_part_of_the_price(desk: Desk, purse: Budget, take: int) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400, takeCents=take)
    assert await desk.sold(sale) == ("declined", "merchant", 0, 0, "offline-item-unreadable")


async def test_an_upload_that_is_three_days_late_is_judged_as_of_its_day(
    desk: Desk, purse: Budget
) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400, at=LATER)
    assert await desk.sold(sale, now=NOON + 3 * DAY) == ("booked", "budget", 400, 0, None)
    entry = "FROM entry WHERE kind = 'offline'"
    assert await desk.connection.fetchval(f"SELECT occurred_at {entry}") == LATER
    assert await desk.connection.fetchval(f"SELECT recorded_at {entry}") > LATER


async def test_a_budget_spent_elsewhere_in_between_leaves_the_rest_to_the_municipality(
    desk: Desk, purse: Budget
) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 600)
    other = await an_offline_till(desk.connection, await a_merchant(desk.connection))
    elsewhere = msgspec.structs.replace(desk, till=other, merchant=other.till.merchant)
    theirs = other.sell(await elsewhere.allowed(), purse.holder.token.text(), 900)
    assert (await elsewhere.sold(theirs))[:2] == ("booked", "budget")
    assert await desk.sold(sale) == ("booked", "both", 100, 500, "budget-empty")
    assert (await desk.proof()).closes


async def test_a_parent_s_card_pays_for_a_child(desk: Desk, connection: Connection) -> None:
    parent = await a_holder(connection)
    child = await a_child_of(connection, parent, birth_date=date(2015, 1, 1))
    purse = await a_budget(connection, await a_scheme(connection), child, cents=1000)
    permit = await desk.allowed()
    sale = desk.till.sell(permit, parent.token.text(), 400, holder=1)
    nobody = desk.till.sell(permit, parent.token.text(), 400, holder=2)
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)
    assert await desk.sold(nobody) == ("declined", "merchant", 0, 0, "pass-not-in-household")
    assert await desk.left(purse.account) == 600
    assert (await desk.proof()).closes


async def test_nobody_heard_a_warning_so_nothing_is_given_up(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection)
    scheme = await a_scheme(connection, spend_at_once=True)
    purse = await a_budget(connection, scheme, holder, cents=1000)
    sale = desk.till.sell(await desk.allowed(), holder.token.text(), 400)
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)
    assert await desk.left(purse.account) == 600


async def test_what_was_used_this_year_is_not_used_again(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection)
    purse = await a_budget(
        connection, await a_scheme(connection, once_per_year=True), holder, cents=1000
    )
    permit = await desk.allowed()
    sales = [desk.till.sell(permit, holder.token.text(), 400) for _ in range(2)]
    assert [await desk.sold(sale) for sale in sales] == [
        ("booked", "budget", 400, 0, None),
        ("booked", "municipality", 0, 400, "already-used-this-year"),
    ]
    assert await desk.left(purse.account) == 600


async def test_a_condition_that_nobody_could_ask_is_not_held_against_the_club(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection, birth_date=date(2015, 1, 1))
    await a_budget(connection, await a_scheme(connection, precondition="diploma"), holder)
    sale = desk.till.sell(await desk.allowed(), holder.token.text(), 400)
    assert await desk.sold(sale) == ("booked", "budget", 400, 0, None)


async def test_a_share_of_the_price_is_paid_and_the_rest_is_the_municipality_s(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection)
    half = await a_scheme(connection, allowance="percentage", share_basis_points=5000)
    await a_budget(connection, half, holder)
    sale = desk.till.sell(await desk.allowed(), holder.token.text(), 400)
    assert await desk.sold(sale) == ("booked", "both", 200, 200, "budget-empty")


async def test_a_budget_that_ended_in_between_leaves_it_to_the_municipality(
    desk: Desk, purse: Budget
) -> None:
    await desk.connection.execute(
        "SELECT set_budget_usable($1, $2, $3)",
        *(purse.account, start_of(date(2026, 1, 1)), start_of(NOON.date())),
    )
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400)
    assert await desk.sold(sale) == (
        *("booked", "municipality", 0, 400),
        "budget-period-ended",
    )
    assert [one.shortfall for one in (await desk.proof()).schemes] == [400]


async def test_the_time_of_a_budget_is_held_to_the_moment_and_not_only_the_day(
    desk: Desk, purse: Budget
) -> None:
    """What the rules see as that day, the books see as that minute; it must end somewhere."""
    await desk.connection.execute(
        "SELECT set_budget_usable($1, $2, $3)",
        *(purse.account, NOON + timedelta(minutes=30), LAST_DAY),
    )
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400)
    assert (await desk.sold(sale))[:4] == ("booked", "municipality", 0, 400)


async def test_without_a_budget_for_it_the_scheme_for_what_was_sold_bears_it(
    desk: Desk, connection: Connection
) -> None:
    holder = await a_holder(connection)
    await a_budget(connection, await a_scheme(connection, categories=("culture",)), holder)
    await a_scheme(connection, categories=("sport", "culture"), code="b_both")
    for_sport = await a_scheme(connection, code="c_sport")
    sale = desk.till.sell(await desk.allowed(), holder.token.text(), 400)
    assert await desk.sold(sale) == ("booked", "municipality", 0, 400, "no-budget")
    assert [one.scheme_id for one in (await desk.proof()).schemes if one.shortfall] == [
        for_sport.id
    ]


async def test_visits_cost_what_the_permit_says(
    desk: Desk, connection: Connection, superuser: Connection
) -> None:
    await superuser.execute(
        "UPDATE agreement SET visit_price_cents = 450 WHERE merchant_id = $1", desk.merchant.id
    )
    holder = await a_holder(connection)
    scheme = await a_scheme(connection, visits=10, visit_price_cents=500)
    swim = await a_budget(connection, scheme, holder, cents=1000, visits=2)
    permit = await desk.allowed()
    await superuser.execute("UPDATE agreement SET visit_price_cents = 999")
    sale = desk.till.sell(permit, holder.token.text(), visits=3, category="sport")
    assert await desk.sold(sale) == ("booked", "both", 900, 450, "budget-empty")
    assert swim.visits_account is not None
    assert await desk.left(swim.visits_account) == 0
    [kept] = await connection.fetch(
        "SELECT price_cents, taken_cents, visits, visits_asked FROM redemption"
    )
    assert tuple(kept) == (1350, 1350, 2, 1)
    assert (await desk.proof()).closes


async def test_a_clock_that_is_hours_slow_loses_no_sale(desk: Desk, purse: Budget) -> None:
    early = NOON - timedelta(hours=7)
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400, at=early)
    assert (await desk.sold(sale))[:2] == ("booked", "budget")
    assert await desk.marks() == [("whole", "before", NOON)]


async def test_a_clock_that_is_hours_fast_loses_no_sale_within_the_time_of_the_permit(
    desk: Desk, purse: Budget
) -> None:
    ahead = NOON + timedelta(hours=40)
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 400, at=ahead)
    assert (await desk.sold(sale))[:2] == ("booked", "budget")
    assert await desk.marks() == [("whole", "ahead", LATER)]


async def test_no_clock_lets_a_sale_in_after_the_end_of_the_permit(
    desk: Desk, purse: Budget
) -> None:
    permit, scanned = await desk.permit(), purse.holder.token.text()
    id_, until = permit.permit.id, permit.permit.valid_until
    after = desk.till.sell(id_, scanned, 400, at=until)
    ahead = desk.till.sell(id_, scanned, 400, at=until + 9 * DAY)
    just = desk.till.sell(id_, scanned, 400, at=until - timedelta(milliseconds=1))
    answers = [await desk.sold(sale, now=until + DAY) for sale in (after, ahead, just)]
    ended = ("declined", "merchant", 0, 0, "offline-permit-ended")
    assert answers == [ended, ended, ("booked", "budget", 400, 0, None)]
    assert [mark[1] for mark in await desk.marks()] == ["fits", "ahead", "back"]


async def test_a_pass_that_nobody_knows_is_the_merchant_s(desk: Desk, purse: Budget) -> None:
    permit = await desk.allowed()
    foreign = new_token(MunicipalityName("almere")).text()
    unknown = new_token(MunicipalityName("velsen")).text()
    answers = [
        await desk.sold(desk.till.sell(permit, scanned, 400))
        for scanned in (foreign, unknown, "onzin", "123456789012", "SP1:whatever")
    ]
    assert [answer[4] for answer in answers] == [
        "card-foreign",
        "card-unknown",
        "card-unreadable",
        "card-number-mistyped",
        "phone-code-not-accepted",
    ]
    assert {answer[:4] for answer in answers} == {("declined", "merchant", 0, 0)}
    assert await desk.owed() == 0
    assert (await desk.proof()).closes
