"""Booklets: never more on paper than what is left and what the municipality will bear."""

from datetime import timedelta

import asyncpg
import msgspec
import pytest

from given.city import a_budget, a_holder, a_scheme
from given.coupons import TERMS, a_run, codes_of
from given.days import NOW, YEAR
from given.settlements import Shop
from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyRing
from pas.coupons.make_coupons import (
    CouponLimitTooLow,
    CouponRunWrong,
    begin_coupon_run,
    do_coupon_run,
)
from pas.coupons.print_coupons import CouponCodesGone, coupon_file, coupons_to_print
from pas.db import Connection, Database
from pas.ids import MunicipalityName
from pas.money import Cents
from pas.retention.clean_up import clean_up

VELSEN = MunicipalityName("velsen")


async def test_a_booklet_holds_what_is_left_and_again_makes_nothing_twice(
    connection: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    run = await a_run(connection, database, ring=ring)
    worth = await do_coupon_run(database, VELSEN, run, ring=ring, now=NOW)
    assert worth == 2_500
    faces = await connection.fetch("SELECT face_cents FROM coupon ORDER BY place")
    assert [row[0] for row in faces] == [1_000, 1_000, 500]
    assert len(set(await codes_of(connection, shop.purse, ring=ring))) == 3


async def test_only_plain_amounts_get_coupons(
    connection: Connection, database: Database, ring: KeyRing
) -> None:
    holder = await a_holder(connection, year=YEAR)
    for scheme, visits in (
        (await a_scheme(connection, visits=10, visit_price_cents=500), 10),
        (await a_scheme(connection, spend_at_once=True), None),
        (await a_scheme(connection, once_per_year=True), None),
        (await a_scheme(connection, precondition="swimming_diploma_or_adult"), None),
    ):
        await a_budget(connection, scheme, holder, visits=visits)
    await a_run(connection, database, ring=ring)
    assert await connection.fetchval("SELECT count(*) FROM coupon") == 0


async def test_what_would_come_to_more_than_the_limit_is_not_begun(
    connection: Connection, shop: Shop
) -> None:
    terms = msgspec.structs.replace(TERMS, limit_cents=Cents(2_499))
    with pytest.raises(CouponLimitTooLow, match="25,00"):
        await begin_coupon_run(connection, terms, actor=SYSTEM, now=NOW)


async def test_the_database_prints_no_more_than_the_limit(
    connection: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    terms = msgspec.structs.replace(TERMS, limit_cents=Cents(2_500))
    run = await begin_coupon_run(connection, terms, actor=SYSTEM, now=NOW)
    await a_budget(connection, shop.purse.scheme, await a_holder(connection), cents=1_000)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await do_coupon_run(database, VELSEN, run, ring=ring, now=NOW)
    assert refused.value.sqlstate == "PA289"


@pytest.mark.parametrize(
    "changes",
    [
        {"face_cents": Cents(99)},
        {"face_cents": Cents(6_000)},
        {"valid_from": NOW.date() - timedelta(days=1)},
        {"valid_until": TERMS.valid_from},
        {"valid_until": TERMS.valid_from + timedelta(days=367)},
    ],
)
async def test_terms_that_make_no_sense_are_refused(
    connection: Connection, changes: dict[str, object]
) -> None:
    terms = msgspec.structs.replace(TERMS, **changes)
    with pytest.raises(CouponRunWrong):
        await begin_coupon_run(connection, terms, actor=SYSTEM, now=NOW)


async def test_codes_can_be_printed_until_the_clock_of_the_run(
    connection: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    run = await a_run(connection, database, ring=ring)
    coupons = await coupons_to_print(connection, run, ring=ring, actor=SYSTEM, now=NOW)
    assert [one.face_cents for one in coupons] == [1_000, 1_000, 500]
    assert {one.name for one in coupons} == {"Sanne de Wit"}
    lines = "".join(coupon_file(coupons)).splitlines()
    assert len(lines) == 4
    assert coupons[0].code in lines[1]

    later = NOW + timedelta(days=31)
    with pytest.raises(CouponCodesGone):
        await coupons_to_print(connection, run, ring=ring, actor=SYSTEM, now=later)
    await clean_up(database, VELSEN, now=later)
    left = "SELECT count(*) FROM coupon WHERE code_encrypted IS NOT NULL"
    assert await connection.fetchval(left) == 0


async def test_no_code_lies_in_the_database_as_it_is(
    connection: Connection, superuser: Connection, database: Database, shop: Shop, ring: KeyRing
) -> None:
    await a_run(connection, database, ring=ring)
    [code, *_] = await codes_of(connection, shop.purse, ring=ring)
    for table in ("coupon", "event_content"):
        rows = await superuser.fetch(f"SELECT t::text AS text FROM {table} t")
        assert not any(code in row["text"] or code.encode().hex() in row["text"] for row in rows)
