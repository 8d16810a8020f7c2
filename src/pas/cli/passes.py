"""``pas passes``: the cards of a year, with a file for the print house and one for the letters."""

import asyncio
import os
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated

import typer

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.rows import bar
from pas.cli.screen import done, say
from pas.db import Database
from pas.ids import MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.passes.cards import LastingForm
from pas.passes.make_cards import Press
from pas.passes.print_cards import CardRunReport, Told, begin_card_run, do_card_run
from pas.passes.print_files import COLUMNS, print_file
from pas.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Cards for who has a pass.")


@app.callback()
def passes() -> None:
    """Make cards, for printing."""


@app.command()
def cards(
    municipality: Annotated[str, typer.Argument(help="Which municipality.")],
    *,
    year: Annotated[int, typer.Option(min=2000, max=2199, help="The pass year.")],
    plastic: Annotated[bool, typer.Option(help="On plastic instead of paper.")] = False,
    folder: Annotated[Path, typer.Option(help="Where to write the two files.")] = Path(),
) -> None:
    """Make a card for everybody who has a pass and no card. Again makes nothing twice.

    Writes cards.csv for the print house and letters.csv with the codes: give them to different
    people. The program can make them again until the municipality's setting printDays is over.

    Example: pas passes cards velsen --year 2026 --folder /safe/place
    """
    if there := [kind for kind in COLUMNS if (folder / f"{kind}.csv").exists()]:
        raise typer.BadParameter(f"{folder} has {there[0]}.csv already: choose another --folder.")
    settings, name = read_settings(), fit_name(municipality)
    press = Press(KeyStore(settings.keys).ring(name))
    form: LastingForm = "plastic" if plastic else "paper"
    with opened(settings, say) as access, bar("Making cards") as told:
        report = asyncio.run(
            _make(access, name, (year, form), folder=folder, press=press, told=told)
        )
    done(f"{report.cards} cards made; the files are in {folder.absolute()}.")


async def _make(
    access: Access,
    name: MunicipalityName,
    what: tuple[int, LastingForm],
    *,
    folder: Path,
    press: Press,
    told: Told,
) -> CardRunReport:
    database, now, (year, form) = Database(access.address), datetime.now(UTC), what
    try:
        async with database.connection(name) as connection:
            run_id = await begin_card_run(connection, year=year, form=form, actor=SYSTEM, now=now)
        report = await do_card_run(
            database, name, run_id, press=press, actor=SYSTEM, now=now, told=told
        )
        async with database.connection(name) as connection:
            for kind in COLUMNS:
                content = await print_file(
                    connection, run_id, kind, ring=press.ring, actor=SYSTEM, now=now
                )
                _write(folder / f"{kind}.csv", content)
    finally:
        await database.close()
    return report


def _write(path: Path, content: str) -> None:
    """For its owner alone, from the first byte."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content.encode())
