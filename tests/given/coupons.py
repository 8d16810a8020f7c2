"""Booklets of coupons, and tally lists that merchants wrote."""

from collections.abc import Sequence
from datetime import date, timedelta

from given.city import Budget, Merchant
from given.days import NOW, TODAY
from given.merchants import of_merchant
from pas.auth.actor import SYSTEM, Actor
from pas.auth.keys import KeyRing
from pas.coupons.codes import open_code
from pas.coupons.enter_list import Line, TallyList, enter_list
from pas.coupons.make_coupons import Terms, begin_coupon_run, do_coupon_run
from pas.coupons.tally import read_typed
from pas.db import Connection, Database
from pas.ids import CouponListId, CouponRunId, MunicipalityName, uuid7
from pas.money import Cents

VELSEN = MunicipalityName("velsen")
TERMS = Terms(
    face_cents=Cents(1_000),
    most_cents=Cents(5_000),
    limit_cents=Cents(10_000_000),
    valid_from=TODAY,
    valid_until=TODAY + timedelta(days=30),
)


async def a_run(
    connection: Connection, database: Database, *, ring: KeyRing, terms: Terms = TERMS
) -> CouponRunId:
    run = await begin_coupon_run(connection, terms, actor=SYSTEM, now=NOW)
    await do_coupon_run(database, VELSEN, run, ring=ring, now=NOW)
    return run


async def codes_of(connection: Connection, budget: Budget, *, ring: KeyRing) -> list[str]:
    """What stands on the coupons of a budget."""
    rows = await connection.fetch(
        "SELECT id, code_encrypted FROM coupon WHERE account_id = $1 ORDER BY place", budget.account
    )
    found = [open_code(ring, row["code_encrypted"], coupon=row["id"]) for row in rows]
    assert None not in found
    return [str(code) for code in found]


def a_list(
    merchant: Merchant,
    lines: Sequence[tuple[str, str]],
    *,
    ring: KeyRing,
    sold_on: date = TODAY,
    id_: CouponListId | None = None,
) -> TallyList:
    """Codes and amounts as somebody typed them."""
    rows = [
        (number, {"code": code, "amount": amount}) for number, (code, amount) in enumerate(lines, 1)
    ]
    return TallyList(
        id=id_ or CouponListId(uuid7()),
        merchant=merchant.id,
        lines=read_typed(rows, ring=ring, sold_on=sold_on),
    )


async def entered(
    connection: Connection, tally: TallyList, *, actor: Actor | None = None
) -> list[Line]:
    who = actor or of_merchant(tally.merchant)
    return await enter_list(connection, tally, actor=who, now=NOW)
