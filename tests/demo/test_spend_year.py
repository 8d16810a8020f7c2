"""A stretch of a year is booked when it occurred; again books nothing; the books close."""

from datetime import UTC, date, datetime
from pathlib import Path

import pytest

from given.city import a_budget, a_holder, a_merchant, a_scheme, a_till
from given.logins import NOON, a_key_store
from pas.auth.keys import KeyRing
from pas.days import day_of, start_of
from pas.db import Connection, Database
from pas.demo.merchants import PAST_TILL, SHOWN_TILL
from pas.demo.spend_year import Stretch, spend_stretch
from pas.ids import MunicipalityName
from pas.redemptions.prove import prove

YEAR = NOON.year
FIRST, TURN = date(YEAR, 1, 1), date(YEAR, 8, 1)
UNTIL_TURN = Stretch(FIRST, start_of(TURN))
PEOPLE = 40


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path).ring(MunicipalityName("velsen"))


@pytest.fixture
async def people(connection: Connection) -> None:
    """Each with money for sport, and lessons that are paid at once."""
    sport = await a_scheme(connection, categories=("sport",), amount_cents=6_000)
    clothes = await a_scheme(
        connection, categories=("clothing",), amount_cents=9_000, spend_at_once=True
    )
    museum = await a_scheme(connection, categories=("museum",), visits=3, visit_price_cents=1_000)
    for categories, price in ((("sport",), None), (("clothing",), None), (("museum",), 800)):
        merchant = await a_merchant(
            connection, name=categories[0], categories=categories, visit_price_cents=price
        )
        for name in (PAST_TILL, SHOWN_TILL):
            await a_till(connection, merchant, name=name)
    for _ in range(PEOPLE):
        holder = await a_holder(connection)
        await a_budget(connection, sport, holder, cents=6_000)
        await a_budget(connection, clothes, holder, cents=9_000)
        await a_budget(connection, museum, holder, cents=3_000, visits=3)


async def booked(connection: Connection) -> list[tuple[datetime, str]]:
    rows = await connection.fetch(
        """
        SELECT occurred_at, kind FROM entry
        WHERE kind IN ('redeem', 'void', 'refund') AND refusal IS NULL ORDER BY occurred_at
        """
    )
    return [(row["occurred_at"], row["kind"]) for row in rows]


@pytest.mark.usefixtures("people")
async def test_what_is_bought_occurred_on_its_own_day_and_was_recorded_now(
    database: Database, connection: Connection, ring: KeyRing
) -> None:
    started = datetime.now(UTC)
    outcomes = await spend_stretch(database, ring, UNTIL_TURN)
    found = await booked(connection)

    assert outcomes["booked"] > PEOPLE // 2
    assert outcomes["left"] == 0
    assert len(found) >= outcomes["booked"]
    assert all(FIRST <= day_of(at) < TURN for at, _ in found)
    assert len({day_of(at) for at, _ in found}) > 20
    assert await connection.fetchval("SELECT min(recorded_at) FROM redemption") >= started
    sold_at = "SELECT DISTINCT t.name FROM redemption r JOIN till t ON t.id = r.till_id"
    assert [row["name"] for row in await connection.fetch(sold_at)] == [PAST_TILL]


@pytest.mark.usefixtures("people")
async def test_again_sells_nothing_twice_and_goes_on_where_it_was(
    database: Database, connection: Connection, ring: KeyRing
) -> None:
    half = Stretch(FIRST, start_of(date(YEAR, 3, 1)))
    await spend_stretch(database, ring, half)
    before = await booked(connection)
    await spend_stretch(database, ring, half)
    again = await booked(connection)
    await spend_stretch(database, ring, UNTIL_TURN)
    after = await booked(connection)

    assert again == before
    assert after[: len(before)] == before
    assert len(after) > len(before)


@pytest.mark.usefixtures("people")
async def test_the_books_of_a_year_close_with_what_was_declined_and_undone(
    database: Database, connection: Connection, ring: KeyRing
) -> None:
    outcomes = await spend_stretch(database, ring, Stretch(FIRST, start_of(date(YEAR + 1, 1, 1))))
    proof = await prove(connection, NOON)

    assert outcomes["declined"] > 0
    assert proof.closes, proof.findings
    spent = [one for one in proof.schemes if one.unit == "cents"]
    assert sum(one.open for one in spent) < PEOPLE * 18_000
    assert sum(one.lapsed for one in spent) > 0  # what winter clothes gave up
