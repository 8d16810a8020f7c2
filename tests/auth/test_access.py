"""Who gets in where by a session or a form, on the next request, in one municipality."""

from datetime import UTC, datetime

import httpx
import pytest

from browsing import BASE
from doors import a_session, cookie
from given.city import a_merchant
from given.logins import a_login
from pas.auth.actor import SYSTEM
from pas.auth.csrf import csrf_token
from pas.auth.end_login import end_login
from pas.auth.give_role import take_role
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import LoginId, ResidentId, uuid7


async def test_an_officer_gets_in_by_session(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    headers = cookie(await a_session(connection, officer))
    answer = await browser.get("/v1/velsen/officers-only", headers=headers)
    assert answer.text == str(officer)


async def test_nobody_gets_in_without_proof(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/v1/velsen/officers-only")
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize("role", [role for role in Role if role is not Role.OFFICER])
async def test_no_other_role_gets_in(
    browser: httpx.AsyncClient, connection: Connection, role: Role
) -> None:
    merchant = (await a_merchant(connection)).id if role is Role.MERCHANT_MANAGER else None
    login = await a_login(connection, role, merchant=merchant)
    headers = cookie(await a_session(connection, login))
    answer = await browser.get("/v1/velsen/officers-only", headers=headers)
    assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing")


async def test_a_role_that_is_taken_is_gone_on_the_next_request(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    headers = cookie(await a_session(connection, officer))
    assert (await browser.get("/v1/velsen/officers-only", headers=headers)).is_success
    await take_role(connection, officer, Role.OFFICER, actor=SYSTEM)
    assert (await browser.get("/v1/velsen/officers-only", headers=headers)).status_code == 403


async def test_access_that_ended_is_gone_on_the_next_request(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    headers = cookie(await a_session(connection, officer))
    await end_login(connection, officer, reason="x", actor=SYSTEM, now=datetime.now(UTC))
    assert (await browser.get("/v1/velsen/officers-only", headers=headers)).status_code == 401


@pytest.mark.usefixtures("almere")
async def test_a_session_is_worth_nothing_in_another_municipality(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    both = {"cookie": f"pas-velsen={token}; pas-almere={token}"}
    assert (await browser.get("/v1/velsen/officers-only", headers=both)).is_success
    assert (await browser.get("/v1/almere/officers-only", headers=both)).status_code == 401


async def test_an_unknown_municipality_is_not_found(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    headers = cookie(token, municipality="atlantis")
    answer = await browser.get("/v1/atlantis/officers-only", headers=headers)
    assert answer.status_code == 404


async def test_an_old_cookie_does_not_close_what_is_open_to_all(
    browser: httpx.AsyncClient,
) -> None:
    assert (await browser.get("/v1/velsen/open", headers=cookie("gone"))).text == "nobody"


async def test_a_browser_is_sent_to_where_one_signs_in(browser: httpx.AsyncClient) -> None:
    answer = await browser.get("/velsen/page", headers={"accept": "text/html"})
    assert answer.status_code == 303
    assert answer.headers["location"] == "/velsen/sign-in?returnTo=%2Fvelsen%2Fpage"


async def test_a_holder_gets_in_where_holders_may_and_nowhere_else(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    resident = ResidentId(uuid7())
    headers = cookie(await a_session(connection, resident, "holder"))
    assert (await browser.get("/v1/velsen/holders-only", headers=headers)).text == str(resident)
    assert (await browser.get("/v1/velsen/officers-only", headers=headers)).status_code == 403


async def test_an_officer_does_not_get_in_as_a_holder(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    headers = cookie(await a_session(connection, officer))
    assert (await browser.get("/v1/velsen/holders-only", headers=headers)).status_code == 403


async def test_a_merchants_people_see_their_own_merchant_only(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    own, other = await a_merchant(connection), await a_merchant(connection, name="Bar")
    login = await a_login(connection, Role.MERCHANT_MANAGER, merchant=own.id)
    headers = cookie(await a_session(connection, login))

    async def status(path: str) -> int:
        return (await browser.get(f"/v1/velsen/{path}", headers=headers)).status_code

    assert await status(f"shops/{own.id}") == 200
    assert await status(f"shops/{other.id}") == 403
    assert await status("shops") == 403
    assert await status("own-shops") == 200


async def test_people_of_the_municipality_see_every_merchant(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_merchant(connection)
    login = await a_login(connection, Role.REGISTRAR)
    headers = cookie(await a_session(connection, login))
    for path in (f"shops/{merchant.id}", "shops"):
        assert (await browser.get(f"/v1/velsen/{path}", headers=headers)).is_success


async def test_a_change_by_cookie_needs_the_token(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    headers = cookie(token)
    answer = await browser.post("/v1/velsen/officers-only", headers=headers, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "form-expired")
    headers |= {"x-csrf-token": csrf_token(token)}
    assert (await browser.post("/v1/velsen/officers-only", headers=headers, json={})).is_success


async def test_a_form_carries_the_token_in_a_field(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    form = {"csrf_token": csrf_token(token)}
    assert (await browser.post("/velsen/page", headers=cookie(token), data=form)).status_code == 303


@pytest.mark.parametrize("given", ["", "wrong", "é"])
async def test_a_wrong_token_is_refused(
    browser: httpx.AsyncClient, connection: Connection, *, officer: LoginId, given: str
) -> None:
    headers = cookie(await a_session(connection, officer))
    answer = await browser.post("/velsen/page", headers=headers, data={"csrf_token": given})
    assert answer.status_code == 403


async def test_the_token_of_another_session_is_refused(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    mine, other = await a_session(connection, officer), await a_session(connection, officer)
    form = {"csrf_token": csrf_token(other)}
    answer = await browser.post("/velsen/page", headers=cookie(mine), data=form)
    assert answer.status_code == 403


@pytest.mark.parametrize(
    "told",
    [
        {"origin": "https://evil.example"},
        {"origin": "null"},
        {"origin": "https://127.0.0.1:8000"},
        {"origin": "http://127.0.0.1:9999"},
        {"sec-fetch-site": "cross-site"},
        {"sec-fetch-site": "same-site"},
    ],
)
async def test_a_change_from_another_site_is_refused_even_with_the_token(
    browser: httpx.AsyncClient,
    connection: Connection,
    *,
    officer: LoginId,
    told: dict[str, str],
) -> None:
    token = await a_session(connection, officer)
    headers = {**cookie(token), "x-csrf-token": csrf_token(token), **told}
    answer = await browser.post("/v1/velsen/officers-only", headers=headers, json={})
    assert (answer.status_code, answer.json()["code"]) == (403, "cross-site")


@pytest.mark.parametrize("told", [{"origin": BASE}, {"sec-fetch-site": "same-origin"}])
async def test_a_change_from_our_own_pages_is_taken(
    browser: httpx.AsyncClient,
    connection: Connection,
    *,
    officer: LoginId,
    told: dict[str, str],
) -> None:
    token = await a_session(connection, officer)
    headers = {**cookie(token), "x-csrf-token": csrf_token(token), **told}
    assert (await browser.post("/v1/velsen/officers-only", headers=headers, json={})).is_success


async def test_a_visitors_form_belongs_to_the_visitors_browser(browser: httpx.AsyncClient) -> None:
    token = (await browser.get("/velsen/visitors")).text
    assert (await browser.post("/velsen/visitors", data={"csrf_token": token})).is_success
    browser.cookies.clear()
    answer = await browser.post("/velsen/visitors", data={"csrf_token": token})
    assert answer.status_code == 403


async def test_a_visitors_form_without_anything_is_refused(browser: httpx.AsyncClient) -> None:
    for form in ({}, {"csrf_token": csrf_token("")}):
        answer = await browser.post("/velsen/visitors", data=form)
        assert answer.status_code == 403
