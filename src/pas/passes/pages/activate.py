"""A holder sets a card going with the code from the letter; nobody needs a login for it."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.state import auth_state, connected
from pas.ids import MunicipalityName
from pas.passes.activate import ActivationCodeWrong, CardNotToActivate, activate_card
from pas.passes.codes import read_activation_code, read_scanned
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

PUBLIC: Final = {"public": True, "spoken": True}
TEMPLATE: Final = "passes/activate.html"


@get("/{municipality:str}/activate-card", opt=PUBLIC, include_in_schema=False)
async def activate_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Two numbers: one on the card, one in the letter."""
    return page(request, TEMPLATE, form=Form(), home=f"/{municipality}")


@post("/{municipality:str}/activate-card", opt=PUBLIC, include_in_schema=False, status_code=200)
async def activate_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """As the endpoint does: the answer tells nothing about the card."""
    name, form = MunicipalityName(municipality), await read_form(request)
    number = form.text("number", "Typ het nummer dat op de kaart staat.", most=300)
    form.parsed("number", "", read_scanned, optional=True)
    code = form.text("code", "Typ de code uit de brief.", most=50)
    form.parsed("code", "", read_activation_code, optional=True)
    if form.ok and number is not None and code is not None:
        ring = await auth_state(request.app.state).ring(name)
        try:
            async with connected(request, municipality) as connection:
                await activate_card(
                    connection,
                    number,
                    code,
                    ring=ring,
                    municipality=name,
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/activate-card/done")
        except (ActivationCodeWrong, CardNotToActivate) as refusal:
            form.refuse("code", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, home=f"/{municipality}")


@get("/{municipality:str}/activate-card/done", opt=PUBLIC, include_in_schema=False)
async def activated_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    return page(request, "passes/activated.html", home=f"/{municipality}")


routes: list[ControllerRouterHandler] = [activate_page, activate_by_page, activated_page]
