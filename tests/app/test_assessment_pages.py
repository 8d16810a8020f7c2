"""The yearly assessment from a page: tried or done by a job, watched, and read."""

from datetime import date, timedelta

import httpx
import pytest

from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, TODAY, YEAR
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.periods import Calendar, school_year_of
from pas.jobs.kinds import job_kinds
from pas.jobs.worker import Worker
from signed_in import Visitor, signed_in

NEW_SCHOOL_YEAR = "Er is een nieuw schooljaar"


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    """An officer of a city where one child is within the limit, and one household unknown."""
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, income_limit=11_000, unit="child")
    child = date(YEAR - 10, 1, 1)
    await a_member(connection, "H1", since=NEW_YEAR)
    await a_member(connection, "H1", born=child, since=NEW_YEAR)
    await a_member(connection, "H2", born=child, since=NEW_YEAR, income=None)
    return await signed_in(client, connection, Role.OFFICER)


async def watched(officer: Visitor, database: Database, kind: str) -> tuple[str, str]:
    """Start an assessment; gives the page while it waits and the one when it is done."""
    started = await officer.send("assessments", {"year": str(YEAR), "kind": kind})
    assert started.status_code == 303
    path = started.headers["location"].removeprefix("/velsen/")
    waiting = await officer.look(path)
    assert waiting.headers["refresh"] == "2"
    await Worker(database, job_kinds()).run_all_due()
    report = await officer.look(path)
    assert "refresh" not in report.headers
    return waiting.text, report.text


async def test_a_try_says_what_would_happen_and_changes_nothing(
    officer: Visitor, connection: Connection, database: Database
) -> None:
    waiting, report = await watched(officer, database, "dry")
    assert "staat in de rij" in waiting
    assert "Dit is een proef" in report
    assert "Net boven 110%" in report
    assert "gemiddeld €\u00a0200,00 minder, voor 1 mens" in report
    assert "€\u00a0200,00" in report
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 0


async def test_a_real_one_grants_once_and_stays_readable(
    officer: Visitor, connection: Connection, database: Database
) -> None:
    _, report = await watched(officer, database, "real")
    _, again = await watched(officer, database, "real")
    listed = (await officer.look("assessments")).text
    assert "Toegekend voor" in report
    assert "meer toegekend dan begroot" in report
    assert "Huishoudens zonder bekend inkomen" in report
    assert "had het al" in again
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1
    assert "kregen iets nieuws" in listed


async def test_an_officer_hears_that_a_new_school_year_waits_until_it_is_granted(
    officer: Visitor, connection: Connection, superuser: Connection, database: Database
) -> None:
    await a_scheme_in_force(
        connection, "schoolkosten", valid_from=date(YEAR - 2, 1, 1), period="school_year"
    )
    never = (await officer.look("assessments")).text
    await watched(officer, database, "real")
    granted = (await officer.look("assessments")).text
    begins = school_year_of(Calendar(), TODAY).starts_on
    await superuser.execute(
        "UPDATE assessment SET year = $1, assessed_on = $2", begins.year, begins - timedelta(days=1)
    )

    waits = (await officer.look("assessments")).text
    await watched(officer, database, "real")
    again = (await officer.look("assessments")).text

    said = [NEW_SCHOOL_YEAR in one for one in (never, granted, waits, again)]
    assert said == [False, False, True, False]
    assert "schoolkosten</li>" in waits


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"kind": "dry"}, "Typ een jaar"),
        ({"kind": "real", "year": str(YEAR + 2)}, f"Toekennen voor {YEAR + 2} kan vanaf 1-1-"),
        ({"kind": "dry", "year": "20 26"}, "Typ een jaar"),
        ({"year": str(YEAR)}, "Kies proef of echt."),
        ({"kind": "real", "year": "2001"}, 'id="year-fout"'),
    ],
)
async def test_a_wrong_form_is_shown_again_with_what_was_typed(
    officer: Visitor, connection: Connection, typed: dict[str, str], sentence: str
) -> None:
    answer = await officer.send("assessments", typed)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert await connection.fetchval("SELECT count(*) FROM job") == 0


async def test_only_who_may_run_it_starts_it_and_only_from_the_form(
    client: httpx.AsyncClient, officer: Visitor, connection: Connection
) -> None:
    policy = await signed_in(client, connection, Role.POLICY)
    form = {"year": str(YEAR), "kind": "dry"}
    assert (await policy.look("assessments")).status_code == 200
    assert (await policy.send("assessments", form)).status_code == 403
    assert (await officer.send("assessments", form, csrf=False)).status_code == 403
