"""Events: who changed what, for good; their content can go without breaking the books."""

import asyncpg
import msgspec
import pytest

from given import an_actor
from pas.auth.actor import SYSTEM
from pas.auth.events import is_intact, read_events, record_event
from pas.auth.roles import Role
from pas.db import Connection
from pas.ids import uuid7


async def test_an_event_says_who_changed_what_and_why(connection: Connection) -> None:
    officer, subject = an_actor(Role.OFFICER), uuid7()
    await record_event(
        connection,
        kind="scheme.changed",
        subject_kind="scheme",
        subject_id=subject,
        actor=msgspec.structs.replace(officer, on_behalf_of=SYSTEM.id),
        before={"amountCents": 20000},
        after={"amountCents": 25000},
        reason="Raadsbesluit",
    )
    (event,) = await read_events(connection, subject_kind="scheme", subject_id=subject)
    assert (event.kind, event.actor_id, event.on_behalf_of) == (
        "scheme.changed",
        officer.id,
        SYSTEM.id,
    )
    assert event.content == (
        '{"after":{"amountCents":25000},"before":{"amountCents":20000},"reason":"Raadsbesluit"}'
    )
    assert is_intact(event)


async def test_events_are_read_newest_first_a_page_at_a_time(connection: Connection) -> None:
    made = [await _an_event(connection) for _ in range(5)]
    first = await read_events(connection, limit=2)
    second = await read_events(connection, before=first[-1].id, limit=10)
    assert [event.id for event in (*first, *second)] == made[::-1]


async def test_an_event_that_failed_with_its_change_is_not_there(connection: Connection) -> None:
    async def change() -> None:
        async with connection.transaction():
            await _an_event(connection)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await change()
    assert await read_events(connection) == []


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE event SET kind = 'x.y'",
        "DELETE FROM event",
        "TRUNCATE event CASCADE",
        "UPDATE event_content SET content = '{}'",
        "TRUNCATE event_content",
    ],
)
async def test_nobody_changes_an_event_not_even_a_superuser(
    connection: Connection, superuser: Connection, sql: str
) -> None:
    await _an_event(connection)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await superuser.execute(sql)
    assert refused.value.sqlstate == "PA100"


async def test_content_can_be_deleted_on_its_clock(
    connection: Connection, superuser: Connection
) -> None:
    await _an_event(connection)
    await superuser.execute("DELETE FROM event_content")
    (event,) = await read_events(connection)
    assert event.content is None
    assert is_intact(event)


async def test_changed_content_shows(connection: Connection, superuser: Connection) -> None:
    await _an_event(connection)
    (row,) = await superuser.fetch("DELETE FROM event_content RETURNING *")
    await superuser.execute(
        "INSERT INTO event_content (event_id, salt, content) VALUES ($1, $2, $3)",
        *(row["event_id"], row["salt"], row["content"].replace("x", "y")),
    )
    (event,) = await read_events(connection)
    assert not is_intact(event)


@pytest.mark.parametrize("field", ["bsn", "apiToken", "cardNumber", "activation_code"])
async def test_a_secret_never_gets_into_an_event(connection: Connection, field: str) -> None:
    with pytest.raises(AssertionError, match=field):
        await record_event(
            connection,
            kind="resident.changed",
            subject_kind="resident",
            subject_id=uuid7(),
            actor=SYSTEM,
            after={"people": [{field: "111222333"}]},
        )


async def test_an_event_carries_the_epoch(connection: Connection, superuser: Connection) -> None:
    await superuser.execute("SELECT raise_epoch('restored')")
    await _an_event(connection)
    assert await connection.fetchval("SELECT epoch FROM event") == 2


async def _an_event(connection: Connection) -> object:
    return await record_event(
        connection,
        kind="scheme.changed",
        subject_kind="scheme",
        subject_id=uuid7(),
        actor=SYSTEM,
        after={"title": "x"},
    )
