"""``pas settlements debit-notes``: who stays below zero and is asked to pay back. Approving is for a person."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer
from rich.table import Table

from pas.auth.actor import SYSTEM
from pas.auth.house import read_house
from pas.cli.connected import with_connection, with_database
from pas.cli.screen import done, out
from pas.cli.settlements import AsJson, Place
from pas.db import Connection, Database
from pas.ids import MerchantId, MunicipalityName
from pas.money import euros
from pas.press.press import a_press
from pas.settlements.debit_notes.model import BelowZero, DebitNote
from pas.settlements.debit_notes.paper import debit_note_pdf
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.debit_notes.stored import (
    DebitNoteNotFound,
    list_below_zero,
    list_notes,
)
from pas.settlements.debit_notes.table import table_of
from pas.tables import file_of

app = typer.Typer(no_args_is_help=True, help="Merchants that stay below zero, asked to pay back.")

Number = Annotated[
    int,
    typer.Argument(min=1, help="The number of the note; see pas settlements debit-notes list."),
]
MOST_NOTES: Final = 10_000


@app.callback()
def debit_notes() -> None:
    """Ask back what merchants got too much and did not earn since."""


@app.command()
def below(municipality: Place, *, as_json: AsJson = False) -> None:
    """List the merchants below zero, and since when without interruption; the longest first.

    Example: pas settlements debit-notes below velsen
    """
    now = datetime.now(UTC)
    found: list[BelowZero] = with_connection(
        municipality, lambda connection: list_below_zero(connection, now=now)
    )
    if as_json:
        out.print_json(msgspec.json.encode(found).decode())
        return
    table = _table("merchant", "id", "euros", "since", "note")
    for one in found:
        note = "" if one.note_number is None else str(one.note_number)
        table.add_row(
            *(one.merchant, str(one.merchant_id), euros(one.balance_cents)),
            *(f"{one.negative_since}", note),
        )
    out.print(table)


@app.command(name="list")
def list_all(
    municipality: Place,
    *,
    file: Annotated[Path | None, typer.Option(help="Where to write them: .csv or .xlsx.")] = None,
    as_json: AsJson = False,
) -> None:
    """List the debit notes, newest first.

    Example: pas settlements debit-notes list velsen --file notes.xlsx
    """
    notes: list[DebitNote] = with_connection(
        municipality, lambda connection: list_notes(connection, limit=MOST_NOTES)
    )
    if file is not None:
        file.write_bytes(file_of(table_of(municipality, notes), file.suffix))
        done(f"{len(notes)} notes are in {file}.")
        return
    if as_json:
        out.print_json(msgspec.json.encode(notes).decode())
        return
    table = _table("note", "reference", "merchant", "state", "euros", "received", "outstanding")
    for one in notes:
        table.add_row(
            *(str(one.number), one.reference, one.merchant, one.state),
            *map(euros, (one.amount_cents, one.received_cents, one.outstanding_cents)),
        )
    out.print(table)


@app.command()
def propose(
    municipality: Place,
    merchant: Annotated[
        UUID, typer.Argument(help="The id of the merchant; see pas settlements debit-notes below.")
    ],
) -> None:
    """Propose to ask back all that a merchant is below zero. A person approves it.

    Example: pas settlements debit-notes propose velsen 0197…
    """
    now = datetime.now(UTC)
    note = with_connection(
        municipality,
        lambda connection: propose_debit_note(
            connection, MerchantId(merchant), actor=SYSTEM, now=now
        ),
    )
    done(
        f"Debit note {note.number} asks {note.merchant} for {euros(note.amount_cents)}, below zero "
        f"since {note.negative_since}. It waits for a second person."
    )


@app.command()
def pdf(
    municipality: Place,
    number: Number,
    file: Annotated[Path, typer.Argument(help="Where to write the paper (.pdf).")],
) -> None:
    """Write the paper of an approved note; always the same bytes.

    Example: pas settlements debit-notes pdf velsen 3 note-3.pdf
    """
    name = MunicipalityName(municipality)

    async def work(database: Database) -> bytes:
        async with a_press() as press, database.connection(name) as connection:
            note = await numbered(connection, number)
            house = await read_house(database, connection, name)
            return await debit_note_pdf(connection, note.id, house=house, press=press)

    file.write_bytes(with_database(work))
    done(f"Debit note {number} is in {file}.")


async def numbered(connection: Connection, number: int) -> DebitNote:
    found = await list_notes(connection, before=number + 1, limit=1)
    if not found or found[0].number != number:
        raise DebitNoteNotFound
    return found[0]


def _table(*columns: str) -> Table:
    table = Table(box=None, pad_edge=False)
    for column in columns:
        is_number = column in {"euros", "received", "outstanding"}
        table.add_column(column, justify="right" if is_number else "left", no_wrap=True)
    return table
