"""A second person lets a list be booked, or somebody turns it down."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import TakeoverId
from pas.problems.bodies import AppRequest
from pas.takeovers.approve import reject_takeover
from pas.takeovers.book_job import approve_and_queue
from pas.takeovers.model import Takeover
from pas.takeovers.pages.overview import TAKEOVER
from pas.takeovers.routes import APPROVE, JUDGE
from pas.web.pages import Why, done, reason_page, with_reason


@post(f"{TAKEOVER}/approval", opt=APPROVE, include_in_schema=False, status_code=303)
async def approve(
    municipality: FromPath[str], takeover_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await approve_and_queue(
            connection, TakeoverId(takeover_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/takeovers/{takeover_id}")


@get(f"{TAKEOVER}/rejection", opt=JUDGE, include_in_schema=False)
async def rejection_page(
    municipality: FromPath[str], takeover_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Why is nothing of this list booked?"""
    return reason_page(request, why_not(municipality, takeover_id))


@post(f"{TAKEOVER}/rejection", opt=JUDGE, include_in_schema=False, status_code=200)
async def reject(
    municipality: FromPath[str], takeover_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> Takeover:
        async with connected(request, municipality) as connection:
            return await reject_takeover(
                connection,
                TakeoverId(takeover_id),
                reason,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )

    return await with_reason(request, why_not(municipality, takeover_id), act)


def why_not(municipality: str, takeover_id: UUID) -> Why:
    takeovers = f"/{municipality}/takeovers"
    return Why(
        municipality,
        title="Deze lijst niet boeken",
        text="Er wordt niets geboekt. Wat wij van mensen bewaarden, is dan weg.",
        button="Keur de lijst af",
        back=f"{takeovers}/{takeover_id}",
        crumbs=[("Oude kaarten", takeovers)],
    )


routes: list[ControllerRouterHandler] = [approve, rejection_page, reject]
