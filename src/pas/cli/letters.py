"""``pas letters``: letters in bulk as PDF, and the texts and layouts that a municipality may change."""

import asyncio
import os
from collections.abc import AsyncGenerator
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import typer

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.rows import bar
from pas.cli.screen import done, refused, say
from pas.csvfile import write_rows
from pas.db import Database
from pas.ids import CardRunId, MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.letters.batch import File, LeftOut, make_files
from pas.letters.card_letters import CardLetterKind
from pas.letters.fetch import card_batch, record_fetched
from pas.letters.house import read_house
from pas.letters.press import a_press
from pas.passes.list_card_runs import list_card_runs
from pas.passes.print_cards import CardRunNotFound, Told
from pas.settings import Settings, read_settings

app = typer.Typer(no_args_is_help=True, help="Letters on paper.")

LEFT_OUT: Final = "vertrouwelijk-zonder-brief.csv"
WHY: Final = {
    "no-address": "geen adres",
    "unprintable": "naam of adres heeft tekens die wij niet drukken",
}
OF_CARDS: Final[dict[str, CardLetterKind]] = {
    "pass-letter": "pass_letter",
    "activation-letter": "activation_letter",
    "replacement": "replacement",
}


@app.callback()
def letters() -> None:
    """Make letters, and change how they are written."""


@app.command()
def make(
    municipality: Annotated[str, typer.Argument(help="Which municipality.")],
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(OF_CARDS)}.")],
    *,
    out: Annotated[Path, typer.Option(help="An empty folder for the files.")],
    run: Annotated[UUID | None, typer.Option(help="Which run of cards; the newest.")] = None,
    large: Annotated[bool, typer.Option(help="Large print (18 points) for everybody.")] = False,
) -> None:
    """Make letters as PDF, at most 500 in a file. Again makes the same files.

    Give letters with cards and letters with codes to different people. Everybody who is left out,
    because there is no address, stands in a file of its own.

    Example: pas letters make velsen pass-letter --out /safe/cards
    """
    if kind not in OF_CARDS:
        raise typer.BadParameter(f"choose one of {', '.join(OF_CARDS)}.", param_hint="KIND")
    if out.exists() and any(out.iterdir()):
        raise typer.BadParameter(f"{out} is not empty.", param_hint="--out")
    settings, name = read_settings(), fit_name(municipality)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    with opened(settings, say) as access, bar("Making letters") as told:
        wanted = (OF_CARDS[kind], run, large)
        count, left_out = asyncio.run(
            _make(access, name, wanted, settings=settings, out=out, told=told)
        )
    if left_out:
        _write(out / LEFT_OUT, _listed(left_out).encode())
        refused(f"{len(left_out)} households get no letter: see {LEFT_OUT}.")
    done(f"{count} letters made; the files are in {out.absolute()}.")


async def _make(
    access: Access,
    name: MunicipalityName,
    wanted: tuple[CardLetterKind, UUID | None, bool],
    *,
    settings: Settings,
    out: Path,
    told: Told,
) -> tuple[int, list[LeftOut]]:
    database, count = Database(access.address), 0
    left_out: list[LeftOut] = []
    try:
        async for file, parts in _files(database, name, wanted, settings=settings):
            count += file.letters
            left_out += file.left_out
            told(file.number, parts)
            if file.pdf:
                _write(out / file.name, file.pdf)
    finally:
        await database.close()
    return count, left_out


async def _files(
    database: Database,
    name: MunicipalityName,
    wanted: tuple[CardLetterKind, UUID | None, bool],
    *,
    settings: Settings,
) -> AsyncGenerator[tuple[File, int]]:
    (kind, run, large), now = wanted, datetime.now(UTC)
    ring = KeyStore(settings.keys).ring(name)
    registered = await database.municipality(name)
    async with database.connection(name) as connection:
        run_id = CardRunId(run) if run else await _newest_run(database, name)
        house = await read_house(connection, registered, origin=settings.origin)
        batch = await card_batch(
            connection, run_id, kind, ring=ring, house=house, large=large, now=now
        )
    async with a_press() as press:
        async for file, parts in make_files(
            database, name, batch, press=press, actor=SYSTEM, now=now
        ):
            async with database.connection(name) as connection:
                await record_fetched(connection, run_id, batch=batch, file=file, actor=SYSTEM)
            yield file, parts


async def _newest_run(database: Database, name: MunicipalityName) -> CardRunId:
    async with database.connection(name) as connection:
        runs = await list_card_runs(connection, limit=1)
    if not runs:
        raise CardRunNotFound
    return runs[0].id


def _listed(left_out: list[LeftOut]) -> str:
    rows = ((one.names, WHY[one.why], str(one.resident_id)) for one in left_out)
    return "".join(write_rows(("name", "why", "resident_id"), rows))


def _write(path: Path, content: bytes) -> None:
    """For its owner alone, from the first byte."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
