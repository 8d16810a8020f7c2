"""Who bears what of sales without a network: read by finance for all, and by a merchant for itself."""

from datetime import UTC, datetime
from pathlib import Path

import httpx
import pytest

from given.city import Budget, a_budget, a_holder, a_merchant, a_scheme
from given.days import YEAR
from given.logins import a_key_store
from given.offline import an_offline_till, with_the_city_s_numbers
from mutate import without_ddl_guard
from offline_desk import Desk
from pas.auth.roles import Role
from pas.db import Connection, Database
from signed_in import Visitor, signed_in

NOW = datetime.now(UTC)


@pytest.fixture
async def desk(connection: Connection, database: Database, tmp_path: Path) -> Desk:
    merchant = await a_merchant(connection, name="Zwembad")
    till = await an_offline_till(connection, merchant)
    ring = with_the_city_s_numbers(a_key_store(tmp_path / "desk"))
    return Desk(database, connection, ring, till, merchant)


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    scheme = await a_scheme(connection, year=YEAR)
    return await a_budget(connection, scheme, await a_holder(connection, year=YEAR), cents=1000)


@pytest.fixture
async def handed_in(desk: Desk, purse: Budget) -> Desk:
    """One sale that the pass paid, one that it paid in part, and one that nobody pays."""
    permit = await desk.allowed(now=NOW)
    for scanned, cents in (
        (purse.holder.token.text(), 400),
        (purse.holder.token.text(), 900),
        ("onleesbaar", 1250),
    ):
        desk.till.sell(permit, scanned, cents, at=NOW)
    await desk.hand_in(now=NOW)
    return desk


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def manager(client: httpx.AsyncClient, connection: Connection, desk: Desk) -> Visitor:
    return await signed_in(client, connection, Role.MERCHANT_MANAGER, merchant=desk.merchant.id)


async def test_finance_finds_it_per_merchant_and_day_with_the_reason(
    handed_in: Desk, finance: Visitor
) -> None:
    for page in ("settlements", "ledger"):
        assert "/velsen/offline-sales" in (await finance.look(page)).text
    overview = (await finance.look("offline-sales")).text
    assert "De gemeente betaalt €\u00a03,00, van 1 verkoop." in overview
    assert "Niet betaald: 1 verkoop, samen €\u00a012,50." in overview
    address = overview.partition(f"merchants/{handed_in.merchant.id}/offline-sales?day=")[2][:10]
    day = (
        await finance.look(f"merchants/{handed_in.merchant.id}/offline-sales?day={address}")
    ).text
    assert "de pas betaalt €\u00a06,00, de gemeente €\u00a03,00" in day
    assert "Het tegoed voor dit doel is op." in day
    assert "voor de club of winkel zelf" in day
    assert "Dit is geen code van een pas." in day
    assert "€\u00a04,00" not in day, "what the pass paid is nobody's worry"


async def test_a_merchant_reads_its_own_and_no_other(
    handed_in: Desk, manager: Visitor, connection: Connection
) -> None:
    own = f"merchants/{handed_in.merchant.id}"
    for page in (own, f"{own}/tills", f"{own}/payouts"):
        assert f"{own}/offline-sales" in (await manager.look(page)).text
    overview = (await manager.look(f"{own}/offline-sales")).text
    day = overview.partition("offline-sales?day=")[2][:10]
    shown = (await manager.look(f"{own}/offline-sales?day={day}")).text
    assert "voor uw eigen rekening" in shown
    other = await a_merchant(connection)
    for page in ("offline-sales", f"merchants/{other.id}/offline-sales"):
        assert (await manager.look(page)).status_code == 403


async def test_without_such_sales_it_says_so(finance: Visitor, desk: Desk) -> None:
    assert "De passen betaalden alles zelf" in (await finance.look("offline-sales")).text
    page = f"merchants/{desk.merchant.id}/offline-sales?day=2026-01-01"
    assert "De passen betaalden alles zelf" in (await finance.look(page)).text


async def test_older_days_come_on_the_next_page(
    handed_in: Desk, finance: Visitor, superuser: Connection
) -> None:
    await without_ddl_guard(superuser)
    for trigger in ("only_by_ledger", "append_only"):
        await superuser.execute(f"ALTER TABLE offline_sale DISABLE TRIGGER {trigger}")
    await superuser.execute(
        """
        INSERT INTO offline_sale (till_id, sequence, digest, id, holds_number, merchant_id, permit_id, outcome,
            bearer, price_cents, take_cents, risk_cents, reason, chain, clock, said_at, occurred_at, recorded_at)
        SELECT s.till_id, 100 + n, s.digest, gen_random_uuid(), false, s.merchant_id, NULL, 'declined', 'merchant', n, 0, 0,
            'card-unknown', 'whole', 'fits', s.said_at, s.occurred_at - n * interval '1 day', s.recorded_at
        FROM offline_sale s, generate_series(1, 20) AS n WHERE s.outcome = 'declined'
        """
    )
    first = (await finance.look("offline-sales")).text
    assert first.count("Niet betaald") == 14
    before = first.partition("offline-sales?before=")[2][:10]
    second = (await finance.look(f"offline-sales?before={before}")).text
    assert second.count("Niet betaald") == 7
