"""``pas export`` and ``pas import``: a whole municipality goes, and comes."""

import asyncio
from pathlib import Path
from typing import Annotated

import typer
from rich.table import Table

from pas.auth.keys import KeyStore
from pas.cli.ledger import written
from pas.cli.rows import bar
from pas.cli.screen import done, out, refused, say
from pas.db import Connection, Database, RegisteredMunicipality
from pas.ids import MunicipalityName
from pas.installation import Access, fit_name, opened
from pas.installation.municipalities import Look
from pas.leaving.arrive import Arrived, checked_export, import_municipality, keys_of_export
from pas.leaving.export import export_municipality
from pas.leaving.manifest import Totals
from pas.leaving.unchanged import refuse_changed
from pas.settings import Settings, read_settings


def export(
    municipality: Annotated[str, typer.Argument(help="Which; see pas municipality list.")],
    folder: Annotated[Path, typer.Argument(help="Where to; it has to be new or empty.")],
) -> None:
    """Write everything of a municipality to a folder: every table, the sealed books, what they add up to.

    README.md in the folder says what each file is. The keys are not in it: see pas keys export. Stop
    pas serve and pas work first when the municipality leaves for good.

    Example: pas export velsen all-of-velsen
    """
    name, settings = fit_name(municipality), read_settings()
    ring = KeyStore(settings.keys).ring(name)
    with opened(settings, say) as access, bar(f"Writing everything of {name}") as told:
        registered = asyncio.run(_registered(access, name))
        made = asyncio.run(export_municipality(access, registered, folder, ring=ring, told=told))
    for one in made.waiting:
        refused(f"{one.jobs} {one.kind} is not done, and stays behind.")
    manifest = made.manifest
    done(f"{manifest.rows} rows of {len(manifest.tables)} tables of {name} are in {folder}.")
    say(f"Its keys are not. They come along with: pas keys export {name} {name}.keys")


def import_all(
    folder: Annotated[Path, typer.Argument(help="What pas export wrote.")],
) -> None:
    """Bring in a municipality that was exported elsewhere, whole or not at all; its keys come first.

    The books are proved and every seal is verified before anybody sees it. pas serve need not stop.

    Example: pas import all-of-velsen
    """
    settings = read_settings()
    ring = keys_of_export(KeyStore(settings.keys), folder)
    name = ring.municipality
    with opened(settings, say) as access, bar(f"Reading everything of {name}") as told:
        arrived = asyncio.run(import_municipality(access, folder, ring=ring, told=told))
    out.print(totals_table(arrived))
    done(
        f"{name} is here, in epoch {arrived.epoch}: {arrived.manifest.rows} rows, "
        f"{arrived.seals.size} of them under {arrived.seals.checkpoints} seals that hold."
    )


def is_exported(settings: Settings, folder: Path) -> Look:
    """Look, before a municipality is dropped, whether it is in this export as it is."""
    manifest = checked_export(folder, keys_of_export(KeyStore(settings.keys), folder))

    async def look(connection: Connection, municipality: MunicipalityName) -> None:
        await refuse_changed(connection, municipality, manifest)

    return look


def totals_table(arrived: Arrived) -> Table:
    """What the books add up to, where they come from and here."""
    table = Table(box=None, pad_edge=False)
    table.add_column("")
    for column in ("there", "here"):
        table.add_column(column, justify="right", no_wrap=True)
    there, here = summed(arrived.manifest.totals), summed(arrived.totals)
    for what in there:
        table.add_row(what, there[what], here[what])
    return table


def summed(totals: Totals) -> dict[str, str]:
    """Over all schemes and years, and all merchants."""
    found = dict[str, str]()
    for unit in sorted({one.unit for one in totals.schemes}):
        of_unit = [one for one in totals.schemes if one.unit == unit]
        amounts = {
            "granted": sum(one.granted for one in of_unit),
            "spent": sum(one.spent for one in of_unit),
            "reversed": sum(one.reversed for one in of_unit),
            "held": sum(one.held for one in of_unit),
            "lapsed": sum(one.lapsed for one in of_unit),
            "open": sum(one.open for one in of_unit),
        }
        found |= {f"{what}, in {unit}": written(much, unit) for what, much in amounts.items()}
    found["owed to merchants"] = written(sum(one.owed for one in totals.merchants), "cents")
    found["closes"] = "yes" if totals.closes else "NO"
    return found


async def _registered(access: Access, name: MunicipalityName) -> RegisteredMunicipality:
    database = Database(access.address)
    try:
        return await database.municipality(name)
    finally:
        await database.close()
