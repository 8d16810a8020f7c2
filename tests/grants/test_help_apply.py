"""A helper applies for somebody: one receipt for all, and an officer for whom nobody knows."""

from datetime import UTC, date, datetime
from uuid import uuid4

import httpx
import msgspec
import pytest

from given.assessment import a_member
from given.days import YEAR
from given.logins import a_login, an_actor
from pas.auth.actor import Actor, PermissionMissing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.grants.apply import Application, apply_for_household
from pas.grants.help_apply import (
    Helped,
    HelperApplicationNotFound,
    HelperApplicationTaken,
    HelperReceipt,
    handle_helped,
    help_apply,
    helper_receipt,
    match_helped,
    waiting_helped,
)
from pas.grants.periods import PassYearOver, PassYearTooFar
from pas.ids import ApplicationId, HouseholdNumber, MunicipalityName, ResidentId, uuid7
from people import Town

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
BORN = date(1990, 5, 17)
OFFICER = an_actor(Role.OFFICER)


@pytest.fixture
async def helper(connection: Connection) -> Actor:
    return an_actor(Role.INTERMEDIARY, login=await a_login(connection, Role.INTERMEDIARY))


async def a_neighbour(connection: Connection, household: str) -> ResidentId:
    """Somebody who can be found by name, birth date and postcode; of unknown income."""
    resident = await a_member(connection, household, income=None)
    await connection.execute(
        """
        INSERT INTO resident_version (resident_id, valid_from, given_name, family_name, birth_date,
            household_number, household_type, postcode, recorded_by)
        VALUES ($1, '2026-02-01', 'Sanne', 'de Wit', $2, $3, 'alone', '1971 AB', $1)
        """,
        *(resident, BORN, household),
    )
    return resident


async def helped(
    connection: Connection,
    helper: Actor,
    name: str = "de wit",
    *,
    id_: ApplicationId | None = None,
    year: int = 2026,
) -> HelperReceipt:
    asked = Helped(
        id=id_ or ApplicationId(uuid7()),
        year=year,
        family_name=name,
        birth_date=BORN,
        postcode="1971 AB",
    )
    return await help_apply(connection, asked, actor=helper, now=NOW)


async def test_one_household_that_fits_has_applied_and_what_was_typed_is_forgotten(
    connection: Connection, database: Database, velsen: MunicipalityName, helper: Actor
) -> None:
    await a_neighbour(connection, "H1")
    made = await helped(connection, helper)
    results = [await match_helped(database, velsen, now=NOW) for _ in range(2)]

    assert [(one.matched, one.waiting) for one in results] == [(1, 0), (0, 0)]
    row = await connection.fetchrow(
        "SELECT id, household_number, channel, applied_by FROM household_application"
    )
    assert row is not None
    assert tuple(row) == (made.id, "H1", "helper", helper.id)
    typed = "SELECT family_name, birth_date, postcode, state FROM helper_application"
    assert tuple(await connection.fetchrow(typed) or ()) == (None, None, None, "matched")


@pytest.mark.parametrize("homes", [(), ("H1", "H2")])
async def test_nobody_or_several_go_to_an_officer_and_are_not_refused(
    connection: Connection,
    database: Database,
    velsen: MunicipalityName,
    *,
    helper: Actor,
    homes: tuple[str, ...],
) -> None:
    for home in homes:
        await a_neighbour(connection, home)
    made = await helped(connection, helper)
    await match_helped(database, velsen, now=NOW)
    (waiting,) = await waiting_helped(connection)
    await handle_helped(connection, made.id, actor=OFFICER, now=NOW)

    assert (waiting.id, waiting.family_name) == (made.id, "de wit")
    assert await waiting_helped(connection) == []
    assert await connection.fetchval("SELECT family_name FROM helper_application") is None
    with pytest.raises(HelperApplicationNotFound):
        await handle_helped(connection, made.id, actor=OFFICER, now=NOW)


async def test_who_comes_into_the_register_later_is_matched_then(
    connection: Connection, database: Database, velsen: MunicipalityName, helper: Actor
) -> None:
    await helped(connection, helper)
    before = await match_helped(database, velsen, now=NOW)
    await a_neighbour(connection, "H1")
    after = await match_helped(database, velsen, now=NOW)
    assert (before.matched, after.matched) == (0, 1)


async def test_a_household_that_had_applied_is_matched_without_a_second_application(
    connection: Connection, database: Database, velsen: MunicipalityName, helper: Actor
) -> None:
    await a_neighbour(connection, "H1")
    own = Application(
        id=ApplicationId(uuid7()), household=HouseholdNumber("H1"), year=2026, channel="paper"
    )
    await apply_for_household(connection, own, actor=OFFICER, now=NOW)
    await helped(connection, helper)
    done = await match_helped(database, velsen, now=NOW)
    assert done.matched == 1
    assert await connection.fetchval("SELECT count(*) FROM household_application") == 1


async def waits(connection: Connection, helper: Actor, *, year: int, name: str = "de wit") -> None:
    """An application that came in some time ago, of a year that could be asked for then."""
    await connection.execute(
        """
        INSERT INTO helper_application (id, year, family_name, birth_date, postcode, applied_by,
            received_at, content_hash, state)
        VALUES ($1, $2, $3, $4, '1971 AB', $5, '2025-12-01', sha256(''), 'received')
        """,
        *(uuid7(), year, name, BORN, helper.id),
    )


@pytest.mark.parametrize(("year", "refusal"), [(2025, PassYearOver), (2030, PassYearTooFar)])
async def test_a_year_that_cannot_be_applied_for_is_refused_when_it_is_handed_in(
    connection: Connection, helper: Actor, *, year: int, refusal: type[Refusal]
) -> None:
    with pytest.raises(refusal):
        await helped(connection, helper, year=year)
    assert await waiting_helped(connection) == []


async def test_one_that_cannot_be_applied_for_stops_no_other(
    connection: Connection, database: Database, velsen: MunicipalityName, helper: Actor
) -> None:
    await a_neighbour(connection, "H1")
    await waits(connection, helper, year=2030)
    await helped(connection, helper)
    done = await match_helped(database, velsen, now=NOW)
    assert (done.matched, done.waiting) == (1, 1)


async def test_two_hundred_that_nobody_knows_do_not_hide_the_next(
    connection: Connection, database: Database, velsen: MunicipalityName, helper: Actor
) -> None:
    await a_neighbour(connection, "H1")
    for _ in range(200):
        await waits(connection, helper, year=2026, name="Onbekend")
    await helped(connection, helper)
    done = await match_helped(database, velsen, now=NOW)
    assert (done.matched, done.waiting) == (1, 200)


async def test_when_its_year_is_over_it_is_closed_and_what_was_typed_forgotten(
    connection: Connection, database: Database, velsen: MunicipalityName, helper: Actor
) -> None:
    await waits(connection, helper, year=2025)
    await match_helped(database, velsen, now=NOW)
    kept = await connection.fetchrow("SELECT state, family_name FROM helper_application")
    assert tuple(kept or ()) == ("expired", None)
    assert await waiting_helped(connection) == []


async def test_sent_again_it_is_the_same_receipt_and_other_content_is_refused(
    connection: Connection, helper: Actor
) -> None:
    first = await helped(connection, helper)
    assert await helped(connection, helper, id_=first.id) == first
    assert await helper_receipt(connection, first.id, actor=helper) == first
    with pytest.raises(HelperApplicationTaken):
        await helped(connection, helper, "Jansen", id_=first.id)
    with pytest.raises(HelperApplicationNotFound):
        await helper_receipt(connection, first.id, actor=an_actor(Role.INTERMEDIARY))
    with pytest.raises(PermissionMissing):
        await helped(connection, OFFICER)


async def test_over_http_nobody_can_tell_a_known_household_from_an_unknown_one(
    town: Town, connection: Connection
) -> None:
    await a_neighbour(connection, "H1")
    person = await town.officer(connection, Role.INTERMEDIARY)
    officer = await town.officer(connection, Role.OFFICER)
    answers: list[httpx.Response] = []
    for name in ("de Wit", "Onbekend"):
        body = {
            "id": str(uuid4()),
            "year": YEAR,
            "familyName": name,
            "birthDate": str(BORN),
            "postcode": "1971 AB",
        }
        answers.append(await person.post("/v1/velsen/helper-applications", body))
    known, unknown = answers
    listed = await officer.get("/v1/velsen/helper-applications")
    path = f"/v1/velsen/helper-applications/{unknown.json()['id']}"
    handled = await officer.post(f"{path}/handling")
    another = await town.officer(connection, Role.INTERMEDIARY)

    assert (known.status_code, unknown.status_code) == (201, 201)
    assert set(known.json()) == set(unknown.json()) == {"id", "year", "receivedAt", "contentHash"}
    assert len(listed.json()["items"]) == 2
    assert (await person.get(path)).json() == unknown.json()
    assert (await another.get(path)).status_code == 404
    assert handled.status_code == 204
    assert (await person.get("/v1/velsen/helper-applications")).status_code == 403
    body = {"id": str(uuid4()), "year": 2026, "channel": "helper", "householdNumber": "H1"}
    assert (await person.post("/v1/velsen/household-applications", body)).status_code == 403


def test_what_a_helper_typed_does_not_reach_a_log() -> None:
    asked = {"year": 2026, "family_name": "de Wit", "birth_date": BORN, "postcode": "1971 AB"}
    made = msgspec.convert({"id": uuid7(), **asked}, Helped)
    assert "Wit" not in repr(made)
