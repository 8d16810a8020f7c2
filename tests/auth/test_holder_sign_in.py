"""A holder signs in at a broker: found by the citizen number, which is then nowhere to be found."""

import logging
from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from browsing import browsing
from given.cards import a_resident
from given.logins import a_key_store
from pas.auth.actor import SYSTEM
from pas.auth.citizen_number import encrypt_bsn, read_citizen_number
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.auth.municipality_settings import HolderIdentityProvider, change_municipality_settings
from pas.auth.oidc import Identity, public_jwk
from pas.db import Connection
from pas.ids import MunicipalityName, ResidentId
from pas.installation import Access
from pas.settings import Settings
from providing import CLIENT, Provider, provider, sent_back

BSN, OTHER_BSN = "111222333", "123456782"
VELSEN = MunicipalityName("velsen")


@pytest.fixture(scope="module")
def keys(tmp_path_factory: pytest.TempPathFactory) -> KeyStore:
    store = a_key_store(tmp_path_factory.mktemp("keys"))
    rotate_key(store, VELSEN, purpose=Purpose.OIDC_CLIENT, now=datetime.now(UTC))
    return store


@pytest.fixture(scope="module")
def broker(keys: KeyStore) -> Iterator[Provider]:
    ring = keys.ring(VELSEN)
    with provider([public_jwk(key) for key in ring.of(Purpose.OIDC_CLIENT)]) as running:
        yield running


@pytest.fixture
async def holder(connection: Connection, keys: KeyStore, broker: Provider) -> ResidentId:
    """A resident of velsen, where holders sign in at the broker."""
    chosen = HolderIdentityProvider(
        issuer=broker.issuer, client_id=CLIENT, acr_values=("substantial", "high")
    )
    settings = {"holderIdentityProvider": chosen, "telephone": "0255 567 200"}
    await change_municipality_settings(connection, settings, actor=SYSTEM)
    resident = await a_resident(connection)
    hidden = encrypt_bsn(keys.ring(VELSEN), read_citizen_number(BSN), resident=resident)
    await connection.execute(
        "UPDATE resident SET bsn_encrypted = $2, bsn_hash = $3, key_id = $4 WHERE id = $1",
        *(resident, hidden.encrypted, hidden.hash, hidden.key_id),
    )
    broker.says(account="pseudonym", bsn=BSN)
    return resident


@pytest.fixture
async def browser(access: Access, keys: KeyStore) -> AsyncGenerator[httpx.AsyncClient]:
    async with browsing(access.address, settings=Settings(key_dir=keys.folder)) as client:
        client.headers["accept"] = "text/html"
        yield client


async def signed_in(browser: httpx.AsyncClient, to: str = "/velsen/my-pass") -> httpx.Response:
    away = await browser.get(f"/velsen/sign-in/holder?returnTo={to}")
    assert away.status_code == 303, away.text
    return await browser.get(await sent_back(away.headers["location"]))


async def test_a_holder_signs_in_and_sees_the_own_pages(
    browser: httpx.AsyncClient, holder: ResidentId
) -> None:
    answer = await signed_in(browser)
    who = (await browser.get("/v1/velsen/session")).json()
    assert (answer.status_code, answer.headers["location"]) == (303, "/velsen/my-pass")
    assert (who["actorKind"], who["actorId"], who["assurance"]) == (
        "holder",
        str(holder),
        "substantial",
    )
    assert (await browser.get("/velsen/my-pass")).status_code == 200


@pytest.mark.usefixtures("almere")
async def test_the_page_to_sign_in_offers_it_only_where_it_is_set(
    browser: httpx.AsyncClient, connection: Connection, holder: ResidentId
) -> None:
    assert "Inloggen met DigiD" in (await browser.get("/velsen/sign-in")).text
    assert "DigiD" not in (await browser.get("/almere/sign-in")).text
    assert (await browser.get("/almere/sign-in/holder")).status_code == 503
    assert (await browser.get("/velsen/sign-in/provider")).status_code == 503


async def test_a_stranger_gets_a_plain_answer_and_a_telephone_number(
    browser: httpx.AsyncClient, connection: Connection, broker: Provider, holder: ResidentId
) -> None:
    broker.says(account="stranger", bsn=OTHER_BSN)
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "Wij kennen u nog niet" in answer.text
    assert 'href="tel:0255567200"' in answer.text
    assert await connection.fetchval("SELECT count(*) FROM session") == 0


@pytest.mark.parametrize("bsn", [None, "111222334", "joke"])
async def test_a_token_without_a_citizen_number_is_not_believed(
    browser: httpx.AsyncClient, broker: Provider, holder: ResidentId, bsn: str | None
) -> None:
    broker.says(account="pseudonym", bsn=bsn)
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "Inloggen is niet gelukt" in answer.text


@pytest.mark.parametrize("lie", ["tampered", "other-nonce", "other-audience", "expired"])
async def test_a_lie_of_the_broker_is_not_believed(
    browser: httpx.AsyncClient, broker: Provider, holder: ResidentId, lie: str
) -> None:
    broker.says(account="pseudonym", bsn=BSN, lie=lie)
    assert (await signed_in(browser)).status_code == 403


async def test_a_level_that_is_too_low_is_refused(
    browser: httpx.AsyncClient, broker: Provider, holder: ResidentId
) -> None:
    broker.says(account="pseudonym", bsn=BSN, acr="low")
    answer = await signed_in(browser)
    assert answer.status_code == 403
    assert "niet veilig genoeg" in answer.text


async def test_the_citizen_number_is_in_no_table_log_or_address(
    browser: httpx.AsyncClient,
    superuser: Connection,
    holder: ResidentId,
    *,
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    caplog.set_level(logging.DEBUG)
    away = await browser.get("/velsen/sign-in/holder")
    back = await sent_back(away.headers["location"])
    answer = await browser.get(back)
    written = "".join(capfd.readouterr()) + caplog.text
    stored = [
        str(row)
        for table in ("session", "sign_in_attempt", "event_content", "processing_log", "login")
        for row in await superuser.fetch(f"SELECT * FROM {table}")
    ]
    assert answer.status_code == 303
    assert stored
    for text in (*stored, written, back, away.headers["location"], str(answer.headers)):
        assert BSN not in text
    assert BSN not in repr(Identity("https://broker", BSN, "substantial", BSN))
