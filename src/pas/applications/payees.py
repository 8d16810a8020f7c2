"""A supplier that will never register, and is paid for one invoice.

It is a merchant of a kind of its own. Its account in the books is that of a payee, for which no posting of
a sale exists; so no till can ever sell for it. Its bank account is checked by two people as every other.
"""

from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId
from pas.merchants.model import MerchantDetails, PayoutDetails, Registration
from pas.merchants.register import register_merchant

MOST_LISTED: Final = 200


class PayeeNotReady(Refusal):
    """Deze leverancier is nog niet goedgekeurd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Laat een collega de leverancier en zijn rekeningnummer eerst goedkeuren."
    )


class OneOffPayee(msgspec.Struct, frozen=True, rename="camel"):
    """A one-off payee; ready when it and its bank account are approved."""

    id: MerchantId
    name: str
    ready: bool


LIST_PAYEES: Final = Statement(
    """
    SELECT m.id, m.name, m.state = 'approved' AND EXISTS (SELECT 1 FROM payout_account p
        WHERE p.merchant_id = m.id AND p.approved_at IS NOT NULL) AS ready
    FROM merchant m WHERE m.kind = 'one_off' AND m.state <> 'ended' AND ($1::uuid IS NULL OR m.id = $1)
    ORDER BY lower(m.name), m.id LIMIT $2
    """,
    OneOffPayee,
)


async def register_payee(
    connection: Connection, name: str, account: PayoutDetails, *, actor: Actor, now: datetime
) -> MerchantId:
    """Register it with its bank account; two others approve, each as they approve any merchant's."""
    registration = Registration(details=MerchantDetails(name=name), payout_account=account)
    return await register_merchant(connection, registration, actor=actor, now=now, kind="one_off")


async def list_payees(connection: Connection) -> list[OneOffPayee]:
    return await LIST_PAYEES.all(connection, None, MOST_LISTED)


async def refuse_unready(connection: Connection, merchant: MerchantId) -> None:
    """Refuse a payee that waits for a second person, or is none."""
    payee = await LIST_PAYEES.first(connection, merchant, 1)
    if payee is None or not payee.ready:
        raise PayeeNotReady
