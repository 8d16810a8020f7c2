"""Two at once, each on a connection of its own: an application is decided once, an award is not overspent."""

from collections.abc import Awaitable, Callable

import asyncpg
import pytest

from given.applications import (
    DECIDER,
    Scene,
    a_child,
    a_manager,
    an_award,
    applies,
    confirmed,
    judged,
    left,
    state,
    stated,
)
from given.days import NOW
from given.logins import an_actor
from pas.applications.apply import MOST_IN_A_DAY, ChildReceipt, TooManyApplicationsToday
from pas.applications.confirm import Confirmed
from pas.applications.decide import award_by_officer, name_child, refuse_by_officer, withdraw
from pas.applications.judge import judge_one, todays_ground
from pas.auth.roles import Role
from pas.db import Connection, Database
from pas.ids import ApplicationId
from pas.redemptions.prove import prove
from together import at_once

Act = Callable[[Connection], Awaitable[object]]


async def waiting(connection: Connection, scene: Scene) -> ApplicationId:
    """With an officer, because the income is unknown."""
    await a_child(connection, income=None)
    made = await applies(connection, scene)
    assert await judged(connection, made.id) == "with_officer: income-unknown"
    return made.id


def awarding(application: ApplicationId) -> Act:
    return lambda one: award_by_officer(
        one, application, cents=None, reason="gezien", actor=DECIDER, now=NOW
    )


async def test_the_last_application_of_a_day_is_made_once(
    connection: Connection, crowd: Database, scene: Scene
) -> None:
    for _ in range(MOST_IN_A_DAY - 1):
        await applies(connection, scene)

    def applying(one: Connection) -> Awaitable[ChildReceipt]:
        return applies(one, scene)

    answers = await at_once(crowd, *[applying] * 4)
    assert sum(isinstance(one, ChildReceipt) for one in answers) == 1
    assert sum(isinstance(one, TooManyApplicationsToday) for one in answers) == 3


async def test_two_officers_at_once_come_to_one_decision(
    connection: Connection, crowd: Database, scene: Scene
) -> None:
    application = await waiting(connection, scene)
    other = an_actor(Role.OFFICER)

    def refusing(one: Connection) -> Awaitable[None]:
        return refuse_by_officer(one, application, "by-officer", reason="nee", actor=other, now=NOW)

    answers = await at_once(crowd, awarding(application), refusing)
    assert sorted(type(one).__name__ for one in answers) == ["ApplicationDecided", "NoneType"]
    grants = await connection.fetchval("SELECT count(*) FROM scheme_grant")
    assert grants == ((await state(connection, application)) == "awarded")


async def test_an_award_and_a_withdrawal_at_once_come_to_one_of_the_two(
    connection: Connection, crowd: Database, scene: Scene
) -> None:
    application = await waiting(connection, scene)

    def withdrawing(one: Connection) -> Awaitable[None]:
        return withdraw(one, application, actor=scene.applicant, now=NOW)

    answers = await at_once(crowd, awarding(application), withdrawing)
    assert sorted(type(one).__name__ for one in answers) == ["ApplicationDecided", "NoneType"]
    grants = await connection.fetchval("SELECT count(*) FROM scheme_grant")
    assert grants == ((await state(connection, application)) == "awarded")


async def test_two_applications_for_one_child_judged_at_once_come_to_one_award(
    connection: Connection, crowd: Database, scene: Scene
) -> None:
    await a_child(connection)
    made = [(await applies(connection, scene)).id for _ in range(2)]
    ground = await todays_ground(connection, NOW)

    def judging(application: ApplicationId) -> Act:
        return lambda one: judge_one(one, application, ground=ground, now=NOW)

    await at_once(crowd, *(judging(one) for one in made))
    states = sorted([await state(connection, one) for one in made])
    assert states == ["awarded", "refused: already-requested"]


@pytest.mark.parametrize(("cents", "other"), [(20_000, "G"), (10_000, "F")])
async def test_two_confirmations_at_once_above_the_award_or_of_one_invoice_come_to_one(
    connection: Connection, crowd: Database, scene: Scene, cents: int, other: str
) -> None:
    award = await an_award(connection, scene)
    manager = await a_manager(connection, scene.club)

    def confirming(invoice: str) -> Act:
        said = stated(scene.club.id, award, cents, invoice)
        return lambda one: confirmed(one, said, manager)

    answers = await at_once(crowd, confirming("F"), confirming(other))
    booked = [one for one in answers if isinstance(one, Confirmed)]
    assert len(booked) == 1
    assert await left(connection, award) == 25_000 - cents
    assert (await prove(connection, NOW)).closes


async def test_the_database_refuses_a_second_decision(connection: Connection, scene: Scene) -> None:
    await a_child(connection, income=12_001)
    made = await applies(connection, scene)
    await judged(connection, made.id)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "UPDATE child_application SET state = 'withdrawn', refusal = NULL WHERE id = $1",
            made.id,
        )
    assert refused.value.sqlstate == "PA223"


async def test_the_database_names_a_child_once_per_purpose_and_period(
    connection: Connection, scene: Scene
) -> None:
    child = await a_child(connection, family_name="Anders", income=None)
    made = [(await applies(connection, scene)).id for _ in range(2)]
    await name_child(connection, made[0], child, actor=DECIDER, now=NOW)
    period = await connection.fetchval(
        "SELECT period_key FROM child_application WHERE id = $1", made[0]
    )
    with pytest.raises(asyncpg.UniqueViolationError):
        await connection.execute(
            """
            UPDATE child_application SET resident_id = $2, period_key = $3, given_name = NULL,
                family_name = NULL, birth_date = NULL, postcode = NULL WHERE id = $1
            """,
            *(made[1], child, period),
        )
