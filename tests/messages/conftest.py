"""The keys of velsen, a shop that sells, and servers that take messages in."""

from collections.abc import AsyncGenerator
from pathlib import Path

import pytest

from given.logins import a_key_store
from given.settlements import Shop, a_shop
from mailing import MailBox, mail_server
from pas.auth.keys import KeyRing, KeyStore
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.messages.mail import Mail
from receiving import Receiver, receiving


@pytest.fixture
def keys(tmp_path: Path) -> KeyStore:
    return a_key_store(tmp_path)


@pytest.fixture
def ring(keys: KeyStore) -> KeyRing:
    return keys.ring(MunicipalityName("velsen"))


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    return await a_shop(connection, cents=10_000)


@pytest.fixture
async def posted() -> AsyncGenerator[tuple[MailBox, Mail]]:
    async with mail_server() as both:
        yield both


@pytest.fixture
async def receiver() -> AsyncGenerator[Receiver]:
    async with receiving() as receiver:
        yield receiver
