"""Opening a pass again that ended by mistake: one officer says why, another one makes it so."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import PassId
from pas.passes.end import PassRow
from pas.passes.reopen import (
    LONGEST_REASON,
    SHORTEST_REASON,
    Reopening,
    confirm_reopening,
    propose_reopening,
    read_ended,
    read_reopening,
    waiting_reopenings,
)
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

END: Final = {"permission": Permission.PASSES_END}
JUDGE: Final = {"permission": Permission.PASSES_REOPEN}
REOPEN: Final = "/{municipality:str}/passes/{pass_id:uuid}/reopening"
PAGE: Final = "passes/reopen.html"


@get(REOPEN, opt=END, include_in_schema=False)
async def reopening_page(
    municipality: FromPath[str], pass_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Why should this pass go on, or does it?"""
    ended, waiting = await read_both(request, municipality, pass_id)
    return page(request, PAGE, form=Form(), **context_of(request, ended, waiting))


@post(REOPEN, opt=END, include_in_schema=False, status_code=200)
async def do_reopening(
    municipality: FromPath[str], pass_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Propose it, or make it so where a colleague did."""
    actor, now, form = actor_of(request), datetime.now(UTC), await read_form(request)
    ended, waiting = await read_both(request, municipality, pass_id)
    if form.value("act") == "confirm":
        async with connected(request, municipality) as connection:
            await confirm_reopening(connection, ended.id, actor=actor, now=now)
        return done(f"/{municipality}/residents/{ended.resident_id}")
    reason = form.text("reason", "Schrijf op waarom.", most=LONGEST_REASON)
    if reason is not None and len(reason) < SHORTEST_REASON:
        form.refuse("reason", "Schrijf in een paar woorden wat er misging.")
    if not form.ok or reason is None:
        context = context_of(request, ended, waiting)
        return wrong_form(request, PAGE, form, **context)
    async with connected(request, municipality) as connection:
        await propose_reopening(connection, ended.id, reason, actor=actor, now=now)
    return done(f"/{municipality}/passes/{pass_id}/reopening")


@get("/{municipality:str}/reopenings", opt=JUDGE, include_in_schema=False)
async def reopenings_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which passes should go on, and wait for a second person?"""
    async with connected(request, municipality) as connection:
        waiting = await waiting_reopenings(connection, actor=actor_of(request))
    return page(request, "passes/reopenings.html", home=f"/{municipality}", waiting=waiting)


async def read_both(
    request: AppRequest, municipality: str, pass_id: UUID
) -> tuple[PassRow, Reopening | None]:
    async with connected(request, municipality) as connection:
        ended = await read_ended(connection, PassId(pass_id))
        return ended, await read_reopening(connection, ended.id)


def context_of(request: AppRequest, ended: PassRow, waiting: Reopening | None) -> dict[str, object]:
    return {
        "home": f"/{request.path_params['municipality']}",
        "ended": ended,
        "waiting": waiting,
        "is_own": waiting is not None and waiting.proposed_by == actor_of(request).id,
        "most": LONGEST_REASON,
    }


routes: list[ControllerRouterHandler] = [reopening_page, do_reopening, reopenings_page]
