"""A holder signs in with a card and the code of its letter: no DigiD, no password, nothing to remember.

A card that is not in use yet begins to work by it, so the way from the letter to the pass is one
step. A blocked card still lets its holder in: blocking is about tills. Below the age that the
municipality sets a child's card works, and its parent sees it with a card of their own.
"""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.devices import DeviceKind
from pas.auth.keys import KeyRing
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.sessions import (
    Begun,
    NewSession,
    SessionToken,
    clean_up_sessions,
    start_session,
)
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MunicipalityName, ResidentId
from pas.passes.activate import CardNotToActivate, activate_proved
from pas.passes.known_devices import remember_device
from pas.passes.prove_code import Shown, prove_card

ASSURANCE: Final = "card"
"""Less than DigiD: something that one has and something from a letter to the same house."""
HAS_PASS: Final = frozenset({"inactive", "active", "blocked"})


class CardOfChild(Refusal):
    """Deze kaart is van een kind. De kaart werkt aan de kassa."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Log in met de kaart van de ouder. Daar ziet u de pas van het kind."


class OnDevice(msgspec.Struct, frozen=True, kw_only=True):
    """Where somebody signs in; ``cookie`` marks the device, ``is_own`` is what they said of it."""

    cookie: str
    kind: DeviceKind = "other"
    is_own: bool = False
    replaces: SessionToken | None = None

    def __repr__(self) -> str:
        """Keep cookie and session out of logs and tracebacks."""
        return f"OnDevice({self.kind!r})"


class BornRow(msgspec.Struct, frozen=True):
    is_old_enough: bool


OLD_ENOUGH: Final = Statement(
    """
    SELECT coalesce((
        SELECT v.birth_date + make_interval(years => $2::int) <= $3::date FROM resident_version v
        WHERE v.resident_id = $1 AND v.valid_from <= $3::date ORDER BY v.valid_from DESC LIMIT 1
    ), false) AS is_old_enough
    """,
    BornRow,
)


async def sign_in_with_card(
    connection: Connection,
    shown: Shown,
    *,
    on: OnDevice,
    ring: KeyRing,
    municipality: MunicipalityName,
    now: datetime,
) -> NewSession:
    """Start a session for whoever has this card and its code. Call outside a transaction."""
    card = await prove_card(connection, shown, ring=ring, municipality=municipality, now=now)
    if card.state not in HAS_PASS:
        raise CardNotToActivate
    await activate_proved(connection, card, now=now)
    if not await has_own_pass(connection, card.resident_id, today=day_of(now)):
        raise CardOfChild
    async with connection.transaction():
        await remember_device(connection, card.id, on.cookie, ring=ring, now=now)
        await clean_up_sessions(connection, now=now)
        return await start_session(
            connection,
            actor_kind="holder",
            actor_id=card.resident_id,
            assurance=ASSURANCE,
            now=now,
            replaces=on.replaces,
            begun=Begun(device=on.kind, is_long=on.is_own, proved_by=card.id),
        )


async def has_own_pass(connection: Connection, resident: ResidentId, *, today: date) -> bool:
    """Whether somebody is old enough here to see their own pass (setting ``ownPassAge``)."""
    age = (await read_municipality_settings(connection)).own_pass_age
    return (await OLD_ENOUGH.one(connection, resident, age, today)).is_old_enough
