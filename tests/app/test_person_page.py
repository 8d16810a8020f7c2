"""One resident explained: income, household, pass, every scheme with its reason."""

from datetime import date
from pathlib import Path

import httpx

from given.applications import a_child, a_scene, applies, judged
from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, NOW, YEAR
from given.logins import an_actor
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.ids import MunicipalityName, uuid7
from signed_in import signed_in, signed_in_holder

CHILD = date(YEAR - 10, 1, 1)


async def test_a_person_is_explained_scheme_by_scheme(
    client: httpx.AsyncClient, connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, income_limit=11_000, unit="child")
    parent = await a_member(connection, since=NEW_YEAR, income=9_500)
    child = await a_member(connection, born=CHILD, since=NEW_YEAR, income=9_500)
    task = Task(
        municipality=MunicipalityName("velsen"),
        year=YEAR,
        actor=an_actor(Role.OFFICER),
        now=NOW,
    )
    await assess_year(database, task)
    officer = await signed_in(client, connection, Role.OFFICER)

    of_child = (await officer.look(f"residents/{child}")).text
    of_parent = (await officer.look(f"residents/{parent}")).text

    assert "Dit krijgt u" in of_child
    assert "Het inkomen is 95% van het sociaal minimum. De grens is 110%." in of_child
    assert "Nog over van €\u00a0200,00" in of_child
    assert "U kunt bezwaar maken." in of_child
    assert f"/velsen/residents/{child}" in of_parent
    assert "Dit is niet voor u" in of_parent
    assert "Een pas aanvragen voor dit huis" in of_parent
    assert "Een pas aanvragen voor dit huis" not in of_child, "it would decide the same again"
    looks = await connection.fetchval(
        "SELECT count(*) FROM processing_log WHERE subject_id = $1 AND activity = 'resident.shown.question'",
        child,
    )
    assert looks == 1


async def test_an_unknown_income_is_neither_granted_nor_refused(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    child = await a_member(connection, born=CHILD, since=NEW_YEAR, income=None)
    officer = await signed_in(client, connection, Role.OFFICER)
    text = (await officer.look(f"residents/{child}")).text
    assert "Wij kennen het inkomen niet" in text
    assert "Dit weten wij nog niet" in text
    assert "Dit krijgt u niet" not in text


async def test_a_stranger_is_not_found_and_policy_may_not_look(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    policy = await signed_in(client, connection, Role.POLICY)
    assert (await officer.look(f"residents/{uuid7()}")).status_code == 404
    assert (await policy.look(f"residents/{uuid7()}")).status_code == 403


async def test_an_award_on_an_application_is_read_by_the_officer_and_at_home(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    scene = await a_scene(connection, tmp_path)
    child = await a_child(connection)
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == "awarded"
    officer = await signed_in(client, connection, Role.OFFICER)
    at_home = await signed_in_holder(client, connection, child)

    assert "na een aanvraag van een hulpverlener" in (await officer.look(f"residents/{child}")).text
    assert "na een aanvraag van een hulpverlener" in (await at_home.look("my-decision")).text
