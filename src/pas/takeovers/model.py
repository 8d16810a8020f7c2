"""A take-over as stored, and what can be wrong with one."""

from datetime import datetime
from typing import ClassVar, Literal
from uuid import UUID

import msgspec

from pas.auth.actor import ActorKind
from pas.errors import Refusal
from pas.ids import TakeoverId
from pas.money import Cents

State = Literal["proposed", "booking", "booked", "rejected"]
RowOutcome = Literal["waiting", "booked", "same", "refused"]


class TakeoverNotFound(Refusal):
    """Deze overname is er niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een overname uit de lijst."


class TakeoverWaits(Refusal):
    """Er wacht al een overname."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat die eerst beoordelen en boeken. Bied daarna dit bestand aan."


class TakeoverTotalsDiffer(Refusal):
    """Het bestand telt niet op tot het totaal dat u opgaf."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = (
        "Vraag de leverancier om het totaal van elke regeling. Er is niets geboekt."
    )


class TakeoverJudged(Refusal):
    """Deze overname is al beoordeeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kijk in de lijst hoe het ermee staat."


class OwnTakeover(Refusal):
    """Dit bestand komt van uzelf. Een ander keurt het goed."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een tweede beoordelaar."


class TakeoverNotApproved(Refusal):
    """Er is geen overname die geboekt mag worden."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Laat eerst iemand anders het bestand goedkeuren."


class Takeover(msgspec.Struct, frozen=True, rename="camel"):
    """A list of an earlier supplier; ``because`` says why it was turned down."""

    id: TakeoverId
    supplier: str
    year: int
    file_name: str
    sha256: str
    proposed_at: datetime
    proposed_by_kind: ActorKind
    proposed_by: UUID
    approved_at: datetime | None
    approved_by: UUID | None
    ended_at: datetime | None
    outcome: Literal["booked", "rejected"] | None
    because: str | None
    waiting: int
    booked: int
    same: int
    refused: int

    @property
    def state(self) -> State:
        if self.outcome is not None:
            return self.outcome
        return "proposed" if self.approved_at is None else "booking"


class SchemeTotal(msgspec.Struct, frozen=True, rename="camel"):
    """Of one scheme, in cents: what the list says, and what becomes of it."""

    scheme: str
    title: str
    told_cents: Cents
    waiting_cents: Cents
    booked_cents: Cents
    same_cents: Cents
    refused_cents: Cents


class TakeoverRow(msgspec.Struct, frozen=True, rename="camel"):
    """What becomes of one row of the list; it names nobody and no card."""

    line: int
    outcome: RowOutcome
    reason: str | None
    scheme: str | None
    amount_cents: Cents | None
