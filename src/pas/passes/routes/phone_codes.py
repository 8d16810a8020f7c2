"""The endpoint of the code that a holder's page shows."""

from datetime import datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.ids import MunicipalityName, PassId
from pas.passes.my_code import signed_code
from pas.passes.pages.my_pass import shower_of
from pas.passes.show import holder_of_pass
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound

OWN: Final = {"holder": True, "mandate": True}


class PhoneCodeTold(msgspec.Struct, frozen=True, rename="camel"):
    """``svg`` is the QR code; it works for so many seconds, for one sale."""

    svg: str
    expires_at: datetime
    seconds: int


@get("/v1/{municipality:str}/passes/{pass_id:uuid}/phone-code", opt=OWN)
async def show_phone_code(
    municipality: FromPath[str], pass_id: FromPath[UUID], request: AppRequest
) -> PhoneCodeTold:
    """Maak een nieuwe code voor uw pas, of die van een kind waarvoor u zorgt.

    De code werkt anderhalve minuut, voor één betaling. Vraag steeds een nieuwe.
    """
    by = await shower_of(request, MunicipalityName(municipality))
    async with connected(request, municipality) as connection:
        resident = await holder_of_pass(connection, PassId(pass_id), actor=by.actor, now=by.now)
        code = await signed_code(connection, resident, by=by)
    if code is None:
        raise NotFound
    return PhoneCodeTold(svg=code.svg, expires_at=code.expires_at, seconds=code.seconds)


handlers: list[ControllerRouterHandler] = [show_phone_code]
