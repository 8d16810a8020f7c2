"""Whatever fits the description of the API, or nearly does: it never finds an error of ours.

``PAS_FUZZ_EXAMPLES`` is how many requests are made up per operation and kind.
"""

import asyncio
import os
import re
from collections.abc import Iterator
from contextlib import AsyncExitStack
from itertools import product
from pathlib import Path
from typing import Any, Final
from uuid import UUID, uuid4

import httpx
import msgspec
import pytest
import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis import GenerationMode
from schemathesis.checks import load_all_checks
from schemathesis.specs.openapi.checks import (
    content_type_conformance,
    response_schema_conformance,
)

from browsing import browsing
from given.city import a_budget, a_holder, a_merchant, a_scheme
from pas.auth.keys import KeyStore
from pas.installation import Access
from pas.settings import Settings
from visitors import HERE, NOBODY, TILL, Route, Street, Visitor, somebody_for, street

EXAMPLES: Final = int(os.environ.get("PAS_FUZZ_EXAMPLES", "3"))
PATIENCE_SECONDS: Final = 10
API: Final = "/v1"
MODES = (GenerationMode.POSITIVE, GenerationMode.NEGATIVE)
SETTINGS = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    # The same every time, unless somebody asks for more than that.
    derandomize="PAS_FUZZ_EXAMPLES" not in os.environ,
    phases=[Phase.generate],
    suppress_health_check=[
        HealthCheck.too_slow,
        HealthCheck.filter_too_much,
        HealthCheck.data_too_large,
        HealthCheck.large_base_example,
    ],
)


class Fuzzer:
    """Sends what was made up as somebody who may do it, and remembers what came back wrong."""

    def __init__(self, runner: asyncio.Runner, town: Street, known: dict[str, list[str]]) -> None:
        self.runner, self.town, self.known = runner, town, known
        self.wrong: list[str] = []
        self.answers: dict[int, int] = {}
        self.routes = {
            (route.method, described(route.path)): route for route in town.routes() if route.is_api
        }

    def try_out(self, operation: Any) -> None:  # noqa: ANN401 (schemathesis has no public type)
        route = self.routes[key(operation)]
        for mode, visitor in product(MODES, self.visitors(route)):
            try:
                strategy = operation.as_strategy(generation_mode=mode)
                self.send_all(strategy, route, visitor)
            except (Exception, BaseExceptionGroup) as error:  # noqa: BLE001 (the others go on)
                if "Unsatisfiable" not in type(error).__name__:
                    self.wrong.append(f"{route}: {type(error).__name__} {error}"[:900])

    def send_all(self, strategy: st.SearchStrategy[Any], route: Route, visitor: Visitor) -> None:
        @SETTINGS
        @given(
            case=strategy,
            ids=st.fixed_dictionaries(
                {name: st.sampled_from(known) for name, known in self.known.items()}
            ),
        )
        def send(case: Any, ids: dict[str, str]) -> None:  # noqa: ANN401 (as above)
            answer = self.runner.run(self.sent(case, route, visitor, ids=ids))
            self.answers[answer.status_code] = self.answers.get(answer.status_code, 0) + 1
            if answer.status_code == 500:
                raise AssertionError(
                    f"{answer.request.url} {answer.request.content!r}: {answer.text}"
                )
            if case.meta is None or route.is_api:
                case.validate_response(
                    answer, checks=[content_type_conformance, response_schema_conformance]
                )

        send()

    async def sent(
        self,
        case: Any,  # noqa: ANN401 (as above)
        route: Route,
        visitor: Visitor,
        *,
        ids: dict[str, str],
    ) -> httpx.Response:
        made = case.path_parameters or {}
        case.path_parameters = {**made, **{name: ids[name] for name in made if name in ids}}
        request = self.town.client.build_request(
            route.method,
            API + case.formatted_path,
            params=case.query or None,
            content=body_of(case),
        )
        target = request.url.raw_path.decode()
        proof = await self.town.proof(visitor, route.method, target, body=request.content)
        request.headers.update(proof | {"content-type": case.media_type or "application/json"})
        async with asyncio.timeout(PATIENCE_SECONDS):
            return await self.town.client.send(request)

    def visitors(self, route: Route) -> list[Visitor]:
        """Each kind of visitor that may: some routes are for tills and for people alike."""
        if route.opt.get("public"):
            return [NOBODY]
        devices = [TILL] if route.opt.get("till") else []
        if devices and not route.opt.get("permission"):
            return devices
        return [*devices, somebody_for(route.opt, of_merchant=route.of_merchant)]


def key(operation: Any) -> tuple[str, str]:  # noqa: ANN401 (as above)
    return operation.method.upper(), API + operation.path


def body_of(case: Any) -> bytes:  # noqa: ANN401 (as above)
    if isinstance(case.body, bytes):
        return case.body
    if type(case.body).__name__ == "NotSet":
        return b""
    return msgspec.json.encode(case.body)


def described(path: str) -> str:
    """The path as the description writes it: without the types, and in camel case."""
    plain = re.sub(r":\w+}", "}", path)
    return re.sub(r"_(\w)", lambda found: found[1].upper(), plain)


@pytest.fixture
def fuzzer(access: Access, keys: KeyStore, tmp_path: Path) -> Iterator[Fuzzer]:
    """The application on a loop of its own, because hypothesis is not asynchronous."""
    with asyncio.Runner() as runner:
        stack = AsyncExitStack()

        async def start() -> Fuzzer:
            client = await stack.enter_async_context(
                browsing(access.address, settings=Settings(key_dir=tmp_path))
            )
            town = await stack.enter_async_context(street(client, keys, access))
            return Fuzzer(runner, town, await some_ids(town))

        yield runner.run(start())
        runner.run(stack.aclose())


async def some_ids(town: Street) -> dict[str, list[str]]:
    """Ids that are there, so that what is behind them is reached too; and one that is not."""
    connection = town.connections[HERE]
    holder = await a_holder(connection)
    budget = await a_budget(connection, await a_scheme(connection), holder)
    del budget
    other = await a_merchant(connection, name="derde")
    own = town.merchants[HERE, "own"]
    till = await town.actor(TILL)
    known: dict[str, list[UUID]] = {
        "merchantId": [own.id, other.id],
        "locationId": [own.location, other.location],
        "tillId": [till],
        "residentId": [holder.id],
        "passId": [holder.pass_id],
        "cardId": [holder.card],
    }
    ids = {name: [*map(str, some), str(uuid4())] for name, some in known.items()}
    return {"municipality": [HERE], **ids}


@pytest.mark.slow
@pytest.mark.usefixtures("almere")
def test_nothing_that_fits_the_description_finds_an_error_of_ours(fuzzer: Fuzzer) -> None:
    load_all_checks()
    document = fuzzer.runner.run(fuzzer.town.client.get("/v1/openapi.json")).json()
    schema = schemathesis.openapi.from_dict(document)
    found: list[Any] = list(schema.get_all_operations())
    operations = [one.ok() for one in found]

    for operation in operations:
        fuzzer.try_out(operation)

    assert {key(one) for one in operations} <= fuzzer.routes.keys()
    assert fuzzer.wrong == []
    assert any(status < 300 for status in fuzzer.answers), fuzzer.answers
    assert 400 in fuzzer.answers, fuzzer.answers


async def test_every_number_in_a_query_has_bounds(client: httpx.AsyncClient) -> None:
    """A bound in the type alone would be lost: the framework reads those of a QueryParameter."""
    document = (await client.get("/v1/openapi.json")).json()
    unbounded = [
        f"{method} {path}: {parameter['name']}"
        for path, operations in document["paths"].items()
        for method, operation in operations.items()
        for parameter in operation.get("parameters", ())
        if parameter["in"] == "query" and not is_bounded(parameter["schema"])
    ]
    assert unbounded == []


def is_bounded(schema: dict[str, Any]) -> bool:
    options = schema.get("oneOf") or schema.get("anyOf") or [schema]
    return all(
        {"minimum", "maximum"} <= one.keys() for one in options if one.get("type") == "integer"
    )
