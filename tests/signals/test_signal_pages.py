"""Officers read what stands out, what it may be and what to do, and say what they found."""

import httpx
import pytest

from given.signals import MONDAY, Town, looked
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import SignalId
from pas.signals.model import KINDS
from pas.signals.show import list_open
from pas.signals.words import WORDS
from signed_in import Visitor, signed_in

REASON = "De club had een inschrijfavond."


@pytest.fixture
async def signal(town: Town, database: Database) -> SignalId:
    """A shop that sold eleven times, ten of them for a round amount."""
    await town.round_week()
    await town.sells(1_295, day=3)
    await looked(database)
    [signal] = await list_open(town.connection)
    return signal.id


@pytest.fixture
async def registrar(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.REGISTRAR)


async def test_the_list_leads_to_one_with_its_sales_and_what_to_do(
    signal: SignalId, registrar: Visitor
) -> None:
    assert "1 opvallend patroon in de verkopen" in (await registrar.look("")).text
    found = (await registrar.look("signals")).text
    assert "10 van 11 verkopen waren een rond bedrag" in found
    one = (await registrar.look(f"signals/{signal}")).text
    for sentence in ("Wat kan het zijn?", "Kan het gewoon kloppen?", "Wat kunt u doen?"):
        assert sentence in one
    assert one.count('role="row"') == 11
    assert "Zet kassa bar stil" in one
    whole = (await registrar.look(f"signals/{signal}/week")).text
    assert whole.count('role="row"') == 12


async def test_a_verdict_needs_a_choice_and_a_reason_and_closes_the_signal(
    signal: SignalId, registrar: Visitor, connection: Connection
) -> None:
    wrong = await registrar.send(f"signals/{signal}", {"verdict": "nothing"})
    assert (wrong.status_code, 'id="reason-fout"' in wrong.text) == (400, True)
    form = {"verdict": "nothing", "reason": REASON}
    assert (await registrar.send(f"signals/{signal}", form)).status_code == 303
    assert "Er valt nu niets op" in (await registrar.look("signals")).text
    judged = (await registrar.look(f"signals/{signal}")).text
    assert REASON in judged
    assert "Joke de Boer" in judged
    assert "niets aan de hand" in (await registrar.look("signals/judged")).text
    events = await connection.fetch("SELECT kind FROM event WHERE subject_id = $1", signal)
    assert [row["kind"] for row in events] == ["signal.judged"]


async def test_the_same_verdict_again_is_said_beside_the_choice_and_another_one_stands(
    signal: SignalId, registrar: Visitor, connection: Connection
) -> None:
    form = {"verdict": "nothing", "reason": REASON}
    await registrar.send(f"signals/{signal}", form)
    again = await registrar.send(f"signals/{signal}", form)
    assert (again.status_code, "al zo beoordeeld" in again.text) == (400, True)
    other = {"verdict": "handled", "reason": "Toch teruggeboekt."}
    assert (await registrar.send(f"signals/{signal}", other)).status_code == 303
    said = await connection.fetch("SELECT verdict FROM signal_verdict ORDER BY judged_at")
    assert [row["verdict"] for row in said] == ["nothing", "handled"]


async def test_the_api_lists_reads_and_judges(signal: SignalId, registrar: Visitor) -> None:
    [item] = (await registrar.ask("signals")).json()["items"]
    assert (item["kind"], item["counted"], item["outOf"]) == ("round_amounts", 10, 11)
    assert item["week"] == str(MONDAY.date())
    sales = (await registrar.ask(f"signals/{signal}/redemptions")).json()["items"]
    assert len(sales) == 10
    body = {"verdict": "handled", "reason": REASON}
    told = await registrar.tell(f"signals/{signal}/verdicts", body)
    assert (told.status_code, told.json()["verdict"]) == (201, "handled")
    again = await registrar.tell(f"signals/{signal}/verdicts", body)
    assert (again.status_code, again.json()["code"]) == (409, "signal-already-judged")
    assert (await registrar.ask("signals")).json()["items"] == []
    [judged] = (await registrar.ask("signals?judged=true")).json()["items"]
    assert judged["reason"] == REASON
    assert (await registrar.ask(f"signals/{signal}")).json()["verdict"] == "handled"


async def test_a_controller_reads_and_judges_nothing(
    signal: SignalId, client: httpx.AsyncClient, connection: Connection
) -> None:
    controller = await signed_in(client, connection, Role.AUDITOR)
    page = (await controller.look(f"signals/{signal}")).text
    assert "Wat kan het zijn?" in page
    assert "Wat vond u?" not in page
    assert "stil</a>" not in page
    body = {"verdict": "nothing", "reason": REASON}
    assert (await controller.tell(f"signals/{signal}/verdicts", body)).status_code == 403
    assert (await controller.send(f"signals/{signal}", body)).status_code == 403


@pytest.mark.parametrize("role", [Role.COUNTER, Role.FINANCE, Role.ANALYST, Role.APPROVER])
async def test_who_has_nothing_to_do_with_it_sees_nothing(
    signal: SignalId, client: httpx.AsyncClient, connection: Connection, role: Role
) -> None:
    visitor = await signed_in(client, connection, role)
    for path in ("signals", f"signals/{signal}", f"signals/{signal}/redemptions"):
        assert (await visitor.ask(path)).status_code == 403
    for path in ("signals", "signals/judged", f"signals/{signal}", f"signals/{signal}/week"):
        assert (await visitor.look(path)).status_code == 403


async def test_an_officer_goes_on_to_the_holder_and_a_registrar_does_not(
    town: Town, database: Database, client: httpx.AsyncClient, connection: Connection
) -> None:
    await town.sells(995, day=5, holder=3)
    await town.sells(995, till="pool", day=5, at="14:04", holder=3)
    await looked(database)
    [signal] = await list_open(connection)
    officer = await signed_in(client, connection, Role.OFFICER)
    assert "Bekijk van wie de pas is" in (await officer.look(f"signals/{signal.id}")).text
    to = await officer.look(f"signals/{signal.id}/holder")
    assert (to.status_code, to.headers["location"]) == (
        303,
        f"/velsen/residents/{town.holders[3].id}",
    )
    registrar = await signed_in(client, connection, Role.REGISTRAR)
    page = (await registrar.look(f"signals/{signal.id}")).text
    assert "Bekijk van wie de pas is" not in page
    assert str(town.holders[3].id) not in page
    assert (await registrar.look(f"signals/{signal.id}/holder")).status_code == 403
    await connection.execute("DELETE FROM processing_log")
    assert (await officer.look(f"signals/{signal.id}/holder")).status_code == 404


def test_every_kind_has_words() -> None:
    assert WORDS.keys() == set(KINDS)
    for told in WORDS.values():
        assert len(told.steps) >= 2
