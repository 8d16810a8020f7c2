"""A till that sells without a network: it signs and chains what it sold, as a browser does.

It is written against the contract and not with the program's own functions, but for the key.
"""

import base64
import hashlib
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from given.city import CARD_KEY, FIRST_DAY, Till, a_till
from given.city import Merchant as City
from given.logins import NOON
from pas.auth.keys import Key, KeyRing, KeyStore, Purpose
from pas.auth.till_signature import PrivateKey
from pas.db import Connection
from pas.ids import MunicipalityName, uuid7

NO_HASH: Final = "0" * 64
Item = dict[str, object]


class OfflineTill:
    """A device with its key, its chain, and what waits to be handed in."""

    def __init__(self, till: Till, key: PrivateKey, municipality: str = "velsen") -> None:
        self.till, self.key, self.municipality = till, key, municipality
        self.sequence, self.hash = 0, NO_HASH
        self.queue: list[Item] = []

    def sell(
        self,
        permit: UUID | str,
        scanned: str,
        cents: int | None = None,
        *,
        at: datetime = NOON,
        **fields: object,
    ) -> Item:
        """Accept a sale: sign it, hang it on the one before, and keep it."""
        self.sequence += 1
        item: Item = {
            "sequence": self.sequence,
            "previous": self.hash,
            "id": str(uuid7()),
            "replaces": None,
            "saleId": None,
            "permitId": str(permit),
            "scanned": scanned,
            "holder": 0,
            "priceCents": cents,
            "takeCents": None,
            "visits": None,
            "category": None,
            "occurredAt": iso(at),
            **fields,
        }
        text = self.text(item)
        self.hash = hashlib.sha256(text).hexdigest()
        item["signature"] = base64.b64encode(signature(self.key, text)).decode("ascii")
        self.queue.append(item)
        return item

    def text(self, item: Item) -> bytes:
        named = (
            "permitId",
            "sequence",
            "previous",
            "id",
            "replaces",
            "saleId",
            "scanned",
            "holder",
        )
        sold = ("priceCents", "takeCents", "visits", "category", "occurredAt")
        parts = [item[name] for name in (*named, *sold)]
        written = ["-" if part is None else str(part) for part in parts]
        return "\n".join(
            ["pas offline sale 1", self.municipality, str(self.till.id), *written]
        ).encode()


def iso(at: datetime) -> str:
    at = at.astimezone(UTC)
    return f"{at:%Y-%m-%dT%H:%M:%S}.{at.microsecond // 1000:03d}Z"


def signature(key: PrivateKey, text: bytes) -> bytes:
    if isinstance(key, ed25519.Ed25519PrivateKey):
        return key.sign(text)
    r, s = utils.decode_dss_signature(key.sign(text, ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(32, "big") + s.to_bytes(32, "big")


async def an_offline_till(
    connection: Connection, merchant: City, *, key: PrivateKey | None = None, state: str = "active"
) -> OfflineTill:
    """A paired till of a merchant that chose to sell without a network."""
    till = await a_till(connection, merchant, state=state)
    key = key or ec.generate_private_key(ec.SECP256R1())
    public = key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    algorithm = "Ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "ES256"
    await connection.execute(
        "UPDATE till SET public_key = $2, algorithm = $3 WHERE id = $1", till.id, public, algorithm
    )
    await connection.execute(
        "UPDATE merchant SET sells_offline = true, state_since = $2 WHERE id = $1",
        *(merchant.id, FIRST_DAY),
    )
    return OfflineTill(till, key)


def with_the_city_s_numbers(store: KeyStore) -> KeyRing:
    """Let the keys of velsen find the card numbers of ``given.city``."""
    ring = store.ring(MunicipalityName("velsen"))
    number = Key(CARD_KEY.key_id, Purpose.CARD_NUMBER_HASH, CARD_KEY.secret, datetime.now(UTC))
    kept = tuple(key for key in ring.keys if key.purpose != Purpose.CARD_NUMBER_HASH)
    ring = msgspec.structs.replace(ring, keys=(*kept, number))
    store.path(ring.municipality).write_bytes(msgspec.json.encode(ring))
    store.forget(ring.municipality)
    return store.ring(ring.municipality)
