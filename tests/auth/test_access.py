"""Who gets in where: sessions, tokens and tills, on the next request, in one municipality."""

import hashlib
from collections.abc import AsyncGenerator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import httpx
import pytest
from cryptography.hazmat.primitives.asymmetric import ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from browsing import BASE, browsing
from given.city import a_merchant, a_till
from given.logins import a_key_store, a_login
from pas.auth.access import actor_of
from pas.auth.actor import SYSTEM
from pas.auth.csrf import csrf_token
from pas.auth.end_login import end_login
from pas.auth.give_role import take_role
from pas.auth.key_files import end_key, make_keys, rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.auth.permissions import Permission
from pas.auth.roles import Role
from pas.auth.sessions import SessionToken, end_session, start_session, token_hash
from pas.auth.till_signature import sign_request
from pas.auth.tokens import sign_token
from pas.db import Connection, Database
from pas.ids import LoginId, MunicipalityName, ResidentId, TillId, uuid7
from pas.installation import Access
from pas.problems.bodies import AppRequest
from pas.settings import Settings
from pas.web.pages import done

ALMERE = MunicipalityName("almere")
VELSEN = MunicipalityName("velsen")
BODY = b'{"takeCents":1240}'


@get("/v1/{municipality:str}/officers-only", opt={"permission": Permission.ASSESSMENTS_RUN})
async def officers_only(municipality: FromPath[str], request: AppRequest) -> str:
    return str(actor_of(request).id)


@post("/v1/{municipality:str}/officers-only", opt={"permission": Permission.ASSESSMENTS_RUN})
async def officers_change(municipality: FromPath[str], request: AppRequest) -> str:
    return "changed"


@post("/v1/{municipality:str}/tills-only", opt={"till": True})
async def tills_only(municipality: FromPath[str], request: AppRequest) -> str:
    return str(actor_of(request).id)


@post(
    "/v1/{municipality:str}/tills-or-counter",
    opt={"till": True, "permission": Permission.REDEMPTIONS_MAKE},
)
async def tills_or_counter(municipality: FromPath[str]) -> str:
    return "yes"


@get("/v1/{municipality:str}/holders-only", opt={"holder": True})
async def holders_only(municipality: FromPath[str], request: AppRequest) -> str:
    return str(actor_of(request).id)


@get(
    "/v1/{municipality:str}/shops/{merchant_id:uuid}",
    opt={"permission": Permission.MERCHANTS_READ},
)
async def shop(municipality: FromPath[str], merchant_id: FromPath[UUID]) -> str:
    return str(merchant_id)


@get("/v1/{municipality:str}/shops", opt={"permission": Permission.MERCHANTS_READ})
async def shops(municipality: FromPath[str]) -> str:
    return "all"


@get(
    "/v1/{municipality:str}/own-shops",
    opt={"permission": Permission.MERCHANTS_READ, "scoped": True},
)
async def own_shops(municipality: FromPath[str]) -> str:
    return "own"


@get("/v1/{municipality:str}/open", opt={"public": True})
async def anyone(municipality: FromPath[str], request: AppRequest) -> str:
    return "nobody" if request.user is None else str(actor_of(request).id)


@get("/{municipality:str}/page", opt={"permission": Permission.ASSESSMENTS_RUN})
async def page(municipality: FromPath[str]) -> str:
    return "page"


@post("/{municipality:str}/page", opt={"permission": Permission.ASSESSMENTS_RUN})
async def page_form(municipality: FromPath[str]) -> Response[None]:
    return done("/")


@get("/{municipality:str}/visitors", opt={"public": True})
async def visitors(municipality: FromPath[str], request: AppRequest) -> str:
    return str(request.scope["state"]["csrf_token"])


@post("/{municipality:str}/visitors", opt={"public": True})
async def visitors_form(municipality: FromPath[str]) -> str:
    return "taken"


ROUTES: list[ControllerRouterHandler] = [
    officers_only,
    officers_change,
    tills_only,
    tills_or_counter,
    holders_only,
    shop,
    shops,
    own_shops,
    anyone,
    page,
    page_form,
    visitors,
    visitors_form,
]


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    store = a_key_store(tmp_path)
    make_keys(store, ALMERE, demo=False, now=datetime.now(UTC))
    return store


@pytest.fixture
async def browser(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(key_dir=keys.folder)
    async with browsing(access.address, routes=ROUTES, settings=settings) as client:
        yield client


@pytest.fixture
async def officer(connection: Connection) -> LoginId:
    return await a_login(connection, Role.OFFICER)


async def a_session(connection: Connection, login: UUID, kind: str = "login") -> SessionToken:
    session = await start_session(
        connection,
        actor_kind="holder" if kind == "holder" else "login",
        actor_id=login,
        assurance="substantial",
        now=datetime.now(UTC),
    )
    return session.token


def cookie(token: str, municipality: str = "velsen") -> dict[str, str]:
    return {"cookie": f"pas-{municipality}={token}"}


def an_api_token(
    keys: KeyStore, login: LoginId, row: UUID, municipality: MunicipalityName = VELSEN
) -> str:
    now = datetime.now(UTC)
    return sign_token(
        keys.ring(municipality),
        issuer=BASE,
        subject=login,
        kind="api",
        row=row.hex,
        now=now,
        expires_at=now + timedelta(days=1),
    )


async def a_stored_token(connection: Connection, login: LoginId) -> UUID:
    row = uuid7()
    await connection.execute(
        "INSERT INTO api_token (id, login_id, name, created_at, expires_at) "
        "VALUES ($1, $2, 'x', now(), now() + interval '1 day')",
        *(row, login),
    )
    return row


def bearer(token: str) -> dict[str, str]:
    return {"authorization": f"Bearer {token}"}


# --- sessions


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


# --- people of a merchant


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


# --- forms and other sites


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


# --- tokens


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


# --- tills


class Device:
    """A till with its private key."""

    def __init__(self, till: TillId) -> None:
        self.till = till
        self.key = ed25519.Ed25519PrivateKey.generate()

    def signed(self, path: str, body: bytes = BODY) -> dict[str, str]:
        return {
            "content-type": "application/json",
            **sign_request(
                self.key,
                till_id=self.till,
                method="POST",
                target=path,
                body=body,
                now=datetime.now(UTC),
            ),
        }


@pytest.fixture
async def device(connection: Connection) -> Device:
    till = await a_till(connection, await a_merchant(connection))
    device = Device(till.id)
    public = device.key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    await connection.execute("UPDATE till SET public_key = $2 WHERE id = $1", till.id, public)
    return device


async def test_a_till_gets_in_by_its_signature(browser: httpx.AsyncClient, device: Device) -> None:
    path = "/v1/velsen/tills-only"
    answer = await browser.post(path, headers=device.signed(path), content=BODY)
    assert answer.text == str(device.till)


async def test_a_till_gets_in_nowhere_else(browser: httpx.AsyncClient, device: Device) -> None:
    path = "/v1/velsen/officers-only"
    answer = await browser.post(path, headers=device.signed(path), content=BODY)
    assert answer.status_code == 401


async def test_a_copied_signature_is_refused_with_another_body(
    browser: httpx.AsyncClient, device: Device
) -> None:
    path = "/v1/velsen/tills-only"
    answer = await browser.post(path, headers=device.signed(path), content=BODY.replace(b"1", b"9"))
    assert (answer.status_code, answer.json()["code"]) == (401, "till-signature-wrong")


async def test_a_tills_signature_is_worth_nothing_in_another_municipality(
    browser: httpx.AsyncClient, device: Device
) -> None:
    here = "/v1/velsen/tills-only"
    assert (await browser.post(here, headers=device.signed(here), content=BODY)).is_success
    headers = device.signed("/v1/almere/tills-only")
    answer = await browser.post("/v1/almere/tills-only", headers=headers, content=BODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "till-unknown")


async def test_a_till_that_was_never_paired_is_refused(browser: httpx.AsyncClient) -> None:
    path = "/v1/velsen/tills-only"
    stranger = Device(TillId(uuid7()))
    answer = await browser.post(path, headers=stranger.signed(path), content=BODY)
    assert (answer.status_code, answer.json()["code"]) == (401, "till-unknown")


async def test_a_route_for_tills_or_the_counter_takes_both_and_nobody_else(
    browser: httpx.AsyncClient, connection: Connection, device: Device
) -> None:
    path = "/v1/velsen/tills-or-counter"
    assert (await browser.post(path, headers=device.signed(path), content=BODY)).is_success
    for role, status in ((Role.COUNTER, 201), (Role.OFFICER, 403)):
        token = await a_session(connection, await a_login(connection, role))
        headers = {**cookie(token), "x-csrf-token": csrf_token(token)}
        assert (await browser.post(path, headers=headers, json={})).status_code == status


async def test_the_tills_key_is_read_once(
    browser: httpx.AsyncClient, connection: Connection, device: Device
) -> None:
    path = "/v1/velsen/tills-only"
    assert (await browser.post(path, headers=device.signed(path), content=BODY)).is_success
    await connection.execute("UPDATE till SET state = 'revoked'")
    # Its state is for the use case to judge: here only the signature counts.
    assert (await browser.post(path, headers=device.signed(path), content=BODY)).is_success


def test_a_session_hash_is_of_the_token_and_nothing_else() -> None:
    assert token_hash(SessionToken("x")) == hashlib.sha256(b"x").digest()
