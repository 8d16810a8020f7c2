"""Debit notes on pages and by the API: finance proposes and books, a second person approves."""

import re
from pathlib import Path

import httpx
import pytest

from given.days import TODAY
from given.debit_notes import a_debtor
from given.settlements import sell
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import Visitor, signed_in

NOTES = "settlements/debit-notes"


@pytest.fixture
async def finance(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.FINANCE)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


def place(answer: httpx.Response) -> str:
    return answer.headers["location"].removeprefix("/velsen/")


async def test_two_people_ask_it_back_and_finance_books_what_came_in(
    connection: Connection, superuser: Connection, finance: Visitor, approver: Visitor
) -> None:
    shop = await a_debtor(connection, superuser)
    assert "debit-notes" in (await finance.look("settlements")).text
    told = (await finance.look(NOTES)).text
    assert "€\xa010,00 te veel gekregen" in told
    assert "90 dagen" in told
    assert "Stel een debetnota voor" not in (await approver.look(NOTES)).text
    made = await finance.send(f"{NOTES}/merchants/{shop.merchant.id}", {})
    assert made.status_code == 303, made.text
    note = place(made)
    own, other = (await finance.look(note)).text, (await approver.look(note)).text
    assert ("Keur goed" in own, "Keur goed" in other) == (False, True)
    assert (await finance.send(f"{note}/approval", {})).status_code == 403
    assert (await approver.send(f"{note}/approval", {})).status_code == 303
    paper = await finance.look(f"{note}/pdf")
    assert paper.content.startswith(b"%PDF")
    assert "debetnota-1.pdf" in paper.headers["content-disposition"]
    form = (await finance.look(f"{note}/receipt")).text
    assert 'name="number" value="1"' in form
    today = f"{TODAY.day}-{TODAY.month}-{TODAY.year}"
    wrong = {"number": "1", "amount": "10,01", "day": today}
    assert "Er staat nog €\xa010,00 open." in (await finance.send(f"{note}/receipt", wrong)).text
    half = wrong | {"amount": "4,00"}
    for _ in range(2):
        assert (await finance.send(f"{note}/receipt", half)).status_code == 303
    assert "€\xa06,00" in (await finance.look(note)).text
    await sell(connection, shop, 600)
    assert "Verrekend" in (await finance.look(note)).text
    assert "Verrekend" in (await finance.look(NOTES)).text


@pytest.mark.parametrize(
    ("fields", "said"),
    [
        ({"number": "1", "amount": "", "day": "1-1-2026"}, "Vul het bedrag"),
        ({"number": "1", "amount": "1,00", "day": ""}, "Vul de dag"),
        ({"number": "1", "amount": "1,00", "day": "1-1-2020"}, "Op deze dag kan de bank dit niet"),
    ],
)
async def test_what_is_wrong_with_a_receipt_is_said_at_the_field(
    connection: Connection,
    superuser: Connection,
    finance: Visitor,
    approver: Visitor,
    fields: dict[str, str],
    said: str,
) -> None:
    shop = await a_debtor(connection, superuser)
    note = place(await finance.send(f"{NOTES}/merchants/{shop.merchant.id}", {}))
    await approver.send(f"{note}/approval", {})
    answer = await finance.send(f"{note}/receipt", fields)
    assert (answer.status_code, said in answer.text) == (400, True), answer.text


async def test_a_note_is_withdrawn_with_a_reason_by_either(
    connection: Connection, superuser: Connection, finance: Visitor, approver: Visitor
) -> None:
    shop = await a_debtor(connection, superuser)
    note = place(await finance.send(f"{NOTES}/merchants/{shop.merchant.id}", {}))
    assert "Schrijf op waarom" in (await approver.send(f"{note}/withdrawal", {"reason": ""})).text
    assert "Waarom trekt u haar in?" in (await finance.look(f"{note}/withdrawal")).text
    answer = await approver.send(f"{note}/withdrawal", {"reason": "Betaald aan de balie."})
    assert answer.status_code == 303
    assert "Betaald aan de balie." in (await finance.look(note)).text
    again = await finance.send(f"{note}/withdrawal", {"reason": "Nog eens."})
    assert "Deze debetnota is nu ingetrokken." in again.text


async def test_the_list_goes_along_as_text_and_as_a_spreadsheet(
    connection: Connection, superuser: Connection, finance: Visitor, tmp_path: Path
) -> None:
    shop = await a_debtor(connection, superuser)
    await finance.send(f"{NOTES}/merchants/{shop.merchant.id}", {})
    found = re.findall(
        rf"/velsen/({NOTES}[^\"]*\.(?:csv|xlsx)|{NOTES}/[a-z]+\?[^\"]*|{NOTES}/(?:csv|spreadsheet))",
        (await finance.look(NOTES)).text,
    )
    assert len(found) == 2, found
    answers = [await finance.look(path) for path in found]
    assert any("RF46PAS000000001" in one.content.decode("utf-8", "ignore") for one in answers)
    assert all(one.status_code == 200 for one in answers)


async def test_the_api_does_the_same(
    connection: Connection, superuser: Connection, finance: Visitor, approver: Visitor
) -> None:
    shop = await a_debtor(connection, superuser)
    [below] = (await finance.ask("merchants-below-zero")).json()["items"]
    assert below["balanceCents"] == -1_000
    asked = {"merchantId": str(shop.merchant.id)}
    assert (await approver.tell("debit-notes", asked)).status_code == 403
    note = (await finance.tell("debit-notes", asked)).json()
    twice = await finance.tell("debit-notes", asked)
    assert (twice.status_code, twice.json()["code"]) == (409, "open-debit-note")
    one = f"debit-notes/{note['id']}"
    assert (await finance.tell(f"{one}/approval", {}, method="PUT")).status_code == 403
    approved = await approver.tell(f"{one}/approval", {}, method="PUT")
    assert approved.json()["state"] == "approved"
    receipt = {"amountCents": 1_000, "receivedOn": TODAY.isoformat()}
    paid = await finance.tell(f"{one}/receipts/1", receipt, method="PUT")
    assert (paid.json()["state"], paid.json()["outstandingCents"]) == ("paid", 0)
    [booked] = (await finance.ask(f"{one}/receipts")).json()["items"]
    assert booked["amountCents"] == 1_000
    assert [row["number"] for row in (await finance.ask("debit-notes")).json()["items"]] == [1]
    assert (await finance.ask(one)).json()["receivedCents"] == 1_000
    assert (await finance.ask(f"{one}/pdf")).content.startswith(b"%PDF")
    gone = await finance.tell(f"{one}/withdrawal", {"reason": "x"}, method="PUT")
    assert gone.json()["code"] == "debit-note-in-other-state"


async def test_who_has_nothing_to_do_with_money_sees_no_note(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    officer = await signed_in(client, connection, Role.OFFICER)
    assert (await officer.look(NOTES)).status_code == 403
    assert (await officer.ask("debit-notes")).status_code == 403
