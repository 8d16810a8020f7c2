"""Endpoints: where a merchant's money goes, proposed by one person and judged by another."""

from datetime import UTC, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.model import PayoutAccount, PayoutDetails
from pas.merchants.payout_accounts import (
    approve_account,
    propose_account,
    read_accounts,
    record_payee_check,
    reject_account,
    withdraw_account,
)
from pas.merchants.routes.organisations import Made, Reason
from pas.problems.bodies import AppRequest

ACCOUNTS: Final = "/v1/{municipality:str}/merchants/{merchant_id:uuid}/payout-accounts"
ACCOUNT: Final = f"{ACCOUNTS}/{{account_id:uuid}}"
READ: Final = {"permission": Permission.PAYOUT_ACCOUNTS_READ}
PROPOSE: Final = {"permission": Permission.PAYOUT_ACCOUNTS_PROPOSE}
APPROVE: Final = {"permission": Permission.PAYOUT_ACCOUNTS_APPROVE}


class PayoutAccounts(msgspec.Struct, frozen=True):
    """Every version, newest first."""

    items: list[PayoutAccount]


class RejectionBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why an account is turned down."""

    reason: Reason


class PayeeCheckBody(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What the bank said of number and name."""

    outcome: Literal["match", "close_match", "no_match", "impossible"]


@get(ACCOUNTS, opt=READ)
async def list_payout_accounts(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> PayoutAccounts:
    """Lees de rekeningen van een aanbieder, met hun geschiedenis."""
    async with connected(request, municipality) as connection:
        return PayoutAccounts(
            await read_accounts(connection, MerchantId(merchant_id), actor=actor_of(request))
        )


@post(ACCOUNTS, opt=PROPOSE)
async def propose_payout_account(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[PayoutDetails],
) -> Made:
    """Stel een rekening voor.

    Een tweede persoon keurt de rekening goed. Daarna is er een wachttijd. De oude rekening blijft
    tot die tijd in gebruik.
    """
    async with connected(request, municipality) as connection:
        return Made(
            await propose_account(
                connection,
                MerchantId(merchant_id),
                data,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )
        )


@put(f"{ACCOUNT}/approval", opt=APPROVE)
async def approve_payout_account(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    account_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> PayoutAccount:
    """Keur een rekening goed die een ander voorstelde."""
    async with connected(request, municipality) as connection:
        return await approve_account(
            connection,
            MerchantId(merchant_id),
            PayoutAccountId(account_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{ACCOUNT}/rejection", opt=APPROVE)
async def reject_payout_account(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    account_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[RejectionBody],
) -> PayoutAccount:
    """Keur een rekening af, met de reden."""
    async with connected(request, municipality) as connection:
        return await reject_account(
            connection,
            MerchantId(merchant_id),
            PayoutAccountId(account_id),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{ACCOUNT}/withdrawal", opt=PROPOSE)
async def withdraw_payout_account(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    account_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> PayoutAccount:
    """Trek uw eigen voorstel in."""
    async with connected(request, municipality) as connection:
        return await withdraw_account(
            connection,
            MerchantId(merchant_id),
            PayoutAccountId(account_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{ACCOUNT}/payee-check", opt=APPROVE)
async def record_account_payee_check(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    account_id: FromPath[UUID],
    *,
    request: AppRequest,
    data: JSONBody[PayeeCheckBody],
) -> PayoutAccount:
    """Leg vast wat de bank zei over nummer en naam."""
    async with connected(request, municipality) as connection:
        return await record_payee_check(
            connection,
            MerchantId(merchant_id),
            PayoutAccountId(account_id),
            outcome=data.outcome,
            actor=actor_of(request),
        )


handlers: list[ControllerRouterHandler] = [
    list_payout_accounts,
    propose_payout_account,
    approve_payout_account,
    reject_payout_account,
    withdraw_payout_account,
    record_account_payee_check,
]
