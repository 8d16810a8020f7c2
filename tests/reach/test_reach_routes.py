"""Reach over HTTP: what an analyst, a policy officer and an auditor get, and what nobody gets."""

from importlib.resources import files
from pathlib import Path

import pytest

from given.city import YEAR
from given.files import a_file
from given.reach import a_reach_town, a_target_row, granted, targets_read
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.reach.target_files import COLUMNS
from people import Person, Town

DATA = Path(str(files("pas.demo") / "data"))
IMPORTS = "/v1/velsen/target-group-imports"
REACH = f"/v1/velsen/reach?year={YEAR}"


@pytest.fixture
async def analyst(people: Town, connection: Connection) -> Person:
    return await people.officer(connection, Role.ANALYST)


@pytest.fixture
async def town(connection: Connection) -> None:
    town = await a_reach_town(connection)
    await granted(connection, town, people=30, spending=12, area="noord")
    await targets_read(connection, a_target_row(source="=cmd|'/c calc'!A1"))
    await until_decided(connection)


@pytest.mark.usefixtures("town")
async def test_the_report_carries_the_definition_and_the_position_of_each_figure(
    analyst: Person,
) -> None:
    answer = (await analyst.get(REACH)).json()

    scheme = next(one for one in answer["report"]["schemes"] if one["scheme"] == "sport")
    (figure,) = scheme["reach"]
    assert (figure["tenths"]["year"], figure["unit"]) == (150, "persons")
    assert figure["definition"] == "Iedereen met een inkomen tot 110%."
    assert answer["frozen"] is None
    assert answer["report"]["position"]["epoch"] == 1


@pytest.mark.usefixtures("town")
async def test_no_name_number_or_id_of_a_person_is_in_the_report(
    analyst: Person, connection: Connection
) -> None:
    text = (await analyst.get(REACH)).text
    known = await connection.fetch(
        "SELECT resident_id::text, household_number, family_name FROM resident_version LIMIT 5"
    )
    assert not [value for row in known for value in row if value in text]


@pytest.mark.usefixtures("town")
async def test_the_file_is_for_a_dutch_spreadsheet_and_runs_no_formula(analyst: Person) -> None:
    answer = await analyst.get(f"/v1/velsen/reach-file?year={YEAR}")

    lines = answer.text.splitlines()
    assert lines[0].startswith("year;period;scheme;title;unit")
    assert ";15,0;'=cmd|'/c calc'!A1;2026-01-01;" in answer.text
    assert "text/csv" in answer.headers["content-type"]


async def test_a_file_is_read_by_a_worker_and_every_row_has_its_verdict(
    analyst: Person, connection: Connection, database: Database
) -> None:
    await a_reach_town(connection)
    content = a_file(COLUMNS, a_target_row(), a_target_row(scheme="zeilen")).read()

    queued = await analyst.post(f"{IMPORTS}?fileName=t.csv", content)
    await Worker(database, job_kinds()).run_all_due()
    answer = (await analyst.get(f"{IMPORTS}/{queued.json()['importId']}")).json()

    assert queued.status_code == 202
    assert (answer["summary"]["added"], answer["summary"]["refused"]) == (1, 1)
    listed = (await analyst.get(f"/v1/velsen/target-groups?year={YEAR}")).json()
    assert [one["group"]["total"] for one in listed["items"]] == [200]
    assert (await analyst.post(IMPORTS)).json()["code"] == "missing-body"


@pytest.mark.parametrize(
    ("kind", "file", "where", "key"),
    [
        ("printed_reach", "printed_reach.csv", "printed-reach", "items"),
        ("use_by_year", "almere_use_2016_2019.csv", "printed-use", "totals"),
        ("appropriations", "velsen_appropriations.csv", "printed-money", "subjects"),
        ("budget_table", "velsen_budget_2020_2024.csv", "printed-money", "table"),
    ],
)
async def test_a_published_file_is_kept_once_and_computed_when_asked(
    analyst: Person, kind: str, file: str, where: str, key: str
) -> None:
    content = (DATA / file).read_bytes()
    target = f"/v1/velsen/published-files?kind={kind}&fileName={file}"

    first = await analyst.post(target, content)
    again = await analyst.post(target, content)
    shown = (await analyst.get(f"/v1/velsen/{where}")).json()

    assert first.status_code == 201, first.text
    assert (first.json()["isNew"], again.json()["isNew"]) == (True, False)
    assert len(shown[key]) > 0


async def test_a_published_file_that_cannot_be_read_is_not_kept(analyst: Person) -> None:
    target = "/v1/velsen/published-files?kind=printed_reach"
    wrong = await analyst.post(target, b"a;b\n1;2\n")
    assert (wrong.status_code, wrong.json()["code"]) == (400, "file-refused")
    missing = await analyst.get("/v1/velsen/printed-reach")
    assert (missing.status_code, missing.json()["code"]) == (404, "published-file-not-found")


async def test_a_period_is_frozen_over_http_once_it_is_over(analyst: Person) -> None:
    target = "/v1/velsen/frozen-reach"
    made = await analyst.post(target, {"year": YEAR - 1, "period": "q1"})
    again = await analyst.post(target, {"year": YEAR - 1, "period": "q1"})
    early = await analyst.post(target, {"year": 2199})

    assert made.status_code == 201, made.text
    assert again.json()["code"] == "period-frozen"
    assert early.json()["code"] == "period-not-over"
    assert [one["period"] for one in (await analyst.get(target)).json()["items"]] == ["q1"]


@pytest.mark.parametrize(
    ("role", "may"),
    [
        (Role.ANALYST, {"get": 200, "targets": 200, "freeze": 201}),
        (Role.POLICY, {"get": 200, "targets": 403, "freeze": 403}),
        (Role.AUDITOR, {"get": 200, "targets": 403, "freeze": 403}),
        (Role.FINANCE, {"get": 200, "targets": 403, "freeze": 403}),
        (Role.OFFICER, {"get": 403, "targets": 403, "freeze": 403}),
        (Role.COUNTER, {"get": 403, "targets": 403, "freeze": 403}),
    ],
)
async def test_who_may_read_bring_target_groups_and_freeze(
    people: Town, connection: Connection, role: Role, may: dict[str, int]
) -> None:
    person = await people.officer(connection, role)
    body = {"year": YEAR - 1, "period": "q1"}
    assert (await person.get(REACH)).status_code == may["get"]
    assert (await person.get("/v1/velsen/target-groups")).status_code == may["targets"]
    assert (await person.post("/v1/velsen/frozen-reach", body)).status_code == may["freeze"]


@pytest.mark.parametrize("query", ["year=-1", "year=abc", "period=week", "year=99999"])
async def test_what_cannot_be_asked_is_refused(analyst: Person, query: str) -> None:
    assert (await analyst.get(f"/v1/velsen/reach?{query}")).status_code == 400
