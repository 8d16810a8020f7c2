"""A municipality that signs in at a real provider in a second process."""

from collections.abc import AsyncGenerator, Iterator
from datetime import UTC, datetime

import httpx
import pytest

from browsing import browsing
from given.logins import a_key_store, a_login
from pas.auth.key_files import rotate_key
from pas.auth.keys import KeyStore, Purpose
from pas.auth.oidc import public_jwk
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import LoginId, MunicipalityName
from pas.installation import Access
from pas.settings import Settings
from providing import Provider, provider
from signing_in import HTML, signs_in_at


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
