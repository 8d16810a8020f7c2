"""A household applies once, gets a receipt, and is decided as soon as its income is known."""

import asyncio
from datetime import UTC, date, datetime

import msgspec
import pytest

from given.assessment import a_member, a_scheme_in_force, a_state
from given.logins import an_actor
from pas.auth.actor import Actor, PermissionMissing
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.grants.applications import (
    ApplicationNotFound,
    ApplicationNotOpen,
    Receipt,
    list_applications,
    read_application,
    withdraw_application,
)
from pas.grants.apply import (
    Application,
    ChannelDoesNotFit,
    HouseholdHasApplied,
    HouseholdUnknown,
    OnlyAnAdultApplies,
    apply_for_household,
    household_of,
)
from pas.grants.assess import Task, assess_year
from pas.grants.follow_register import follow_register
from pas.grants.periods import PassYearOver
from pas.ids import ApplicationId, HouseholdNumber, MunicipalityName, ResidentId, uuid7

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
OFFICER, COUNTER = an_actor(Role.OFFICER), an_actor(Role.COUNTER)


def an_application(household: str = "H1", **fields: object) -> Application:
    made = {"id": uuid7(), "household": household, "year": 2026, "channel": "counter", **fields}
    return msgspec.convert(made, Application)


async def applied(
    connection: Connection, application: Application, *, actor: Actor = COUNTER
) -> Receipt:
    return await apply_for_household(connection, application, actor=actor, now=NOW)


def a_holder_actor(resident: ResidentId) -> Actor:
    return Actor(kind="holder", id=resident)


async def test_a_household_gets_a_receipt_with_time_and_hash_and_the_same_one_again(
    connection: Connection,
) -> None:
    await a_member(connection)
    application = an_application()

    first = await applied(connection, application)
    again = await applied(connection, application)

    assert first == again
    assert (first.received_at, first.state, len(first.content_hash)) == (NOW, "received", 64)
    assert await read_application(connection, first.id) == first
    other = await applied(connection, an_application(year=2027))
    assert other.content_hash != first.content_hash


async def test_who_asks_again_meanwhile_is_told_since_when_it_waits(connection: Connection) -> None:
    await a_member(connection)
    await applied(connection, an_application())

    with pytest.raises(HouseholdHasApplied) as refused:
        await applied(connection, an_application())

    assert refused.value.extra == {"receivedAt": NOW.isoformat()}


async def test_two_at_once_make_one_application(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_member(connection)

    async def ask() -> str:
        async with database.connection(velsen) as one:
            try:
                await applied(one, an_application())
            except HouseholdHasApplied:
                return "waits"
            return "received"

    assert sorted(await asyncio.gather(*(ask() for _ in range(3)))) == [
        "received",
        "waits",
        "waits",
    ]
    assert len(await list_applications(connection)) == 1


async def test_an_adult_of_the_household_applies_and_nobody_elses_child(
    connection: Connection,
) -> None:
    parent = await a_member(connection)
    child = await a_member(connection, born=date(2015, 1, 1))
    stranger = await a_member(connection, "H2")

    for who in (child, stranger):
        with pytest.raises(OnlyAnAdultApplies):
            await applied(connection, an_application(channel="page"), actor=a_holder_actor(who))
    with pytest.raises(PermissionMissing):
        await applied(connection, an_application(), actor=an_actor(Role.FINANCE))
    made = await applied(connection, an_application(channel="page"), actor=a_holder_actor(parent))
    assert made.state == "received"


@pytest.mark.parametrize("channel", ["page", "paper", "counter", "helper"])
@pytest.mark.parametrize(
    ("who", "fits"),
    [
        ("holder", {"page"}),
        (Role.OFFICER, {"counter", "paper"}),
        (Role.COUNTER, {"counter", "paper"}),
        (Role.INTERMEDIARY, {"helper"}),
    ],
)
async def test_a_channel_that_does_not_fit_who_applies_is_refused(
    connection: Connection, *, who: Role | str, fits: set[str], channel: str
) -> None:
    resident = await a_member(connection, income=None)
    actor = an_actor(who) if isinstance(who, Role) else a_holder_actor(resident)
    if channel in fits:
        made = await applied(connection, an_application(channel=channel), actor=actor)
        assert made.channel == channel
        return
    with pytest.raises(ChannelDoesNotFit):
        await applied(connection, an_application(channel=channel), actor=actor)
    assert await list_applications(connection) == []


@pytest.mark.parametrize("household", ["H9", "EMPTY", "CHILD"])
async def test_a_household_without_anybody_to_apply_for_is_unknown(
    connection: Connection, household: str
) -> None:
    await a_member(connection, "EMPTY", left_on=date(2026, 2, 1))
    await a_member(connection, "CHILD", born=date(2015, 1, 1))

    with pytest.raises(HouseholdUnknown):
        await applied(connection, an_application(household))


async def test_a_year_that_is_over_cannot_be_applied_for(connection: Connection) -> None:
    await a_member(connection)

    with pytest.raises(PassYearOver):
        await applied(connection, an_application(year=2025))


async def test_who_withdraws_may_apply_again(connection: Connection) -> None:
    await a_member(connection)
    first = await applied(connection, an_application())

    gone = await withdraw_application(connection, first.id, actor=OFFICER, now=NOW)

    assert (gone.state, gone.decided_at) == ("withdrawn", NOW)
    with pytest.raises(ApplicationNotOpen):
        await withdraw_application(connection, first.id, actor=OFFICER, now=NOW)
    with pytest.raises(ApplicationNotFound):
        await withdraw_application(connection, ApplicationId(uuid7()), actor=OFFICER, now=NOW)
    assert (await applied(connection, an_application())).state == "received"


async def test_the_list_has_the_longest_waiting_first_and_goes_on_after_a_page(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection)
    for number in range(3):
        await a_member(connection, f"H{number}", income=None)
        await applied(connection, an_application(f"H{number}"))

    first = await list_applications(connection, limit=2)
    rest = await list_applications(connection, after=first[-1].id)

    assert [one.household_number for one in (*first, *rest)] == ["H0", "H1", "H2"]
    assert await list_applications(connection, state="decided") == []
    assert await list_applications(connection, year=2027) == []


async def test_a_household_of_known_income_has_its_decision_with_the_receipt(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection)
    resident = await a_member(connection, income=9_500)

    made = await applied(connection, an_application(channel="page"), actor=a_holder_actor(resident))

    assert (made.state, made.decided_at) == ("decided", NOW)
    assert await connection.fetch("SELECT cause, actor_kind FROM decision") == [
        ("application", "holder")
    ]
    assert await connection.fetchval("SELECT count(*) FROM scheme_grant") == 1


async def test_an_application_is_answered_when_a_file_brings_the_income(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_scheme_in_force(connection)
    resident = await a_member(connection, income=None)
    made = await applied(connection, an_application())
    before = await follow_register(database, velsen, actor=OFFICER, now=NOW)
    await a_state(connection, resident, income=9_500, since=date(2026, 5, 1))
    after = await follow_register(database, velsen, actor=OFFICER, now=NOW)

    assert (before.households_answered, after.households_answered) == (0, 1)
    assert (await read_application(connection, made.id)).state == "decided"
    assert await connection.fetchval("SELECT count(*) FROM pass") == 1


async def test_the_yearly_run_answers_who_applied_and_only_them_as_an_application(
    connection: Connection, database: Database, velsen: MunicipalityName
) -> None:
    await a_member(connection, "H1")
    await a_member(connection, "H2")
    await a_member(connection, "H3", income=None)
    made = [await applied(connection, an_application(home)) for home in ("H1", "H3")]
    await a_scheme_in_force(connection)
    await assess_year(database, Task(municipality=velsen, year=2026, actor=OFFICER, now=NOW))

    states = [(await read_application(connection, one.id)).state for one in made]
    assert states == ["decided", "received"]
    rows = await connection.fetch(
        "SELECT household_number, cause FROM decision ORDER BY household_number"
    )
    assert rows == [("H1", "application"), ("H2", "assessment")]


async def test_who_gets_nothing_because_nothing_is_for_them_hears_so(
    connection: Connection,
) -> None:
    await a_scheme_in_force(connection, unit="child")
    await a_member(connection, income=9_500)
    await a_member(connection, income=9_500, left_on=date(2026, 2, 1))

    made = await applied(connection, an_application())

    assert made.state == "decided"
    assert await connection.fetchval("SELECT count(*) FROM decision") == 1
    assert await connection.fetchval("SELECT count(*) FROM pass") == 0


async def test_somebody_lives_where_the_register_says_today(connection: Connection) -> None:
    resident = await a_member(connection, "H7")

    assert await household_of(connection, resident, now=NOW) == HouseholdNumber("H7")
    with pytest.raises(HouseholdUnknown):
        await household_of(connection, ResidentId(uuid7()), now=NOW)
