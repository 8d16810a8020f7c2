"""Every route with everybody who may come by: a new route is walked because it exists."""

from collections.abc import AsyncGenerator

import httpx
import pytest

from pas.auth.keys import KeyStore
from pas.installation import Access
from visitors import (
    HERE,
    NOBODY,
    TILL,
    VISITORS,
    Proof,
    Route,
    Street,
    Visitor,
    from_elsewhere,
    somebody_for,
    street,
)

pytestmark = pytest.mark.usefixtures("almere")
REFUSED = {401, 403}
OF_A_SESSION = {
    "DELETE /v1/{municipality:str}/session",
    "POST /v1/{municipality:str}/session-tokens",
}
"""A program that has a token of its own has no session to end or to lend."""
LENT_ONCE = "POST /v1/{municipality:str}/session-tokens"
"""A token of a session makes no next one."""


@pytest.fixture
async def town(client: httpx.AsyncClient, keys: KeyStore, access: Access) -> AsyncGenerator[Street]:
    async with street(client, keys, access) as town:
        yield town


@pytest.mark.parametrize("visitor", VISITORS, ids=lambda visitor: visitor.name)
async def test_each_route_is_open_only_to_whom_it_says(town: Street, visitor: Visitor) -> None:
    wrong: list[str] = []
    for route in town.routes():
        answer = await town.visit(visitor, route)
        if not is_right(answer, route, visitor):
            wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


def is_right(answer: httpx.Response, route: Route, visitor: Visitor) -> bool:
    """No errors of ours, and in or out as the route says; a public form may have expired."""
    if answer.status_code == 500:
        return False
    if route.opt.get("public"):
        return True
    may = visitor.may(route.opt, of_merchant=route.of_merchant)
    if (
        not route.is_safe
        and not route.is_api
        and visitor.proof in {"token", "program", "signature"}
    ):
        may = False  # Forms are for browsers: they need a token that only a page gives.
    if visitor.proof == "program" and str(route) in OF_A_SESSION:
        may = False
    if visitor.proof == "token" and str(route) == LENT_ONCE:
        may = False
    if may or not (route.opt.get("scoped") and visitor.merchant):
        return (answer.status_code not in REFUSED) == may
    # A route that looks for itself may also say that there is nothing here.
    return answer.status_code in REFUSED | {404}


async def test_a_browser_that_is_not_signed_in_is_sent_to_where_one_signs_in(town: Street) -> None:
    wrong: list[str] = []
    for route in town.routes():
        if route.is_api or not route.is_safe or route.opt.get("public"):
            continue
        answer = await town.visit(NOBODY, route, headers={"accept": "text/html"})
        where = answer.headers.get("location", "")
        if answer.status_code != 303 or not where.startswith(f"/{HERE}/sign-in?returnTo="):
            wrong.append(f"{route}: {answer.status_code} {where}")
    assert wrong == []


async def test_no_change_is_made_with_a_cookie_alone(town: Street) -> None:
    wrong: list[str] = []
    for route in unsafe(town):
        answer = await town.visit(somebody(route), route, with_form_token=False)
        if (answer.status_code, answer.json().get("code")) != (403, "form-expired"):
            wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize(
    "headers", [{"sec-fetch-site": "cross-site"}, {"origin": "https://elsewhere.example"}]
)
async def test_no_change_is_made_from_another_site(town: Street, headers: dict[str, str]) -> None:
    wrong: list[str] = []
    for route in unsafe(town):
        answer = await town.visit(somebody(route), route, headers=headers)
        if (answer.status_code, answer.json().get("code")) != (403, "cross-site"):
            wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


@pytest.mark.parametrize("proof", ["session", "token", "program", "signature"])
async def test_what_another_municipality_gave_out_is_worth_nothing_here(
    town: Street, proof: Proof
) -> None:
    wrong: list[str] = []
    for route in town.routes():
        if route.opt.get("public") or (proof == "signature" and not route.opt.get("till")):
            continue
        visitor = TILL if proof == "signature" else somebody(route)
        if proof == "program" and visitor.kind != "login":
            continue
        answer = await town.visit(from_elsewhere(visitor, proof), route)
        if answer.status_code != 401:
            wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


async def test_nobody_gets_anywhere_in_a_municipality_that_is_not_there(town: Street) -> None:
    wrong: list[str] = []
    for route in town.routes():
        if f"/{HERE}" in route.address and not route.opt.get("public"):
            address = route.address.replace(f"/{HERE}", "/nergenshuizen", 1)
            answer = await town.visit(somebody(route), route, address=address)
            if answer.status_code not in {401, 404}:
                wrong.append(f"{route}: {answer.status_code} {answer.text[:200]}")
    assert wrong == []


def unsafe(town: Street) -> list[Route]:
    """All that changes something, for whoever has a session; forms also for whoever has none."""
    return [
        route
        for route in town.routes()
        if not route.is_safe
        and not (route.is_api and route.opt.get("public"))
        and route.opt.get("till") != "signed"
    ]


def somebody(route: Route) -> Visitor:
    return somebody_for(route.opt, of_merchant=route.of_merchant)
