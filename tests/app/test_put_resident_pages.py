"""Adding or correcting one resident as a page: what is known is shown, what is wrong beside its field."""

import re
from datetime import date, timedelta

import httpx
import pytest

from given.assessment import a_member
from given.days import NEW_YEAR, TODAY, YEAR
from page_forms import form_in
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import ResidentId
from signed_in import Visitor, signed_in

SINCE = f"1-1-{YEAR}"
PERSON = {
    "person_number": "7001",
    "given_name": "Noor",
    "family_name": "de Wit",
    "birth_date": "17-5-1990",
    "address": "Plein 1",
    "postcode": "1971 AB",
    "household_number": "H7",
    "household_type": "alone",
    "income_pct": "95,5",
    "valid_from": SINCE,
}
WRONG = {
    "person_number": "!",
    "bsn": "123456789",
    "given_name": "",
    "family_name": "a" * 101,
    "birth_date": "17 mei",
    "address": "Plein \x01",
    "postcode": "0000",
    "household_number": "",
    "income_pct": "veel",
    "valid_from": "31-2-2026",
    "left_on": "morgen",
    "died_on": "gisteren",
    "guardian_number": "%",
}


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


@pytest.fixture
async def resident(connection: Connection) -> ResidentId:
    return await a_member(connection, since=date(YEAR - 1, 1, 1), income=9_550)


async def states(connection: Connection, resident: ResidentId) -> list[tuple[object, ...]]:
    rows = await connection.fetch(
        """
        SELECT valid_from, given_name, income FROM resident_version WHERE resident_id = $1
        ORDER BY valid_from
        """,
        resident,
    )
    return [tuple(row) for row in rows]


async def test_somebody_is_added_and_their_page_follows(
    officer: Visitor, connection: Connection
) -> None:
    assert "residents/new" in (await officer.look("residents")).text
    assert (await officer.look("residents/new")).status_code == 200
    added = await officer.send("residents/new", PERSON)
    assert added.status_code == 303, added.text
    person = (await officer.look(added.headers["location"].removeprefix("/velsen/"))).text
    assert "Noor de Wit" in person
    assert "95,5% van het sociaal minimum" in person
    events = await connection.fetch("SELECT kind, actor_id FROM event ORDER BY id DESC LIMIT 1")
    assert [tuple(row) for row in events] == [("resident.added", officer.login)]
    assert await connection.fetchval("SELECT count(*) FROM job") == 1


async def test_the_form_shows_what_is_known_and_sending_it_changes_nothing_else(
    officer: Visitor, connection: Connection, resident: ResidentId
) -> None:
    before = await states(connection, resident)
    path = f"residents/{resident}/correction"
    assert path in (await officer.look(f"residents/{resident}")).text
    known = form_in((await officer.look(path)).text, "")
    assert (known["given_name"], known["income_pct"]) == (before[0][1], "95,5")
    assert known["valid_from"] == f"{TODAY.day}-{TODAY.month}-{TODAY.year}"
    same = await officer.send(path, {**known, "valid_from": SINCE})
    changed = await officer.send(path, {**known, "given_name": "Sanne-Maria"})
    assert same.headers["location"] == changed.headers["location"]
    assert changed.headers["location"] == f"/velsen/residents/{resident}"
    assert await states(connection, resident) == [*before, (TODAY, "Sanne-Maria", 9_550)]
    assert "Sanne-Maria" in (await officer.look(f"residents/{resident}")).text
    noted = await connection.fetch("SELECT DISTINCT activity FROM processing_log")
    assert "resident.shown.correction" in [row["activity"] for row in noted]


async def test_every_mistake_stands_beside_its_field_and_what_was_typed_stays(
    officer: Visitor, connection: Connection, resident: ResidentId
) -> None:
    added = await officer.send("residents/new", {**PERSON, **WRONG})
    path = f"residents/{resident}/correction"
    corrected = await officer.send(path, {**PERSON, **WRONG, "person_number": ""})
    assert (added.status_code, corrected.status_code) == (400, 400)
    for answer, wrong in ((added, set(WRONG)), (corrected, set(WRONG) - {"person_number"})):
        assert set(re.findall(r'id="(\w+)-fout"', answer.text)) == wrong
        assert not re.search("kolom|regel", answer.text, re.IGNORECASE)
        kept = form_in(answer.text, "")
        assert {name: kept[name] for name in wrong} == {name: WRONG[name] for name in wrong}
    assert await connection.fetchval("SELECT count(*) FROM resident") == 1


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"birth_date": str(TODAY + timedelta(days=2))}, "birth_date"),
        ({"valid_from": "1-1-1980"}, "valid_from"),
        ({"valid_from": str(TODAY + timedelta(days=400))}, "valid_from"),
        ({"birth_date": str(NEW_YEAR)}, "household_number"),
        ({"guardian_number": "7001"}, "guardian_number"),
        ({"household_type": "castle"}, "household_type"),
    ],
)
async def test_what_no_field_can_say_alone_is_said_beside_one(
    officer: Visitor, changes: dict[str, str], field: str
) -> None:
    answer = await officer.send("residents/new", {**PERSON, **changes})
    assert answer.status_code == 400
    assert f'id="{field}-fout"' in answer.text
    assert not re.search("kolom|regel", answer.text, re.IGNORECASE)


async def test_a_number_that_somebody_has_adds_nobody_and_changes_nobody(
    officer: Visitor, connection: Connection
) -> None:
    await officer.send("residents/new", PERSON)
    again = await officer.send("residents/new", {**PERSON, "given_name": "Iemand"})
    assert again.status_code == 400
    assert 'id="person_number-fout"' in again.text
    names = await connection.fetch("SELECT given_name FROM resident_version")
    assert [row["given_name"] for row in names] == ["Noor"]


async def test_a_number_of_a_citizen_is_kept_and_shown_nowhere(officer: Visitor) -> None:
    added = await officer.send("residents/new", {**PERSON, "bsn": "999990019"})
    path = added.headers["location"].removeprefix("/velsen/")
    form = (await officer.look(f"{path}/correction")).text
    taken = {**PERSON, "person_number": "7002", "household_number": "H8", "bsn": "999990019"}
    refused = await officer.send("residents/new", taken)
    assert "999990019" not in form + (await officer.look(path)).text
    assert 'id="bsn-fout"' in refused.text


async def test_a_wrong_number_of_a_citizen_is_wiped_on_the_page_that_corrects(
    officer: Visitor, connection: Connection
) -> None:
    assert "wipe_bsn" not in (await officer.look("residents/new")).text
    added = await officer.send("residents/new", {**PERSON, "bsn": "999990019"})
    path = added.headers["location"].removeprefix("/velsen/") + "/correction"
    form = (await officer.look(path)).text
    assert "Wis het burgerservicenummer" in form
    untouched = await officer.send(path, form_in(form, ""))
    assert untouched.status_code == 303
    assert await connection.fetchval("SELECT count(bsn_hash) FROM resident") == 1
    both = await officer.send(path, {**form_in(form, ""), "bsn": "999990020", "wipe_bsn": "ja"})
    assert 'id="bsn-fout"' in both.text
    wiped = await officer.send(path, {**form_in(form, ""), "wipe_bsn": "ja"})
    assert wiped.status_code == 303
    assert await connection.fetchval("SELECT count(bsn_hash) FROM resident") == 0


async def test_what_somebody_should_look_at_is_said_with_the_way_on(officer: Visitor) -> None:
    child = {**PERSON, "birth_date": str(NEW_YEAR), "guardian_number": "9999"}
    answer = await officer.send("residents/new", child)
    assert answer.status_code == 200
    assert "Deze voogd is bij ons niet bekend" in answer.text
    assert re.search(r'href="/velsen/residents/[0-9a-f-]{36}"', answer.text)


async def test_only_who_may_sees_the_form(
    client: httpx.AsyncClient, connection: Connection, officer: Visitor, resident: ResidentId
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    path = f"residents/{resident}/correction"
    assert "residents/new" not in (await counter.look("residents")).text
    assert "/correction" not in (await counter.look(f"residents/{resident}")).text
    for form in ("residents/new", path):
        assert (await counter.look(form)).status_code == 403
        assert (await counter.send(form, PERSON)).status_code == 403
        assert (await officer.send(form, PERSON, csrf=False)).status_code == 403
