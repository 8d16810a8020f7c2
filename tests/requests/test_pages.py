"""Objecting, complaining and correcting as pages: the holder, a parent, the counter, and who answers."""

from datetime import date

import httpx
import pytest

from given.city import Holder, a_child_of, a_holder
from given.days import NOW, YEAR
from given.requests import a_decision, a_request, an_objection, request_id
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import uuid7
from pas.web.dates import day
from signed_in import Visitor, signed_in, signed_in_holder


@pytest.fixture
async def person(connection: Connection) -> Holder:
    return await a_holder(connection, year=YEAR)


@pytest.fixture
async def holder(client: httpx.AsyncClient, connection: Connection, person: Holder) -> Visitor:
    return await signed_in_holder(client, connection, person.id)


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


def below(answer: httpx.Response) -> str:
    """Where an answer leads, below the municipality."""
    assert answer.status_code == 303, answer.text
    return answer.headers["location"].removeprefix("/velsen/")


async def test_a_holder_corrects_something_and_keeps_a_receipt_with_number_time_and_hash(
    holder: Visitor, person: Holder, connection: Connection
) -> None:
    hub = (await holder.look(f"my-data/{person.id}")).text
    form = await holder.look(f"my-data/{person.id}/requests/new/correction?field=address")
    fields = {"id": str(uuid7()), "field": "address", "words": "Kerkstraat 2"}
    first, again = [
        await holder.send(f"my-data/{person.id}/requests/new/correction", fields) for _ in range(2)
    ]
    receipt = (await holder.look(below(first))).text
    row = await connection.fetchrow(
        "SELECT number, encode(content_hash, 'hex') AS hash, answer_by FROM holder_request"
    )
    assert f"my-data/{person.id}/requests/new/correction?field=address" in hub
    assert 'value="address" checked' in form.text
    assert below(first) == below(again)
    assert row is not None
    assert row["hash"] in receipt.replace(" ", "")
    assert f"{row['number'][:4]}-{row['number'][4:]}" in receipt
    assert f"voor het einde van {day(row['answer_by'])}" in receipt
    assert "Kerkstraat 2" in receipt


async def test_the_form_says_all_that_is_missing_and_keeps_what_was_typed(
    holder: Visitor, person: Holder
) -> None:
    answer = await holder.send(
        f"my-data/{person.id}/requests/new/correction", {"id": str(uuid7()), "words": " "}
    )
    assert answer.status_code == 400
    assert "Er kloppen nog 2 dingen niet" in answer.text
    typed = {"id": str(uuid7()), "words": "Ik heet anders"}
    again = await holder.send(f"my-data/{person.id}/requests/new/correction", typed)
    assert "Ik heet anders" in again.text
    assert typed["id"] in again.text


async def test_an_objection_is_to_a_decision_with_the_last_day_in_sight_and_late_is_taken(
    holder: Visitor, person: Holder, connection: Connection
) -> None:
    path = f"my-data/{person.id}/requests/new/objection"
    nothing = (await holder.look(path)).text
    old = await a_decision(connection, person.id, at=NOW.replace(year=YEAR - 1))
    form = (await holder.look(path)).text
    sent = await holder.send(path, {"id": str(uuid7()), "decision": str(old), "words": "Nee."})
    receipt = (await holder.look(below(sent))).text
    assert "Er is nog niets beslist" in nothing
    assert "Schrijf op waarom het later werd." in form
    assert "Uw bezwaar kwam na de laatste dag." in receipt


async def test_a_parent_asks_for_a_child_and_a_stranger_for_nobody(
    client: httpx.AsyncClient, connection: Connection, holder: Visitor, person: Holder
) -> None:
    child = await a_child_of(
        connection, person, name="Bo", birth_date=date(YEAR - 9, 1, 1), year=YEAR
    )
    sent = await holder.send(
        f"my-data/{child.id}/requests/new/complaint", {"id": str(uuid7()), "words": "Nee."}
    )
    stranger = await signed_in_holder(client, connection, (await a_holder(connection)).id)
    assert "Door u" in (await holder.look(below(sent))).text
    one = below(sent)
    hidden = [
        await stranger.look(one),
        await stranger.send(f"{one}/withdraw", {"seen": "1"}),
        await stranger.send(f"{one}/reply", {"seen": "1", "words": "x"}),
        *[
            await stranger.look(f"my-data/{child.id}{rest}")
            for rest in ("", "/requests", "/requests/new/complaint", "/used", "/download")
        ],
        await stranger.send(f"my-data/{child.id}/download", {}),
        await stranger.send(
            f"my-data/{child.id}/requests/new/complaint", {"id": str(uuid7()), "words": "x"}
        ),
    ]
    assert [answer.status_code for answer in hidden] == [404] * len(hidden)


async def test_an_id_of_another_request_shows_nothing_of_it(
    holder: Visitor, person: Holder, connection: Connection
) -> None:
    theirs = await a_request(connection, (await a_holder(connection)).id)
    taken = await holder.send(
        f"my-data/{person.id}/requests/new/complaint", {"id": str(theirs.id), "words": "x"}
    )
    assert taken.status_code == 404


async def test_a_question_is_answered_and_the_answer_comes_with_its_reason_and_where_to_go_next(
    holder: Visitor, person: Holder, officer: Visitor, connection: Connection
) -> None:
    decision = await a_decision(connection, person.id)
    one = await an_objection(connection, person.id, decision)
    own, theirs = f"my-data/requests/{one.id}", f"requests/{one.id}"
    await officer.send(f"{theirs}/take-up", {"seen": "1"})
    await officer.send(f"{theirs}/ask", {"seen": "2", "question": "Welke maand?"})
    asked = (await holder.look(own)).text
    empty = await holder.send(f"{own}/reply", {"seen": "3", "words": ""})
    await holder.send(f"{own}/reply", {"seen": "3", "words": "Maart."})
    judged = (await officer.look(theirs)).text
    fields = {"seen": "4", "outcome": "upheld", "words": "Uw loon daalde."}
    await officer.send(f"{theirs}/answer", fields)
    told = (await holder.look(own)).text
    done = (await officer.look(theirs)).text
    assert "Welke maand?" in asked
    assert empty.status_code == 400
    assert "Maart." in judged
    for words in ("U heeft gelijk.", "Uw loon daalde.", "naar de rechtbank"):
        assert words in told
    assert "Joke de Boer" not in told
    assert f"residents/{person.id}/deviation" in done


async def test_a_refusal_at_the_counter_of_answers_stands_on_the_page(
    officer: Visitor, person: Holder, connection: Connection
) -> None:
    own = await a_decision(connection, person.id, cause="deviation", by=officer.login)
    one = await an_objection(connection, person.id, own)
    shown = (await officer.look(f"requests/{one.id}")).text
    fields = {"seen": "1", "outcome": "rejected", "words": "Nee."}
    refused = await officer.send(f"requests/{one.id}/answer", fields)
    moved = await officer.send(f"requests/{one.id}/ask", {"seen": "9", "question": "Wat?"})
    assert "U nam deze beslissing zelf" in shown
    assert "Geef antwoord" not in shown
    assert (refused.status_code, moved.status_code) == (400, 400)
    assert "Vraag een collega om het bezwaar te behandelen." in refused.text
    assert "Er is intussen iets veranderd." in moved.text


async def test_the_counter_writes_down_what_somebody_says_and_answers_nothing(
    client: httpx.AsyncClient, person: Holder, connection: Connection, officer: Visitor
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    path = f"residents/{person.id}/requests"
    listed = (await counter.look(path)).text
    without = await counter.send(f"{path}/new/complaint", {"id": str(uuid7()), "words": "Boos."})
    fields = {"id": str(uuid7()), "words": "Boos.", "channel": "telephone"}
    sent = await counter.send(f"{path}/new/complaint", fields)
    one = below(sent)
    shown = (await counter.look(one)).text
    answer = await counter.send(f"{one}/answer", {"seen": "1"})
    await officer.send(f"{one}/ask", {"seen": "1", "question": "Waar?"})
    await counter.send(f"{one}/reply", {"seen": "2", "said": "Hier."})
    unsure = await counter.send(f"{one}/withdraw", {"seen": "3"})
    await counter.send(f"{one}/withdraw", {"seen": "3", "sure": "ja"})
    holder = await signed_in_holder(client, connection, person.id)
    told = (await holder.look(f"my-data/requests/{request_id(one)}")).text
    assert f'href="/velsen/{path}/new/complaint"' in listed
    assert without.status_code == 400
    assert "door de telefoon" in shown
    assert "Geef antwoord" not in shown
    assert answer.status_code == 403
    assert unsure.status_code == 400
    assert "Door een medewerker, voor u" in told
    assert "Gestopt" in told


async def test_the_list_leads_to_what_waits_and_says_until_when(
    officer: Visitor, person: Holder, connection: Connection
) -> None:
    one = await a_request(connection, person.id)
    home, listed = (await officer.look("")).text, (await officer.look("requests")).text
    assert "1 vraag of bezwaar van een inwoner wacht op antwoord" in home
    assert f'href="/velsen/requests/{one.id}"' in listed
    assert f"Antwoord uiterlijk op {day(one.answer_by)}" in listed


async def test_a_kind_that_we_do_not_know_is_no_page(holder: Visitor, person: Holder) -> None:
    assert (await holder.look(f"my-data/{person.id}/requests/new/lottery")).status_code == 404
