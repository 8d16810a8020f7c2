"""One merchant with all that belongs to it: what is coming, its sales, places, agreements, people and tills."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.pages.logins import STATES as LOGIN_STATES
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.db import Connection
from pas.ids import MerchantId
from pas.merchants.pages.accounts import where_paid
from pas.merchants.pages.merchants import (
    READ,
    STATES,
    TILL_STATES,
    agreement_cells,
    location_cells,
    titles_of,
)
from pas.merchants.show import ShownMerchant, show_merchant
from pas.merchants.staff import list_staff
from pas.merchants.tills import list_tills
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.redemptions.till_list import EVERYTHING, TillSale, of_merchant
from pas.settlements.expect import Expected, expect_payout
from pas.settlements.pages.expected import shown
from pas.settlements.pages.payouts import tile_of
from pas.settlements.show import NEWEST, Payout, read_payouts
from pas.web.dates import moment
from pas.web.pages import page

LAST_SALES: Final = 5
LAST_PAYOUTS: Final = 3


class Belongings(msgspec.Struct, frozen=True):
    """What whoever looks may see of the money and the people."""

    expected: Expected | None
    payouts: list[Payout]
    sales: list[TillSale] | None
    staff: list[list[str]] | None


@get(
    "/{municipality:str}/merchants/{merchant_id:uuid}",
    opt=READ,
    include_in_schema=False,
)
async def merchant_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How it stands, what it gets and for what, where it is, and who is there."""
    actor, now, wanted = actor_of(request), datetime.now(UTC), MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        merchant = await show_merchant(connection, wanted, actor=actor, now=now)
        titles = await titles_of(connection)
        tills = await list_tills(connection, wanted, actor=actor)
        has = await belongings(connection, wanted, actor=actor, now=now)
    home = f"/{municipality}"
    return page(
        request,
        "app/merchant.html",
        home=home,
        here=f"{home}/merchants/{wanted}",
        merchant=merchant.merchant,
        badge=STATES[merchant.merchant.state],
        accounts=accounts_of(merchant),
        locations=[location_cells(one) for one in merchant.locations],
        agreements=[agreement_cells(one, titles) for one in merchant.agreements],
        tills=[[one.name, TILL_STATES[one.state]] for one in tills],
        staff=has.staff,
        expected=None if has.expected is None else shown(has.expected),
        has_account=merchant.account_in_use is not None,
        payouts=[tile_of(one) for one in has.payouts],
        sales=None if has.sales is None else [sale_cells(one, titles) for one in has.sales],
        sales_at=f"{home}/till/sales" + ("" if actor.merchant_id else f"?payee={wanted}"),
        **allowed(actor, merchant),
    )


async def belongings(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor, now: datetime
) -> Belongings:
    """Read what whoever looks may see; None is what they may not."""
    expected, payouts, sales, staff = None, list[Payout](), None, None
    if actor.may(Permission.PAYOUTS_READ):
        expected = await expect_payout(connection, merchant_id, actor=actor, now=now)
        payouts = await read_payouts(
            connection, merchant_id, actor=actor, before=NEWEST, limit=LAST_PAYOUTS
        )
    if actor.may(Permission.REDEMPTIONS_REFUND):
        found = await of_merchant(connection, merchant_id, EVERYTHING)
        sales = [one for one in found if one.refusal is None][:LAST_SALES]
    if actor.may(Permission.STAFF_MANAGE) or actor.may(Permission.LOGINS_READ):
        people = await list_staff(connection, merchant_id, actor=actor)
        staff = [[one.name, LOGIN_STATES[one.state][0]] for one in people]
    return Belongings(expected, payouts, sales, staff)


def accounts_of(merchant: ShownMerchant) -> list[str]:
    told = where_paid(merchant.account_in_use, merchant.account_cooling, merchant.account_waiting)
    return told or ["Er is nog geen rekening."]


def sale_cells(one: TillSale, titles: dict[str, str]) -> list[str | None]:
    purpose = None if one.category is None else titles.get(one.category, one.category)
    back = euros(one.reversed_cents) if one.reversed_cents else None
    return [moment(one.recorded_at), purpose, euros(one.taken_cents), back]


def allowed(actor: Actor, merchant: ShownMerchant) -> dict[str, bool]:
    """Which ways lead on from here, for whoever looks."""
    state = merchant.merchant.state
    return {
        "is_own": actor.merchant_id is not None,
        "may_approve": actor.may(Permission.MERCHANTS_APPROVE)
        and state in {"requested", "suspended"},
        "may_see_accounts": actor.may(Permission.PAYOUT_ACCOUNTS_READ),
        "may_confirm": actor.may(Permission.AWARDS_CONFIRM),
        "may_enter_coupons": actor.may(Permission.COUPONS_ENTER),
        "may_see_tills": actor.may(Permission.TILLS_READ),
        "may_see_webhooks": actor.may(Permission.WEBHOOKS_READ),
        "may_see_offline": actor.may(Permission.REDEMPTIONS_READ),
        "may_change_locations": actor.may(Permission.LOCATIONS_MANAGE),
        "may_change_offers": actor.may(Permission.OFFERS_MANAGE),
        "may_change_staff": actor.may(Permission.STAFF_MANAGE),
        "may_invite": actor.may(Permission.LOGINS_MANAGE) and state != "ended",
    }


routes: list[ControllerRouterHandler] = [merchant_page]
