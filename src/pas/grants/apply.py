"""A household applies, once for everything: on a page, on paper, at the counter or with a helper.

The answer is a receipt with the time and a hash of what was asked. What follows is the same decision
as the yearly assessment's: at once when the income is known, else as soon as it is. One application at a time is open: whoever
asks again meanwhile gets the receipt that there is.
"""

import hashlib
from datetime import date, datetime
from typing import ClassVar, Final, Literal

import msgspec

from pas.auth.actor import Actor, PermissionMissing
from pas.auth.events import record_event
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.decide import decide_households, settled
from pas.grants.ground import Ground, opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.ids import ApplicationId, HouseholdNumber, ResidentId
from pas.passes.residents import ADULT_AGE, age_on

Channel = Literal["page", "paper", "counter", "helper"]
ApplicationState = Literal["received", "decided", "withdrawn"]
MOST_LISTED: Final = 200


class HouseholdUnknown(Refusal):
    """Dit huishouden kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Bel ons. Wij zoeken samen uit bij welk huishouden u hoort."


class HouseholdHasApplied(Refusal):
    """Dit huishouden heeft al een aanvraag lopen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wacht op ons besluit. Duurt het lang? Bel ons dan."


class ApplicationNotFound(Refusal):
    """Deze aanvraag is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een aanvraag uit de lijst."


class ApplicationNotOpen(Refusal):
    """Deze aanvraag is al afgehandeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Is er iets veranderd? Vraag de pas dan opnieuw aan."


class OnlyAnAdultApplies(Refusal):
    """Alleen een volwassene uit het huishouden kan de pas aanvragen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Laat een ouder of verzorger de aanvraag doen."


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for; the id is made by whoever sends it, so that a retry is the same."""

    id: ApplicationId
    household: HouseholdNumber
    year: int
    channel: Channel


class Receipt(msgspec.Struct, frozen=True, rename="camel"):
    """What the household gets in hand, and how its application stands."""

    id: ApplicationId
    household_number: HouseholdNumber
    year: int
    channel: Channel
    received_at: datetime
    content_hash: str
    state: ApplicationState
    decided_at: datetime | None


class MemberRow(msgspec.Struct, frozen=True):
    resident_id: ResidentId
    birth_date: date


class HomeRow(msgspec.Struct, frozen=True):
    household_number: HouseholdNumber


READ_PRESENT: Final = Statement(
    """
    SELECT v.resident_id, v.birth_date FROM resident_version v
    WHERE v.household_number = $1 AND v.valid_from <= $2::date
        AND (v.left_on IS NULL OR v.left_on > $2) AND (v.died_on IS NULL OR v.died_on > $2)
        AND NOT EXISTS (SELECT 1 FROM resident_version n WHERE n.resident_id = v.resident_id
            AND n.valid_from > v.valid_from AND n.valid_from <= $2)
    """,
    MemberRow,
)
READ_HOME: Final = Statement(
    """
    SELECT household_number FROM resident_version
    WHERE resident_id = $1 AND valid_from <= $2 ORDER BY valid_from DESC LIMIT 1
    """,
    HomeRow,
)
INSERT: Final = Statement(
    """
    INSERT INTO household_application (id, household_number, year, channel, applied_by,
        applied_by_kind, received_at, content_hash, state)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, 'received')
    ON CONFLICT DO NOTHING
    RETURNING id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    """,
    Receipt,
)
READ: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    FROM household_application WHERE id = $1
    """,
    Receipt,
)
READ_OPEN: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    FROM household_application
    WHERE household_number = $1 AND year = $2 AND state = 'received'
    """,
    Receipt,
)
LIST: Final = Statement(
    """
    SELECT id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    FROM household_application
    WHERE state = $1 AND ($2::int IS NULL OR year = $2)
        AND ($3::timestamptz IS NULL OR (received_at, id) > ($3, $4))
    ORDER BY received_at, id LIMIT $5
    """,
    Receipt,
)
WITHDRAW: Final = Statement(
    """
    UPDATE household_application SET state = 'withdrawn', decided_at = $2
    WHERE id = $1 AND state = 'received'
    RETURNING id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    """,
    Receipt,
)


async def apply_for_household(
    connection: Connection, application: Application, *, actor: Actor, now: datetime
) -> Receipt:
    """Take an application, or give the receipt of the same one; raises HouseholdHasApplied."""
    ground = await read_ground(connection, year=application.year, on=day_of(now))
    await _refuse_stranger(connection, application.household, actor=actor, now=now)
    async with connection.transaction():
        ground = await opened_ground(connection, ground)
    made = await settled(lambda: _take(connection, application, ground, actor=actor, now=now))
    if made is not None:
        await watch_overspending(connection, year=application.year)
        return made
    digest = content_hash(application, actor=actor)
    known = await READ.first(connection, application.id)
    if known is not None and known.content_hash == digest.hex():
        return known
    open_one = await READ_OPEN.first(connection, application.household, application.year)
    raise HouseholdHasApplied(
        receivedAt=None if open_one is None else open_one.received_at.isoformat()
    )


async def _take(
    connection: Connection, application: Application, ground: Ground, *, actor: Actor, now: datetime
) -> Receipt | None:
    """Note the application and decide; gives None when there is one already."""
    async with connection.transaction():
        made = await INSERT.first(
            connection,
            application.id,
            application.household,
            application.year,
            application.channel,
            actor.id,
            actor.kind,
            now,
            content_hash(application, actor=actor),
        )
        if made is None:
            return None
        await _event(connection, "application.received", made, actor=actor)
        await decide_households(
            connection, ground, [made.household_number], cause="assessment", actor=actor, now=now
        )
        return await read_application(connection, made.id)


async def household_of(
    connection: Connection, resident: ResidentId, *, now: datetime
) -> HouseholdNumber:
    """Give the household somebody lives in today."""
    found = await READ_HOME.first(connection, resident, day_of(now))
    if found is None:
        raise HouseholdUnknown
    return found.household_number


async def applicants_home(
    connection: Connection, *, actor: Actor, now: datetime
) -> HouseholdNumber:
    """Give the household that a holder may apply for; raises OnlyAnAdultApplies."""
    household = await household_of(connection, ResidentId(actor.id), now=now)
    await _refuse_stranger(connection, household, actor=actor, now=now)
    return household


async def open_application(
    connection: Connection, household: HouseholdNumber, *, year: int
) -> Receipt | None:
    """Give the application that waits for a decision."""
    return await READ_OPEN.first(connection, household, year)


async def own_application(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> Receipt:
    """Give an application of the holder's own household; of another it is not there."""
    found = await read_application(connection, application_id)
    if found.household_number != await household_of(connection, ResidentId(actor.id), now=now):
        raise ApplicationNotFound
    return found


async def withdraw_application(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> Receipt:
    """Stop an application at the household's wish; applying again is always possible."""
    async with connection.transaction():
        withdrawn = await WITHDRAW.first(connection, application_id, now)
        if withdrawn is not None:
            await _event(connection, "application.withdrawn", withdrawn, actor=actor)
            return withdrawn
    await read_application(connection, application_id)
    raise ApplicationNotOpen


async def read_application(connection: Connection, application_id: ApplicationId) -> Receipt:
    found = await READ.first(connection, application_id)
    if found is None:
        raise ApplicationNotFound
    return found


async def list_applications(
    connection: Connection,
    *,
    state: ApplicationState = "received",
    year: int | None = None,
    after: ApplicationId | None = None,
    limit: int = 50,
) -> list[Receipt]:
    """Give applications, the longest waiting first; the next page starts after the last of this one."""
    last = None if after is None else await read_application(connection, after)
    return await LIST.all(
        connection,
        state,
        year,
        None if last is None else last.received_at,
        after,
        min(limit, MOST_LISTED),
    )


def content_hash(application: Application, *, actor: Actor) -> bytes:
    """Hash what was asked, by whom, as sorted JSON: who keeps the content can repeat it."""
    content = {
        "id": str(application.id),
        "householdNumber": application.household,
        "year": application.year,
        "channel": application.channel,
        "appliedBy": f"{actor.kind}:{actor.id}",
    }
    return hashlib.sha256(msgspec.json.encode(content, order="sorted")).digest()


async def _refuse_stranger(
    connection: Connection, household: HouseholdNumber, *, actor: Actor, now: datetime
) -> None:
    """An adult of the household applies, or somebody who may submit applications of others."""
    today = day_of(now)
    members = await READ_PRESENT.all(connection, household, today)
    adults = {one.resident_id for one in members if age_on(one.birth_date, today) >= ADULT_AGE}
    if actor.kind == "holder":
        if actor.id not in adults:
            raise OnlyAnAdultApplies
    elif actor.kind == "login" and not actor.may(Permission.APPLICATIONS_SUBMIT):
        raise PermissionMissing(permission=Permission.APPLICATIONS_SUBMIT.value)
    if not adults:
        raise HouseholdUnknown


async def _event(connection: Connection, kind: str, receipt: Receipt, *, actor: Actor) -> None:
    await record_event(
        connection,
        kind=kind,
        subject_kind="household_application",
        subject_id=receipt.id,
        actor=actor,
        after=receipt,
    )
