"""Sessions: found while they last, gone when they end, and never by guessing."""

from datetime import UTC, datetime, timedelta

import pytest

from given.logins import a_login
from pas.auth.roles import Role
from pas.auth.sessions import (
    IDLE,
    LASTS,
    FoundSession,
    NewSession,
    SessionToken,
    clean_up_sessions,
    end_all_sessions,
    end_session,
    find_session,
    start_session,
    token_hash,
)
from pas.db import Connection
from pas.ids import LoginId, uuid7

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND = timedelta(seconds=1)


async def _started(connection: Connection, login: LoginId) -> NewSession:
    return await start_session(
        connection, actor_kind="login", actor_id=login, assurance="substantial", now=NOW
    )


async def _found(connection: Connection, session: NewSession, at: datetime) -> FoundSession | None:
    return await find_session(connection, token_hash(session.token), now=at)


async def test_a_session_says_who_it_is_with_which_roles(connection: Connection) -> None:
    login = await a_login(connection, Role.OFFICER, Role.COUNTER)
    found = await _found(connection, await _started(connection, login), NOW)
    assert found is not None
    assert (found.actor_id, found.name, sorted(found.roles)) == (
        login,
        "Joke de Boer",
        ["counter", "officer"],
    )


async def test_a_holder_has_a_session_without_login(connection: Connection) -> None:
    session = await start_session(
        connection, actor_kind="holder", actor_id=uuid7(), assurance="card", now=NOW
    )
    found = await _found(connection, session, NOW)
    assert found is not None
    assert (found.actor_kind, found.roles, found.name) == ("holder", [], None)


async def test_an_unknown_token_finds_nothing(connection: Connection) -> None:
    await _started(connection, await a_login(connection))
    unknown = NewSession(token=SessionToken("A" * 43), ends_at=NOW)
    assert await _found(connection, unknown, NOW) is None


async def test_the_token_itself_is_stored_nowhere(connection: Connection) -> None:
    session = await _started(connection, await a_login(connection))
    rows = await connection.fetch("SELECT s::text FROM session s")
    assert session.token not in str(rows)
    assert session.token.encode().hex() not in str(rows)


async def test_an_idle_session_ends(connection: Connection) -> None:
    session = await _started(connection, await a_login(connection))
    assert await _found(connection, session, NOW + IDLE["login"] - SECOND) is not None
    idle = NOW + IDLE["login"] - SECOND + IDLE["login"]
    assert await _found(connection, session, idle + SECOND) is None


async def test_using_a_session_keeps_it(connection: Connection) -> None:
    session = await _started(connection, await a_login(connection))
    for minutes in range(0, 100, 20):
        assert await _found(connection, session, NOW + timedelta(minutes=minutes)) is not None


async def test_no_session_outlives_eight_hours_however_much_it_is_used(
    connection: Connection,
) -> None:
    session = await _started(connection, await a_login(connection))
    moment = NOW
    while moment < NOW + LASTS - timedelta(minutes=20):
        moment += timedelta(minutes=20)
        if moment < NOW + LASTS:
            assert await _found(connection, session, moment) is not None
    assert await _found(connection, session, NOW + LASTS) is None


async def test_a_request_within_a_minute_writes_nothing(connection: Connection) -> None:
    session = await _started(connection, await a_login(connection))
    before = await connection.fetchval("SELECT xmin FROM session")
    await _found(connection, session, NOW + timedelta(seconds=59))
    assert await connection.fetchval("SELECT xmin FROM session") == before
    await _found(connection, session, NOW + timedelta(seconds=61))
    assert await connection.fetchval("SELECT xmin FROM session") != before


async def test_signing_out_ends_the_session(connection: Connection) -> None:
    session = await _started(connection, await a_login(connection))
    await end_session(connection, token_hash(session.token), now=NOW)
    assert await _found(connection, session, NOW) is None


async def test_signing_in_again_ends_the_session_the_browser_had(connection: Connection) -> None:
    login = await a_login(connection)
    before = await _started(connection, login)
    after = await start_session(
        connection,
        actor_kind="login",
        actor_id=login,
        assurance="substantial",
        now=NOW,
        replaces=before.token,
    )
    assert before.token != after.token
    assert await _found(connection, before, NOW) is None
    assert await _found(connection, after, NOW) is not None


async def test_all_sessions_of_a_login_end_at_once(connection: Connection) -> None:
    login, other = await a_login(connection), await a_login(connection)
    mine = [await _started(connection, login) for _ in range(3)]
    theirs = await _started(connection, other)
    await end_all_sessions(connection, actor_kind="login", actor_id=login, now=NOW)
    assert [await _found(connection, session, NOW) for session in mine] == [None] * 3
    assert await _found(connection, theirs, NOW) is not None


@pytest.mark.parametrize("state", ["invited", "ended"])
async def test_a_login_that_is_not_active_has_no_session(
    connection: Connection, state: str
) -> None:
    login = await a_login(connection)
    session = await _started(connection, login)
    await connection.execute("UPDATE login SET state = $2 WHERE id = $1", login, state)
    assert await _found(connection, session, NOW) is None


async def test_ended_sessions_are_forgotten(superuser: Connection) -> None:
    await _started(superuser, await a_login(superuser))
    await clean_up_sessions(superuser, now=NOW + LASTS + timedelta(hours=25))
    assert await superuser.fetchval("SELECT count(*) FROM session") == 0
