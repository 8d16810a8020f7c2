"""Endpoints: an officer sees what waits, and decides."""

from datetime import UTC, date, datetime
from typing import Annotated, Final, Literal
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.applications.decide import (
    award_by_officer,
    choose_club,
    name_child,
    refuse_by_officer,
)
from pas.applications.pause import pause, resume
from pas.applications.queue import (
    ApplicationChild,
    ChildCandidate,
    Club,
    WaitingApplication,
    find_clubs,
    list_waiting,
    show_case,
)
from pas.applications.release import bind_elsewhere
from pas.applications.routes.fields import Amount, Limit, Offset, SchemeCode
from pas.applications.rules import ClockPause, Question, RefusalCode
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import ApplicationId, MerchantId, ResidentId
from pas.problems.bodies import AppRequest

DECIDE: Final = {"permission": Permission.APPLICATIONS_DECIDE}
QUEUE: Final = "/v1/{municipality:str}/child-application-queue"
ONE: Final = f"{QUEUE}/{{application_id:uuid}}"
Reason = Annotated[str, Meta(min_length=1, max_length=2000, pattern=r"\S")]


class Queue(msgspec.Struct, frozen=True):
    """The oldest deadline first."""

    items: Annotated[list[WaitingApplication], Meta(max_length=100)]


class ShownCase(msgspec.Struct, frozen=True, rename="camel"):
    """One application as an officer decides on it."""

    id: ApplicationId
    state: str
    questions: list[Question]
    decide_by: date
    overdue: bool
    pauses: list[ClockPause]
    child: ApplicationChild
    candidates: list[ChildCandidate]


class Clubs(msgspec.Struct, frozen=True):
    """By name."""

    items: Annotated[list[Club], Meta(max_length=100)]


class DecisionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Award, perhaps another amount; or refuse with a code. Always with a reason."""

    outcome: Literal["award", "refuse"]
    reason: Reason
    amount_cents: Amount | None = None
    refusal: RefusalCode = "by-officer"


class PauseBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What is waited for; without a reason the clock runs again."""

    reason: Annotated[str, Meta(max_length=500)] | None


class ChildChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which resident it is."""

    resident_id: UUID


class ClubChoice(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which club is the first payee, and why another one."""

    club_id: UUID
    reason: Reason


@get(QUEUE, opt=DECIDE)
async def read_queue(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    overdue: FromQuery[bool] = False,
    offset: Offset = 0,
    limit: Limit = 50,
) -> Queue:
    """Lees welke aanvragen wachten, de oudste termijn eerst."""
    async with connected(request, municipality) as connection:
        return Queue(
            await list_waiting(
                connection,
                only_overdue=overdue,
                offset=offset,
                limit=limit,
                now=datetime.now(UTC),
            )
        )


@get(ONE, opt=DECIDE)
async def read_case(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> ShownCase:
    """Lees één aanvraag, met wie het kind kan zijn."""
    async with connected(request, municipality) as connection:
        shown = await show_case(
            connection,
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return ShownCase(
        id=shown.row.id,
        state=shown.row.state,
        questions=shown.row.questions,
        decide_by=shown.decide_by,
        overdue=shown.overdue,
        pauses=shown.pauses,
        child=shown.child,
        candidates=shown.candidates,
    )


@post(f"{ONE}/decision", opt=DECIDE, status_code=204)
async def decide(
    municipality: FromPath[str],
    application_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[DecisionBody],
) -> None:
    """Beslis over een aanvraag."""
    wanted, actor, now = ApplicationId(application_id), actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        if data.outcome == "award":
            await award_by_officer(
                connection,
                wanted,
                cents=data.amount_cents,
                reason=data.reason,
                actor=actor,
                now=now,
            )
        else:
            await refuse_by_officer(
                connection, wanted, data.refusal, reason=data.reason, actor=actor, now=now
            )


@post(f"{ONE}/pause", opt=DECIDE, status_code=204)
async def set_pause(
    municipality: FromPath[str],
    application_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[PauseBody],
) -> None:
    """Laat de termijn stilstaan, of weer lopen."""
    wanted, actor, now = ApplicationId(application_id), actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        if data.reason is None:
            await resume(connection, wanted, actor=actor, now=now)
        else:
            await pause(connection, wanted, data.reason, actor=actor, now=now)


@post(f"{ONE}/child", opt=DECIDE, status_code=204)
async def set_child(
    municipality: FromPath[str],
    application_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[ChildChoice],
) -> None:
    """Zeg om welk kind het gaat."""
    async with connected(request, municipality) as connection:
        await name_child(
            connection,
            ApplicationId(application_id),
            ResidentId(data.resident_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(f"{ONE}/club", opt=DECIDE, status_code=204)
async def set_club(
    municipality: FromPath[str],
    application_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[ClubChoice],
) -> None:
    """Kies een andere club, voor of na de toekenning."""
    wanted, club = ApplicationId(application_id), MerchantId(data.club_id)
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        shown = await show_case(connection, wanted, actor=actor, now=now)
        if shown.row.state == "awarded":
            await bind_elsewhere(connection, wanted, club, reason=data.reason, actor=actor, now=now)
        else:
            await choose_club(connection, wanted, club, reason=data.reason, actor=actor, now=now)


@get(
    "/v1/{municipality:str}/clubs",
    opt={"permission": (Permission.APPLICATIONS_MAKE, Permission.APPLICATIONS_DECIDE)},
)
async def search_clubs(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    scheme: SchemeCode,
    search: Annotated[str, QueryParameter(max_length=100)] = "",
    limit: Limit = 50,
) -> Clubs:
    """Zoek clubs die meedoen voor een regeling."""
    async with connected(request, municipality) as connection:
        found = await find_clubs(connection, search, scheme, limit=limit, now=datetime.now(UTC))
    return Clubs(found)


handlers: list[ControllerRouterHandler] = [
    read_queue,
    read_case,
    decide,
    set_pause,
    set_child,
    set_club,
    search_clubs,
]
