"""The API for whoever runs a municipality: its events, its settings, and how far its jobs are."""

from datetime import datetime
from typing import Annotated
from uuid import UUID

import msgspec
from litestar import get, patch
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.event_readers import may_read_content
from pas.auth.events import BEGINNING, Event, read_events
from pas.auth.municipality_settings import (
    MunicipalitySettings,
    change_municipality_settings,
    read_municipality_settings,
)
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import EventId, JobId
from pas.jobs import Job, read_job
from pas.problems.bodies import AppRequest

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
SubjectKind = Annotated[str | None, QueryParameter(name="subjectKind", max_length=40)]
SubjectId = Annotated[UUID | None, QueryParameter(name="subjectId")]


class EventAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """A change; without content for who may not read the thing itself, or when it was deleted."""

    id: EventId
    kind: str
    subject_kind: str
    subject_id: UUID
    actor_kind: str
    actor_id: UUID
    on_behalf_of: UUID | None
    recorded_at: datetime
    content: dict[str, object] | None


class JobAnswer(msgspec.Struct, frozen=True, rename="camel"):
    """How far a job is, and what came of it."""

    id: JobId
    kind: str
    state: str
    done: int
    total: int | None
    result: dict[str, object] | None
    problem: dict[str, object] | None
    attempts: int
    queued_at: datetime
    ended_at: datetime | None


class SettingChanges(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """The settings to change, by name; what is not named stays."""

    settings: Annotated[dict[str, object], Meta(min_length=1, max_length=50)]


@get("/v1/{municipality:str}/events", opt={"permission": Permission.EVENTS_READ})
async def list_events(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    subject_kind: SubjectKind = None,
    subject_id: SubjectId = None,
    before: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> list[EventAnswer]:
    """Lees wie wat heeft veranderd, het nieuwste eerst.

    Wat er precies veranderde, ziet u alleen als u de zaak zelf ook mag lezen.
    """
    actor = actor_of(request)
    async with connected(request, municipality) as connection:
        events = await read_events(
            connection,
            subject_kind=subject_kind,
            subject_id=subject_id,
            before=BEGINNING if before is None else EventId(before),
            limit=limit,
        )
    return [as_event(event, actor) for event in events]


@get("/v1/{municipality:str}/settings", opt={"permission": Permission.SETTINGS_READ})
async def read_settings(municipality: FromPath[str], request: AppRequest) -> MunicipalitySettings:
    """Lees de instellingen van de gemeente."""
    async with connected(request, municipality) as connection:
        return await read_municipality_settings(connection)


@patch("/v1/{municipality:str}/settings", opt={"permission": Permission.SETTINGS_WRITE})
async def change_settings(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[SettingChanges]
) -> MunicipalitySettings:
    """Verander instellingen van de gemeente."""
    async with connected(request, municipality) as connection:
        return await change_municipality_settings(
            connection, data.settings, actor=actor_of(request)
        )


@get("/v1/{municipality:str}/jobs/{job_id:uuid}", opt={"permission": Permission.JOBS_READ})
async def read_one_job(
    municipality: FromPath[str], job_id: FromPath[UUID], request: AppRequest
) -> JobAnswer:
    """Lees hoe ver een taak is."""
    async with connected(request, municipality) as connection:
        return as_job(await read_job(connection, JobId(job_id)))


def as_event(event: Event, actor: Actor) -> EventAnswer:
    return EventAnswer(
        id=event.id,
        kind=event.kind,
        subject_kind=event.subject_kind,
        subject_id=event.subject_id,
        actor_kind=event.actor_kind,
        actor_id=event.actor_id,
        on_behalf_of=event.on_behalf_of,
        recorded_at=event.recorded_at,
        content=read(event.content) if may_read_content(actor, event.kind) else None,
    )


def as_job(job: Job) -> JobAnswer:
    return JobAnswer(
        id=job.id,
        kind=job.kind,
        state=job.state,
        done=job.done,
        total=job.total,
        result=read(job.result),
        problem=read(job.problem),
        attempts=job.attempts,
        queued_at=job.queued_at,
        ended_at=job.ended_at,
    )


def read(text: str | None) -> dict[str, object] | None:
    return None if text is None else msgspec.json.decode(text, type=dict[str, object])


handlers: list[ControllerRouterHandler] = [
    list_events,
    read_settings,
    change_settings,
    read_one_job,
]
