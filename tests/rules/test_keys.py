"""Keys: made once, rotated without losing what they made, refused where they do not belong."""

import stat
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from given.logins import a_key_store, without_a_key
from pas.auth.citizen_number import (
    CitizenNumberUnreadable,
    CitizenNumberWrong,
    bsn_hashes,
    decrypt_bsn,
    encrypt_bsn,
    read_citizen_number,
)
from pas.auth.key_files import KeysExist, end_key, make_keys, rotate_key
from pas.auth.keys import ALWAYS, KeysMissing, KeyStore, KeysUnsafe, Purpose, refuse_demo_keys
from pas.ids import MunicipalityName, uuid7

VELSEN = MunicipalityName("velsen")
NOW = datetime(2026, 6, 1, 12, tzinfo=UTC)
NUMBER = read_citizen_number("111222333")


def test_keys_are_for_us_alone(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    assert stat.S_IMODE(store.path(VELSEN).stat().st_mode) == 0o600
    assert stat.S_IMODE(store.path(VELSEN).parent.stat().st_mode) == 0o700


def test_keys_that_others_can_read_are_refused(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    store.path(VELSEN).chmod(0o640)
    with pytest.raises(KeysUnsafe, match="chmod 600"):
        store.ring(VELSEN)


def test_keys_that_others_can_read_from_now_on_are_refused_while_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("pas.auth.keys.RELOAD_SECONDS", 0)
    store = a_key_store(tmp_path)
    store.ring(VELSEN)
    store.path(VELSEN).chmod(0o640)
    with pytest.raises(KeysUnsafe, match="chmod 600"):
        store.ring(VELSEN)
    store.path(VELSEN).chmod(0o600)
    assert store.ring(VELSEN).missing == []


def test_missing_keys_say_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="pas keys make velsen"):
        KeyStore(tmp_path).ring(VELSEN)


def test_a_missing_purpose_says_what_to_do(tmp_path: Path) -> None:
    with pytest.raises(KeysMissing, match="--purpose oidc_client"):
        a_key_store(tmp_path).ring(VELSEN).current(Purpose.OIDC_CLIENT)


@pytest.mark.parametrize("purpose", ALWAYS)
def test_keys_from_before_a_purpose_say_that_it_is_missing(
    tmp_path: Path, purpose: Purpose
) -> None:
    store = a_key_store(tmp_path)
    assert store.ring(VELSEN).missing == []
    without_a_key(store, purpose)
    assert store.ring(VELSEN).missing == [purpose]


def test_damaged_keys_are_refused(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    store.path(VELSEN).write_text("{")
    with pytest.raises(KeysUnsafe, match="backup"):
        store.ring(VELSEN)


def test_keys_of_another_municipality_are_refused(tmp_path: Path) -> None:
    store, other = a_key_store(tmp_path), MunicipalityName("ijmond")
    store.path(VELSEN).parent.rename(tmp_path / "keys" / "ijmond")
    with pytest.raises(KeysUnsafe, match="velsen"):
        store.ring(other)


def test_keys_are_never_made_over_existing_ones(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    before = store.ring(VELSEN)
    with pytest.raises(KeysExist):
        make_keys(store, VELSEN, demo=False, now=NOW)
    assert store.ring(VELSEN) == before


def test_after_rotation_the_older_key_still_reads(tmp_path: Path) -> None:
    store, resident = a_key_store(tmp_path), uuid7()
    hidden = encrypt_bsn(store.ring(VELSEN), NUMBER, resident=resident)
    rotate_key(store, VELSEN, purpose=Purpose.BSN_ENCRYPTION, now=NOW)
    rotate_key(store, VELSEN, purpose=Purpose.BSN_HASH, now=NOW)
    ring = store.ring(VELSEN)
    anew = encrypt_bsn(ring, NUMBER, resident=resident)
    assert decrypt_bsn(ring, hidden.encrypted, resident=resident) == NUMBER
    assert decrypt_bsn(ring, anew.encrypted, resident=resident) == NUMBER
    assert anew.hash != hidden.hash
    assert bsn_hashes(ring, NUMBER) == [anew.hash, hidden.hash]


def test_rotations_at_the_same_moment_are_all_kept(tmp_path: Path) -> None:
    a_key_store(tmp_path)

    def rotate(_: int) -> str:
        store = KeyStore(tmp_path / "keys")
        return rotate_key(store, VELSEN, purpose=Purpose.TOKEN_SIGNING, now=NOW).key_id

    with ThreadPoolExecutor(8) as threads:
        made = set(threads.map(rotate, range(16)))
    kept = {
        key.key_id for key in KeyStore(tmp_path / "keys").ring(VELSEN).of(Purpose.TOKEN_SIGNING)
    }
    assert made <= kept


def test_another_process_sees_a_rotation(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("pas.auth.keys.RELOAD_SECONDS", 0)
    serving = a_key_store(tmp_path)
    serving.ring(VELSEN)
    key = rotate_key(KeyStore(serving.folder), VELSEN, purpose=Purpose.SEAL, now=NOW)
    assert serving.ring(VELSEN).current(Purpose.SEAL) == key


def test_a_leaked_key_for_tokens_can_be_thrown_away(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    leaked = store.ring(VELSEN).current(Purpose.TOKEN_SIGNING)
    with pytest.raises(KeysUnsafe, match="current"):
        end_key(store, VELSEN, leaked.key_id)
    rotate_key(store, VELSEN, purpose=Purpose.TOKEN_SIGNING, now=NOW)
    end_key(store, VELSEN, leaked.key_id)
    assert store.ring(VELSEN).find(Purpose.TOKEN_SIGNING, leaked.key_id) is None


@pytest.mark.parametrize("purpose", [Purpose.BSN_ENCRYPTION, Purpose.BSN_HASH, Purpose.SEAL])
def test_a_key_that_lasting_things_need_is_never_thrown_away(
    tmp_path: Path, purpose: Purpose
) -> None:
    store = a_key_store(tmp_path)
    old = store.ring(VELSEN).current(purpose)
    rotate_key(store, VELSEN, purpose=purpose, now=NOW)
    with pytest.raises(KeysUnsafe, match="readable"):
        end_key(store, VELSEN, old.key_id)


def test_a_ciphertext_is_worth_nothing_at_another_resident(tmp_path: Path) -> None:
    ring = a_key_store(tmp_path).ring(VELSEN)
    hidden = encrypt_bsn(ring, NUMBER, resident=uuid7())
    with pytest.raises(CitizenNumberUnreadable):
        decrypt_bsn(ring, hidden.encrypted, resident=uuid7())


def test_two_ciphertexts_of_one_number_do_not_show_it(tmp_path: Path) -> None:
    ring, resident = a_key_store(tmp_path).ring(VELSEN), uuid7()
    one, other = (encrypt_bsn(ring, NUMBER, resident=resident) for _ in range(2))
    assert one.encrypted != other.encrypted
    assert one.hash == other.hash


@pytest.mark.parametrize("text", ["111222334", "12345678901", "", "ABCDEFGHI"])
def test_what_fails_the_eleven_test_is_refused_and_not_repeated(text: str) -> None:
    with pytest.raises(CitizenNumberWrong) as refused:
        read_citizen_number(text)
    assert text == "" or text not in str(refused.value)


def test_demo_keys_are_refused_outside_the_demonstration(tmp_path: Path) -> None:
    ring = a_key_store(tmp_path, demo=True).ring(VELSEN)
    refuse_demo_keys(ring, demo=True, loopback=True)
    with pytest.raises(KeysUnsafe, match="not made by it"):
        refuse_demo_keys(ring, demo=False, loopback=True)
    with pytest.raises(KeysUnsafe, match="this machine"):
        refuse_demo_keys(ring, demo=True, loopback=False)


def test_no_secret_shows_in_a_traceback(tmp_path: Path) -> None:
    ring = a_key_store(tmp_path).ring(VELSEN)
    key = ring.current(Purpose.SEAL)
    assert repr(key.secret) not in repr(key) + repr(ring) + repr([key])
