"""Who may apply for children: people of organisations that the municipality recognised.

A login is recognised for one organisation and one profession. Recognition ends on a day and is not
deleted: what somebody applied for stays under their name. Whoever recognises decides on no application.
"""

from datetime import datetime
from typing import ClassVar, Final, Literal
from uuid import UUID

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import LoginId, OrganisationId, uuid7

OrganisationKind = Literal["school", "practice", "team", "other"]
MOST_LISTED: Final = 200
FIRST: Final = OrganisationId(UUID(int=0))


class OrganisationExists(Refusal):
    """Deze organisatie is al erkend."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Zoek de organisatie in de lijst."


class OrganisationNotFound(Refusal):
    """Deze organisatie is er niet, of niet meer."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een organisatie uit de lijst."


class ProfessionUnknown(Refusal):
    """Dit beroep staat niet in de lijst."""

    next_step: ClassVar[str] = "Kies een beroep uit de lijst. Of laat uw beheerder het toevoegen."


class NotAnIntermediary(Refusal):
    """Deze persoon heeft de rol niet, of is al erkend."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat uw beheerder de rol geven. Of stop eerst de andere erkenning."


class NotRecognised(Refusal):
    """U bent nog niet erkend als aanvrager, of niet meer."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Bel de gemeente. Dan zoeken wij het samen uit."


class NotOfATeam(Refusal):
    """Dit is alleen voor het wijkteam."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag het wijkteam om te helpen."


class Organisation(msgspec.Struct, frozen=True, rename="camel"):
    """As listed; ``people`` are those who may apply for it now."""

    id: OrganisationId
    name: str
    kind: OrganisationKind
    recognised_at: datetime
    ended_at: datetime | None
    people: int


class Intermediary(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody who may, or might, apply for an organisation."""

    login_id: LoginId
    name: str
    organisation_id: OrganisationId
    organisation: str
    profession: str
    recognised_at: datetime
    ended_at: datetime | None


class Membership(msgspec.Struct, frozen=True):
    """For which organisation somebody acts now."""

    organisation_id: OrganisationId
    organisation: str
    kind: OrganisationKind
    profession: str


class Candidate(msgspec.Struct, frozen=True):
    id: LoginId
    name: str


INSERT: Final = Statement(
    """
    INSERT INTO organisation (id, name, kind, recognised_at, recognised_by)
    VALUES ($1, $2, $3, $4, $5)
    """,
    None,
)
END: Final = Statement(
    """
    UPDATE organisation SET ended_at = $2, ended_by = $3 WHERE id = $1 AND ended_at IS NULL
    RETURNING id, name, kind, recognised_at, ended_at, 0::bigint AS people
    """,
    Organisation,
)
LIST: Final = Statement(
    """
    SELECT o.id, o.name, o.kind, o.recognised_at, o.ended_at,
        (SELECT count(*) FROM intermediary i WHERE i.organisation_id = o.id AND i.ended_at IS NULL) AS people
    FROM organisation o WHERE o.id > $1 ORDER BY o.id LIMIT $2
    """,
    Organisation,
)
READ_PRESENT: Final = Statement(
    """
    SELECT o.id, o.name, o.kind, o.recognised_at, o.ended_at, 0::bigint AS people
    FROM organisation o WHERE o.id = $1 AND o.ended_at IS NULL FOR NO KEY UPDATE
    """,
    Organisation,
)
READ_CANDIDATES: Final = Statement(
    """
    SELECT l.id, l.name FROM login l
    WHERE l.state <> 'ended' AND EXISTS (SELECT 1 FROM login_role r WHERE r.login_id = l.id
            AND r.role IN ('intermediary', 'team_member'))
        AND NOT EXISTS (SELECT 1 FROM intermediary i WHERE i.login_id = l.id AND i.ended_at IS NULL)
        AND ($1::uuid IS NULL OR l.id = $1)
    ORDER BY lower(l.name), l.id LIMIT 200
    """,
    Candidate,
)
RECOGNISE: Final = Statement(
    """
    INSERT INTO intermediary (login_id, organisation_id, profession, recognised_at, recognised_by)
    VALUES ($1, $2, $3, $4, $5)
    ON CONFLICT (login_id) DO UPDATE SET organisation_id = excluded.organisation_id,
        profession = excluded.profession, recognised_at = excluded.recognised_at,
        recognised_by = excluded.recognised_by, ended_at = NULL, ended_by = NULL
    """,
    None,
)
END_RECOGNITION: Final = Statement(
    """
    UPDATE intermediary i SET ended_at = $2, ended_by = $3 FROM login l, organisation o
    WHERE i.login_id = $1 AND i.ended_at IS NULL AND l.id = i.login_id AND o.id = i.organisation_id
    RETURNING i.login_id, l.name, i.organisation_id, o.name AS organisation, i.profession, i.recognised_at, i.ended_at
    """,
    Intermediary,
)
LIST_PEOPLE: Final = Statement(
    """
    SELECT i.login_id, l.name, i.organisation_id, o.name AS organisation, i.profession, i.recognised_at, i.ended_at
    FROM intermediary i JOIN login l ON l.id = i.login_id JOIN organisation o ON o.id = i.organisation_id
    WHERE i.login_id > $1 ORDER BY i.login_id LIMIT $2
    """,
    Intermediary,
)
READ_MEMBERSHIP: Final = Statement(
    """
    SELECT o.id AS organisation_id, o.name AS organisation, o.kind, i.profession
    FROM intermediary i JOIN organisation o ON o.id = i.organisation_id AND o.ended_at IS NULL
    JOIN login l ON l.id = i.login_id AND l.state = 'active'
    WHERE i.login_id = $1 AND i.ended_at IS NULL
    """,
    Membership,
)


async def recognise_organisation(
    connection: Connection, name: str, kind: OrganisationKind, *, actor: Actor, now: datetime
) -> OrganisationId:
    """Let people of an organisation apply, once they are recognised themselves."""
    made = OrganisationId(uuid7())
    try:
        async with connection.transaction():
            await INSERT.run(connection, made, name.strip(), kind, now, actor.id)
            await record_event(
                connection,
                kind="organisation.recognised",
                subject_kind="organisation",
                subject_id=made,
                actor=actor,
                after={"name": name.strip(), "kind": kind},
            )
    except asyncpg.UniqueViolationError:
        raise OrganisationExists from None
    return made


async def end_organisation(
    connection: Connection, organisation_id: OrganisationId, *, actor: Actor, now: datetime
) -> None:
    """Let nobody apply for it any more; what was applied for goes on."""
    async with connection.transaction():
        ended = await END.first(connection, organisation_id, now, actor.id)
        if ended is None:
            raise OrganisationNotFound
        await record_event(
            connection,
            kind="organisation.ended",
            subject_kind="organisation",
            subject_id=organisation_id,
            actor=actor,
            before={"name": ended.name},
        )


async def list_organisations(
    connection: Connection, *, after: OrganisationId = FIRST, limit: int = MOST_LISTED
) -> list[Organisation]:
    return await LIST.all(connection, after, max(1, min(limit, MOST_LISTED)))


async def recognise_intermediary(
    connection: Connection,
    login_id: LoginId,
    organisation_id: OrganisationId,
    *,
    profession: str,
    actor: Actor,
    now: datetime,
) -> None:
    """Let somebody apply for an organisation; whoever is recognised already is no candidate."""
    chosen = await read_municipality_settings(connection)
    if profession not in chosen.professions:
        raise ProfessionUnknown(professions=list(chosen.professions))
    async with connection.transaction():
        organisation = await READ_PRESENT.first(connection, organisation_id)
        if organisation is None:
            raise OrganisationNotFound
        if await READ_CANDIDATES.first(connection, login_id) is None:
            raise NotAnIntermediary
        await RECOGNISE.run(connection, login_id, organisation_id, profession, now, actor.id)
        await record_event(
            connection,
            kind="intermediary.recognised",
            subject_kind="login",
            subject_id=login_id,
            actor=actor,
            after={"organisationId": str(organisation_id), "profession": profession},
        )


async def end_intermediary(
    connection: Connection, login_id: LoginId, *, actor: Actor, now: datetime
) -> None:
    """Let somebody apply no more, from now on."""
    async with connection.transaction():
        ended = await END_RECOGNITION.first(connection, login_id, now, actor.id)
        if ended is None:
            raise OrganisationNotFound("Deze persoon is nu niet erkend.")
        await record_event(
            connection,
            kind="intermediary.ended",
            subject_kind="login",
            subject_id=login_id,
            actor=actor,
            before={"organisationId": str(ended.organisation_id), "profession": ended.profession},
        )


async def list_intermediaries(
    connection: Connection, *, after: UUID = FIRST, limit: int = MOST_LISTED
) -> list[Intermediary]:
    return await LIST_PEOPLE.all(connection, after, max(1, min(limit, MOST_LISTED)))


async def candidates(connection: Connection) -> list[Candidate]:
    """Whom the municipality can recognise: they have the role, and no organisation."""
    return await READ_CANDIDATES.all(connection, None)


async def membership(connection: Connection, actor: Actor) -> Membership:
    """For whom somebody acts; raises NotRecognised."""
    found = await READ_MEMBERSHIP.first(connection, actor.id)
    if actor.kind != "login" or found is None:
        raise NotRecognised
    return found


async def team_of(connection: Connection, actor: Actor) -> Membership:
    """As ``membership``, for what only a neighbourhood team does."""
    found = await membership(connection, actor)
    if found.kind != "team":
        raise NotOfATeam
    return found
