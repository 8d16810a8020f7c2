"""Bad bodies: each its own sentence, all mistakes at once, and never a 500."""

from collections.abc import AsyncGenerator
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import post
from litestar.params import JSONBody

from browsing import browsing
from pas.money import Cents

Amount = Annotated[Cents, msgspec.Meta(ge=1, le=10_000_000)]


class Line(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """One line of the sale that the tests send."""

    category: Annotated[str, msgspec.Meta(max_length=10)]
    take_cents: Amount


class Sale(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A body like that of a real route."""

    id: UUID
    take_cents: Amount
    line: Line | None = None
    lines: Annotated[list[Line], msgspec.Meta(max_length=2)] = []


@post("/v1/probe", opt={"public": True}, status_code=200, include_in_schema=False)
async def probe(data: JSONBody[Sale]) -> dict[str, int]:
    return {"takeCents": data.take_cents}


@pytest.fixture
async def till() -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(routes=[probe]) as client:
        yield client


ID = '"id": "018f4c3e-9d2a-7c11-8b55-3a1f0e9d7c42"'


async def send(
    till: httpx.AsyncClient, body: str | bytes, kind: str = "application/json"
) -> tuple[int, dict[str, Any]]:
    answer = await till.post("/v1/probe", content=body, headers={"content-type": kind})
    problem = answer.json()
    if answer.status_code != 200:
        assert answer.headers["content-type"] == "application/problem+json"
        assert problem["status"] == answer.status_code
    return answer.status_code, problem


async def test_a_good_body_is_read(till: httpx.AsyncClient) -> None:
    assert await send(till, f'{{{ID}, "takeCents": 1240}}') == (200, {"takeCents": 1240})


WHOLE = (
    "Geef een heel getal, zonder komma, punt of aanhalingstekens. "
    "Bedragen zijn in centen: 12,50 euro is 1250."
)


@pytest.mark.parametrize(
    ("value", "sentence"),
    [
        ("0", "Geef 1 of een hoger getal."),
        ("-5", "Geef 1 of een hoger getal."),
        ("12.5", WHOLE),
        ("12.0", WHOLE),
        ("1e3", WHOLE),
        ('"12,50"', WHOLE),
        ('"12"', WHOLE),
        ("true", WHOLE),
        ("9223372036854775808", "Geef 10000000 of een lager getal."),
        ("99999999999999999999999999", "Geef 10000000 of een lager getal."),
        ("null", "Dit veld mag niet leeg zijn. Vul het in."),
        ("[]", WHOLE),
    ],
)
async def test_each_wrong_amount_has_its_own_sentence(
    till: httpx.AsyncClient, value: str, sentence: str
) -> None:
    status, problem = await send(till, f'{{{ID}, "takeCents": {value}}}')
    assert (status, problem["code"]) == (400, "invalid-input")
    assert problem["errors"] == [{"field": "takeCents", "message": sentence}]
    assert problem["detail"] == f"takeCents: {sentence}"


@pytest.mark.parametrize(
    ("body", "status", "code"),
    [
        (b'{"takeCents": 12', 400, "incomplete-json"),
        (b"{", 400, "incomplete-json"),
        (b'{"takeCents": }', 400, "malformed-json"),
        (b"takeCents=12", 400, "malformed-json"),
        (b'{"id": "\xff"}', 400, "malformed-json"),
        (b'{"id": "a\\u0000b", "takeCents": 1}', 400, "malformed-json"),
        (b"[" * 60_000, 400, "malformed-json"),
        (b'{"a":' * 10_000, 400, "malformed-json"),
        (b"", 400, "missing-body"),
        (b"[]", 400, "invalid-input"),
        (b"null", 400, "invalid-input"),
        (b'{"id": "' + b"x" * 64_000 + b'"}', 413, "body-too-large"),
        (b"x" * 10_000_000, 413, "body-too-large"),
    ],
    ids=lambda value: value[:20] if isinstance(value, bytes) else None,
)
async def test_what_is_no_body_at_all_is_refused_in_words(
    till: httpx.AsyncClient, body: bytes, status: int, code: str
) -> None:
    answered, problem = await send(till, body)
    assert (answered, problem["code"]) == (status, code)
    assert problem["detail"].endswith(".")
    assert problem["nextStep"].endswith(".")


@pytest.mark.parametrize("kind", ["text/plain", "application/x-www-form-urlencoded", ""])
async def test_another_content_type_is_refused(till: httpx.AsyncClient, kind: str) -> None:
    status, problem = await send(till, f'{{{ID}, "takeCents": 1240}}', kind)
    assert (status, problem["code"]) == (415, "wrong-content-type")


async def test_all_mistakes_are_told_at_once(till: httpx.AsyncClient) -> None:
    _, problem = await send(
        till, '{"takeCents": 1.5, "surprise": 1, "line": {"category": "muziekschool"}}'
    )
    assert {fault["field"]: fault["message"] for fault in problem["errors"]} == {
        "id": "Dit veld ontbreekt. Vul het in.",
        "takeCents": WHOLE,
        "line.category": "Gebruik hoogstens 10 tekens.",
        "line.takeCents": "Dit veld ontbreekt. Vul het in.",
        "surprise": "Dit veld kennen wij niet. Haal het weg.",
    }
    assert problem["detail"] == "5 velden kloppen niet. Bij errors staat wat er mis is."


async def test_a_mistake_in_a_list_says_which_one(till: httpx.AsyncClient) -> None:
    lines = '[{"category": "sport", "takeCents": 5}, {"category": "sport", "takeCents": "5"}]'
    _, problem = await send(till, f'{{{ID}, "takeCents": 1, "lines": {lines}}}')
    assert problem["errors"] == [{"field": "lines[1].takeCents", "message": WHOLE}]


async def test_many_unknown_fields_do_not_make_a_long_answer(till: httpx.AsyncClient) -> None:
    fields = ", ".join(f'"veld{number}": 1' for number in range(2_000))
    _, problem = await send(till, f'{{{ID}, "takeCents": 1, {fields}}}')
    assert len(problem["errors"]) == 50
