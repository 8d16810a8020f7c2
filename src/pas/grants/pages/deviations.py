"""Deviations as pages: proposing one with a reason, and a second person who judges it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.grants.deviate import (
    MOST_LISTED,
    Deviation,
    Effect,
    Proposal,
    ReasonTooShort,
    confirm_deviation,
    list_deviations,
    propose_deviation,
    read_deviation,
    reject_deviation,
)
from pas.grants.deviation_decision import AmountDoesNotFit
from pas.grants.ground import current_year, read_ground
from pas.grants.names import read_logins, read_names
from pas.grants.pages.incomes import context_of, state_of
from pas.grants.routes.deviations import report_of
from pas.ids import DeviationId, ResidentId, SchemeVersionId
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.residents.look_up import note_look
from pas.residents.pages.search import look_of
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

PROPOSE: Final = {"permission": Permission.DEVIATIONS_PROPOSE}
READ: Final = {"permission": Permission.DEVIATIONS_READ}
CONFIRM: Final = {"permission": Permission.DEVIATIONS_CONFIRM}
PROPOSAL: Final = "grants/propose.html"
MOST_CENTS: Final = Cents(100_000_000)
FIELDS: Final[dict[type[Refusal], str]] = {
    ReasonTooShort: "reason",
    AmountDoesNotFit: "amount",
}
"""Beside which field a refusal stands."""
ONE: Final = "grants/deviation.html"
EFFECTS: Final[dict[str, Effect]] = {"grant": "grant", "refuse": "refuse"}
LONGEST: Final = 2000
ON_A_PAGE: Final = 50


class DeviationShown(msgspec.Struct, frozen=True):
    """A proposal with the names of the people in it."""

    id: DeviationId
    name: str
    what: str
    title: str
    year: int
    amount: str
    reason: str
    proposed_at: datetime
    proposer: str
    state: str
    kind: str
    because: str
    waits: bool
    is_own: bool


@get(
    "/{municipality:str}/residents/{resident_id:uuid}/deviation",
    opt=PROPOSE,
    include_in_schema=False,
)
async def proposal_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """For which scheme, which way, and why?"""
    context = await proposal_context(request, municipality, resident_id)
    return page(request, PROPOSAL, form=Form(), **context)


@post(
    "/{municipality:str}/residents/{resident_id:uuid}/deviation",
    opt=PROPOSE,
    include_in_schema=False,
    status_code=200,
)
async def propose(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Put it to a second person."""
    form, now = await read_form(request), datetime.now(UTC)
    context = await proposal_context(request, municipality, resident_id)
    version = form.choice("version", "Kies een regeling.", await versions(request, municipality))
    effect = form.choice("effect", "Kies wat u voorstelt.", EFFECTS)
    amount = amount_of(form)
    reason = form.text("reason", "Schrijf op waarom.", most=LONGEST)
    if form.ok and version and effect and reason:
        try:
            async with connected(request, municipality) as connection:
                made = await propose_deviation(
                    connection,
                    Proposal(
                        resident=ResidentId(resident_id),
                        version=version,
                        year=await current_year(connection, now),
                        effect=effect,
                        reason=reason,
                        amount_cents=amount,
                        origin="objection" if form.ticked("objection") else "deviation",
                    ),
                    actor=actor_of(request),
                    now=now,
                )
            return done(f"/{municipality}/deviations/{made.id}")
        except Refusal as refusal:
            form.refuse(FIELDS.get(type(refusal), "version"), refusal.detail)
    return wrong_form(request, PROPOSAL, form, **context)


@get("/{municipality:str}/deviations", opt=READ, include_in_schema=False)
async def deviations_page(
    municipality: FromPath[str], request: AppRequest, *, before: FromQuery[UUID | None] = None
) -> Response[str]:
    """Those that wait for a second person, then the report of the others."""
    async with connected(request, municipality) as connection:
        waiting: list[Deviation] = []
        if before is None:
            waiting = await list_deviations(connection, waiting=True, limit=MOST_LISTED)
        judged = await list_deviations(
            connection, waiting=False, before=before and DeviationId(before), limit=ON_A_PAGE
        )
    shown = await with_names(request, municipality, [*waiting, *judged])
    return page(
        request,
        "grants/deviations.html",
        home=f"/{municipality}",
        is_first=before is None,
        waiting=shown[: len(waiting)],
        judged=shown[len(waiting) :],
        before=judged[-1].id if len(judged) == ON_A_PAGE else None,
    )


@get("/{municipality:str}/deviations/report", opt=READ, include_in_schema=False)
async def report_file(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    return await report_of(request, municipality, year=None)


@get("/{municipality:str}/deviations/{deviation_id:uuid}", opt=READ, include_in_schema=False)
async def deviation_page(
    municipality: FromPath[str], deviation_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """One proposal, to judge it or to read what became of it."""
    context = await deviation_context(request, municipality, deviation_id)
    return page(request, ONE, form=Form(), **context)


@post(
    "/{municipality:str}/deviations/{deviation_id:uuid}",
    opt=CONFIRM,
    include_in_schema=False,
    status_code=200,
)
async def judge(
    municipality: FromPath[str], deviation_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Agree, and the decision follows; or turn it down, with a reason."""
    form = await read_form(request)
    agrees = form.choice("verdict", "Kies wat u vindt.", {"confirm": True, "reject": False})
    because = form.text(
        "because", "Schrijf op waarom niet.", most=LONGEST, optional=agrees is not False
    )
    if form.ok:
        wanted, actor, now = DeviationId(deviation_id), actor_of(request), datetime.now(UTC)
        try:
            async with connected(request, municipality) as connection:
                if agrees:
                    _ = await confirm_deviation(connection, wanted, actor=actor, now=now)
                else:
                    _ = await reject_deviation(
                        connection, wanted, because or "", actor=actor, now=now
                    )
            return done(f"/{municipality}/deviations/{deviation_id}")
        except Refusal as refusal:
            form.refuse("verdict", refusal.detail)
    context = await deviation_context(request, municipality, deviation_id)
    return wrong_form(request, ONE, form, **context)


def amount_of(form: Form) -> Cents | None:
    """Read the amount; empty is what the scheme gives."""
    if not form.value("amount").strip():
        return None
    cents = form.cents("amount", "")
    if cents is not None and not 1 <= cents <= MOST_CENTS:
        form.refuse("amount", f"Typ een bedrag van 1 cent tot en met {euros(MOST_CENTS)}.")
    return cents


async def versions(request: AppRequest, municipality: str) -> dict[str, SchemeVersionId]:
    return {str(one): one for one, _ in await schemes_of_today(request, municipality)}


async def schemes_of_today(
    request: AppRequest, municipality: str
) -> list[tuple[SchemeVersionId, str]]:
    """Give the schemes that can be granted now, by title."""
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        year = await current_year(connection, now)
        ground = await read_ground(connection, year=year, on=day_of(now))
    named = [(one.id, one.version.title) for one in ground.plan.schemes]
    return sorted(named, key=lambda pair: pair[1])


async def proposal_context(
    request: AppRequest, municipality: str, resident_id: UUID
) -> dict[str, object]:
    state = await state_of(request, municipality, resident_id)
    schemes = await schemes_of_today(request, municipality)
    return {
        **context_of(municipality, resident_id, state),
        "schemes": [(str(version), title) for version, title in schemes],
    }


async def deviation_context(
    request: AppRequest, municipality: str, deviation_id: UUID
) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        found = await read_deviation(connection, DeviationId(deviation_id))
    (shown,) = await with_names(request, municipality, [found])
    actor = actor_of(request)
    return {
        "home": f"/{municipality}",
        "one": shown,
        "may_judge": shown.waits and not shown.is_own and actor.may(Permission.DEVIATIONS_CONFIRM),
    }


async def with_names(
    request: AppRequest, municipality: str, found: list[Deviation]
) -> list[DeviationShown]:
    """Say who it is about; everybody on the screen is noted in the processing log."""
    residents = [one.resident_id for one in found]
    async with connected(request, municipality) as connection:
        names = await read_names(connection, residents)
        logins = await read_logins(connection, [one.proposed_by for one in found])
        await note_look(connection, sorted(set(residents)), look_of(request), what="listed")
    me = actor_of(request).id
    return [shown_deviation(one, names, logins, me=me) for one in found]


def shown_deviation(
    one: Deviation, names: dict[UUID, str], logins: dict[UUID, str], *, me: UUID
) -> DeviationShown:
    state, kind = "Wacht op een tweede persoon", "warning"
    if one.confirmed_at is not None:
        state, kind = "Bevestigd", "ok"
    elif one.rejected_at is not None:
        state, kind = "Afgewezen", "error"
    return DeviationShown(
        id=one.id,
        name=names.get(one.resident_id, "onbekend"),
        what="Toch toekennen" if one.effect == "grant" else "Toch niet toekennen",
        title=one.title,
        year=one.year,
        amount="" if one.amount_cents is None else euros(one.amount_cents),
        reason=one.reason,
        proposed_at=one.proposed_at,
        proposer=logins.get(one.proposed_by, "onbekend"),
        state=state,
        kind=kind,
        because=one.rejected_because or "",
        waits=not one.is_judged,
        is_own=one.proposed_by == me,
    )


routes: list[ControllerRouterHandler] = [
    proposal_page,
    propose,
    deviations_page,
    report_file,
    deviation_page,
    judge,
]
