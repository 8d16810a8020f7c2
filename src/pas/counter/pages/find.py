"""Whom do you help? By card, or by name and date of birth; nothing typed stands in an address."""

from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.counter.pages.frame import COUNTER, HELP
from pas.problems.bodies import AppRequest
from pas.residents.pages.search import find, holder_of_card, line_of, read_search
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

TEMPLATE: Final = "counter/find.html"


@get(COUNTER, opt=HELP, include_in_schema=False)
async def counter_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    return page(request, TEMPLATE, form=Form(), found=None, home=f"/{municipality}")


@post(COUNTER, opt=HELP, include_in_schema=False, status_code=200)
async def found_at_counter(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Who it may be; everybody on the screen is noted."""
    form, home = await read_form(request), f"/{municipality}"
    # The number of a person is of the municipality's own papers: it is not asked here.
    form.typed.pop("person_number", None)
    search = read_search(form)
    if search is None and form.ok:
        holder = await holder_of_card(request, form, municipality)
        if holder is not None:
            return done(f"{home}/counter/{holder}")
    if search is None or not form.ok:
        return wrong_form(request, TEMPLATE, form, found=None, home=home)
    found = [line_of(one) for one in await find(request, municipality, search, purpose="card")]
    return page(request, TEMPLATE, form=form, found=found, home=home)


routes: list[ControllerRouterHandler] = [counter_page, found_at_counter]
