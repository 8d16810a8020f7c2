"""``pas settlements specification`` and ``statement``: what a merchant was paid for, to keep."""

import sys
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Annotated
from uuid import UUID

import typer

from pas.auth.actor import SYSTEM
from pas.auth.house import read_house
from pas.cli.connected import with_connection, with_database
from pas.cli.rows import Told, bar
from pas.cli.screen import done
from pas.cli.settlements import Number, Place, app, numbered
from pas.db import Connection, Database
from pas.ids import MerchantId, MunicipalityName
from pas.press.press import a_press
from pas.settlements.specification import read_specification
from pas.settlements.specification_files import (
    parts_on_paper,
    specification_pdf,
    specification_table,
)
from pas.settlements.statement import read_statement
from pas.settlements.statement_files import statement_pdf, statement_table
from pas.tables import Table, csv_text, file_of

Merchant = Annotated[UUID, typer.Argument(help="The id of the merchant.")]
File = Annotated[
    Path | None,
    typer.Argument(help="Where to: .csv, .xlsx or .pdf. Without it CSV goes to the screen."),
]


@app.command()
def specification(
    municipality: Place, number: Number, merchant: Merchant, *, file: File = None
) -> None:
    """Write what a payment to a merchant is made of: CSV, a spreadsheet or PDF. It names no holder.

    A long one makes several PDFs: specification.pdf, specification-2.pdf, and so on.

    Example: pas settlements specification velsen 12 0197… specification.pdf
    """
    wanted = MerchantId(merchant)

    async def made(connection: Connection) -> Table:
        run = await numbered(connection, number)
        return await specification_table(connection, wanted, run.id, actor=SYSTEM)

    if file is None:
        sys.stdout.buffer.write(csv_text(with_connection(municipality, made)).encode())
        return
    if file.suffix == ".pdf":
        name = MunicipalityName(municipality)
        with bar("Setting the pages") as told:
            with_database(partial(write_papers, name, wanted, number=number, file=file, told=told))
    else:
        file.write_bytes(file_of(with_connection(municipality, made), file.suffix))
    done(f"Run {number} for this merchant is in {file}.")


@app.command()
def statement(
    municipality: Place,
    year: Annotated[int, typer.Argument(help="Which calendar year.")],
    merchant: Merchant,
    *,
    file: File = None,
) -> None:
    """Write what a merchant was owed in a year, month by month: CSV, a spreadsheet or PDF.

    Example: pas settlements statement velsen 2026 0197… statement.pdf
    """
    name, wanted = MunicipalityName(municipality), MerchantId(merchant)
    with bar("Adding up the year") as told:
        told(0, 1)
        content = with_database(partial(year_paper, name, wanted, year=year, file=file))
        told(1, 1)
    if file is None:
        sys.stdout.buffer.write(content)
        return
    file.write_bytes(content)
    done(f"{year} of this merchant is in {file}.")


async def year_paper(
    name: MunicipalityName,
    merchant: MerchantId,
    database: Database,
    *,
    year: int,
    file: Path | None,
) -> bytes:
    """Make the statement as the end of the name says; without a name as text."""
    async with database.connection(name) as connection:
        now = datetime.now(UTC)
        found = await read_statement(connection, merchant, year, actor=SYSTEM, now=now)
        house = await read_house(database, connection, name)
    match file.suffix if file else "":
        case ".pdf":
            async with a_press() as press:
                return await statement_pdf(found, house=house, press=press)
        case "":
            return csv_text(statement_table(found)).encode()
        case suffix:
            return file_of(statement_table(found), suffix)


async def write_papers(
    name: MunicipalityName,
    merchant: MerchantId,
    database: Database,
    *,
    number: int,
    file: Path,
    told: Told,
) -> None:
    """Write every part of the specification, one beside the other."""
    async with a_press() as press, database.connection(name) as connection:
        house = await read_house(database, connection, name)
        run = await numbered(connection, number)
        found = await read_specification(connection, merchant, run.id, actor=SYSTEM, most=0)
        parts = parts_on_paper(found)
        for part in range(1, parts + 1):
            told(part - 1, parts)
            content = await specification_pdf(
                connection,
                merchant,
                run.id,
                municipality=name,
                part=part,
                house=house,
                press=press,
                actor=SYSTEM,
            )
            place = file if part == 1 else file.with_stem(f"{file.stem}-{part}")
            place.write_bytes(content)
        told(parts, parts)
