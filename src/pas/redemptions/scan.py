"""From what was scanned or typed to the hashes a card is found by; the text itself goes no further."""

from pas.auth.keys import KeyRing, Purpose
from pas.ids import MunicipalityName
from pas.passes.codes import HashKey, Token, hash_card_number, read_scanned
from pas.redemptions.sale import Scan


def scan_of(text: str, ring: KeyRing, municipality: MunicipalityName, *, holder: int = 0) -> Scan:
    """Read a code or a number, or refuse with what to do about it."""
    match read_scanned(text):
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
