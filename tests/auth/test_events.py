"""Events: who changed what, for good; their content can go without breaking the books."""

import asyncpg
import msgspec
import pytest

from given.logins import an_actor
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
    assert await connection.fetchval("SELECT max(epoch) FROM event") == 2


async def test_raising_the_epoch_is_an_event(connection: Connection, superuser: Connection) -> None:
    await _an_event(connection)
    await superuser.execute("SELECT raise_epoch('restored from the backup of yesterday')")

    event = (await read_events(connection))[0]

    assert (event.kind, event.actor_kind, event.subject_id.int) == ("epoch.raised", "system", 2)
    assert is_intact(event)
    assert event.content is not None
    told = msgspec.json.decode(event.content)
    assert told["reason"] == "restored from the backup of yesterday"
    assert told["after"]["number"] == 2


AN_EVENT = {
    "id": "gen_random_uuid()",
    "kind": "'scheme.changed'",
    "subject_kind": "'scheme'",
    "subject_id": "gen_random_uuid()",
    "actor_kind": "'system'",
    "actor_id": "gen_random_uuid()",
    "content_hash": "sha256('')",
}
A_SETTING = {
    "id": "gen_random_uuid()",
    "key": "'void_hours'",
    "value": "'1'",
    "recorded_by": "gen_random_uuid()",
}
A_DEVIATION = {
    "id": "gen_random_uuid()",
    "resident_id": "gen_random_uuid()",
    "scheme_version_id": "gen_random_uuid()",
    "year": "2026",
    "effect": "'grant'",
    "reason": "'een goede reden'",
    "proposed_at": "now()",
    "proposed_by": "gen_random_uuid()",
}
AN_ACCOUNT = {
    "id": "gen_random_uuid()",
    "merchant_id": "gen_random_uuid()",
    "iban": "'NL91ABNA0417164300'",
    "holder": "'x'",
    "proposed_at": "now()",
    "proposed_by": "gen_random_uuid()",
}
NOW, SOMEBODY = "now()", "gen_random_uuid()"


@pytest.mark.parametrize(
    ("table", "row", "forged"),
    [
        ("event", AN_EVENT, {"xid": "1"}),
        ("event", AN_EVENT, {"recorded_at": NOW}),
        ("setting", A_SETTING, {"recorded_at": "now() + interval '1 year'"}),
        ("deviation", A_DEVIATION, {"confirmed_at": NOW, "confirmed_by": SOMEBODY}),
        ("deviation", A_DEVIATION, {"rejected_at": NOW, "rejected_by": SOMEBODY}),
        ("deviation", A_DEVIATION, {"decision_id": SOMEBODY}),
        ("payout_account", AN_ACCOUNT, {"approved_at": NOW, "approved_by": SOMEBODY}),
        ("payout_account", AN_ACCOUNT, {"usable_from": NOW}),
        ("payout_account", AN_ACCOUNT, {"payee_check": "'match'"}),
    ],
)
async def test_the_program_cannot_write_what_others_have_to_say(
    connection: Connection, table: str, row: dict[str, str], forged: dict[str, str]
) -> None:
    cells = {**row, **forged}
    sql = f"INSERT INTO {table} ({', '.join(cells)}) VALUES ({', '.join(cells.values())})"
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        await connection.execute(sql)


async def test_whatever_epoch_an_event_brings_it_gets_the_present_one(
    connection: Connection, superuser: Connection
) -> None:
    cells = {**AN_EVENT, "epoch": "7"}
    insert = f"INSERT INTO event ({', '.join(cells)}) VALUES ({', '.join(cells.values())})"
    await connection.execute(insert)
    cells |= {"xid": "1", "recorded_at": "'2000-01-01'"}
    insert = f"INSERT INTO event ({', '.join(cells)}) VALUES ({', '.join(cells.values())})"
    async with superuser.transaction():
        await superuser.execute("SET LOCAL session_replication_role = replica")
        await superuser.execute(insert)

    events = await connection.fetch(
        "SELECT epoch, xid, recorded_at > now() - interval '1 hour' AS now FROM event"
    )
    assert [(row["epoch"], row["now"]) for row in events] == [(1, True), (1, True)]
    assert all(row["xid"] > 1 for row in events)


async def _an_event(connection: Connection) -> object:
    return await record_event(
        connection,
        kind="scheme.changed",
        subject_kind="scheme",
        subject_id=uuid7(),
        actor=SYSTEM,
        after={"title": "x"},
    )
