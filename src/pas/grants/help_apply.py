"""A helper applies for somebody by name, birth date and postcode, and learns nothing by it.

The answer is the same receipt whether we know the household or not, and takes as long: a job looks
who it is. One household is found: it has applied. None or several: an officer sees it in a list, and
nobody is refused. Who it was about is forgotten once that is done.
"""

import hashlib
from contextlib import suppress
from datetime import UTC, date, datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec
import structlog

from pas.auth.actor import SYSTEM, Actor
from pas.auth.events import record_event
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.errors import Refusal
from pas.grants.apply import Application, HouseholdHasApplied, apply_for_household
from pas.grants.ground import calendar_of, current_year
from pas.grants.periods import effective_on
from pas.ids import ApplicationId, HouseholdNumber, LoginId, MunicipalityName
from pas.jobs.kinds import Progress, job_kind
from pas.jobs.queue import enqueue

log = structlog.get_logger("pas.grants")

KIND: Final = "grants.match_helpers"
MOST_LISTED: Final = 200


class HelperApplicationTaken(Refusal):
    """Dit nummer hoort bij een andere aanvraag."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Begin opnieuw met een nieuwe aanvraag."


class HelperApplicationNotFound(Refusal):
    """Deze aanvraag van een helper is er niet meer."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Misschien was een collega u voor. Kies een andere uit de lijst."


class Helped(msgspec.Struct, frozen=True, kw_only=True):
    """For whom; the postcode as 1971 AB. The id is made by whoever sends it."""

    id: ApplicationId
    year: int
    family_name: str
    birth_date: date
    postcode: str

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return f"Helped({self.id})"


class HelperReceipt(msgspec.Struct, frozen=True, rename="camel"):
    """What the helper gets in hand: that it came in, and nothing about the household."""

    id: ApplicationId
    year: int
    received_at: datetime
    content_hash: str


class WaitingHelped(msgspec.Struct, frozen=True, rename="camel"):
    """An application that matches no household, or several."""

    id: ApplicationId
    year: int
    family_name: str
    birth_date: date
    postcode: str
    applied_by: LoginId
    received_at: datetime


class HomeRow(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber


class ClosedRow(msgspec.Struct, frozen=True):
    id: ApplicationId


class Matched(msgspec.Struct, frozen=True):
    """How many were matched, and how many an officer must look at."""

    matched: int
    waiting: int


INSERT: Final = Statement(
    """
    INSERT INTO helper_application (id, year, family_name, birth_date, postcode, applied_by,
        received_at, content_hash, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'received')
    ON CONFLICT DO NOTHING
    RETURNING id, year::int AS year, received_at, encode(content_hash, 'hex') AS content_hash
    """,
    HelperReceipt,
)
READ: Final = Statement(
    """
    SELECT id, year::int AS year, received_at, encode(content_hash, 'hex') AS content_hash
    FROM helper_application WHERE id = $1 AND applied_by = $2
    """,
    HelperReceipt,
)
LIST: Final = Statement(
    """
    SELECT id, year::int AS year, family_name, birth_date, postcode, applied_by, received_at
    FROM helper_application
    WHERE state = 'received' AND ($2::timestamptz IS NULL OR (received_at, id) > ($2, $3))
    ORDER BY received_at, id LIMIT $1
    """,
    WaitingHelped,
)
CLOSE_OVER: Final = Statement(
    """
    UPDATE helper_application SET state = 'expired', handled_at = $2, handled_by = $3,
        family_name = NULL, birth_date = NULL, postcode = NULL
    WHERE state = 'received' AND year < $1
    """,
    None,
)
FIND_HOMES: Final = Statement(
    """
    SELECT DISTINCT v.household_number FROM resident_version v
    WHERE v.birth_date = $1 AND lower(v.family_name) = lower($2) AND v.postcode = $3
        AND v.valid_from <= $4::date
        AND (v.left_on IS NULL OR v.left_on > $4) AND (v.died_on IS NULL OR v.died_on > $4)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $4)
    ORDER BY v.household_number LIMIT 2
    """,
    HomeRow,
)
CLOSE: Final = Statement(
    """
    UPDATE helper_application SET state = $2, handled_at = $3, handled_by = $4,
        family_name = NULL, birth_date = NULL, postcode = NULL
    WHERE id = $1 AND state = 'received'
    RETURNING id
    """,
    ClosedRow,
)


async def help_apply(
    connection: Connection, helped: Helped, *, actor: Actor, now: datetime
) -> HelperReceipt:
    """Note it and let a job look who it is; the same again gives the same receipt."""
    actor.require(Permission.APPLICATIONS_HELP)
    calendar = await calendar_of(connection)
    # Raises PassYearOver or PassYearTooFar, so that nothing waits that nobody can apply for.
    effective_on(calendar, year=helped.year, on=day_of(now))
    digest = content_hash(helped, actor=actor)
    async with connection.transaction():
        made = await INSERT.first(
            connection,
            helped.id,
            helped.year,
            helped.family_name,
            helped.birth_date,
            helped.postcode,
            actor.id,
            now,
            digest,
        )
        if made is not None:
            await enqueue(
                connection, kind=KIND, arguments={}, actor_kind=actor.kind, actor_id=actor.id
            )
            return made
    known = await READ.first(connection, helped.id, actor.id)
    if known is None or known.content_hash != digest.hex():
        raise HelperApplicationTaken
    return known


async def helper_receipt(
    connection: Connection, application_id: ApplicationId, *, actor: Actor
) -> HelperReceipt:
    """Give a receipt to the helper who sent it."""
    found = await READ.first(connection, application_id, actor.id)
    if found is None:
        raise HelperApplicationNotFound
    return found


async def waiting_helped(connection: Connection) -> list[WaitingHelped]:
    """Those that an officer must look at, the longest waiting first."""
    return await LIST.all(connection, MOST_LISTED, None, None)


async def handle_helped(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> None:
    """An officer has found out who it is, and did what was needed; what was typed is forgotten."""
    async with connection.transaction():
        closed = await CLOSE.first(connection, application_id, "handled", now, actor.id)
        if closed is None:
            raise HelperApplicationNotFound
        await record_event(
            connection,
            kind="helper_application.handled",
            subject_kind="helper_application",
            subject_id=application_id,
            actor=actor,
        )


async def match_helped(
    database: Database, municipality: MunicipalityName, *, now: datetime
) -> Matched:
    """Apply for each household that is the only one that fits; done again it changes nothing.

    Those of a year that is over are closed: nobody can be granted anything in it.
    """
    matched = seen = 0
    async with database.connection(municipality) as connection:
        await CLOSE_OVER.run(connection, await current_year(connection, now), now, SYSTEM.id)
        some = await waiting_helped(connection)
        while some:
            for one in some:
                matched += await _match(connection, one, now=now)
            seen, last = seen + len(some), some[-1]
            some = await LIST.all(connection, MOST_LISTED, last.received_at, last.id)
    return Matched(matched, seen - matched)


async def _match(connection: Connection, one: WaitingHelped, *, now: datetime) -> bool:
    homes = await FIND_HOMES.all(
        connection, one.birth_date, one.family_name.strip(), one.postcode, day_of(now)
    )
    if len(homes) != 1:
        return False
    helper = Actor(
        kind="login",
        id=UUID(str(one.applied_by)),
        permissions=frozenset({Permission.APPLICATIONS_HELP}),
    )
    asked = Application(
        id=one.id, household=homes[0].household_number, year=one.year, channel="helper"
    )
    try:
        with suppress(HouseholdHasApplied):
            await apply_for_household(connection, asked, actor=helper, now=now)
    except Refusal as refused:
        # What one cannot have yet holds up nobody else; an officer has it in the list.
        log.warning("helper_application.not_matched", id=str(one.id), code=type(refused).__name__)
        return False
    await CLOSE.first(connection, one.id, "matched", now, SYSTEM.id)
    return True


def content_hash(helped: Helped, *, actor: Actor) -> bytes:
    """Hash what was typed, by whom, as sorted JSON: who keeps the content can repeat it."""
    content = {
        "id": str(helped.id),
        "year": helped.year,
        "familyName": helped.family_name,
        "birthDate": helped.birth_date.isoformat(),
        "postcode": helped.postcode,
        "appliedBy": f"{actor.kind}:{actor.id}",
    }
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).digest()


@job_kind(KIND)
async def run_match(
    database: Database,
    municipality: MunicipalityName,
    _progress: Progress,
) -> Matched:
    return await match_helped(database, municipality, now=datetime.now(UTC))
