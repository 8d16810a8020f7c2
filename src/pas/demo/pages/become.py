"""Becoming somebody of the demonstration in one click, behind the fences of ``auth/demo_login``."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.demo_login import ASSURANCE, refuse_outside_demo
from pas.auth.pages.sign_in import session_of, with_session
from pas.auth.sessions import SessionActor, start_session
from pas.auth.state import auth_state
from pas.demo.cast import read_cast
from pas.demo.staff import manager_of_till
from pas.ids import MunicipalityName, TillId
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.pages import done, read_form

PUBLIC: Final = {"public": True}


@post("/{municipality:str}/demo/holder", opt=PUBLIC, include_in_schema=False, status_code=303)
async def become_holder(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """See a pass as its holder does."""
    return await become(request, municipality, kind="holder", to="my-pass")


@post("/{municipality:str}/demo/till", opt=PUBLIC, include_in_schema=False, status_code=303)
async def become_till(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Stand behind a bar."""
    return await become(request, municipality, kind="till", to="till/scan")


@post("/{municipality:str}/demo/manager", opt=PUBLIC, include_in_schema=False, status_code=303)
async def become_manager(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Manage the merchant of one of the tills: what waits there, its tills, its payouts."""
    return await become(request, municipality, kind="login", to="")


async def become(
    request: AppRequest, municipality: str, *, kind: SessionActor, to: str
) -> Redirect:
    """Start a session as one of the cast, and nobody else."""
    state, name = auth_state(request.app.state), MunicipalityName(municipality)
    await refuse_outside_demo(request, name)
    wanted = (await read_form(request)).value("id")
    async with state.database.connection(name) as connection:
        cast = await read_cast(connection)
        people = (*cast.holders, *cast.applicants)
        known: tuple[UUID, ...] = people if kind == "holder" else cast.tills
        chosen = next((one for one in known if str(one) == wanted), None)
        if chosen is None:
            raise NotFound
        if kind == "login":
            chosen = await manager_of_till(connection, TillId(chosen))
        session = await start_session(
            connection,
            actor_kind=kind,
            actor_id=chosen,
            assurance=ASSURANCE,
            now=datetime.now(UTC),
            replaces=session_of(request, state, name),
        )
    return with_session(done(f"/{name}/{to}".rstrip("/")), state, name, session=session)


routes: list[ControllerRouterHandler] = [become_holder, become_till, become_manager]
