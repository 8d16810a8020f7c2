"""The actor: who does something, and what they may do. Every use case that writes is told."""

from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec

from pas.auth.permissions import Permission
from pas.errors import Refusal
from pas.ids import MerchantId
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


class Actor(msgspec.Struct, frozen=True):
    """Somebody or something that acts.

    ``permissions`` are those of this moment: they are read anew for each request. ``merchant_id``
    binds a merchant's people and tills to that merchant. A till has no permissions: the use case
    that it calls reads its state.
    """

    kind: ActorKind
    id: UUID
    permissions: frozenset[Permission] = frozenset()
    merchant_id: MerchantId | None = None
    on_behalf_of: UUID | None = None

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


SYSTEM: Final = Actor(kind="system", id=UUID(int=0))
"""The program itself: migrations, the command line, what nobody asked for."""


def actor_of_job(job: Job) -> Actor:
    """Whoever asked for it; their permission was checked then."""
    return Actor(kind="login" if job.actor_kind == "login" else "system", id=job.actor_id)
