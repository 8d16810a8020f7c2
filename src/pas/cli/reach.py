"""``pas reach``: whom the pass reaches, target groups, printed figures, and freezing."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.cli.connected import with_connection
from pas.cli.printed import amount, checked
from pas.cli.rows import MOST_SHOWN, show_import
from pas.cli.screen import done, err, out, refused, say
from pas.db import Connection
from pas.imports.record import Import, ImportRow, read_import_rows
from pas.reach.compare_money import compare_money
from pas.reach.csv_report import csv_of
from pas.reach.freeze import freeze_closed_years, freeze_period, read_report
from pas.reach.history import main_reach
from pas.reach.import_target_groups import import_target_groups
from pas.reach.keep_published import keep_published
from pas.reach.model import PERIODS, PeriodName
from pas.reach.published_files import PUBLISHED_KINDS, PublishedKind
from pas.reach.report import narrowed
from pas.reach.words import UNIT_WORDS, number_in_words, reach_in_words

REFUSED: Final = 1
app = typer.Typer(no_args_is_help=True, help="Whom the pass reaches, and whom it does not.")

Place = Annotated[str, typer.Argument(help="Which municipality; see pas municipality list.")]
Year = Annotated[int, typer.Option(min=2000, max=2199, help="The pass year.")]
Period = Annotated[str, typer.Option(help=f"Part of the year: {', '.join(PERIODS)}.")]
File = Annotated[
    Path, typer.Argument(help="A CSV file; see docs/files.md.", exists=True, dir_okay=False)
]
AsJson = Annotated[bool, typer.Option("--json", help="The outcome, for a program.")]


class Outcome(msgspec.Struct, frozen=True, rename="camel"):
    """What came of a file."""

    summary: Import
    refused_rows: list[ImportRow]


@app.callback()
def reach() -> None:
    """Count whom the pass reaches."""


def a_period(name: str) -> PeriodName:
    for period in PERIODS:
        if period == name:
            return period
    raise typer.BadParameter(f"choose from {', '.join(PERIODS)}")


@app.command(name="import")
def import_file(municipality: Place, file: File, *, as_json: AsJson = False) -> None:
    """Bring in target groups from a CSV file. The same file again changes nothing.

    A target group that differs becomes its next version. Exit code 1 when a row was refused; then it
    says which and why.

    Example: pas reach import velsen target-groups.csv
    """

    async def work(connection: Connection) -> Outcome:
        with file.open("rb") as source:
            made = await import_target_groups(
                connection, source, file_name=file.name, actor=SYSTEM, now=datetime.now(UTC)
            )
        rows = await read_import_rows(connection, made.id, outcome="refused", limit=MOST_SHOWN)
        return Outcome(made, rows)

    with err.status(f"Reading {file.name} …"):
        outcome = with_connection(municipality, work)
    if as_json:
        out.print_json(msgspec.json.encode(outcome).decode())
    show_import(outcome.summary, outcome.refused_rows)


@app.command()
def report(
    municipality: Place,
    *,
    year: Year,
    period: Period = "year",
    as_json: AsJson = False,
    as_csv: Annotated[bool, typer.Option("--csv", help="The file for a spreadsheet.")] = False,
) -> None:
    """Report the reach of a year or a part of it: users, target groups, percentages.

    Small numbers are hidden. Figures that were frozen are shown as they were.

    Example: pas reach report velsen --year 2026
    """
    wanted = a_period(period)
    with err.status("Counting …"):
        kept = with_connection(
            municipality,
            lambda connection: read_report(
                connection, year=year, now=datetime.now(UTC), period=wanted
            ),
        )
    if as_csv:
        sys.stdout.write(csv_of(kept, wanted))
        return
    if as_json:
        shown = {"frozen": kept.frozen, "report": narrowed(kept.report, wanted)}
        out.print_json(msgspec.json.encode(shown).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("scheme", "users", "target group", "reach"):
        table.add_column(column)
    for one in kept.report.schemes:
        found = main_reach(one)
        if found is None:
            numbers = one.numbers(one.unit)
            granted = "" if numbers is None else number_in_words(numbers.periods[wanted].granted)
            table.add_row(one.scheme, f"{granted} {UNIT_WORDS[one.unit]}", "onbekend", "–")
            continue
        users = found.users[wanted]
        cells = (
            f"{number_in_words(users)} {UNIT_WORDS[found.unit]}",
            number_in_words(found.target_group),
        )
        table.add_row(
            one.scheme, *cells, reach_in_words(found.tenths[wanted], users, found.target_group)
        )
    out.print(table)
    position = kept.report.position
    where = f"epoch {position.epoch}, below transaction {position.xid}"
    say(
        f"Counted at {where}."
        if kept.frozen is None
        else f"Frozen figures, {where}, SHA-256 {kept.frozen.sha256}."
    )


@app.command()
def freeze(
    municipality: Place,
    *,
    year: Annotated[
        int, typer.Option(min=0, max=2199, help="The pass year; 0 is all that are due.")
    ] = 0,
    period: Period = "year",
) -> None:
    """Freeze the figures of a period that is over: they never change any more.

    Example: pas reach freeze velsen --year 2025
    """
    wanted, now = a_period(period), datetime.now(UTC)

    async def work(connection: Connection) -> list[str]:
        if not year:
            made = await freeze_closed_years(connection, actor=SYSTEM, now=now)
        else:
            made = [
                await freeze_period(connection, year=year, period=wanted, actor=SYSTEM, now=now)
            ]
        return [f"{one.year} {one.period}: SHA-256 {one.sha256}" for one in made]

    frozen = with_connection(municipality, work)
    for line in frozen:
        done(line)
    if not frozen:
        say("No year is due.")


@app.command(name="publish")
def publish(
    municipality: Place,
    file: File,
    *,
    kind: Annotated[str, typer.Option(help=f"What is in it: {', '.join(PUBLISHED_KINDS)}.")],
) -> None:
    """Keep a file of figures that others printed, word for word, for the pages that check it.

    Example: pas reach publish velsen printed.csv --kind printed_reach
    """
    wanted = a_kind(kind)
    content = file.read_bytes()
    kept = with_connection(
        municipality,
        lambda connection: keep_published(
            connection,
            content,
            kind=wanted,
            file_name=file.name,
            actor=SYSTEM,
            now=datetime.now(UTC),
        ),
    )
    done(f"{kept.file_name}: {'kept' if kept.is_new else 'was there already'}.")


@app.command()
def money(municipality: Place, *, as_json: AsJson = False) -> None:
    """Set the printed budgets beside the books: where was more granted than planned?

    Example: pas reach money velsen
    """
    compared = with_connection(municipality, compare_money)
    if as_json:
        out.print_json(msgspec.json.encode(compared).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("subject", "year", "budget", "granted", "spent", "above"):
        table.add_column(column)
    for one in compared.subjects:
        amounts = (one.budget_cents, one.granted_cents, one.spent_cents, one.granted_above_cents)
        table.add_row(one.subject, str(one.year), *map(amount, amounts))
    out.print(table)


@app.command()
def check(
    file: File,
    *,
    kind: Annotated[str, typer.Option(help=f"What is in it: {', '.join(PUBLISHED_KINDS)}.")],
    beside: Annotated[
        Path | None, typer.Option(help="A budget table, beside a file of appropriations.")
    ] = None,
    as_json: AsJson = False,
) -> None:
    """Compute printed figures once more, without a database: a verdict for each, and why.

    Exit code 1 when something does not add up.

    Example: pas reach check printed.csv --kind printed_reach
    """
    table = None if beside is None else beside.read_bytes()
    made = checked(a_kind(kind), file.read_bytes(), table=table)
    if as_json:
        out.print_json(msgspec.json.encode(made.found).decode())
    else:
        for line in made.lines:
            out.print(line, markup=False)
    for sentence in made.wrong:
        refused(sentence)
    if made.wrong:
        sys.exit(REFUSED)


def a_kind(name: str) -> PublishedKind:
    for kind in PUBLISHED_KINDS:
        if kind == name:
            return kind
    raise typer.BadParameter(f"choose from {', '.join(PUBLISHED_KINDS)}")
