"""``pas municipality``: which municipalities this installation serves."""

import asyncio
from contextlib import suppress
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.change_keys import change_keys
from pas.auth.key_files import KeysExist, make_keys
from pas.auth.keys import KeyStore
from pas.auth.municipality_settings import change_municipality_settings
from pas.cli.leaving import is_exported
from pas.cli.login import run
from pas.cli.screen import done, err, out, say
from pas.db import Connection, Database, RegisteredMunicipality
from pas.installation import (
    Access,
    add_municipality,
    drop_municipality,
    fit_name,
    opened,
    prepare,
)
from pas.installation.prepare import migrator
from pas.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="Which municipalities this installation serves.")

Name = Annotated[str, typer.Argument(help="Small letters, digits and _; for example den_haag.")]


@app.command()
def add(
    name: Name,
    title: Annotated[str, typer.Option(help="The name as people write it.")],
) -> None:
    """Add a municipality: its roles, its schema, its tables and its keys.

    Example: pas municipality add den_haag --title "Den Haag"
    """
    add_with_keys(read_settings(), name, title=title, sandbox=False)


def add_with_keys(settings: Settings, name: str, *, title: str, sandbox: bool) -> None:
    """Add a municipality, and say where its keys are."""

    async def work(access: Access) -> None:
        await prepare(access)
        async with migrator(access) as connection:
            await add_municipality(connection, access.address, name, title=title, sandbox=sandbox)

    fit_name(name)
    with opened(settings, say) as access, err.status(f"Adding {title} …"):
        asyncio.run(work(access))
    store = KeyStore(settings.keys)

    async def with_keys(connection: Connection) -> None:
        await change_keys(
            connection,
            lambda: make_keys(store, fit_name(name), demo=False, now=datetime.now(UTC)).keys,
            happened="made",
            actor=SYSTEM,
        )

    with suppress(KeysExist):
        run(settings, name, with_keys)
    done(f"{title} was added as {name}.")
    say(f"Back up its keys, apart from the database: {store.path(fit_name(name))}")


@app.command(name="list")
def list_all() -> None:
    """List the municipalities, one a line: name, title, and what kind it is.

    Example: pas municipality list
    """

    async def work(access: Access) -> list[RegisteredMunicipality]:
        await prepare(access)
        database = Database(access.address)
        try:
            return await database.municipalities()
        finally:
            await database.close()

    with opened(read_settings(), say) as access:
        found = asyncio.run(work(access))
    table = Table(box=None, pad_edge=False)
    for column in ("name", "title", "kind"):
        table.add_column(column)
    for one in found:
        kind = "demonstration" if one.demo else "sandbox" if one.sandbox else "real"
        table.add_row(one.name, one.title, kind)
    out.print(table)


@app.command(name="set")
def set_one(
    name: Name,
    setting: Annotated[str, typer.Argument(help="Its name in the API.")],
    value: Annotated[str, typer.Argument(help="As in JSON; a text needs no quotes.")],
) -> None:
    """Change a setting of a municipality, also one that nobody may change on the pages.

    Example: pas municipality set den_haag payoutCoolingDays 3
    """

    async def work(connection: Connection) -> None:
        await change_municipality_settings(connection, {setting: as_json(value)}, actor=SYSTEM)

    run(read_settings(), name, work)
    done(f"{setting} is {value}.")


def as_json(text: str) -> object:
    try:
        return msgspec.json.decode(text)
    except msgspec.DecodeError:
        return text


@app.command()
def drop(
    name: Name,
    again: Annotated[str | None, typer.Option(help="Type the name again.")] = None,
    *,
    export: Annotated[
        Path | None,
        typer.Option(help="What pas export wrote: it has to be whole, and nothing changed since."),
    ] = None,
    without_export: Annotated[
        bool, typer.Option("--without-export", help="Its books go, and no export of them is kept.")
    ] = False,
) -> None:
    """Remove a municipality and all its data, for good; its keys stay.

    Example: pas municipality drop den_haag --export all-of-den-haag --again den_haag
    """
    settings = read_settings()
    look = None if export is None else is_exported(settings, export)

    async def work(access: Access) -> None:
        async with migrator(access) as connection:
            await drop_municipality(
                connection,
                name,
                typed_again=again,
                without_export=without_export,
                is_exported=look,
            )

    with opened(settings, say) as access, err.status(f"Removing {name} …"):
        asyncio.run(work(access))
    done(f"{name} is gone.")
