"""The demonstration town with enough people to count, target groups, and printed figures."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from importlib.resources import files
from pathlib import Path

from given.days import NOW, YEAR
from given.files import a_file
from given.reach import a_target_row
from pas.auth.keys import KeyStore
from pas.db import Database
from pas.grants.assess import Task, assess_year
from pas.installation import Access, opened
from pas.passes.resident_files import COLUMNS as RESIDENT_COLUMNS
from pas.reach.import_target_groups import import_target_groups
from pas.reach.keep_published import keep_published
from pas.reach.published_files import PublishedKind
from pas.reach.target_files import COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.settings import Settings
from town import ACTOR, NAME, make_town
from town import _member as a_member

DATA = Path(str(files("pas.demo") / "data"))
AREAS = {"noord": 40, "zuid": 26, "oost": 14, "duinen": 4}
"""Households with a child in each; the last are too few to be shown."""
PUBLISHED: dict[PublishedKind, str] = {
    "printed_reach": "printed_reach.csv",
    "use_by_year": "almere_use_2016_2019.csv",
    "appropriations": "velsen_appropriations.csv",
    "budget_table": "velsen_budget_2020_2024.csv",
}


def make_counted_town(folder: Path) -> None:
    make_town(folder)
    with ThreadPoolExecutor(1) as one:
        one.submit(_fill, folder).result()


def _fill(folder: Path) -> None:
    settings = Settings(data_dir=folder)
    with opened(settings, lambda _: None) as access:
        asyncio.run(_fill_database(access, settings))


async def _fill_database(access: Access, settings: Settings) -> None:
    database = Database(access.address)
    ring = KeyStore(settings.keys).ring(NAME)
    rows = [
        a_member(
            f"{household}{kind}",
            household_number=household,
            area=area,
            given_name="Noor" if kind == "K" else "Yasmin",
            birth_date=f"{YEAR - 10 if kind == 'K' else YEAR - 35}-03-04",
            income_pct="95",
        )
        for area, many in AREAS.items()
        for household in (f"{area}{number}" for number in range(many))
        for kind in ("A", "K")
    ]
    file = ResidentsFile(source=a_file(RESIDENT_COLUMNS, *rows), name="residents.csv")
    await import_residents(database, NAME, file, ring=ring, actor=ACTOR, now=NOW)
    task = Task(municipality=NAME, year=YEAR, actor=ACTOR, now=NOW)
    await assess_year(database, task)
    async with database.connection(NAME) as connection:
        await import_target_groups(
            connection, a_file(COLUMNS, *_targets()), file_name="t.csv", actor=ACTOR, now=NOW
        )
        for kind, name in PUBLISHED.items():
            content = (DATA / name).read_bytes()
            await keep_published(
                connection, content, kind=kind, file_name=name, actor=ACTOR, now=NOW
            )
    await database.close()


def _targets() -> list[dict[str, str]]:
    sport = {"scheme": "sport_kinderen", "unit": "children", "year": str(YEAR)}
    parts = {"noord": "50", "zuid": "40", "oost": "20"}
    return [
        a_target_row(scheme="*", unit="persons", count="250", year=str(YEAR)),
        a_target_row(**sport, count="130", definition="Kinderen van 4 tot 18 jaar, tot 110%."),
        *(
            a_target_row(**sport, dimension="area", value=area, count=count)
            for area, count in parts.items()
        ),
    ]
