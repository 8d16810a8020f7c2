"""``pas merchants``: organisations where passes are spent."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from pas.auth.actor import SYSTEM
from pas.cli.screen import done, err, out, refused, say
from pas.db import Database
from pas.ids import MunicipalityName
from pas.imports.record import Import, ImportRow, read_import_rows
from pas.installation import Access, opened
from pas.merchants.import_merchants import Told, import_merchants
from pas.settings import read_settings

REFUSED: Final = 1
SHOWN: Final = 50
"""Refused rows printed; all of them are in --json."""
MOST_SHOWN: Final = 1_000

app = typer.Typer(no_args_is_help=True, help="Organisations where passes are spent.")


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """What came of a file."""

    summary: Import
    refused_rows: list[ImportRow]


@app.callback()
def merchants() -> None:
    """Look after the merchants of a municipality."""


@app.command(name="import")
def import_file(
    municipality: Annotated[
        str, typer.Argument(help="Whose merchants; see pas municipality list.")
    ],
    file: Annotated[
        Path, typer.Argument(help="A CSV file; see docs/files.md.", exists=True, dir_okay=False)
    ],
    *,
    as_json: Annotated[bool, typer.Option("--json", help="The outcome, for a program.")] = False,
) -> None:
    """Bring in merchants from a CSV file. The same file again changes nothing.

    New merchants wait for approval, and their accounts for a second person. Exit code 1 when a
    row was refused; then it says which and why, and the others are in.

    Example: pas merchants import velsen merchants.csv
    """
    bar = Progress(
        TextColumn("Reading {task.fields[name]}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        console=err,
        transient=True,
    )
    with opened(read_settings(), say) as access, bar:
        task = bar.add_task("", name=file.name, total=None)

        def told(rows: int, total: int) -> None:
            bar.update(task, completed=rows, total=total)

        outcome = asyncio.run(imported(access, MunicipalityName(municipality), file, told=told))
    if as_json:
        out.print_json(msgspec.json.encode(outcome).decode())
    show(outcome)
    if outcome.summary.refused:
        sys.exit(REFUSED)


async def imported(
    access: Access, municipality: MunicipalityName, file: Path, *, told: Told
) -> Outcome:
    database = Database(access.address)
    try:
        async with database.connection(municipality) as connection:
            with file.open("rb") as source:
                summary = await import_merchants(
                    connection,
                    source,
                    file_name=file.name,
                    actor=SYSTEM,
                    now=datetime.now(UTC),
                    told=told,
                )
            rows = await read_import_rows(
                connection, summary.id, outcome="refused", limit=MOST_SHOWN
            )
    finally:
        await database.close()
    return Outcome(summary, rows)


def show(outcome: Outcome) -> None:
    summary = outcome.summary
    for row in outcome.refused_rows[:SHOWN]:
        refused(f"line {row.line}: {row.reason or ''}")
    if summary.refused > SHOWN:
        refused(f"… and {summary.refused - SHOWN} more; see --json.")
    done(
        f"{summary.file_name}: {summary.added} added, {summary.changed} changed, "
        f"{summary.same} the same, {summary.refused} refused."
    )
