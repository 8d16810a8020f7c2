"""The end of a year, rehearsed: what it says is what happens on the day, and it names nobody."""

import csv
import io
from datetime import UTC, date, datetime, timedelta

import httpx
import openpyxl
import pytest

from given.assessment import a_member, a_scheme_in_force, a_state, a_task
from given.city import a_budget, a_holder, a_merchant, a_scheme
from given.days import NOW, YEAR
from given.logins import an_actor
from given.settlements import a_shop, sell
from pas.auth.roles import Role
from pas.days import start_of
from pas.db import Connection, Database
from pas.demo.settling import until_decided
from pas.grants.assess import assess_year
from pas.grants.follow_register import follow_register
from pas.grants.lapse import lapse_year
from pas.ids import MunicipalityName
from pas.money import Cents
from pas.passes.end import end_pass
from pas.schemes.model import Visits
from pas.years.rehearse import Rehearsal, rehearse
from pas.years.span import YearNotFound
from signed_in import signed_in

VELSEN = MunicipalityName("velsen")
OFFICER = an_actor(Role.OFFICER)
SEPTEMBER = datetime(2026, 9, 1, 12, tzinfo=UTC)
NEW_YEAR = start_of(date(2027, 1, 1))


def by_fate(found: Rehearsal) -> dict[tuple[str, str], tuple[int, int]]:
    return {(one.scheme, one.fate): (one.amount_cents, one.visits) for one in found.schemes}


async def rehearsed(connection: Connection, year: int = 2026) -> Rehearsal:
    return await rehearse(connection, year, now=NOW)


@pytest.fixture
async def city(connection: Connection, database: Database) -> None:
    """Sport ends with the year, baden in visits too, a season and swimming lessons go on."""
    await a_merchant(connection, categories=("swimming",), visit_price_cents=500)
    swimming = {"categories": ["swimming"], "allowance": Visits(10, Cents(500))}
    await a_scheme_in_force(connection, "baden", **swimming)
    await a_scheme_in_force(connection, "sport")
    await a_scheme_in_force(connection, "seizoen", unit="child", period="school_year")
    await a_scheme_in_force(connection, "uitloop", unit="child", run_out_days=60)
    await a_scheme_in_force(connection, "zwemdiploma", unit="child", period="once_per_child")
    for number in range(3):
        await a_member(connection, f"H{number}", born=date(2016, 6, 1))
    await assess_year(database, a_task(SEPTEMBER))


@pytest.mark.usefixtures("city")
async def test_what_is_rehearsed_is_what_lapses_on_the_day_and_the_rest_goes_on(
    connection: Connection, database: Database
) -> None:
    found = by_fate(await rehearsed(connection))
    lapsed = await lapse_year(database, a_task(NEW_YEAR))
    assert {(one.scheme, "lapses"): (one.amount_cents, one.visits) for one in lapsed.schemes} == {
        what: sums for what, sums in found.items() if what[1] == "lapses"
    }
    assert found == {
        ("baden", "lapses"): (15_000, 30),
        ("sport", "lapses"): (60_000, 0),
        ("seizoen", "season"): (60_000, 0),
        ("uitloop", "runs_on"): (60_000, 0),
        ("zwemdiploma", "outlives"): (60_000, 0),
    }
    after = await rehearsed(connection)
    assert after.lapses_cents == 0
    assert {one.fate for one in after.schemes} == {"season", "runs_on", "outlives"}


async def test_of_passes_that_ended_it_judges_as_the_lapse_does(
    connection: Connection, database: Database
) -> None:
    await a_scheme_in_force(connection, "seizoen", run_out_days=60)
    moved = await a_member(connection, "H1", born=date(2016, 6, 1))
    asked = await a_member(connection, "H2")
    await assess_year(database, a_task(SEPTEMBER))
    passes = "SELECT id FROM pass WHERE resident_id = $1"
    ended = await connection.fetchval(passes, asked)
    december = datetime(2026, 12, 20, 12, tzinfo=UTC)
    day = december.date()
    await end_pass(connection, ended, from_day=day, because="asked", actor=OFFICER, now=december)
    await a_state(connection, moved, "H1", born=date(2016, 6, 1), since=day, left_on=day)
    await follow_register(database, VELSEN, actor=OFFICER, now=december)

    assert by_fate(await rehearsed(connection)) == {("seizoen", "waits"): (40_000, 0)}
    assert (await lapse_year(database, a_task(NEW_YEAR), dry_run=True)).schemes == []


@pytest.mark.usefixtures("city")
async def test_a_rehearsal_books_nothing_and_tells_no_small_number(connection: Connection) -> None:
    entries = "SELECT count(*) FROM entry"
    before = await connection.fetchval(entries)
    found = await rehearsed(connection)
    assert await connection.fetchval(entries) == before
    assert {one.passes for one in found.schemes} == {None}
    assert (found.ages.passes, found.ages.parts) == (None, None)
    assert [one.bands.parts for one in found.schemes if one.bands] == [None, None]


async def test_who_loses_how_much_is_told_in_bands_and_by_age(connection: Connection) -> None:
    scheme, shop = await a_scheme(connection, code="sport"), await a_shop(connection, cents=1)
    for n in range(24):
        born = date(1990, 5, 17) if n % 2 else date(2016, 6, 1)
        holder = await a_holder(connection, birth_date=born)
        await a_budget(connection, scheme, holder, cents=2_500 if n < 12 else 20_000)
    assert shop
    found = await rehearsed(connection, YEAR)
    (sport,) = [one for one in found.schemes if one.scheme == "sport"]
    assert sport.bands is not None
    assert sport.bands.parts is not None
    told = {one.label: (one.passes, one.amount_cents) for one in sport.bands.parts if one.passes}
    assert told == {"€ 25 tot € 50": (12, 30_000), "€ 200 tot € 225": (12, 240_000)}
    assert found.ages.parts is not None
    of_children = [one for one in found.ages.parts if one.label == "4 tot en met 11 jaar"]
    assert [one.passes for one in of_children] == [12]


async def test_what_merchants_are_owed_and_schemes_lack_is_named(connection: Connection) -> None:
    shop = await a_shop(connection, name="Bad")
    await sell(connection, shop, 1_240)
    await until_decided(connection)
    found = await rehearsed(connection, YEAR)
    assert [(one.merchant, one.amount_cents) for one in found.open_sales] == [("Bad", 1_240)]
    code = await connection.fetchval("SELECT code FROM scheme WHERE id = $1", shop.purse.scheme.id)
    assert [(one.scheme, one.has_version, one.has_money) for one in found.not_ready] == [
        (code, True, False)
    ]


async def test_tills_that_may_still_upload_are_counted_by_merchant(
    connection: Connection,
) -> None:
    shop = await a_shop(connection, name="Bad")
    last_hours = start_of(date(YEAR + 1, 1, 1)) - timedelta(hours=12)
    await connection.execute(
        """
        INSERT INTO offline_permit (id, till_id, number, merchant_id, issued_at, valid_until, per_sale_cents,
            per_pass_day_cents, total_cents, risk_day_cents, listed_from, key_id, content, signature)
        VALUES (gen_random_uuid(), $1, 1, $2, $3, $4, 100, 100, 5000, 0, $3, 'k', '', $5)
        """,
        *(shop.till.id, shop.merchant.id, last_hours, last_hours + timedelta(days=3), bytes(64)),
    )
    found = await rehearsed(connection, YEAR)
    assert [(one.merchant, one.tills, one.most_cents) for one in found.late_uploads] == [
        ("Bad", 1, 5_000)
    ]


@pytest.mark.usefixtures("city")
async def test_page_api_and_files_say_the_same(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    finance = await signed_in(client, connection, Role.FINANCE)
    page = (await finance.look("years/2026/rehearsal")).text
    assert "Na 31 december 2026 valt €\N{NO-BREAK SPACE}750,00 vrij" in page
    assert (await finance.ask("years/2026/rehearsal")).json()["lapsesCents"] == 75_000
    text = (await finance.look("years/2026/rehearsal.csv")).text
    rows = [tuple(row) for row in csv.reader(io.StringIO(text), delimiter=";")]
    sport = ("scheme", "sport", "valt vrij op de laatste dag", "hidden", "0", "600,00")
    place = [row[:6] for row in rows].index(sport)
    book = (await finance.look("years/2026/rehearsal.xlsx")).content
    sheet = openpyxl.load_workbook(io.BytesIO(book)).worksheets[0]
    read = list(sheet.iter_rows(values_only=True))
    assert len(read) == len(rows)
    assert read[place][5] == 600
    assert "2026" in (await finance.look("years")).text
    counter = await signed_in(client, connection, Role.COUNTER)
    assert (await counter.ask("years/2026/rehearsal")).status_code == 403


async def test_a_year_that_cannot_be_is_not_found(connection: Connection) -> None:
    with pytest.raises(YearNotFound):
        await rehearsed(connection, 1999)
