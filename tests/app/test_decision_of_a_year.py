"""What is held is explained by the decision that granted it; an officer looks at any year."""

from datetime import UTC, date, datetime, timedelta
from pathlib import Path

import httpx
import pytest

from given.assessment import a_member, a_scheme_in_force, a_task
from given.days import YEAR
from given.logins import a_key_store
from pas.auth.roles import Role
from pas.days import day_of
from pas.db import Connection, Database
from pas.grants.assess import assess_year
from pas.ids import ResidentId
from pas.installation import Access
from pas.money import Cents, euros
from serving import run_pas
from signed_in import Visitor, signed_in, signed_in_holder

BEGAN = date(YEAR - 1, 1, 1)
EARLIER = datetime(YEAR, 1, 2, 12, tzinfo=UTC)
WHY = "Het inkomen is 95% van het sociaal minimum. De grens is 110%. Dat is niet te hoog."
GIVEN = f"U krijgt {euros(Cents(20_000))}, tot en met 31 december {YEAR}."
VERSION = f"Dat ging volgens versie 1 van de regeling, vanaf 1 januari {YEAR - 1}."


async def assess(database: Database, now: datetime) -> None:
    await assess_year(database, a_task(now, year=day_of(now).year))


@pytest.fixture
async def resident(connection: Connection, database: Database) -> ResidentId:
    """Granted one scheme last year and this year, and this year another one later."""
    await a_scheme_in_force(connection, "aa_sport", valid_from=BEGAN)
    who = await a_member(connection, since=BEGAN, income=9_500)
    for now in (EARLIER - timedelta(days=90), EARLIER):
        await assess(database, now)
    await a_scheme_in_force(connection, "bb_cultuur", valid_from=BEGAN)
    await assess(database, EARLIER + timedelta(hours=1))
    return who


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


async def test_what_is_held_is_told_with_why_how_much_until_when_and_by_which_version(
    client: httpx.AsyncClient, connection: Connection, officer: Visitor, resident: ResidentId
) -> None:
    holder = await signed_in_holder(client, connection, resident)
    told = [
        (await officer.look(f"residents/{resident}")).text,
        (await holder.look("my-decision")).text,
    ]
    for text in told:
        held = text.split("Dit had u al")[1]
        assert (
            f"Dit is al toegekend op 2 januari {YEAR}. Het blijft staan. {WHY} {GIVEN} {VERSION}"
            in held
        )

    answer = await officer.ask(f"residents/{resident}/decisions?year={YEAR}")
    newest, first = answer.json()["items"]
    (held, *_), (granted, *_) = newest["verdicts"], first["verdicts"]
    assert (held["outcome"], granted["outcome"]) == ("held", "granted")
    for name in ("income", "incomeLimit", "amountCents", "lastDay", "versionId"):
        assert held[name] == granted[name] is not None
    assert (held["grantedOn"], held["grantedVersion"]) == (f"{YEAR}-01-02", 1)
    assert (held["grantedVersionFrom"], granted["grantedOn"]) == (str(BEGAN), None)


async def test_the_command_tells_of_what_is_held_too(
    access: Access, resident: ResidentId, tmp_path: Path
) -> None:
    a_key_store(tmp_path)
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "data_dir": str(tmp_path / "data"),
        "key_dir": str(tmp_path / "keys"),
    }
    told = run_pas("grants", "explain", "velsen", resident.hex, "--year", str(YEAR), **settings)
    assert f"{WHY} {GIVEN} {VERSION}" in told.stdout, told.stderr


async def test_an_officer_chooses_the_year(officer: Visitor, resident: ResidentId) -> None:
    page = f"residents/{resident}"
    this_year, last, none = [
        (await officer.look(f"{page}{query}")).text
        for query in ("", f"?year={YEAR - 1}", f"?year={YEAR - 5}")
    ]

    assert f'href="/velsen/{page}?year={YEAR - 1}"' in this_year
    assert f"De beslissing over {YEAR - 1}</h2>" in last
    assert f"tot en met 31 december {YEAR - 1}" in last
    assert f'href="/velsen/{page}?year={YEAR}"' in last
    assert "Over dit jaar is niets beslist." in none
