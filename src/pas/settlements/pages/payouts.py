"""What one merchant has coming and was paid, with the specification of each payment."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.ids import MerchantId, SettlementId
from pas.merchants.stored import read_merchant
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.settlements.expect import expect_payout
from pas.settlements.pages.expected import shown
from pas.settlements.pages.words import LINE_STATES
from pas.settlements.routes.payouts import READ, Before
from pas.settlements.show import NEWEST, Payout, read_payouts
from pas.spreadsheet import Amount, Cell
from pas.tables import Table
from pas.web.dates import day
from pas.web.pages import files_of, page, table_file

PAYOUTS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/payouts"
ON_A_PAGE: Final = 25
IN_A_FILE: Final = 10_000
COLUMNS: Final = (
    *("uitbetaling", "goedgekeurd", "betaaldag", "rekening", "bedrag", "stand"),
    *("betaald", "teruggekomen", "waarom"),
)


class PayoutTile(msgspec.Struct, frozen=True):
    """A payment as the merchant sees it."""

    settlement_id: SettlementId
    number: int
    amount: str
    when: str
    state: str
    kind: str
    iban: str
    note: str


@get(PAYOUTS, opt=READ, include_in_schema=False)
async def payouts_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    before: Before = NEWEST,
) -> Response[str]:
    """What do I get, when, and for what?"""
    actor, wanted = actor_of(request), MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, wanted, actor=actor)
        expected = await expect_payout(connection, wanted, actor=actor, now=datetime.now(UTC))
        found = await read_payouts(connection, wanted, actor=actor, before=before, limit=ON_A_PAGE)
    return page(
        request,
        "settlements/payouts.html",
        home=f"/{municipality}",
        merchant=merchant,
        may_see_offline=actor.may(Permission.REDEMPTIONS_READ),
        expected=shown(expected),
        has_account=expected.account is not None,
        may_see_accounts=actor.may(Permission.PAYOUT_ACCOUNTS_READ),
        payouts=[tile_of(one) for one in found],
        year=day_of(datetime.now(UTC)).year,
        before=found[-1].run_number if len(found) == ON_A_PAGE else None,
    )


@get(files_of(PAYOUTS), opt=READ, include_in_schema=False)
async def payouts_file(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Every payment, newest first."""
    wanted = MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        found = await read_payouts(connection, wanted, actor=actor_of(request), limit=IN_A_FILE)
    return table_file(request, Table(f"uitbetalingen-{wanted}", COLUMNS, map(file_row, found)))


def file_row(one: Payout) -> list[Cell]:
    return [
        *(one.run_number, day_of(one.approved_at), one.pays_on, one.iban),
        *(Amount(one.amount_cents), LINE_STATES[one.state][0]),
        *(one.paid_on, one.returned_on, one.returned_because),
    ]


def tile_of(one: Payout) -> PayoutTile:
    state, kind = LINE_STATES[one.state]
    if one.paid_on is None and one.returned_on is None:
        state, kind = "Onderweg", "info"
    note = ""
    if one.returned_on is not None:
        note = "Dit bedrag kwam terug. Wij betalen het opnieuw als uw rekening klopt."
    when = f"betaald op {day(one.paid_on)}" if one.paid_on else f"verwacht op {day(one.pays_on)}"
    if one.returned_on is not None:
        when = f"teruggekomen op {day(one.returned_on)}"
    return PayoutTile(
        settlement_id=one.settlement_id,
        number=one.run_number,
        amount=euros(one.amount_cents),
        when=when,
        state=state,
        kind=kind,
        iban=one.iban,
        note=note,
    )


routes: list[ControllerRouterHandler] = [payouts_page, payouts_file]
