"""Merchants that are owed money, and the people who pay them."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID, uuid4

import msgspec

from given.city import Budget, Merchant, Till, a_budget, a_holder, a_merchant, a_scheme, a_till
from given.days import NOW, YEAR
from given.logins import an_actor
from given.merchants import APPROVER, IBAN, REGISTRAR
from given.sales import a_sale_item, an_undo, desk_of
from pas.auth.actor import Actor
from pas.auth.roles import Role
from pas.db import Connection
from pas.demo.settling import until_decided
from pas.ids import EntryId, MunicipalityName, PayoutAccountId, SettlementId
from pas.merchants.model import PayeeCheck, PayoutDetails
from pas.merchants.payout_accounts import (
    approve_account,
    propose_account,
    record_payee_check,
)
from pas.money import Cents
from pas.redemptions.redeem import redeem
from pas.redemptions.reversals import RefundRequest
from pas.redemptions.undo import undo
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement
from pas.settlements.propose import propose_settlement

VELSEN: Final = MunicipalityName("velsen")
FINANCE: Final = msgspec.structs.replace(an_actor(Role.FINANCE), id=UUID(int=31))
SECOND: Final = msgspec.structs.replace(an_actor(Role.APPROVER), id=UUID(int=32))
MONTH: Final = timedelta(days=30)


class Shop(msgspec.Struct, frozen=True):
    """A merchant with a till, and a purse that buys there."""

    merchant: Merchant
    till: Till
    purse: Budget


async def a_payer(connection: Connection) -> None:
    """The municipality pays from this account."""
    for key, value in (("payer_name", "Gemeente Velsen"), ("payer_iban", IBAN)):
        await a_setting(connection, key, value)


async def a_setting(connection: Connection, key: str, value: object) -> None:
    await connection.execute(
        "INSERT INTO setting (id, key, value, recorded_by) VALUES ($1, $2, $3, $1)",
        *(uuid4(), key, msgspec.json.encode(value).decode()),
    )


async def an_account(
    connection: Connection,
    merchant: Merchant,
    *,
    iban: str = IBAN,
    holder: str = "Stichting Zwemmen",
    at: datetime = NOW - MONTH,
    check: PayeeCheck = "not_done",
) -> PayoutAccountId:
    """Where a merchant's money goes, approved by a second person and past its cooling period."""
    details = PayoutDetails(iban=iban, holder=holder)
    account = await propose_account(connection, merchant.id, details, actor=REGISTRAR, now=at)
    await record_payee_check(connection, merchant.id, account, outcome=check, actor=APPROVER)
    await approve_account(connection, merchant.id, account, actor=APPROVER, now=at)
    return account


async def a_shop(
    connection: Connection,
    *,
    name: str = "Zwembad De Heerenduinen",
    holder: str = "Stichting Zwemmen",
    account: bool = True,
    cents: int = 1_000_000,
) -> Shop:
    """A shop with somebody who buys there; it can be paid, unless said otherwise."""
    merchant = await a_merchant(connection, name=name)
    if account:
        await an_account(connection, merchant, holder=holder)
    scheme = await a_scheme(connection, year=YEAR, amount_cents=cents)
    purse = await a_budget(connection, scheme, await a_holder(connection, year=YEAR), cents=cents)
    return Shop(merchant, await a_till(connection, merchant), purse)


async def sell(connection: Connection, shop: Shop, cents: int) -> EntryId:
    item = a_sale_item(shop.till, shop.purse.holder, price=cents, take=cents)
    [answer] = await redeem(desk_of(connection, now=NOW), [item])
    assert answer.outcome == "booked", answer
    return item.id


async def give_back(
    connection: Connection, shop: Shop, sale: EntryId, cents: int | None = None
) -> None:
    """Refund a sale, whole or in part."""
    amount = RefundRequest(amount_cents=None if cents is None else Cents(cents))
    ask = an_undo("refund", shop.till, sale, amount=amount)
    await undo(connection, ask, desk_of(connection, now=NOW).moment)


async def a_proposal(connection: Connection, *, by: Actor = FINANCE) -> SettlementId:
    await until_decided(connection)
    return (await propose_settlement(connection, actor=by, now=NOW)).id


async def an_approved_run(connection: Connection) -> SettlementId:
    await a_payer(connection)
    run = await a_proposal(connection)
    await approve_settlement(connection, run, actor=SECOND, now=NOW)
    return run


async def an_exported_run(connection: Connection) -> SettlementId:
    run = await an_approved_run(connection)
    await export_settlement(connection, VELSEN, run, actor=FINANCE, now=NOW)
    return run


async def owed(connection: Connection, shop: Shop) -> int:
    """What stands on the account of a merchant in the books."""
    return await connection.fetchval(
        "SELECT coalesce(sum(CASE WHEN credit = $1 THEN amount ELSE -amount END), 0)::bigint FROM transfer WHERE $1 IN (debit, credit)",
        shop.merchant.account,
    )
