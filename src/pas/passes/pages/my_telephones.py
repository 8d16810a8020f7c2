"""On which telephones the pass stands: put it on another one, or take it off, at once."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final, cast
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.authentication import Authentication
from pas.auth.devices import DeviceKind, device_kind
from pas.auth.pages.sign_in import session_of, with_session
from pas.auth.state import auth_state, connected
from pas.auth.step_up import refuse_unproved
from pas.ids import MunicipalityName, SessionId
from pas.passes.add_telephone import (
    TelephoneLinkOver,
    add_telephone,
    grouped,
    make_telephone_link,
)
from pas.passes.pages.my_pass import kept, with_keep
from pas.passes.telephones import remove_telephone, telephones
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotSignedIn
from pas.qr import draw_svg
from pas.web.forms import Form
from pas.web.languages import mark, said, say
from pas.web.pages import done, page, read_form, wrong_form

HOLDER: Final = {"holder": True}
"""A mandate has a device of its own, and none of the holder's."""
HERE: Final = "/{municipality:str}/my-pass/telephones"
ADD: Final = "/{municipality:str}/add-telephone"
FOR_ANYBODY: Final = {"public": True, "spoken": True}
DEVICES: Final[Mapping[DeviceKind, str]] = {
    "iphone": mark("iPhone"),
    "ipad": mark("iPad"),
    "phone_android": mark("Telefoon (Android)"),
    "tablet_android": mark("Tablet (Android)"),
    "windows": mark("Computer (Windows)"),
    "mac": mark("Computer (Mac)"),
    "linux": mark("Computer (Linux)"),
    "other": mark("Een ander apparaat"),
}


@get(HERE, opt=HOLDER, include_in_schema=False)
async def telephones_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Where the pass stands, this telephone first."""
    this = cast("Authentication", request.auth).session_hash or b""
    async with connected(request, municipality) as connection:
        found = await telephones(
            connection, actor=actor_of(request), this=this, now=datetime.now(UTC)
        )
    listed = [(one, said(DEVICES[one.device])) for one in found]
    return of_holder(
        request,
        municipality,
        "passes/my_telephones.html",
        telephones=listed,
    )


@get(HERE + "/{session_id:uuid}/removal", opt=HOLDER, include_in_schema=False)
async def removal_page(
    municipality: FromPath[str], request: AppRequest, session_id: FromPath[UUID]
) -> Response[str]:
    """What removing does, and one button."""
    return of_holder(request, municipality, "passes/remove_telephone.html", session_id=session_id)


@post(HERE + "/{session_id:uuid}/removal", opt=HOLDER, include_in_schema=False, status_code=303)
async def remove(
    municipality: FromPath[str], request: AppRequest, session_id: FromPath[UUID]
) -> Redirect:
    """Gone is gone: pressed twice it is the same."""
    async with connected(request, municipality) as connection:
        await remove_telephone(
            connection, SessionId(session_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/my-pass/telephones")


@post(HERE, opt=HOLDER, include_in_schema=False, status_code=200)
async def link_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """A code for the other telephone; shown once."""
    auth, now = auth_state(request.app.state), datetime.now(UTC)
    refuse_unproved(request, now=now)
    this = cast("Authentication", request.auth).session_hash
    if this is None:
        raise NotSignedIn
    async with connected(request, municipality) as connection:
        code = await make_telephone_link(connection, this, now=now)
    address = f"{auth.origin}/{municipality}/add-telephone"
    return of_holder(
        request,
        municipality,
        "passes/telephone_link.html",
        drawn=draw_svg(f"{address}#{code}", title=say("Code voor de andere telefoon")),
        address=address,
        code=grouped(code),
    )


@get(ADD, opt=FOR_ANYBODY, include_in_schema=False)
async def add_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """On the other telephone; the code stands behind the ``#``, and a script puts it in the field."""
    return page(request, "passes/add_telephone.html", form=Form(), home=f"/{municipality}")


@post(ADD, opt=FOR_ANYBODY, include_in_schema=False, status_code=200)
async def add(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """From here on the pass stands on this telephone."""
    auth, name, form = (
        auth_state(request.app.state),
        MunicipalityName(municipality),
        await read_form(request),
    )
    code = form.text("code", say("Typ de code van het andere apparaat."))
    if form.ok and code is not None:
        try:
            async with connected(request, municipality) as connection:
                session = await add_telephone(
                    connection,
                    code,
                    device=device_kind(request.headers.get("user-agent", "")),
                    replaces=session_of(request, auth, name),
                    now=datetime.now(UTC),
                )
            return with_session(done(f"/{name}/my-pass"), auth, name, session=session)
        except TelephoneLinkOver as refusal:
            form.refuse("code", f"{said(refusal.title())} {said(refusal.next_step)}")
    return wrong_form(request, "passes/add_telephone.html", form, home=f"/{municipality}")


def of_holder(
    request: AppRequest, municipality: str, template: str, **context: object
) -> Response[str]:
    around = kept(request, MunicipalityName(municipality))
    return with_keep(request, page(request, template, home=f"/{municipality}", **around, **context))


routes: list[ControllerRouterHandler] = [
    telephones_page,
    removal_page,
    remove,
    link_page,
    add_page,
    add,
]
