"""One resident over HTTP: the same rules as a file of one row, an event, and passes that follow."""

from datetime import timedelta
from typing import Final, cast

import httpx
import msgspec
import pytest

from given.days import TODAY
from given.files import a_file, a_resident_row
from pas.auth.events import read_events
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import ResidentId
from pas.jobs import job_kinds
from pas.jobs.worker import Worker
from pas.passes.resident_files import COLUMNS
from pas.residents.routes.put_resident import field_name
from people import Person, Town

RESIDENTS = "/v1/velsen/residents/by-number"
IMPORTS = "/v1/velsen/resident-imports"
TOMORROW: Final = str(TODAY + timedelta(days=1))
OTHERS_BSN = "999990019"
CHILD = {"birth_date": "2015-03-04"}
CASES: Final[dict[str, dict[str, str]]] = {
    "a grown-up": {},
    "all that can be known": {
        "bsn": "999990020",
        "school_type": "higher",
        "guardian_number": "g1",
        "left_on": "2026-10-01",
        "income_pct": "112,5",
    },
    "an unknown income": {"income_pct": "", "income_source": ""},
    "a child in a household without an adult": CHILD,
    "a child whose guardian we do not know": {**CHILD, "guardian_number": "g1"},
    "a birth in the future": {"birth_date": TOMORROW},
    "a day before the birth": {"valid_from": "1980-01-01"},
    "a number of somebody else": {"bsn": OTHERS_BSN},
    "a number that cannot be": {"bsn": "999990018"},
    "a postcode that cannot be, and no name": {"postcode": "0971 AB", "given_name": ""},
    "an area that nobody knows": {"area": "Atlantis"},
}


@pytest.fixture
async def officer(town: Town, connection: Connection) -> Person:
    return await town.officer(connection, Role.OFFICER)


def a_body(**cells: str) -> dict[str, object]:
    """A row of a file as a body: what is empty is left out, a percentage in hundredths."""
    row = a_resident_row(**cells)
    del row["person_number"]
    body: dict[str, object] = {field_name(column): cell for column, cell in row.items() if cell}
    body["givenName"] = row["given_name"]
    if "income" in body:
        body["income"] = round(float(row["income_pct"].replace(",", ".")) * 100)
    return body


async def puts(officer: Person, number: str, **cells: str) -> httpx.Response:
    return await officer.put(f"{RESIDENTS}/{number}", a_body(**cells))


async def stored(connection: Connection, number: str) -> list[dict[str, object]]:
    rows = await connection.fetch(
        """
        SELECT v.*, r.bsn_hash FROM resident r JOIN resident_version v ON v.resident_id = r.id
        WHERE r.person_number = $1 ORDER BY v.valid_from
        """,
        number,
    )
    own = ("resident_id", "household_number", "recorded_at", "bsn_hash")
    return [
        {
            **{name: value for name, value in row.items() if name not in own},
            "bsn": bool(row["bsn_hash"]),
        }
        for row in rows
    ]


@pytest.mark.parametrize("cells", CASES.values(), ids=CASES)
async def test_one_resident_and_a_file_with_the_same_data_have_the_same_verdict(
    town: Town,
    officer: Person,
    connection: Connection,
    database: Database,
    *,
    cells: dict[str, str],
) -> None:
    administrator = await town.officer(connection, Role.ADMINISTRATOR)
    await administrator.patch("/v1/velsen/settings", {"settings": {"areas": ["ijmuiden_noord"]}})
    assert (await puts(officer, "0", bsn=OTHERS_BSN, household_number="H0")).status_code == 200
    row = a_resident_row(**cells, person_number="1", household_number="H1")

    queued = (await officer.post(IMPORTS, a_file(COLUMNS, row).read())).json()
    await Worker(database, job_kinds()).run_all_due()
    (filed,) = (await officer.get(f"{IMPORTS}/{queued['importId']}")).json()["rows"]
    # The number of a person is one person's alone, so the second one gets another.
    bsn = "999990032" if cells.get("bsn") == "999990020" else cells.get("bsn", "")
    answer = await puts(officer, "2", **{**cells, "bsn": bsn, "household_number": "H2"})

    told = answer.json()
    if filed["outcome"] == "refused":
        assert (answer.status_code, told["code"]) == (400, "resident-wrong")
        assert told["detail"] == filed["reason"]
        assert {one["field"] for one in told["errors"]} == {
            field_name(one) for one in filed["fields"]
        }
    else:
        assert (told["outcome"], told["remark"]) == (filed["outcome"], filed["reason"])
    assert await stored(connection, "1") == await stored(connection, "2")


async def test_a_correction_changes_the_day_it_names_and_a_later_day_adds_to_it(
    officer: Person, connection: Connection
) -> None:
    answers = [
        await puts(officer, "1"),
        await puts(officer, "1"),
        await puts(officer, "1", address="Zeeweg 1"),
        await puts(officer, "1", address="Zeeweg 2", valid_from="2026-05-01"),
    ]

    told = [answer.json() for answer in answers]
    assert [(one["outcome"], one["fields"]) for one in told] == [
        ("added", []),
        ("same", []),
        ("changed", ["address"]),
        ("changed", ["address"]),
    ]
    assert len({one["id"] for one in told}) == 1
    assert [row["address"] for row in await stored(connection, "1")] == ["Zeeweg 1", "Zeeweg 2"]


async def test_what_changed_is_an_event_with_before_and_after_and_no_citizen_number(
    officer: Person, connection: Connection
) -> None:
    made = (await puts(officer, "1", bsn=OTHERS_BSN)).json()
    await puts(officer, "1", address="Zeeweg 1", bsn="999990020")

    events = await read_events(
        connection,
        subject_kind="resident",
        subject_id=ResidentId(msgspec.convert(made["id"], ResidentId)),
    )
    contents = [
        cast("dict[str, dict[str, object]]", msgspec.json.decode(one.content or "{}"))
        for one in events
    ]

    assert [one.kind for one in events] == ["resident.changed", "resident.added"]
    assert [one.actor_id for one in events] == [officer.id] * 2
    assert (contents[0]["before"]["address"], contents[0]["after"]["address"]) == (
        "Duinpad 12",
        "Zeeweg 1",
    )
    assert contents[0]["after"]["changed"] == ["bsn", "address"]
    assert "9999900" not in str(contents)


async def test_a_citizen_number_is_wiped_once_with_an_event_and_is_free_again(
    officer: Person, connection: Connection
) -> None:
    made = (await puts(officer, "1", bsn=OTHERS_BSN)).json()
    assert (await puts(officer, "2", bsn=OTHERS_BSN, household_number="H2")).status_code == 400
    body = {**a_body(), "wipeCitizenNumber": True}

    answers = [(await officer.put(f"{RESIDENTS}/1", body)).json() for _ in range(2)]
    other = await puts(officer, "2", bsn=OTHERS_BSN, household_number="H2")

    assert [(one["outcome"], one["fields"]) for one in answers] == [
        ("changed", ["citizenNumber"]),
        ("same", []),
    ]
    assert other.json()["outcome"] == "added"
    subject = msgspec.convert(made["id"], ResidentId)
    events = await read_events(connection, subject_kind="resident", subject_id=subject)
    wiped = [one for one in events if one.kind == "resident.citizen_number_wiped"]
    assert [one.actor_id for one in wiped] == [officer.id]
    assert "9999900" not in str(events)


async def test_a_citizen_number_is_not_wiped_and_filled_in_at_once(
    officer: Person, connection: Connection
) -> None:
    await puts(officer, "1", bsn=OTHERS_BSN)
    body = {**a_body(bsn="999990020"), "wipeCitizenNumber": True}
    answer = await officer.put(f"{RESIDENTS}/1", body)
    assert answer.status_code == 400
    assert [one["field"] for one in answer.json()["errors"]] == ["citizenNumber"]
    assert await connection.fetchval("SELECT count(bsn_hash) FROM resident") == 1


async def test_the_family_and_the_passes_follow_a_correction(
    officer: Person, connection: Connection
) -> None:
    await puts(officer, "1")
    await puts(officer, "2", **CHILD)
    await puts(officer, "2", **CHILD)

    assert await connection.fetchval("SELECT count(*) FROM managing_adult") == 1
    jobs = await connection.fetchval(
        "SELECT count(*) FROM job WHERE kind = 'grants.follow_register'"
    )
    assert jobs == 2
