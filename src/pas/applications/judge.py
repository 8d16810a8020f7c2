"""Looks at every application whose clock runs: finds the child, asks the rules, writes what they say.

Done again it changes nothing; what was unknown may be known by then. Each application is a transaction
of its own, and one that cannot be decided holds up no other.
"""

from collections.abc import Awaitable, Callable
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import Final

import asyncpg
import msgspec
import structlog

from pas.applications.apply import KIND
from pas.applications.find_child import find_child, own_child_perhaps
from pas.applications.invite_club import club_facts, club_of
from pas.applications.open_cases import (
    FIND_CHILD,
    NOBODY,
    SET_STATE,
    ApplicationDecided,
    OpenCase,
    State,
    held_case,
    open_ids,
)
from pas.applications.purposes import Purpose, purpose_of
from pas.applications.rules import (
    Child,
    Facts,
    ForClub,
    ForOfficer,
    Granted,
    Question,
    Refused,
    Verdict,
    decide,
)
from pas.applications.verdicts import write_award, write_refusal
from pas.auth.actor import SYSTEM
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.errors import Refusal
from pas.grants.award import is_held, period_of
from pas.grants.deviation_decision import (
    Case,
    PotIsEmpty,
    ResidentNotHere,
    SchemeGrantedBefore,
    find_case,
)
from pas.grants.grant import GrantedElsewhere
from pas.grants.ground import Ground, current_year, opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.grants.preconditions import means_of
from pas.ids import ApplicationId, MerchantId, MunicipalityName, ResidentId
from pas.jobs.kinds import Progress, job_kind

log = structlog.get_logger("pas.applications")

AT_ONCE: Final = 200
TRIES: Final = 3
AGAIN: Final = (
    GrantedElsewhere,
    SchemeGrantedBefore,
    asyncpg.DeadlockDetectedError,
    asyncpg.UniqueViolationError,
)
"""Somebody granted, or named the same child, at the same moment: look again."""


class Judged(msgspec.Struct, frozen=True):
    """How many were looked at, and how many of them are decided now."""

    looked_at: int
    decided: int


class OtherRow(msgspec.Struct, frozen=True):
    asked_before: bool


class Looked(msgspec.Struct, frozen=True, kw_only=True):
    """An application with all that was found of it."""

    held: OpenCase
    purpose: Purpose | None
    case: Case | None
    club: MerchantId | None
    verdict: Verdict


ASKED_BEFORE: Final = Statement(
    """
    SELECT EXISTS (
        SELECT 1 FROM child_application o
        WHERE o.resident_id = $1 AND o.scheme_id = $2 AND o.period_key = $3 AND o.id <> $4
            AND o.state NOT IN ('refused', 'withdrawn')
    ) AS asked_before
    """,
    OtherRow,
)


async def judge_all(database: Database, municipality: MunicipalityName, *, now: datetime) -> Judged:
    """Look at all of them once."""
    seen, decided, last = 0, 0, NOBODY
    async with database.connection(municipality) as connection:
        ground = await todays_ground(connection, now)
    while True:
        async with database.connection(municipality) as connection:
            some = await open_ids(connection, last, AT_ONCE)
            for one in some:
                decided += await judge_one(connection, one, ground=ground, now=now)
        if not some:
            break
        seen, last = seen + len(some), some[-1]
    if decided:
        async with database.connection(municipality) as connection:
            await watch_overspending(connection, year=ground.plan.year)
    return Judged(seen, decided)


async def todays_ground(connection: Connection, now: datetime) -> Ground:
    """The schemes of today, with the accounts that their money comes from."""
    year = await current_year(connection, now)
    ground = await read_ground(connection, year=year, on=day_of(now))
    async with connection.transaction():
        return await opened_ground(connection, ground)


async def judge_one(
    connection: Connection, application_id: ApplicationId, *, ground: Ground, now: datetime
) -> bool:
    """Look at one; says whether it is decided now."""

    async def once() -> bool:
        async with connection.transaction():
            held = await held_case(connection, application_id)
            if held.is_paused:
                return False
            looked = await look(connection, held, ground=ground, now=now)
            return await _write(connection, looked, now=now)

    try:
        return await retried(once)
    except ApplicationDecided:
        return False
    except PotIsEmpty:
        await SET_STATE.run(connection, application_id, "with_officer", ["pot-empty"])
        return False
    except (Refusal, *AGAIN) as refused:
        log.warning("application.not_judged", id=str(application_id), why=type(refused).__name__)
        return False


async def retried(attempt: Callable[[], Awaitable[bool]]) -> bool:
    for _ in range(TRIES - 1):
        with suppress(*AGAIN):
            return await attempt()
    return await attempt()


async def look(connection: Connection, held: OpenCase, *, ground: Ground, now: datetime) -> Looked:
    """Find the child and the club, and ask the rules; holds the application already."""
    received_on, today = day_of(held.received_at), day_of(now)
    purpose = await purpose_of(connection, held.scheme_id, received_on)
    found = await find_child(connection, held, on=today)
    case = None
    if purpose is not None and not isinstance(found, str):
        case = await case_of(connection, found, purpose, ground=ground)
    version = None if purpose is None else purpose.stored.version
    child = case and await _child(connection, held, case, on=today)
    club = None if version is None else await club_of(connection, held, version, now=now)
    stands = version and await club_facts(connection, club, version, now=now)
    unfound: Question = found if isinstance(found, str) else "not-booked"
    facts = Facts(
        received_on=received_on,
        version=version,
        child=child,
        unfound=unfound,
        club=stands.state if stands else "ended",
        club_has_agreement=stands is not None and stands.has_agreement,
        asked_cents=held.asked_cents,
    )
    return Looked(held=held, purpose=purpose, case=case, club=club, verdict=decide(facts))


async def case_of(
    connection: Connection, resident: ResidentId, purpose: Purpose, *, ground: Ground
) -> Case | None:
    """What there is to award from; None when the scheme is none of today, or the child left."""
    code = purpose.code
    today = next((one for one in ground.plan.schemes if one.version.code == code), None)
    if today is None:
        return None
    try:
        return await find_case(connection, ground, resident, version=today.id)
    except ResidentNotHere:
        return None


async def asked_before(connection: Connection, held: OpenCase, case: Case) -> bool:
    """Whether this purpose was granted, or asked by another application, in the same period."""
    period = period_of(case, held.id)
    other = await ASKED_BEFORE.one(
        connection, case.person.resident, held.scheme_id, period, held.id
    )
    return other.asked_before or is_held(case, period_key=period)


async def _child(connection: Connection, held: OpenCase, case: Case, *, on: date) -> Child:
    person, resident = case.person, case.person.resident
    running = tuple(
        one.version
        for one in case.known.earlier
        if one.starts_on <= on < one.ends_on
        and (one.resident == resident or one.version.unit == "household")
    )
    return Child(
        birth_date=person.birth_date,
        income=case.known.facts.income,
        school_type=person.school_type,
        has_diploma=means_of(person, on).has_diploma,
        held=await asked_before(connection, held, case),
        running=running,
        refused_before=(resident, case.version.code) in case.refused,
        own_child_perhaps=await own_child_perhaps(connection, held, resident, on=on),
    )


async def _write(connection: Connection, looked: Looked, *, now: datetime) -> bool:
    held, case = looked.held, looked.case
    match looked.verdict:
        case Granted(amount_cents=cents) if case is not None and looked.club is not None:
            await write_award(
                connection,
                held,
                case,
                cents=cents,
                club=looked.club,
                reason=None,
                actor=SYSTEM,
                now=now,
            )
            return True
        case Refused(code=code):
            if case is not None:
                held = msgspec.structs.replace(held, resident_id=case.person.resident)
            await write_refusal(connection, held, code, actor=SYSTEM, now=now)
            return True
        case ForOfficer(questions=questions):
            await _wait(connection, looked, "with_officer", questions=questions)
        case ForClub():
            await _wait(connection, looked, "waiting_club", questions=())
        case Granted():
            await _wait(connection, looked, "with_officer", questions=("not-booked",))
    return False


async def _wait(
    connection: Connection, looked: Looked, state: State, *, questions: tuple[Question, ...]
) -> None:
    held, case = looked.held, looked.case
    if case is not None and held.resident_id is None:
        period = period_of(case, held.id)
        await FIND_CHILD.run(connection, held.id, case.person.resident, period)
    await SET_STATE.run(connection, held.id, state, list(questions))


@job_kind(KIND)
async def run_judge(
    database: Database,
    municipality: MunicipalityName,
    _progress: Progress,
) -> Judged:
    return await judge_all(database, municipality, now=datetime.now(UTC))
