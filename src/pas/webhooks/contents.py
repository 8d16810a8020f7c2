"""What a message says, by its type: what happened, when and how much, and nothing that leads to a person."""

from datetime import datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.ids import EntryId, MerchantId, SaleId, SettlementId, TillId
from pas.webhooks.model import EndpointId, MessageId

MOMENT: Final = "%Y-%m-%dT%H:%M:%S.%fZ"


class RedemptionBooked(msgspec.Struct, frozen=True, rename="camel"):
    """Paid with a pass; the rest of the price is the holder's own."""

    merchant_id: MerchantId
    redemption_id: EntryId
    sale_id: SaleId | None
    till_id: TillId | None
    category: str | None
    price_cents: int
    taken_cents: int
    visits: int


class RedemptionReversed(msgspec.Struct, frozen=True, rename="camel"):
    """Undone at the till, or paid back later, whole or in part."""

    merchant_id: MerchantId
    redemption_id: EntryId
    reversal_id: EntryId
    sale_id: SaleId | None
    till_id: TillId | None
    category: str | None
    amount_cents: int


class TillChanged(msgspec.Struct, frozen=True, rename="camel"):
    """A till that sells no more, for now or for good."""

    merchant_id: MerchantId
    till_id: TillId


class PayoutExported(msgspec.Struct, frozen=True, rename="camel"):
    """What the municipality's bank was told to pay."""

    merchant_id: MerchantId
    payout_id: SettlementId
    payout_number: int
    amount_cents: int


class EndpointTest(msgspec.Struct, frozen=True, rename="camel"):
    """Somebody wanted to see whether messages arrive."""

    merchant_id: MerchantId
    endpoint_id: EndpointId


Data = RedemptionBooked | RedemptionReversed | TillChanged | PayoutExported | EndpointTest


class Content(msgspec.Struct, frozen=True):
    """The body of a message, in the shape that Standard Webhooks recommends, with its id."""

    id: MessageId
    type: str
    timestamp: str
    data: Data


def told(message_id: UUID, kind: str, data: Data, *, at: datetime) -> str:
    content = Content(MessageId(message_id), kind, at.strftime(MOMENT), data)
    return msgspec.json.encode(content).decode()


Reversal = Literal["void", "refund"]
REVERSED: Final[dict[Reversal, str]] = {
    "void": "redemption.voided",
    "refund": "redemption.refunded",
}
