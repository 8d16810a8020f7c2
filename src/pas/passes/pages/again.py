"""The code once more, before something that would give the pass to somebody else."""

from datetime import UTC, datetime
from typing import Annotated, Final, cast

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.authentication import Authentication
from pas.auth.devices import device_kind
from pas.auth.pages.sign_in import session_of, with_session
from pas.auth.sign_in import local_path
from pas.auth.state import auth_state
from pas.ids import MunicipalityName
from pas.passes.codes import read_activation_code
from pas.passes.pages.sign_in import after, context_of, device_of
from pas.passes.prove_again import prove_again
from pas.passes.prove_code import ActivationCodeWrong
from pas.passes.sign_in import OnDevice
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.languages import said, say
from pas.web.pages import done, page, read_form, wrong_form

HOLDER: Final = {"holder": True, "mandate": True}
PAGE: Final = "/{municipality:str}/sign-in/again"
TEMPLATE: Final = "passes/again.html"

ReturnTo = Annotated[str, QueryParameter(name="returnTo")]


@get(PAGE, opt=HOLDER, include_in_schema=False)
async def code_page(
    municipality: FromPath[str], request: AppRequest, *, return_to: ReturnTo = "/"
) -> Response[str]:
    """Which code stands in your letter?"""
    return page(request, TEMPLATE, form=Form(), **context_of(municipality, return_to))


@post(PAGE, opt=HOLDER, include_in_schema=False, status_code=200)
async def prove_by_code(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Go on where the code was asked, with a new session."""
    name, form = MunicipalityName(municipality), await read_form(request)
    return_to = local_path(form.value("return_to"))
    code = form.text("code", say("Typ de code uit de brief."), most=50)
    form.parsed("code", "", read_activation_code, optional=True)
    if form.ok and code is not None:
        auth, authentication = (
            auth_state(request.app.state),
            cast("Authentication", request.auth),
        )
        on = OnDevice(
            cookie=device_of(request, auth, name) or "",
            kind=device_kind(request.headers.get("user-agent", "")),
            is_own=authentication.is_long,
            replaces=session_of(request, auth, name),
        )
        ring = await auth.ring(name)
        try:
            async with auth.database.connection(name) as connection:
                session = await prove_again(
                    connection,
                    authentication.proved_by,
                    code,
                    on=on,
                    actor=actor_of(request),
                    ring=ring,
                    now=datetime.now(UTC),
                )
            return with_session(done(after(name, return_to)), auth, name, session=session)
        except ActivationCodeWrong as refusal:
            form.refuse("code", f"{said(refusal.detail)} {said(refusal.next_step)}")
    return wrong_form(request, TEMPLATE, form, **context_of(municipality, return_to))


routes: list[ControllerRouterHandler] = [code_page, prove_by_code]
