"""The counter: found, explained, helped; each act on behalf of the holder, and nothing more than one needs."""

from datetime import date, timedelta
from pathlib import Path

import httpx
import pytest

from given.cards import a_resident, an_issued_card
from given.city import Holder, a_holder
from given.days import YEAR
from pas.auth.actor import SYSTEM
from pas.auth.keys import KeyStore
from pas.auth.municipality_settings import change_municipality_settings
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import MunicipalityName
from pas.passes.codes import grouped
from pas.passes.make_cards import IssuedCard, Press
from pas.passes.sign_in_tries import MOST_TRIES
from signed_in import Visitor, signed_in

BORN = date(1990, 5, 17)


@pytest.fixture
def press(client: httpx.AsyncClient, tmp_path: Path) -> Press:
    """With the keys of the application."""
    del client
    return Press(KeyStore(tmp_path).ring(MunicipalityName("velsen")))


@pytest.fixture
async def holder(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR, card_state="inactive")


@pytest.fixture
async def volunteer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.VOLUNTEER)


@pytest.fixture
async def card(connection: Connection, press: Press) -> IssuedCard:
    resident = await a_resident(connection, birth_date=BORN)
    return await an_issued_card(connection, press, resident)


async def newest_event(connection: Connection) -> tuple[object, ...]:
    row = await connection.fetchrow(
        "SELECT kind, actor_id, on_behalf_of FROM event ORDER BY id DESC LIMIT 1"
    )
    assert row is not None
    return tuple(row)


async def postcode_of(owner: Connection, card: IssuedCard, postcode: str) -> None:
    await owner.execute(
        "UPDATE resident_version SET postcode = $2 WHERE resident_id = $1",
        card.resident_id,
        postcode,
    )


async def test_somebody_is_found_by_card_or_by_name_and_birth_date_without_an_address(
    volunteer: Visitor, card: IssuedCard, owner: Connection, connection: Connection
) -> None:
    await postcode_of(owner, card, "1971AB")
    by_card = await volunteer.send("counter", {"card": grouped(card.codes.number)})
    by_name = await volunteer.send(
        "counter", {"family_name": "de W", "birth_date": "17-5-1990", "person_number": "1"}
    )
    assert by_card.headers["location"] == f"/velsen/counter/{card.resident_id}"
    assert f"/velsen/counter/{card.resident_id}" in by_name.text
    shown = (await volunteer.look(f"counter/{card.resident_id}")).text
    assert "Sanne de Wit" in shown
    assert "1971" not in by_name.text + shown
    noted = await connection.fetchval(
        "SELECT count(*) FROM processing_log WHERE activity = 'counter.helped' AND subject_id = $1",
        card.resident_id,
    )
    assert noted == 1


async def test_a_volunteer_gets_no_further_than_the_counter(
    volunteer: Visitor, holder: Holder
) -> None:
    for path in (
        "residents",
        f"residents/{holder.id}",
        f"counter/{holder.id}/mandates/new",
        f"counter/{holder.id}/cards/{holder.card}/code",
        f"residents/{holder.id}/letters",
        f"residents/{holder.id}/letters/year_overview",
    ):
        assert (await volunteer.look(path)).status_code == 403, path
    made = await volunteer.tell(
        f"cards/{holder.card}/replacements", {"form": "paper", "reason": "kwijt"}
    )
    assert made.status_code == 403, "who sees the code of a card signs in as its holder"
    for path in ("till/sales", "till"):
        assert (await volunteer.look(path)).status_code == 403, path


async def test_each_act_at_the_counter_is_on_behalf_of_the_holder(
    volunteer: Visitor, holder: Holder, connection: Connection
) -> None:
    reason = {"reason": "paspoort gezien"}
    for act, kind in (
        ("activate", "card.activated"),
        ("block", "card.blocked"),
        ("unblock", "card.unblocked"),
    ):
        assert (await volunteer.send(f"cards/{holder.card}/{act}", reason)).status_code == 303
        assert await newest_event(connection) == (kind, volunteer.login, holder.id)
    printed = await volunteer.send(f"counter/{holder.id}/temporary-pass", {})
    assert printed.status_code == 200
    assert "<svg" in printed.text
    assert await newest_event(connection) == ("card.issued", volunteer.login, holder.id)
    works = "SELECT count(*) FROM card WHERE form = 'temporary' AND state = 'active'"
    assert await connection.fetchval(works) == 1


async def test_a_card_of_somebody_else_is_not_there(
    volunteer: Visitor, holder: Holder, card: IssuedCard
) -> None:
    path = f"counter/{card.resident_id}/cards/{holder.card}/caller"
    assert (await volunteer.look(path)).status_code == 404


async def test_a_caller_who_answers_right_has_a_card_that_works_and_the_answers_are_not_shown(
    volunteer: Visitor, card: IssuedCard, owner: Connection, connection: Connection
) -> None:
    await postcode_of(owner, card, "1971AB")
    path = f"counter/{card.resident_id}/cards/{card.card_id}/caller"
    asked = (await volunteer.look(path)).text
    assert "1971" not in asked.replace("1971 AB", "")
    for wrong in (
        {"birth_date": "18-5-1990", "postcode": "1971 AB"},
        {"birth_date": "17-5-1990", "postcode": "1971 AC"},
        {"birth_date": "17-5-1990", "postcode": ""},
    ):
        assert (await volunteer.send(path, wrong)).status_code == 400
        assert await connection.fetchval("SELECT state FROM card") == "inactive"
    right = {"birth_date": "17-5-1990", "postcode": "1971 ab"}
    assert (await volunteer.send(path, right)).status_code == 303
    assert await connection.fetchval("SELECT state FROM card") == "active"
    content = await connection.fetchval(
        "SELECT c.content FROM event e JOIN event_content c ON c.event_id = e.id WHERE kind = 'card.activated'"
    )
    assert '"how":"telephone"' in content


async def test_a_new_code_and_a_mandate_are_letters_that_are_shown_once(
    client: httpx.AsyncClient, connection: Connection, card: IssuedCard
) -> None:
    officer = await signed_in(client, connection, Role.COUNTER)
    here = f"counter/{card.resident_id}"
    letter = await officer.send(f"{here}/cards/{card.card_id}/code", {})
    assert "sign-in/card" in letter.text
    form = {"name": "Ria Vos", "kind": "administrator", "rights": "see", "lasts": "year"}
    assert (await officer.send(f"{here}/mandates/new", {})).status_code == 400
    made = await officer.send(f"{here}/mandates/new", form)
    assert "U bent gemachtigd" in made.text
    assert await newest_event(connection) == ("mandate.made", officer.login, card.resident_id)
    person = (await officer.look(here)).text
    assert "Ria Vos" in person
    mandate = await connection.fetchval("SELECT id FROM mandate")
    assert (await officer.send(f"{here}/mandates/{mandate}/end", {})).status_code == 303
    assert "Ria Vos" not in (await officer.look(here)).text


async def test_an_intermediary_activates_what_they_hand_over_where_that_may_be(
    client: httpx.AsyncClient, connection: Connection, card: IssuedCard
) -> None:
    teacher = await signed_in(client, connection, Role.INTERMEDIARY)
    right = {"card": grouped(card.codes.number), "birth_date": "17-5-1990"}
    assert (await teacher.send("hand-over-card", right)).status_code == 400
    await change_municipality_settings(connection, {"intermediariesActivate": True}, actor=SYSTEM)
    assert (await teacher.send("hand-over-card", right)).status_code == 200
    assert await connection.fetchval("SELECT state FROM card") == "active"
    assert await newest_event(connection) == ("card.activated", teacher.login, card.resident_id)


async def test_an_intermediary_finds_out_no_birth_dates(
    client: httpx.AsyncClient, connection: Connection, card: IssuedCard
) -> None:
    await change_municipality_settings(connection, {"intermediariesActivate": True}, actor=SYSTEM)
    teacher = await signed_in(client, connection, Role.INTERMEDIARY)
    number = grouped(card.codes.number)
    for days in range(1, MOST_TRIES + 1):
        born = (BORN + timedelta(days=days)).strftime("%d-%m-%Y")
        wrong = await teacher.send("hand-over-card", {"card": number, "birth_date": born})
        assert wrong.status_code == 400
    right = await teacher.send("hand-over-card", {"card": number, "birth_date": "17-5-1990"})
    assert right.status_code == 400
    assert await connection.fetchval("SELECT state FROM card") == "inactive"


async def test_a_card_of_ones_own_in_between_gives_an_intermediary_no_more_tries(
    client: httpx.AsyncClient, connection: Connection, press: Press, card: IssuedCard
) -> None:
    await change_municipality_settings(connection, {"intermediariesActivate": True}, actor=SYSTEM)
    teacher = await signed_in(client, connection, Role.INTERMEDIARY)
    known = await an_issued_card(connection, press, await a_resident(connection, birth_date=BORN))
    own = {"card": grouped(known.codes.number), "birth_date": "17-5-1990"}
    right = own | {"card": grouped(card.codes.number)}
    for days in range(1, MOST_TRIES + 1):
        born = (BORN + timedelta(days=days)).strftime("%d-%m-%Y")
        guess = await teacher.send("hand-over-card", right | {"birth_date": born})
        assert guess.status_code == 400
        assert (await teacher.send("hand-over-card", own)).status_code == 200
    assert (await teacher.send("hand-over-card", right)).status_code == 400
