"""Whatever is handed in, in whatever order, cut and repeated: no cent is lost or made, and limits hold."""

import asyncio
from collections.abc import Sequence
from datetime import timedelta
from pathlib import Path

import msgspec
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from given.city import Budget, a_budget, a_holder, a_merchant, a_scheme
from given.logins import NOON, a_key_store
from given.offline import Item, an_offline_till, with_the_city_s_numbers
from offline_desk import VELSEN, Desk
from pas.auth.actor import SYSTEM
from pas.auth.municipality_settings import change_municipality_settings
from pas.db import Database, role_name
from pas.installation import Access
from servers import fresh_database

LIMITS = {
    "offlinePerSaleCents": 900,
    "offlinePerPassDayCents": 1500,
    "offlineTotalCents": 2000,
}
KINDS = ("plain", "plain", "plain", "edited", "other permit", "no permit", "unknown")


class Plan(msgspec.Struct, frozen=True):
    """What two tills sold, and in which uploads it comes in: by number, some of it twice."""

    sales: Sequence[tuple[int, int, int, str]]
    uploads: list[list[int]]
    blocks: int


@st.composite
def plans(draw: st.DrawFn) -> Plan:
    sales = draw(
        st.lists(
            st.tuples(
                st.integers(0, 1),
                st.integers(0, 2),
                st.integers(1, 1_000),
                st.sampled_from(KINDS),
            ),
            min_size=1,
            max_size=14,
        )
    )
    places = st.integers(0, len(sales) - 1)
    uploads = draw(st.lists(st.lists(places, min_size=1, max_size=8), min_size=1, max_size=8))
    return Plan(sales, uploads, draw(st.integers(0, len(uploads))))


class World(msgspec.Struct, frozen=True):
    """Two tills of one merchant and three passes."""

    desks: list[Desk]
    purses: list[Budget]

    def sold(self, plan: Plan, permits: list[str]) -> list[tuple[Desk, Item]]:
        items: list[tuple[Desk, Item]] = []
        for place, (till, purse, cents, kind) in enumerate(plan.sales):
            desk = self.desks[till]
            permit = {
                "other permit": permits[1 - till],
                "no permit": "00000000-0000-0000-0000-000000000000",
            }.get(kind, permits[till])
            scanned = "onleesbaar" if kind == "unknown" else self.purses[purse].holder.token.text()
            at = NOON + timedelta(minutes=place)
            item = desk.till.sell(permit, scanned, cents, at=at)
            edited = {**item, "priceCents": 1} if kind == "edited" else item
            items.append((desk, edited))
        return items


async def a_world(access: Access, database: Database, folder: Path) -> World:
    connection = await access.address.login(role_name("app", VELSEN)).connect()
    await change_municipality_settings(connection, LIMITS, actor=SYSTEM)
    merchant = await a_merchant(connection)
    ring = with_the_city_s_numbers(a_key_store(folder))
    desks = [
        Desk(database, connection, ring, await an_offline_till(connection, merchant), merchant)
        for _ in range(2)
    ]
    scheme = await a_scheme(connection)
    purses = [
        await a_budget(connection, scheme, await a_holder(connection), cents=cents)
        for cents in (100, 1_000, 5_000)
    ]
    return World(desks, purses)


async def play(access: Access, plan: Plan, folder: Path) -> None:
    database = Database(access.address, pool_connections=4)
    world = await a_world(access, database, folder)
    first = world.desks[0]
    permits = [str(await desk.allowed()) for desk in world.desks]
    items = world.sold(plan, permits)
    answers: dict[str, object] = {}
    for number, upload in enumerate(plan.uploads):
        if number == plan.blocks:
            await first.connection.execute(
                "UPDATE card SET state = 'blocked', state_since = $1 WHERE id = $2",
                *(NOON + timedelta(minutes=3), world.purses[2].holder.card),
            )
        for desk in world.desks:
            ours = [items[place][1] for place in upload if items[place][0] is desk]
            for told in await desk.hand_in(*ours) if ours else []:
                said = msgspec.to_builtins(told)
                assert answers.setdefault(str(told.id), said) == said, "an outcome is for life"
    await judged_right(world, plan, answers)
    await first.connection.close()
    await database.close()


async def judged_right(world: World, plan: Plan, answers: dict[str, object]) -> None:
    desk = world.desks[0]
    connection = desk.connection
    proof = await desk.proof()
    assert proof.closes, proof
    rows = await connection.fetch("SELECT * FROM offline_sale")
    assert len(rows) == len(answers)
    booked = [row for row in rows if row["outcome"] == "booked"]
    paid = sum(row["price_cents"] for row in booked)
    assert await desk.owed() == paid
    assert sum(row["take_cents"] for row in booked) == 6_100 - sum(
        [await desk.left(purse.account) for purse in world.purses]
    )
    assert sum(one.shortfall for one in proof.schemes) == sum(row["risk_cents"] for row in booked)
    for permit in {row["permit_id"] for row in booked}:
        assert sum(row["price_cents"] for row in booked if row["permit_id"] == permit) <= 2000
    assert all(row["price_cents"] <= 900 for row in booked)
    by_pass = await connection.fetch(
        "SELECT sum(s.price_cents) AS cents FROM offline_sale s JOIN processing_log l ON l.entry_id = s.id"
        " WHERE s.outcome = 'booked' GROUP BY l.subject_id"
    )
    assert all(row["cents"] <= 1500 for row in by_pass)


@pytest.mark.slow
@settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(plan=plans())
def test_no_cent_is_lost_or_made_whatever_is_handed_in(
    installation: Access, tmp_path_factory: pytest.TempPathFactory, plan: Plan
) -> None:
    async def once() -> None:
        async with fresh_database(installation) as access:
            await play(access, plan, tmp_path_factory.mktemp("keys"))

    asyncio.run(once())
