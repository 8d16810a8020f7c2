"""Residents over HTTP: a file in line, looking up with a purpose, who manages a child's pass."""

from uuid import uuid4

import pytest

from given.city import a_holder
from given.days import TODAY
from given.files import a_file, a_resident_row
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.passes.resident_files import COLUMNS
from people import Person, Town

IMPORTS = "/v1/velsen/resident-imports"
RESIDENTS = "/v1/velsen/residents"


@pytest.fixture
async def officer(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.OFFICER)


async def found(officer: Person, **search: object) -> list[str]:
    answer = await officer.post(
        "/v1/velsen/resident-searches", {"purpose": "application", **search}
    )
    assert answer.status_code == 200, answer.text
    return [one["familyName"] for one in answer.json()["items"]]


async def test_a_file_is_read_by_a_worker_and_found_afterwards(
    officer: Person, database: Database, connection: Connection
) -> None:
    rows = (
        a_resident_row(bsn="999990019"),
        a_resident_row(person_number="2", birth_date="2030-01-01"),
        a_resident_row(person_number="3", birth_date="2015-01-01"),
    )

    queued = await officer.post(f"{IMPORTS}?fileName=r.csv", a_file(COLUMNS, *rows).read())
    await Worker(database, job_kinds()).run_all_due()
    where = f"{IMPORTS}/{queued.json()['importId']}"
    answer = (await officer.get(where)).json()

    assert queued.status_code == 202, queued.text
    assert (answer["summary"]["added"], answer["summary"]["refused"]) == (2, 1)
    assert [row["outcome"] for row in answer["rows"]] == ["added", "refused", "added"]
    assert await found(officer, citizenNumber="999990019") == ["Yılmaz"]
    assert await found(officer, familyName="yılm", birthDate="1990-05-17") == ["Yılmaz"]
    assert await connection.fetchval("SELECT count(*) FROM managing_adult") == 1
    kinds = await connection.fetch("SELECT kind, state FROM job ORDER BY queued_at")
    assert [tuple(row) for row in kinds] == [
        ("residents.import", "done"),
        ("grants.follow_register", "done"),
    ]
    assert await connection.fetchval("SELECT count(*) FROM upload") == 0


async def test_an_area_must_be_one_that_the_municipality_knows(
    town: Town, officer: Person, connection: Connection, database: Database
) -> None:
    administrator = await town.officer(connection, Role.ADMINISTRATOR)
    rows = (
        a_resident_row(area="velsen_noord"),
        a_resident_row(person_number="2", household_number="H2", area="Atlantis"),
        a_resident_row(person_number="3", household_number="H3", area=""),
    )

    chosen = await administrator.patch(
        "/v1/velsen/settings", {"settings": {"areas": ["velsen_noord", "santpoort"]}}
    )
    queued = await officer.post(IMPORTS, a_file(COLUMNS, *rows).read())
    await Worker(database, job_kinds()).run_all_due()
    answer = (await officer.get(f"{IMPORTS}/{queued.json()['importId']}")).json()

    assert chosen.status_code == 200, chosen.text
    assert [row["outcome"] for row in answer["rows"]] == ["added", "refused", "added"]
    assert answer["rows"][1]["fields"] == ["area"]
    assert "santpoort, velsen_noord" in answer["rows"][1]["reason"]


async def test_who_may_be_registered_twice_is_remarked_and_listed(
    officer: Person, connection: Connection, database: Database
) -> None:
    rows = (
        a_resident_row(person_number="1"),
        a_resident_row(person_number="2", birth_date="1991-01-01"),
        a_resident_row(person_number="3"),
    )

    queued = await officer.post(IMPORTS, a_file(COLUMNS, *rows).read())
    await Worker(database, job_kinds()).run_all_due()
    where = f"{IMPORTS}/{queued.json()['importId']}?remarked=true"
    remarked = (await officer.get(where)).json()["rows"]
    listed = (await officer.get("/v1/velsen/possible-duplicates")).json()["items"]

    assert [(row["key"], row["outcome"]) for row in remarked] == [("1", "added"), ("3", "added")]
    assert [one["personNumber"] for one in listed] == ["1", "3"]
    activities = await connection.fetch(
        "SELECT activity FROM processing_log WHERE activity LIKE 'resident.listed.%'"
    )
    assert [row["activity"] for row in activities] == ["resident.listed.correction"] * 2


async def test_looking_somebody_up_asks_for_a_purpose_and_is_written_down(
    officer: Person, connection: Connection
) -> None:
    holder = await a_holder(connection)
    where = f"{RESIDENTS}/{holder.id}"

    without = await officer.get(where)
    shown = await officer.get(f"{where}?purpose=objection")
    nobody = await officer.get(f"{RESIDENTS}/{uuid4()}?purpose=objection")

    assert without.status_code == 400
    assert shown.json()["states"][0]["familyName"] == "de Wit"
    assert (nobody.status_code, nobody.json()["code"]) == (404, "resident-unknown")
    activities = await connection.fetch("SELECT activity FROM processing_log")
    assert [row["activity"] for row in activities] == ["resident.shown.objection"]


async def test_a_search_that_says_too_little_or_a_number_that_cannot_be_is_refused(
    officer: Person,
) -> None:
    where = "/v1/velsen/resident-searches"

    wide = await officer.post(where, {"purpose": "question", "familyName": "de Wit"})
    wrong = await officer.post(where, {"purpose": "question", "citizenNumber": "123456789"})
    unknown = await officer.post(where, {"purpose": "curiosity", "personNumber": "1"})

    assert wide.json()["code"] == "search-too-wide"
    assert wrong.json()["code"] == "citizen-number-wrong"
    assert "123456789" not in wrong.text
    assert unknown.json()["errors"][0]["field"] == "purpose"


async def test_an_officer_records_and_ends_who_manages_a_childs_pass(
    officer: Person, connection: Connection
) -> None:
    child = await a_holder(connection, birth_date=TODAY.replace(year=TODAY.year - 10, day=1))
    adult = await a_holder(connection)
    where = f"{RESIDENTS}/{child.id}/managing-adults"
    body = {"adultId": str(adult.id), "kind": "guardian", "validFrom": str(TODAY.replace(day=1))}

    made = await officer.post(where, body)
    again = await officer.post(where, body)
    shown = (await officer.get(f"{RESIDENTS}/{child.id}?purpose=card")).json()
    ended = await officer.post(f"{where}/{adult.id}/end", {"validUntil": str(TODAY)})

    assert made.status_code == 201, made.text
    assert again.json()["code"] == "management-exists"
    assert [one["kind"] for one in shown["managingAdults"]] == ["guardian"]
    assert ended.status_code == 200, ended.text


async def test_each_kind_of_bad_row_has_its_own_answer_and_takes_no_good_row_down(
    officer: Person, database: Database
) -> None:
    def home(number: str, **cells: str) -> dict[str, str]:
        return a_resident_row(person_number=number, household_number=f"H{number}", **cells)

    rows = (
        home("1", given_name='"Jan ""Sjors""; de Oude"'),
        home("2", birth_date="2199-01-01", valid_from="2199-01-01"),
        home("3", birth_date="2015-01-01"),
        home("4"),
        {**home("4"), "household_number": "H5"},
        home("6"),
        home("6"),
        home("7"),
        home("7", address="Zeeweg 1"),
        home("8", family_name='"de "Wit"'),
    )
    content = b"\xef\xbb\xbf" + a_file(COLUMNS, *rows).read()

    queued = await officer.post(IMPORTS, content)
    await Worker(database, job_kinds()).run_all_due()
    found = (await officer.get(f"{IMPORTS}/{queued.json()['importId']}")).json()["rows"]

    answers = {row["line"]: row["reason"] or row["outcome"] for row in found}
    two_homes = "Deze persoon staat op één dag in twee huishoudens."
    two_stories = "Deze persoon staat twee keer in het bestand, met verschillen."
    assert answers == {
        2: "added",
        3: "De geboortedatum ligt in de toekomst. Deze regel begint meer dan een jaar na vandaag.",
        4: "In dit huishouden woont geen volwassene. Noem de voogd in kolom guardian_number.",
        5: two_homes,
        6: two_homes,
        7: "added",
        8: "Deze persoon staat ook op regel 7.",
        9: two_stories,
        10: two_stories,
        11: 'In deze regel staat een aanhalingsteken (") verkeerd.',
    }
    assert (await found_names(officer)) == ['Jan "Sjors"; de Oude']


async def found_names(officer: Person) -> list[str]:
    answer = await officer.post(
        "/v1/velsen/resident-searches", {"purpose": "question", "personNumber": "1"}
    )
    return [one["givenName"] for one in answer.json()["items"]]
