"""A demonstration that is made on the third of January is as full as any other, and goes on after a stop."""

from datetime import UTC, datetime
from pathlib import Path

import pytest

from given.days import NOW, YEAR
from given.logins import a_key_store
from pas.app.waiting import waiting_for
from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.auth.roles import Role, permissions_of
from pas.db import Connection, Database
from pas.demo.cast import people_of, read_cast
from pas.demo.city import Site, build
from pas.demo.numbers import read_books
from pas.ids import LoginId, MunicipalityName, uuid7
from pas.redemptions.prove import prove

THIRD_OF_JANUARY = datetime(YEAR, 1, 3, 14, tzinfo=UTC)
HOUSEHOLDS = 300
STOPS_AT = "Toekennen voor"
OCCURRED = """
    SELECT extract(year FROM occurred_at AT TIME ZONE 'Europe/Amsterdam')::int AS year, kind, count(*)
    FROM entry WHERE refusal IS NULL GROUP BY 1, 2
    """


class Stopped(Exception):
    """The power went out."""


def power_cut(sentence: str) -> None:
    if sentence.startswith(f"{STOPS_AT} {YEAR}:"):
        raise Stopped


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path, demo=True).ring(MunicipalityName("velsen"))


async def counted(connection: Connection) -> dict[tuple[int, str], int]:
    rows = await connection.fetch(OCCURRED)
    return {(row["year"], row["kind"]): row["count"] for row in rows}


@pytest.mark.skipif(NOW < THIRD_OF_JANUARY, reason="the third of January is still to come")
async def test_a_city_of_the_third_of_january_has_a_whole_year_behind_it(
    database: Database, connection: Connection, ring: KeyRing
) -> None:
    site = Site(database, ring, THIRD_OF_JANUARY, power_cut, HOUSEHOLDS)
    with pytest.raises(Stopped):
        await build(site)
    last_year = await counted(connection)
    site = Site(database, ring, THIRD_OF_JANUARY, lambda _sentence: None, HOUSEHOLDS)
    await build(site)
    made = await counted(connection)
    await build(site)

    assert await counted(connection) == made, "a second start changes nothing"
    # Cases that are left on the third of January came in before New Year, and one was awarded.
    awarded = {(YEAR - 1, "grant"): last_year[YEAR - 1, "grant"] + 1}
    assert {key: made[key] for key in last_year} == last_year | awarded, "nothing twice"
    await is_full(connection, made)
    proof = await prove(connection, NOW)
    assert proof.closes, proof.findings


async def is_full(connection: Connection, made: dict[tuple[int, str], int]) -> None:
    latest = await connection.fetchval("SELECT max(occurred_at) FROM entry")
    last, this = [one for one in (await read_books(connection)).years if one.year >= YEAR - 1]
    holders, tills = await people_of(connection, await read_cast(connection))

    assert latest <= THIRD_OF_JANUARY
    assert made[YEAR - 1, "redeem"] > 500
    assert made[YEAR - 1, "void"] > 0
    assert made[YEAR - 1, "refund"] > 0
    assert made[YEAR, "lapse"] > 500
    assert last.returned_cents > 0
    assert this.granted_cents > this.open_cents > 0
    assert len(holders) == 4
    assert [bool(one.children) for one in holders] == [True, True, True, False]
    assert len(tills) >= 5
    await has_work(connection)


async def has_work(connection: Connection) -> None:
    """Something for each of those who judge, find out, or let in."""
    for role in (Role.OFFICER, Role.APPROVER, Role.ADMINISTRATOR):
        actor = Actor(kind="login", id=LoginId(uuid7()), permissions=permissions_of([role]))
        assert await waiting_for(connection, actor, now=THIRD_OF_JANUARY), role
