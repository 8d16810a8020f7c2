"""A small demonstration town for the browser: a few households, schemes, money and a merchant."""

import asyncio
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

from given.days import NOW, YEAR
from given.files import a_file, a_resident_row, a_scheme_row
from given.merchants import a_registered_merchant
from pas.auth.actor import Actor
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyStore
from pas.auth.permissions import Permission
from pas.db import Connection, Database
from pas.demo.cast import Cast, keep_cast
from pas.grants.appropriations import CoverLine, set_aside
from pas.grants.assess import Task, assess_year
from pas.ids import EntryId, MunicipalityName, ResidentId, uuid7
from pas.installation import Access, add_municipality, opened, prepare
from pas.installation.prepare import migrator
from pas.money import Cents
from pas.passes.issue import issue_cards
from pas.passes.make_cards import Press
from pas.passes.resident_files import COLUMNS as RESIDENT_COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.schemes.categories import Category, add_categories
from pas.schemes.files import COLUMNS
from pas.schemes.import_schemes import import_schemes
from pas.settings import Settings

NAME = MunicipalityName("velsen")
FIRST = f"{YEAR}-01-01"
ACTOR = Actor(kind="system", id=uuid7(), permissions=frozenset(Permission))
SCHEMES = (
    a_scheme_row(
        code="sport_kinderen",
        valid_from=FIRST,
        age_from="4",
        age_until="18",
        excludes="kleding",
        note="Ook voor sportkleding.",
    ),
    a_scheme_row(
        code="schoolkosten",
        title="Schoolkosten voor de middelbare school",
        valid_from=FIRST,
        categories="school_costs",
        amount_cents="31500",
        income_limit_pct="90",
        school_types="secondary",
        age_from="12",
        age_until="18",
    ),
    a_scheme_row(
        code="sociaal_cultureel",
        title="Meedoen in de stad",
        valid_from=FIRST,
        categories="sport,culture",
        amount_cents="12000",
        unit="person",
        age_from="18",
        income_limit_pct="120",
        closed_pot="yes",
    ),
    a_scheme_row(code="zwemmen", title="Zwemmen voor allen", status="proposed", valid_from=FIRST),
)


def _member(number: str, **cells: str) -> dict[str, str]:
    return a_resident_row(
        person_number=number, valid_from=FIRST, household_type="single_parent", **cells
    )


RESIDENTS = (
    _member("1001", household_number="H1", income_pct="100"),
    _member(
        "1002",
        household_number="H1",
        income_pct="100",
        given_name="Deniz",
        birth_date=f"{YEAR - 13}-02-03",
        school_type="secondary",
    ),
    _member("2001", household_number="H2", income_pct="", income_source="", given_name="Joke"),
    _member(
        "2002",
        household_number="H2",
        income_pct="",
        income_source="",
        given_name="Bram",
        birth_date=f"{YEAR - 9}-06-07",
    ),
    _member("3001", household_number="H3", income_pct="", income_source="", given_name="Anouk"),
)


def make_town(folder: Path) -> None:
    """Fill a data directory as the demonstration does, in a thread: a browser may own this one."""
    with ThreadPoolExecutor(1) as one:
        one.submit(_make, Settings(data_dir=folder)).result()


def _make(settings: Settings) -> None:
    with opened(settings) as access:
        asyncio.run(_fill(access, settings))


async def _fill(access: Access, settings: Settings) -> None:
    await prepare(access, created_by="demo")
    async with migrator(access) as connection:
        await add_municipality(connection, access.address, NAME, title="Gemeente Velsen", demo=True)
    make_keys(KeyStore(settings.keys), NAME, demo=True, now=NOW)
    database = Database(access.address)
    try:
        async with database.connection(NAME) as connection:
            await _add_schemes(connection)
            await a_registered_merchant(connection)
        file = ResidentsFile(
            source=a_file(RESIDENT_COLUMNS, *RESIDENTS),
            name="residents.csv",
        )
        ring = KeyStore(settings.keys).ring(NAME)
        await import_residents(database, NAME, file, ring=ring, actor=ACTOR, now=NOW)
        await assess_year(database, Task(municipality=NAME, year=YEAR, actor=ACTOR, now=NOW))
        async with database.connection(NAME) as connection:
            await _add_people(connection, Press(ring))
    finally:
        await database.close()


async def _add_schemes(connection: Connection) -> None:
    purposes = {
        "sport": "Sport",
        "culture": "Cultuur",
        "school_costs": "Schoolkosten",
        "swimming": "Zwemmen",
    }
    await add_categories(
        connection, [Category(code, title) for code, title in purposes.items()], actor=ACTOR
    )
    source = a_file(COLUMNS, *SCHEMES)
    await import_schemes(connection, source, file_name="schemes.csv", actor=ACTOR, now=NOW)
    for scheme, cents in (("sport_kinderen", 500_000), ("sociaal_cultureel", 30_000)):
        line = CoverLine(
            id=EntryId(uuid7()),
            scheme=scheme,
            year=YEAR,
            cover_line="minimabeleid",
            amount_cents=Cents(cents),
        )
        await set_aside(connection, line, actor=ACTOR, now=NOW)


async def _add_people(connection: Connection, press: Press) -> None:
    """A holder whose card waits for its code, and somebody without a pass."""
    known = {
        row["person_number"]: ResidentId(row["id"])
        for row in await connection.fetch("SELECT person_number, id FROM resident")
    }
    await issue_cards(connection, [known["1001"]], form="paper", press=press, actor=ACTOR, now=NOW)
    await keep_cast(connection, Cast(holders=(known["1001"],), applicants=(known["3001"],)))
