"""``pas schemes``: who gets how much for what, as dated data."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.cli.rows import MOST_SHOWN, show_import
from pas.cli.screen import err, out, say
from pas.days import day_of
from pas.db import Database
from pas.ids import MunicipalityName
from pas.imports.record import ImportRow, read_import_rows
from pas.installation import Access, opened
from pas.schemes.import_schemes import ImportedSchemes, import_schemes
from pas.schemes.show import ShownScheme, list_schemes
from pas.schemes.words import how_long, how_much
from pas.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Who gets how much for what, as dated data.")

Place = Annotated[str, typer.Argument(help="Whose schemes; see pas municipality list.")]


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """What came of a file."""

    made: ImportedSchemes
    refused_rows: list[ImportRow]


@app.callback()
def schemes() -> None:
    """Look after the schemes of a municipality."""


@app.command(name="import")
def import_file(
    municipality: Place,
    file: Annotated[
        Path, typer.Argument(help="A CSV file; see docs/files.md.", exists=True, dir_okay=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome, for a program.")] = False,
) -> None:
    """Bring in schemes from a CSV file. The same file again changes nothing.

    A version is never rewritten: only its last day and its status may change. Exit code 1 when a
    row was refused; then it says which and why, and the others are in.

    Example: pas schemes import velsen schemes.csv
    """
    with opened(read_settings(), say) as access, err.status(f"Reading {file.name} …"):
        outcome = asyncio.run(imported(access, MunicipalityName(municipality), file))
    if as_json:
        out.print_json(msgspec.json.encode(outcome).decode())
    if outcome.made.new_categories:
        say(f"New purposes, to be given a title: {', '.join(outcome.made.new_categories)}.")
    show_import(outcome.made.summary, outcome.refused_rows)


async def imported(access: Access, municipality: MunicipalityName, file: Path) -> Outcome:
    database = Database(access.address)
    try:
        async with database.connection(municipality) as connection:
            with file.open("rb") as source:
                made = await import_schemes(
                    connection,
                    source,
                    file_name=file.name,
                    actor=SYSTEM,
                    now=datetime.now(UTC),
                )
            rows = await read_import_rows(
                connection, made.summary.id, outcome="refused", limit=MOST_SHOWN
            )
    finally:
        await database.close()
    return Outcome(made, rows)


@app.command(name="list")
def list_all(municipality: Place) -> None:
    """List the schemes, one a line: code, what it gives, how long, and whether it holds today.

    Example: pas schemes list velsen
    """

    async def work(access: Access) -> list[ShownScheme]:
        database = Database(access.address)
        try:
            async with database.connection(MunicipalityName(municipality)) as connection:
                return await list_schemes(connection, on=day_of(datetime.now(UTC)))
        finally:
            await database.close()

    with opened(read_settings(), say) as access:
        found = asyncio.run(work(access))
    table = Table(box=None, pad_edge=False)
    for column in ("code", "gives", "period", "status", "holds", "versions"):
        table.add_column(column)
    for one in found:
        version = one.shown.version
        table.add_row(
            one.code,
            how_much(version),
            how_long(version),
            version.status,
            "yes" if one.holds else "no",
            str(one.versions),
        )
    out.print(table)
