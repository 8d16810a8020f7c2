"""Every way into the database of an installation, embedded or on a server of its own."""

from collections.abc import Callable, Generator
from contextlib import contextmanager

import msgspec

from pas.db import Address, Login
from pas.embedded import Supervisor
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


def embedded_access(server: Supervisor, database: str = "pas") -> Access:
    secrets = server.secrets
    address = Address.of_socket(
        server.socket_dir, secret=secrets.database_secret, database=database
    )
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
        yield embedded_access(server)
