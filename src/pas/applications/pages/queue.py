"""What waits for an officer, and one application with all that is known of it."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.applications.awards import confirmations_of, reference_of
from pas.applications.payees import list_payees
from pas.applications.queue import find_clubs, list_waiting, show_case
from pas.applications.waiting_invoices import invoices_of
from pas.applications.words import HOW_IT_WAS, OFFICER_REFUSALS, QUESTIONS, STATES
from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import ApplicationId, uuid7
from pas.problems.bodies import AppRequest
from pas.residents.look_up import FoundResident
from pas.web.forms import Form
from pas.web.pages import page

DECIDE: Final = {"permission": Permission.APPLICATIONS_DECIDE}
QUEUE: Final = "/{municipality:str}/child-application-queue"
PAGE_SIZE: Final = 50
Offset = Annotated[int, QueryParameter(ge=0, le=100_000)]
Search = Annotated[str, QueryParameter(max_length=100)]


@get(QUEUE, opt=DECIDE, include_in_schema=False)
async def queue_page(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    overdue: FromQuery[bool] = False,
    offset: Offset = 0,
) -> Response[str]:
    """Which applications wait, the oldest deadline first?"""
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        late = await list_waiting(connection, only_overdue=True, now=now)
        found = await list_waiting(
            connection, only_overdue=overdue, offset=offset, limit=PAGE_SIZE, now=now
        )
    return page(
        request,
        "applications/queue.html",
        home=f"/{municipality}",
        found=found,
        overdue=overdue,
        late=len(late),
        states=STATES,
        questions=QUESTIONS,
        offset=offset,
        more=offset + PAGE_SIZE if len(found) == PAGE_SIZE else None,
        references={one.id: reference_of(one.id) for one in found},
    )


@get(f"{QUEUE}/{{application_id:uuid}}", opt=DECIDE, include_in_schema=False)
async def queue_case_page(
    municipality: FromPath[str],
    application_id: FromPath[UUID],
    request: AppRequest,
    *,
    club: Search = "",
) -> Response[str]:
    """What is known, what is asked, and what can I decide?"""
    context = await case_context(request, municipality, ApplicationId(application_id), club=club)
    return page(request, "applications/queue_case.html", form=Form({"club": club}), **context)


async def case_context(
    request: AppRequest,
    municipality: str,
    application_id: ApplicationId,
    *,
    club: str = "",
    found: Sequence[FoundResident] | None = None,
) -> dict[str, object]:
    """Everything on the page; ``found`` are residents that were searched for, None before that."""
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        shown = await show_case(connection, application_id, actor=actor, now=now)
        row = shown.row
        clubs = await find_clubs(connection, club, row.scheme, limit=20, now=now) if club else []
        is_awarded = row.state == "awarded"
        payees = await list_payees(connection) if is_awarded else []
        stated = (
            await confirmations_of(connection, application_id, merchant=None) if is_awarded else []
        )
        invoices = await invoices_of(connection, application_id) if is_awarded else []
    return {
        "home": f"/{municipality}",
        "shown": shown,
        "row": row,
        "child": shown.child,
        "reference": reference_of(row.id),
        "state": STATES[row.state],
        "questions": [QUESTIONS[one] for one in row.questions],
        "how": HOW_IT_WAS[shown.child.agreed_how],
        "refusals": list(OFFICER_REFUSALS.items()),
        "refused_because": OFFICER_REFUSALS[row.refusal] if row.refusal else "",
        "paused": next((one for one in shown.pauses if one.until_on is None), None),
        "clubs": clubs,
        "payees": [one for one in payees if one.ready],
        "stated": stated,
        "invoices": invoices,
        "found": found,
        "new_id": uuid7(),
    }


routes: list[ControllerRouterHandler] = [queue_page, queue_case_page]
