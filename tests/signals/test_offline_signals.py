"""What tills really handed in afterwards stands out, once, and officers see which and why."""

from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from given.city import Budget
from given.logins import NOON
from given.signals import looked
from offline_desk import Desk, a_desk, ten_euros
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.signals.show import list_open
from signed_in import signed_in

SOON = datetime.now(UTC) + timedelta(hours=1)
LATER = datetime.now(UTC) + timedelta(days=5)
"""When a number that is missing does not come any more."""
SINCE = timedelta(days=4000)


@pytest.fixture
async def desk(connection: Connection, database: Database, tmp_path: Path) -> Desk:
    return await a_desk(connection, database, tmp_path / "offline")


@pytest.fixture
async def purse(connection: Connection) -> Budget:
    return await ten_euros(connection)


async def kinds(connection: Connection) -> list[str]:
    return sorted(one.kind for one in await list_open(connection))


async def test_an_ordinary_evening_without_a_network_does_not_stand_out(
    database: Database, connection: Connection, desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    for cents in (300, 400, 300):
        desk.till.sell(permit, purse.holder.token.text(), cents)
    await desk.hand_in()
    await looked(database, now=LATER, since=SINCE)
    assert await kinds(connection) == []


async def test_a_hole_stands_out_when_nothing_fills_it_any_more(
    database: Database, connection: Connection, desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    first, second, third = (
        desk.till.sell(permit, purse.holder.token.text(), 100) for _ in range(3)
    )
    await desk.hand_in(first, third)
    await looked(database, now=SOON, since=SINCE)
    assert await kinds(connection) == []
    await looked(database, now=LATER, since=SINCE)
    [signal] = await list_open(connection)
    assert (signal.kind, signal.counted, signal.different) == ("broken_chain", 1, 0)
    assert (await looked(database, now=LATER, since=SINCE)).new == 0
    assert second["sequence"] == 2


async def test_a_hole_that_was_filled_is_none(
    database: Database, connection: Connection, desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    first, second, third = (
        desk.till.sell(permit, purse.holder.token.text(), 100) for _ in range(3)
    )
    await desk.hand_in(first, third)
    await looked(database, now=SOON, since=SINCE)
    await desk.hand_in(second)
    await looked(database, now=LATER, since=SINCE)
    assert await kinds(connection) == []


async def test_a_queue_that_was_edited_stands_out_at_once(
    database: Database, connection: Connection, desk: Desk, purse: Budget
) -> None:
    permit = await desk.allowed()
    first = desk.till.sell(permit, purse.holder.token.text(), 100)
    await desk.hand_in(first, {**first, "priceCents": 900})
    await looked(database, now=SOON, since=SINCE)
    [signal] = await list_open(connection)
    assert (signal.kind, signal.different, signal.weight) == ("broken_chain", 1, 85)


async def test_what_the_municipality_bore_and_what_nobody_pays_stand_out_with_their_sales(
    *,
    database: Database,
    connection: Connection,
    client: httpx.AsyncClient,
    desk: Desk,
    purse: Budget,
) -> None:
    permit = await desk.allowed()
    for _ in range(3):
        desk.till.sell(permit, purse.holder.token.text(), 2_500)
    for _ in range(3):
        desk.till.sell(permit, "onzin", 500)
    await desk.hand_in()
    await looked(database, now=SOON, since=SINCE)
    assert await kinds(connection) == ["borne_by_municipality", "declined_offline"]
    officer = await signed_in(client, connection, Role.OFFICER)
    borne, refused = await list_open(connection)
    page = (await officer.look(f"signals/{borne.id}")).text
    assert "Bij 3 van 6 verkopen zonder internet betaalde de gemeente mee." in page
    assert "de pas en de gemeente" in page
    assert page.count('role="row"') == 4
    page = (await officer.look(f"signals/{refused.id}")).text
    assert "3 van 6 verkopen zonder internet zijn niet betaald" in page
    assert page.count('role="row"') == 4
    told = (await officer.ask(f"signals/{refused.id}/offline-redemptions")).json()["items"]
    assert [one["bearer"] for one in told] == ["merchant"] * 3
    assert NOON.date().isoformat() in told[0]["happenedAt"]
