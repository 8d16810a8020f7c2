"""Changes keys and writes it down: the event is in the transaction that ends after the file changed."""

from collections.abc import Callable, Sequence
from typing import Final, Literal
from uuid import NAMESPACE_OID, uuid5

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import Key
from pas.db import Connection

KIND: Final = "key"
Happened = Literal["made", "rotated", "ended", "taken_along"]


async def change_keys(
    connection: Connection,
    change: Callable[[], Sequence[Key]],
    *,
    happened: Happened,
    actor: Actor,
) -> Sequence[Key]:
    """Do ``change`` to the key folder and tell of each key that it gives; never of its secret."""
    async with connection.transaction():
        keys = change()
        for key in keys:
            about = {"keyId": key.key_id, "purpose": key.purpose.value}
            await record_event(
                connection,
                kind=f"{KIND}.{happened}",
                subject_kind=KIND,
                subject_id=uuid5(NAMESPACE_OID, key.key_id),
                actor=actor,
                before=about if happened == "ended" else None,
                after=None if happened == "ended" else about,
            )
    return keys
