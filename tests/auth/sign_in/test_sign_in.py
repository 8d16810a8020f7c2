"""Signing in at a real provider in a second process: what is believed, and every lie that is not."""

from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import quote

import httpx
import msgspec
import pytest

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore, Purpose
from pas.auth.logins import Person, invite_login
from pas.auth.municipality_settings import IdentityProvider
from pas.auth.oidc import public_jwk
from pas.auth.sign_in import local_path
from pas.db import Connection
from pas.ids import LoginId, MunicipalityName
from providing import CALLBACK, Provider, question, sent_back
from signing_in import START, sessions, signed_in, signs_in_at, who


async def test_an_officer_signs_in_and_comes_where_they_were_going(
    browser: httpx.AsyncClient, joke: LoginId
) -> None:
    answer = await signed_in(browser)
    assert (answer.status_code, answer.headers["location"]) == (303, "/velsen/regelingen")
    assert await who(browser) == str(joke)


async def test_the_cookie_is_out_of_reach_of_scripts_and_other_sites(
    browser: httpx.AsyncClient, joke: LoginId
) -> None:
    answer = await signed_in(browser)
    assert answer.headers["set-cookie"].split("; ")[1:] == ["Path=/", "HttpOnly", "SameSite=Lax"]


async def test_the_provider_is_asked_with_pkce_state_and_nonce(
    browser: httpx.AsyncClient, joke: LoginId
) -> None:
    asked = question((await browser.get(START)).headers["location"])
    assert asked["code_challenge_method"] == "S256"
    assert asked["redirect_uri"] == CALLBACK
    assert min(len(asked[name]) for name in ("state", "nonce", "code_challenge")) >= 43


async def test_two_attempts_share_no_secret(browser: httpx.AsyncClient, joke: LoginId) -> None:
    one, other = [question((await browser.get(START)).headers["location"]) for _ in range(2)]
    assert not {one[name] for name in ("state", "nonce", "code_challenge")} & set(other.values())


@pytest.mark.parametrize(
    "lie",
    [
        "tampered",
        "unsigned",
        "shared-secret",
        "other-key",
        "unknown-key",
        "other-nonce",
        "no-nonce",
        "other-audience",
        "several-audiences",
        "another-party",
        "no-end",
        "other-issuer",
        "expired",
        "other-access-token",
        "accented-access-token",
        "halved-access-token",
    ],
)
async def test_a_lie_is_not_believed(
    browser: httpx.AsyncClient,
    joke: LoginId,
    *,
    connection: Connection,
    login_provider: Provider,
    lie: str,
) -> None:
    login_provider.says(lie=lie)
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "Inloggen is niet gelukt" in answer.text
    assert await sessions(connection) == 0


async def test_a_provider_may_change_its_keys(
    browser: httpx.AsyncClient,
    joke: LoginId,
    login_provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.auth.providers.REFRESH_SECONDS", 0.0)
    await signed_in(browser)
    login_provider.says(lie="new-key")
    assert (await signed_in(browser)).status_code == 303


async def test_a_key_that_the_provider_withdrew_is_believed_for_an_hour_at_most(
    browser: httpx.AsyncClient,
    joke: LoginId,
    login_provider: Provider,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    await signed_in(browser)
    login_provider.says(lie="withdrawn")
    assert (await signed_in(browser)).status_code == 303
    monkeypatch.setattr("pas.auth.providers.monotonic", lambda: monotonic() + 3600)
    assert (await signed_in(browser)).status_code == 403


@pytest.mark.parametrize("said", ["", "iss=https%3A%2F%2Fevil.example"])
async def test_an_answer_of_another_provider_is_refused(
    browser: httpx.AsyncClient, joke: LoginId, login_provider: Provider, said: str
) -> None:
    back = await sent_back((await browser.get(START)).headers["location"])
    ours = "iss=" + quote(login_provider.issuer, safe="")
    assert ours in back
    assert (await browser.get(back.replace(ours, said))).status_code == 403


async def test_a_forged_key_id_does_not_make_us_ask_again_and_again(
    browser: httpx.AsyncClient, joke: LoginId, login_provider: Provider
) -> None:
    await signed_in(browser)
    login_provider.says(lie="new-key")
    assert (await signed_in(browser)).status_code == 403


async def test_a_state_we_never_made_is_refused(browser: httpx.AsyncClient, joke: LoginId) -> None:
    back = await sent_back((await browser.get(START)).headers["location"])
    answer = await browser.get(back.replace("state=", "state=x"))
    assert answer.status_code == 400
    assert "Begin opnieuw" in answer.text


async def test_an_answer_works_once(
    browser: httpx.AsyncClient, joke: LoginId, connection: Connection
) -> None:
    back = await sent_back((await browser.get(START)).headers["location"])
    assert (await browser.get(back)).status_code == 303
    assert (await browser.get(back)).status_code == 400
    assert await sessions(connection) == 1


async def test_a_code_does_not_work_in_another_attempt(
    browser: httpx.AsyncClient, joke: LoginId
) -> None:
    one = question(await sent_back((await browser.get(START)).headers["location"]))
    other = question((await browser.get(START)).headers["location"])
    answer = await browser.get(f"{CALLBACK}?state={other['state']}&code={one['code']}")
    assert answer.status_code == 403


async def test_an_answer_works_in_the_same_browser_only(
    browser: httpx.AsyncClient, joke: LoginId, connection: Connection
) -> None:
    back = await sent_back((await browser.get(START)).headers["location"])
    browser.cookies.clear()
    assert (await browser.get(back)).status_code == 400
    assert await sessions(connection) == 0


async def test_an_attempt_lasts_ten_minutes(
    browser: httpx.AsyncClient, joke: LoginId, superuser: Connection
) -> None:
    back = await sent_back((await browser.get(START)).headers["location"])
    await superuser.execute(
        "UPDATE sign_in_attempt SET created_at = created_at - $1::interval", timedelta(minutes=11)
    )
    assert (await browser.get(back)).status_code == 400


async def test_old_attempts_are_forgotten_by_newer_ones(
    browser: httpx.AsyncClient, joke: LoginId, superuser: Connection
) -> None:
    await browser.get(START)
    await superuser.execute("UPDATE sign_in_attempt SET created_at = now() - interval '21 minutes'")
    await browser.get(START)
    assert await superuser.fetchval("SELECT count(*) FROM sign_in_attempt") == 1


async def test_signing_in_again_replaces_the_session(
    browser: httpx.AsyncClient, joke: LoginId, connection: Connection
) -> None:
    await signed_in(browser)
    first = browser.cookies["pas-velsen"]
    await signed_in(browser)
    assert browser.cookies["pas-velsen"] != first
    assert await sessions(connection) == 1


@pytest.mark.parametrize(("acr", "status"), [("low", 403), ("substantial", 303), ("high", 303)])
async def test_a_weaker_way_of_signing_in_is_not_enough(
    browser: httpx.AsyncClient,
    joke: LoginId,
    *,
    connection: Connection,
    login_provider: Provider,
    acr: str,
    status: int,
) -> None:
    await signs_in_at(connection, login_provider.issuer, "substantial", "high")
    login_provider.says(acr=acr)
    answer = await signed_in(browser)
    assert answer.status_code == status
    assert status == 303 or "niet veilig genoeg" in answer.text


async def test_nobody_gets_in_without_being_invited(
    browser: httpx.AsyncClient, joke: LoginId, login_provider: Provider
) -> None:
    login_provider.says(account="stranger")
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "nog geen toegang" in answer.text


async def test_ended_access_is_said_in_words(
    browser: httpx.AsyncClient, joke: LoginId, connection: Connection
) -> None:
    await connection.execute("UPDATE login SET state = 'ended'")
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "Uw toegang is gestopt" in answer.text


async def test_an_invitation_is_accepted_by_signing_in_and_works_once(
    browser: httpx.AsyncClient,
    joke: LoginId,
    *,
    connection: Connection,
    login_provider: Provider,
) -> None:
    invited = await invite_login(
        connection, Person(name="Piet"), actor=SYSTEM, now=datetime.now(UTC)
    )
    link = f"/velsen/sign-in/provider?invitation={invited.code}"
    login_provider.says(account="piet")
    assert (await signed_in(browser, link)).headers["location"] == "/velsen"
    assert await who(browser) == str(invited.login_id)
    login_provider.says(account="somebody-with-the-mail")
    assert (await signed_in(browser, link)).status_code == 403


async def test_an_old_invitation_is_not_accepted(
    browser: httpx.AsyncClient,
    joke: LoginId,
    *,
    connection: Connection,
    login_provider: Provider,
) -> None:
    long_ago = datetime.now(UTC) - timedelta(days=8)
    invited = await invite_login(connection, Person(name="Piet"), actor=SYSTEM, now=long_ago)
    login_provider.says(account="piet")
    answer = await signed_in(browser, f"/velsen/sign-in/provider?invitation={invited.code}")
    assert answer.status_code == 403


async def test_whoever_stops_at_the_provider_is_told_so(
    browser: httpx.AsyncClient, joke: LoginId, login_provider: Provider
) -> None:
    login_provider.says(account=None)
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "want u stopte" in answer.text


async def test_without_a_provider_signing_in_says_so(browser: httpx.AsyncClient) -> None:
    answer = await browser.get(START)
    assert answer.status_code == 503
    assert "nog niet ingesteld" in answer.text


async def test_our_public_keys_are_what_the_provider_needs(
    browser: httpx.AsyncClient, keys: KeyStore
) -> None:
    (key,) = (await browser.get("/v1/velsen/client-keys")).json()["keys"]
    assert key == public_jwk(keys.ring(MunicipalityName("velsen")).current(Purpose.OIDC_CLIENT))
    assert set(key) == {"kty", "n", "e", "kid", "use"}


@pytest.mark.parametrize(
    "elsewhere",
    ["//evil.example", "https://evil.example", "/\\evil.example", "\\evil", "", "/a b", "/a\r\nb"],
)
def test_after_signing_in_nobody_is_sent_to_another_site(elsewhere: str) -> None:
    assert local_path(elsewhere) == "/"


@pytest.mark.parametrize("here", ["/velsen", "/velsen/passen?zoek=a%20b", "/"])
def test_after_signing_in_one_comes_back_here(here: str) -> None:
    assert local_path(here) == here


def test_settings_with_a_provider_can_be_written_and_read() -> None:
    chosen = IdentityProvider(issuer="https://login.example.nl", client_id="pas")
    assert msgspec.convert(msgspec.to_builtins(chosen), IdentityProvider) == chosen
