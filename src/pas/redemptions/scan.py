"""From what was scanned or typed to what a card is found by; the text itself goes no further."""

from pas.auth.keys import KeyRing, Purpose
from pas.errors import TillRefusal
from pas.ids import MunicipalityName, TillId
from pas.passes.codes import (
    CardNumberMistyped,
    CardUnreadable,
    HashKey,
    PhoneCodeNotAccepted,
    PhoneText,
    Token,
    hash_card_number,
    read_at_till,
)
from pas.passes.earlier_numbers import earlier_hashes
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
    whose it was. So is the number on a card of an earlier supplier, which no list of a till without
    a network holds.
    """
    try:
        read = read_at_till(text)
    except (CardUnreadable, CardNumberMistyped) as refusal:
        hashes = [] if till is None else earlier_hashes(ring, text)
        if not hashes:
            raise
        return scan_of_number(hashes, holder=holder, unread=type(refusal))
    match read:
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
            # Twelve digits of an earlier supplier may pass for ours; a card of ours comes first.
            earlier = [] if till is None else earlier_hashes(ring, text)
            return scan_of_number([*hashes, *earlier], holder=holder)


def scan_of_number(
    hashes: list[bytes], *, holder: int, unread: type[TillRefusal] | None = None
) -> Scan:
    return Scan(
        number_hash=hashes[0],
        older_number_hashes=tuple(hashes[1:]),
        unread=unread,
        holder=holder,
    )


def phone_scan(shown: PhoneText, ring: KeyRing, *, holder: int, till: TillId | None) -> Scan:
    """What nobody of us made is no card of anybody, and counts against the till that tries it."""
    if till is None:
        raise PhoneCodeNotAccepted
    try:
        return Scan(phone=read_phone_text(shown, ring, till=till), holder=holder)
    except PhoneCodeForged:
        return Scan(is_forged=True, holder=holder)
