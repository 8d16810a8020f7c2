"""``pas letters``: letters in bulk as PDF, and the texts and layouts that a municipality may change."""

import asyncio
import os
from collections.abc import AsyncGenerator
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated, Final
from uuid import UUID

import msgspec
import typer

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.cli.letter_templates import templates
from pas.cli.rows import bar
from pas.cli.screen import done, refused, say
from pas.coupons.make_coupons import CouponRunNotFound
from pas.csvfile import write_rows
from pas.days import day_of
from pas.db import Connection, Database
from pas.ids import CardRunId, CouponRunId, LetterRunId, MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.letters.batch import File, LeftOut, make_files
from pas.letters.card_letters import CardLetterKind
from pas.letters.fetch import card_printing, coupon_printing, letter_printing, record_fetched
from pas.letters.house import read_house
from pas.letters.letter import House
from pas.letters.runs import RunKind, Wanted, begin_letter_run, year_wanted
from pas.passes.list_card_runs import list_card_runs
from pas.passes.print_cards import CardRunNotFound, Told
from pas.press.press import a_press
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
OF_RUNS: Final[dict[str, RunKind]] = {
    "reminder": "reminder",
    "year-overview": "year_overview",
    "decision": "decision",
}
COUPONS: Final = "coupons"
ALL: Final = (*OF_CARDS, *OF_RUNS, COUPONS)
SIX_WEEKS: Final = 42


class Asked(msgspec.Struct, frozen=True):
    """What was typed behind ``pas letters make``."""

    kind: str
    run: UUID | None
    year: int | None
    days: int
    since: date | None
    large: bool


@app.callback()
def letters() -> None:
    """Make letters, and change how they are written."""


app.command("templates")(templates)


@app.command()
def make(
    municipality: Annotated[str, typer.Argument(help="Which municipality.")],
    kind: Annotated[str, typer.Argument(help=f"One of {', '.join(ALL)}.")],
    *,
    out: Annotated[Path, typer.Option(help="An empty folder for the files.")],
    run: Annotated[UUID | None, typer.Option(help="A run that was made before.")] = None,
    year: Annotated[int | None, typer.Option(help="Of an overview: the pass year.")] = None,
    days: Annotated[
        int, typer.Option(help="Of a reminder: what lapses in so many days.")
    ] = SIX_WEEKS,
    since: Annotated[
        datetime | None,
        typer.Option(help="Of decisions: taken from this day.", formats=["%Y-%m-%d"]),
    ] = None,
    large: Annotated[bool, typer.Option(help="Large print (18 points) for everybody.")] = False,
) -> None:
    """Make letters as PDF, at most 250 in a file. Again, with --run, makes the same files.

    Letters with cards and with codes are of a run of cards, the newest unless --run says another: give
    the two to different people. Coupons need --run. The other kinds make a run of their own. Everybody who is left out,
    because there is no address, stands in a file apart.

    Examples: pas letters make velsen pass-letter --out /safe/cards
              pas letters make velsen reminder --days 42 --out /safe/reminders
    """
    if kind not in ALL:
        raise typer.BadParameter(f"choose one of {', '.join(ALL)}.", param_hint="KIND")
    if out.exists() and any(out.iterdir()):
        raise typer.BadParameter(f"{out} is not empty.", param_hint="--out")
    settings, name = read_settings(), fit_name(municipality)
    out.mkdir(mode=0o700, parents=True, exist_ok=True)
    asked = Asked(kind, run, year, days, since.date() if since else None, large)
    with opened(settings, say) as access, bar("Making letters") as told:
        count, left_out = asyncio.run(
            _make(access, name, asked, settings=settings, out=out, told=told)
        )
    if left_out:
        _write(out / LEFT_OUT, _listed(left_out).encode())
        refused(f"{len(left_out)} households get no letter: see {LEFT_OUT}.")
    done(f"{count} letters made; the files are in {out.absolute()}.")


async def _make(
    access: Access,
    name: MunicipalityName,
    asked: Asked,
    *,
    settings: Settings,
    out: Path,
    told: Told,
) -> tuple[int, list[LeftOut]]:
    database, count = Database(access.address), 0
    left_out: list[LeftOut] = []
    try:
        async for file, parts in _files(database, name, asked, settings=settings):
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
    asked: Asked,
    *,
    settings: Settings,
) -> AsyncGenerator[tuple[File, int]]:
    now = datetime.now(UTC)
    registered = await database.municipality(name)
    async with database.connection(name) as connection:
        house = await read_house(connection, registered, origin=settings.origin)
        if asked.kind in OF_CARDS:
            ring = KeyStore(settings.keys).ring(name)
            printing = await card_printing(
                connection,
                CardRunId(asked.run) if asked.run else await _newest_run(connection),
                OF_CARDS[asked.kind],
                ring=ring,
                house=house,
                large=asked.large,
                now=now,
            )
        elif asked.kind == COUPONS:
            if asked.run is None:
                raise CouponRunNotFound
            printing = await coupon_printing(
                connection,
                CouponRunId(asked.run),
                ring=KeyStore(settings.keys).ring(name),
                house=house,
                large=asked.large,
                now=now,
            )
        else:
            printing = await letter_printing(
                connection,
                await _letter_run(connection, asked, house=house, now=now),
                house=house,
                now=now,
            )
    async with a_press() as press:
        files = make_files(database, name, printing.batch, press=press, actor=SYSTEM, now=now)
        async for file, parts in files:
            async with database.connection(name) as connection:
                await record_fetched(connection, printing, file, actor=SYSTEM)
            yield file, parts


async def _newest_run(connection: Connection) -> CardRunId:
    runs = await list_card_runs(connection, limit=1)
    if not runs:
        raise CardRunNotFound
    return runs[0].id


async def _letter_run(
    connection: Connection, asked: Asked, *, house: House, now: datetime
) -> LetterRunId:
    if asked.run:
        return LetterRunId(asked.run)
    today = day_of(now)
    match OF_RUNS[asked.kind]:
        case "reminder":
            wanted = Wanted("reminder", today, today + timedelta(days=asked.days), asked.large)
        case "year_overview":
            wanted = year_wanted(asked.year or today.year - 1, large=asked.large)
        case "decision":
            since = asked.since or today
            wanted = Wanted("decision", since, today + timedelta(days=1), asked.large)
    return (await begin_letter_run(connection, wanted, house=house, actor=SYSTEM, now=now)).id


def _listed(left_out: list[LeftOut]) -> str:
    rows = ((one.names, WHY[one.why], str(one.resident_id)) for one in left_out)
    return "".join(write_rows(("name", "why", "resident_id"), rows))


def _write(path: Path, content: bytes) -> None:
    """For its owner alone, from the first byte."""
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.write(content)
