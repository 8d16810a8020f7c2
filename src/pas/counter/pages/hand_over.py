"""An intermediary hands a card over: the number, the date of birth, and it works."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.ids import MunicipalityName
from pas.passes.activate import CardNotToActivate
from pas.passes.codes import read_scanned
from pas.passes.hand_over import HandOverNotAllowed, HandOverWrong, hand_over_card
from pas.problems.bodies import AppRequest
from pas.residents.pages.search import read_day
from pas.web.forms import Form
from pas.web.pages import page, read_form, wrong_form

HAND_OVER: Final = {"permission": Permission.APPLICATIONS_HELP}
PAGE: Final = "/{municipality:str}/hand-over-card"
TEMPLATE: Final = "counter/hand_over.html"


@get(PAGE, opt=HAND_OVER, include_in_schema=False)
async def hand_over_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    return page(request, TEMPLATE, form=Form(), handed=False, home=f"/{municipality}")


@post(PAGE, opt=HAND_OVER, include_in_schema=False, status_code=200)
async def hand_over(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """It works at once; whose card it is was told by who stands there, not by us."""
    form, home = await read_form(request), f"/{municipality}"
    card = form.text("card", "Scan de kaart, of typ het nummer.", most=300)
    form.parsed("card", "", read_scanned, optional=True)
    born = read_day(form, "birth_date")
    if born is None:
        form.refuse("birth_date", "Vraag de geboortedatum, en typ hem hier.")
    if form.ok and card is not None and born is not None:
        ring = await ring_of(request, municipality)
        try:
            async with connected(request, municipality) as connection:
                await hand_over_card(
                    connection,
                    card,
                    born,
                    ring=ring,
                    municipality=MunicipalityName(municipality),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return page(request, TEMPLATE, form=Form(), handed=True, home=home)
        except (HandOverNotAllowed, HandOverWrong, CardNotToActivate) as refusal:
            form.refuse("card", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, handed=False, home=home)


routes: list[ControllerRouterHandler] = [hand_over_page, hand_over]
