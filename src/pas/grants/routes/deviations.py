"""Endpoints: deviations from the rule, proposed by one and judged by another."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.processing import note_processing
from pas.auth.state import connected
from pas.grants.deviate import (
    Deviation,
    Effect,
    Origin,
    Proposal,
    confirm_deviation,
    list_deviations,
    propose_deviation,
    read_deviation,
    reject_deviation,
)
from pas.grants.deviation_report import deviation_report
from pas.grants.routes.fields import Limit, Year, YearAsked
from pas.ids import DeviationId, ResidentId, SchemeVersionId
from pas.money import Cents
from pas.problems.bodies import AppRequest

READ: Final = {"permission": Permission.DEVIATIONS_READ}
PROPOSE: Final = {"permission": Permission.DEVIATIONS_PROPOSE}
CONFIRM: Final = {"permission": Permission.DEVIATIONS_CONFIRM}


ResidentQuery = Annotated[UUID | None, QueryParameter(name="residentId")]


class ProposalBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """Granting or refusing one scheme against the rule; ``reason`` in at least ten characters."""

    resident_id: UUID
    scheme_version_id: UUID
    year: Year
    effect: Effect
    reason: Annotated[str, Meta(min_length=10, max_length=2000)]
    amount_cents: Annotated[int, Meta(ge=1, le=100_000_000)] | None = None
    origin: Origin = "deviation"


class DeviationRejectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is turned down."""

    because: Annotated[str, Meta(min_length=1, max_length=2000)]


class Deviations(msgspec.Struct, frozen=True):
    """The newest first; the next page is ``before`` the last id of this one."""

    items: list[Deviation]


@get("/v1/{municipality:str}/deviations", opt=READ)
async def list_all_deviations(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: YearAsked = 0,
    resident_id: ResidentQuery = None,
    waiting: FromQuery[bool] = False,
    before: FromQuery[UUID | None] = None,
    limit: Limit = 100,
) -> Deviations:
    """Lees de afwijkingen van de regel: het verslag van een jaar, of wat op een tweede persoon wacht."""
    async with connected(request, municipality) as connection, connection.transaction():
        found = await list_deviations(
            connection,
            year=year or None,
            resident=None if resident_id is None else ResidentId(resident_id),
            waiting=waiting or None,
            before=None if before is None else DeviationId(before),
            limit=limit,
        )
        residents = [one.resident_id for one in found]
        await note_processing(
            connection,
            residents,
            "deviation.listed",
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Deviations(found)


@get("/v1/{municipality:str}/deviation-report", opt=READ, media_type="text/csv")
async def fetch_deviation_report(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Response[str]:
    """Haal het verslag van de afwijkingen van een jaar als bestand (CSV), het nieuwste eerst."""
    return await report_of(request, municipality, year=year or None)


async def report_of(request: AppRequest, municipality: str, *, year: int | None) -> Response[str]:
    async with connected(request, municipality) as connection:
        content = await deviation_report(
            connection, year=year, actor=actor_of(request), now=datetime.now(UTC)
        )
    headers = {"content-disposition": 'attachment; filename="deviations.csv"'}
    return Response(content, media_type="text/csv", headers=headers)


@post("/v1/{municipality:str}/deviations", opt=PROPOSE)
async def propose_one_deviation(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[ProposalBody]
) -> Deviation:
    """Stel voor om van de regel af te wijken. Een collega beslist."""
    proposal = Proposal(
        resident=ResidentId(data.resident_id),
        version=SchemeVersionId(data.scheme_version_id),
        year=data.year,
        effect=data.effect,
        reason=data.reason,
        amount_cents=None if data.amount_cents is None else Cents(data.amount_cents),
        origin=data.origin,
    )
    async with connected(request, municipality) as connection:
        return await propose_deviation(
            connection, proposal, actor=actor_of(request), now=datetime.now(UTC)
        )


@get("/v1/{municipality:str}/deviations/{deviation_id:uuid}", opt=READ)
async def read_one_deviation(
    municipality: FromPath[str], deviation_id: FromPath[UUID], request: AppRequest
) -> Deviation:
    """Lees een afwijking."""
    async with connected(request, municipality) as connection, connection.transaction():
        found = await read_deviation(connection, DeviationId(deviation_id))
        who, now = [found.resident_id], datetime.now(UTC)
        await note_processing(connection, who, "deviation.shown", actor=actor_of(request), now=now)
    return found


@post(
    "/v1/{municipality:str}/deviations/{deviation_id:uuid}/confirmation",
    opt=CONFIRM,
    status_code=200,
)
async def confirm_one_deviation(
    municipality: FromPath[str], deviation_id: FromPath[UUID], request: AppRequest
) -> Deviation:
    """Bevestig het voorstel van een collega. Het besluit volgt meteen."""
    async with connected(request, municipality) as connection:
        return await confirm_deviation(
            connection,
            DeviationId(deviation_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(
    "/v1/{municipality:str}/deviations/{deviation_id:uuid}/rejection",
    opt=CONFIRM,
    status_code=200,
)
async def reject_one_deviation(
    municipality: FromPath[str],
    deviation_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[DeviationRejectionBody],
) -> Deviation:
    """Wijs het voorstel van een collega af, met een reden."""
    async with connected(request, municipality) as connection:
        return await reject_deviation(
            connection,
            DeviationId(deviation_id),
            data.because,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


handlers: list[ControllerRouterHandler] = [
    list_all_deviations,
    fetch_deviation_report,
    propose_one_deviation,
    read_one_deviation,
    confirm_one_deviation,
    reject_one_deviation,
]
