"""The administrator's colleagues: inviting, giving and taking roles, and ending access, on pages."""

import re
from html import unescape
from uuid import UUID

import httpx
import pytest

from given.city import a_merchant
from given.logins import a_login
from pas.auth.incompatible_roles import why_incompatible
from pas.auth.logins import invitation_hash
from pas.auth.roles import ROLE_TITLES, Role
from pas.db import Connection
from signed_in import Visitor, signed_in


@pytest.fixture
async def administrator(client: httpx.AsyncClient, connection: Connection) -> Visitor:
    return await signed_in(client, connection, Role.ADMINISTRATOR)


async def roles_of(connection: Connection, login: object) -> set[str]:
    rows = await connection.fetch("SELECT role FROM login_role WHERE login_id = $1", login)
    return {row["role"] for row in rows}


async def state_of(connection: Connection, login: object) -> str:
    return await connection.fetchval("SELECT state FROM login WHERE id = $1", login)


async def test_an_invitation_shows_its_link_once_and_then_leads_to_the_roles(
    administrator: Visitor, connection: Connection
) -> None:
    made = await administrator.send("logins/invite", {"name": "Noor Bakker", "email": "n@v.nl"})
    (code,) = re.findall(r"invitation=([\w-]+)", unescape(made.text))
    stored = await connection.fetchrow(
        "SELECT id, name, email FROM login WHERE invitation_hash = $1", invitation_hash(code)
    )
    assert stored is not None
    listed = (await administrator.look("logins")).text
    page = (await administrator.look(f"logins/{stored['id']}")).text

    assert (stored["name"], stored["email"]) == ("Noor Bakker", "n@v.nl")
    assert f'href="/velsen/logins/{stored["id"]}">Geef een rol' in made.text
    assert "Noor Bakker" in listed
    assert code not in listed + page
    assert "Uitgenodigd" in page


async def test_an_invitation_without_a_name_says_what_is_missing(administrator: Visitor) -> None:
    answer = await administrator.send("logins/invite", {"name": " ", "email": "geen adres"})
    assert answer.status_code == 400
    assert "Vul een naam in." in answer.text
    assert "Typ het e-mailadres zo" in answer.text


async def test_somebody_of_a_merchant_is_invited_from_its_page_and_bound_to_it(
    administrator: Visitor, connection: Connection
) -> None:
    merchant = await a_merchant(connection)
    link = f"/velsen/logins/invite?merchant={merchant.id}"
    assert link in (await administrator.look(f"merchants/{merchant.id}")).text
    fields = {"name": "Piet", "merchant": str(merchant.id)}
    await administrator.send("logins/invite", fields)
    nobody = await administrator.send("logins/invite", {**fields, "merchant": str(UUID(int=9))})

    (row,) = await connection.fetch("SELECT id, merchant_id FROM login WHERE name = 'Piet'")
    page = (await administrator.look(f"logins/{row['id']}")).text
    assert row["merchant_id"] == merchant.id
    assert nobody.status_code == 400
    assert ROLE_TITLES[Role.MERCHANT_MANAGER] in page
    assert f'value="{Role.OFFICER.value}"' not in page


async def test_a_role_is_given_and_taken_and_each_is_an_event(
    administrator: Visitor, connection: Connection
) -> None:
    login = await a_login(connection)
    given = await administrator.send(f"logins/{login}/roles", {"role": "officer"})
    between = await roles_of(connection, login)
    taken = await administrator.send(f"logins/{login}/roles/officer/take", {})
    kinds = await connection.fetch(
        "SELECT kind FROM event WHERE subject_id = $1 ORDER BY id", login
    )

    assert (given.status_code, taken.status_code) == (303, 303)
    assert between == {"officer"}
    assert await roles_of(connection, login) == set()
    assert [row["kind"] for row in kinds] == ["role.given", "role.taken"]


@pytest.mark.parametrize("other", [Role.FINANCE, Role.APPROVER, Role.AUDITOR, Role.ADMINISTRATOR])
async def test_a_role_that_does_not_go_together_is_explained_and_cannot_be_sent(
    administrator: Visitor, connection: Connection, other: Role
) -> None:
    login = await a_login(connection, Role.OFFICER)
    because = why_incompatible(other, Role.OFFICER)
    assert because is not None
    page = unescape((await administrator.look(f"logins/{login}")).text)
    sent = await administrator.send(f"logins/{login}/roles", {"role": other.value})

    assert f'value="{other.value}"' not in page
    assert because in page
    assert sent.status_code == 400
    assert because in unescape(sent.text)
    assert await roles_of(connection, login) == {"officer"}


async def test_nobody_changes_their_own_roles_or_access(
    administrator: Visitor, connection: Connection
) -> None:
    own = f"logins/{administrator.login}"
    page = (await administrator.look(own)).text
    given = await administrator.send(f"{own}/roles", {"role": "policy"})
    ended = await administrator.send(f"{own}/end", {"reason": "Ik ga weg"})

    assert "Dit bent u zelf" in page
    assert "Geef deze rol" not in page
    assert "Stop de toegang" not in page
    assert (given.status_code, ended.status_code) == (400, 400)
    assert await roles_of(connection, administrator.login) == {"administrator"}
    assert await state_of(connection, administrator.login) == "active"


async def test_access_ends_with_a_reason_and_a_new_link_opens_it_without_roles(
    administrator: Visitor, connection: Connection
) -> None:
    login = await a_login(connection, Role.OFFICER)
    silent = await administrator.send(f"logins/{login}/end", {"reason": ""})
    ended = await administrator.send(f"logins/{login}/end", {"reason": "Werkt hier niet meer"})
    between = await state_of(connection, login)
    again = await administrator.send(f"logins/{login}/invite", {})

    assert (silent.status_code, ended.status_code, between) == (400, 303, "ended")
    assert "invitation=" in again.text
    assert await state_of(connection, login) == "invited"
    assert await roles_of(connection, login) == set()


async def test_an_auditor_sees_who_may_what_and_changes_nothing(
    client: httpx.AsyncClient, connection: Connection
) -> None:
    login = await a_login(connection, Role.OFFICER)
    auditor = await signed_in(client, connection, Role.AUDITOR)
    text = (await auditor.look("logins")).text + (await auditor.look(f"logins/{login}")).text
    tried = [
        await auditor.send("logins/invite", {"name": "Iemand"}),
        await auditor.send(f"logins/{login}/roles", {"role": "counter"}),
        await auditor.send(f"logins/{login}/roles/officer/take", {}),
        await auditor.send(f"logins/{login}/end", {"reason": "zomaar"}),
        await auditor.send(f"logins/{login}/invite", {}),
    ]

    assert ROLE_TITLES[Role.OFFICER] in text
    assert "Nodig iemand uit" not in text
    assert "Geef deze rol" not in text
    assert {one.status_code for one in tried} == {403}
    assert await roles_of(connection, login) == {"officer"}


async def test_a_form_without_its_token_changes_nothing(
    administrator: Visitor, connection: Connection
) -> None:
    login = await a_login(connection, Role.OFFICER)
    tried = await administrator.send(f"logins/{login}/roles/officer/take", {}, csrf=False)
    assert tried.status_code == 403
    assert await roles_of(connection, login) == {"officer"}
