"""Endpoints: an intermediary applies for a child, and follows own applications."""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.applications.apply import ChildReceipt, apply_for_child
from pas.applications.asked import AgreedHow, Agreement, Asked, NewClub, TypedChild
from pas.applications.cases import ChildCase, own_case, own_cases, require_own
from pas.applications.decide import withdraw
from pas.applications.release import release
from pas.applications.routes.fields import (
    Amount,
    Limit,
    Name,
    Person,
    SchemeCode,
)
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import ApplicationId, MerchantId
from pas.money import Cents
from pas.problems.bodies import AppRequest

MAKE: Final = {"permission": Permission.APPLICATIONS_MAKE}


class ChildBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Who it is about; never a citizen number."""

    given_name: Person
    family_name: Person
    birth_date: date
    postcode: Annotated[str, Meta(pattern=r"^[1-9][0-9]{3} [A-Z]{2}$")]

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return "ChildBody(…)"


class ClubBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """A club that is not in the list, with how to reach it."""

    name: Name
    email: Annotated[str, Meta(max_length=320)] = ""
    phone: Annotated[str, Meta(max_length=40)] = ""
    place: Annotated[str, Meta(max_length=80)] = ""


class AgreementBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which parent agreed, how and when."""

    by: Name
    how: AgreedHow
    on: date
    not_own_child: bool


class ChildApplicationBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """For whom, for what, at which club; the id is the sender's."""

    id: UUID
    scheme: SchemeCode
    agreement: AgreementBody
    scanned: Annotated[str, Meta(min_length=1, max_length=300)] | None = None
    child: ChildBody | None = None
    club_id: UUID | None = None
    new_club: ClubBody | None = None
    amount_cents: Amount | None = None
    what_for: Annotated[str, Meta(max_length=300)] = ""
    own_reference: Annotated[str, Meta(max_length=40)] = ""

    def __repr__(self) -> str:
        """Nobody's data reaches a log by accident."""
        return "ApplicationBody(…)"


class Cases(msgspec.Struct, frozen=True):
    """The next page is before the last id."""

    items: Annotated[list[ChildCase], Meta(max_length=100)]


class Released(msgspec.Struct, frozen=True, rename="camel"):
    """What went back."""

    amount_cents: Cents


@post("/v1/{municipality:str}/child-applications", opt=MAKE)
async def apply(
    municipality: FromPath[str], request: AppRequest, data: JSONBody[ChildApplicationBody]
) -> ChildReceipt:
    """Vraag een bijdrage aan voor een kind.

    Het antwoord is hetzelfde, of wij het kind kennen of niet.
    """
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await apply_for_child(
            connection, asked(data), ring=ring, actor=actor_of(request), now=datetime.now(UTC)
        )


@get("/v1/{municipality:str}/child-applications", opt=MAKE)
async def list_own(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> Cases:
    """Lees de aanvragen die u deed, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Cases(
            await own_cases(
                connection,
                before=None if before is None else ApplicationId(before),
                limit=limit,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )
        )


@get("/v1/{municipality:str}/child-applications/{application_id:uuid}", opt=MAKE)
async def read_own(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> ChildCase:
    """Lees één aanvraag die u deed."""
    async with connected(request, municipality) as connection:
        return await own_case(
            connection,
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@post(
    "/v1/{municipality:str}/child-applications/{application_id:uuid}/withdrawal",
    opt=MAKE,
    status_code=204,
)
async def withdraw_own(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> None:
    """Trek een aanvraag in waarover nog niet is beslist."""
    actor, own = actor_of(request), ApplicationId(application_id)
    async with connected(request, municipality) as connection:
        await require_own(connection, own, actor=actor)
        await withdraw(connection, own, actor=actor, now=datetime.now(UTC))


@post(
    "/v1/{municipality:str}/child-applications/{application_id:uuid}/release",
    opt={"permission": (Permission.APPLICATIONS_MAKE, Permission.APPLICATIONS_DECIDE)},
    status_code=200,
)
async def release_rest(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Released:
    """Geef terug wat er van een toekenning over is."""
    actor, wanted = actor_of(request), ApplicationId(application_id)
    async with connected(request, municipality) as connection:
        if not actor.may(Permission.APPLICATIONS_DECIDE):
            await require_own(connection, wanted, actor=actor)
        return Released(await release(connection, wanted, actor=actor, now=datetime.now(UTC)))


def asked(data: ChildApplicationBody) -> Asked:
    child, club, agreement = data.child, data.new_club, data.agreement
    return Asked(
        id=ApplicationId(data.id),
        scheme=data.scheme,
        scanned=data.scanned,
        child=child
        and TypedChild(
            given_name=child.given_name,
            family_name=child.family_name,
            birth_date=child.birth_date,
            postcode=child.postcode,
        ),
        club=None if data.club_id is None else MerchantId(data.club_id),
        new_club=club
        and NewClub(name=club.name, email=club.email, phone=club.phone, place=club.place),
        amount_cents=data.amount_cents,
        what_for=data.what_for,
        own_reference=data.own_reference,
        agreement=Agreement(
            by=agreement.by,
            how=agreement.how,
            on=agreement.on,
            not_own_child=agreement.not_own_child,
        ),
    )


handlers: list[ControllerRouterHandler] = [
    apply,
    list_own,
    read_own,
    withdraw_own,
    release_rest,
]
