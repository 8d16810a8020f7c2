"""From what was scanned or typed to what a card is found by; the text itself goes no further."""

from pas.auth.keys import KeyRing, Purpose
from pas.ids import MunicipalityName, TillId
from pas.passes.codes import (
    HashKey,
    PhoneCodeNotAccepted,
    PhoneText,
    Token,
    hash_card_number,
    read_at_till,
)
from pas.passes.phone_codes import PhoneCodeForged, read_phone_text
from pas.redemptions.sale import Scan


def scan_of(
    text: str,
    ring: KeyRing,
    municipality: MunicipalityName,
    *,
    holder: int = 0,
    till: TillId | None = None,
) -> Scan:
    """Read a code or a number, or refuse with what to do about it.

    A code on a telephone is for a ``till`` that asks now: of one that was kept nobody can tell
    whose it was.
    """
    match read_at_till(text):
        case PhoneText() as shown:
            return phone_scan(shown, ring, holder=holder, till=till)
        case Token() as token:
            return Scan(
                token_hash=token.sha256(), is_foreign=not token.is_of(municipality), holder=holder
            )
        case number:
            hashes = [
                hash_card_number(number, HashKey(key.key_id, key.secret)).digest
                for key in ring.of(Purpose.CARD_NUMBER_HASH)
            ]
            return Scan(number_hash=hashes[0], older_number_hashes=tuple(hashes[1:]), holder=holder)


def phone_scan(shown: PhoneText, ring: KeyRing, *, holder: int, till: TillId | None) -> Scan:
    """What nobody of us made is no card of anybody, and counts against the till that tries it."""
    if till is None:
        raise PhoneCodeNotAccepted
    try:
        return Scan(phone=read_phone_text(shown, ring, till=till), holder=holder)
    except PhoneCodeForged:
        return Scan(is_forged=True, holder=holder)
