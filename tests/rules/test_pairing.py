"""A pairing code, and the proof that a device has its key."""

import pytest
from cryptography.hazmat.primitives.asymmetric import ec, ed25519

from given.merchants import a_device
from pas.ids import MunicipalityName
from pas.merchants.pairing import (
    LENGTH,
    DeviceKeyWrong,
    PairingCodeUnreadable,
    PairingProofWrong,
    challenge,
    grouped,
    hash_of,
    new_pairing_code,
    read_device_key,
    read_pairing_code,
    stored_form,
    verify_proof,
)

VELSEN = MunicipalityName("velsen")


def test_a_code_holds_130_random_bits() -> None:
    codes = {new_pairing_code() for _ in range(100)}
    assert len(codes) == 100
    assert all(len(code) == LENGTH for code in codes)


def test_a_code_is_read_from_an_address_and_from_typing() -> None:
    code = new_pairing_code()
    for typed in (
        code,
        grouped(code).lower(),
        f"https://pas.example.nl/velsen/kassa#{code}",
        f" {code}\n",
        code.replace("0", "O").replace("1", "l"),
    ):
        assert read_pairing_code(typed) == code


@pytest.mark.parametrize("text", ["", "ABC", "U" * 26, "0" * 27, "#", "é" * 26, "0" * 5000])
def test_what_is_no_code_is_refused(text: str) -> None:
    with pytest.raises(PairingCodeUnreadable):
        read_pairing_code(text)


def test_the_hash_hides_the_code() -> None:
    code = new_pairing_code()
    assert code.encode() not in hash_of(code)
    assert hash_of(code) != hash_of(new_pairing_code())


@pytest.mark.parametrize(
    "key", [ed25519.Ed25519PrivateKey.generate(), ec.generate_private_key(ec.SECP256R1())]
)
def test_a_proof_fits_one_key_and_one_code(
    key: ed25519.Ed25519PrivateKey | ec.EllipticCurvePrivateKey,
) -> None:
    code = new_pairing_code()
    device = a_device(code, key=key)
    public = read_device_key(device.algorithm, device.public_key)
    verify_proof(public, device.signature, challenge(VELSEN, code))
    other = a_device(code)
    for wrong in (
        (public, device.signature, challenge(VELSEN, new_pairing_code())),
        (public, device.signature, challenge(MunicipalityName("almere"), code)),
        (public, device.signature[:-1], challenge(VELSEN, code)),
        (public, b"", challenge(VELSEN, code)),
        (
            read_device_key(other.algorithm, other.public_key),
            device.signature,
            challenge(VELSEN, code),
        ),
    ):
        with pytest.raises(PairingProofWrong):
            verify_proof(*wrong)


def test_a_raw_key_and_an_exported_one_are_stored_alike() -> None:
    device = a_device(new_pairing_code())
    raw = read_device_key("Ed25519", device.public_key)
    assert stored_form(read_device_key("Ed25519", stored_form(raw))) == stored_form(raw)


@pytest.mark.parametrize("given", [b"", b"x" * 31, b"x" * 91])
def test_what_is_no_key_is_refused(given: bytes) -> None:
    with pytest.raises(DeviceKeyWrong):
        read_device_key("ES256", given)


def test_a_key_of_another_kind_is_refused() -> None:
    other = ec.generate_private_key(ec.SECP384R1()).public_key()
    with pytest.raises(DeviceKeyWrong):
        read_device_key("ES256", stored_form(other))
    with pytest.raises(DeviceKeyWrong):
        read_device_key("Ed25519", stored_form(other))
