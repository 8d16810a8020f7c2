"""An officer finds out an income: the decision follows, and mistakes stand beside their field."""

from datetime import date, timedelta

import httpx
import pytest

from given.assessment import a_member, a_scheme_in_force
from given.days import NEW_YEAR, TODAY, YEAR
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import ResidentId, uuid7
from signed_in import Visitor, signed_in

TYPED_TODAY = f"{TODAY:%d-%m-%Y}"


@pytest.fixture
async def child(connection: Connection) -> ResidentId:
    """Of a household whose income nobody knows, in a city that pays for sport."""
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, income_limit=11_000, unit="child")
    await a_member(connection, since=NEW_YEAR, income=None)
    return await a_member(connection, born=date(YEAR - 10, 1, 1), since=NEW_YEAR, income=None)


@pytest.fixture
async def officer(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.OFFICER)


async def test_the_decision_follows_and_the_household_leaves_the_list(
    officer: Visitor, child: ResidentId, connection: Connection
) -> None:
    before = (await officer.look("assessments/unknown")).text
    form = {"income": "110", "source": "Loonstrook", "assessed_on": TYPED_TODAY}
    answer = await officer.send(f"residents/{child}/income", form)
    after = (await officer.look("assessments/unknown")).text
    person = (await officer.look(f"residents/{child}")).text
    assert "Sanne de Wit" in before
    assert answer.status_code == 303
    assert "Van iedereen is het inkomen bekend." in after
    assert "Het inkomen is 110% van het sociaal minimum." in person
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_an_application_waits_on_top_and_is_decided_with_the_income(
    client: httpx.AsyncClient, officer: Visitor, child: ResidentId, connection: Connection
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    page = (await counter.look(f"residents/{child}")).text
    form = {"id": str(uuid7()), "channel": "paper"}
    assert "Een pas aanvragen voor dit huis" in page
    for _ in range(2):
        applied = await counter.send(f"residents/{child}/application", form)
        assert applied.status_code == 303
    assert "Er is een pas aangevraagd" in (await counter.look(f"residents/{child}")).text
    assert await connection.fetchval("SELECT channel FROM household_application") == "paper"
    before = (await officer.look("assessments/unknown")).text
    form = {"income": "150,5", "source": "Loonstrook", "assessed_on": TYPED_TODAY}
    await officer.send(f"residents/{child}/income", form)
    person = (await officer.look(f"residents/{child}")).text
    assert "Vroeg aan op" in before
    assert await connection.fetchval("SELECT state FROM household_application") == "decided"
    assert "na een aanvraag" in person
    assert "Dat is te hoog." in person


async def test_whose_income_is_known_applies_at_the_counter_and_is_decided_at_once(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, income_limit=11_000)
    resident = await a_member(connection, since=NEW_YEAR, income=9_500)
    counter = await signed_in(client, connection, Role.COUNTER)
    before = (await counter.look(f"residents/{resident}")).text
    form = {"id": str(uuid7()), "channel": "counter"}
    await counter.send(f"residents/{resident}/application", form)
    assert "Wij beslissen meteen." in before
    assert "na een aanvraag" in (await counter.look(f"residents/{resident}")).text


@pytest.mark.parametrize(
    ("field", "typed", "sentence"),
    [
        ("income", "", "Vul het percentage in"),
        ("income", "weinig", "Typ het percentage zo"),
        ("income", "-5", "Typ het percentage zo"),
        ("income", "9999", "Dit is te hoog."),
        ("source", " ", "Vul in waar dit uit blijkt."),
        ("assessed_on", "", "Vul de dag in"),
        ("assessed_on", f"{TODAY + timedelta(days=2):%d-%m-%Y}", "Deze dag moet nog komen."),
    ],
)
async def test_what_is_wrong_stands_beside_the_field(
    officer: Visitor,
    child: ResidentId,
    connection: Connection,
    field: str,
    typed: str,
    sentence: str,
) -> None:
    form = {"income": "95", "source": "Loonstrook", "assessed_on": TYPED_TODAY, field: typed}
    answer = await officer.send(f"residents/{child}/income", form)
    assert answer.status_code == 400
    assert sentence in answer.text
    assert f'id="{field}-fout"' in answer.text
    assert await connection.fetchval("SELECT count(*) FROM income_verdict") == 0


async def test_an_income_older_than_the_files_changes_nothing(
    officer: Visitor, connection: Connection
) -> None:
    await a_scheme_in_force(connection, valid_from=NEW_YEAR, unit="child")
    resident = await a_member(connection, since=NEW_YEAR, income=20_000)
    form = {"income": "95", "source": "Oud", "assessed_on": f"01-12-{YEAR - 1}"}
    answer = await officer.send(f"residents/{resident}/income", form)
    assert "In de bestanden staat een nieuwer inkomen." in answer.text
    assert await connection.fetchval("SELECT count(*) FROM income_verdict") == 0


async def test_the_counter_may_not_record_and_the_form_needs_its_token(
    client: httpx.AsyncClient, officer: Visitor, child: ResidentId, connection: Connection
) -> None:
    counter = await signed_in(client, connection, Role.COUNTER)
    form = {"income": "95", "source": "Loonstrook", "assessed_on": TYPED_TODAY}
    assert (await counter.send(f"residents/{child}/income", form)).status_code == 403
    assert (await officer.send(f"residents/{child}/income", form, csrf=False)).status_code == 403
