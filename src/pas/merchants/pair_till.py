"""A device pairs itself with a till: it shows the code, its own new public key, and a proof.

Public on purpose: the code is the only authority, good for one device, once. Of two devices with
one code the first wins, because the update itself demands that the till still waits.
"""

import hashlib
from datetime import datetime
from typing import ClassVar, Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import MerchantId, MunicipalityName, TillId
from pas.merchants.model import Algorithm, TillState
from pas.merchants.pairing import (
    challenge,
    hash_of,
    read_device_key,
    read_pairing_code,
    stored_form,
    verify_proof,
)
from pas.merchants.rules import TillIsRevoked


class PairingCodeUnknown(Refusal):
    """Deze koppelcode kennen wij niet."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Vraag uw beheerder om een nieuwe QR-code en scan die."


class PairingCodeExpired(Refusal):
    """Deze koppelcode is verlopen."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Vraag uw beheerder om een nieuwe QR-code. Die werkt een kwartier."


class PairingCodeUsed(Refusal):
    """Met deze koppelcode is al een apparaat gekoppeld."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Was u dat niet? Vraag uw beheerder de kassa uit te zetten."


class Device(msgspec.Struct, frozen=True):
    """What a device sends; ``code`` as scanned or typed, the key and the signature in bytes."""

    code: str
    algorithm: Algorithm
    public_key: bytes
    signature: bytes


class PairedTill(msgspec.Struct, frozen=True, rename="camel"):
    """What the device shows from now on."""

    till_id: TillId
    name: str
    merchant_name: str | None
    location_name: str | None


class WaitingTill(msgspec.Struct, frozen=True):
    id: TillId
    name: str
    state: TillState
    merchant_id: MerchantId | None
    merchant_name: str | None
    location_name: str | None
    pairing_until: datetime


class Paired(msgspec.Struct, frozen=True):
    id: TillId


FIND_BY_CODE: Final = Statement(
    """
    SELECT t.id, t.name, t.state, t.merchant_id, m.name AS merchant_name,
        l.name AS location_name, t.pairing_until
    FROM till t LEFT JOIN merchant m ON m.id = t.merchant_id
        LEFT JOIN location l ON l.id = t.location_id
    WHERE t.pairing_hash = $1
    """,
    WaitingTill,
)
PAIR: Final = Statement(
    """
    UPDATE till SET state = 'active', state_since = $5, paired_at = $5, algorithm = $3,
        public_key = $4
    WHERE id = $1 AND pairing_hash = $2 AND state = 'invited' AND pairing_until > $5
    RETURNING id
    """,
    Paired,
)


async def pair_till(
    connection: Connection, device: Device, *, municipality: MunicipalityName, now: datetime
) -> PairedTill:
    """Pair a device, or refuse with what to do; a wrong proof does not use up the code."""
    code = read_pairing_code(device.code)
    waiting = await FIND_BY_CODE.first(connection, hash_of(code))
    if waiting is None:
        raise PairingCodeUnknown
    refuse_unless_waiting(waiting, now)
    key = read_device_key(device.algorithm, device.public_key)
    verify_proof(key, device.signature, challenge(municipality, code))
    stored_key = stored_form(key)
    async with connection.transaction():
        paired = await PAIR.first(
            connection, waiting.id, hash_of(code), device.algorithm, stored_key, now
        )
        if paired is None:
            raise PairingCodeUsed
        await record_event(
            connection,
            kind="till.paired",
            subject_kind="till",
            subject_id=waiting.id,
            actor=Actor(kind="till", id=waiting.id, merchant_id=waiting.merchant_id),
            before={"state": "invited"},
            after={
                "state": "active",
                "algorithm": device.algorithm,
                "publicKeySha256": hashlib.sha256(stored_key).hexdigest(),
            },
        )
    return PairedTill(
        till_id=waiting.id,
        name=waiting.name,
        merchant_name=waiting.merchant_name,
        location_name=waiting.location_name,
    )


def refuse_unless_waiting(till: WaitingTill, now: datetime) -> None:
    if till.state == "revoked":
        raise TillIsRevoked
    if till.state != "invited":
        raise PairingCodeUsed
    if till.pairing_until <= now:
        raise PairingCodeExpired
