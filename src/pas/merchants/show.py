"""Merchants to look at: a list with what matters, and one with everything that belongs to it.

Account numbers are masked here; whoever may see them in full asks for the payout accounts.
"""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import MerchantId, PayoutAccountId
from pas.merchants.agreements import READ_AGREEMENTS
from pas.merchants.locations import READ_LOCATIONS
from pas.merchants.model import (
    Agreement,
    Location,
    Merchant,
    MerchantKind,
    MerchantState,
    PayoutAccount,
)
from pas.merchants.payout_accounts import READ_ACCOUNTS
from pas.merchants.rules import account_in_use, cooling_account, waiting_account
from pas.merchants.stored import read_merchant
from pas.merchants.values import masked_iban

MOST_LISTED: Final = 200


class ListedMerchant(msgspec.Struct, frozen=True, rename="camel"):
    """One line of the list; ``categories`` are those of today."""

    id: MerchantId
    name: str
    kvk_number: str | None
    state: MerchantState
    categories: list[str]
    has_account: bool
    account_waits: bool


class MaskedAccount(msgspec.Struct, frozen=True, rename="camel"):
    """Enough of an account to recognise it."""

    id: PayoutAccountId
    iban: str
    holder: str
    usable_from: datetime | None


class ShownMerchant(msgspec.Struct, frozen=True, rename="camel"):
    """A merchant with what belongs to it."""

    merchant: Merchant
    locations: list[Location]
    agreements: list[Agreement]
    account_in_use: MaskedAccount | None
    account_cooling: MaskedAccount | None
    """Approved, and paid to from a later day on."""
    account_waiting: MaskedAccount | None


class Search(msgspec.Struct, frozen=True, kw_only=True):
    """What to list: a state, a part of a name or a KvK number, and behind which merchant."""

    state: MerchantState | None = None
    kind: MerchantKind | None = None
    text: str | None = None
    after: MerchantId | None = None
    limit: int = 50


LIST_MERCHANTS: Final = Statement(
    """
    SELECT m.id, m.name, m.kvk_number, m.state,
        ARRAY(SELECT DISTINCT a.category FROM agreement a WHERE a.merchant_id = m.id
            AND a.valid_from <= $6::date AND (a.valid_until IS NULL OR a.valid_until > $6::date)
            ORDER BY a.category) AS categories,
        EXISTS (SELECT 1 FROM payout_account p WHERE p.merchant_id = m.id
            AND p.usable_from <= $7::timestamptz) AS has_account,
        EXISTS (SELECT 1 FROM payout_account p WHERE p.merchant_id = m.id
            AND p.approved_at IS NULL AND p.rejected_at IS NULL) AS account_waits
    FROM merchant m
    WHERE ($1::uuid IS NULL OR m.id = $1)
        AND ($2::text IS NULL OR m.state = $2)
        AND ($8::text IS NULL OR m.kind = $8)
        AND ($3::text IS NULL OR position(lower($3) IN lower(m.name)) > 0 OR m.kvk_number = $3)
        AND ($4::uuid IS NULL
            OR (lower(m.name), m.id) > (SELECT lower(n.name), n.id FROM merchant n WHERE n.id = $4))
    ORDER BY lower(m.name), m.id
    LIMIT $5
    """,
    ListedMerchant,
)


async def list_merchants(
    connection: Connection, search: Search, *, actor: Actor, now: datetime
) -> list[ListedMerchant]:
    """In the order of their names; somebody of a merchant sees that one alone."""
    return await LIST_MERCHANTS.all(
        connection,
        actor.merchant_id,
        search.state,
        search.text,
        search.after,
        max(1, min(search.limit, MOST_LISTED)),
        day_of(now),
        now,
        search.kind,
    )


async def show_merchant(
    connection: Connection, merchant_id: MerchantId, *, actor: Actor, now: datetime
) -> ShownMerchant:
    merchant = await read_merchant(connection, merchant_id, actor=actor)
    versions = await READ_ACCOUNTS.all(connection, merchant_id)
    return ShownMerchant(
        merchant=merchant,
        locations=await READ_LOCATIONS.all(connection, merchant_id),
        agreements=await READ_AGREEMENTS.all(connection, merchant_id),
        account_in_use=masked(account_in_use(versions, now)),
        account_cooling=masked(cooling_account(versions, now)),
        account_waiting=masked(waiting_account(versions)),
    )


def masked(account: PayoutAccount | None) -> MaskedAccount | None:
    if account is None:
        return None
    return MaskedAccount(account.id, masked_iban(account.iban), account.holder, account.usable_from)
