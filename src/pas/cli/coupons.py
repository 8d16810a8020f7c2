"""``pas coupons``: booklets of coupons for the day that everything is down."""

import asyncio
import os
from datetime import UTC, date, datetime, timedelta
from pathlib import Path
from typing import Annotated

import typer

from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyRing, KeyStore
from pas.cli.rows import bar
from pas.cli.screen import done, say
from pas.coupons.make_coupons import Terms, Told, begin_coupon_run, do_coupon_run
from pas.coupons.print_coupons import coupon_file, coupons_to_print
from pas.days import day_of
from pas.db import Database
from pas.ids import CouponRunId, MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.money import Cents, euros
from pas.settings import read_settings

app = typer.Typer(no_args_is_help=True, help="Coupons on paper.")


@app.callback()
def coupons() -> None:
    """Make booklets of coupons, for printing."""


@app.command()
def make(
    municipality: Annotated[str, typer.Argument(help="Which municipality.")],
    *,
    last_day: Annotated[str, typer.Option(help="The last day on which they are good: 2026-12-31.")],
    limit: Annotated[int, typer.Option(min=1, help="On all together, at most, in euros.")],
    face: Annotated[int, typer.Option(min=1, max=1000, help="On one coupon, in euros.")] = 10,
    most: Annotated[int, typer.Option(min=1, help="For one budget, at most, in euros.")] = 30,
    folder: Annotated[Path, typer.Option(help="Where to write coupons.csv.")] = Path(),
) -> None:
    """Make coupons for every budget, up to what is left on it. Unused ones cost nothing.

    Writes coupons.csv with names, addresses and codes: whoever has it can spend them.

    Example: pas coupons make velsen --last-day 2026-12-31 --limit 50000 --folder /safe/place
    """
    path = folder / "coupons.csv"
    if path.exists():
        raise typer.BadParameter(f"{path} is there already: choose another --folder.")
    settings, name, now = read_settings(), fit_name(municipality), datetime.now(UTC)
    terms = Terms(
        face_cents=Cents(face * 100),
        most_cents=Cents(most * 100),
        limit_cents=Cents(limit * 100),
        valid_from=day_of(now),
        valid_until=fit_day(last_day) + timedelta(days=1),
    )
    ring = KeyStore(settings.keys).ring(name)
    with opened(settings, say) as access, bar("Making coupons") as told:
        run_id, worth = asyncio.run(_make(access, name, terms, ring=ring, path=path, told=told))
    say(f"As letters: pas letters make {name} coupons --run {run_id} --out FOLDER")
    done(f"Coupons of {euros(worth)} together; they are in {path.absolute()}.")


def fit_day(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is no day; write it as 2026-12-31.") from None


async def _make(
    access: Access,
    name: MunicipalityName,
    terms: Terms,
    *,
    ring: KeyRing,
    path: Path,
    told: Told,
) -> tuple[CouponRunId, Cents]:
    database, now = Database(access.address), datetime.now(UTC)
    try:
        async with database.connection(name) as connection:
            run_id = await begin_coupon_run(connection, terms, actor=SYSTEM, now=now)
        worth = await do_coupon_run(database, name, run_id, ring=ring, now=now, told=told)
        async with database.connection(name) as connection:
            made = await coupons_to_print(connection, run_id, ring=ring, actor=SYSTEM, now=now)
    finally:
        await database.close()
    # For its owner alone, from the first byte.
    with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "wb") as file:
        file.writelines(line.encode() for line in coupon_file(made))
    return run_id, worth
