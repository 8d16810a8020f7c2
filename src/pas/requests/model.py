"""What a holder can ask, and the steps that a request takes."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.ids import DecisionId, RequestId, ResidentId

Kind = Literal["objection", "complaint", "correction", "erasure"]
State = Literal["received", "taken_up", "asked", "replied", "extended", "answered", "withdrawn"]
Channel = Literal["page", "counter", "telephone", "letter"]
Outcome = Literal["upheld", "partly", "rejected", "inadmissible"]
Field = Literal[
    "name",
    "address",
    "birth_date",
    "household",
    "income",
    "school",
    "managing_adult",
    "other",
]

KINDS: Final[Mapping[str, Kind]] = {
    "objection": "objection",
    "complaint": "complaint",
    "correction": "correction",
    "erasure": "erasure",
}
CLOSED: Final[frozenset[State]] = frozenset({"answered", "withdrawn"})
LONGEST_WORDS: Final = 4000


class Asked(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody asks, in their own words, and where it is about."""

    id: RequestId
    kind: Kind
    resident_id: ResidentId
    words: str
    channel: Channel
    decision_id: DecisionId | None = None
    field: Field | None = None


class HolderRequest(msgspec.Struct, frozen=True):
    """A request as it stands after its last step."""

    id: RequestId
    number: str
    kind: Kind
    resident_id: ResidentId
    decision_id: DecisionId | None
    field: Field | None
    channel: Channel
    received_at: datetime
    content_hash: bytes
    object_until: date | None
    answer_by: date
    is_extended: bool
    state: State
    state_since: datetime
    steps: int

    @property
    def is_open(self) -> bool:
        return self.state not in CLOSED

    @property
    def waits_for_holder(self) -> bool:
        return self.state == "asked"


class Step(msgspec.Struct, frozen=True, kw_only=True):
    """The next step."""

    kind: State
    words: str | None = None
    outcome: Outcome | None = None
    answer_by: date | None = None


class StepRow(msgspec.Struct, frozen=True):
    """A step as stored, with who of the municipality took it."""

    number: int
    kind: State
    taken_at: datetime
    actor_kind: Literal["login", "holder"]
    actor_id: UUID
    by_name: str | None
    words: str | None
    outcome: Outcome | None
    answer_by: date | None
