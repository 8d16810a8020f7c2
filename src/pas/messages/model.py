"""What a holder can choose to hear, by which way, and how a message stands."""

from typing import Final, Literal, NewType
from uuid import UUID

import msgspec

from pas.ids import ResidentId

MessageId = NewType("MessageId", UUID)
CheckId = NewType("CheckId", UUID)

Channel = Literal["email", "text"]
AfterSpending = Literal["none", "email", "text"]
BeforeLapse = Literal["none", "email", "text", "post"]
Reason = Literal["spending", "given-back", "lapse", "code"]
MessageState = Literal["waiting", "arrived", "given_up", "withdrawn", "kept"]
Language = Literal["nl", "en", "ar", "tr", "pl", "uk"]
Trouble = Literal[
    "no-connection",
    "certificate-wrong",
    "not-signed-in",
    "too-slow",
    "not-accepted",
    "address-refused",
    "address-not-public",
    "name-not-found",
    "redirected",
    "answer-unreadable",
    "not-set-up",
    "unreadable",
]

CHANNELS: Final[tuple[Channel, ...]] = ("email", "text")
CHANNEL: Final = "pas_message"
"""What is notified when a message may not wait for the next look."""


class Letter(msgspec.Struct, frozen=True):
    """What one message says; a text message has no subject."""

    subject: str
    body: str
    language: Language = "nl"


class Due(msgspec.Struct, frozen=True):
    """A message whose turn it is, taken for a while by whoever reads this."""

    id: MessageId
    recipient_id: ResidentId
    reason: Reason
    channel: Channel
    content_encrypted: bytes
    address_encrypted: bytes | None
    tries: int


class Went(msgspec.Struct, frozen=True):
    """What came of one try; ``for_good``: trying again would change nothing."""

    problem: Trouble | None = None
    for_good: bool = False
