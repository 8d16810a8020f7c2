"""``pas ledger equation``: the books at the end of a day, for council and auditor."""

import asyncio
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import msgspec
import typer

from pas.auth.house import read_house
from pas.bookkeeping.equation import Equation, make_cut, read_equation, read_position
from pas.bookkeeping.equation_tables import (
    Names,
    equation_document,
    merchants_sheet,
    read_names,
    schemes_sheet,
)
from pas.cli.ledger import REFUSED, merchants_table, schemes_table
from pas.cli.rows import bar
from pas.cli.screen import done, failed, out, say
from pas.cli.seals import Place
from pas.cli.witness import app
from pas.db import Database, role_name
from pas.ids import MunicipalityName
from pas.installation import Access, opened
from pas.press.document import House, set_document
from pas.press.press import a_press
from pas.settings import read_settings
from pas.tables import file_of


class Told(msgspec.Struct, frozen=True):
    """The equation, what its parts are called, and whose it is."""

    equation: Equation
    names: Names
    house: House


@app.command()
def equation(
    municipality: Place,
    file: Annotated[
        Path | None,
        typer.Argument(help="Where to: .pdf, .csv or .xlsx. Without it the tables are shown."),
    ] = None,
    *,
    day: Annotated[
        datetime | None,
        typer.Option(
            formats=["%Y-%m-%d"], help="At the end of which day; by default as it is now."
        ),
    ] = None,
    at: Annotated[
        str | None, typer.Option(help="Up to which position, as an earlier answer named it.")
    ] = None,
    as_json: Annotated[bool, typer.Option("--json", help="All of it, for a program.")] = False,
) -> None:
    """Add up the books at the end of a day: per scheme and year, and what every merchant is owed.

    A CSV or spreadsheet of the merchants stands beside that of the schemes: books.csv and
    books-merchants.csv. Exit code 0 when the books close, 1 when one cent is missing. That the
    balances say the same is for pas ledger prove.

    Example: pas ledger equation velsen --day 2026-12-31 books.pdf
    """
    name = MunicipalityName(municipality)
    with opened(read_settings(), say) as access, bar(f"Adding up the books of {name}") as told:
        told(0, 1)
        found = asyncio.run(_read(access, name, day=day, at=at))
        told(1, 1)
    if as_json:
        out.print_json(msgspec.json.encode(found.equation).decode())
    elif file is None:
        codes = {
            str(key): value
            for key, value in {**found.names.schemes, **found.names.merchants}.items()
        }
        out.print(schemes_table(found.equation.schemes, codes))
        out.print(merchants_table(found.equation.merchants, codes))
    else:
        _write(found, file)
    cut = found.equation.cut
    if not found.equation.closes:
        failed(f"The books of {name} at the end of {cut.day} do not close.")
        sys.exit(REFUSED)
    done(f"The books of {name} at the end of {cut.day} close, up to position {cut.place}.")


def _write(found: Told, file: Path) -> None:
    if file.suffix == ".pdf":
        file.write_bytes(asyncio.run(_paper(found)))
        return
    for sheet, place in (
        (schemes_sheet(found.equation, found.names), file),
        (merchants_sheet(found.equation, found.names), file.with_stem(f"{file.stem}-merchants")),
    ):
        place.write_bytes(file_of(sheet, file.suffix))


async def _paper(found: Told) -> bytes:
    document = equation_document(found.equation, found.names, found.house)
    async with a_press() as press:
        return await set_document(press, document, made_at=found.equation.cut.made_at)


async def _read(
    access: Access, name: MunicipalityName, *, day: datetime | None, at: str | None
) -> Told:
    """Read as the auditor, who can read and nothing else."""
    database = Database(access.address)
    connection = await access.address.login(role_name("auditor", name)).connect()
    try:
        cut = await make_cut(
            connection,
            day=None if day is None else day.date(),
            position=None if at is None else read_position(at),
            now=datetime.now(UTC),
        )
        return Told(
            await read_equation(connection, cut),
            await read_names(connection, on=cut.day),
            await read_house(database, connection, name),
        )
    finally:
        await connection.close()
        await database.close()
