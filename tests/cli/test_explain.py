"""``pas grants explain``: what somebody gets and why, as the letter says it."""

from pathlib import Path
from typing import get_args

import pytest

from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, NOW, YEAR
from given.logins import a_key_store
from pas.auth.actor import SYSTEM
from pas.db import Connection, Database
from pas.grants.assess import Task, assess_year
from pas.grants.explain import REASONS
from pas.grants.facts import Reason, outcome_of
from pas.ids import MunicipalityName
from pas.installation import Access
from serving import run_pas


async def test_a_person_is_explained_as_decided_or_by_the_rules_of_today(
    connection: Connection, database: Database, access: Access, tmp_path: Path
) -> None:
    a_key_store(tmp_path)
    settings = {
        "database_url": access.address.url,
        "database_secret": access.address.secret,
        "data_dir": str(tmp_path / "data"),
        "key_dir": str(tmp_path / "keys"),
    }
    await a_scheme_in_force(connection, "zwembad", valid_from=NEW_YEAR, precondition="diploma")
    known = await a_member(connection, since=NEW_YEAR)
    unknown = await a_member(connection, "H2", since=NEW_YEAR, income=None)
    task = Task(municipality=MunicipalityName("velsen"), year=YEAR, actor=SYSTEM, now=NOW)
    await assess_year(database, task)

    decided = run_pas("grants", "explain", "velsen", known.hex, **settings)
    waiting = run_pas("grants", "explain", "velsen", unknown.hex, **settings)
    nobody = run_pas("grants", "explain", "velsen", "no-such-number", **settings)

    assert decided.returncode == 0, decided.stderr
    assert "Sanne de Wit, huishouden H1: beslist op" in decided.stdout
    assert "Dit krijgt u" in decided.stdout
    assert "Let op. Een zwemdiploma is nodig. Wij weten niet of dat zo is." in decided.stdout
    assert "huishouden H2: dit zeggen de regels vandaag." in waiting.stdout
    assert "Wij kennen het inkomen niet." in waiting.stdout
    assert (nobody.returncode, "kennen wij niet" in nobody.stderr) == (1, True)
    looks = await connection.fetchval(
        "SELECT count(*) FROM processing_log WHERE activity LIKE 'resident.searched%'"
    )
    assert looks == 2


async def test_an_assessment_tells_why_people_got_nothing_and_how_many(
    connection: Connection, access: Access
) -> None:
    settings = {"database_url": access.address.url, "database_secret": access.address.secret}
    await a_scheme_in_force(connection, "sport", valid_from=NEW_YEAR, income_limit=11_000)
    for income in (9_500, 11_001, 12_000, None):
        await a_member(connection, f"H{income}", since=NEW_YEAR, income=income)
    told = run_pas(
        "grants", "assess", "velsen", "--year", str(YEAR), "--dry-run", **settings
    ).stdout
    reasons = [" ".join(line.split()) for line in told.splitlines() if "het inkomen is" in line]
    assert reasons == [
        "sport het inkomen is te hoog 2",
        "sport het inkomen is onbekend 1",
    ]


@pytest.mark.parametrize("reason", get_args(Reason))
def test_whoever_gets_nothing_can_be_told_why_in_a_few_words(reason: Reason) -> None:
    assert reason in REASONS or outcome_of(reason) == "not_applicable"
