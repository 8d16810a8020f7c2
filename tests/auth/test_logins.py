"""Logins and roles: given and taken by somebody else, recorded, and never an unfit pair."""

import asyncio
from datetime import UTC, datetime

import asyncpg
import pytest

from given.city import a_merchant
from given.logins import PROVIDER, a_login, an_actor
from pas.auth.actor import SYSTEM
from pas.auth.end_login import end_login
from pas.auth.events import read_events
from pas.auth.give_role import (
    LoginHasEnded,
    OwnRoles,
    RoleNeedsMerchant,
    give_role,
    take_role,
)
from pas.auth.incompatible_roles import RolesIncompatible, incompatible_pairs
from pas.auth.invite_again import invite_again
from pas.auth.logins import (
    KnownSubject,
    LoginExists,
    LoginNotFound,
    MerchantUnknown,
    OwnLogin,
    Person,
    invitation_hash,
    invite_login,
    list_logins,
    read_login,
)
from pas.auth.roles import Role
from pas.auth.sessions import find_session, start_session, token_hash
from pas.db import Connection, Database
from pas.ids import LoginId, MerchantId, MunicipalityName, uuid7

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
ADMINISTRATOR = an_actor(Role.ADMINISTRATOR)
JOKE = Person(name="Joke de Boer", email="joke@velsen.example")


async def test_an_invitation_is_a_code_that_is_stored_as_a_hash(connection: Connection) -> None:
    invited = await invite_login(connection, JOKE, actor=ADMINISTRATOR, now=NOW)
    assert invited.code is not None
    (row,) = await connection.fetch("SELECT * FROM login")
    assert row["invitation_hash"] == invitation_hash(invited.code)
    assert invited.code not in str(row)
    assert row["state"] == "invited"


async def test_somebody_the_provider_knows_is_invited_without_a_link(
    connection: Connection,
) -> None:
    known = KnownSubject(issuer=PROVIDER, subject="joke")
    invited = await invite_login(connection, JOKE, known_as=known, actor=ADMINISTRATOR, now=NOW)
    assert invited.code is None
    with pytest.raises(LoginExists):
        await invite_login(connection, JOKE, known_as=known, actor=ADMINISTRATOR, now=NOW)


async def test_a_merchant_must_be_there_before_its_people(connection: Connection) -> None:
    stranger = Person(name="Bar", merchant_id=MerchantId(uuid7()))
    with pytest.raises(MerchantUnknown):
        await invite_login(connection, stranger, actor=ADMINISTRATOR, now=NOW)


async def test_a_role_is_given_and_recorded(connection: Connection) -> None:
    login = await a_login(connection)
    assert await give_role(connection, login, Role.OFFICER, actor=ADMINISTRATOR, now=NOW) == [
        "officer"
    ]
    (event,) = await read_events(connection, subject_kind="login", subject_id=login)
    assert (event.kind, event.actor_id) == ("role.given", ADMINISTRATOR.id)
    assert event.content == '{"after":{"roles":["officer"]},"before":{"roles":[]}}'


async def test_giving_a_role_twice_changes_nothing(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER)
    await give_role(connection, login, Role.OFFICER, actor=ADMINISTRATOR, now=NOW)
    assert await read_events(connection) == []


async def test_more_rights_need_a_new_sign_in(connection: Connection) -> None:
    login = await a_login(connection)
    session = await start_session(
        connection, actor_kind="login", actor_id=login, assurance="x", now=NOW
    )
    await give_role(connection, login, Role.OFFICER, actor=ADMINISTRATOR, now=NOW)
    assert await find_session(connection, token_hash(session.token), now=NOW) is None


async def test_a_role_that_is_taken_is_gone_from_the_open_session(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER, Role.COUNTER)
    session = await start_session(
        connection, actor_kind="login", actor_id=login, assurance="x", now=NOW
    )
    assert await take_role(connection, login, Role.OFFICER, actor=ADMINISTRATOR) == ["counter"]
    found = await find_session(connection, token_hash(session.token), now=NOW)
    assert found is not None
    assert found.roles == ["counter"]


async def test_incompatible_roles_are_refused_with_the_reason(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER)
    with pytest.raises(RolesIncompatible, match="niet zelf bevestigen"):
        await give_role(connection, login, Role.APPROVER, actor=ADMINISTRATOR, now=NOW)


async def test_the_database_knows_the_same_incompatible_roles(connection: Connection) -> None:
    rows = await connection.fetch("SELECT role, other FROM incompatible_role")
    expected = {(one.value, other.value) for one, other in incompatible_pairs()}
    assert {tuple(row) for row in rows} == expected | {(b, a) for a, b in expected}


async def test_the_database_refuses_incompatible_roles_by_itself(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, 'approver', $1)", login
        )
    assert refused.value.sqlstate == "PA210"


async def test_two_administrators_at_once_do_not_give_both_of_a_pair(
    database: Database, connection: Connection, velsen: MunicipalityName
) -> None:
    async def give(login: LoginId, role: Role) -> bool:
        async with database.connection(velsen) as mine:
            try:
                await give_role(mine, login, role, actor=SYSTEM, now=NOW)
            except RolesIncompatible:
                return False
            return True

    for _ in range(20):
        login = await a_login(connection)
        given = await asyncio.gather(give(login, Role.OFFICER), give(login, Role.APPROVER))
        assert sorted(given) == [False, True]


async def test_the_database_makes_the_second_of_a_pair_wait_for_the_first(
    database: Database, connection: Connection, velsen: MunicipalityName
) -> None:
    give = "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $1)"
    login = await a_login(connection)
    async with database.connection(velsen) as other:
        async with connection.transaction():
            await connection.execute(give, login, "officer")
            second = asyncio.create_task(other.execute(give, login, "approver"))
            _, waiting = await asyncio.wait({second}, timeout=0.3)
            assert waiting
        with pytest.raises(asyncpg.PostgresError) as refused:
            await second
    assert refused.value.sqlstate == "PA210"


async def test_nobody_changes_their_own_roles_or_access(connection: Connection) -> None:
    login = await a_login(connection, Role.ADMINISTRATOR)
    self = an_actor(Role.ADMINISTRATOR, login=login)
    with pytest.raises(OwnRoles):
        await give_role(connection, login, Role.ANALYST, actor=self, now=NOW)
    with pytest.raises(OwnRoles):
        await take_role(connection, login, Role.ADMINISTRATOR, actor=self)
    with pytest.raises(OwnLogin):
        await end_login(connection, login, reason="x", actor=self, now=NOW)
    with pytest.raises(OwnLogin):
        await invite_again(connection, login, actor=self, now=NOW)


@pytest.mark.parametrize("of_merchant", [True, False])
async def test_a_merchants_manager_is_of_a_merchant_and_nothing_else(
    connection: Connection, *, of_merchant: bool
) -> None:
    merchant = (await a_merchant(connection)).id if of_merchant else None
    login = await a_login(connection, merchant=merchant)
    unfit = Role.COUNTER if of_merchant else Role.MERCHANT_MANAGER
    with pytest.raises(RoleNeedsMerchant):
        await give_role(connection, login, unfit, actor=ADMINISTRATOR, now=NOW)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO login_role (login_id, role, given_by) VALUES ($1, $2, $1)",
            login,
            unfit.value,
        )
    assert refused.value.sqlstate == "PA211"


async def test_an_ended_login_gets_no_role(connection: Connection) -> None:
    login = await a_login(connection, state="ended")
    with pytest.raises(LoginHasEnded):
        await give_role(connection, login, Role.OFFICER, actor=ADMINISTRATOR, now=NOW)


async def test_ending_a_login_ends_its_sessions_and_says_why(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER)
    session = await start_session(
        connection, actor_kind="login", actor_id=login, assurance="x", now=NOW
    )
    await end_login(connection, login, reason="Uit dienst", actor=ADMINISTRATOR, now=NOW)
    assert await find_session(connection, token_hash(session.token), now=NOW) is None
    (event,) = await read_events(connection, subject_kind="login", subject_id=login)
    assert event.kind == "login.ended"
    assert "Uit dienst" in (event.content or "")


async def test_ended_access_can_be_opened_by_a_new_link(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER, state="ended")
    invited = await invite_again(connection, login, actor=ADMINISTRATOR, now=NOW)
    assert invited.code is not None
    assert (await read_login(connection, login)).state == "invited"


async def test_an_unknown_login_is_refused(connection: Connection) -> None:
    unknown = LoginId(uuid7())
    with pytest.raises(LoginNotFound):
        await give_role(connection, unknown, Role.OFFICER, actor=ADMINISTRATOR, now=NOW)
    with pytest.raises(LoginNotFound):
        await invite_again(connection, unknown, actor=ADMINISTRATOR, now=NOW)


async def test_logins_are_listed_a_page_at_a_time(connection: Connection) -> None:
    made = [await a_login(connection) for _ in range(5)]
    first = await list_logins(connection, limit=3)
    second = await list_logins(connection, after=first[-1].id)
    assert [row.id for row in (*first, *second)] == made
