"""The pages and the API of the months: what waits for whom, the journal, its files and its entries."""

import csv
import io
import re

import httpx
import pytest

from given.books import PROFILE, VELSEN, this_month
from given.settlements import Shop, a_shop, sell
from pas.app.proving import prove_and_keep
from pas.auth.roles import Role
from pas.bookkeeping.model import ACCOUNT_KINDS
from pas.bookkeeping.pages.profile import typed_of
from pas.bookkeeping.periods import name_of
from pas.db import Connection
from signed_in import Visitor, signed_in

MONTH = f"periods/{name_of(this_month())}"
ACCOUNTS = "\n".join(f"{kind};;{1000 + place}" for place, kind in enumerate(ACCOUNT_KINDS))


@pytest.fixture
async def shop(connection: Connection) -> Shop:
    shop = await a_shop(connection)
    await sell(connection, shop, 1_240)
    await prove_and_keep(connection, VELSEN)
    return shop


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


async def configured(finance: Visitor) -> None:
    answer = await finance.send("journal-profile", {**typed_of(PROFILE), "accounts": ACCOUNTS})
    assert answer.status_code == 303, answer.text


async def test_finance_is_led_from_a_profile_to_a_closed_month_and_its_file(
    shop: Shop, finance: Visitor
) -> None:
    assert "nog niet ingericht" in (await finance.look("periods")).text
    assert "Er is nog geen journaal" in (await finance.look(MONTH)).text
    await configured(finance)
    open_page = (await finance.look(MONTH)).text
    assert "De maand is open: het kan nog veranderen." in open_page
    assert "Deze maand loopt nog." in open_page
    assert (await finance.send(f"{MONTH}/closing", {})).status_code == 303
    closed = (await finance.look(MONTH)).text
    assert "Kenmerk (SHA-256)" in closed
    assert "Sluit " not in closed
    assert "komt het in de volgende" in (await finance.look("periods")).text
    file = await finance.look(f"{MONTH}/journal.csv")
    assert file.headers["content-type"].startswith("text/csv")
    rows = list(csv.DictReader(io.StringIO(file.content.decode("utf-8-sig")), delimiter=";"))
    assert {row["Debet"] or row["Credit"] for row in rows} >= {"12,40"}
    sheet = await finance.look(f"{MONTH}/journal.xlsx")
    assert sheet.content.startswith(b"PK")


async def test_a_line_leads_to_the_entries_that_it_is_made_of(shop: Shop, finance: Visitor) -> None:
    await configured(finance)
    text = (await finance.look(MONTH)).text
    spent = text.partition("besteed: ")[2].partition("</details>")[0]
    [number] = re.findall(r"transactions/(\d+)", spent)
    page = (await finance.look(f"{MONTH}/transactions/{number}")).text
    assert "12,40" in page
    assert "te betalen aan aanbieders" in page
    answer = await finance.ask(f"{MONTH}/journal/transactions/{number}/entries")
    assert [one["amountCents"] for one in answer.json()["items"]] == [1_240]
    assert (await finance.look(f"{MONTH}/transactions/99")).status_code == 404


async def test_a_closed_month_opens_again_by_a_second_person(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    await configured(finance)
    await finance.send(f"{MONTH}/closing", {})
    proposal = f"{MONTH}/reopening-proposal"
    assert "Schrijf op waarom" in (await finance.send(proposal, {"reason": ""})).text
    assert (await finance.send(proposal, {"reason": "Rekening 1002 klopt niet"})).status_code == 303
    assert "Een collega beslist" in (await finance.look(MONTH)).text
    assert "wacht op uw oordeel: mag zij weer open" in (await approver.look("")).text
    page = (await approver.look(MONTH)).text
    assert "Rekening 1002 klopt niet" in page
    assert "Mag deze maand weer open?" in page
    assert (await approver.send(f"{MONTH}/reopening", {})).status_code == 303
    again = (await finance.look(MONTH)).text
    assert "Eerder dicht" in again
    assert "Sluit " in again
    twice = await approver.send(f"{MONTH}/reopening", {})
    assert twice.status_code == 409


async def test_a_proposal_is_turned_down_with_a_reason(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    await configured(finance)
    await finance.send(f"{MONTH}/closing", {})
    await finance.send(f"{MONTH}/reopening-proposal", {"reason": "x"})
    rejection = f"{MONTH}/reopening-rejection"
    assert "Laat dicht" in (await approver.look(rejection)).text
    assert (await approver.send(rejection, {"reason": "Het klopt"})).status_code == 303
    assert "Stel voor om weer te openen" in (await finance.look(MONTH)).text


async def test_a_month_that_cannot_be_closed_says_why(
    shop: Shop, finance: Visitor, connection: Connection
) -> None:
    await configured(finance)
    await connection.execute(
        "INSERT INTO proof (id, proved_at, closes, content) VALUES (gen_random_uuid(), now(), false, '{}')"
    )
    refused = await finance.send(f"{MONTH}/closing", {})
    assert refused.status_code == 409
    assert "nog niet nagekeken, of kloppen niet" in refused.text


async def test_a_profile_that_is_wrong_is_shown_again_with_what_is_wrong(
    shop: Shop, finance: Visitor
) -> None:
    typed = typed_of(PROFILE)
    wrong = {**typed, "accounts": "bank;;1600\nspaarpot;;1", "columns": "saldo;Saldo"}
    answer = await finance.send("journal-profile", wrong)
    assert answer.status_code == 400
    assert "Regel 2 klopt niet: spaarpot;;1" in answer.text
    assert "Regel 1 klopt niet: saldo;Saldo" in answer.text
    same = {**typed, "separator": "komma"}
    assert "hetzelfde" in (await finance.send("journal-profile", same)).text
    none = {**typed, "separator": ""}
    assert "Kies het scheidingsteken" in (await finance.send("journal-profile", none)).text


async def test_tabs_of_a_spreadsheet_are_read_and_empty_cells_are_the_defaults(
    shop: Shop, finance: Visitor
) -> None:
    typed = {**typed_of(PROFILE), "accounts": "bank\t\t1600\tK9\t\t4.1.1\nbudget;;"}
    assert (await finance.send("journal-profile", typed)).status_code == 303
    kept = (await finance.ask("journal-profile")).json()
    assert kept["profile"]["accounts"] == [
        {
            "account": "bank",
            "scheme": None,
            "ledgerAccount": "1600",
            "costCentre": "K9",
            "taakveld": "6.3",
            "category": "4.1.1",
        }
    ]
    page = (await finance.look("journal-profile")).text
    assert "bank;;1600;K9;6.3;4.1.1" in page
    assert "budget;;" in page


async def test_the_api_closes_reads_and_opens(
    shop: Shop, finance: Visitor, approver: Visitor
) -> None:
    profile = {"accounts": [{"account": kind, "ledgerAccount": "1"} for kind in ACCOUNT_KINDS]}
    kept = await finance.tell("journal-profile", profile, method="PUT")
    assert kept.json()["number"] == 1
    missing = await finance.tell("journal-profile", {"columns": []}, method="PUT")
    assert missing.status_code == 400
    closed = await finance.tell(f"{MONTH}/closing", {}, method="PUT")
    assert closed.json()["number"] == 1, closed.text
    journal = (await finance.ask(f"{MONTH}/journal")).json()
    assert journal["debitCents"] == journal["creditCents"] == closed.json()["totalCents"]
    assert journal["isFrozen"] is True
    assert (await finance.ask(f"{MONTH}/journal/csv")).status_code == 200
    assert (await finance.ask(f"{MONTH}/journal/spreadsheet")).content.startswith(b"PK")
    reason = {"reason": "Rekening"}
    await finance.tell(f"{MONTH}/reopening-proposal", reason, method="PUT")
    own = await finance.tell(f"{MONTH}/reopening", {}, method="PUT")
    assert own.status_code == 403
    kept_closed = await approver.tell(f"{MONTH}/reopening-rejection", reason, method="PUT")
    assert kept_closed.json()["reopeningBecause"] is None
    await finance.tell(f"{MONTH}/reopening-proposal", reason, method="PUT")
    opened = await approver.tell(f"{MONTH}/reopening", {}, method="PUT")
    assert opened.json()["reopenedAt"]
    states = [one["state"] for one in (await finance.ask("periods")).json()["items"]]
    assert states == ["open"]
    for wrong in ("periods/2026-13/journal", "periods/1999-01/journal", "periods/x/journal"):
        assert (await finance.ask(wrong)).status_code == 404
