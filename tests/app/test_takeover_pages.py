"""Two people and a list on pages: one hands it over, another lets it be booked; each sees what they can do."""

from pathlib import Path

import httpx
import pytest

from given.files import a_file
from given.takeovers import SPORT, TakingOver, a_listed_row
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.takeovers.files import COLUMNS
from pas.takeovers.pages import hand_over
from signed_in import Visitor, signed_in

NEW = "takeovers/new"
SAID = {"supplier": "oude_pas", f"total-{SPORT}": "123,45"}


@pytest.fixture
async def town(database: Database, connection: Connection, tmp_path: Path) -> TakingOver:
    town = TakingOver(database, connection, tmp_path / "elsewhere")
    await town.settles()
    return town


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


@pytest.fixture
async def approver(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.APPROVER)


def a_list(*rows: dict[str, str]) -> bytes:
    return a_file(COLUMNS, *rows).getvalue()


async def handed_over(officer: Visitor, *rows: dict[str, str], **said: str) -> str:
    """Where the page of the list is, below the municipality."""
    answer = await officer.upload(NEW, a_list(*rows), {**SAID, **said})
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/velsen/")


async def test_one_hands_over_and_another_lets_it_be_booked(
    town: TakingOver, officer: Visitor, approver: Visitor
) -> None:
    assert "Er is nog geen lijst aangeboden" in (await officer.look("takeovers")).text
    assert "Totaal" not in (await officer.look(NEW)).text
    at = await handed_over(officer, a_listed_row())
    own = (await officer.look(at)).text
    assert "Een collega keurt de lijst goed" in own
    assert "Keur goed en boek" not in own
    assert "€\u00a0123,45" in own
    assert (await officer.send(f"{at}/approval", {})).status_code == 403
    assert "lijst van een eerdere leverancier wacht op uw oordeel" in (await approver.look("")).text
    assert "Keur goed en boek" in (await approver.look(at)).text
    assert (await approver.send(f"{at}/approval", {})).status_code == 303
    assert "Wordt geboekt" in (await approver.look(at)).text
    await town.books()
    booked = (await officer.look(at)).text
    assert "Geboekt" in booked
    assert "Trek de lijst in" not in booked
    assert "1 geboekt, 0 niet overgenomen" in (await approver.look("takeovers")).text
    assert await town.balances() == [12_345]


async def test_what_is_not_taken_over_stands_there_with_its_line_and_goes_along(
    town: TakingOver, officer: Visitor
) -> None:
    stranger = a_listed_row(card_number="70000001", given_name="Onbekend")
    told = {f"total-{SPORT}": "246,90"}
    at = await handed_over(officer, a_listed_row(), stranger, **told)
    shown = (await officer.look(at)).text
    assert "Wij vinden geen inwoner met deze naam en geboortedatum." in shown
    csv = (await officer.look(f"{at}/rows.csv")).content.decode("utf-8-sig").splitlines()
    assert csv[1:] == [
        f"2;wacht;{SPORT};123,45;",
        f"3;niet overgenomen;{SPORT};123,45;Wij vinden geen inwoner met deze naam en geboortedatum.",
    ]
    assert (await officer.look(f"{at}/rows.xlsx")).content.startswith(b"PK")


async def test_a_list_without_anything_to_book_is_refused_and_says_which_rows(
    town: TakingOver, officer: Visitor, monkeypatch: pytest.MonkeyPatch
) -> None:
    rows = [
        a_listed_row(card_number=str(n), given_name="Onbekend") for n in (70_000_001, 80_000_001)
    ]
    told = {**SAID, f"total-{SPORT}": "246,90"}
    answer = await officer.upload(NEW, a_list(*rows), told)
    assert answer.status_code == 400
    assert "In deze lijst staat niets om te boeken." in answer.text
    assert answer.text.count("Wij vinden geen inwoner") == 2
    monkeypatch.setattr(hand_over, "MOST_SHOWN", 1)
    assert (await officer.upload(NEW, a_list(*rows), told)).text.count("geen inwoner") == 1
    assert "Er is nog geen lijst aangeboden" in (await officer.look("takeovers")).text


@pytest.mark.parametrize(
    ("said", "told"),
    [
        ({"supplier": ""}, "Vul in van wie de lijst is."),
        ({"supplier": "Oude Pas"}, "De naam van de leverancier klopt niet."),
        ({f"total-{SPORT}": ""}, "het bestand telt €\u00a0123,45, u gaf op niets"),
        ({f"total-{SPORT}": "123,44"}, "u gaf op €\u00a0123,44"),
        ({f"total-{SPORT}": "veel"}, "Typ het bedrag zo: 12,40."),
    ],
)
async def test_what_is_wrong_is_said_at_its_field(
    town: TakingOver, officer: Visitor, said: dict[str, str], told: str
) -> None:
    answer = await officer.upload(NEW, a_list(a_listed_row()), {**SAID, **said})
    assert answer.status_code == 400
    assert told in answer.text


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (b"", "Kies de lijst van de leverancier."),
        (b"naam;bedrag\nSanne;1\n", "De eerste regel moet zijn"),
        ("kaart;\u20ac".encode("utf-16"), "UTF-16"),
    ],
)
async def test_a_file_that_is_no_list_says_what_to_do(
    town: TakingOver, officer: Visitor, content: bytes, told: str
) -> None:
    answer = await officer.upload(NEW, content, SAID)
    assert answer.status_code == 400
    assert told in answer.text


async def test_a_list_is_turned_down_with_a_reason(
    town: TakingOver, officer: Visitor, approver: Visitor
) -> None:
    at = await handed_over(officer, a_listed_row())
    assert (await approver.look(f"{at}/rejection")).status_code == 200
    assert "Schrijf op waarom." in (await approver.send(f"{at}/rejection", {})).text
    turned = await approver.send(f"{at}/rejection", {"reason": "Dit is de lijst van mei."})
    assert turned.status_code == 303
    shown = (await officer.look(at)).text
    assert "Dit is de lijst van mei." in shown
    assert "Afgekeurd" in shown
    late = await officer.send(f"{at}/rejection", {"reason": "Toch maar niet."})
    assert "Deze overname is al beoordeeld." in late.text


async def test_who_may_only_read_hands_nothing_over(
    client: httpx.AsyncClient, connection: Connection, town: TakingOver, officer: Visitor
) -> None:
    at = await handed_over(officer, a_listed_row())
    auditor = await signed_in(client, connection, Role.AUDITOR)
    assert "Bied een lijst aan" not in (await auditor.look("takeovers")).text
    assert "Keur" not in (await auditor.look(at)).text
    assert (await auditor.look(NEW)).status_code == 403
    assert (await auditor.upload(NEW, a_list(a_listed_row()), SAID)).status_code == 403
    assert (await auditor.send(f"{at}/approval", {})).status_code == 403
    finance = await signed_in(client, connection, Role.FINANCE)
    assert (await finance.look(at)).status_code == 200
    assert (await finance.look(f"{at}/rejection")).status_code == 403
    nobody = "takeovers/00000000-0000-0000-0000-000000000404"
    assert (await finance.look(nobody)).status_code == 404
    assert (await finance.look(f"{nobody}/rows.csv")).status_code == 404
