"""A year on its pages and in the API: three people close it, open it, and read it; each sees what they can do."""

import httpx
import pytest

from given.years import LAST, OldYear, ready_to_close_the_year
from pas.auth.keys import KeyRing
from pas.auth.roles import Role
from pas.db import Connection, Database
from sealing import seal_all
from signed_in import Visitor, signed_in

YEAR = f"years/{LAST}"


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


async def test_finance_proposes_another_closes_and_a_controller_reads(
    client: httpx.AsyncClient,
    connection: Connection,
    database: Database,
    old: OldYear,
    ring: KeyRing,
    finance: Visitor,
    approver: Visitor,
) -> None:
    assert old
    assert "Eerst moeten dicht" in (await finance.look(YEAR)).text
    assert "Er is nog geen bestand" in (await finance.look(YEAR)).text
    await ready_to_close_the_year(connection, database)
    assert f"Stel voor om {LAST} te sluiten" in (await finance.look(YEAR)).text
    assert (await finance.send(f"{YEAR}/closing-proposal", {})).status_code == 303
    assert "Een collega sluit het jaar af" in (await finance.look(YEAR)).text
    assert "jaar wacht op uw oordeel" in (await approver.look("")).text
    await seal_all(connection, ring)
    assert f"Sluit {LAST} af" in (await approver.look(YEAR)).text
    assert (await approver.send(f"{YEAR}/closing", {})).status_code == 303
    controller = await signed_in(client, connection, Role.AUDITOR)
    page = (await controller.look(YEAR)).text
    assert "Kenmerk van het bestand (SHA-256)" in page
    assert "Stel voor" not in page
    csv, api = await controller.look(f"{YEAR}/account.csv"), await controller.ask(f"{YEAR}/account")
    assert csv.text.splitlines()[0].startswith("part;scheme;budget_year;")
    assert len(csv.text.splitlines()) == len(api.json()["lines"]) + 1
    assert (await controller.look(f"{YEAR}/account.xlsx")).content.startswith(b"PK")
    assert "Dicht" in (await controller.look("years")).text


async def test_a_closed_year_opens_again_with_a_reason_by_a_second_person(
    connection: Connection,
    database: Database,
    old: OldYear,
    ring: KeyRing,
    finance: Visitor,
    approver: Visitor,
) -> None:
    assert old
    await ready_to_close_the_year(connection, database)
    await finance.send(f"{YEAR}/closing-proposal", {})
    await seal_all(connection, ring)
    await approver.send(f"{YEAR}/closing", {})
    proposal = f"{YEAR}/reopening-proposal"
    assert "Waarom?" in (await finance.look(proposal)).text
    assert "Schrijf op waarom" in (await finance.send(proposal, {"reason": ""})).text
    assert (await finance.send(proposal, {"reason": "Een fout"})).status_code == 303
    assert f"Open {LAST} weer" in (await approver.look(YEAR)).text
    keep = f"{YEAR}/reopening-rejection"
    assert (await approver.send(keep, {"reason": "Klopt zo"})).status_code == 303
    await finance.send(proposal, {"reason": "Toch"})
    assert (await approver.send(f"{YEAR}/reopening", {})).status_code == 303
    page = (await finance.look(YEAR)).text
    assert "Toch" in page
    assert f"Stel voor om {LAST} te sluiten" in page


async def test_a_proposal_can_be_taken_back(
    connection: Connection, database: Database, old: OldYear, finance: Visitor
) -> None:
    assert old
    await ready_to_close_the_year(connection, database)
    await finance.send(f"{YEAR}/closing-proposal", {})
    answer = await finance.send(f"{YEAR}/closing-rejection", {"reason": "Te vroeg"})
    assert answer.status_code == 303
    page = (await finance.look(YEAR)).text
    assert "Te vroeg" in page


async def test_who_decides_does_not_propose(old: OldYear, approver: Visitor) -> None:
    assert old
    assert (await approver.send(f"{YEAR}/closing-proposal", {})).status_code == 403


async def test_a_sample_is_drawn_on_a_page_and_its_address_draws_it_again(
    connection: Connection, old: OldYear, ring: KeyRing, finance: Visitor
) -> None:
    assert old
    await seal_all(connection, ring)
    assert "Trek de steekproef" in (await finance.look(f"{YEAR}/sample")).text
    page = (await finance.look(f"{YEAR}/sample?seed=abc&size=3&method=amount")).text
    assert "Getrokken uit" in page
    api = (await finance.ask(f"{YEAR}/sample?seed=abc&size=3&method=amount")).json()
    file = await finance.look(
        f"{YEAR}/sample.csv?seed=abc&size=3&method=amount&seal={api['sealSize']}"
    )
    entries = [line.split(";")[1] for line in file.text.splitlines()[1:]]
    assert entries == [one["entryId"] for one in api["entries"]]
    assert all(entry in page for entry in entries)
