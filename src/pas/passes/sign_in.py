"""A holder signs in with a card and the code of its letter: no DigiD, no password, nothing to remember.

Who has a mandate signs in on the same page, with the number and code of that; their session is the
mandate's, on behalf of the holder. Both are less than DigiD: what came by letter to a house.

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
from pas.passes.mandates import READ
from pas.passes.prove_code import ProvedCard, ProvedMandate, Shown, prove_code

HAS_PASS: Final = frozenset({"inactive", "active", "blocked"})


class CardOfChild(Refusal):
    """Deze kaart is van een kind. De kaart werkt aan de kassa."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Log in met de kaart van de ouder. Daar ziet u de pas van het kind."


class MandateOver(Refusal):
    """Deze machtiging geldt nu niet."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Vraag de pashouder om een nieuwe. Of bel ons."


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
    """Start a session for who has this card or mandate and its code. Call outside a transaction."""
    proved = await prove_code(connection, shown, ring=ring, municipality=municipality, now=now)
    if isinstance(proved, ProvedCard):
        if proved.state not in HAS_PASS:
            raise CardNotToActivate
        await activate_proved(connection, proved, now=now)
        if not await has_own_pass(connection, proved.resident_id, today=day_of(now)):
            raise CardOfChild
    else:
        await _refuse_over(connection, proved, now=now)
    return await _begin(connection, proved, on=on, ring=ring, now=now)


async def _begin(
    connection: Connection,
    proved: ProvedCard | ProvedMandate,
    *,
    on: OnDevice,
    ring: KeyRing,
    now: datetime,
) -> NewSession:
    is_card = isinstance(proved, ProvedCard)
    async with connection.transaction():
        await remember_device(connection, proved.id, on.cookie, ring=ring, now=now)
        await clean_up_sessions(connection, now=now)
        return await start_session(
            connection,
            actor_kind="holder",
            actor_id=proved.resident_id if is_card else proved.id,
            assurance="card" if is_card else "mandate",
            now=now,
            replaces=on.replaces,
            begun=Begun(
                device=on.kind,
                is_long=on.is_own,
                proved_by=proved.id,
                on_behalf_of=None if is_card else proved.resident_id,
            ),
        )


async def _refuse_over(connection: Connection, proved: ProvedMandate, *, now: datetime) -> None:
    """Who has the right code hears that the mandate is over, or has not begun."""
    mandate, today = await READ.one(connection, proved.id), day_of(now)
    if mandate.ended_at is not None or not mandate.valid_from <= today < mandate.valid_until:
        raise MandateOver


async def has_own_pass(connection: Connection, resident: ResidentId, *, today: date) -> bool:
    """Whether somebody is old enough here to see their own pass (setting ``ownPassAge``)."""
    age = (await read_municipality_settings(connection)).own_pass_age
    return (await OLD_ENOUGH.one(connection, resident, age, today)).is_old_enough
