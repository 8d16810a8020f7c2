"""The cards of a year from a page: made by a job, watched, fetched until their clock ends."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from given.cards import a_resident
from given.days import NEW_YEAR, YEAR
from given.merchants import REGISTRAR
from page_forms import form_in
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.jobs.kinds import job_kinds
from pas.jobs.worker import Worker
from pas.passes.issue import WantedPass, issue_passes
from signed_in import Visitor, signed_in

FORM = {"year": str(YEAR), "form": "paper"}


@pytest.fixture
async def officer(
    client: httpx.AsyncClient,
    connection: Connection,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> Visitor:
    """An officer of a city where two people wait for a card."""
    monkeypatch.setenv("PAS_KEY_DIR", str(tmp_path))
    people = [await a_resident(connection) for _ in range(2)]
    first, last = NEW_YEAR, date(YEAR + 1, 1, 1)
    wanted = [WantedPass(one, YEAR, first, last) for one in people]
    await issue_passes(connection, wanted, actor=REGISTRAR)
    return await signed_in(client, connection, Role.OFFICER)


async def started(officer: Visitor) -> str:
    answer = await officer.send("card-runs", FORM)
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/velsen/")


async def test_the_cards_of_a_year_are_made_watched_and_fetched(
    officer: Visitor, database: Database
) -> None:
    assert 'href="/velsen/card-runs"' in (await officer.look("")).text
    assert form_in((await officer.look("card-runs")).text, "")["year"] == str(YEAR)
    run = await started(officer)
    waiting = await officer.look(run)
    await Worker(database, job_kinds()).run_all_due()
    ready = await officer.look(run)
    cards, letters = [await officer.look(f"{run}/{kind}") for kind in ("cards", "letters")]
    listed = (await officer.look("card-runs")).text
    assert waiting.headers["refresh"] == "2"
    assert "staat in de rij" in waiting.text
    assert f"{run}/cards" not in waiting.text
    assert "refresh" not in ready.headers
    assert all(f"/velsen/{run}/{kind}" in ready.text for kind in ("cards", "letters"))
    assert "2 kaarten" in ready.text
    assert [file.text.count("\n") for file in (cards, letters)] == [3, 3]
    assert {file.headers["content-type"] for file in (cards, letters)} == {
        "text/csv; charset=utf-8"
    }
    assert run in listed
    assert "Bestanden klaar" in listed


async def test_a_run_that_was_broken_off_goes_on_from_its_page(
    officer: Visitor, connection: Connection, database: Database
) -> None:
    run = await started(officer)
    problem = '{"detail": "De stroom viel uit."}'
    await connection.execute(
        "UPDATE job SET state = 'failed', problem = $1::text::jsonb, ended_at = now()", problem
    )
    broken = await officer.look(run)
    again = await officer.send("card-runs", form_in(broken.text, "card-runs"))
    await Worker(database, job_kinds()).run_all_due()
    assert "De stroom viel uit." in broken.text
    assert "refresh" not in broken.headers
    assert again.headers["location"] == f"/velsen/{run}"
    assert "2 kaarten" in (await officer.look(run)).text


async def test_after_their_clock_the_files_are_gone_and_the_page_says_what_to_do(
    officer: Visitor, superuser: Connection, database: Database
) -> None:
    run = await started(officer)
    await Worker(database, job_kinds()).run_all_due()
    past = datetime.now(UTC) - timedelta(days=1)
    await superuser.execute(
        "UPDATE card_run SET started_at = $1::timestamptz - interval '1 day', files_until = $1",
        past,
    )
    page, file = (await officer.look(run)).text, await officer.look(f"{run}/letters")
    assert "De bestanden zijn gewist" in page
    assert f"{run}/letters" not in page
    assert file.status_code == 410
    assert "Vervang een kaart die nooit aankwam." in file.text
    assert "Bestanden gewist" in (await officer.look("card-runs")).text


async def test_a_second_run_finds_nobody_without_a_card(
    officer: Visitor, database: Database
) -> None:
    runs: list[str] = []
    for _ in range(2):
        runs.append(await started(officer))
        await Worker(database, job_kinds()).run_all_due()
    assert "heeft al een kaart" in (await officer.look(runs[-1])).text


@pytest.mark.parametrize(
    ("typed", "field"),
    [({"form": "paper"}, "year"), ({"year": "20 26", "form": "paper"}, "year"), ({}, "form")],
)
async def test_a_wrong_form_is_shown_again(
    officer: Visitor, connection: Connection, typed: dict[str, str], field: str
) -> None:
    answer = await officer.send("card-runs", typed)
    assert answer.status_code == 400
    assert f'id="{field}-fout"' in answer.text
    assert await connection.fetchval("SELECT count(*) FROM card_run") == 0


async def test_only_who_prints_cards_gets_there(
    client: httpx.AsyncClient, connection: Connection, officer: Visitor
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    run = await started(officer)
    assert "card-runs" not in (await counter.look("")).text
    for path in ("card-runs", run, f"{run}/cards", f"{run}/letters"):
        assert (await counter.look(path)).status_code == 403
    assert (await counter.send("card-runs", FORM)).status_code == 403
    assert (await officer.send("card-runs", FORM, csrf=False)).status_code == 403
