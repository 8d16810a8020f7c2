"""Cards for everybody with a pass; in the demonstration their letters have come already."""

from datetime import datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.keys import KeyRing
from pas.db import Connection, Statement
from pas.ids import ResidentId
from pas.passes.issue import MOST_AT_ONCE, issue_cards
from pas.passes.make_cards import Press


class Cardless(msgspec.Struct, frozen=True):
    """Somebody with a pass and no card yet."""

    id: ResidentId


READ_CARDLESS: Final = Statement(
    """
    SELECT DISTINCT p.resident_id AS id FROM pass p
    WHERE NOT EXISTS (SELECT 1 FROM card c WHERE c.resident_id = p.resident_id)
    ORDER BY 1 LIMIT $1
    """,
    Cardless,
)
ACTIVATE: Final = Statement(
    "UPDATE card SET state = 'active', state_since = $1, activation_hash = NULL WHERE state = 'inactive'",
    None,
)


async def give_cards(connection: Connection, ring: KeyRing, *, actor: Actor, now: datetime) -> None:
    while waiting := await READ_CARDLESS.all(connection, MOST_AT_ONCE):
        residents = [one.id for one in waiting]
        await issue_cards(
            connection, residents, form="paper", press=Press(ring), actor=actor, now=now
        )


async def activate_all(connection: Connection, *, now: datetime) -> None:
    """Activate at once what everybody would activate with the code from a letter."""
    await ACTIVATE.run(connection, now)
