"""An endpoint of a merchant, what it can be told of, and how each message went."""

from datetime import datetime
from typing import Annotated, Final, Literal, NewType
from uuid import UUID

import msgspec
from msgspec import Meta

from pas.ids import MerchantId
from pas.outgoing.post import Problem

EndpointId = NewType("EndpointId", UUID)
MessageId = NewType("MessageId", UUID)

EventType = Literal[
    "redemption.booked",
    "redemption.voided",
    "redemption.refunded",
    "till.paused",
    "till.revoked",
    "payout.exported",
]
EVENT_TYPES: Final[dict[EventType, str]] = {
    "redemption.booked": "Er is iets met een pas betaald",
    "redemption.voided": "Een kassa maakte een verkoop ongedaan",
    "redemption.refunded": "Er is geld teruggeboekt op een pas",
    "till.paused": "Een kassa is stilgezet",
    "till.revoked": "Een kassa is voorgoed uitgezet",
    "payout.exported": "Een uitbetaling is naar de bank",
}
"""What a merchant can choose, as people read it."""
TEST_TYPE: Final = "endpoint.test"
"""What somebody asked for to try an endpoint; it cannot be chosen."""

EndpointState = Literal["active", "paused", "failing", "ended"]
SwitchedState = Literal["active", "paused"]
ChosenState = SwitchedState | Literal["ended"]
DeliveryState = Literal["waiting", "arrived", "given_up"]
Url = Annotated[str, Meta(min_length=1, max_length=500)]
Events = Annotated[list[EventType], Meta(min_length=1, max_length=len(EVENT_TYPES))]


class NewEndpoint(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Where messages go, and what of."""

    url: Url
    events: Events


class Endpoint(msgspec.Struct, frozen=True, rename="camel"):
    """An endpoint as it stands now; its secret is shown when it is made, and never again."""

    id: EndpointId
    merchant_id: MerchantId
    url: str
    events: list[str]
    state: EndpointState
    state_since: datetime
    arrived_at: datetime | None
    created_at: datetime


class Delivery(msgspec.Struct, frozen=True, rename="camel"):
    """One message to one endpoint, with its newest try."""

    message_id: MessageId
    type: str
    made_at: datetime
    state: DeliveryState
    tries: int
    next_try_at: datetime | None
    tried_at: datetime | None
    status: int | None
    problem: Problem | None
    milliseconds: int | None
    answer: str | None


class Due(msgspec.Struct, frozen=True):
    """A message whose turn it is, taken for a while by whoever reads this."""

    endpoint_id: EndpointId
    message_id: MessageId
    url: str
    content: str
    tries: int
    tries_before: int
