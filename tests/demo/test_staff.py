"""Whom a visitor of the demonstration can be beside a holder and a device."""

from given.city import a_merchant, a_till
from given.logins import NOON, a_login
from pas.auth.roles import Role
from pas.db import Connection
from pas.demo.city import ACTOR
from pas.demo.staff import equip_people, manager_of_till
from pas.merchants.tills import list_bound_tills


async def test_the_counter_and_the_intermediary_have_a_till_however_often_the_city_is_made(
    connection: Connection,
) -> None:
    for _ in range(2):
        await equip_people(connection, actor=ACTOR, now=NOON)
    tills = await list_bound_tills(connection, actor=ACTOR)
    assert sorted(till.kind for till in tills) == ["counter", "intermediary"]


async def test_a_till_has_one_manager_of_its_merchant(connection: Connection) -> None:
    merchant = await a_merchant(connection)
    await a_login(connection, Role.MERCHANT_MANAGER, merchant=merchant.id)
    tills = [await a_till(connection, merchant) for _ in range(2)]
    found = {await manager_of_till(connection, till.id) for till in tills}
    assert len(found) == 1
