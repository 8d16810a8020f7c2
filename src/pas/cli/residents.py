"""``pas residents``: bring in the register, and let passes follow it."""

import asyncio
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.rows import MOST_SHOWN, Told, bar, show_import
from pas.cli.screen import done, err, out, refused, say
from pas.db import Database
from pas.grants.follow_register import RegisterReport, follow_register
from pas.ids import MunicipalityName
from pas.imports.record import Import, ImportRow, read_import_rows
from pas.installation import Access, opened
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="The register of residents, and what follows from it.")

Place = Annotated[str, typer.Argument(help="Whose residents; see pas municipality list.")]


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """What came of a file, and what it changed about passes."""

    summary: Import
    refused_rows: list[ImportRow]
    changes: RegisterReport


@app.callback()
def residents() -> None:
    """Look after the residents of a municipality."""


@app.command(name="import")
def import_file(
    municipality: Place,
    file: Annotated[
        Path, typer.Argument(help="A CSV file; see docs/files.md.", exists=True, dir_okay=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome, for a program.")] = False,
) -> None:
    """Bring in up to a million residents from a CSV file. The same file again changes nothing.

    Afterwards passes follow: moves and deaths end them, newcomers are assessed. Exit code 1 when a
    row was refused; then it says which and why, and the others are in.

    Example: pas residents import velsen residents.csv
    """
    settings = read_settings()
    with opened(settings, say) as access, bar(f"Reading {file.name}") as told:
        outcome = asyncio.run(
            imported(access, settings, MunicipalityName(municipality), file=file, told=told)
        )
    if as_json:
        out.print_json(msgspec.json.encode(outcome).decode())
    show_changes(outcome.changes)
    show_import(outcome.summary, outcome.refused_rows)


async def imported(
    access: Access, settings: Settings, municipality: MunicipalityName, *, file: Path, told: Told
) -> Outcome:
    database, now = Database(access.address), datetime.now(UTC)
    try:
        with file.open("rb") as source:
            summary = await import_residents(
                database,
                municipality,
                ResidentsFile(source=source, name=file.name),
                ring=KeyStore(settings.keys).ring(municipality),
                actor=SYSTEM,
                now=now,
                told=told,
            )
        changes = await follow_register(
            database, municipality, actor=SYSTEM, now=datetime.now(UTC), recorded_since=now
        )
        async with database.connection(municipality) as connection:
            rows = await read_import_rows(
                connection, summary.id, outcome="refused", limit=MOST_SHOWN
            )
    finally:
        await database.close()
    return Outcome(summary, rows, changes)


@app.command()
def changes(
    municipality: Place,
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The report, for a program.")] = False,
) -> None:
    """Let passes follow the register as it is today; run it daily. Again changes nothing.

    Moves and deaths end passes from a day on, births and arrivals are assessed, the adults of a
    household manage its children until they are eighteen.

    Example: pas residents changes velsen
    """

    async def work(access: Access) -> RegisterReport:
        database = Database(access.address)
        try:
            return await follow_register(
                database,
                MunicipalityName(municipality),
                actor=SYSTEM,
                now=datetime.now(UTC),
            )
        finally:
            await database.close()

    with opened(read_settings(), say) as access, err.status("Following the register …"):
        report = asyncio.run(work(access))
    if as_json:
        out.print_json(msgspec.json.encode(report).decode())
    show_changes(report)


def show_changes(report: RegisterReport) -> None:
    for child in report.unmanaged_children:
        refused(f"Nobody manages the pass of {child}: find the guardian.")
    done(
        f"{report.passes_ended} passes ended, {report.passes_restored} restored; "
        f"{report.households_assessed} households with newcomers assessed, "
        f"{report.households_answered} applications answered, "
        f"{report.persons_granted} persons granted."
    )
