"""Logins, actors and keys; and the moment at which everything happens."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore, Purpose
from pas.auth.roles import Role, permissions_of
from pas.db import Connection
from pas.ids import (
    LoginId,
    MerchantId,
    MunicipalityName,
    uuid7,
)

NOON: Final = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER: Final = UUID(int=1)
PROVIDER: Final = "https://login.velsen.example"


def an_actor(*roles: Role, login: LoginId | None = None) -> Actor:
    """Somebody of the municipality with these roles, who need not be in the database."""
    return Actor(kind="login", id=login or uuid7(), permissions=permissions_of(roles))


async def a_login(
    connection: Connection,
    *roles: Role,
    name: str = "Joke de Boer",
    state: str = "active",
    merchant: MerchantId | None = None,
) -> LoginId:
    """A login that the provider knows by its own id."""
    login = LoginId(uuid7())
    await connection.execute(
        "INSERT INTO login (id, issuer, subject, name, state, merchant_id) VALUES ($1, $2, $3, $4, $5, $6)",
        *(login, PROVIDER, str(login), name, state, merchant),
    )
    for role in roles:
        await connection.execute(
            "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $3)",
            *(login, role.value, OFFICER),
        )
    return login


def a_key_store(
    folder: Path, *, demo: bool = False, cities: tuple[str, ...] = ("velsen",)
) -> KeyStore:
    """Keys of velsen, and of other municipalities that are named, made now."""
    store = KeyStore(folder / "keys")
    for city in cities:
        make_keys(store, MunicipalityName(city), demo=demo, now=datetime.now(UTC))
    return store


def without_a_key(store: KeyStore, purpose: Purpose) -> None:
    """Make the keys of velsen those of a version that did not know a purpose yet."""
    ring = store.ring(MunicipalityName("velsen"))
    kept = tuple(key for key in ring.keys if key.purpose != purpose)
    older = msgspec.structs.replace(ring, keys=kept)
    store.path(ring.municipality).write_bytes(msgspec.json.encode(older))
    store.forget(ring.municipality)
