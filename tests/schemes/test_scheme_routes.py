"""Schemes over HTTP: what a policy officer sends, what comes back, and a file in line."""

import pytest

from given.files import a_file, a_scheme_row
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.schemes.files import COLUMNS
from people import Person, Town

SCHEMES = "/v1/velsen/schemes"
IMPORTS = "/v1/velsen/scheme-imports"
VISITS = {
    "code": "badenkaart",
    "title": "Tien keer zwemmen",
    "status": "in_force",
    "validFrom": "2026-01-01",
    "categories": ["swimming"],
    "allowance": "visits",
    "visits": 10,
    "unitPriceCents": 503,
    "unit": "child",
    "incomeLimit": 11050,
    "period": "pass_year",
    "precondition": "adult_or_diploma",
}


@pytest.fixture
async def policy(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.POLICY)


async def test_a_scheme_is_added_listed_and_shown_as_it_was_sent(policy: Person) -> None:
    made = await policy.post(SCHEMES, VISITS)
    again = await policy.post(SCHEMES, VISITS)
    listed = (await policy.get(f"{SCHEMES}?on=2026-06-01")).json()
    shown = (await policy.get(f"{SCHEMES}/badenkaart")).json()

    assert made.status_code == 201, made.text
    assert again.json()["id"] == made.json()["id"]
    assert [(one["code"], one["holds"]) for one in listed["items"]] == [("badenkaart", True)]
    sent = {field: shown["items"][0]["version"][field] for field in VISITS}
    assert sent == VISITS


@pytest.mark.parametrize(
    ("change", "field"),
    [
        ({"visits": 0}, "visits"),
        ({"visits": "10"}, "visits"),
        ({"unitPriceCents": 12.5}, "unitPriceCents"),
        ({"unitPriceCents": 2**63}, "unitPriceCents"),
        ({"lastDay": "2025-12-31"}, "lastDay"),
        ({"incomeLimit": None}, "incomeLimit"),
        ({"amountCents": 100}, "amountCents"),
        ({"code": "Bad Kaart"}, "code"),
        ({"kind": "visits"}, "kind"),
    ],
)
async def test_what_cannot_be_is_refused_with_the_field_named(
    policy: Person, change: dict[str, object], field: str
) -> None:
    answer = await policy.post(SCHEMES, {**VISITS, **change})

    assert answer.status_code == 400, answer.text
    assert field in {one["field"] for one in answer.json()["errors"]}


async def test_a_version_ends_and_is_otherwise_fixed(policy: Person) -> None:
    version = (await policy.post(SCHEMES, VISITS)).json()["id"]
    where = f"/v1/velsen/scheme-versions/{version}"

    ended = await policy.patch(where, {"lastDay": "2026-12-31"})
    wrong = await policy.patch(where, {"status": "proposed"})
    overlapping = await policy.post(SCHEMES, {**VISITS, "validFrom": "2026-12-31"})

    assert ended.json()["version"]["lastDay"] == "2026-12-31"
    assert (wrong.status_code, wrong.json()["code"]) == (409, "version-fixed")
    assert (overlapping.status_code, overlapping.json()["code"]) == (409, "version-fixed")
    assert (await policy.get(f"{SCHEMES}/nope")).json()["code"] == "scheme-not-found"


async def test_a_file_is_read_by_a_worker_and_every_row_has_its_verdict(
    policy: Person, database: Database
) -> None:
    content = a_file(COLUMNS, a_scheme_row(code="aa"), a_scheme_row(code="bb", title="")).read()

    queued = await policy.post(f"{IMPORTS}?fileName=schemes.csv", content)
    await Worker(database, job_kinds()).run_all_due()
    where = f"{IMPORTS}/{queued.json()['importId']}"
    answer = (await policy.get(where)).json()
    refused = (await policy.get(f"{where}?outcome=refused")).json()

    assert queued.status_code == 202
    assert (answer["summary"]["added"], answer["summary"]["refused"]) == (1, 1)
    assert [row["outcome"] for row in answer["rows"]] == ["added", "refused"]
    assert [row["fields"] for row in refused["rows"]] == [["title"]]
    assert len((await policy.get(IMPORTS)).json()["items"]) == 1


async def test_a_file_of_another_shape_ends_the_job_with_what_was_expected(
    policy: Person, town: Town, connection: Connection, database: Database
) -> None:
    queued = (await policy.post(IMPORTS, (",".join(COLUMNS) + "\n").encode())).json()
    await Worker(database, job_kinds()).run_all_due()

    job = (await policy.get(f"/v1/velsen/jobs/{queued['jobId']}")).json()

    assert job["state"] == "failed"
    assert job["problem"]["code"] == "file-refused"
    summary = (await policy.get(f"{IMPORTS}/{queued['importId']}")).json()["summary"]
    assert summary["problem"] == job["problem"]["detail"]
    assert "puntkomma" in summary["problem"]
    assert (await policy.post(IMPORTS)).json()["code"] == "missing-body"


async def test_purposes_are_added_and_renamed(policy: Person) -> None:
    where = "/v1/velsen/categories"

    await policy.post(where, {"code": "sport", "title": "Sport"})
    renamed = await policy.patch(f"{where}/sport", {"title": "Sporten"})

    assert renamed.status_code == 200
    assert (await policy.get(where)).json() == {"items": [{"code": "sport", "title": "Sporten"}]}
    assert (await policy.patch(f"{where}/nope", {"title": "X"})).status_code == 404
