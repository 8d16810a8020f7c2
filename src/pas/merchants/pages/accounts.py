"""Where a merchant's money goes, on one page: every version, and the one that waits to be judged."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.model import PayeeCheck, PayoutAccount
from pas.merchants.payout_accounts import approve_account, read_accounts, reject_account
from pas.merchants.rules import waiting_account
from pas.merchants.stored import read_merchant
from pas.problems.bodies import AppRequest
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.PAYOUT_ACCOUNTS_READ}
APPROVE: Final = {"permission": Permission.PAYOUT_ACCOUNTS_APPROVE}
ACCOUNTS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/accounts"
TEMPLATE: Final = "merchants/accounts.html"
LONGEST: Final = 300
CHECKS: Final[dict[PayeeCheck, str]] = {
    "not_done": "nog niet gevraagd",
    "match": "naam en nummer horen bij elkaar",
    "close_match": "de naam lijkt erop",
    "no_match": "de naam is van een ander",
    "impossible": "de bank kan het niet zeggen",
}


@get(ACCOUNTS, opt=READ, include_in_schema=False)
async def accounts_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Which account is paid, since when, and which one waits?"""
    context = await context_of(request, municipality, MerchantId(merchant_id))
    return page(request, TEMPLATE, form=Form(), **context)


@post(f"{ACCOUNTS}/{{account_id:uuid}}", opt=APPROVE, include_in_schema=False, status_code=200)
async def judge_account(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    account_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str] | Redirect:
    """Approve as a second person; or turn it down, with a reason."""
    form = await read_form(request)
    agrees = form.choice("verdict", "Kies wat u vindt.", {"approve": True, "reject": False})
    reason = form.text(
        "reason", "Schrijf op waarom niet.", most=LONGEST, optional=agrees is not False
    )
    if form.ok:
        merchant, account = MerchantId(merchant_id), PayoutAccountId(account_id)
        actor, now = actor_of(request), datetime.now(UTC)
        try:
            async with connected(request, municipality) as connection:
                if agrees:
                    await approve_account(connection, merchant, account, actor=actor, now=now)
                else:
                    await reject_account(
                        connection, merchant, account, reason=reason or "", actor=actor, now=now
                    )
            return done(f"/{municipality}/merchants/{merchant_id}/accounts")
        except Refusal as refusal:
            form.refuse("verdict", refusal.detail)
    context = await context_of(request, municipality, MerchantId(merchant_id))
    return wrong_form(request, TEMPLATE, form, **context)


async def context_of(
    request: AppRequest, municipality: str, merchant_id: MerchantId
) -> dict[str, object]:
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        merchant = await read_merchant(connection, merchant_id, actor=actor)
        versions = await read_accounts(connection, merchant_id, actor=actor)
    waiting = waiting_account(versions)
    own = waiting is not None and waiting.proposed_by == actor.id
    return {
        "home": f"/{municipality}",
        "merchant": merchant,
        "waiting": waiting,
        "check": "" if waiting is None else CHECKS[waiting.payee_check],
        "own": own,
        "may_judge": not own and actor.may(Permission.PAYOUT_ACCOUNTS_APPROVE),
        "versions": [cells(one, now=now) for one in versions],
    }


def cells(one: PayoutAccount, *, now: datetime) -> list[str]:
    return [one.iban, one.holder, day(day_of(one.proposed_at)), stand(one, now=now)]


def stand(one: PayoutAccount, *, now: datetime) -> str:
    """Say how a version stands; an approved one cools down before it is paid."""
    if one.rejected_at is not None:
        return f"afgekeurd: {one.rejected_because}"
    if one.usable_from is None:
        return "wacht op een tweede beoordelaar"
    since = day(day_of(one.usable_from))
    return f"goedgekeurd, {'in gebruik sinds' if one.usable_from <= now else 'wij betalen erop vanaf'} {since}"


routes: list[ControllerRouterHandler] = [accounts_page, judge_account]
