"""A till's request is signed by the till's own key, so a copied request is worth nothing elsewhere.

HTTP Message Signatures (RFC 9421) over method, address and, through Content-Digest (RFC 9530), the
body. A signature copied to another body, path or municipality does not fit. The same request sent
again within five minutes does fit, and that is harmless: the device made the ids in it, so the
answer is the stored outcome. Whether the till may still act is judged by the use case, in the same
statement as its other facts; here only the signature is checked.
"""

import base64
import binascii
import hashlib
import hmac
import re
import secrets
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final, Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec, ed25519, utils
from cryptography.hazmat.primitives.serialization import load_der_public_key

from pas.errors import Refusal, TillRefusal
from pas.ids import MerchantId, TillId

Algorithm = Literal["Ed25519", "ES256"]
PublicKey = ed25519.Ed25519PublicKey | ec.EllipticCurvePublicKey
PrivateKey = ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey

CLOCK_MAY_DIFFER: Final = timedelta(minutes=5)
LABEL: Final = "pas"
P256_BYTES: Final = 32
NAMES: Final[Mapping[Algorithm, str]] = {"Ed25519": "ed25519", "ES256": "ecdsa-p256-sha256"}
DIGESTS: Final = {"sha-256": hashlib.sha256, "sha-512": hashlib.sha512}

# One signature per request, and every component and parameter in the form RFC 8941 gives it.
INPUT = re.compile(
    r"(?P<label>[a-z][a-z0-9_-]{0,30})="
    r'(?P<signed>\((?P<components>"[@a-z-]+"(?: "[@a-z-]+"){0,9})\)'
    r'(?P<parameters>(?:;[a-z]{1,10}=(?:[0-9]{1,12}|"[!#-\[\]-~]{1,100}")){1,6}))'
)
SIGNATURE = re.compile(r"(?P<label>[a-z][a-z0-9_-]{0,30})=:(?P<bytes>[A-Za-z0-9+/]{80,90}={0,2}):")
PARAMETER = re.compile(r';([a-z]+)=(?:([0-9]+)|"([^"]*)")')
DIGEST = re.compile(r"(?:^|,[ \t]*)(sha-256|sha-512)=:([A-Za-z0-9+/]+={0,2}):")


class TillSignatureWrong(Refusal):
    """De handtekening van de kassa klopt niet."""

    status: ClassVar[int] = 401
    next_step: ClassVar[str] = "Koppel deze kassa opnieuw. Vraag uw beheerder om een QR-code."


class TillUnknown(TillRefusal):
    """Deze kassa is niet bekend."""

    cashier = "Deze kassa is niet bekend. Koppel de kassa opnieuw."
    holder = "Het ligt niet aan uw pas. Deze kassa doet het nog niet."
    next_step = "Vraag uw beheerder om deze kassa te koppelen."
    status = 401
    sticky = False


class TillClockWrong(Refusal):
    """De klok van de kassa loopt niet gelijk."""

    status: ClassVar[int] = 401
    next_step: ClassVar[str] = "Zet datum en tijd van het apparaat op automatisch."


class TillKey(msgspec.Struct, frozen=True):
    """A till's public key, and to which merchant it belongs; neither ever changes for a till."""

    till_id: TillId
    merchant_id: MerchantId | None
    algorithm: Algorithm
    key: PublicKey


class SignedRequest(msgspec.Struct, frozen=True):
    """What a signature covers; ``target`` is path and query as they were sent."""

    method: str
    origin: str
    target: str
    body: bytes
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return self.target.partition("?")[0]

    @property
    def query(self) -> str | None:
        path, mark, query = self.target.partition("?")
        del path
        return f"?{query}" if mark else None


class Claimed(msgspec.Struct, frozen=True):
    """What a request says of its own signature, before anything is proved."""

    till_id: TillId
    created: datetime
    algorithm: str | None
    components: tuple[str, ...]
    signed: str
    signature: bytes


def is_signed(headers: Mapping[str, str]) -> bool:
    return "signature-input" in headers


def read_claim(headers: Mapping[str, str]) -> Claimed:
    """Read who says to have signed; refuse what is not in the expected form."""
    given = INPUT.fullmatch(headers.get("signature-input", ""))
    signature = SIGNATURE.fullmatch(headers.get("signature", ""))
    if given is None or signature is None or given["label"] != signature["label"]:
        raise TillSignatureWrong("Signature-Input of Signature heeft niet de juiste vorm.")
    parameters = {
        name: number or text for name, number, text in PARAMETER.findall(given["parameters"])
    }
    if not {"created", "keyid", "nonce"} <= parameters.keys():
        raise TillSignatureWrong("Bij de handtekening ontbreken created, keyid of nonce.")
    try:
        return Claimed(
            till_id=TillId(UUID(parameters["keyid"])),
            created=datetime.fromtimestamp(int(parameters["created"]), UTC),
            algorithm=parameters.get("alg"),
            components=tuple(part.strip('"') for part in given["components"].split(" ")),
            signed=given["signed"],
            signature=base64.b64decode(signature["bytes"], validate=True),
        )
    except (ValueError, OverflowError, OSError, binascii.Error):
        raise TillSignatureWrong("De handtekening heeft niet de juiste vorm.") from None


def verify(request: SignedRequest, claim: Claimed, *, till: TillKey, now: datetime) -> None:
    """Refuse a signature that does not fit this request, this till or this moment."""
    _refuse_uncovered(request, claim.components)
    if claim.algorithm not in {None, NAMES[till.algorithm]}:
        raise TillSignatureWrong("De handtekening noemt een ander algoritme dan hier hoort.")
    if "content-digest" in claim.components:
        _refuse_other_body(request)
    _refuse_signature(till.key, claim.signature, _base(request, claim.components, claim.signed))
    # Last, so that only the till itself, and no stranger, is told that its clock is wrong.
    if abs(now - claim.created) > CLOCK_MAY_DIFFER:
        raise TillClockWrong(
            f"De klok van deze kassa loopt niet gelijk. Het is nu {now:%d-%m-%Y %H:%M:%S} UTC.",
            serverTime=f"{now.astimezone(UTC):%Y-%m-%dT%H:%M:%SZ}",
            tillTime=f"{claim.created:%Y-%m-%dT%H:%M:%SZ}",
        )


def read_public_key(der: bytes, algorithm: Algorithm) -> PublicKey:
    """Read a key as WebCrypto exports it (``spki``), or refuse with ValueError."""
    key = load_der_public_key(der)
    if algorithm == "Ed25519" and isinstance(key, ed25519.Ed25519PublicKey):
        return key
    if (
        algorithm == "ES256"
        and isinstance(key, ec.EllipticCurvePublicKey)
        and isinstance(key.curve, ec.SECP256R1)
    ):
        return key
    raise ValueError(f"not a public key for {algorithm}")


def sign_request(
    key: PrivateKey,
    *,
    till_id: TillId,
    method: str,
    target: str,
    body: bytes = b"",
    now: datetime,
) -> dict[str, str]:
    """Give the headers with which a till sends this request; tests and the demonstration use it."""
    algorithm: Algorithm = "Ed25519" if isinstance(key, ed25519.Ed25519PrivateKey) else "ES256"
    headers: dict[str, str] = {}
    components = ["@method", "@path"]
    if "?" in target:
        components.append("@query")
    if body:
        components.append("content-digest")
        digest = base64.b64encode(hashlib.sha256(body).digest()).decode("ascii")
        headers["content-digest"] = f"sha-256=:{digest}:"
    listed = " ".join(f'"{component}"' for component in components)
    signed = (
        f"({listed});created={int(now.timestamp())};"
        f'keyid="{till_id}";alg="{NAMES[algorithm]}";nonce="{secrets.token_urlsafe(12)}"'
    )
    request = SignedRequest(method=method, origin="", target=target, body=body, headers=headers)
    base = _base(request, tuple(components), signed)
    if isinstance(key, ed25519.Ed25519PrivateKey):
        signature = key.sign(base)
    else:
        r, s = utils.decode_dss_signature(key.sign(base, ec.ECDSA(hashes.SHA256())))
        signature = r.to_bytes(P256_BYTES, "big") + s.to_bytes(P256_BYTES, "big")
    return headers | {
        "signature-input": f"{LABEL}={signed}",
        "signature": f"{LABEL}=:{base64.b64encode(signature).decode('ascii')}:",
    }


def fits(key: PublicKey, signature: bytes, text: bytes) -> bool:
    """Whether a till signed this text; of ES256 the two numbers, one after the other."""
    try:
        if isinstance(key, ed25519.Ed25519PublicKey):
            key.verify(signature, text)
        else:
            r = int.from_bytes(signature[:P256_BYTES], "big")
            s = int.from_bytes(signature[P256_BYTES:], "big")
            key.verify(utils.encode_dss_signature(r, s), text, ec.ECDSA(hashes.SHA256()))
    except InvalidSignature:
        return False
    return True


def _refuse_uncovered(request: SignedRequest, components: tuple[str, ...]) -> None:
    """What is not signed could be changed on the way; and nothing may be signed twice."""
    covered = set(components)
    where = "@target-uri" in covered or (
        "@path" in covered and ("@query" in covered or request.query is None)
    )
    body = "content-digest" in covered or not request.body
    if "@method" not in covered or not where or not body or len(covered) != len(components):
        raise TillSignatureWrong(
            "De handtekening moet methode, adres en inhoud dekken "
            '("@method", "@path", "@query" en "content-digest").'
        )


def _refuse_other_body(request: SignedRequest) -> None:
    given = DIGEST.search(request.headers.get("content-digest", ""))
    if given is None:
        raise TillSignatureWrong("Content-Digest ontbreekt. Gebruik sha-256 of sha-512.")
    ours = base64.b64encode(DIGESTS[given[1]](request.body).digest())
    if not hmac.compare_digest(ours, given[2].encode("ascii")):
        raise TillSignatureWrong("De inhoud is onderweg veranderd: Content-Digest klopt niet.")


def _base(request: SignedRequest, components: tuple[str, ...], signed: str) -> bytes:
    """The signature base of RFC 9421 section 2.5."""
    lines = [f'"{component}": {_value(request, component)}' for component in components]
    return "\n".join([*lines, f'"@signature-params": {signed}']).encode("utf-8")


def _value(request: SignedRequest, component: str) -> str:
    match component:
        case "@method":
            return request.method
        case "@path":
            return request.path
        case "@query":
            return request.query or "?"
        case "@target-uri":
            return request.origin + request.target
        case _ if component.startswith("@") or component not in request.headers:
            raise TillSignatureWrong(f"Het onderdeel {component} kunnen wij niet controleren.")
        case _:
            return request.headers[component].strip()


def _refuse_signature(key: PublicKey, signature: bytes, base: bytes) -> None:
    if not fits(key, signature, base):
        raise TillSignatureWrong
