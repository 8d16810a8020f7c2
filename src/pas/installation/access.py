"""Every way into the database of an installation, embedded or on a server of its own."""

from collections.abc import Callable, Generator
from contextlib import contextmanager
from typing import Self

import msgspec

from pas.db import Address, Login
from pas.embedded import DataDir, EmbeddedProblem, Supervisor
from pas.embedded.cluster import SUPERUSER
from pas.installation.roles import MIGRATOR_ROLE
from pas.settings import Settings

Say = Callable[[str], None]


class Access(msgspec.Struct, frozen=True):
    """Where the database is; who may migrate, and who is superuser, if we may."""

    address: Address
    migrator: Login | None
    superuser: Login | None = None

    @property
    def is_embedded(self) -> bool:
        return self.superuser is not None

    def of_database(self, name: str) -> Self:
        """The same roles on another database of the same server."""
        return msgspec.structs.replace(
            self,
            address=self.address.of_database(name),
            migrator=self.migrator and self.migrator.to(name),
            superuser=self.superuser and self.superuser.to(name),
        )


def embedded_access(place: DataDir, database: str = "pas") -> Access:
    """Read from the data folder how to get in; the server was started, here or elsewhere."""
    secrets, folder = place.secrets(), place.socket_dir()
    if secrets is None or folder is None:
        raise EmbeddedProblem("There is no database yet. Start one with: pas postgres run.")
    address = Address.of_socket(folder, secret=secrets.database_secret, database=database)
    return Access(
        address=address,
        migrator=address.login(MIGRATOR_ROLE),
        superuser=address.login(SUPERUSER, secrets.superuser_password),
    )


@contextmanager
def opened(settings: Settings, say: Say = lambda _: None) -> Generator[Access]:
    """Have a database for the time of a ``with`` block: that of PAS_DATABASE_URL, or our own."""
    if settings.database_url is not None:
        assert settings.database_secret is not None, "checked when the settings were read"
        migrator = None if settings.migrator_url is None else Login(settings.migrator_url)
        yield Access(Address(settings.database_url, settings.database_secret), migrator)
        return
    with Supervisor(settings.data_dir, version=settings.embedded_version, say=say) as server:
        yield embedded_access(server.place)
