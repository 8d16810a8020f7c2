"""What a pairing code is, and how a device proves that it has the key it shows.

The code is 130 random bits in a QR code, stored as a hash, valid for a quarter of an hour, used
once. It is also the challenge: the device signs it with its own new key, so the key that is stored
is one that the device has, and a signature made for one code fits no other.
"""

import hashlib
import re
import secrets
from datetime import timedelta
from typing import ClassVar, Final, NewType

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pas.auth.till_signature import PublicKey, read_public_key
from pas.crockford import ALPHABET, encoded, normalised
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.merchants.model import Algorithm

PairingCode = NewType("PairingCode", str)
"""Twenty-six characters, upper case, without hyphens."""

VALID_FOR: Final = timedelta(minutes=15)
LENGTH: Final = 26
CODES: Final = 2 ** (5 * LENGTH)
SHAPE: Final = re.compile(f"[{ALPHABET}]{{{LENGTH}}}")
RAW_ED25519_BYTES: Final = 32
P256_BYTES: Final = 32
MAX_TYPED: Final = 500
PAGE: Final = "till/pair"


class PairingCodeUnreadable(Refusal):
    """Dit is geen koppelcode."""

    next_step: ClassVar[str] = "Scan de QR-code opnieuw. Of typ de code van 26 tekens over."


class DeviceKeyWrong(Refusal):
    """De sleutel van dit apparaat kunnen wij niet lezen."""

    next_step: ClassVar[str] = "Werk de browser of de app bij en koppel opnieuw."


class PairingProofWrong(Refusal):
    """Dit apparaat kan niet laten zien dat de sleutel van hem is."""

    next_step: ClassVar[str] = "Koppel opnieuw met dezelfde code, op dit apparaat zelf."


def new_pairing_code() -> PairingCode:
    return PairingCode(encoded(secrets.randbelow(CODES), LENGTH))


def grouped(code: PairingCode) -> str:
    """Write a code for copying by hand: ``4X7K9-MPT02-…``."""
    return "-".join(code[at : at + 5] for at in range(0, LENGTH, 5))


def address_of(origin: str, municipality: MunicipalityName, code: PairingCode) -> str:
    """What the QR code holds: the page that pairs, and the code where no server log sees it."""
    return f"{origin}/{municipality}/{PAGE}#{code}"


def hash_of(code: PairingCode) -> bytes:
    """SHA-256 suffices: nobody can try out 130 random bits."""
    return hashlib.sha256(b"pas pairing code 1\x00" + code.encode("ascii")).digest()


def read_pairing_code(text: str) -> PairingCode:
    """Read what was scanned or typed; in a web address the code stands behind the ``#``."""
    code = normalised(text[:MAX_TYPED].rpartition("#")[2])
    if not SHAPE.fullmatch(code):
        raise PairingCodeUnreadable
    return PairingCode(code)


def challenge(municipality: MunicipalityName, code: PairingCode) -> bytes:
    """What the device signs."""
    return f"pas till pairing 1\n{municipality}\n{code}".encode("ascii")


def read_device_key(algorithm: Algorithm, given: bytes) -> PublicKey:
    """Read a key as WebCrypto exports it: SubjectPublicKeyInfo, or raw for Ed25519."""
    try:
        if algorithm == "Ed25519" and len(given) == RAW_ED25519_BYTES:
            return ed25519.Ed25519PublicKey.from_public_bytes(given)
        return read_public_key(given, algorithm)
    except ValueError:
        raise DeviceKeyWrong from None


def stored_form(key: PublicKey) -> bytes:
    return key.public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def verify_proof(key: PublicKey, signature: bytes, signed: bytes) -> None:
    """Refuse a signature that this key did not make; ECDSA comes as r and s, as in WebCrypto."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, signed)
            return
        if len(signature) != 2 * P256_BYTES:
            raise PairingProofWrong
        r = int.from_bytes(signature[:P256_BYTES], "big")
        s = int.from_bytes(signature[P256_BYTES:], "big")
        key.verify(utils.encode_dss_signature(r, s), signed, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        raise PairingProofWrong from None
