"""The trace of a request: steps that follow each other, answered once, and not by who decided."""

import asyncio
from datetime import date, timedelta
from uuid import uuid4

import asyncpg
import pytest

from given.city import a_child_of, a_holder
from given.days import NOW, TODAY, YEAR
from given.logins import a_login, an_actor
from given.requests import a_decision, a_request, an_objection, as_holder, asked_by
from pas.auth.actor import Actor, PermissionMissing
from pas.auth.roles import Role, permissions_of
from pas.days import day_of
from pas.db import Connection, Database
from pas.errors import Refusal
from pas.ids import LoginId, MunicipalityName
from pas.requests.answer import answer, ask, extend, take_up
from pas.requests.file import PersonNotYours, file_request
from pas.requests.list_requests import all_requests
from pas.requests.model import HolderRequest
from pas.requests.reply import reply, withdraw
from pas.requests.rules import (
    NothingAsked,
    OutcomeImpossible,
    OwnDecision,
    RequestClosed,
    RequestMoved,
    TermExtended,
    content_hash,
    content_of,
)
from pas.requests.stored import (
    TAKE_STEP,
    DecisionNotYours,
    RequestNotFound,
    TooManyAsked,
    read_request,
    read_steps,
)

VELSEN = MunicipalityName("velsen")
OFFICER = an_actor(Role.OFFICER)


async def now_of(connection: Connection, one: HolderRequest) -> HolderRequest:
    return await read_request(connection, one.id, actor=OFFICER, now=NOW)


async def answered(
    connection: Connection, one: HolderRequest, *, by: Actor = OFFICER, seen: int = 1
) -> None:
    await answer(
        connection, one.id, "upheld", words="U heeft gelijk.", seen=seen, actor=by, now=NOW
    )


async def test_the_receipt_has_the_time_and_the_hash_of_what_was_asked(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, year=YEAR)
    asked = asked_by(holder.id)
    made = await file_request(connection, asked, actor=as_holder(holder.id), now=NOW)
    assert made.content_hash == content_hash(content_of(asked, NOW))
    assert made.received_at == NOW
    assert made.answer_by == TODAY + timedelta(weeks=6)


async def test_the_same_form_twice_is_one_request(connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    asked = asked_by(holder.id)
    first, again = [
        await file_request(connection, asked, actor=as_holder(holder.id), now=NOW) for _ in range(2)
    ]
    assert first == again
    assert len(await read_steps(connection, first.id)) == 1


async def test_from_receipt_to_answer_every_step_stands_in_the_trace(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, year=YEAR)
    one = await a_request(connection, holder.id)
    me = as_holder(holder.id)
    await take_up(connection, one.id, seen=1, actor=OFFICER, now=NOW)
    await ask(connection, one.id, "Wanneer was dat?", seen=2, actor=OFFICER, now=NOW)
    await reply(connection, one.id, "Op maandag.", seen=3, actor=me, now=NOW)
    await extend(connection, one.id, "Wij vragen het na.", seen=4, actor=OFFICER, now=NOW)
    await answered(connection, one, seen=5)
    steps = await read_steps(connection, one.id)
    stored = await now_of(connection, one)
    assert [step.kind for step in steps] == [
        "received",
        "taken_up",
        "asked",
        "replied",
        "extended",
        "answered",
    ]
    assert stored.state == "answered"
    assert stored.answer_by == TODAY + timedelta(weeks=10)
    events = await connection.fetch(
        "SELECT kind, on_behalf_of FROM event WHERE subject_id = $1 ORDER BY id", one.id
    )
    assert [row["kind"] for row in events] == [f"request.{step.kind}" for step in steps]
    assert {row["on_behalf_of"] for row in events} == {None, holder.id}


async def test_who_acts_has_seen_the_last_step_and_what_is_answered_stays(
    connection: Connection,
) -> None:
    one = await a_request(connection, (await a_holder(connection, year=YEAR)).id)
    await take_up(connection, one.id, seen=1, actor=OFFICER, now=NOW)
    with pytest.raises(RequestMoved):
        await answered(connection, one, seen=1)
    await answered(connection, one, seen=2)
    with pytest.raises(RequestClosed):
        await ask(connection, one.id, "Nog iets?", seen=3, actor=OFFICER, now=NOW)


async def test_two_officers_at_once_give_one_answer(crowd: Database) -> None:
    async with crowd.connection(VELSEN) as connection:
        one = await a_request(connection, (await a_holder(connection, year=YEAR)).id)

    async def tries() -> str:
        async with crowd.connection(VELSEN) as mine:
            try:
                await answered(mine, one, by=an_actor(Role.OFFICER))
            except Refusal as refusal:
                return type(refusal).__name__
            return "answered"

    outcomes = await asyncio.gather(*(tries() for _ in range(8)))
    async with crowd.connection(VELSEN) as connection:
        steps = await read_steps(connection, one.id)
    assert outcomes.count("answered") == 1
    assert set(outcomes) <= {"answered", "RequestMoved", "RequestClosed"}
    assert len(steps) == 2


async def test_the_database_alone_refuses_a_second_answer(connection: Connection) -> None:
    one = await a_request(connection, (await a_holder(connection, year=YEAR)).id)
    insert = (
        "INSERT INTO holder_request_step (request_id, number, kind, taken_at, actor_kind, actor_id, words, outcome)"
        " VALUES ($1, $2, 'answered', now(), 'login', $3, 'Nee.', 'rejected')"
    )
    with pytest.raises(asyncpg.PostgresError) as gap:
        await connection.execute(insert, one.id, 3, uuid4())
    assert gap.value.sqlstate == "PA295"
    await connection.execute(insert, one.id, 2, uuid4())
    for number in (2, 3):
        with pytest.raises(asyncpg.PostgresError) as refused:
            await connection.execute(insert, one.id, number, uuid4())
        assert refused.value.sqlstate == "PA295"


@pytest.mark.parametrize(
    "change", ["UPDATE holder_request_step SET words = 'x'", "TRUNCATE holder_request_step"]
)
async def test_nobody_rewrites_a_step(
    owner: Connection, connection: Connection, change: str
) -> None:
    await a_request(connection, (await a_holder(connection, year=YEAR)).id)
    with pytest.raises(asyncpg.PostgresError):
        await owner.execute(change)


@pytest.mark.parametrize("cause", ["deviation", "objection", "income", "award"])
async def test_whoever_decided_by_hand_leaves_the_objection_to_a_colleague(
    connection: Connection, cause: str
) -> None:
    holder = await a_holder(connection, year=YEAR)
    decision = await a_decision(connection, holder.id, cause=cause, by=OFFICER.id)
    one = await an_objection(connection, holder.id, decision)
    with pytest.raises(OwnDecision):
        await answered(connection, one)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO holder_request_step (request_id, number, kind, taken_at, actor_kind, actor_id, words, outcome)"
            " VALUES ($1, 2, 'answered', now(), 'login', $2, 'Nee.', 'rejected')",
            *(one.id, OFFICER.id),
        )
    assert refused.value.sqlstate == "PA297"
    await answered(connection, one, by=an_actor(Role.OFFICER))


async def test_whoever_proposed_or_confirmed_the_deviation_does_not_answer_either(
    connection: Connection, superuser: Connection
) -> None:
    holder = await a_holder(connection, year=YEAR)
    decision = await a_decision(connection, holder.id, cause="deviation", by=uuid4())
    proposer, confirmer = an_actor(Role.OFFICER), an_actor(Role.OFFICER)
    await superuser.execute(
        """
        INSERT INTO scheme (id, code) VALUES ($1, 'sport')
        """,
        scheme := uuid4(),
    )
    await superuser.execute(
        """
        INSERT INTO scheme_version (id, scheme_id, version, status, valid_from, title, categories, allowance, amount_cents,
            spend_at_once, once_per_year, closed_pot, unit, school_types, period, run_out_days, stacks_with, excludes,
            subsidiary, awarded_by, derived_cells, retention_years, recorded_by)
        VALUES ($1, $1, 1, 'in_force', $2, 'Sport', '{sport}', 'amount', 100, false, false, false, 'person', '{}',
            'pass_year', 0, '{}', '{}', false, 'assessment', '{}', 7, $1)
        """,
        *(scheme, TODAY),
    )
    await superuser.execute(
        """
        INSERT INTO deviation (id, resident_id, scheme_version_id, year, effect, reason, proposed_at, proposed_by,
            confirmed_at, confirmed_by, decision_id)
        VALUES (gen_random_uuid(), $1, $2, $3, 'refuse', 'Een goede reden.', now(), $4, now(), $5, $6)
        """,
        *(holder.id, scheme, YEAR, proposer.id, confirmer.id, decision),
    )
    one = await an_objection(connection, holder.id, decision)
    for somebody in (proposer, confirmer):
        with pytest.raises(OwnDecision):
            await answered(connection, one, by=somebody)


async def test_a_run_over_everybody_is_nobodys_own_decision(connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    decision = await a_decision(connection, holder.id, cause="assessment", by=OFFICER.id)
    await answered(connection, await an_objection(connection, holder.id, decision))


async def test_a_late_objection_is_taken_and_one_to_anothers_decision_is_not(
    connection: Connection,
) -> None:
    holder, other = [await a_holder(connection, year=YEAR) for _ in range(2)]
    decided_at = NOW - timedelta(weeks=10)
    late = await a_decision(connection, holder.id, at=decided_at)
    one = await an_objection(connection, holder.id, late)
    assert one.object_until == day_of(decided_at) + timedelta(weeks=6)
    assert one.answer_by == TODAY + timedelta(weeks=6)
    with pytest.raises(DecisionNotYours):
        await an_objection(connection, other.id, late)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            """
            INSERT INTO holder_request (id, number, kind, resident_id, decision_id, channel, received_at, content_hash,
                object_until, answer_by, state_since)
            VALUES (gen_random_uuid(), '00000001', 'objection', $1, $2, 'page', now(), sha256(''), now(), now(), now())
            """,
            *(other.id, late),
        )
    assert refused.value.sqlstate == "PA298"


async def test_a_term_becomes_longer_once(connection: Connection) -> None:
    one = await a_request(connection, (await a_holder(connection, year=YEAR)).id)
    await extend(connection, one.id, "Druk.", seen=1, actor=OFFICER, now=NOW)
    with pytest.raises(TermExtended):
        await extend(connection, one.id, "Nog druk.", seen=2, actor=OFFICER, now=NOW)
    with pytest.raises(asyncpg.PostgresError) as refused:
        await connection.execute(
            "INSERT INTO holder_request_step (request_id, number, kind, taken_at, actor_kind, actor_id, words, answer_by)"
            " VALUES ($1, 3, 'extended', now(), 'login', $2, 'Druk.', '2190-01-01')",
            *(one.id, OFFICER.id),
        )
    assert refused.value.sqlstate == "PA296"


async def test_only_what_was_asked_is_replied_to_and_only_an_objection_is_inadmissible(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, year=YEAR)
    one = await a_request(connection, holder.id)
    with pytest.raises(NothingAsked):
        await reply(connection, one.id, "Hallo.", seen=1, actor=as_holder(holder.id), now=NOW)
    with pytest.raises(OutcomeImpossible):
        await answer(
            connection, one.id, "inadmissible", words="Nee.", seen=1, actor=OFFICER, now=NOW
        )


async def test_anothers_request_is_not_there_and_a_childs_is_until_eighteen(
    connection: Connection,
) -> None:
    parent = await a_holder(connection, year=YEAR)
    child = await a_child_of(
        connection, parent, name="Bo", birth_date=date(YEAR - 9, 1, 1), year=YEAR
    )
    grown = await a_child_of(
        connection,
        parent,
        name="Al",
        birth_date=TODAY.replace(year=YEAR - 18, day=1) - timedelta(days=1),
        year=YEAR,
    )
    mine = as_holder(parent.id)
    theirs = await a_request(connection, child.id, actor=mine)
    assert (await read_request(connection, theirs.id, actor=mine, now=NOW)).id == theirs.id
    own = await a_request(connection, grown.id)
    stranger = as_holder((await a_holder(connection, year=YEAR)).id)
    for who, which in ((mine, own), (stranger, theirs)):
        with pytest.raises(RequestNotFound):
            await read_request(connection, which.id, actor=who, now=NOW)
        with pytest.raises(RequestNotFound):
            await withdraw(connection, which.id, seen=1, actor=who, now=NOW)
    with pytest.raises(PersonNotYours):
        await a_request(connection, grown.id, actor=mine)


async def test_an_officer_files_for_somebody_and_that_is_noted(connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    login = await a_login(connection, Role.COUNTER)
    counter = Actor(kind="login", id=login, permissions=permissions_of([Role.COUNTER]))
    one = await a_request(connection, holder.id, actor=counter, channel="telephone")
    noted = await connection.fetch(
        "SELECT activity FROM processing_log WHERE subject_id = $1 AND actor_id = $2",
        *(holder.id, login),
    )
    on_behalf = await connection.fetchval(
        "SELECT on_behalf_of FROM event WHERE subject_id = $1", one.id
    )
    assert "request.filed" in {row["activity"] for row in noted}
    assert on_behalf == holder.id
    with pytest.raises(PermissionMissing):
        await answered(connection, one, by=counter)
    finance = an_actor(Role.FINANCE, login=LoginId(uuid4()))
    with pytest.raises(PermissionMissing):
        await a_request(connection, holder.id, actor=finance)


async def test_only_who_may_takes_the_steps_of_the_municipality_or_types_for_a_holder(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, year=YEAR)
    one = await a_request(connection, holder.id)
    for who in (as_holder(holder.id), an_actor(Role.COUNTER)):
        for step in (
            take_up(connection, one.id, seen=1, actor=who, now=NOW),
            ask(connection, one.id, "Welke maand?", seen=1, actor=who, now=NOW),
            extend(connection, one.id, "Vakantie.", seen=1, actor=who, now=NOW),
            answered(connection, one, by=who),
        ):
            with pytest.raises(PermissionMissing):
                await step
    finance = an_actor(Role.FINANCE)
    for typed in (
        reply(connection, one.id, "Maart.", seen=1, actor=finance, now=NOW),
        withdraw(connection, one.id, seen=1, actor=finance, now=NOW),
    ):
        with pytest.raises(PermissionMissing):
            await typed
    assert (await now_of(connection, one)).steps == 1


async def test_the_database_too_takes_no_answer_of_a_holder(connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    one = await a_request(connection, holder.id)
    with pytest.raises(asyncpg.CheckViolationError):
        await TAKE_STEP.run(
            connection, *(one.id, 2, "answered", NOW, "holder", holder.id, "Ja.", "upheld", None)
        )


async def test_twenty_open_requests_about_one_person_are_enough(connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    made = [await a_request(connection, holder.id) for _ in range(20)]
    with pytest.raises(TooManyAsked):
        await a_request(connection, holder.id)
    await withdraw(connection, made[0].id, seen=1, actor=as_holder(holder.id), now=NOW)
    await a_request(connection, holder.id)


async def test_what_is_late_stands_on_top_and_whoever_is_listed_is_noted(
    connection: Connection,
) -> None:
    holder = await a_holder(connection, year=YEAR)
    late = await a_request(connection, holder.id, now=NOW - timedelta(weeks=7))
    asked = await a_request(connection, holder.id)
    fresh = await a_request(connection, holder.id)
    done = await a_request(connection, holder.id)
    await ask(connection, asked.id, "Wat?", seen=1, actor=OFFICER, now=NOW)
    await answered(connection, done)
    lists = await all_requests(connection, actor=OFFICER, now=NOW)
    found = [
        [one.id for one in some] for some in (lists.late, lists.waiting, lists.asked, lists.done)
    ]
    assert found == [[late.id], [fresh.id], [asked.id], [done.id]]
    assert await connection.fetchval(
        "SELECT count(*) FROM processing_log WHERE activity = 'request.listed' AND subject_id = $1",
        holder.id,
    )


async def test_what_is_not_answered_yet_is_never_forgotten(connection: Connection) -> None:
    holder = await a_holder(connection, year=YEAR)
    long_ago = NOW - timedelta(days=6 * 366)
    one = await a_request(connection, holder.id, now=long_ago)
    done = await a_request(connection, holder.id, now=long_ago)
    await withdraw(connection, done.id, seen=1, actor=as_holder(holder.id), now=long_ago)
    assert await connection.fetchval("SELECT forget_requests($1, 100)", NOW) == 1
    assert (await now_of(connection, one)).id == one.id
    with pytest.raises(RequestNotFound):
        await now_of(connection, done)
