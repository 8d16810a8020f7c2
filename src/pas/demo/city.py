"""Makes the demonstration city, through the front door: the files and functions of a real one.

The city began on the first of January of last year: a whole year of spending, what was left of it
returned, and this year up to now. Phases are told as they begin. Whatever was made stays: a second
start finds the city and goes on where a first one stopped.
"""

import io
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from typing import Final
from uuid import uuid5

import msgspec

from pas.auth.actor import SYSTEM, Actor
from pas.auth.key_files import make_keys
from pas.auth.keys import KeyRing, KeyStore
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.permissions import Permission
from pas.days import AMSTERDAM, day_of, start_of
from pas.db import Connection, Database
from pas.db.statistics import refresh_statistics
from pas.demo.accounts import approve_accounts
from pas.demo.cards import activate_all, give_cards
from pas.demo.cast import Cast, choose_applicants, choose_holders, keep_cast, read_cast
from pas.demo.count_targets import count_targets
from pas.demo.grants import NAMESPACE, appropriate_city, assess_city, assess_pupils, is_assessed
from pas.demo.help_children import help_children
from pas.demo.leave_cases import leave_cases
from pas.demo.leave_signals import leave_signals
from pas.demo.letter import open_letter
from pas.demo.make_sandbox import make_sandbox
from pas.demo.merchants import open_merchants, tills_to_show
from pas.demo.population import areas, categories, make_population, residents_file, schemes_file
from pas.demo.settling import set_payer, set_up_journal, settle
from pas.demo.spend_year import Stretch, spend_stretch
from pas.demo.staff import equip_people, recognise_people
from pas.demo.work import leave_work
from pas.grants.lapse import lapse_ended
from pas.ids import MunicipalityName, ResidentId
from pas.installation import Access, add_municipality, prepare
from pas.installation.prepare import migrator
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.schemes.categories import Category, add_categories
from pas.schemes.import_schemes import import_schemes
from pas.settings import Settings
from pas.web.counts import count

NAME: Final = MunicipalityName("velsen")
TITLE: Final = "Gemeente Velsen"
DEMO: Final = "demo"
ACTOR: Final = Actor(kind="system", id=SYSTEM.id, permissions=frozenset(Permission))
SHOWN_PURPOSES: Final = ["swimming", "sport", "culture", "school_costs", "bicycle", "museum"]
OPENS: Final = time(8, tzinfo=AMSTERDAM)
NEW_SCHOOL_YEAR: Final = 8
"""In August everybody is looked at again: who begins a school year gets what belongs to it."""

Say = Callable[[str], None]


class Site(msgspec.Struct, frozen=True):
    """Where the city is built, and when."""

    database: Database
    ring: KeyRing
    now: datetime
    say: Say
    households: int | None = None

    @property
    def today(self) -> date:
        return day_of(self.now)

    def morning_of(self, day: date) -> datetime:
        """When the work of a day begins; today it has begun."""
        return min(datetime.combine(day, OPENS), self.now)


async def make_city(
    access: Access, settings: Settings, *, now: datetime, say: Say, households: int | None = None
) -> None:
    """Make the city in a database that the demonstration itself creates; takes about a minute.

    With fewer ``households`` it is a smaller city, made sooner, whose figures are not Velsen's.
    """
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
        await build(Site(database, store.ring(NAME), now, say, households))
        say("Een testomgeving voor makers van kassa's")
        await make_sandbox(access, database, store, now=now)
    finally:
        await database.close()


async def build(site: Site) -> None:
    """Every phase is harmless to repeat; the cast is chosen last, so it says that all is done."""
    async with site.database.connection(NAME) as connection:
        if (await read_cast(connection)).holders:
            return
    this_year = site.today.year
    await found_city(site, began=date(this_year - 1, 1, 1))
    await live_through(site, this_year - 1)
    await return_leftovers(site, on=date(this_year, 1, 1))
    cast = await live_through(site, this_year)
    if site.today > date(this_year, 1, 1):
        await return_leftovers(site, on=site.today)
    site.say("Werk dat op u wacht")
    async with site.database.connection(NAME) as connection, connection.transaction():
        await leave_work(connection, cast, now=site.now)
        await leave_cases(connection, site.ring, cast, now=site.now)
        await leave_signals(connection, site.ring, spared=cast.holders, now=site.now)
        years = (this_year - 1, this_year)
        whole = site.households is None
        await count_targets(connection, years, is_whole=whole, actor=ACTOR, now=site.now)
        letter = await open_letter(
            connection, cast.holders[-1], ring=site.ring, actor=ACTOR, now=site.now
        )
        await keep_cast(connection, msgspec.structs.replace(cast, letter=letter))


async def found_city(site: Site, *, began: date) -> None:
    """All that is there before the first pass."""
    now = site.morning_of(began)
    async with site.database.connection(NAME) as connection:
        site.say("Regelingen uit de gepubliceerde stukken")
        await add_schemes(connection, now=now)
    await add_residents(site, began=began)
    async with site.database.connection(NAME) as connection:
        site.say("Aanbieders, met afspraken, rekeningen en kassa's")
        await open_merchants(connection, NAME, actor=ACTOR, now=now)
        await approve_accounts(connection, now=now)
        await equip_people(connection, actor=ACTOR, now=now)
        await recognise_people(connection, actor=ACTOR, now=now)
        await set_payer(connection, actor=ACTOR)
        await set_up_journal(connection, actor=ACTOR)


async def live_through(site: Site, year: int) -> Cast:
    """One year, or as much of it as there has been: who gets what, and what they do with it."""
    first, turn, end = date(year, 1, 1), date(year, NEW_SCHOOL_YEAR, 1), date(year + 1, 1, 1)
    site.say(f"Toekennen voor {year}: wie krijgt wat, en waarom")
    now = site.morning_of(first)
    async with site.database.connection(NAME) as connection:
        await appropriate_city(connection, year=year, actor=ACTOR, now=now)
    await assess_city(site.database, NAME, actor=ACTOR, now=now)
    cast = await equip_holders(site, on=first)
    await spend_and_settle(site, first, turn, cast=cast)
    if site.today >= turn:
        site.say(f"Een nieuw schooljaar, vanaf 1-{NEW_SCHOOL_YEAR}-{year}")
        await assess_pupils(site.database, NAME, actor=ACTOR, now=site.morning_of(turn))
        cast = await equip_holders(site, on=turn)
        await spend_and_settle(site, turn, end, cast=cast)
    return cast


async def equip_holders(site: Site, *, on: date) -> Cast:
    """Cards for who has none, switched on; then choose whom a visitor can be."""
    now = site.morning_of(on)
    async with site.database.connection(NAME) as connection:
        await give_cards(connection, site.ring, actor=ACTOR, now=now)
        await activate_all(connection, now=now)
        await refresh_statistics(connection)
        return Cast(
            holders=await choose_holders(connection, today=on),
            tills=tuple(await tills_to_show(connection, SHOWN_PURPOSES)),
            applicants=await choose_applicants(connection, today=on),
        )


async def spend_and_settle(site: Site, first: date, end: date, *, cast: Cast) -> None:
    """Month by month; not in last year once this one has begun, when its leftovers are gone."""
    is_over = first.year < site.today.year
    async with site.database.connection(NAME) as connection:
        if is_over and await is_assessed(connection, on=date(site.today.year, 1, 1)):
            return
    site.say(f"Besteden en uitbetalen vanaf {first.day}-{first.month}-{first.year}")
    spared: tuple[ResidentId, ...] = () if is_over else cast.holders
    this_month = site.today.replace(day=1)
    while first < end and start_of(first) < site.now:
        following = month_after(first)
        stretch = Stretch(first, min(site.now, start_of(following)))
        await spend_stretch(site.database, site.ring, stretch, spared=spared)
        async with site.database.connection(NAME) as connection:
            await help_children(
                connection, site.ring, first=first, until=stretch.until, spared=cast.holders
            )
            await refresh_statistics(connection)
            if following <= this_month:
                await settle(
                    connection,
                    NAME,
                    at=site.morning_of(following),
                    newest=following == this_month,
                    returns=month_after(following) == this_month,
                )
        first = following


def month_after(day: date) -> date:
    return (day.replace(day=1) + timedelta(days=31)).replace(day=1)


async def return_leftovers(site: Site, *, on: date) -> None:
    """What is left of budgets whose time has ended goes back, as the nightly job does."""
    site.say(f"Wat over is gaat terug, op {on.day}-{on.month}-{on.year}")
    await lapse_ended(
        site.database,
        NAME,
        actor=ACTOR,
        now=site.morning_of(on) - timedelta(hours=1),
        run=uuid5(NAMESPACE, f"lapse/{on}"),
        told=lambda _done, _total: None,
    )


async def add_schemes(connection: Connection, *, now: datetime) -> None:
    await change_municipality_settings(
        connection,
        {
            "title": TITLE,
            "telephone": "0255 00 00 00",
            "telephoneHours": "Maandag tot en met vrijdag, 9 tot 17 uur",
            "address": "Dudokplein 1, 1971 EN IJmuiden",
            "areas": sorted(areas()),
        },
        actor=ACTOR,
    )
    named = (Category(code, title) for code, title in categories().items())
    await add_categories(connection, named, actor=ACTOR)
    source = io.BytesIO("".join(schemes_file()).encode())
    await import_schemes(connection, source, file_name="schemes.csv", actor=ACTOR, now=now)


async def add_residents(site: Site, *, began: date) -> None:
    population = make_population(began, households=site.households)
    people, homes = count(len(population.residents)), count(len(population.homes))
    site.say(f"Inwoners: {people} mensen in {homes} huishoudens")
    source = io.BytesIO("".join(residents_file(population)).encode())
    file = ResidentsFile(source=source, name="residents.csv")
    now = site.morning_of(began)
    await import_residents(site.database, NAME, file, ring=site.ring, actor=ACTOR, now=now)
