"""A session on a device of one's own: it lasts, its token changes, and a copied token ends it."""

from datetime import UTC, datetime, timedelta

import pytest

from pas.auth.actor import Actor
from pas.auth.devices import device_kind
from pas.auth.own_sessions import end_own_session, end_sessions_proved_by, own_sessions
from pas.auth.rotate_session import OVERLAP, ROTATE_AFTER, RotatedSession, find_rotated
from pas.auth.sessions import (
    LONG_IDLE,
    LONG_LASTS,
    Begun,
    NewSession,
    SessionToken,
    clean_up_sessions,
    find_session,
    start_session,
    token_hash,
)
from pas.db import Connection
from pas.ids import ResidentId, uuid7

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
SECOND, DAY = timedelta(seconds=1), timedelta(days=1)


async def started(
    connection: Connection, holder: ResidentId | None = None, *, is_long: bool = True
) -> NewSession:
    begun = Begun(device="iphone", is_long=is_long, proved_by=uuid7())
    return await start_session(
        connection,
        actor_kind="holder",
        actor_id=holder or uuid7(),
        assurance="card",
        now=NOW,
        begun=begun,
    )


async def found(connection: Connection, token: SessionToken, at: datetime) -> RotatedSession | None:
    return await find_rotated(connection, token, now=at, may_rotate=True)


async def rotated(connection: Connection, token: SessionToken, at: datetime) -> SessionToken:
    session = await found(connection, token, at)
    assert session is not None
    assert session.token is not None
    return session.token


async def test_it_idles_for_ninety_days_and_ends_after_a_year_at_most(
    connection: Connection,
) -> None:
    session, moment = await started(connection), NOW
    assert await found(connection, (await started(connection)).token, NOW + LONG_IDLE) is None
    token = session.token
    while moment + 80 * DAY < NOW + LONG_LASTS:
        moment += 80 * DAY
        token = await rotated(connection, token, moment)
    assert await found(connection, token, NOW + LONG_LASTS - SECOND) is not None
    assert await found(connection, token, NOW + LONG_LASTS) is None


async def test_a_session_of_a_borrowed_device_ends_after_fifteen_idle_minutes(
    connection: Connection,
) -> None:
    session = await started(connection, is_long=False)
    assert await found(connection, session.token, NOW + timedelta(minutes=15)) is None


async def test_its_token_changes_every_day_and_no_sooner(connection: Connection) -> None:
    session = await started(connection)
    early = await found(connection, session.token, NOW + ROTATE_AFTER - SECOND)
    assert early is not None
    assert early.token is None
    token = await rotated(connection, session.token, NOW + ROTATE_AFTER)
    assert token != session.token
    again = await found(connection, token, NOW + ROTATE_AFTER + SECOND)
    assert again is not None
    assert again.token is None


async def test_an_answer_that_got_lost_costs_nobody_a_session(connection: Connection) -> None:
    session, later = await started(connection), NOW + 3 * ROTATE_AFTER
    lost = await rotated(connection, session.token, NOW + ROTATE_AFTER)
    token = await rotated(connection, session.token, later)
    assert await found(connection, lost, later) is None
    assert await found(connection, token, later) is not None


async def test_what_was_asked_at_the_same_moment_is_answered(connection: Connection) -> None:
    session, then = await started(connection), NOW + ROTATE_AFTER
    token = await rotated(connection, session.token, then)
    assert await found(connection, token, then) is not None
    beside = await found(connection, session.token, then + OVERLAP - SECOND)
    assert beside is not None
    assert beside.token is None


async def test_a_token_that_comes_back_after_its_successor_ends_the_session(
    connection: Connection,
) -> None:
    session, then = await started(connection), NOW + ROTATE_AFTER
    token = await rotated(connection, session.token, then)
    assert await found(connection, token, then) is not None
    assert await found(connection, session.token, then + OVERLAP) is None
    assert await found(connection, token, then + OVERLAP) is None


async def test_a_holder_sees_where_they_are_signed_in_and_ends_one(
    connection: Connection,
) -> None:
    holder = ResidentId(uuid7())
    phone, library = (
        await started(connection, holder),
        await started(connection, holder, is_long=False),
    )
    await started(connection)
    actor, this = Actor("holder", holder), token_hash(library.token)
    mine = await own_sessions(connection, actor=actor, this=this, now=NOW)
    assert [(one.device, one.is_long, one.is_this, one.signed_in_with) for one in mine] == [
        ("iphone", False, True, "card"),
        ("iphone", True, False, "card"),
    ]
    stranger = Actor("holder", uuid7())
    assert not await end_own_session(connection, mine[1].id, actor=stranger, now=NOW)
    assert await end_own_session(connection, mine[1].id, actor=actor, now=NOW)
    assert not await end_own_session(connection, mine[1].id, actor=actor, now=NOW)
    assert await found(connection, phone.token, NOW) is None
    assert await found(connection, library.token, NOW) is not None


async def test_what_a_card_opened_ends_with_it(connection: Connection) -> None:
    session, other = await started(connection), await started(connection)
    stored = await find_session(connection, token_hash(session.token), now=NOW)
    assert stored is not None
    assert stored.proved_by is not None
    await end_sessions_proved_by(connection, stored.proved_by, now=NOW)
    assert await found(connection, session.token, NOW) is None
    assert await found(connection, other.token, NOW) is not None


async def test_a_session_that_idled_is_forgotten_long_before_its_year(
    connection: Connection,
) -> None:
    await started(connection)
    await clean_up_sessions(connection, now=NOW + LONG_IDLE + 25 * timedelta(hours=1))
    assert await connection.fetchval("SELECT count(*) FROM session") == 0


@pytest.mark.parametrize(
    ("agent", "kind"),
    [
        ("Mozilla/5.0 (iPhone; CPU iPhone OS 18_1 like Mac OS X) Safari/604.1", "iphone"),
        ("Mozilla/5.0 (Linux; Android 15; Pixel 8) Chrome/131 Mobile Safari/537", "phone_android"),
        ("Mozilla/5.0 (Linux; Android 14; SM-X210) Chrome/131 Safari/537", "tablet_android"),
        ("Mozilla/5.0 (Windows NT 10.0; Win64; x64) Firefox/132.0", "windows"),
        ("Mozilla/5.0 (Macintosh; Intel Mac OS X 14_6) Safari/605", "mac"),
        ("Mozilla/5.0 (X11; Linux x86_64) Firefox/132.0", "linux"),
        ("curl/8", "other"),
        ("", "other"),
    ],
)
def test_a_device_is_told_from_what_its_browser_says(agent: str, kind: str) -> None:
    assert device_kind(agent) == kind
