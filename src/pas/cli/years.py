"""``pas years``: how a year ends. Closing one is for two people, on a page or by the API."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.cli.connected import with_connection
from pas.cli.rows import bar
from pas.cli.screen import done, out
from pas.money import euros
from pas.tables import Table as FileTable
from pas.tables import csv_lines, spreadsheet
from pas.years.rehearsal_file import rehearsal_table
from pas.years.rehearse import Rehearsal, rehearse
from pas.years.sample import Ask, Method, draw, sample_table
from pas.years.stored import read_closings, year_file_of
from pas.years.year_table import year_table

app = typer.Typer(no_args_is_help=True, help="The end of a year, and what the accountant needs.")

Place = Annotated[str, typer.Argument(help="Which municipality; see pas municipality list.")]
Year = Annotated[int, typer.Argument(help="Which pass year.", min=2000, max=2199)]
AsJson = Annotated[bool, typer.Option("--json", help="The answer, for a program.")]
File = Annotated[Path | None, typer.Option(help="Write it to a file as well: .csv or .xlsx.")]


@app.callback()
def years() -> None:
    """Rehearse the end of a year, hand it to the accountant, and draw a sample for the audit."""


@app.command(name="rehearse")
def rehearse_year(
    municipality: Place, year: Year, *, file: File = None, as_json: AsJson = False
) -> None:
    """Tell what lapses when a year ends, what goes on, and who loses how much. Books nothing.

    Small numbers of people are hidden. Example: pas years rehearse velsen 2026 --file einde.xlsx
    """
    with bar(f"Looking at the budgets of {year}") as told:
        told(0, 1)
        found = with_connection(
            municipality, lambda connection: rehearse(connection, year, now=datetime.now(UTC))
        )
        told(1, 1)
    if file is not None:
        write(rehearsal_table(found), file)
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
    else:
        show(found)
    done(f"{euros(found.lapses_cents)} would lapse after {found.last_day}.")


def show(found: Rehearsal) -> None:
    small = f"< {found.small_below}"
    table = Table(box=None, pad_edge=False)
    for column in ("scheme", "what", "passes", "euros", "visits"):
        table.add_column(column, justify="left" if column in {"scheme", "what"} else "right")
    for one in found.schemes:
        passes = small if one.passes is None else str(one.passes)
        visits = str(one.visits or "")
        table.add_row(one.scheme, one.fate, passes, euros(one.amount_cents), visits)
    out.print(table)
    for one in (one for one in found.schemes if one.bands is not None):
        parts = None if one.bands is None else one.bands.parts
        out.print(f"\n{one.scheme}", style="bold", markup=False)
        for part in parts or []:
            number = "hidden" if part.passes is None else str(part.passes)
            out.print(f"  {part.label}: {number}", markup=False)
        if parts is None:
            out.print("  too few to show", markup=False)


@app.command(name="list")
def list_years(municipality: Place, *, as_json: AsJson = False) -> None:
    """List the years that somebody proposed to close: by when, under which seal, and what became of it.

    Example: pas years list velsen
    """
    found = with_connection(municipality, read_closings)
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("year", "state", "closed", "seal", "hash"):
        table.add_column(column)
    for one in found:
        closed = "" if one.closed_at is None else f"{one.closed_at:%Y-%m-%d}"
        hashed = (one.file_hash or "")[:16]
        table.add_row(str(one.year), one.state, closed, str(one.checkpoint_size or ""), hashed)
    out.print(table)


@app.command()
def account(
    municipality: Place,
    year: Year,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to write: .csv or .xlsx. Without it CSV goes to the screen."),
    ] = None,
) -> None:
    """Write the year for the accountant, by scheme, merchant and category, under a seal.

    Of a closed year it is the same bytes every time. Example: pas years account velsen 2026 year.csv
    """
    if file is None:
        found = with_connection(municipality, lambda connection: year_file_of(connection, year))
        for line in csv_lines(year_table(found)):
            sys.stdout.buffer.write(line.encode())
        return
    with bar(f"Adding up {year}") as told:
        told(0, 1)
        found = with_connection(municipality, lambda connection: year_file_of(connection, year))
        told(1, 1)
    write(year_table(found), file)
    done(f"{len(found.lines)} lines in {file}, under the seal over {found.checkpoint.size} rows.")


@app.command()
def sample(
    municipality: Place,
    year: Year,
    *,
    seed: Annotated[str, typer.Option(help="Any text; the same one draws the same entries.")],
    size: Annotated[int, typer.Option(help="How many entries.", min=1, max=2000)] = 60,
    method: Annotated[
        Method, typer.Option(help="At random, or by amount: each cent has the same chance.")
    ] = "random",
    kind: Annotated[str | None, typer.Option(help="From one kind of entry, as redeem.")] = None,
    seal: Annotated[
        int | None, typer.Option(help="Under an earlier seal, by how many rows it covers.")
    ] = None,
    file: File = None,
    as_json: AsJson = False,
) -> None:
    """Draw a sample of a year's sealed entries, so that an auditor can draw it again from the export.

    docs/audit-sample.md has the method. Example: pas years sample velsen 2026 --seed 2027-01-15
    """
    ask = Ask(seed, size, method, kind, seal)
    with bar(f"Drawing from {year}") as told:
        told(0, 1)
        found = with_connection(municipality, lambda connection: draw(connection, year, ask))
        told(1, 1)
    made = sample_table(found)
    if file is not None:
        write(made, file)
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
    elif file is None:
        sys.stdout.buffer.write("".join(csv_lines(made)).encode())
    done(
        f"{len(found.entries)} of {found.population.entries} entries, "
        f"under the seal over {found.seal_size} rows."
    )


def write(made: FileTable, file: Path) -> None:
    if file.suffix == ".xlsx":
        file.write_bytes(spreadsheet(made))
        return
    with file.open("wb") as written:
        for line in csv_lines(made):
            written.write(line.encode())
