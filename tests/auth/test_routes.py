"""The API of identity: what an administrator does, and what nobody may."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store, a_login
from given.merchants import IBAN
from pas.auth.actor import SYSTEM
from pas.auth.csrf import csrf_token
from pas.auth.events import record_event
from pas.auth.roles import Role
from pas.auth.sessions import start_session
from pas.db import Connection
from pas.ids import LoginId, uuid7
from pas.installation import Access
from pas.jobs import enqueue
from pas.settings import Settings


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(key_dir=a_key_store(tmp_path).folder)
    async with browsing(access.address, settings=settings) as client:
        yield client


@pytest.fixture
async def administrator(connection: Connection, client: httpx.AsyncClient) -> LoginId:
    """Signed in with this client."""
    login = await a_login(connection, Role.ADMINISTRATOR, name="Ada")
    await signs_in(connection, client, login)
    return login


async def signs_in(connection: Connection, client: httpx.AsyncClient, login: LoginId) -> None:
    session = await start_session(
        connection, actor_kind="login", actor_id=login, assurance="x", now=datetime.now(UTC)
    )
    client.headers["cookie"] = f"pas-velsen={session.token}"
    client.headers["x-csrf-token"] = csrf_token(session.token)


async def read(client: httpx.AsyncClient, path: str) -> httpx.Response:
    answer = await client.get(f"/v1/velsen/{path}")
    assert answer.is_success, answer.text
    return answer


async def test_one_sees_who_one_is(client: httpx.AsyncClient, administrator: LoginId) -> None:
    seen = (await read(client, "session")).json()
    assert (seen["actorId"], seen["name"]) == (str(administrator), "Ada")
    assert "roles:manage" in seen["permissions"]
    assert seen["csrfToken"] == client.headers["x-csrf-token"]


async def test_signing_out_ends_the_session(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    assert (await client.delete("/v1/velsen/session")).status_code == 204
    assert (await client.get("/v1/velsen/session")).status_code == 401


async def test_signing_out_by_form_takes_the_cookie_away(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    answer = await client.post("/velsen/sign-out")
    assert (answer.status_code, answer.headers["location"]) == (303, "/velsen")
    assert answer.headers["set-cookie"].startswith("pas-velsen=; ")
    assert "Max-Age=0" in answer.headers["set-cookie"]
    assert (await client.get("/v1/velsen/session")).status_code == 401


async def test_an_administrator_invites_somebody_and_gives_a_role(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    invited = await client.post("/v1/velsen/logins", json={"name": "Joke"})
    assert invited.status_code == 201
    assert "/velsen/sign-in/provider?invitation=" in invited.json()["link"]
    login = invited.json()["loginId"]
    given = await client.put(f"/v1/velsen/logins/{login}/roles/officer")
    assert given.json() == ["officer"]
    assert (await read(client, f"logins/{login}")).json()["roles"] == ["officer"]
    taken = await client.delete(f"/v1/velsen/logins/{login}/roles/officer")
    assert taken.status_code == 204
    events = (await read(client, f"events?subjectKind=login&subjectId={login}")).json()
    assert [event["kind"] for event in events] == ["role.taken", "role.given", "login.invited"]
    assert {event["actorId"] for event in events} == {str(administrator)}


async def test_incompatible_roles_are_refused_with_the_reason(
    client: httpx.AsyncClient, administrator: LoginId, connection: Connection
) -> None:
    login = await a_login(connection, Role.OFFICER)
    answer = await client.put(f"/v1/velsen/logins/{login}/roles/approver")
    assert (answer.status_code, answer.json()["code"]) == (409, "roles-incompatible")
    assert "niet zelf bevestigen" in answer.json()["detail"]


@pytest.mark.parametrize("role", ["wizard", "OFFICER", "' OR 1=1"])
async def test_a_role_that_there_is_not_is_refused(
    client: httpx.AsyncClient, administrator: LoginId, *, connection: Connection, role: str
) -> None:
    login = await a_login(connection)
    answer = await client.put(f"/v1/velsen/logins/{login}/roles/{role}")
    assert answer.status_code in {400, 404}


async def test_the_roles_say_what_they_do_not_go_with(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    roles = {role["name"]: role for role in (await read(client, "roles")).json()}
    assert roles.keys() == set(Role)
    assert "approver" in roles["officer"]["incompatibleWith"]


async def test_an_administrator_ends_access_with_a_reason(
    client: httpx.AsyncClient, administrator: LoginId, connection: Connection
) -> None:
    login = await a_login(connection)
    path = f"/v1/velsen/logins/{login}"
    assert (await client.patch(path, json={"state": "ended"})).status_code == 400
    assert (await client.patch(path, json={"state": "active", "reason": "x"})).status_code == 400
    answer = await client.patch(path, json={"state": "ended", "reason": "Uit dienst"})
    assert answer.json()["state"] == "ended"
    again = await client.post(f"{path}/invitations")
    assert again.status_code == 201
    assert (await read(client, f"logins/{login}")).json()["state"] == "invited"


async def test_an_administrator_does_not_change_themselves(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    answer = await client.put(f"/v1/velsen/logins/{administrator}/roles/analyst")
    assert (answer.status_code, answer.json()["code"]) == (403, "own-roles")


async def test_a_program_gets_a_role_and_a_token(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    made = await client.post("/v1/velsen/programs", json={"name": "Burgerzaken"})
    program = made.json()["loginId"]
    assert (await client.put(f"/v1/velsen/logins/{program}/roles/analyst")).is_success
    until = datetime.now(UTC) + timedelta(days=30)
    body = {"loginId": program, "name": "nachtelijk", "expiresAt": until.isoformat()}
    token = (await client.post("/v1/velsen/api-tokens", json=body)).json()
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as robot:
        robot.headers["authorization"] = f"Bearer {token['token']}"
        assert (await robot.get("/v1/velsen/session")).json()["actorId"] == program
        listed = (await read(client, "api-tokens")).json()
        assert [one["name"] for one in listed] == ["nachtelijk"]
        assert token["token"] not in str(listed)
        ended = await client.delete(f"/v1/velsen/api-tokens/{token['id']}")
        assert ended.status_code == 204
        assert (await robot.get("/v1/velsen/session")).status_code == 401
    assert (await client.delete(f"/v1/velsen/api-tokens/{token['id']}")).status_code == 404


async def test_every_token_that_works_can_be_found_and_an_expired_one_takes_no_place(
    client: httpx.AsyncClient, connection: Connection, administrator: LoginId
) -> None:
    now = datetime.now(UTC)
    lasting = [(f"oud {n}", now - timedelta(seconds=1)) for n in range(200)]
    lasting += [(f"nu {n}", now + timedelta(days=1)) for n in range(3)]
    for name, until in lasting:
        await connection.execute(
            "INSERT INTO api_token (id, login_id, name, created_at, expires_at) "
            "VALUES ($1, $2, $3, $4, $5)",
            *(uuid7(), administrator, name, now - timedelta(days=2), until),
        )
    first = (await read(client, "api-tokens?limit=2")).json()
    rest = (await read(client, f"api-tokens?limit=2&after={first[-1]['id']}")).json()
    assert [token["name"] for token in first + rest] == ["nu 0", "nu 1", "nu 2"]


async def test_nobody_gets_a_token_in_the_name_of_a_colleague(
    client: httpx.AsyncClient, administrator: LoginId, connection: Connection
) -> None:
    officer = await a_login(connection, Role.OFFICER)
    until = datetime.now(UTC) + timedelta(days=30)
    body = {"loginId": str(officer), "name": "x", "expiresAt": until.isoformat()}
    answer = await client.post("/v1/velsen/api-tokens", json=body)
    assert (answer.status_code, answer.json()["code"]) == (403, "other-login")


@pytest.mark.parametrize("days", [-1, 400])
async def test_a_token_lasts_a_year_at_most(
    client: httpx.AsyncClient, administrator: LoginId, days: int
) -> None:
    until = datetime.now(UTC) + timedelta(days=days)
    body = {"loginId": str(administrator), "name": "x", "expiresAt": until.isoformat()}
    answer = await client.post("/v1/velsen/api-tokens", json=body)
    assert (answer.status_code, answer.json()["code"]) == (400, "api-token-too-long")


async def test_settings_have_defaults_and_keep_their_history(
    client: httpx.AsyncClient, administrator: LoginId
) -> None:
    assert (await read(client, "settings")).json()["passYearStartMonth"] == 1
    for month in (3, 5):
        changes = {"settings": {"passYearStartMonth": month, "telephone": "0255 567 200"}}
        answer = await client.patch("/v1/velsen/settings", json=changes)
        assert answer.json()["passYearStartMonth"] == month
    assert (await read(client, "settings")).json()["telephone"] == "0255 567 200"
    contents = [event["content"] for event in (await read(client, "events")).json()]
    assert {"before": {"passYearStartMonth": 3}, "after": {"passYearStartMonth": 5}} in contents
    assert len(contents) == 3


@pytest.mark.parametrize(
    ("changes", "code"),
    [
        ({"passYearStartMonth": 13}, "setting-wrong"),
        ({"passYearStartMonth": "3"}, "setting-wrong"),
        ({"telephone": "<script>"}, "setting-wrong"),
        ({"colour": "green"}, "setting-wrong"),
        ({"title": "Goed", "passYearStartMonth": 0}, "setting-wrong"),
        ({"payoutCoolingDays": 6}, "setting-fixed"),
        (
            {"identityProvider": {"issuer": "https://evil.example", "clientId": "x"}},
            "setting-fixed",
        ),
        ({"identityProvider": None}, "setting-fixed"),
        ({"holderIdentityProvider": None}, "setting-fixed"),
    ],
)
async def test_a_wrong_setting_changes_nothing(
    client: httpx.AsyncClient, administrator: LoginId, *, changes: dict[str, object], code: str
) -> None:
    before = (await read(client, "settings")).json()
    answer = await client.patch("/v1/velsen/settings", json={"settings": changes})
    assert answer.json()["code"] == code
    assert (await read(client, "settings")).json() == before


async def test_a_job_says_how_far_it_is(
    client: httpx.AsyncClient, administrator: LoginId, connection: Connection
) -> None:
    job_id = await enqueue(
        connection,
        kind="test.it",
        arguments={"secret": "x"},
        actor_kind="login",
        actor_id=administrator,
    )
    seen = (await read(client, f"jobs/{job_id}")).json()
    assert (seen["state"], seen["done"], seen["total"]) == ("queued", 0, None)
    assert "arguments" not in seen
    assert (await client.get(f"/v1/velsen/jobs/{uuid7()}")).status_code == 404


async def test_events_are_for_who_may_read_them(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await signs_in(connection, client, await a_login(connection, Role.AUDITOR))
    assert (await read(client, "events")).json() == []
    await signs_in(connection, client, await a_login(connection, Role.OFFICER))
    assert (await client.get("/v1/velsen/events")).status_code == 403


async def test_what_an_event_says_is_for_who_may_read_the_thing_itself(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    for kind in ("payout_account", "deviation", "managing_adult", "pass", "merchant"):
        await record_event(
            connection,
            kind=f"{kind}.changed",
            subject_kind="thing",
            subject_id=uuid7(),
            actor=SYSTEM,
            after={"iban": IBAN},
            reason="Kind is ziek.",
        )

    async def seen_by(role: Role) -> dict[str, bool]:
        await signs_in(connection, client, await a_login(connection, role))
        events = [
            one for one in (await read(client, "events")).json() if one["subjectKind"] == "thing"
        ]
        return {one["kind"].partition(".")[0]: one["content"] is not None for one in events}

    assert await seen_by(Role.ADMINISTRATOR) == {
        "payout_account": False,
        "deviation": False,
        "managing_adult": False,
        "pass": False,
        "merchant": True,
    }
    assert await seen_by(Role.AUDITOR) == {
        "payout_account": True,
        "deviation": True,
        "managing_adult": False,
        "pass": False,
        "merchant": True,
    }


async def test_an_event_of_a_kind_that_nobody_may_read_is_not_recorded(
    connection: Connection,
) -> None:
    with pytest.raises(AssertionError, match="READERS"):
        await record_event(
            connection, kind="x.done", subject_kind="x", subject_id=uuid7(), actor=SYSTEM
        )
