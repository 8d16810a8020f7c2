"""Grants over HTTP: money, the assessment as a job, applying, deciding, deviating, and its words."""

from uuid import uuid4

import pytest

from given.assessment import a_member, a_scheme_in_force
from given.days import TODAY, YEAR
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import ResidentId
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from people import Person, Town

BASE = "/v1/velsen"


@pytest.fixture
async def officer(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.OFFICER)


@pytest.fixture
async def finance(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.FINANCE)


@pytest.fixture
async def approver(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.APPROVER)


async def done(
    officer: Person, database: Database, where: str, **body: object
) -> dict[str, object]:
    """The result of a job that was put in line."""
    queued = await officer.post(f"{BASE}/{where}", body or None)
    assert queued.status_code == 202, queued.text
    await Worker(database, job_kinds()).run_all_due()
    job = (await officer.get(f"{BASE}/jobs/{queued.json()['jobId']}")).json()
    assert job["state"] == "done", job
    return job["result"]


def an_amount(**fields: object) -> dict[str, object]:
    return {
        "id": str(uuid4()),
        "scheme": "sport_kinderen",
        "year": YEAR,
        "coverLine": "minimabeleid",
        "amountCents": 15_000,
        **fields,
    }


async def test_money_is_set_aside_granted_and_overspent_in_sight(
    officer: Person, finance: Person, connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)
    amount = an_amount()

    first = await finance.post(f"{BASE}/appropriations", amount)
    again = await finance.post(f"{BASE}/appropriations", amount)
    other = await finance.post(f"{BASE}/appropriations", {**amount, "amountCents": 1})
    dry = await done(officer, database, "assessments", year=YEAR, dryRun=True)
    before = (await officer.get(f"{BASE}/appropriations")).json()
    real = await done(officer, database, "assessments", year=YEAR)
    after = (await officer.get(f"{BASE}/appropriations?year={YEAR}")).json()

    assert first.status_code == 201, first.text
    assert first.json() == again.json()
    assert (other.status_code, other.json()["code"]) == (409, "appropriation-id-reused")
    assert dry["schemes"] == real["schemes"]
    assert (dry["dryRun"], dry["overspentCents"]) == (True, 5_000)
    assert before["items"][0]["grantedCents"] == 0
    assert (after["items"][0]["leftCents"], after["overspentCents"]) == (-5_000, 5_000)
    runs = (await officer.get(f"{BASE}/assessments")).json()["items"]
    shown = (await officer.get(f"{BASE}/assessments/{runs[0]['id']}")).json()
    assert shown == real


@pytest.mark.parametrize("amount", [0, -1, 12.5, "12,50", 2**63, None])
async def test_an_amount_that_cannot_be_is_refused(finance: Person, amount: object) -> None:
    answer = await finance.post(f"{BASE}/appropriations", an_amount(amountCents=amount))

    assert answer.status_code == 400
    assert answer.json()["errors"][0]["field"] == "amountCents"


async def test_an_assessment_of_a_year_that_is_over_is_refused_at_once(officer: Person) -> None:
    answer = await officer.post(f"{BASE}/assessments", {"year": YEAR - 1})

    assert (answer.status_code, answer.json()["code"]) == (409, "pass-year-over")


async def test_an_assessment_of_a_year_that_is_too_far_is_refused_at_once(
    officer: Person, connection: Connection
) -> None:
    for dry_run in (False, True):
        answer = await officer.post(f"{BASE}/assessments", {"year": YEAR + 2, "dryRun": dry_run})

        assert (answer.status_code, answer.json()["code"]) == (409, "pass-year-too-far")
        assert f"Toekennen voor {YEAR + 2} kan vanaf 1-1-{YEAR + 1}." in answer.json()["detail"]
    assert await connection.fetchval("SELECT count(*) FROM assessment") == 0


async def test_from_application_to_an_explained_decision(
    officer: Person, town: Town, connection: Connection
) -> None:
    await a_scheme_in_force(connection, title="Sport")
    parent = await a_member(connection, income=None)
    holder = await town.holder(connection, parent)
    stranger = await town.holder(connection, await a_member(connection, "H2"))
    application = {
        "id": str(uuid4()),
        "year": YEAR,
        "channel": "page",
        "residentId": str(parent),
    }

    receipt = await holder.post(f"{BASE}/household-applications", application)
    waiting = (await officer.get(f"{BASE}/household-applications")).json()["items"]
    unknown = (await officer.get(f"{BASE}/assessments/unknown-incomes")).json()["items"]
    verdict = await officer.post(
        f"{BASE}/income-verdicts",
        {
            "householdNumber": "H1",
            "income": 10_550,
            "source": "loonstrook",
            "assessedOn": str(TODAY),
        },
    )
    where = f"{BASE}/residents/{parent}/decisions"
    mine, theirs = await holder.get(where), await stranger.get(where)

    assert receipt.status_code == 201, receipt.text
    assert waiting == [receipt.json()]
    assert [one["householdNumber"] for one in unknown] == ["H1"]
    assert verdict.status_code == 201, verdict.text
    assert theirs.status_code == 404
    (decision,) = mine.json()["items"]
    (scheme,) = decision["verdicts"]
    assert (decision["cause"], scheme["outcome"], scheme["amountCents"]) == (
        "application",
        "granted",
        20_000,
    )
    assert "105,5%" in scheme["sentence"]
    assert "bezwaar" in decision["howToObject"]
    path = f"{BASE}/household-applications/{receipt.json()['id']}"
    assert (await stranger.get(path)).status_code == 404
    assert [(await one.get(path)).json()["state"] for one in (officer, holder)] == ["decided"] * 2


async def test_an_application_for_nobody_or_for_two_is_refused(officer: Person) -> None:
    body = {"id": str(uuid4()), "year": YEAR, "channel": "paper"}
    where = f"{BASE}/household-applications"

    neither = await officer.post(where, body)
    unknown = await officer.post(where, {**body, "householdNumber": "H9"})
    no_one = await officer.post(where, {**body, "residentId": str(uuid4())})

    assert (neither.status_code, neither.json()["code"]) == (400, "invalid-input")
    assert unknown.json()["code"] == no_one.json()["code"] == "household-unknown"


async def test_what_the_rules_say_today_decides_nothing(
    officer: Person, connection: Connection
) -> None:
    await a_scheme_in_force(connection)
    resident = await a_member(connection, income=None)

    answer = await officer.get(f"{BASE}/residents/{resident}/decision-of-today")

    assert answer.status_code == 200, answer.text
    assert answer.json()["id"] is None
    assert answer.json()["verdicts"][0]["reason"] == "income-unknown"
    assert (await officer.get(f"{BASE}/residents/{resident}/decisions")).json() == {"items": []}


async def test_a_deviation_is_proposed_by_one_and_confirmed_by_another(
    officer: Person, approver: Person, connection: Connection
) -> None:
    version = await a_scheme_in_force(connection)
    resident: ResidentId = await a_member(connection, income=20_000)
    proposal = {
        "residentId": str(resident),
        "schemeVersionId": str(version),
        "year": YEAR,
        "effect": "grant",
        "reason": "Schrijnende situatie.",
    }

    short = await officer.post(f"{BASE}/deviations", {**proposal, "reason": "Kort"})
    made = (await officer.post(f"{BASE}/deviations", proposal)).json()
    where = f"{BASE}/deviations/{made['id']}"
    own = await officer.post(f"{where}/confirmation")
    confirmed = await approver.post(f"{where}/confirmation")
    late = await approver.post(f"{where}/rejection", {"because": "Toch niet."})
    report = (await approver.get(f"{BASE}/deviations?year={YEAR}")).json()["items"]

    assert short.status_code == 400
    assert own.status_code == 403
    assert confirmed.status_code == 200, confirmed.text
    assert confirmed.json()["decisionId"] is not None
    assert late.json()["code"] == "deviation-judged"
    assert [one["id"] for one in report] == [made["id"]]
    assert (await approver.get(f"{BASE}/deviations?waiting=true")).json() == {"items": []}
    older = await approver.get(f"{BASE}/deviations?before={made['id']}")
    assert older.json() == {"items": []}
    file = await approver.get(f"{BASE}/deviation-report?year={YEAR}")
    assert file.headers["content-type"] == "text/csv; charset=utf-8"
    assert made["id"] in file.text
    assert made["id"] not in (await approver.get(f"{BASE}/deviation-report?year=2020")).text


async def test_lapsing_and_following_the_register_are_jobs_with_a_report(
    officer: Person, connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection)
    await a_member(connection)
    await done(officer, database, "assessments", year=YEAR)

    lapsed = await done(officer, database, "lapses", year=YEAR, dryRun=True)
    followed = await done(officer, database, "register-changes")

    assert (lapsed["amountCents"], lapsed["schemes"]) == (0, [])
    assert followed["passesEnded"] == 0


async def test_the_next_page_of_unknown_incomes_is_asked_for_without_a_household_number(
    officer: Person, connection: Connection
) -> None:
    await a_scheme_in_force(connection)
    for number in ("H1", "H2", "H3"):
        await a_member(connection, number, income=None)
    where = f"{BASE}/assessments/unknown-incomes"

    first = (await officer.get(f"{where}?limit=2")).json()["items"]
    rest = (await officer.get(f"{where}?after={first[-1]['residentId']}")).json()["items"]

    assert [one["householdNumber"] for one in (*first, *rest)] == ["H1", "H2", "H3"]
    assert (await officer.get(f"{where}?after=H2")).status_code == 400
