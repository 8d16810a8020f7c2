"""Booklets are made and tally lists entered by pages, by who may, and read back line by line."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from urllib.parse import urlsplit

import httpx
import pytest

from browsing import browsing
from given.city import a_budget, a_holder, a_merchant, a_scheme
from given.coupons import codes_of
from given.settlements import Shop, a_shop, owed
from pas.auth.csrf import csrf_token
from pas.auth.keys import KeyRing, KeyStore
from pas.auth.roles import Role
from pas.coupons.make_coupons import do_coupon_run
from pas.coupons.print_coupons import COLUMNS
from pas.days import day_of
from pas.db import Connection, Database
from pas.ids import CouponRunId, MunicipalityName
from pas.installation import Access
from pas.settings import Settings
from signed_in import Visitor, signed_in

VELSEN = MunicipalityName("velsen")


@pytest.fixture
async def city(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        yield client


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    """One whose purse can be spent today, whatever year it is."""
    now, shop = datetime.now(UTC), await a_shop(connection, cents=2_500)
    holder = await a_holder(connection, year=day_of(now).year)
    purse = await a_budget(
        connection,
        await a_scheme(connection),
        holder,
        cents=2_500,
        usable_from=now - timedelta(days=9),
        usable_until=now + timedelta(days=99),
    )
    await connection.execute(
        "UPDATE pass SET ended_on = starts_on, ended_because = 'moved' WHERE id = $1",
        shop.purse.holder.pass_id,
    )
    return Shop(shop.merchant, shop.till, purse)


@pytest.fixture
async def manager(city: httpx.AsyncClient, connection: Connection, shop: Shop) -> Visitor:
    return await signed_in(city, connection, Role.MERCHANT_MANAGER, merchant=shop.merchant.id)


def today() -> str:
    return f"{day_of(datetime.now(UTC)):%d-%m-%Y}"


def a_form(**changes: str) -> dict[str, str]:
    form = {"face": "10", "most": "30", "limit": "1000", "from": today(), "last": today()}
    return form | changes


async def made(
    officer: Visitor, connection: Connection, database: Database, ring: KeyRing
) -> CouponRunId:
    sent = await officer.send("coupon-runs", a_form())
    assert sent.status_code == 303, sent.text
    run = CouponRunId(await connection.fetchval("SELECT id FROM coupon_run"))
    await do_coupon_run(database, VELSEN, run, ring=ring, now=datetime.now(UTC))
    return run


async def test_an_officer_makes_booklets_and_fetches_them_and_a_manager_does_not(
    city: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    shop: Shop,
    ring: KeyRing,
    manager: Visitor,
) -> None:
    officer = await signed_in(city, connection, Role.OFFICER)
    run = await made(officer, connection, database, ring)
    assert "3 bonnen, samen €\xa025,00" in (await officer.look("coupon-runs")).text
    file = await officer.look(f"coupon-runs/{run}/coupons")
    assert file.text.splitlines()[0] == ";".join(COLUMNS)
    assert len(file.text.splitlines()) == 4
    assert (await manager.look("coupon-runs")).status_code == 403
    assert await connection.fetchval("SELECT count(*) FROM job WHERE kind = 'coupons.make'") == 1


@pytest.mark.parametrize(
    "wrong",
    [{"face": "tien"}, {"face": "40"}, {"limit": "1"}, {"last": "31-02-2026"}, {"from": ""}],
)
async def test_what_is_wrong_with_a_run_is_said(
    city: httpx.AsyncClient, connection: Connection, shop: Shop, wrong: dict[str, str]
) -> None:
    officer = await signed_in(city, connection, Role.OFFICER)
    sent = await officer.send("coupon-runs", a_form(**wrong))
    assert sent.status_code == 400
    assert 'aria-invalid="true"' in sent.text


async def test_a_manager_types_a_list_and_reads_what_became_of_each(
    city: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    shop: Shop,
    ring: KeyRing,
    manager: Visitor,
) -> None:
    await made(await signed_in(city, connection, Role.OFFICER), connection, database, ring)
    [first, second, _] = await codes_of(connection, shop.purse, ring=ring)
    base = f"merchants/{shop.merchant.id}/coupons"
    assert "Bonnen invoeren" in (await manager.look(f"merchants/{shop.merchant.id}")).text
    empty = await manager.send(base, {"sold_on": today()})
    assert (empty.status_code, "minstens één bon" in empty.text) == (400, True)

    rows = {"code-1": first.lower(), "amount-1": "10", "code-2": second, "amount-2": "12,00"}
    sent = await manager.send(base, {"sold_on": today(), **rows})
    assert sent.status_code == 303, sent.text
    shown = await manager.look(urlsplit(sent.headers["location"]).path.removeprefix("/velsen/"))
    assert "Wij betalen €\xa010,00." in shown.text
    assert "Er staat minder op de bon." in shown.text
    assert await owed(connection, shop) == 1_000

    other = await a_merchant(connection, name="Ander")
    stranger = await signed_in(city, connection, Role.MERCHANT_MANAGER, merchant=other.id)
    assert (await stranger.look(base)).status_code in {403, 404}
    list_id = urlsplit(sent.headers["location"]).path.rpartition("/")[2]
    own = await stranger.look(f"merchants/{other.id}/coupons/{list_id}")
    assert own.status_code == 404


async def test_a_file_is_entered_as_a_list_is(
    city: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    shop: Shop,
    ring: KeyRing,
) -> None:
    await made(await signed_in(city, connection, Role.OFFICER), connection, database, ring)
    [first, *_] = await codes_of(connection, shop.purse, ring=ring)
    counter = await signed_in(city, connection, Role.COUNTER)
    day = day_of(datetime.now(UTC)).isoformat()
    content = f"code;amount;sold_on\n{first};7,50;{day}\nonleesbaar;1;{day}\n"
    where = f"/velsen/merchants/{shop.merchant.id}/coupons/file"

    async def send(text: str) -> httpx.Response:
        return await city.post(
            where,
            headers={"cookie": counter._cookie, "accept": "text/html"},
            data={"csrf_token": csrf_token(counter.token)},
            files={"file": ("lijst.csv", text.encode(), "text/csv")},
        )

    sent = await send(content)
    assert sent.status_code == 303, sent.text
    assert await owed(connection, shop) == 750
    wrong = await send("iets;anders\n1;2\n")
    assert wrong.status_code == 400
    assert (await send("")).status_code == 400
