"""An intermediary's own applications: how they stand, and what to do next."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.applications.apply import read_receipt
from pas.applications.awards import reference_of
from pas.applications.cases import MOST_LISTED, ChildCase, own_case, own_cases, require_own
from pas.applications.decide import withdraw
from pas.applications.organisations import membership
from pas.applications.release import release
from pas.applications.words import NEXT_FOR_INTERMEDIARY, STATES, refusal_words
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import Refusal
from pas.grants.pages.apply import in_groups
from pas.ids import ApplicationId
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

MAKE: Final = {"permission": Permission.APPLICATIONS_MAKE}
CASES: Final = "/{municipality:str}/child-applications"
ONE: Final = f"{CASES}/{{application_id:uuid}}"


@get(CASES, opt=MAKE, include_in_schema=False)
async def cases_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: FromQuery[UUID | None] = None,
) -> Response[str]:
    """How do my applications stand?"""
    actor, now = actor_of(request), datetime.now(UTC)
    last = None if before is None else ApplicationId(before)
    async with connected(request, municipality) as connection:
        of = await membership(connection, actor)
        found = await own_cases(connection, before=last, actor=actor, now=now)
    waiting = [one for one in found if one.decided_at is None]
    return page(
        request,
        "applications/cases.html",
        home=f"/{municipality}",
        organisation=of.organisation,
        waiting=waiting,
        decided=[one for one in found if one.decided_at is not None],
        states=STATES,
        next_steps={one.id: _next_step(one) for one in found},
        before=found[-1].id if len(found) == MOST_LISTED else None,
        is_first=before is None,
    )


@get(ONE, opt=MAKE, include_in_schema=False)
async def case_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """One application: its receipt, how it stands, and what can be done."""
    context = await _context(request, municipality, ApplicationId(application_id))
    return page(request, "applications/case.html", form=Form(), **context)


@post(f"{ONE}/withdraw", opt=MAKE, include_in_schema=False, status_code=303)
async def withdraw_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """It is not needed any more."""
    actor, own = actor_of(request), ApplicationId(application_id)
    async with connected(request, municipality) as connection:
        await require_own(connection, own, actor=actor)
        await withdraw(connection, own, actor=actor, now=datetime.now(UTC))
    return done(f"/{municipality}/child-applications/{own}")


@post(f"{ONE}/release", opt=MAKE, include_in_schema=False, status_code=200)
async def release_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """What is left is not needed."""
    actor, own = actor_of(request), ApplicationId(application_id)
    form = await read_form(request)
    if not form.ticked("release"):
        form.refuse("release", "Kruis aan dat de rest niet nodig is.")
    if form.ok:
        try:
            async with connected(request, municipality) as connection:
                await require_own(connection, own, actor=actor)
                await release(connection, own, actor=actor, now=datetime.now(UTC))
            return done(f"/{municipality}/child-applications/{own}")
        except Refusal as refusal:
            form.refuse("release", f"{refusal.detail} {refusal.next_step}")
    context = await _context(request, municipality, own)
    return wrong_form(request, "applications/case.html", form, **context)


async def _context(
    request: AppRequest, municipality: str, application_id: ApplicationId
) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        case = await own_case(connection, application_id, actor=actor, now=now)
        receipt = await read_receipt(connection, application_id, actor=actor)
    return {
        "home": f"/{municipality}",
        "case": case,
        "reference": reference_of(case.id),
        "content_hash": in_groups(receipt.content_hash) if receipt else None,
        "state": STATES[case.state],
        "next_step": _next_step(case),
        "why": refusal_words(case.refusal, case.reason),
        "may_withdraw": case.own and case.decided_at is None,
        "may_release": case.own and bool(case.participation) and bool(case.left_cents),
    }


def _next_step(case: ChildCase) -> str:
    if case.decided_at is None and case.waits_for is not None:
        return f"De termijn staat nu stil. Bel ons. Wij wachten hierop: {case.waits_for}"
    if case.participation == "never_came":
        return "De club zegt dat het kind niet kwam. Bel het gezin."
    if case.participation == "takes_part" and case.left_cents:
        return "Van de rest kan het kind spullen kopen. Is dat niet nodig? Geef de rest dan terug."
    if case.participation == "takes_part":
        return "De club heeft de rekening gestuurd. U hoeft niets meer te doen."
    return NEXT_FOR_INTERMEDIARY[case.state]


routes: list[ControllerRouterHandler] = [
    cases_page,
    case_page,
    withdraw_by_page,
    release_by_page,
]
