"""Signing in at a real provider in a second process: what is believed, and every lie that is not."""

import asyncio
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime, timedelta
from time import monotonic
from urllib.parse import quote

import httpx
import msgspec
import pytest

from browsing import browsing
from given.logins import a_key_store, a_login
from pas.auth.actor import SYSTEM
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.auth.logins import Person, invite_login
from pas.auth.municipality_settings import IdentityProvider, change_municipality_settings
from pas.auth.oidc import public_jwk
from pas.auth.providers import IdentityProviderDown, IdentityProviderWrong, Providers
from pas.auth.roles import Role
from pas.auth.sign_in import local_path
from pas.db import Connection
from pas.ids import LoginId, MunicipalityName
from pas.installation import Access
from pas.settings import Settings
from providing import CALLBACK, CLIENT, Provider, hanging, provider, question, sent_back

HTML = {"accept": "text/html"}
START = "/velsen/sign-in/provider?returnTo=/velsen/regelingen"


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    """Keys of velsen with one for the provider: making it takes a second, so once."""
    store = a_key_store(tmp_path_factory.mktemp("keys"))
    velsen = MunicipalityName("velsen")
    rotate_key(store, velsen, purpose=Purpose.OIDC_CLIENT, now=datetime.now(UTC))
    return store


@pytest.fixture(scope="module")
def login_provider(keys: KeyStore) -> Iterator[Provider]:
    ring = keys.ring(MunicipalityName("velsen"))
    with provider([public_jwk(key) for key in ring.of(Purpose.OIDC_CLIENT)]) as running:
        yield running


@pytest.fixture
async def joke(connection: Connection, login_provider: Provider) -> LoginId:
    """An officer whom the provider knows, in a municipality that signs in there."""
    login_provider.says()
    await signs_in_at(connection, login_provider.issuer)
    login = await a_login(connection, Role.OFFICER)
    await connection.execute(
        "UPDATE login SET issuer = $2, subject = 'joke' WHERE id = $1",
        *(login, login_provider.issuer),
    )
    return login


@pytest.fixture
async def browser(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    settings = Settings(key_dir=keys.folder)
    async with browsing(access.address, settings=settings) as client:
        client.headers.update(HTML)
        yield client


async def signs_in_at(connection: Connection, issuer: str, *acr_values: str) -> None:
    chosen = IdentityProvider(issuer=issuer, client_id=CLIENT, acr_values=acr_values)
    await change_municipality_settings(connection, {"identityProvider": chosen}, actor=SYSTEM)


async def signed_in(browser: httpx.AsyncClient, start: str = START) -> httpx.Response:
    """Go to the provider and back."""
    away = await browser.get(start)
    assert away.status_code == 303, away.text
    return await browser.get(await sent_back(away.headers["location"]))


async def who(browser: httpx.AsyncClient) -> str | None:
    answer = await browser.get("/v1/velsen/session")
    return answer.json()["actorId"] if answer.is_success else None


async def sessions(connection: Connection) -> int:
    return await connection.fetchval("SELECT count(*) FROM session WHERE ended_at IS NULL")


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


async def test_a_provider_that_is_down_gives_a_clear_page(
    browser: httpx.AsyncClient, keys: KeyStore, connection: Connection
) -> None:
    ring = keys.ring(MunicipalityName("velsen"))
    with provider([public_jwk(key) for key in ring.of(Purpose.OIDC_CLIENT)]) as failing:
        await signs_in_at(connection, failing.issuer)
        back = await sent_back((await browser.get(START)).headers["location"])
    answer = await browser.get(back)
    assert answer.status_code == 503
    assert "Inloggen lukt nu even niet" in answer.text


async def test_a_provider_that_was_never_there_gives_a_clear_page(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    await signs_in_at(connection, "http://127.0.0.1:9")
    answer = await browser.get(START)
    assert answer.status_code == 503
    assert "Inloggen lukt nu even niet" in answer.text


async def test_who_waits_for_what_a_provider_publishes_keeps_nobody_from_the_database(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    async with hanging(publishes=False) as slow:
        await signs_in_at(connection, slow.issuer)
        under_way = [asyncio.create_task(browser.get(START)) for _ in range(4)]
        await slow.waits_for(1)
        async with asyncio.timeout(1):
            assert (await browser.get("/velsen/sign-in")).status_code == 200
        slow.lets_go()
        assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {503}
        assert slow.waiting == 1, "one asks, and who comes in the next seconds is told at once"


async def test_who_waits_for_a_provider_after_coming_back_keeps_nobody_from_the_database(
    browser: httpx.AsyncClient, connection: Connection
) -> None:
    async with hanging(publishes=True) as slow:
        await signs_in_at(connection, slow.issuer)
        states = [
            question((await browser.get(START)).headers["location"])["state"] for _ in range(4)
        ]
        backs = [f"{CALLBACK}?state={state}&code=x" for state in states]
        under_way = [asyncio.create_task(browser.get(back)) for back in backs]
        await slow.waits_for(4)
        async with asyncio.timeout(1):
            assert (await browser.get("/velsen/sign-in")).status_code == 200
            assert (await browser.get(backs[0])).status_code == 400, "it is used up already"
        slow.lets_go()
        assert {answer.status_code for answer in await asyncio.gather(*under_way)} == {503}


async def test_a_provider_that_takes_too_long_over_an_answer_is_given_up(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("pas.auth.providers.TOTAL_SECONDS", 0.2)
    providers = Providers()
    async with hanging(publishes=False) as slow:
        with pytest.raises(IdentityProviderDown):
            async with asyncio.timeout(2):
                await providers.fetch("GET", slow.issuer)
    await providers.close()


async def test_a_provider_that_was_down_is_asked_again_after_a_few_seconds(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    providers = Providers()
    async with hanging(publishes=False) as away:
        away.lets_go()
        with pytest.raises(IdentityProviderDown):
            await providers.metadata(away.issuer)
        away.publishes = True
        with pytest.raises(IdentityProviderDown):
            await providers.metadata(away.issuer)
        monkeypatch.setattr("pas.auth.providers.monotonic", lambda: monotonic() + 5)
        assert (await providers.metadata(away.issuer)).issuer == away.issuer
    await providers.close()


@pytest.mark.parametrize("address", ["http://login.example.nl", "ftp://127.0.0.1", "//x", ""])
async def test_a_provider_without_tls_is_not_even_asked(address: str) -> None:
    providers = Providers()
    with pytest.raises(IdentityProviderWrong, match="is not https"):
        await providers.fetch("GET", address)
    await providers.close()


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
