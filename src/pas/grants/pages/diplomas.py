"""The swimming diploma as a page: the day that stands on it, or that there is none."""

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
from pas.grants.pages.incomes import context_of, state_of
from pas.grants.record_diploma import (
    DiplomaDateWrong,
    SwimmingDiploma,
    read_diploma,
    record_diploma,
)
from pas.ids import ResidentId
from pas.problems.bodies import AppRequest
from pas.residents.pages.put_resident import typed_day
from pas.residents.pages.search import read_day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

RECORD: Final = {"permission": Permission.RESIDENTS_IMPORT}
TEMPLATE: Final = "grants/diploma.html"


@get(
    "/{municipality:str}/residents/{resident_id:uuid}/swimming-diploma",
    opt=RECORD,
    include_in_schema=False,
)
async def diploma_page(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What stands on the diploma?"""
    state = await state_of(request, municipality, resident_id)
    async with connected(request, municipality) as connection:
        diploma = await read_diploma(connection, ResidentId(resident_id))
    form = Form({"obtained_on": typed_day(diploma.obtained_on)})
    return page(request, TEMPLATE, form=form, **context_of(municipality, resident_id, state))


@post(
    "/{municipality:str}/residents/{resident_id:uuid}/swimming-diploma",
    opt=RECORD,
    include_in_schema=False,
    status_code=200,
)
async def record(
    municipality: FromPath[str], resident_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Note it, or that there is none; budgets follow."""
    form, now = await read_form(request), datetime.now(UTC)
    diploma = SwimmingDiploma(read_day(form, "obtained_on"))
    if form.ok:
        try:
            async with connected(request, municipality) as connection:
                _ = await record_diploma(
                    connection, ResidentId(resident_id), diploma, actor=actor_of(request), now=now
                )
            return done(f"/{municipality}/residents/{resident_id}")
        except DiplomaDateWrong as refusal:
            form.refuse("obtained_on", f"{refusal.detail} {refusal.next_step}")
    state = await state_of(request, municipality, resident_id)
    return wrong_form(request, TEMPLATE, form, **context_of(municipality, resident_id, state))


routes: list[ControllerRouterHandler] = [diploma_page, record]
