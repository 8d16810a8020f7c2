"""The actor: who does something, and what they may do. Every use case that writes is told."""

from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.auth.permissions import Permission
from pas.errors import Refusal
from pas.ids import MerchantId, ResidentId
from pas.jobs.queue import Job

ActorKind = Literal["till", "login", "holder", "job", "system"]


class PermissionMissing(Refusal):
    """U mag dit niet doen."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega die dit wel mag. Of vraag uw beheerder om de rol."


class OtherMerchant(Refusal):
    """Dit hoort bij een andere aanbieder."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Ga terug naar uw eigen gegevens."


class NotForMandates(Refusal):
    """Dit kan alleen de pashouder zelf."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Vraag het de pashouder. Of bel ons."


class MandateOnlySees(Refusal):
    """U mag deze pas zien, maar niets veranderen."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Vraag het de pashouder. Of bel ons."


class Actor(msgspec.Struct, frozen=True):
    """Somebody or something that acts.

    ``permissions`` are those of this moment: they are read anew for each request. ``merchant_id``
    binds a merchant's people and tills to that merchant. A till has no permissions: the use case
    that it calls reads its state. A holder with ``on_behalf_of`` is a mandate, for that resident; an
    officer or volunteer with it helps that resident at the counter.
    """

    kind: ActorKind
    id: UUID
    permissions: frozenset[Permission] = frozenset()
    merchant_id: MerchantId | None = None
    on_behalf_of: UUID | None = None
    only_sees: bool = False
    """A mandate to see, and to change nothing."""

    @property
    def is_noted(self) -> bool:
        """Whether a look at somebody's data is written down: it is of everybody but themselves."""
        return self.kind == "login" or (self.kind == "holder" and self.on_behalf_of is not None)

    def may(self, permission: Permission) -> bool:
        return permission in self.permissions

    def require(self, permission: Permission) -> None:
        """Refuse whoever lacks the permission."""
        if not self.may(permission):
            raise PermissionMissing(permission=permission.value)

    def require_merchant(self, merchant_id: MerchantId) -> None:
        """Refuse somebody of another merchant; people of the municipality are of none."""
        if self.merchant_id is not None and self.merchant_id != merchant_id:
            raise OtherMerchant


def holder_of(actor: Actor) -> ResidentId:
    """Whose pass it is: of who signed in, or of whom they have a mandate."""
    assert actor.kind == "holder", "only holders, and who is for them, have a pass"
    return ResidentId(actor.on_behalf_of or actor.id)


SYSTEM: Final = Actor(kind="system", id=UUID(int=0))
"""The program itself: migrations, the command line, what nobody asked for."""


def actor_of_job(job: Job) -> Actor:
    """Whoever asked for it; their permission was checked then."""
    return Actor(kind="login" if job.actor_kind == "login" else "system", id=job.actor_id)


def refuse_programs(actor: Actor) -> None:
    """A program may propose; what counts from then on is said by a person."""
    if actor.kind != "login":
        raise PermissionMissing
