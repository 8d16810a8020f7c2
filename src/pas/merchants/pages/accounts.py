"""Where a merchant's money goes, on one page: every version, one that is proposed, and judging it."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import Refusal
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.model import PayeeCheck, PayoutAccount, PayoutDetails
from pas.merchants.pages.beside import refuse_beside
from pas.merchants.payout_accounts import (
    approve_account,
    propose_account,
    read_accounts,
    reject_account,
    withdraw_account,
)
from pas.merchants.rules import replaced_at, waiting_account
from pas.merchants.show import MaskedAccount
from pas.merchants.stored import read_merchant
from pas.problems.bodies import AppRequest
from pas.web.dates import day_at
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.PAYOUT_ACCOUNTS_READ}
PROPOSE: Final = {"permission": Permission.PAYOUT_ACCOUNTS_PROPOSE}
APPROVE: Final = {"permission": Permission.PAYOUT_ACCOUNTS_APPROVE}
ACCOUNTS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/accounts"
TEMPLATE: Final = "merchants/accounts.html"
LONGEST: Final = 300
LONGEST_IBAN: Final = 50
LONGEST_HOLDER: Final = 70
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


@post(ACCOUNTS, opt=PROPOSE, include_in_schema=False, status_code=200)
async def propose(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Propose another account; the one in use stays in use until somebody else judged it."""
    form = await read_form(request)
    iban = form.text("iban", "Typ het rekeningnummer.", most=LONGEST_IBAN)
    holder = form.text("holder", "Typ op wiens naam de rekening staat.", most=LONGEST_HOLDER)
    if iban is not None and holder is not None:
        try:
            async with connected(request, municipality) as connection:
                await propose_account(
                    connection,
                    MerchantId(merchant_id),
                    PayoutDetails(iban=iban, holder=holder),
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/merchants/{merchant_id}/accounts")
        except Refusal as refusal:
            refuse_beside(form, refusal, otherwise="iban")
    context = await context_of(request, municipality, MerchantId(merchant_id))
    return wrong_form(request, TEMPLATE, form, **context)


@post(
    f"{ACCOUNTS}/{{account_id:uuid}}/withdraw",
    opt=PROPOSE,
    include_in_schema=False,
    status_code=303,
)
async def withdraw(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    account_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Redirect:
    """Take back what one proposed oneself."""
    async with connected(request, municipality) as connection:
        await withdraw_account(
            connection,
            MerchantId(merchant_id),
            PayoutAccountId(account_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/merchants/{merchant_id}/accounts")


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
        settings = await read_municipality_settings(connection)
    waiting = waiting_account(versions)
    own = waiting is not None and waiting.proposed_by == actor.id
    return {
        "home": f"/{municipality}",
        "merchant": merchant,
        "waiting": waiting,
        "check": "" if waiting is None else CHECKS[waiting.payee_check],
        "own": own,
        "may_judge": not own and actor.may(Permission.PAYOUT_ACCOUNTS_APPROVE),
        "may_propose": waiting is None and actor.may(Permission.PAYOUT_ACCOUNTS_PROPOSE),
        "is_first": not any(one.usable_from for one in versions),
        "cooling_days": settings.payout_cooling_days,
        "versions": [cells(one, versions, now=now) for one in versions],
    }


def cells(one: PayoutAccount, versions: list[PayoutAccount], *, now: datetime) -> list[str]:
    until = replaced_at(one, versions)
    return [one.iban, one.holder, day_at(one.proposed_at), stand(one, until=until, now=now)]


def stand(one: PayoutAccount, *, until: datetime | None, now: datetime) -> str:
    """Say how a version stands, with the days; an approved one cools down before it is paid."""
    if one.rejected_at is not None:
        return f"Niet goedgekeurd op {day_at(one.rejected_at)}: {one.rejected_because}"
    if one.usable_from is None or one.approved_at is None:
        return "Wacht op een tweede beoordelaar."
    judged, since = f"Goedgekeurd op {day_at(one.approved_at)}.", day_at(one.usable_from)
    if until == one.usable_from:
        return f"{judged} Niet gebruikt: er kwam een andere rekening."
    if until is not None and until <= now:
        return f"{judged} In gebruik van {since} tot {day_at(until)}."
    if one.usable_from > now:
        return f"{judged} Wij betalen erop vanaf {since}."
    last = "" if until is None else f" tot {day_at(until)}"
    return f"{judged} In gebruik sinds {since}{last}."


def where_paid(
    in_use: MaskedAccount | None, cooling: MaskedAccount | None, waiting: MaskedAccount | None
) -> list[str]:
    """Say which account is paid now, and which one later."""
    told: list[str] = []
    if in_use is not None:
        told.append(f"Wij betalen nu op {in_use.iban}.")
    if cooling is not None and cooling.usable_from is not None:
        told.append(f"Vanaf {day_at(cooling.usable_from)} betalen wij op {cooling.iban}.")
    if waiting is not None:
        told.append(f"De rekening {waiting.iban} wacht tot een tweede persoon haar nakijkt.")
    return told


routes: list[ControllerRouterHandler] = [accounts_page, propose, withdraw, judge_account]
