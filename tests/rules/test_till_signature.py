"""What a till's signature fits, and everything that it does not fit."""

import base64
import hashlib
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta

import msgspec
import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from pas.auth.till_signature import (
    Algorithm,
    PrivateKey,
    SignedRequest,
    TillClockWrong,
    TillKey,
    TillSignatureWrong,
    is_signed,
    read_claim,
    read_public_key,
    sign_request,
    verify,
)
from pas.ids import TillId, uuid7

NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
TARGET = "/v1/velsen/redemptions"
BODY = b'{"takeCents":1240}'


class Device(msgspec.Struct, frozen=True):
    """A till with its private key."""

    private: PrivateKey
    till: TillKey


def a_device(algorithm: Algorithm = "Ed25519") -> Device:
    private = (
        ed25519.Ed25519PrivateKey.generate()
        if algorithm == "Ed25519"
        else ec.generate_private_key(ec.SECP256R1())
    )
    der = private.public_key().public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    key = read_public_key(der, algorithm)
    return Device(private, TillKey(TillId(uuid7()), None, algorithm, key))


def sent(device: Device, *, body: bytes = BODY, target: str = TARGET) -> dict[str, str]:
    return sign_request(
        device.private,
        till_id=device.till.till_id,
        method="POST",
        target=target,
        body=body,
        now=NOW,
    )


def judge(
    device: Device,
    headers: Mapping[str, str],
    *,
    method: str = "POST",
    target: str = TARGET,
    body: bytes = BODY,
    now: datetime = NOW,
) -> None:
    request = SignedRequest(
        method=method, origin="https://pas.example", target=target, body=body, headers=headers
    )
    verify(request, read_claim(headers), till=device.till, now=now)


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_a_till_is_believed(algorithm: Algorithm) -> None:
    device = a_device(algorithm)
    headers = sent(device)
    assert is_signed(headers)
    judge(device, headers)


@pytest.mark.parametrize("algorithm", ["Ed25519", "ES256"])
def test_the_key_of_another_till_is_not_believed(algorithm: Algorithm) -> None:
    headers = sent(a_device(algorithm))
    with pytest.raises(TillSignatureWrong):
        judge(a_device(algorithm), headers)


def test_a_copied_signature_is_useless_for_another_body() -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong, match="Content-Digest"):
        judge(device, sent(device), body=b'{"takeCents":9999}')


def test_a_copied_signature_is_useless_when_the_digest_is_changed_with_the_body() -> None:
    device, body = a_device(), b'{"takeCents":9999}'
    digest = base64.b64encode(hashlib.sha256(body).digest()).decode()
    with pytest.raises(TillSignatureWrong, match="handtekening"):
        judge(device, {**sent(device), "content-digest": f"sha-256=:{digest}:"}, body=body)


@pytest.mark.parametrize(
    "elsewhere", ["/v1/velsen/voids", "/v1/ijmond/redemptions", f"{TARGET}?dryRun=1"]
)
def test_a_copied_signature_is_useless_for_another_address(elsewhere: str) -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong):
        judge(device, sent(device), target=elsewhere)


def test_a_copied_signature_is_useless_for_another_query() -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong):
        judge(device, sent(device, target=f"{TARGET}?page=1"), target=f"{TARGET}?page=2")


def test_a_copied_signature_is_useless_for_another_method() -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong):
        judge(device, sent(device), method="PUT")


def test_a_body_that_is_not_covered_is_refused() -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong, match="content-digest"):
        judge(device, sent(device, body=b""))


@pytest.mark.parametrize("digest", ["", "md5=:AAAA:"])
def test_a_body_needs_a_digest_that_we_know(digest: str) -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong):
        judge(device, {**sent(device), "content-digest": digest})


def test_a_request_without_body_needs_no_digest() -> None:
    device = a_device()
    judge(device, sent(device, body=b""), body=b"")


@pytest.mark.parametrize("minutes", [-6, 6])
def test_a_wrong_clock_is_told_what_time_it_is(minutes: int) -> None:
    device = a_device()
    with pytest.raises(TillClockWrong) as refused:
        judge(device, sent(device), now=NOW + timedelta(minutes=minutes))
    assert (
        refused.value.extra["serverTime"]
        == f"2026-06-01T{12 if minutes > 0 else 11}:{minutes % 60:02}:00Z"
    )


@pytest.mark.parametrize("minutes", [-4, 4])
def test_a_clock_that_is_a_little_off_is_accepted(minutes: int) -> None:
    device = a_device()
    judge(device, sent(device), now=NOW + timedelta(minutes=minutes))


def test_a_stranger_is_not_told_that_the_clock_is_wrong() -> None:
    headers = sent(a_device())
    with pytest.raises(TillSignatureWrong):
        judge(a_device(), headers, now=NOW + timedelta(hours=1))


def test_another_algorithm_than_the_tills_own_is_refused() -> None:
    device = a_device()
    headers = sent(device)
    named = headers["signature-input"].replace("ed25519", "ecdsa-p256-sha256")
    with pytest.raises(TillSignatureWrong, match="algoritme"):
        judge(device, {**headers, "signature-input": named})


@pytest.mark.parametrize(
    "broken",
    [
        {"signature": ""},
        {"signature": "pas=:AAAA:"},
        {"signature-input": "pas=()"},
        {"signature-input": 'pas=("@method");created=1;keyid="x";nonce="y"'},
        {"signature-input": 'pas=("@method");created=99999999999999;keyid="x";nonce="y"'},
        {"signature-input": 'pas=("@method" "@path" "content-digest");created=1'},
        {"signature-input": "pas=" + "(" * 100_000},
    ],
)
def test_a_malformed_signature_is_refused(broken: Mapping[str, str]) -> None:
    device = a_device()
    with pytest.raises(TillSignatureWrong):
        judge(device, {**sent(device), **broken})


def test_a_component_we_cannot_check_is_refused() -> None:
    device = a_device()
    headers = sent(device)
    named = headers["signature-input"].replace('"@path"', '"@path" "x-other"')
    with pytest.raises(TillSignatureWrong, match="x-other"):
        judge(device, {**headers, "signature-input": named})


def test_the_signature_base_is_that_of_the_rfc() -> None:
    """Test vector B.2.6 of RFC 9421 (ed25519): its key, its headers, its signature."""
    der = base64.b64decode("MCowBQYDK2VwAyEAJrQLj5P/89iXES9+vFgrIy29clF9CC/oPPsw3c5D0bs=")
    till = TillKey(TillId(uuid7()), None, "Ed25519", read_public_key(der, "Ed25519"))
    signature = (
        "wqcAqbmYJ2ji2glfAMaRy4gruYYnx2nEFN2HN6jrnDnQCK1u02Gb04v9EDgwUPiu4A0w6vuQv5lIp5WPpBKRCw=="
    )
    headers = {
        "date": "Tue, 20 Apr 2021 02:07:55 GMT",
        "content-type": "application/json",
        "content-length": "18",
        "signature": f"sig-b26=:{signature}:",
    }
    signed = (
        '("date" "@method" "@path" "@authority" "content-type" "content-length")'
        ';created=1618884473;keyid="test-key-ed25519"'
    )
    from pas.auth import till_signature  # noqa: PLC0415 (its inner parts, for this vector alone)

    base = "\n".join(
        [
            '"date": Tue, 20 Apr 2021 02:07:55 GMT',
            '"@method": POST',
            '"@path": /foo',
            '"@authority": example.com',
            '"content-type": application/json',
            '"content-length": 18',
            f'"@signature-params": {signed}',
        ]
    )
    till_signature._refuse_signature(till.key, base64.b64decode(signature), base.encode())
    request = SignedRequest(
        method="POST", origin="https://example.com", target="/foo", body=b"", headers=headers
    )
    parts = ("date", "@method", "@path", "content-type", "content-length")
    ours = till_signature._base(request, parts, signed).decode()
    assert ours == base.replace('"@authority": example.com\n', "")


def test_a_key_of_the_wrong_kind_is_refused() -> None:
    der = (
        a_device("ES256")
        .private.public_key()
        .public_bytes(Encoding.DER, PublicFormat.SubjectPublicKeyInfo)
    )
    with pytest.raises(ValueError, match="Ed25519"):
        read_public_key(der, "Ed25519")
