"""What a till asks about itself: what it is, and what its merchant offers."""

from datetime import UTC, datetime
from uuid import UUID

from litestar import get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.days import day_of
from pas.ids import MerchantId, MunicipalityName
from pas.problems.bodies import AppRequest
from pas.redemptions.routes.counter import SELL, till_of
from pas.redemptions.till_offers import OffersTold, offers_of_till
from pas.redemptions.till_state import refuse_revoked
from pas.redemptions.told_till import TillTold, tell_till


@get("/v1/{municipality:str}/till", opt=SELL)
async def read_own_till(
    request: AppRequest, municipality: FromPath[str], *, payee: FromQuery[UUID | None] = None
) -> TillTold:
    """Lees wat deze kassa is: van wie, en waarvoor passen hier te gebruiken zijn.

    ``payee`` is wie er betaald wordt, bij een kassa die van niemand in het bijzonder is.
    """
    till, now = await till_of(request, municipality), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        return await tell_till(
            connection,
            till,
            municipality=MunicipalityName(municipality),
            payee=None if payee is None else MerchantId(payee),
            now=now,
            today=day_of(now),
        )


@get("/v1/{municipality:str}/offers", opt=SELL)
async def list_offers_of_till(
    request: AppRequest, municipality: FromPath[str], *, payee: FromQuery[UUID | None] = None
) -> OffersTold:
    """Lees wat de aanbieder van deze kassa vandaag aanbiedt, op volgorde.

    Een aanbod bespaart typen. Een bedrag typen mag altijd. Zie voor ``payee`` de kassa zelf.
    """
    till = await till_of(request, municipality)
    async with connected(request, municipality) as connection:
        await refuse_revoked(connection, till)
        found = await offers_of_till(
            connection,
            till,
            payee=None if payee is None else MerchantId(payee),
            today=day_of(datetime.now(UTC)),
        )
    return OffersTold(items=tuple(found))


handlers: list[ControllerRouterHandler] = [read_own_till, list_offers_of_till]
