"""The pages of merchants: who waits, what belongs to one, and who may approve it."""

import httpx

from given import a_registered_merchant
from pas.auth.roles import Role
from pas.db import Connection
from signed_in import signed_in


async def test_a_merchant_that_waits_stands_on_top_and_is_approved_with_a_button(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    approver = await signed_in(client, connection, Role.APPROVER)

    listed = await approver.look("merchants")
    before = await approver.look(f"merchants/{merchant}")
    approved = await approver.send(f"merchants/{merchant}/approve", {})
    after = await approver.look(f"merchants/{merchant}")

    assert "Zwembad De Heerenduinen" in listed.text.split("Alle andere aanbieders")[0]
    assert "Keur goed" in before.text
    assert approved.status_code == 303
    assert "Doet mee" in after.text
    assert "Keur goed" not in after.text


async def test_who_may_only_look_sees_no_button_and_cannot_send_it(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    officer = await signed_in(client, connection, Role.OFFICER)
    assert "Keur goed" not in (await officer.look(f"merchants/{merchant}")).text
    assert (await officer.send(f"merchants/{merchant}/approve", {})).status_code == 403


async def test_approving_without_the_token_of_the_form_does_nothing(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    approver = await signed_in(client, connection, Role.APPROVER)
    answer = await approver.send(f"merchants/{merchant}/approve", {}, csrf=False)
    assert answer.status_code == 403
    state = await connection.fetchval("SELECT state FROM merchant WHERE id = $1", merchant)
    assert state == "requested"
