"""A household applies, once for everything: on a page, on paper, at the counter or with a helper.

The answer is a receipt with the time and a hash of what was asked. What follows is the same decision
as the yearly assessment's: at once when the income is known, else as soon as it is. One application at a time is open: whoever
asks again meanwhile gets the receipt that there is.
"""

import hashlib
from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor, PermissionMissing, holder_of
from pas.auth.permissions import Permission
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.applications import (
    READ,
    ApplicationNotFound,
    Channel,
    Receipt,
    open_application,
    read_application,
    record_application,
)
from pas.grants.decide import decide_households, settled
from pas.grants.follow_applicants import follow_applicants
from pas.grants.ground import Ground, opened_ground, read_ground
from pas.grants.overspending import watch_overspending
from pas.ids import ApplicationId, HouseholdNumber, ResidentId
from pas.passes.residents import ADULT_AGE, age_on


class HouseholdUnknown(Refusal):
    """Dit huishouden kennen wij niet."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Bel ons. Wij zoeken samen uit bij welk huishouden u hoort."


class HouseholdHasApplied(Refusal):
    """Dit huishouden heeft al een aanvraag lopen."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wacht op ons besluit. Duurt het lang? Bel ons dan."


class OnlyAnAdultApplies(Refusal):
    """Alleen een volwassene uit het huishouden kan de pas aanvragen."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Laat een ouder of verzorger de aanvraag doen."


class ChannelDoesNotFit(Refusal):
    """Zo kunt u geen pas aanvragen."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = (
        "Bewoner of helper? Gebruik uw eigen pagina. Anders: balie of papier."
    )


class Application(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks for; the id is made by whoever sends it, so that a retry is the same."""

    id: ApplicationId
    household: HouseholdNumber
    year: int
    channel: Channel
    resident: ResidentId | None = None
    """For whom it is, where that is known: who applies for themselves, or the one at the counter."""


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
    ORDER BY v.birth_date, v.resident_id
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
READ_OWN: Final = Statement(
    """
    SELECT a.id, a.household_number, a.year::int AS year, a.channel, a.received_at,
        encode(a.content_hash, 'hex') AS content_hash, a.state, a.decided_at
    FROM household_application a
    WHERE a.id = $1 AND (a.resident_id = $2 OR (
        SELECT household_number FROM resident_version
        WHERE resident_id = $2 AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1
    ) = (
        SELECT household_number FROM resident_version
        WHERE resident_id = a.resident_id AND valid_from <= $3 ORDER BY valid_from DESC LIMIT 1
    ))
    """,
    Receipt,
)
INSERT: Final = Statement(
    """
    INSERT INTO household_application (id, household_number, year, channel, applied_by,
        applied_by_kind, received_at, content_hash, state, resident_id)
    SELECT $1::uuid, $2::text, $3::smallint, $4, $5, $6, $7, $8, 'received', $9
    WHERE NOT EXISTS (SELECT 1 FROM household_application o
        WHERE o.household_number = $2 AND o.year = $3 AND o.state = 'received')
    ON CONFLICT DO NOTHING
    RETURNING id, household_number, year::int AS year, channel, received_at,
        encode(content_hash, 'hex') AS content_hash, state, decided_at
    """,
    Receipt,
)


async def apply_for_household(
    connection: Connection, application: Application, *, actor: Actor, now: datetime
) -> Receipt:
    """Take an application, or give the receipt of the same one; raises HouseholdHasApplied."""
    if application.channel not in _channels_of(actor):
        raise ChannelDoesNotFit
    ground = await read_ground(connection, year=application.year, on=day_of(now))
    applicant = await _applicant(connection, application, actor=actor, now=now)
    application = msgspec.structs.replace(application, resident=applicant)
    async with connection.transaction():
        ground = await opened_ground(connection, ground)
        # The register may have moved people since an application was last looked at.
        await follow_applicants(connection, [application.household], actor=actor, now=now)
    made = await settled(lambda: _take(connection, application, ground, actor=actor, now=now))
    if made is not None:
        await watch_overspending(connection, year=application.year)
        return made
    digest = content_hash(application, actor=actor)
    known = await READ.first(connection, application.id)
    if known is not None and known.content_hash == digest.hex():
        return known
    open_one = await open_application(connection, application.household, year=application.year)
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
            application.resident,
        )
        if made is None:
            return None
        await record_application(connection, "application.received", made, actor=actor, now=now)
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
    household = await household_of(connection, holder_of(actor), now=now)
    await _adults_for(connection, household, actor=actor, now=now)
    return household


async def own_application(
    connection: Connection, application_id: ApplicationId, *, actor: Actor, now: datetime
) -> Receipt:
    """Give an application of the holder's own household; of another it is not there."""
    found = await READ_OWN.first(connection, application_id, holder_of(actor), day_of(now))
    if found is None:
        raise ApplicationNotFound
    return found


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


def _channels_of(actor: Actor) -> set[Channel]:
    """How somebody can apply: a receipt that says "counter" was given at a counter."""
    if actor.kind == "holder":
        return {"page"}
    channels: set[Channel] = set()
    if actor.may(Permission.APPLICATIONS_SUBMIT):
        channels |= {"counter", "paper"}
    if actor.may(Permission.APPLICATIONS_HELP):
        channels.add("helper")
    if not channels:
        raise PermissionMissing(permission=Permission.APPLICATIONS_SUBMIT.value)
    return channels


async def _applicant(
    connection: Connection, application: Application, *, actor: Actor, now: datetime
) -> ResidentId:
    """Give the adult whom the application follows: who applied, else the oldest of the household."""
    adults = await _adults_for(connection, application.household, actor=actor, now=now)
    asked = holder_of(actor) if actor.kind == "holder" else application.resident
    return asked if asked is not None and asked in adults else adults[0]


async def _adults_for(
    connection: Connection, household: HouseholdNumber, *, actor: Actor, now: datetime
) -> list[ResidentId]:
    """Give the adults, oldest first; a holder applies for the household in which they are one."""
    today = day_of(now)
    members = await READ_PRESENT.all(connection, household, today)
    adults = [one.resident_id for one in members if age_on(one.birth_date, today) >= ADULT_AGE]
    if actor.kind == "holder" and holder_of(actor) not in adults:
        raise OnlyAnAdultApplies
    if not adults:
        raise HouseholdUnknown
    return adults
