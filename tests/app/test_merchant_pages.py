"""The pages of merchants: who waits, what belongs to one, and who may approve it."""

import httpx
import msgspec

from given.logins import NOON
from given.merchants import IBAN, REGISTRAR, a_registered_merchant
from pas.auth.roles import Role
from pas.db import Connection
from pas.merchants.model import PayoutDetails
from pas.merchants.payout_accounts import propose_account
from signed_in import signed_in

ACCOUNT = PayoutDetails(iban=IBAN, holder="Stichting Zwemmen")


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


async def test_an_account_that_waits_is_approved_or_turned_down_by_a_second_person(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    first = await propose_account(connection, merchant, ACCOUNT, actor=REGISTRAR, now=NOON)
    approver = await signed_in(client, connection, Role.APPROVER)
    path = f"merchants/{merchant}/accounts"

    link = await approver.look(f"merchants/{merchant}")
    empty = await approver.send(f"{path}/{first}", {})
    without = await approver.send(f"{path}/{first}", {"verdict": "reject"})
    rejected = await approver.send(f"{path}/{first}", {"verdict": "reject", "reason": "Verlopen."})
    second = await propose_account(connection, merchant, ACCOUNT, actor=REGISTRAR, now=NOON)
    approved = await approver.send(f"{path}/{second}", {"verdict": "approve"})
    after = (await approver.look(path)).text

    assert f"/velsen/{path}" in link.text
    assert ['id="reason-fout"' in one.text for one in (empty, without)] == [False, True]
    assert (rejected.status_code, approved.status_code) == (303, 303)
    assert ": Verlopen." in after
    assert "Wij betalen erop vanaf" in after
    assert "Klopt deze rekening?" not in after


async def test_who_proposed_an_account_does_not_judge_it(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    merchant = await a_registered_merchant(connection)
    approver = await signed_in(client, connection, Role.APPROVER)
    login = await connection.fetchval("SELECT id FROM login ORDER BY created_at DESC LIMIT 1")
    own = msgspec.structs.replace(REGISTRAR, id=login)
    account = await propose_account(connection, merchant, ACCOUNT, actor=own, now=NOON)
    path = f"merchants/{merchant}/accounts"

    shown = await approver.look(path)
    refused = await approver.send(f"{path}/{account}", {"verdict": "approve"})

    assert "U stelde deze rekening voor" in shown.text
    assert "Klopt deze rekening?" not in shown.text
    assert refused.status_code == 400
    assert await connection.fetchval("SELECT approved_at FROM payout_account") is None
