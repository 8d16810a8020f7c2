"""A sale without a network is undone like any other: what the municipality bore comes back first."""

from uuid import UUID

import pytest

from given.city import Budget, a_budget, a_holder, a_scheme
from given.logins import NOON
from given.sales import an_undo, desk_of
from offline_desk import Desk
from pas.db import Connection
from pas.ids import EntryId
from pas.money import Cents
from pas.redemptions.amount_refusals import AlreadyReversed
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.undo import Undone, undo


async def back(desk: Desk, sale: dict[str, object], kind: str, **amount: int) -> Undone:
    ask = an_undo(
        kind,
        desk.till.till,
        EntryId(UUID(str(sale["id"]))),
        amount=RefundRequest(
            amount_cents=Cents(amount["cents"]) if "cents" in amount else None,
            visits=amount.get("visits"),
        ),
    )
    return await undo(desk.connection, ask, desk_of(desk.connection, now=NOON).moment)


async def shortfall(desk: Desk) -> int:
    proof = await desk.proof()
    assert proof.closes, proof
    return sum(one.shortfall for one in proof.schemes)


async def test_a_void_gives_each_its_own(desk: Desk, purse: Budget) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 1500)
    assert (await desk.sold(sale))[:4] == ("booked", "both", 1000, 500)
    assert (await back(desk, sale, "void")).amount_cents == 1500
    assert await desk.left(purse.account) == 1000
    assert (await shortfall(desk), await desk.owed()) == (0, 0)
    with pytest.raises(AlreadyReversed):
        await back(desk, sale, "void")


async def test_a_refund_in_parts_goes_to_the_municipality_before_the_pass(
    desk: Desk, purse: Budget
) -> None:
    sale = desk.till.sell(await desk.allowed(), purse.holder.token.text(), 1500)
    await desk.hand_in(sale)
    await back(desk, sale, "refund", cents=300)
    assert (await shortfall(desk), await desk.left(purse.account)) == (200, 0)
    await back(desk, sale, "refund", cents=300)
    assert (await shortfall(desk), await desk.left(purse.account)) == (0, 100)
    await back(desk, sale, "refund")
    assert (await desk.owed(), await desk.left(purse.account)) == (0, 1000)


async def test_what_the_municipality_bore_alone_comes_back_to_it(desk: Desk, purse: Budget) -> None:
    permit = await desk.allowed()
    await desk.connection.execute(
        "UPDATE card SET state = 'blocked', state_since = $1",
        NOON.replace(minute=1),
    )
    sale = desk.till.sell(permit, purse.holder.token.text(), 400, at=NOON.replace(minute=2))
    assert (await desk.sold(sale))[:2] == ("booked", "municipality")
    assert (await back(desk, sale, "void")).amount_cents == 400
    assert (await shortfall(desk), await desk.owed()) == (0, 0)


@pytest.mark.parametrize(("visits", "left", "risk"), [(1, 0, 0), (2, 1, 0), (None, 2, 0)])
async def test_visits_come_back_one_by_one_the_municipality_s_first(
    desk: Desk, superuser: Connection, visits: int | None, left: int, risk: int
) -> None:
    await superuser.execute("UPDATE agreement SET visit_price_cents = 450")
    holder = await a_holder(desk.connection)
    scheme = await a_scheme(desk.connection, visits=10, visit_price_cents=500)
    swim = await a_budget(desk.connection, scheme, holder, cents=1000, visits=2)
    sale = desk.till.sell(await desk.allowed(), holder.token.text(), visits=3)
    assert (await desk.sold(sale))[:4] == ("booked", "both", 900, 450)
    done = await back(desk, sale, "refund", **({} if visits is None else {"visits": visits}))
    assert done.amount_cents == 450 * (visits or 3)
    assert swim.visits_account is not None
    assert await desk.left(swim.visits_account) == left
    assert await desk.left(swim.account) == 100 + 450 * left
    proof = await desk.proof()
    assert proof.closes
    assert sum(one.shortfall for one in proof.schemes if one.unit == "cents") == risk
