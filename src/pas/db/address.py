"""Where a database is and how each role gets in; passwords of roles are derived, never stored."""

import hmac
from pathlib import Path
from typing import Literal, Self
from urllib.parse import quote, urlsplit

import asyncpg
import msgspec

from pas.ids import MunicipalityName

Part = Literal["owner", "ledger", "app", "auditor"]
DATABASE = "pas"
CONNECT_SECONDS = 5.0


def role_name(part: Part, municipality: MunicipalityName) -> str:
    """The role that plays this part for a municipality; only app and auditor can log in."""
    return f"{part}_{municipality}"


class Login(msgspec.Struct, frozen=True):
    """A way in: an address and one role. Empty user and password are those of the URL."""

    url: str
    user: str | None = None
    password: str | None = None

    def __repr__(self) -> str:
        return f"Login({self.user})"

    def to(self, database: str) -> Self:
        """Reach another database of the same server."""
        return msgspec.structs.replace(self, url=_with_database(self.url, database))

    async def connect(
        self, *, statement_cache_size: int = 100, command_seconds: float | None = None
    ) -> "asyncpg.Connection[asyncpg.Record]":
        return await asyncpg.connect(
            self.url,
            user=self.user,
            password=self.password,
            timeout=CONNECT_SECONDS,
            statement_cache_size=statement_cache_size,
            command_timeout=command_seconds,
            server_settings={"application_name": "pas"},
        )


class Address(msgspec.Struct, frozen=True):
    """A server and database, and the secret from which the passwords of its roles come."""

    url: str
    secret: str

    def __repr__(self) -> str:
        return "Address(***)"

    @classmethod
    def of_socket(cls, folder: Path, *, secret: str, database: str = DATABASE) -> Self:
        return cls(
            url=f"postgresql:///{database}?host={quote(str(folder), safe='')}", secret=secret
        )

    @property
    def database(self) -> str:
        return urlsplit(self.url).path.removeprefix("/")

    def of_database(self, name: str) -> Self:
        return msgspec.structs.replace(self, url=_with_database(self.url, name))

    def elsewhere(self, url: str | None) -> Self:
        """The same roles on another server (a municipality may have its own)."""
        return self if url is None else msgspec.structs.replace(self, url=url)

    def password(self, role: str) -> str:
        return hmac.digest(self.secret.encode(), role.encode(), "sha256").hex()

    def login(self, role: str, password: str | None = None) -> Login:
        return Login(url=self.url, user=role, password=password or self.password(role))


def _with_database(url: str, name: str) -> str:
    """``urlunsplit`` would drop the two slashes before an empty host."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}/{name}?{parts.query}"
