"""What a receipt says, and to whom it can be shown."""

from datetime import timedelta
from pathlib import Path
from uuid import UUID

import pytest

from given.days import NOW
from given.logins import a_key_store, without_a_key
from pas.auth.keys import KeyRing, Purpose
from pas.errors import Refusal
from pas.ids import MunicipalityName
from pas.seals.notes import is_signed_by, verifier_of
from pas.seals.receipts import make_receipt, read_receipt, receipt_verifier

ENTRY = UUID("01933d2e-8f00-7000-8000-000000000001")


@pytest.fixture
def ring(tmp_path: Path) -> KeyRing:
    return a_key_store(tmp_path).ring(MunicipalityName("velsen"))


def receipt_of(ring: KeyRing, *, cents: int = 1240, is_booked: bool = True) -> str:
    made = make_receipt(ring, ENTRY, cents=cents, is_booked=is_booked, recorded_at=NOW)
    assert made is not None
    return made


def test_a_receipt_is_a_signed_note_that_a_person_can_read(ring: KeyRing) -> None:
    receipt, note = read_receipt(receipt_of(ring))
    assert note.text.splitlines()[:5] == ["pas-receipt/v1", "velsen", str(ENTRY), "booked", "1240"]
    assert receipt.before == (NOW + timedelta(hours=24)).replace(microsecond=0)
    public = verifier_of("", ring.current(Purpose.RECEIPT).secret).public_key
    assert is_signed_by(note, receipt_verifier(receipt, public))


def test_the_same_again_gives_the_same_receipt(ring: KeyRing) -> None:
    assert receipt_of(ring) == receipt_of(ring)
    assert receipt_of(ring) != receipt_of(ring, cents=1241)


def test_of_a_no_nothing_was_taken(ring: KeyRing) -> None:
    receipt, _ = read_receipt(receipt_of(ring, is_booked=False))
    assert (receipt.outcome, receipt.cents) == ("declined", 0)


def test_a_municipality_without_the_key_sells_on_without_receipts(tmp_path: Path) -> None:
    store = a_key_store(tmp_path)
    without_a_key(store, Purpose.RECEIPT)
    ring = store.ring(MunicipalityName("velsen"))
    assert make_receipt(ring, ENTRY, cents=1, is_booked=True, recorded_at=NOW) is None


@pytest.mark.parametrize(
    ("right", "wrong"),
    [
        ("pas-receipt/v1", "pas-receipt/v2"),
        ("1240", "12.40"),
        ("1240", "01240"),
        ("booked", "refused"),
        (str(ENTRY), str(ENTRY).upper()),
        ("velsen\n", ""),
        ("Z\n\n", "\n\n"),
    ],
)
def test_what_is_no_receipt_is_refused(ring: KeyRing, right: str, wrong: str) -> None:
    with pytest.raises(Refusal):
        read_receipt(receipt_of(ring).replace(right, wrong, 1))
