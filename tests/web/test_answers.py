"""Every refusal and every error: JSON for programs, a page with a next step for people."""

import json
from collections.abc import AsyncGenerator
from typing import Annotated, ClassVar

import asyncpg
import httpx
import pytest
from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from structlog.testing import capture_logs

from browsing import browsing
from pas.errors import Refusal, TillRefusal

PUBLIC = {"public": True}
HTML = {"accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


class PassAsleep(TillRefusal):
    """Deze pas slaapt."""

    status: ClassVar[int] = 409
    cashier: ClassVar[str] = "Deze pas slaapt. Neem niets af."
    holder: ClassVar[str] = "Uw pas slaapt nog."
    next_step: ClassVar[str] = "Maak de pas wakker."


class BooksShut(Refusal):
    """De boeken zijn dicht."""

    status: ClassVar[int] = 503


ERRORS = {
    "asleep": PassAsleep(wakesAt="2027-01-01T00:00:00Z"),
    "shut": BooksShut("De boeken zijn dicht tot morgen.", headers={"Retry-After": "60"}),
    "secret": RuntimeError("password=hunter2 at /srv/pas/ledger.py"),
    "mistake": AssertionError("the books do not add up"),
    "away": ConnectionRefusedError("10.0.0.7"),
    "deadlock": asyncpg.DeadlockDetectedError("process 17 waits"),
    "slow": asyncpg.QueryCanceledError("statement timeout"),
    "defect": asyncpg.UndefinedTableError('relation "budget" does not exist'),
}


@get(["/v1/{city:str}/raise/{name:str}", "/{city:str}/raise/{name:str}"], opt=PUBLIC)
async def raising(city: FromPath[str], name: FromPath[str]) -> None:
    raise ERRORS[name]


@get("/v1/{city:str}/list", opt=PUBLIC)
async def listing(
    city: FromPath[str],
    page: Annotated[int, QueryParameter(ge=1, le=1000)],
    size: FromQuery[int] = 20,
) -> None:
    return None


@pytest.fixture
async def here() -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(routes=[raising, listing]) as client:
        yield client


async def test_a_refusal_at_the_till_speaks_to_cashier_and_holder(here: httpx.AsyncClient) -> None:
    answer = await here.get("/v1/velsen/raise/asleep?card=secret")
    assert answer.status_code == 409
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert len(problem.pop("traceId")) == 32
    assert problem == {
        "type": "/problems/pass-asleep",
        "title": "Deze pas slaapt.",
        "status": 409,
        "detail": "Deze pas slaapt. Neem niets af.",
        "instance": "/v1/velsen/raise/asleep",
        "code": "pass-asleep",
        "nextStep": "Maak de pas wakker.",
        "cashier": "Deze pas slaapt. Neem niets af.",
        "holder": "Uw pas slaapt nog.",
        "wakesAt": "2027-01-01T00:00:00Z",
    }


async def test_a_refusal_keeps_its_sentence_and_its_headers(here: httpx.AsyncClient) -> None:
    answer = await here.get("/v1/velsen/raise/shut")
    assert answer.status_code == 503
    assert answer.headers["retry-after"] == "60"
    assert answer.json()["detail"] == "De boeken zijn dicht tot morgen."


@pytest.mark.parametrize("name", ["secret", "mistake", "defect"])
async def test_our_own_error_tells_nothing_and_is_logged_with_its_trace_id(
    here: httpx.AsyncClient, name: str
) -> None:
    with capture_logs() as logs:
        answer = await here.get(f"/v1/velsen/raise/{name}")
    assert (answer.status_code, answer.json()["code"]) == (500, "unexpected-error")
    for word in ("hunter2", "ledger", "add up", "relation", "Error", "Traceback"):
        assert word not in answer.text
    logged = next(entry for entry in logs if entry["event"] == "unexpected-error")
    assert logged["exc_info"] is ERRORS[name]


async def test_the_trace_id_of_the_caller_is_in_answer_and_logs(
    here: httpx.AsyncClient, capfd: pytest.CaptureFixture[str]
) -> None:
    trace_id = "4bf92f3577b34da6a3ce929d0e0e4736"
    given = {"traceparent": f"00-{trace_id}-00f067aa0ba902b7-01"}
    answer = await here.get("/v1/velsen/raise/secret", headers=given)
    assert answer.json()["traceId"] == trace_id
    printed = capfd.readouterr()
    assert (printed.out + printed.err).count(trace_id) >= 2


@pytest.mark.parametrize(
    "given", ["", "00-zz-00f067aa0ba902b7-01", f"00-{'0' * 32}-00f067aa0ba902b7-01"]
)
async def test_a_bad_trace_id_is_replaced(here: httpx.AsyncClient, given: str) -> None:
    answer = await here.get("/v1/x/raise/secret", headers={"traceparent": given})
    assert len(set(answer.json()["traceId"])) > 4


@pytest.mark.parametrize("name", ["away", "deadlock", "slow"])
async def test_trouble_that_passes_says_when_to_try_again(
    here: httpx.AsyncClient, name: str
) -> None:
    answer = await here.get(f"/v1/velsen/raise/{name}")
    assert (answer.status_code, answer.json()["code"]) == (503, "temporarily-busy")
    assert answer.headers["retry-after"] == "2"
    assert "10.0.0.7" not in answer.text


@pytest.mark.parametrize(
    ("query", "faults"),
    [
        ("", {"page": "Dit veld ontbreekt. Vul het in."}),
        ("page=0", {"page": "Geef 1 of een hoger getal."}),
        ("page=1.5", {"page": "Geef een heel getal, zonder komma, punt of aanhalingstekens."}),
        (
            "page=een&size=twee",
            {
                "page": "Geef een heel getal, zonder komma, punt of aanhalingstekens.",
                "size": "Geef een heel getal, zonder komma, punt of aanhalingstekens.",
            },
        ),
    ],
)
async def test_wrong_questions_are_400_and_say_which_part(
    here: httpx.AsyncClient, query: str, faults: dict[str, str]
) -> None:
    answer = await here.get(f"/v1/velsen/list?{query}")
    assert answer.status_code == 400
    assert {one["field"]: one["message"] for one in answer.json()["errors"]} == faults


async def test_an_address_or_method_that_is_not_there_is_a_problem_too(
    here: httpx.AsyncClient,
) -> None:
    assert (await here.get("/v1/velsen/nothing")).json()["code"] == "not-found"
    answer = await here.delete("/v1/velsen/list")
    assert (answer.status_code, answer.json()["code"]) == (405, "method-not-allowed")
    assert "GET" in answer.headers["allow"]


@pytest.mark.parametrize(
    ("name", "status", "title"),
    [("asleep", 409, "Deze pas slaapt"), ("secret", 500, "Er ging bij ons iets mis")],
)
async def test_a_person_gets_a_page_with_a_next_step_and_a_telephone_number(
    here: httpx.AsyncClient, name: str, status: int, title: str
) -> None:
    answer = await here.get(f"/velsen/raise/{name}", headers=HTML)
    assert answer.status_code == status
    assert answer.headers["content-type"] == "text/html; charset=utf-8"
    assert f'<h1 class="utrecht-heading-1">{title}</h1>' in answer.text
    for part in ('lang="nl"', "Wat kunt u doen?", 'href="tel:1400"', "Naar de eerste pagina"):
        assert part in answer.text
    assert "hunter2" not in answer.text


async def test_under_v1_a_browser_gets_json_as_well(here: httpx.AsyncClient) -> None:
    answer = await here.get("/v1/velsen/raise/asleep", headers=HTML)
    assert answer.headers["content-type"] == "application/problem+json"


async def test_a_program_that_asks_for_a_page_address_gets_json(here: httpx.AsyncClient) -> None:
    answer = await here.get("/nowhere/at/all", headers={"accept": "application/json"})
    assert json.loads(answer.text)["code"] == "not-found"
