"""The description of the API passes the linter of the NL API Design Rules, and is true."""

import json
from collections.abc import AsyncGenerator
from datetime import datetime
from pathlib import Path
from typing import Annotated, Any
from uuid import UUID

import httpx
import msgspec
import pytest
from litestar import delete, get, post
from litestar.params import FromPath, FromQuery, JSONBody

from browsing import browsing
from node_tools import FOLDER, node_modules, run_node
from pas.money import Cents

PUBLIC = {"public": True}


class Parcel(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """A body and an answer with every kind of field that ours have."""

    id: UUID
    take_cents: Annotated[Cents, msgspec.Meta(ge=1, le=10_000_000)]
    occurred_at: datetime
    note: Annotated[str, msgspec.Meta(max_length=100)] | None = None
    purposes: Annotated[tuple[str, ...], msgspec.Meta(max_length=9)] = ()


@post("/v1/{municipality:str}/parcels", opt=PUBLIC)
async def send_parcel(municipality: FromPath[str], data: JSONBody[Parcel]) -> Parcel:
    """Verstuur een pakje.

    Hetzelfde id nog eens sturen verandert niets.
    """
    return data


@get("/v1/{municipality:str}/parcels/{parcel_id:uuid}", opt=PUBLIC)
async def read_parcel(municipality: FromPath[str], parcel_id: FromPath[UUID]) -> Parcel:
    """Lees een pakje."""
    raise NotImplementedError


@get("/v1/{municipality:str}/parcels", opt=PUBLIC)
async def list_parcels(
    municipality: FromPath[str], after: FromQuery[UUID | None] = None
) -> list[Parcel]:
    """Lees alle pakjes."""
    return []


@delete("/v1/{municipality:str}/parcels/{parcel_id:uuid}", opt=PUBLIC)
async def drop_parcel(municipality: FromPath[str], parcel_id: FromPath[UUID]) -> None:
    """Gooi een pakje weg."""


@get("/{municipality:str}/pakjes", opt=PUBLIC)
async def parcel_page(municipality: FromPath[str]) -> str:
    return ""


ROUTES = [send_parcel, read_parcel, list_parcels, drop_parcel, parcel_page]


@pytest.fixture
async def api() -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(routes=ROUTES) as client:
        yield client


def lint(document: object, folder: Path) -> list[dict[str, Any]]:
    path = folder / "openapi.json"
    path.write_text(json.dumps(document))
    spectral = node_modules() / "@stoplight" / "spectral-cli" / "dist" / "index.js"
    rules = FOLDER / "nl-api-design-rules.yaml"
    done = run_node(spectral, "lint", "-r", rules, "-f", "json", "-q", path)
    assert done.stdout.startswith("["), done.stdout + done.stderr
    return json.loads(done.stdout.partition("\n\n")[0])


async def test_the_api_passes_the_nl_api_design_rules(
    api: httpx.AsyncClient, tmp_path: Path
) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    assert lint(document, tmp_path) == []


async def test_the_linter_finds_what_is_wrong(api: httpx.AsyncClient, tmp_path: Path) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    document["paths"]["/{municipality}/Parcel_List/"] = document["paths"]["/{municipality}/parcels"]
    del document["paths"]["/{municipality}/parcels"]["post"]["responses"]["400"]
    del document["info"]["contact"]
    codes = {one["code"] for one in lint(document, tmp_path)}
    assert codes >= {
        "nlgov:paths-kebab-case",
        "nlgov:problem-invalid-input",
        "info-contact",
        "path-keys-no-trailing-slash",
    }


async def test_the_description_is_public_and_open_to_every_website(api: httpx.AsyncClient) -> None:
    answer = await api.get("/v1/openapi.json", headers={"origin": "https://example.nl"})
    assert answer.status_code == 200
    assert answer.headers["access-control-allow-origin"] == "*"
    assert answer.headers["content-type"] == "application/json"


async def test_pages_are_no_part_of_the_api(api: httpx.AsyncClient) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    assert "/{municipality}/parcels" in document["paths"]
    assert not [path for path in document["paths"] if "pakjes" in path or "healthz" in path]
    assert document["servers"] == [{"url": "/v1"}]


async def test_every_operation_says_how_it_may_refuse(api: httpx.AsyncClient) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    for item in document["paths"].values():
        for operation in item.values():
            answers = operation["responses"]
            assert {"400", "401", "403", "404", "429", "503"} <= answers.keys()
            for status, answer in answers.items():
                assert "API-Version" in answer["headers"]
                assert status < "400" or list(answer["content"]) == ["application/problem+json"]


async def test_nothing_is_served_that_loads_from_elsewhere(city: httpx.AsyncClient) -> None:
    for path in ("/schema", "/schema/swagger", "/v1/schema", "/docs"):
        assert (await city.get(path)).status_code == 404


async def test_names_and_texts_are_fit_for_people_and_generators(api: httpx.AsyncClient) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    operation = document["paths"]["/{municipality}/parcels/{parcelId}"]["get"]
    assert operation["operationId"] == "readParcel"
    assert operation["summary"] == "Lees een pakje."
    assert [one["name"] for one in operation["parameters"]] == ["municipality", "parcelId"]
    sending = document["paths"]["/{municipality}/parcels"]["post"]
    assert sending["description"] == "Hetzelfde id nog eens sturen verandert niets."


async def test_every_operation_has_a_summary(api: httpx.AsyncClient) -> None:
    document = (await api.get("/v1/openapi.json")).json()
    for path, item in document["paths"].items():
        for method, operation in item.items():
            assert operation["summary"], f"{method} {path}: give the handler a Dutch docstring"


async def test_a_list_says_what_it_holds(api: httpx.AsyncClient) -> None:
    schemas = (await api.get("/v1/openapi.json")).json()["components"]["schemas"]

    assert schemas["Parcel"]["properties"]["purposes"]["items"] == {"type": "string"}
