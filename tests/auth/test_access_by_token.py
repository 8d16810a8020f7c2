"""Who gets in by a token: as long as what it stands for, and no longer."""

import hashlib
from datetime import UTC, datetime, timedelta

import httpx
import pytest

from doors import ALMERE, VELSEN, a_session, a_stored_token, an_api_token, bearer, cookie
from pas.auth.csrf import csrf_token
from pas.auth.key_files import end_key, rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.auth.sessions import SessionToken, end_session, token_hash
from pas.db import Connection, Database
from pas.ids import LoginId


async def test_a_program_gets_in_by_its_token_without_a_form_token(
    browser: httpx.AsyncClient, connection: Connection, *, officer: LoginId, keys: KeyStore
) -> None:
    token = an_api_token(keys, officer, await a_stored_token(connection, officer))
    answer = await browser.post("/v1/velsen/officers-only", headers=bearer(token), json={})
    assert answer.is_success


async def test_a_token_that_ended_is_refused_on_the_next_request(
    browser: httpx.AsyncClient, connection: Connection, *, officer: LoginId, keys: KeyStore
) -> None:
    token = an_api_token(keys, officer, await a_stored_token(connection, officer))
    assert (await browser.get("/v1/velsen/officers-only", headers=bearer(token))).is_success
    await connection.execute("UPDATE api_token SET ended_at = now()")
    answer = await browser.get("/v1/velsen/officers-only", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "token-wrong")


@pytest.mark.parametrize("change", ["UPDATE login SET state = 'ended'", "DELETE FROM login_role"])
async def test_a_token_ends_with_what_it_stands_for(
    browser: httpx.AsyncClient,
    connection: Connection,
    *,
    officer: LoginId,
    keys: KeyStore,
    change: str,
) -> None:
    token = an_api_token(keys, officer, await a_stored_token(connection, officer))
    await connection.execute(change)
    answer = await browser.get("/v1/velsen/officers-only", headers=bearer(token))
    assert answer.status_code in {401, 403}


@pytest.mark.usefixtures("almere")
async def test_a_token_is_worth_nothing_in_another_municipality(
    browser: httpx.AsyncClient,
    connection: Connection,
    *,
    officer: LoginId,
    keys: KeyStore,
    database: Database,
) -> None:
    row = await a_stored_token(connection, officer)
    async with database.connection(ALMERE) as almere:
        await almere.execute(
            "INSERT INTO login (id, issuer, subject, name, state) VALUES ($1, 'x', 'x', 'x', 'active')",
            officer,
        )
        await almere.execute(
            "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, 'officer', $1)", officer
        )
        await almere.execute(
            "INSERT INTO api_token (id, login_id, name, created_at, expires_at) "
            "VALUES ($1, $2, 'x', now(), now() + interval '1 day')",
            *(row, officer),
        )
    token = an_api_token(keys, officer, row)
    assert (await browser.get("/v1/velsen/officers-only", headers=bearer(token))).is_success
    answer = await browser.get("/v1/almere/officers-only", headers=bearer(token))
    assert (answer.status_code, answer.json()["code"]) == (401, "token-wrong")


async def test_a_token_made_with_a_key_that_was_thrown_away_is_refused(
    browser: httpx.AsyncClient,
    connection: Connection,
    *,
    officer: LoginId,
    keys: KeyStore,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.auth.keys.RELOAD_SECONDS", 0)
    token = an_api_token(keys, officer, await a_stored_token(connection, officer))
    old = keys.ring(VELSEN).current(Purpose.TOKEN_SIGNING)
    rotate_key(keys, VELSEN, purpose=Purpose.TOKEN_SIGNING, now=datetime.now(UTC))
    assert (await browser.get("/v1/velsen/officers-only", headers=bearer(token))).is_success
    end_key(keys, VELSEN, old.key_id)
    answer = await browser.get("/v1/velsen/officers-only", headers=bearer(token))
    assert answer.status_code == 401


async def test_a_session_gives_a_token_that_ends_with_it(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    headers = {**cookie(token), "x-csrf-token": csrf_token(token)}
    made = (await browser.post("/v1/velsen/session-tokens", headers=headers)).json()
    expires_at = datetime.fromisoformat(made["expiresAt"])
    assert expires_at <= datetime.now(UTC) + timedelta(minutes=15)
    program = bearer(made["token"])
    assert (await browser.get("/v1/velsen/officers-only", headers=program)).text == str(officer)
    await end_session(connection, token_hash(token), now=datetime.now(UTC))
    assert (await browser.get("/v1/velsen/officers-only", headers=program)).status_code == 401


async def test_a_token_of_a_session_makes_no_next_token(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    headers = {**cookie(token), "x-csrf-token": csrf_token(token)}
    made = (await browser.post("/v1/velsen/session-tokens", headers=headers)).json()
    browser.cookies.clear()
    answer = await browser.post("/v1/velsen/session-tokens", headers=bearer(made["token"]))
    assert (answer.status_code, answer.json()["code"]) == (401, "not-signed-in")


async def test_a_program_with_the_token_of_a_session_does_not_keep_it_from_idling(
    browser: httpx.AsyncClient, connection: Connection, officer: LoginId
) -> None:
    token = await a_session(connection, officer)
    headers = {**cookie(token), "x-csrf-token": csrf_token(token)}
    made = (await browser.post("/v1/velsen/session-tokens", headers=headers)).json()
    await connection.execute("UPDATE session SET used_at = used_at - interval '5 minutes'")
    before = await connection.fetchval("SELECT idle_until FROM session")
    used = await browser.get("/v1/velsen/officers-only", headers=bearer(made["token"]))
    assert used.is_success
    assert await connection.fetchval("SELECT idle_until FROM session") == before


def test_a_session_hash_is_of_the_token_and_nothing_else() -> None:
    assert token_hash(SessionToken("x")) == hashlib.sha256(b"x").digest()
