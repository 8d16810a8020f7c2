"""``pas settlements``: what merchants are owed, in runs. Approving is for a person, on a page or by the API."""

import hashlib
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.connected import with_connection
from pas.cli.rows import bar
from pas.cli.screen import done, out
from pas.cli.shown_runs import ShownRun, shown_tables
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.money import Cents, euros
from pas.settings import read_settings
from pas.settlements.bank.import_file import import_bank_file as take_in_file
from pas.settlements.bank.xml import MOST_BYTES
from pas.settlements.manifest import checkpoint_of, fetch_manifest
from pas.settlements.propose import look_ahead, propose_settlement
from pas.settlements.review import read_review
from pas.settlements.review_file import read_review_table
from pas.settlements.show import ListedSettlement, list_runs, read_unpaid
from pas.settlements.stored import EVERY_LINE, SettlementNotFound, read_lines
from pas.tables import Table as FileTable
from pas.tables import file_of

app = typer.Typer(no_args_is_help=True, help="What merchants are owed, paid in runs.")

Place = Annotated[str, typer.Argument(help="Which municipality; see pas municipality list.")]
Number = Annotated[
    int, typer.Argument(min=1, help="The number of the run; see pas settlements list.")
]
AsJson = Annotated[bool, typer.Option("--json", help="The answer, for a program.")]
DryRun = Annotated[bool, typer.Option("--dry-run", help="Say what would happen, write nothing.")]
MOST_RUNS = 200


@app.callback()
def settlements() -> None:
    """Pay merchants what they are owed, and nothing else."""


@app.command()
def propose(municipality: Place, *, dry_run: DryRun = False) -> None:
    """Propose to pay what merchants are owed now. A person approves it; one proposal waits at a time.

    Everything that was booked before is in it; a sale of this very moment is for the next run.

    Example: pas settlements propose velsen --dry-run
    """
    now = datetime.now(UTC)

    async def look(connection: Connection) -> tuple[int, Cents, int]:
        outlook = await look_ahead(connection, now=now)
        total = sum(one.owed.amount_cents for one in outlook.payable)
        return len(outlook.payable), Cents(total), len(outlook.left)

    async def make(connection: Connection) -> ListedSettlement:
        await propose_settlement(connection, actor=SYSTEM, now=now)
        return (await list_runs(connection, limit=1))[0]

    if dry_run:
        lines, total, left = with_connection(municipality, look)
        done(f"{euros(total)} would go to {lines} merchants; {left} others wait.")
        return
    with bar("Adding up what is owed") as told:
        told(0, 1)
        made = with_connection(municipality, make)
        told(1, 1)
    done(
        f"Run {made.number} proposes {euros(made.amount_cents)} to {made.lines} merchants; "
        f"{made.unpaid} others wait. It waits for a second person."
    )


@app.command(name="list")
def list_all(municipality: Place, *, as_json: AsJson = False) -> None:
    """List the runs, newest first.

    Example: pas settlements list velsen
    """
    runs = with_connection(municipality, lambda connection: list_runs(connection, limit=MOST_RUNS))
    if as_json:
        out.print_json(msgspec.json.encode(runs).decode())
        return
    table = Table(box=None, pad_edge=False)
    for column in ("run", "state", "proposed", "payments", "euros", "open", "returned", "unpaid"):
        table.add_column(column, justify="left" if column == "state" else "right", no_wrap=True)
    for one in runs:
        table.add_row(
            str(one.number),
            one.state,
            f"{one.proposed_at:%Y-%m-%d}",
            str(one.lines),
            euros(one.amount_cents),
            *map(str, (one.open_lines, one.returned_lines, one.unpaid)),
        )
    out.print(table)


@app.command()
def show(municipality: Place, number: Number, *, as_json: AsJson = False) -> None:
    """Show what a run pays to whom and on what it was spent, what differs from before, and what it leaves.

    Example: pas settlements show velsen 12
    """

    async def work(connection: Connection) -> ShownRun:
        run = await numbered(connection, number)
        return ShownRun(
            run,
            await read_review(connection, run.id),
            await read_lines(connection, run.id),
            await read_unpaid(connection, run.id, limit=EVERY_LINE),
        )

    shown = with_connection(municipality, work)
    if as_json:
        out.print_json(msgspec.json.encode(shown).decode())
        return
    for table in shown_tables(shown):
        out.print(table)


@app.command()
def review(
    municipality: Place,
    number: Number,
    file: Annotated[Path, typer.Argument(help="Where to write: .csv or .xlsx.")],
) -> None:
    """Write all that a second person asks of a run: CSV, or a spreadsheet.

    Example: pas settlements review velsen 12 run-12.xlsx
    """

    async def work(connection: Connection) -> FileTable:
        run = await numbered(connection, number)
        return await read_review_table(connection, run.id)

    with bar(f"Adding up run {number}") as told:
        told(0, 1)
        table = with_connection(municipality, work)
        told(1, 1)
    file.write_bytes(file_of(table, file.suffix))
    done(f"Run {number} is in {file}.")


@app.command()
def manifest(
    municipality: Place,
    number: Number,
    file: Annotated[Path, typer.Argument(help="Where to write the manifest (JSON).")],
    *,
    checkpoint: Annotated[
        Path | None, typer.Option(help="Where to write the signed note over the books of now.")
    ] = None,
) -> None:
    """Write the manifest of a run: its files, each payment, and who approved its account.

    Keep it outside the building, with the note: together they pin what was paid to whom.

    Example: pas settlements manifest velsen 12 run-12.json --checkpoint run-12.txt
    """
    name = MunicipalityName(municipality)

    async def work(connection: Connection) -> tuple[bytes, str | None]:
        run = await numbered(connection, number)
        content = await fetch_manifest(connection, name, run.id, now=datetime.now(UTC))
        return content, await checkpoint_of(connection)

    content, note = with_connection(municipality, work)
    file.write_bytes(content)
    if checkpoint is not None and note is not None:
        checkpoint.write_text(note, encoding="utf-8")
    done(f"{file}: SHA-256 {hashlib.sha256(content).hexdigest()}")
    if checkpoint is not None:
        done(f"{checkpoint}: the last note." if note else "Nothing is sealed yet: no note.")


@app.command()
def import_bank_file(
    municipality: Place,
    file: Annotated[
        Path, typer.Argument(exists=True, dir_okay=False, help="A pain.002, camt.053 or camt.054.")
    ],
) -> None:
    """Book what the bank says it did; what is not recognised waits on a list for two people.

    The same file again, or the same statement in another file, changes nothing.

    Example: pas settlements import-bank-file velsen statement.xml
    """
    name, content = MunicipalityName(municipality), read_bounded(file)
    ring = KeyStore(read_settings().keys).ring(name)
    answer = with_connection(
        municipality,
        lambda connection: take_in_file(
            connection,
            name,
            content,
            name=file.name,
            ring=ring,
            actor=SYSTEM,
            now=datetime.now(UTC),
        ),
    )
    done(
        f"{answer.booked} booked, {answer.confirmed} confirmed, {answer.noted} noted, "
        f"{answer.known} known already, {answer.pending} not booked by the bank yet; "
        f"{answer.open} wait for people."
    )


def read_bounded(file: Path) -> bytes:
    """Read no more than what would be refused anyway."""
    with file.open("rb") as source:
        return source.read(MOST_BYTES + 1)


async def numbered(connection: Connection, number: int) -> ListedSettlement:
    found = await list_runs(connection, before=number + 1, limit=1)
    if not found or found[0].number != number:
        raise SettlementNotFound
    return found[0]
