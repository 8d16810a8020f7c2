"""Whoever sees or uses data of a resident is in the processing log of that resident."""

from collections.abc import AsyncGenerator

import httpx
import msgspec
import pytest

from given.assessment import a_member, a_scheme_in_force
from given.cards import an_issued_card, as_holder
from given.days import NEW_YEAR, NOW, YEAR
from given.files import a_file, a_resident_row
from given.logins import an_actor
from pas.auth.keys import KeyStore
from pas.auth.roles import Role
from pas.days import day_of
from pas.db import Connection, Database
from pas.grants.apply import Application, apply_for_household
from pas.grants.assess import Task, assess_year
from pas.grants.deviate import Proposal, confirm_deviation, propose_deviation
from pas.grants.record_income import FoundIncome, record_income
from pas.ids import ApplicationId, HouseholdNumber, ResidentId, uuid7
from pas.installation import Access
from pas.money import BasisPoints, Cents
from pas.passes.make_cards import Press
from pas.passes.resident_files import COLUMNS
from pas.residents.import_residents import ResidentsFile, import_residents
from pas.residents.processing_log import ProcessingLogNotYours, read_processing_log
from visitors import HERE, Street, Visitor, somebody_for, street

HOUSEHOLD = HouseholdNumber("H-uniek-7")
OFFICER, APPROVER = an_actor(Role.OFFICER), an_actor(Role.APPROVER)


class Known(msgspec.Struct, frozen=True):
    """A resident about whom there is something to see on every page."""

    resident: ResidentId
    card_number: str
    places: dict[str, str]

    def is_in(self, text: str) -> bool:
        return any(mark in text for mark in (str(self.resident), self.resident.hex, HOUSEHOLD))


@pytest.fixture
async def town(client: httpx.AsyncClient, keys: KeyStore, access: Access) -> AsyncGenerator[Street]:
    async with street(client, keys, access) as town:
        yield town


@pytest.fixture
async def known(connection: Connection, database: Database, keys: KeyStore) -> Known:
    """With a pass, a card, a decision, a deviation and an application that waits."""
    version = await a_scheme_in_force(connection, valid_from=NEW_YEAR)
    other = await a_scheme_in_force(connection, "kleding", valid_from=NEW_YEAR, income_limit=9_000)
    resident = await a_member(connection, HOUSEHOLD, since=NEW_YEAR)
    await a_member(connection, "H-onbekend", income=None, since=NEW_YEAR)
    await assess_year(database, a_task())
    card = await an_issued_card(connection, Press(keys.ring(HERE)), resident)
    deviation = await propose_deviation(
        connection, a_proposal(resident, other), actor=OFFICER, now=NOW
    )
    application = await apply_for_household(connection, an_application(), actor=OFFICER, now=NOW)
    pass_id = await connection.fetchval("SELECT id FROM pass WHERE resident_id = $1", resident)
    assert version != other
    return Known(
        resident,
        str(card.codes.number),
        {
            "resident_id": str(resident),
            "pass_id": str(pass_id),
            "card_id": str(card.card_id),
            "deviation_id": str(deviation.id),
            "application_id": str(application.id),
        },
    )


def a_task() -> Task:
    return Task(municipality=HERE, year=YEAR, actor=OFFICER, now=NOW)


def a_proposal(resident: ResidentId, version: object) -> Proposal:
    return Proposal(
        resident=resident,
        version=version,  # pyright: ignore[reportArgumentType]
        year=YEAR,
        effect="grant",
        reason="Schrijnende situatie na een scheiding.",
        amount_cents=Cents(5_000),
    )


def an_application() -> Application:
    return Application(id=ApplicationId(uuid7()), household=HOUSEHOLD, year=YEAR, channel="counter")


async def activities(connection: Connection, resident: ResidentId) -> set[str]:
    rows = await connection.fetch(
        "SELECT activity FROM processing_log WHERE subject_id = $1", resident
    )
    return {row["activity"] for row in rows}


@pytest.mark.usefixtures("almere")
async def test_every_route_that_shows_a_resident_writes_it_down(
    town: Street, known: Known, connection: Connection
) -> None:
    """Whatever an answer says of this resident, its processing log says who read it."""
    seen, unlogged = list[str](), list[str]()
    for route in town.routes():
        if not route.is_safe or route.opt.get("public"):
            continue
        visitor = somebody_for(route.opt, of_merchant=route.of_merchant)
        if visitor.kind != "login":
            continue
        await connection.execute("DELETE FROM processing_log")
        answer = await town.visit(visitor, route, address=filled(town, route.path, known))
        assert answer.status_code < 500, f"{route}: {answer.text}"
        if answer.status_code < 300 and (known.is_in(answer.text) or shows(route.path)):
            seen.append(str(route))
            if not await activities(connection, known.resident):
                unlogged.append(str(route))
    assert unlogged == []
    assert len(seen) >= 12, seen


def filled(town: Street, path: str, known: Known) -> str:
    address = town.address(path)
    parts = zip(path.split("/"), address.split("/"), strict=True)
    names = [known.places.get(part.strip("{}").partition(":")[0], made) for part, made in parts]
    return "/".join(names) + "?purpose=question"


def shows(path: str) -> bool:
    """A picture says no name, but with it a card can be copied."""
    return "{card_id:" in path or "{resident_id:" in path


@pytest.mark.usefixtures("almere")
async def test_finding_somebody_by_a_card_is_written_down(
    town: Street, known: Known, connection: Connection
) -> None:
    counter = Visitor("counter", "login", "session", (Role.COUNTER,))
    address = f"/v1/{HERE}/card-lookups"
    body = msgspec.json.encode({"scanned": known.card_number})
    headers = await town.proof(counter, "POST", address, body=body)
    answer = await town.client.post(
        address, content=body, headers={**headers, "content-type": "application/json"}
    )
    assert answer.json()["residentId"] == str(known.resident)
    assert "card.looked_up" in await activities(connection, known.resident)


async def test_every_use_of_data_is_written_down(
    known: Known, connection: Connection, database: Database, keys: KeyStore
) -> None:
    assert await activities(connection, known.resident) == {
        "grant.assessed",
        "deviation.proposed",
        "application.received",
    }
    deviation = await connection.fetchval("SELECT id FROM deviation")
    await confirm_deviation(connection, deviation, actor=APPROVER, now=NOW)
    found = FoundIncome(
        household=HOUSEHOLD, income=BasisPoints(9_500), source="loonstrook", assessed_on=day_of(NOW)
    )
    await record_income(connection, found, actor=OFFICER, now=NOW)
    assert {"deviation.confirmed", "income_verdict.recorded"} <= await activities(
        connection, known.resident
    )

    file = ResidentsFile(source=a_file(COLUMNS, a_resident_row()), name="r.csv")
    await import_residents(database, HERE, file, ring=keys.ring(HERE), actor=OFFICER, now=NOW)
    new = await connection.fetchval("SELECT id FROM resident WHERE person_number = '1001'")
    assert await activities(connection, new) == {"resident.imported"}


async def test_a_resident_reads_who_used_the_data_and_nobody_elses(
    known: Known, connection: Connection
) -> None:
    own = as_holder(known.resident)
    shown = await read_processing_log(connection, known.resident, actor=own, now=NOW)
    assert {one.processing_activity for one in shown} >= {"grant.assessed", "deviation.proposed"}
    assert all(one.operation_id is not None for one in shown)

    stranger = as_holder(ResidentId(uuid7()))
    with pytest.raises(ProcessingLogNotYours):
        await read_processing_log(connection, known.resident, actor=stranger, now=NOW)

    before = len(shown)
    shown = await read_processing_log(connection, known.resident, actor=OFFICER, now=NOW)
    assert len(shown) == before + 1, "that an officer looked is in it too"
