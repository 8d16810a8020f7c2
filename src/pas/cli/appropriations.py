"""``pas appropriations``: the money of a policy paper, with its sources of cover."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.cli.connected import with_connection
from pas.cli.printed import amount
from pas.cli.screen import done, out, refused
from pas.money import euros
from pas.reach.appropriation_lines import AppropriationLine
from pas.reach.budget_table import BudgetColumn
from pas.reach.import_budget import (
    ImportedBudget,
    SetAside,
    import_budget,
    kind_of,
    set_aside_lines,
)

app = typer.Typer(
    no_args_is_help=True, help="The money of a policy paper, with where it comes from."
)


@app.callback()
def appropriations() -> None:
    """Read budgets in, with their sources of cover; pas grants appropriations lists what is set aside."""


@app.command(name="import")
def import_file(
    municipality: Annotated[
        str, typer.Argument(help="Which municipality; see pas municipality list.")
    ],
    file: Annotated[
        Path,
        typer.Argument(
            exists=True,
            dir_okay=False,
            help="A budget table (line, and years), or lines by subject and source of cover.",
        ),
    ],
    *,
    set_aside: Annotated[
        bool,
        typer.Option("--set-aside", help="Also book what is known and of one scheme, once."),
    ] = False,
    as_json: Annotated[bool, typer.Option("--json", help="The answer, for a program.")] = False,
) -> None:
    """Read a file of budgets in: does every column close, what is open, and what differs?

    What does not add up is said and kept as it is printed. An open cell is unknown, never zero.

    Example: pas appropriations import velsen velsen_budget_2020_2024.csv
    """
    content, now = file.read_bytes(), datetime.now(UTC)
    found = with_connection(
        municipality,
        lambda connection: import_budget(
            connection, content, file_name=file.name, actor=SYSTEM, now=now
        ),
    )
    booked = None
    if set_aside and kind_of(content) == "appropriations":
        booked = with_connection(
            municipality,
            lambda connection: set_aside_lines(connection, content, actor=SYSTEM, now=now),
        )
    if as_json:
        told = {"found": found, "setAside": booked}
        out.print_json(msgspec.json.encode(told).decode())
        return
    _show(found, is_table=kind_of(content) == "budget_table")
    if booked is not None:
        _show_booked(booked)
    kept = found.kept
    done(f"{kept.file_name}: {'kept' if kept.is_new else 'was there already'}.")


def _show(found: ImportedBudget, *, is_table: bool) -> None:
    if is_table:
        out.print(_table(found.table))
    else:
        for line in found.lines:
            out.print(f"{_named(line)}: {amount(line.amount_cents)}", markup=False)
    for column in found.table:
        for one in column.sums:
            if not one.closes:
                refused(
                    f"{column.year} does not close: {one.name} says {amount(one.printed_cents)}, "
                    f"its lines are {euros(one.summed_cents)}."
                )
    for one in found.differences:
        refused(
            f"{one.year}: the lines of the package are {euros(one.summed_cents)}, {one.table_line} "
            f"says {euros(one.table_cents)}: a difference of {euros(one.difference_cents)}."
        )


def _table(columns: list[BudgetColumn]) -> Table:
    table = Table(box=None, pad_edge=False)
    for name in ("year", "printed", "added up", "closes", "unknown"):
        table.add_column(name, justify="right" if name in {"printed", "added up"} else "left")
    for column in columns:
        total = column.sums[-1]
        table.add_row(
            *(str(column.year), amount(total.printed_cents), euros(total.summed_cents)),
            "yes" if column.closes else "NO",
            ", ".join(column.open_lines),
        )
    return table


def _show_booked(found: SetAside) -> None:
    for line in found.unknown:
        out.print(f"{_named(line)}: unknown, nothing set aside", markup=False)
    for line in found.without_scheme:
        out.print(f"{_named(line)}: of no single scheme, nothing set aside", markup=False)
    for line in found.otherwise:
        refused(f"{_named(line)}: another amount was set aside before; nothing changed.")
    done(f"{len(found.booked)} lines are set aside.")


def _named(line: AppropriationLine) -> str:
    return f"{line.subject} {line.year} {line.kind}, {line.cover_line or 'cover unknown'}"
