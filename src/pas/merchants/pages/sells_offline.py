"""The button on the page of the tills: sell without a network, or no more."""

from uuid import UUID

from litestar import post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import MerchantId
from pas.merchants.pages.tills import PAIR, TILLS, tills_at
from pas.merchants.sells_offline import choose_offline
from pas.problems.bodies import AppRequest
from pas.web.pages import done, read_form


@post(f"{TILLS}/offline", opt=PAIR, include_in_schema=False, status_code=303)
async def choose(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Let the tills sell without a network, or no more."""
    form = await read_form(request)
    async with connected(request, municipality) as connection:
        await choose_offline(
            connection,
            MerchantId(merchant_id),
            sells_offline=form.value("wanted") == "yes",
            actor=actor_of(request),
        )
    return done(f"{tills_at(municipality, merchant_id)}#zonder-internet")


routes: list[ControllerRouterHandler] = [choose]
