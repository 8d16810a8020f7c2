"""The kit judges a signature as the server does, with nothing but integers."""

import base64
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pas.auth.till_signature import PrivateKey, sign_request
from pas.ids import TillId
from signatures import fault_in, fits

NOW: Final = datetime(2026, 11, 30, tzinfo=UTC)
TILL: Final = TillId(UUID(int=7))
TARGET: Final = "/v1/proef/redemptions"
BODY: Final = b'{"items": []}'
KEYS: Final[list[PrivateKey]] = [
    ed25519.Ed25519PrivateKey.generate(),
    ec.generate_private_key(ec.SECP256R1()),
]


def public(key: PrivateKey) -> bytes:
    return key.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)


def headers(key: PrivateKey, target: str = TARGET, body: bytes = BODY) -> dict[str, str]:
    return sign_request(key, till_id=TILL, method="POST", target=target, body=body, now=NOW)


def fault(
    key: PrivateKey, sent: dict[str, str], target: str = TARGET, body: bytes = BODY, late: int = 0
) -> str:
    request = ("POST", target, sent, body)
    return fault_in(public(key), str(TILL), request, now=NOW.timestamp() + late)


@pytest.mark.parametrize("key", KEYS)
@pytest.mark.parametrize(
    ("target", "body"), [(TARGET, BODY), (TARGET, b""), (f"{TARGET}?day=x", b"")]
)
def test_what_the_server_takes_is_right(key: PrivateKey, target: str, body: bytes) -> None:
    assert fault(key, headers(key, target, body), target, body) == ""


@pytest.mark.parametrize("key", KEYS)
def test_what_the_server_refuses_is_told(key: PrivateKey) -> None:
    sent = headers(key)
    other = base64.b64encode(bytes(64)).decode()
    told = [
        fault(key, sent, target="/v1/proef/quotes"),
        fault(key, sent, body=b'{"items": [1]}'),
        fault(key, sent, late=301),
        fault(key, {**sent, "signature": f"pas=:{other}:"}),
        fault(key, {}),
        fault(key, headers(key, body=b""), body=BODY),
        fault(key, headers(key), target=f"{TARGET}?day=x"),
        fault(key, {**sent, "signature-input": sent["signature-input"].partition(";nonce")[0]}),
        fault_in(public(key), "somebody", ("POST", TARGET, sent, BODY), now=NOW.timestamp()),
    ]
    assert [text.split(" ", 1)[1] for text in told] == [
        "signature is not of the till's key",
        "Content-Digest is not that of its body",
        "signature was made more than five minutes ago",
        "signature is not of the till's key",
        "has no Signature-Input and Signature of the right form",
        "signature does not cover content-digest",
        "signature does not cover @query",
        "signature does not say nonce",
        "keyid is not the id of the till",
    ]


@pytest.mark.parametrize("key", KEYS)
def test_no_signature_of_another_fits(key: PrivateKey) -> None:
    strangers = {
        "ed": ed25519.Ed25519PrivateKey.generate(),
        "ec": ec.generate_private_key(ec.SECP256R1()),
    }
    sent = headers(key)
    assert all(fault(stranger, sent) for stranger in strangers.values())
    assert not fits(public(key), b"", BODY)
