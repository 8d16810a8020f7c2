"""``pas journal``: what the financial administration takes in. Closing a month is for a person, on a page or by the API."""

import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.bookkeeping.journal import Journal, read_journal, row_of
from pas.bookkeeping.journal_file import journal_csv, journal_spreadsheet
from pas.bookkeeping.model import ACCOUNT_KINDS, AccountMapping, JournalProfile
from pas.bookkeeping.periods import name_of, period_in, read_period, read_periods
from pas.bookkeeping.profiles import find_profile, keep_profile
from pas.bookkeeping.rules import JournalProfileWrong
from pas.cli.connected import with_connection
from pas.cli.rows import bar
from pas.cli.screen import done, out
from pas.db import Connection
from pas.money import Cents, euros

app = typer.Typer(no_args_is_help=True, help="The journal for the financial administration.")

Place = Annotated[str, typer.Argument(help="Which municipality; see pas municipality list.")]
Month = Annotated[str, typer.Argument(help="Which month, as 2026-11.")]
AsJson = Annotated[bool, typer.Option("--json", help="The answer, for a program.")]


@app.callback()
def journal() -> None:
    """Look at the months of the books, and take their journal out."""


@app.command()
def periods(municipality: Place, *, as_json: AsJson = False) -> None:
    """List the months: open or closed, with what they were closed as.

    Example: pas journal periods velsen
    """
    now = datetime.now(UTC)
    found = with_connection(municipality, lambda connection: read_periods(connection, now=now))
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("month", "state", "lines", "transfers", "euros", "hash"):
        table.add_column(column, justify="right" if column in {"lines", "transfers"} else "left")
    for one in found:
        closing = one.closing if one.state in {"closed", "reopening"} else None
        shown = (
            ("", "", "", "")
            if closing is None
            else (
                str(closing.lines),
                str(closing.transfers),
                euros(closing.total_cents or Cents(0)),
                (closing.content_hash or "")[:16],
            )
        )
        table.add_row(name_of(one.period), one.state, *shown)
    out.print(table)


@app.command()
def show(municipality: Place, month: Month, *, as_json: AsJson = False) -> None:
    """Show the journal of a month, on the accounts of the financial administration.

    Example: pas journal show velsen 2026-11
    """
    found = read_one(municipality, month)
    if as_json:
        rows = [row_of(line) for line in found.lines]
        out.print_json(msgspec.json.encode(rows).decode())
        return
    title = f"{month}: {'closed' if found.is_frozen else 'open, so far'}"
    table = Table(title=title, box=None, pad_edge=False)
    for column in ("account", "kind", "of", "scheme", "year", "debit", "credit"):
        table.add_column(column, justify="right" if column in {"debit", "credit"} else "left")
    for line in found.lines:
        table.add_row(
            *(line.mapping.ledger_account, line.group.kind, line.account),
            *(line.group.scheme or "", str(line.group.budget_year or "")),
            euros(line.debit_cents) if line.side == "debit" else "",
            euros(line.credit_cents) if line.side == "credit" else "",
        )
    out.print(table)


@app.command()
def export(
    municipality: Place,
    month: Month,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to write: .csv or .xlsx. Without it CSV goes to the screen."),
    ] = None,
) -> None:
    """Write the journal of a month by the municipality's profile: CSV, or a spreadsheet.

    Example: pas journal export velsen 2026-11 journal.csv
    """
    if file is None:
        sys.stdout.buffer.write(journal_csv(read_one(municipality, month)))
        return
    with bar(f"Adding up {month}") as told:
        told(0, 1)
        found = read_one(municipality, month)
        told(1, 1)
    made = journal_spreadsheet(found) if file.suffix == ".xlsx" else journal_csv(found)
    file.write_bytes(made)
    debit = Cents(sum(line.debit_cents for line in found.lines))
    done(f"{len(found.lines)} lines in {file}; {euros(debit)} debited and credited.")


@app.command()
def profile(
    municipality: Place,
    file: Annotated[
        Path | None, typer.Argument(help="A profile to keep (JSON). Without it: show it.")
    ] = None,
) -> None:
    """Show the profile that makes the journal a file, or keep a new version of it.

    Where there is none yet, it shows one to fill in: an account for each kind, numbered 0.

    Example: pas journal profile velsen > profile.json
    """
    if file is None:
        found = with_connection(municipality, _profile_or_example)
        sys.stdout.buffer.write(msgspec.json.format(msgspec.json.encode(found)) + b"\n")
        return
    try:
        wanted = msgspec.json.decode(file.read_bytes(), type=JournalProfile)
    except msgspec.DecodeError as error:
        raise JournalProfileWrong(str(error)) from error
    kept = with_connection(
        municipality, lambda connection: keep_profile(connection, wanted, actor=SYSTEM)
    )
    done(f"Version {kept.number} of the profile counts from now on.")


def read_one(municipality: str, month: str) -> Journal:
    async def work(connection: Connection) -> Journal:
        period = await read_period(connection, period_in(month), now=datetime.now(UTC))
        return await read_journal(connection, period)

    return with_connection(municipality, work)


async def _profile_or_example(connection: Connection) -> JournalProfile:
    found = await find_profile(connection)
    return EXAMPLE if found is None else found.content


EXAMPLE = JournalProfile(
    accounts=tuple(AccountMapping(account=kind, ledger_account="0") for kind in ACCOUNT_KINDS)
)
