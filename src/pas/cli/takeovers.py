"""``pas takeovers``: cards and balances of an earlier supplier. Approving is for a person, on a page or by the API."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.connected import with_connection, with_database
from pas.cli.rows import REFUSED, SHOWN, bar
from pas.cli.screen import done, out, refused
from pas.db import Connection, Database
from pas.grants.ground import current_year
from pas.ids import MunicipalityName
from pas.money import Cents, euros
from pas.settings import read_settings
from pas.takeovers.book import book_takeover
from pas.takeovers.judge import Judged
from pas.takeovers.model import SchemeTotal, Takeover
from pas.takeovers.propose import Handed, Outlook, look_ahead, propose_takeover
from pas.takeovers.show import list_takeovers

app = typer.Typer(no_args_is_help=True, help="Cards and balances of an earlier supplier.")

Place = Annotated[str, typer.Argument(help="Which municipality; see pas municipality list.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer, for a program.")]


class ShownOutlook(msgspec.Struct, frozen=True, rename="camel", omit_defaults=True):
    """What a list comes to, by scheme, and which rows were refused."""

    totals: list[SchemeTotal]
    refused_rows: list["RefusedRow"]
    takeover: Takeover | None = None


class RefusedRow(msgspec.Struct, frozen=True, rename="camel"):
    line: int
    reason: str


@app.callback()
def takeovers() -> None:
    """Let the cards of an earlier supplier go on working."""


@app.command()
def propose(
    municipality: Place,
    file: Annotated[
        Path, typer.Argument(help="A CSV file; see docs/files.md.", exists=True, dir_okay=False)
    ],
    *,
    supplier: Annotated[str, typer.Option(help="Whose list it is: small letters, digits and _.")],
    total_cents: Annotated[
        list[str],
        typer.Option(help="What a scheme comes to by the supplier's own word, as sport=1234500."),
    ],
    year: Annotated[int, typer.Option(min=0, max=2199, help="The pass year; 0 is this one.")] = 0,
    dry_run: Annotated[bool, typer.Option("--dry-run", help="Say what would happen.")] = False,
    as_json: AsJson = False,
) -> None:
    """Hand over the list of an earlier supplier. A second person approves it; then it is booked.

    The rows of each scheme must add up to its --total-cents, or the whole file is refused. A row whose
    holder is unclear is refused with its reason, and the exit code is 1. The same list again changes
    nothing: what was booked stays as it is.

    Example: pas takeovers propose velsen cards.csv --supplier oude_pas --total-cents sport=1234500 --dry-run
    """
    name, told = MunicipalityName(municipality), totals_told(total_cents)
    ring, now = KeyStore(read_settings().keys).ring(name), datetime.now(UTC)

    async def work(connection: Connection) -> Outlook:
        pass_year = year or await current_year(connection, now)
        with file.open("rb") as source:
            handed = Handed(
                source=source, name=file.name, supplier=supplier, year=pass_year, told=told
            )
            if dry_run:
                return await look_ahead(connection, handed, ring=ring, now=now)
            return await propose_takeover(connection, handed, ring=ring, actor=SYSTEM, now=now)

    with bar(f"Reading {file.name}") as shown:
        shown(0, None)
        outlook = with_connection(name, work)
    show(outlook, as_json=as_json)


def totals_told(words: list[str]) -> dict[str, Cents]:
    """Read ``scheme=cents``, each scheme once."""
    told: dict[str, Cents] = {}
    for word in words:
        code, _, cents = word.partition("=")
        if not cents.isascii() or not cents.isdigit() or not code or code in told:
            raise typer.BadParameter(f"{word}: write a scheme and whole cents, as sport=1234500.")
        told[code] = Cents(int(cents))
    return told


def show(outlook: Outlook, *, as_json: bool) -> None:
    """Say what a list comes to; exit code 1 when a row was refused."""
    faults = [one for one in outlook.rows if one.outcome == "refused"]
    if as_json:
        rows = [RefusedRow(one.line, one.reason or "") for one in faults]
        told = ShownOutlook(outlook.totals, rows, outlook.takeover)
        out.print_json(msgspec.json.encode(told).decode())
    for one in faults[:SHOWN]:
        refused(f"line {one.line}: {one.reason or ''}")
    if len(faults) > SHOWN:
        refused(f"… and {len(faults) - SHOWN} more; see --json.")
    if not as_json:
        out.print(totals_table(outlook.totals))
    done(summary(outlook.rows, outlook.takeover))
    if faults:
        sys.exit(REFUSED)


def summary(rows: list[Judged], made: Takeover | None) -> str:
    counts = {kind: sum(one.outcome == kind for one in rows) for kind in ("waiting", "same")}
    refused_rows = sum(one.outcome == "refused" for one in rows)
    what = f"{counts['waiting']} rows to book, {counts['same']} the same, {refused_rows} refused."
    return what if made is None else f"{what} It waits for a second person."


def totals_table(totals: list[SchemeTotal]) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in ("scheme", "by the list", "to book", "booked", "the same", "refused"):
        table.add_column(column, justify="left" if column == "scheme" else "right", no_wrap=True)
    for one in totals:
        amounts = (one.told_cents, one.waiting_cents, one.booked_cents, one.same_cents)
        table.add_row(one.scheme, *map(euros, (*amounts, one.refused_cents)))
    return table


@app.command(name="list")
def list_all(municipality: Place, *, as_json: AsJson = False) -> None:
    """List the take-overs, newest first.

    Example: pas takeovers list velsen
    """

    async def work(database: Database) -> list[Takeover]:
        async with database.connection(MunicipalityName(municipality)) as connection:
            return await list_takeovers(connection)

    found = with_database(work)
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("supplier", "year", "state", "proposed", "to book", "booked", "refused"):
        table.add_column(column, no_wrap=True)
    for one in found:
        counts = map(str, (one.waiting, one.booked, one.refused))
        day = f"{one.proposed_at:%Y-%m-%d}"
        table.add_row(one.supplier, str(one.year), one.state, day, *counts)
    out.print(table)


@app.command()
def book(municipality: Place) -> None:
    """Book the list that somebody approved, or go on where it was broken off.

    Approving it puts this in line already; the command is for when no pas work runs.

    Example: pas takeovers book velsen
    """
    with bar("Booking balances") as told:

        async def work(database: Database) -> Takeover:
            return await book_takeover(
                database, MunicipalityName(municipality), now=datetime.now(UTC), told=told
            )

        booked = with_database(work)
    done(f"{booked.booked} rows booked, {booked.refused} refused.")
