"""Merchants and their tills, by their use cases."""

from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from given.logins import NOON, an_actor
from pas.auth.actor import Actor
from pas.auth.roles import Role
from pas.auth.till_signature import PrivateKey
from pas.db import Connection
from pas.errors import Refusal
from pas.ids import (
    MerchantId,
    MunicipalityName,
)
from pas.merchants.model import Registration
from pas.merchants.pair_till import Device
from pas.merchants.pairing import challenge, read_pairing_code
from pas.merchants.register import register_merchant

IBAN: Final = "NL91ABNA0417164300"
OTHER_IBAN: Final = "NL20INGB0001234567"
REGISTRAR: Final = Actor(kind="login", id=UUID(int=21))
APPROVER: Final = Actor(kind="login", id=UUID(int=22))


def a_registration(**parts: object) -> Registration:
    """A swimming pool with one location, that may take two categories."""
    defaults: dict[str, object] = {
        "details": {"name": "Zwembad De Heerenduinen", "kvkNumber": "12345678"},
        "locations": [{"name": "Zwembad", "postcode": "1971 AB"}],
        "agreements": [
            {"category": "sport", "validFrom": "2026-01-01"},
            {"category": "swimming", "validFrom": "2026-01-01", "visitPriceCents": 450},
        ],
    }
    return msgspec.convert({**defaults, **parts}, Registration)


async def the_categories(connection: Connection, *codes: str) -> None:
    await connection.executemany(
        "INSERT INTO category (code, title) VALUES ($1, $1) ON CONFLICT DO NOTHING",
        [(code,) for code in codes or ("sport", "swimming")],
    )


async def a_registered_merchant(connection: Connection, **parts: object) -> MerchantId:
    """Registered by the registrar; not approved yet."""
    await the_categories(connection)
    return await register_merchant(connection, a_registration(**parts), actor=REGISTRAR, now=NOON)


def of_merchant(merchant: MerchantId) -> Actor:
    """Somebody who manages this merchant."""
    return msgspec.structs.replace(an_actor(Role.MERCHANT_MANAGER), merchant_id=merchant)


def a_device(code: str, *, key: PrivateKey | None = None, municipality: str = "velsen") -> Device:
    """A device that made a key, and signed the code with it."""
    key = key or ed25519.Ed25519PrivateKey.generate()
    signed = challenge(MunicipalityName(municipality), read_pairing_code(code))
    if isinstance(key, ed25519.Ed25519PrivateKey):
        public = key.public_key().public_bytes(Encoding.Raw, PublicFormat.Raw)
        return Device(code, "Ed25519", public, key.sign(signed))
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    r, s = utils.decode_dss_signature(key.sign(signed, ec.ECDSA(hashes.SHA256())))
    return Device(code, "ES256", public, r.to_bytes(32, "big") + s.to_bytes(32, "big"))


def errors_of(refusal: Refusal) -> list[dict[str, str]]:
    """What a refusal says field by field."""
    return msgspec.convert(refusal.extra["errors"], list[dict[str, str]])
