"""What two people must do, one administrator does not do alone: not by programs, links or settings."""

from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import asyncpg
import httpx
import pytest

from browsing import BASE, browsing
from given.city import a_holder
from given.days import NOW, YEAR
from given.logins import a_key_store, a_login, an_actor
from given.merchants import IBAN, a_registered_merchant
from pas.auth.csrf import csrf_token
from pas.auth.end_login import end_login
from pas.auth.events import read_events
from pas.auth.give_role import give_role
from pas.auth.incompatible_roles import roles_for_people
from pas.auth.invite_again import LoginOfProgram, invite_again
from pas.auth.keys import KeyStore
from pas.auth.logins import add_program, read_login
from pas.auth.roles import Role
from pas.auth.sessions import start_session
from pas.auth.tokens import sign_token
from pas.days import day_of
from pas.db import Connection
from pas.ids import LoginId, MunicipalityName, uuid7
from pas.installation import Access
from pas.passes.end import end_pass
from pas.passes.reopen import propose_reopening
from pas.settings import Settings

MONTH = timedelta(days=30)
ADMINISTRATOR = an_actor(Role.ADMINISTRATOR)


@pytest.fixture
async def client(access: Access, tmp_path: Path) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(key_dir=a_key_store(tmp_path).folder)
    async with browsing(access.address, settings=settings) as client:
        yield client


async def as_person(connection: Connection, login: LoginId) -> dict[str, str]:
    session = await start_session(
        connection, actor_kind="login", actor_id=login, assurance="x", now=datetime.now(UTC)
    )
    return {"cookie": f"pas-velsen={session.token}", "x-csrf-token": csrf_token(session.token)}


async def as_program(connection: Connection, folder: Path, login: LoginId) -> dict[str, str]:
    """A token of a login, as it may be there from before."""
    row = uuid7()
    await connection.execute(
        "INSERT INTO api_token (id, login_id, name, created_at, expires_at) VALUES ($1, $2, 'x', $3, $4)",
        *(row, login, NOW, NOW + MONTH),
    )
    token = sign_token(
        KeyStore(folder / "keys").ring(MunicipalityName("velsen")),
        issuer=BASE,
        subject=login,
        kind="api",
        row=row.hex,
        now=NOW,
        expires_at=NOW + MONTH,
    )
    return {"authorization": f"Bearer {token}"}


async def test_an_administrator_does_not_make_two_programs_that_pay_him(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    administrator = await a_login(connection, Role.ADMINISTRATOR)
    headers = await as_person(connection, administrator)
    merchant = await a_registered_merchant(connection)
    for role in ("finance", "approver"):
        made = await client.post("/v1/velsen/programs", json={"name": role}, headers=headers)
        program = made.json()["loginId"]
        given = await client.put(f"/v1/velsen/logins/{program}/roles/{role}", headers=headers)
        assert (given.status_code, given.json()["code"]) == (409, "role-for-people")
        body = {"loginId": program, "name": "x", "expiresAt": (NOW + MONTH).isoformat()}
        token = (await client.post("/v1/velsen/api-tokens", json=body, headers=headers)).json()
        bearer = {"authorization": f"Bearer {token['token']}"}
        accounts = f"/v1/velsen/merchants/{merchant}/payout-accounts"
        account = {"iban": IBAN, "holder": "Stichting Zwemmen"}
        assert (await client.post(accounts, json=account, headers=bearer)).status_code == 403
        approval = f"{accounts}/{uuid7()}/approval"
        assert (await client.put(approval, headers=bearer)).status_code == 403


@pytest.mark.parametrize("role", list(Role))
async def test_the_database_too_gives_a_program_no_role_for_people(
    connection: Connection, role: Role
) -> None:
    program = await add_program(connection, "Robot", actor=ADMINISTRATOR)
    give = "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $1)"
    if role not in roles_for_people():
        await connection.execute(give, program, role.value)
        return
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(give, program, role.value)
    assert refused.value.sqlstate == ("PA211" if role is Role.MERCHANT_MANAGER else "PA212")


async def test_the_second_person_is_there_in_person_not_as_a_token(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    approver = await a_login(connection, Role.APPROVER)
    merchant, nothing = await a_registered_merchant(connection), UUID(int=404)
    approvals = {
        f"merchants/{merchant}/payout-accounts/{nothing}/approval": None,
        f"merchants/{merchant}/state": {"state": "approved"},
        f"deviations/{nothing}/confirmation": None,
    }
    person = await as_person(connection, approver)
    program = await as_program(connection, tmp_path, approver)
    for path, body in approvals.items():
        method = "POST" if "deviations" in path else "PUT"
        answer = await client.request(method, f"/v1/velsen/{path}", json=body, headers=program)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing"), path
        answer = await client.request(method, f"/v1/velsen/{path}", json=body, headers=person)
        assert answer.status_code not in {401, 403, 405}, path
    assert (await client.get("/v1/velsen/merchants", headers=program)).is_success


async def test_a_token_of_an_officer_opens_no_pass_again_on_a_page_either(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    officer, colleague = an_actor(Role.OFFICER), await a_login(connection, Role.OFFICER)
    pass_id = (await a_holder(connection, year=YEAR)).pass_id
    ends = {"from_day": day_of(NOW), "because": "mistake", "actor": officer, "now": NOW}
    await end_pass(connection, pass_id, **ends)  # pyright: ignore[reportArgumentType]
    await propose_reopening(connection, pass_id, "De verkeerde.", actor=officer, now=NOW)
    path, form = f"/velsen/passes/{pass_id}/reopening", {"act": "confirm"}
    program = await as_program(connection, tmp_path, colleague)
    person = await as_person(connection, colleague)

    answers = [
        await client.post(path, data=form, headers=program),
        await client.post(f"/v1{path}/confirmation", headers=program),
        await client.post(path, data=form, headers=person),
    ]
    assert [one.status_code for one in answers] == [403, 403, 303]
    codes = [one.json()["code"] for one in answers[:2]]
    assert codes == ["form-expired", "permission-missing"], "no program fills in a form"


async def test_a_token_of_an_administrator_neither_renews_itself_nor_lets_anybody_in(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path
) -> None:
    administrator, colleague = await a_login(connection, Role.ADMINISTRATOR), uuid7()
    body = {"loginId": str(administrator), "name": "x", "expiresAt": (NOW + MONTH).isoformat()}
    doors: list[tuple[str, str, object]] = [
        ("POST", "api-tokens", body),
        ("POST", "programs", {"name": "Robot"}),
        ("POST", "logins", {"name": "Piet"}),
        ("PUT", f"logins/{colleague}/roles/officer", None),
    ]
    program = await as_program(connection, tmp_path, administrator)
    person = await as_person(connection, administrator)
    for method, path, body in doors:
        answer = await client.request(method, f"/v1/velsen/{path}", json=body, headers=program)
        assert (answer.status_code, answer.json()["code"]) == (403, "permission-missing"), path
        answer = await client.request(method, f"/v1/velsen/{path}", json=body, headers=person)
        assert answer.status_code not in {401, 403, 405}, path
    assert (await client.get("/v1/velsen/events", headers=program)).is_success


async def test_a_new_link_to_an_approvers_login_comes_without_the_roles(
    connection: Connection,
) -> None:
    approver = await a_login(connection, Role.APPROVER)
    await invite_again(connection, approver, actor=ADMINISTRATOR, now=NOW)
    assert (await read_login(connection, approver)).roles == []
    (event,) = await read_events(connection, subject_kind="login", subject_id=approver)
    assert '"before":{"roles":["approver"],"state":"active"}' in (event.content or "")


async def test_nobody_gets_a_link_to_the_login_of_a_program(connection: Connection) -> None:
    program = await add_program(connection, "Robot", actor=ADMINISTRATOR)
    with pytest.raises(LoginOfProgram):
        await invite_again(connection, program, actor=ADMINISTRATOR, now=NOW)


@pytest.mark.parametrize("ended", [True, False])
async def test_a_token_from_before_does_not_come_back_to_life(
    client: httpx.AsyncClient, connection: Connection, tmp_path: Path, *, ended: bool
) -> None:
    login = await a_login(connection, Role.ANALYST)
    leaked = await as_program(connection, tmp_path, login)
    assert (await client.get("/v1/velsen/session", headers=leaked)).is_success
    if ended:
        await end_login(connection, login, reason="x", actor=ADMINISTRATOR, now=NOW)
    else:
        await invite_again(connection, login, actor=ADMINISTRATOR, now=NOW)
    # What accepting a new link does to the login.
    await connection.execute(
        "UPDATE login SET state = 'active', issuer = 'x', subject = 'x', invitation_hash = NULL, "
        "invitation_until = NULL WHERE id = $1",
        login,
    )
    answer = await client.get("/v1/velsen/session", headers=leaked)
    assert (answer.status_code, answer.json()["code"]) == (401, "token-wrong")


async def test_the_cooling_period_gets_longer_but_not_shorter(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    headers = await as_person(connection, await a_login(connection, Role.ADMINISTRATOR))
    for days, status in ((0, 403), (9, 200), (8, 403)):
        changes = {"settings": {"payoutCoolingDays": days}}
        answer = await client.patch("/v1/velsen/settings", json=changes, headers=headers)
        assert answer.status_code == status, answer.text


async def test_a_program_gets_a_role_that_reads(connection: Connection) -> None:
    program = await add_program(connection, "Robot", actor=ADMINISTRATOR)
    assert await give_role(connection, program, Role.ANALYST, actor=ADMINISTRATOR, now=NOW) == [
        "analyst"
    ]
