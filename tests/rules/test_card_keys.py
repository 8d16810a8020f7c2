"""A card's codes under the keys: opened only for that card, found under every key."""

from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import msgspec
import pytest

from given.logins import a_key_store
from pas.auth.key_files import rotate_key
from pas.auth.keys import Key, KeyRing, Purpose
from pas.ids import CardId, MunicipalityName
from pas.passes.card_keys import (
    CardCodes,
    CardCodesUnreadable,
    activation_hash,
    hashes_of_scan,
    number_hashes,
    open_codes,
    seal_codes,
)
from pas.passes.codes import (
    ActivationCode,
    CardNumberMistyped,
    CardUnreadable,
    grouped,
    new_card_number,
    new_token,
)

VELSEN, ALMERE = MunicipalityName("velsen"), MunicipalityName("almere")
CARD = CardId(uuid4())


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path).ring(VELSEN)


def the_codes() -> CardCodes:
    return CardCodes(new_token(VELSEN), new_card_number())


def test_codes_open_as_they_were_sealed(ring: KeyRing) -> None:
    codes = the_codes()
    assert open_codes(ring, seal_codes(ring, codes, card=CARD), card=CARD) == codes


def test_the_codes_cannot_be_read_in_what_is_stored(ring: KeyRing) -> None:
    codes = the_codes()
    sealed = seal_codes(ring, codes, card=CARD)
    assert codes.token.secret.encode() not in sealed
    assert codes.number.encode() not in sealed
    assert sealed != seal_codes(ring, codes, card=CARD)


def test_codes_do_not_open_for_another_card_or_municipality_or_when_changed(ring: KeyRing) -> None:
    sealed = seal_codes(ring, the_codes(), card=CARD)
    elsewhere = msgspec.structs.replace(ring, municipality=ALMERE)
    for wrong_ring, wrong, card in (
        (ring, sealed, CardId(uuid4())),
        (elsewhere, sealed, CARD),
        (ring, sealed[:-1] + bytes([sealed[-1] ^ 1]), CARD),
        (ring, b"\x02" + sealed[1:], CARD),
    ):
        with pytest.raises(CardCodesUnreadable):
            open_codes(wrong_ring, wrong, card=card)


def test_codes_stay_readable_after_the_key_was_rotated(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    codes = the_codes()
    sealed = seal_codes(store.ring(VELSEN), codes, card=CARD)
    later = datetime.now(UTC) + timedelta(days=1)
    rotate_key(store, VELSEN, purpose=Purpose.CARD_ENCRYPTION, now=later)
    assert open_codes(store.ring(VELSEN), sealed, card=CARD) == codes
    without = [key for key in store.ring(VELSEN).keys if not _made(key, sealed)]
    with pytest.raises(CardCodesUnreadable):
        open_codes(KeyRing(VELSEN, demo=False, keys=tuple(without)), sealed, card=CARD)


def _made(key: Key, sealed: bytes) -> bool:
    return key.purpose == Purpose.CARD_ENCRYPTION and key.key_id.encode() in sealed


def test_a_number_is_found_under_every_key_the_current_one_first(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    number = new_card_number()
    (before,) = number_hashes(store.ring(VELSEN), number)
    later = datetime.now(UTC) + timedelta(days=1)
    rotate_key(store, VELSEN, purpose=Purpose.CARD_NUMBER_HASH, now=later)
    hashes = number_hashes(store.ring(VELSEN), number)
    assert len(hashes) == 2
    assert hashes[1] == before


def test_a_scan_becomes_hashes_and_nothing_else(ring: KeyRing) -> None:
    codes = the_codes()
    by_token = hashes_of_scan(codes.token.text().lower(), ring, VELSEN)
    assert (by_token.token_hash, by_token.number_hashes) == (codes.token.sha256(), [])
    by_number = hashes_of_scan(grouped(codes.number), ring, VELSEN)
    assert by_number.token_hash is None
    assert by_number.number_hashes == number_hashes(ring, codes.number)


def test_a_card_from_elsewhere_says_so(ring: KeyRing) -> None:
    assert hashes_of_scan(new_token(ALMERE).text(), ring, VELSEN).is_foreign
    assert not hashes_of_scan(new_token(VELSEN).text(), ring, VELSEN).is_foreign


def test_what_is_no_card_is_refused(ring: KeyRing) -> None:
    with pytest.raises(CardUnreadable):
        hashes_of_scan("hallo", ring, VELSEN)
    with pytest.raises(CardNumberMistyped):
        hashes_of_scan("1234 5678 9012", ring, VELSEN)


def test_under_a_key_we_do_not_have_no_activation_code_is_right(ring: KeyRing) -> None:
    assert activation_hash(ring, ActivationCode("34679CFH"), card=CARD, key_id="gone") is None


def test_nothing_shows_the_codes_by_accident() -> None:
    codes = the_codes()
    assert codes.number not in repr(codes)
    assert codes.token.secret not in repr(codes)
