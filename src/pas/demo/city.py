"""Makes the demonstration city, through the front door: the files and functions of a real one.

Phases are told as they begin. Whatever was made stays: a second start finds the city and goes on
where a first one stopped.
"""

import io
from collections.abc import Callable
from datetime import date, datetime
from typing import Final

import msgspec

from pas.auth.actor import SYSTEM, Actor
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Database
from pas.db.statistics import refresh_statistics
from pas.demo.cards import activate_all, give_cards
from pas.demo.cast import Cast, choose_applicants, choose_holders, keep_cast, read_cast
from pas.demo.grants import appropriate_city, assess_city
from pas.demo.merchants import open_merchants, tills_to_show
from pas.demo.population import areas, categories, make_population, residents_file, schemes_file
from pas.demo.spending import spend
from pas.demo.staff import equip_people, recognise_people
from pas.ids import MunicipalityName
from pas.installation import Access, add_municipality, prepare
from pas.installation.prepare import migrator
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.schemes.categories import Category, add_categories
from pas.schemes.import_schemes import import_schemes
from pas.settings import Settings

NAME: Final = MunicipalityName("velsen")
TITLE: Final = "Gemeente Velsen"
DEMO: Final = "demo"
ACTOR: Final = Actor(kind="system", id=SYSTEM.id, permissions=frozenset(Permission))
SHOWN_PURPOSES: Final = ["swimming", "sport", "culture", "school_costs", "bicycle", "museum"]
FIRST_SALES: Final = 1_000

Say = Callable[[str], None]


class Site(msgspec.Struct, frozen=True):
    """Where the city is built, and when."""

    database: Database
    ring: KeyRing
    now: datetime
    say: Say

    @property
    def today(self) -> date:
        return day_of(self.now)


async def make_city(access: Access, settings: Settings, *, now: datetime, say: Say) -> None:
    """Make the city in a database that the demonstration itself creates; takes about a minute."""
    await prepare(access, created_by=DEMO)
    database = Database(access.address)
    try:
        if not any(one.name == NAME for one in await database.municipalities()):
            say("De gemeente: rollen, tabellen en sleutels")
            async with migrator(access) as connection:
                await add_municipality(connection, access.address, NAME, title=TITLE, demo=True)
        store = KeyStore(settings.keys)
        if not store.path(NAME).exists():
            make_keys(store, NAME, demo=True, now=now)
        await build(Site(database, store.ring(NAME), now, say))
    finally:
        await database.close()


async def build(site: Site) -> None:
    """Every phase is harmless to repeat; the cast is chosen last, so it says that all is done."""
    async with site.database.connection(NAME) as connection:
        if (await read_cast(connection)).holders:
            return
        site.say("Regelingen uit de gepubliceerde stukken")
        await add_schemes(connection, site)
    site.say("Inwoners: 8.580 mensen in 3.900 huishoudens")
    await add_residents(site)
    async with site.database.connection(NAME) as connection:
        site.say("Aanbieders, met afspraken en kassa's")
        await open_merchants(connection, NAME, actor=ACTOR, now=site.now)
        await equip_people(connection, actor=ACTOR, now=site.now)
        await recognise_people(connection, actor=ACTOR, now=site.now)
        site.say("Geld in de begroting")
        await appropriate_city(connection, year=site.today.year, actor=ACTOR, now=site.now)
    site.say("De toekenning van het jaar: wie krijgt wat, en waarom")
    await assess_city(site.database, NAME, actor=ACTOR, now=site.now)
    async with site.database.connection(NAME) as connection:
        site.say("Kaarten aan")
        await give_cards(connection, site.ring, actor=ACTOR, now=site.now)
        await activate_all(connection, now=site.now)
        await refresh_statistics(connection)
    site.say(f"De eerste {FIRST_SALES} verkopen")
    await spend(site.database, site.ring, FIRST_SALES)
    async with site.database.connection(NAME) as connection:
        cast = Cast(
            holders=await choose_holders(connection, today=site.today),
            tills=tuple(await tills_to_show(connection, SHOWN_PURPOSES)),
            applicants=await choose_applicants(connection, today=site.today),
        )
        await keep_cast(connection, cast)


async def add_schemes(connection: Connection, site: Site) -> None:
    await change_municipality_settings(
        connection,
        {
            "title": TITLE,
            "telephone": "0255 00 00 00",
            "telephoneHours": "Maandag tot en met vrijdag, 9 tot 17 uur",
            "areas": sorted(areas()),
        },
        actor=ACTOR,
    )
    named = (Category(code, title) for code, title in categories().items())
    await add_categories(connection, named, actor=ACTOR)
    source = io.BytesIO("".join(schemes_file()).encode())
    await import_schemes(connection, source, file_name="schemes.csv", actor=ACTOR, now=site.now)


async def add_residents(site: Site) -> None:
    population = make_population(date(site.today.year, 1, 1))
    source = io.BytesIO("".join(residents_file(population)).encode())
    file = ResidentsFile(source=source, name="residents.csv")
    await import_residents(site.database, NAME, file, ring=site.ring, actor=ACTOR, now=site.now)
