"""The form, the link and the judgement, as a browser without scripts sends them; and what strangers try."""

import re
from html import unescape
from typing import Final

import httpx
import pytest

from given.merchants import IBAN, OTHER_IBAN, the_categories
from given.registrations import KVK, a_sent_registration
from page_forms import form_in
from pas.auth.roles import Role
from pas.db import Connection
from pas.registrations.drafts import TooManyRegistrations
from pas.registrations.links import new_secret
from pas.registrations.pages import form as form_pages
from signed_in import signed_in

REGISTER: Final = "/velsen/merchants/register"
FORM: Final = {"content-type": "application/x-www-form-urlencoded"}
SCRIPT: Final = "<script>alert(1)</script>\"'&{{ 1234567*8 }}"

TYPED: Final = {
    "places": {"address-0": "Dorpsstraat 1", "postcode-0": "1971ab", "city-0": "IJmuiden"},
    "purposes": {"purpose-sport": "ja"},
    "words": {"words-sport": "Judoles."},
    "contact": {
        "contact_name": "Noor Bakker",
        "contact_email": "noor@club.example",
        "contact_phone": "0255 12 34 56",
    },
    "account": {"iban": IBAN, "holder": "Judoschool De Zwarte Band"},
}


class Club:
    """Somebody without an account, who fills the form in page by page."""

    def __init__(self, client: httpx.AsyncClient) -> None:
        self.client, self.link = client, ""

    async def send(self, target: str, fields: dict[str, str]) -> httpx.Response:
        shown = (await self.client.get(target)).text
        form = {name: value for name, value in form_in(shown, target).items() if name != "go"}
        return await self.client.post(target, data={**form, "go": "next", **fields})

    async def begins(self, **fields: str) -> httpx.Response:
        first = {"name": "Judoschool De Zwarte Band", "kvk_number": KVK, **fields}
        answer = await self.send(REGISTER, first)
        if answer.status_code == 303:
            self.link = answer.headers["location"].rpartition("/")[0]
        return answer

    async def fills_in(self, **other: dict[str, str]) -> None:
        for part, fields in {**TYPED, **other}.items():
            answer = await self.send(f"{self.link}/{part}", fields)
            assert answer.status_code == 303, answer.text

    async def sends(self, **fields: str) -> httpx.Response:
        return await self.send(f"{self.link}/check", {"agrees": "ja", **fields})

    async def asks_for_access(self) -> httpx.Response:
        token = form_in((await self.client.get(REGISTER)).text, REGISTER)["csrf_token"]
        return await self.client.post(f"{self.link}/access", data={"csrf_token": token})

    async def looks(self) -> str:
        return unescape((await self.client.get(self.link)).text)


@pytest.fixture
async def club(client: httpx.AsyncClient, connection: Connection) -> Club:
    await the_categories(connection)
    return Club(client)


async def test_a_club_registers_page_by_page_and_gets_a_receipt_with_its_link(
    club: Club, connection: Connection
) -> None:
    await club.begins()
    await club.fills_in()
    sent = await club.sends()
    shown = await club.looks()
    number = await connection.fetchval("SELECT number FROM merchant_registration")
    assert (sent.status_code, sent.headers["location"]) == (303, club.link)
    assert "Uw aanmelding is binnen" in shown
    assert f"{number[:4]}-{number[4:]}" in shown
    assert f"http://127.0.0.1:8000{club.link}" in shown
    assert "NL91 •••• 4300" in shown
    assert IBAN not in shown


async def test_each_page_tells_all_that_is_wrong_and_keeps_what_was_typed(club: Club) -> None:
    first = await club.begins(name="", kvk_number="12")
    assert first.status_code == 400
    assert "Vul de naam van uw club of winkel in." in first.text
    assert "8 cijfers" in first.text
    assert 'value="12"' in first.text
    await club.begins()
    places = await club.send(f"{club.link}/places", {"city-0": "IJmuiden"})
    assert places.status_code == 400
    assert "Vul straat en huisnummer in." in places.text
    assert "Schrijf de postcode als 1971 AB." in places.text
    again = await club.client.get(f"{club.link}/places")
    assert 'value="IJmuiden"' in again.text


async def test_the_last_page_names_what_is_missing_on_all_others(club: Club) -> None:
    await club.begins()
    answer = await club.send(f"{club.link}/check", {})
    assert answer.status_code == 400
    for sentence in ("Vul de plaats in.", "Kies minstens één doel.", "als u dit goedvindt"):
        assert sentence in answer.text


async def test_places_are_added_and_taken_out_without_losing_the_others(club: Club) -> None:
    await club.begins()
    target = f"{club.link}/places"
    await club.send(target, {"city-0": "A", "go": "add"})
    await club.send(target, {"city-1": "B", "go": "drop-0"})
    shown = (await club.client.get(target)).text
    assert 'value="B"' in shown
    assert 'value="A"' not in shown
    kept = await club.send(target, {"city-0": "C", "go": f"drop-{'9' * 5_000}"})
    assert kept.status_code == 303
    assert 'value="C"' in (await club.client.get(target)).text


async def test_a_half_filled_form_is_found_again_by_its_link(club: Club) -> None:
    await club.begins()
    answer = await club.client.get(club.link)
    assert answer.headers["location"] == f"{club.link}/check"


async def test_a_number_that_is_known_is_told_kindly_on_the_first_page(
    club: Club, connection: Connection
) -> None:
    await a_sent_registration(connection)
    answer = await club.begins(name="Een ander")
    assert answer.status_code == 400
    assert "Gebruik de link die u toen kreeg. Of bel ons." in answer.text
    assert "Judoschool" not in answer.text


async def test_an_officer_asks_the_club_answers_and_the_officer_approves(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    await club.begins()
    await club.fills_in()
    await club.sends()
    registration = await connection.fetchval("SELECT id FROM merchant_registration")
    officer = await signed_in(client, connection, Role.REGISTRAR)
    path = f"merchants/registrations/{registration}"

    asked = await officer.send(f"{path}/ask", {"question": "Van wie is de zaal?", "seen": "1"})
    question = await club.looks()
    without = await club.sends()
    await club.send(f"{club.link}/account", {"iban": OTHER_IBAN})
    answered = await club.sends(answer="Van de gemeente.")
    stale = await officer.send(
        f"{path}/approve", {"agree-sport": "ja", "from": "2026-06-01", "seen": "2"}
    )
    shown = unescape((await officer.look(path)).text)
    approved = await officer.send(
        f"{path}/approve", {"agree-sport": "ja", "from": "2026-06-01", "seen": "3"}
    )
    after = await club.looks()

    assert (asked.status_code, without.status_code, answered.status_code) == (303, 400, 303)
    assert "Van wie is de zaal?" in question
    assert "intussen iets veranderd" in unescape(stale.text)
    assert "Kijk opnieuw naar de rekening." in shown
    assert "Van de gemeente." in shown
    assert approved.status_code == 303
    assert "U bent goedgekeurd" in after
    assert await connection.fetchval("SELECT iban FROM payout_account") == OTHER_IBAN


async def test_the_link_of_an_approved_club_makes_its_access_and_shows_it_once(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    await club.begins()
    await club.fills_in()
    await club.sends()
    registration = await connection.fetchval("SELECT id FROM merchant_registration")
    officer = await signed_in(client, connection, Role.REGISTRAR)
    early = await club.asks_for_access()
    await officer.send(
        f"merchants/registrations/{registration}/approve",
        {"agree-sport": "ja", "from": "2026-06-01", "seen": "1"},
    )
    made = await club.asks_for_access()
    assert early.status_code == 409
    assert re.search(r"/velsen/sign-in/provider\?invitation=[\w-]{43}", unescape(made.text))
    assert "invitation=" not in await club.looks()


async def test_an_officer_is_told_all_that_is_missing(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    sent = await a_sent_registration(connection)
    officer = await signed_in(client, connection, Role.REGISTRAR)
    path = f"merchants/registrations/{sent.id}"
    nothing = unescape((await officer.send(f"{path}/approve", {"seen": "1"})).text)
    wrong = await officer.send(
        f"{path}/approve",
        {"agree-sport": "ja", "price-sport": "0,00", "from": "morgen", "seen": "1"},
    )
    assert "Kies minstens één doel." in nothing
    assert "Kies vanaf welke dag." in nothing
    assert "Typ een prijs" in wrong.text
    assert "Schrijf uw vraag op." in (await officer.send(f"{path}/ask", {})).text
    assert "Schrijf op waarom niet." in (await officer.send(f"{path}/refuse", {})).text
    assert await connection.fetchval("SELECT steps FROM merchant_registration") == 1


async def test_an_officer_sees_who_looks_like_it(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    sent = await a_sent_registration(connection)
    await connection.execute(
        "INSERT INTO merchant (id, name, state) VALUES (gen_random_uuid(), 'JUDOSCHOOL DE ZWARTE BAND', 'requested')"
    )
    officer = await signed_in(client, connection, Role.REGISTRAR)
    shown = await officer.look(f"merchants/registrations/{sent.id}")
    assert "heeft dezelfde naam" in shown.text
    listed = (await officer.look("merchants/registrations")).text
    assert "Judoschool De Zwarte Band" in listed


async def test_what_a_stranger_types_is_text_and_nothing_else(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    await club.begins(name=f"Club {SCRIPT}")
    await club.fills_in(
        places={"place-0": SCRIPT, "address-0": SCRIPT, "postcode-0": "1971 AB", "city-0": SCRIPT},
        words={"words-sport": SCRIPT},
        contact={**TYPED["contact"], "contact_name": SCRIPT},
        account={"iban": IBAN, "holder": SCRIPT},
    )
    await club.sends()
    registration = await connection.fetchval("SELECT id FROM merchant_registration")
    officer = await signed_in(client, connection, Role.REGISTRAR)
    path = f"merchants/registrations/{registration}"
    await officer.send(f"{path}/ask", {"question": SCRIPT, "seen": "1"})
    pages = [
        (await client.get(club.link)).text,
        (await client.get(f"{club.link}/check")).text,
        (await officer.look(path)).text,
        (await officer.look("merchants/registrations")).text,
    ]
    for text in pages:
        assert "alert(1)" in text
        assert "<script" not in text
        assert "9876536" not in text.partition("<h1")[2].partition("Wat er gebeurde")[0]


async def test_what_is_too_much_is_refused_or_cut_and_never_an_error_of_ours(club: Club) -> None:
    await club.begins()
    long = await club.send(f"{club.link}/places", {"address-0": '\\"é' * 4_000})
    huge = await club.client.post(f"{club.link}/places", content=b"x" * 100_000, headers=FORM)
    many = await club.client.post(
        f"{club.link}/places", content="&".join(f"f{n}=1" for n in range(9_000)), headers=FORM
    )
    assert long.status_code == 400
    assert huge.status_code in {403, 413}
    assert many.status_code in {400, 403, 413}


@pytest.mark.parametrize("part", ["", "/club", "/check", "/nothing"])
async def test_a_link_that_is_guessed_leads_nowhere(
    club: Club, connection: Connection, part: str
) -> None:
    await a_sent_registration(connection)
    for secret in (new_secret(), "x", "a" * 43, "%00", "..%2f..", "a" * 5_000):
        answer = await club.client.get(f"{REGISTER}/{secret}{part}")
        assert answer.status_code in {400, 404}, (secret, answer.status_code)


@pytest.mark.usefixtures("almere")
async def test_the_link_of_one_municipality_is_worth_nothing_in_another(club: Club) -> None:
    await club.begins()
    await club.fills_in()
    await club.sends()
    there = club.link.replace("/velsen/", "/almere/")
    for part in ("", "/check", "/club"):
        assert (await club.client.get(there + part)).status_code == 404


async def test_the_link_of_one_club_shows_and_changes_nothing_of_another(
    club: Club, client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_sent_registration(connection, kvkNumber="87654321", name="De ander")
    await club.begins()
    await club.fills_in()
    await club.sends()
    shown = await club.looks()
    assert "De ander" not in shown
    # An answer under one's own link, with the number of the other one.
    answer = await club.send(f"{club.link}/club", {"kvk_number": "87654321"})
    assert answer.status_code == 400
    names = await connection.fetch("SELECT name FROM merchant_registration ORDER BY name")
    assert [row["name"] for row in names] == ["De ander", "Judoschool De Zwarte Band"]


async def test_a_form_without_its_token_is_refused(club: Club, connection: Connection) -> None:
    await club.begins()
    for target in (REGISTER, f"{club.link}/places", f"{club.link}/access"):
        answer = await club.client.post(target, data={"name": "x", "go": "next"})
        assert answer.status_code == 403
    typed = await connection.fetchval("SELECT typed FROM merchant_registration_draft")
    assert '"x"' not in typed


async def test_too_many_at_once_hear_what_to_do(
    club: Club, monkeypatch: pytest.MonkeyPatch
) -> None:
    async def full(*_: object, **__: object) -> None:
        raise TooManyRegistrations

    monkeypatch.setattr(form_pages, "keep_draft", full)
    answer = await club.begins()
    assert answer.status_code == 429
    assert "Probeer het over een uur opnieuw. Of bel ons" in answer.text
