"""What a municipality signs for a till: what it may take without a network, and until when.

Signed with ECDSA over P-256 and SHA-256, the two 32-byte numbers one after the other, as WebCrypto
does in every browser. The text that is signed is the permit as JSON, so it is also what a till reads.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, utils
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    PublicFormat,
    load_der_private_key,
)

from pas.auth.keys import Key
from pas.auth.till_signature import P256_BYTES
from pas.ids import MunicipalityName, TillId
from pas.money import Cents


class VisitPrice(msgspec.Struct, frozen=True, rename="camel"):
    """What a visit costs here, as agreed on the day that the permit was made."""

    category: str
    price_cents: Cents


class SoldFor(msgspec.Struct, frozen=True):
    """What passes can be used for here."""

    code: str
    title: str


class Permit(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What was signed; ``totalCents`` is for all sales under this permit together."""

    id: UUID
    municipality: MunicipalityName
    till_id: TillId
    issued_at: datetime
    valid_until: datetime
    per_sale_cents: Cents
    per_pass_day_cents: Cents
    total_cents: Cents
    visit_prices: tuple[VisitPrice, ...]
    categories: tuple[SoldFor, ...]


def written(permit: Permit) -> str:
    return msgspec.json.encode(permit).decode()


def read_back(content: str) -> Permit:
    return msgspec.json.decode(content, type=Permit)


def signed(text: str, key: Key) -> bytes:
    """Sign a text; 64 bytes."""
    private = _private(key)
    r, s = utils.decode_dss_signature(private.sign(text.encode(), ec.ECDSA(hashes.SHA256())))
    return r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")


def public_key(key: Key) -> bytes:
    """Give what everybody may know of the key, in the form that browsers read (``spki``)."""
    public = _private(key).public_key()
    return public.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def _private(key: Key) -> ec.EllipticCurvePrivateKey:
    private = load_der_private_key(key.secret, None)
    assert isinstance(private, ec.EllipticCurvePrivateKey), "a key of this purpose is made so"
    return private
