"""A municipality comes and goes: its roles, its schema, its row in the registry."""

from collections.abc import Awaitable, Callable
from typing import ClassVar

import asyncpg

from pas.db import Address, Connection, Statement, role_name
from pas.db.pools import READ_MUNICIPALITY
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.installation.migrate import (
    ONE_RUNNER,
    SAY_MIGRATING,
    TAKE_TURN,
    enter,
    migrate_municipality,
)
from pas.installation.migrations import Migration
from pas.installation.prepare import CREATED_BY, DEMO, facts
from pas.installation.roles import (
    DROP_MUNICIPALITY,
    MAKE_SCHEMA,
    NAME,
    drop_roles,
    for_municipality,
    let_in,
    limit_roles,
    make_roles,
)

OF_THE_DATABASE = frozenset({"pas", "public", "information_schema"})
OF_THE_ADDRESSES = frozenset({"v1", "static", "problems", "docs", "healthz", "readyz", "metrics"})
TAKEN_NAMES = OF_THE_DATABASE | OF_THE_ADDRESSES


class UnfitName(Refusal):
    """Deze naam kan niet."""


class MunicipalityExists(Refusal):
    """Deze gemeente is er al."""

    status: ClassVar[int] = 409


class NoSuchMunicipality(Refusal):
    """Deze gemeente is er niet."""

    status: ClassVar[int] = 404


class DropNeedsExport(Refusal):
    """Eerst exporteren."""

    status: ClassVar[int] = 409


class DropNeedsName(Refusal):
    """Typ de naam nog eens."""

    status: ClassVar[int] = 409


class MunicipalityInUse(Refusal):
    """Er is nog iets bezig in deze gemeente."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Stop eerst pas serve en pas work."


Look = Callable[[Connection, MunicipalityName], Awaitable[None]]
"""Looks at a municipality as its owner and refuses, or locks it against writing."""


REGISTER = Statement(
    "INSERT INTO pas.municipality (name, title, demo, sandbox) VALUES ($1, $2, $3, $4)", None
)
MARK_SANDBOX = "INSERT INTO sandbox DEFAULT VALUES ON CONFLICT DO NOTHING"
UNREGISTER = Statement("DELETE FROM pas.municipality WHERE name = $1", None)


async def add_municipality(
    connection: Connection,
    address: Address,
    name: str,
    *,
    title: str,
    demo: bool = False,
    sandbox: bool = False,
    migrations: list[Migration] | None = None,
) -> MunicipalityName:
    """Make roles, schema and tables, and register it last, so nobody sees half a municipality.

    The connection is the migrator's. After a failure half-way the same call carries on.
    """
    municipality = fit_name(name)
    await make_municipality(connection, address, municipality, migrations=migrations)
    if sandbox:
        await mark_sandbox(connection, municipality)
    await REGISTER.run(connection, municipality, title, demo, sandbox)
    return municipality


async def make_municipality(
    connection: Connection,
    address: Address,
    municipality: MunicipalityName,
    *,
    migrations: list[Migration] | None = None,
) -> None:
    """Make the tables of a municipality that is not registered; nobody sees them until it is."""
    if await READ_MUNICIPALITY.first(connection, municipality) is not None:
        raise MunicipalityExists(f"De gemeente '{municipality}' is er al.")
    async with connection.transaction():
        await TAKE_TURN.run(connection, ONE_RUNNER)
        await SAY_MIGRATING.run(connection)
        await make_roles(connection, municipality)
        await limit_roles(connection, address, municipality)
        await let_in(connection, role_name("app", municipality), role_name("auditor", municipality))
        if not await connection.fetchval("SELECT to_regnamespace($1)", municipality):
            await connection.execute(for_municipality(MAKE_SCHEMA, municipality))
    await migrate_municipality(connection, municipality, migrations)


async def mark_sandbox(connection: Connection, municipality: MunicipalityName) -> None:
    """Say in the schema itself that it is a sandbox, for good."""
    async with connection.transaction():
        await enter(connection, municipality)
        await connection.execute(MARK_SANDBOX)


def fit_name(name: str) -> MunicipalityName:
    """Check a name: it becomes a schema, the end of role names, and a part of addresses."""
    if not NAME.fullmatch(name) or name.startswith("pg_") or name in TAKEN_NAMES:
        raise UnfitName(
            f"'{name[:60]}' kan geen naam zijn. Gebruik kleine letters, cijfers en _, "
            "begin met een letter, en hooguit 40 tekens. Bijvoorbeeld: den_haag."
        )
    return MunicipalityName(name)


async def drop_municipality(
    connection: Connection,
    name: str,
    *,
    typed_again: str | None,
    without_export: bool = False,
    is_exported: Look | None = None,
) -> None:
    """Remove everything of a municipality, for good; the confirmation is its name, typed again.

    Outside the demonstration that is not enough: ``is_exported`` looks, in the transaction that drops,
    whether everything stands in an export as it stands here, or whoever drops real books says in so
    many words that it is without one.
    """
    municipality = fit_name(name)
    if await READ_MUNICIPALITY.first(connection, municipality) is None:
        raise NoSuchMunicipality(f"Er is geen gemeente '{municipality}'.")
    made_by_demo = (await facts(connection)).get(CREATED_BY) == DEMO
    if is_exported is None and not (without_export or made_by_demo):
        raise DropNeedsExport(
            f"Dit wist alle gegevens van '{municipality}' voorgoed. Maak eerst een export: "
            f"pas export {municipality} MAP. Herhaal dit dan met: --export MAP. "
            "Of zeg dat het zonder kan: --without-export"
        )
    if typed_again != municipality:
        raise DropNeedsName(
            f"Dit wist alle gegevens van '{municipality}' voorgoed. "
            f"Herhaal dit met: --again {municipality}"
        )
    try:
        async with connection.transaction():
            if is_exported is not None:
                await is_exported(connection, municipality)
            await SAY_MIGRATING.run(connection)
            await connection.execute(for_municipality(DROP_MUNICIPALITY, municipality))
            await UNREGISTER.run(connection, municipality)
            await drop_roles(connection, municipality)
    except asyncpg.LockNotAvailableError as error:
        raise MunicipalityInUse(
            "Er is nog iets bezig in deze gemeente. Stop eerst pas serve en pas work."
        ) from error
