"""What is printed on a card or in its letter, and what a scan or a typed line may mean.

A card carries 130 random bits as a QR code, and a number of 12 digits for typing. Both only find
the pass: without a paired till they are worth nothing, and only hashes of them are stored. The
number is short enough to try out, so its hash needs a key; the activation code too.

The two check digits of the number are ISO 7064 MOD 97-10, as in an IBAN. They catch every single
wrong digit and every swap of two neighbours, as one Damm or Verhoeff digit would, and also swaps
over one digit, doubled digits and 99 of 100 other mistakes; a clerk can check them by long
division. The price is one digit less for the number itself: nine billion are left.
"""

import hashlib
import hmac
import re
import secrets
from collections.abc import Callable
from functools import lru_cache
from typing import ClassVar, Final, NewType, TypeAlias

import msgspec

from pas.crockford import ALPHABET, SEPARATORS, encoded, normalised
from pas.errors import Refusal, TillRefusal
from pas.ids import CardId, MunicipalityName

Draw: TypeAlias = Callable[[int], int]
"""A number from zero up to, not including, the argument; ``secrets.randbelow`` but for a demo."""

CardNumber = NewType("CardNumber", str)
"""Twelve digits of which the check digits are right."""
ActivationCode = NewType("ActivationCode", str)
"""Eight characters, upper case, without the hyphen."""

CARD_PREFIX: Final = "SC1"
"""Stadspas card, version 1; QR alphanumeric mode knows only upper case."""
PHONE_PREFIX: Final = "SP1:"

TAG_LENGTH: Final = 4
SECRET_LENGTH: Final = 26
SECRETS: Final = 2 ** (5 * SECRET_LENGTH)
MAX_SCANNED: Final = 300
TOKEN: Final = re.compile(
    f"{CARD_PREFIX}([{ALPHABET}]{{{TAG_LENGTH}}})([{ALPHABET}]{{{SECRET_LENGTH}}})"
)
NUMBER_LENGTH: Final = 12

SCANNER_MARK: Final = re.compile(r"\A\][A-Za-z][0-9A-Za-z]")
"""The symbology identifier (ISO/IEC 15424) that some scanners put in front: ``]Q1``."""

# No vowels (no words), and none of 0 O D Q, 1 I L, 2 Z, 5 S, 8 B, G, U V.
UNAMBIGUOUS: Final = "34679CFHJKMNPRTWXY"
ACTIVATION_LENGTH: Final = 8


class CardUnreadable(TillRefusal):
    """Dit is geen code van een pas."""

    cashier = "Dit is geen pas. Scan de code op de pas opnieuw."
    holder = "De kassa kan deze code niet lezen."
    next_step = "Lukt het niet? Typ de 12 cijfers onder de code."
    sticky = False


class CardNumberMistyped(TillRefusal):
    """Het pasnummer klopt niet."""

    cashier = "Dit nummer klopt niet. Kijk op de pas en typ het opnieuw."
    holder = "Het nummer is niet goed overgenomen van de pas."
    next_step = "Typ de 12 cijfers van de pas, in groepjes van vier."
    sticky = False


class PhoneCodeNotAccepted(TillRefusal):
    """Een code op een telefoon werkt hier niet."""

    cashier = "Een code op een telefoon werkt hier niet. Vraag naar de kaart."
    holder = "De code op uw telefoon werkt hier niet. Laat uw kaart zien."
    next_step = "Geen kaart bij u? Typ het nummer van 12 cijfers van de kaart."
    sticky = False


class CardUnknown(TillRefusal):
    """Deze pas is niet bekend."""

    cashier = "Deze pas is niet bekend. Scan nog eens of typ het nummer."
    holder = "We vinden deze pas niet. De gemeente zoekt het graag uit."
    next_step = "Lukt het niet? De pashouder kan de gemeente bellen."
    status = 404
    sticky = False


class CardForeign(TillRefusal):
    """Deze pas is van een andere gemeente."""

    cashier = "Deze pas is van een andere gemeente. Vraag om een andere pas."
    holder = "Deze pas werkt alleen in de gemeente die hem gaf."
    next_step = "Die gemeente vertelt waar de pas wel werkt."
    status = 404
    sticky = False


class ActivationCodeUnreadable(Refusal):
    """Deze code is niet goed overgenomen."""

    spoken: ClassVar[bool] = True


class Token(msgspec.Struct, frozen=True):
    """What the QR code of a card says: which municipality gave it out, and the secret."""

    municipality_tag: str
    secret: str

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"Token({self.municipality_tag!r})"

    def text(self) -> str:
        """Write what the QR code holds: 33 characters, digits and upper case only."""
        return CARD_PREFIX + self.municipality_tag + self.secret

    def sha256(self) -> bytes:
        """Hash the secret alone, so that a card survives a municipality's new name."""
        return hashlib.sha256(self.secret.encode("ascii")).digest()

    def is_of(self, municipality: MunicipalityName) -> bool:
        return self.municipality_tag == municipality_tag(municipality)


class PhoneText(msgspec.Struct, frozen=True):
    """What a telephone showed, or the ticket that a till got for it; ``phone_codes`` proves it."""

    text: str

    def __repr__(self) -> str:
        """Keep the code out of logs and tracebacks."""
        return "PhoneText()"


class HashKey(msgspec.Struct, frozen=True):
    """A secret key by its id; the id is stored beside each hash, so that keys can be changed."""

    key_id: str
    secret: bytes

    def __repr__(self) -> str:
        """Keep the secret out of logs and tracebacks."""
        return f"HashKey({self.key_id!r})"


class KeyedHash(msgspec.Struct, frozen=True):
    """A hash nobody can repeat without the key; two columns in a table."""

    key_id: str
    digest: bytes


@lru_cache(maxsize=1024)
def municipality_tag(municipality: MunicipalityName) -> str:
    """Make 20 bits of the name, to tell a card from elsewhere from an unknown one.

    Two of 342 municipalities share a tag with a chance of one in twenty; their cards are then
    "unknown" to each other instead of "from elsewhere", and never accepted.
    """
    digest = hashlib.sha256(b"pas municipality tag 1\x00" + municipality.encode()).digest()
    return encoded(int.from_bytes(digest[:8], "big") >> 44, TAG_LENGTH)


def new_token(municipality: MunicipalityName, draw: Draw = secrets.randbelow) -> Token:
    """Draw a secret of 130 bits."""
    return Token(municipality_tag(municipality), encoded(draw(SECRETS), SECRET_LENGTH))


def new_card_number(draw: Draw = secrets.randbelow) -> CardNumber:
    """Draw a number of 12 digits; the first is never zero, because people leave zeros out."""
    body = 1_000_000_000 + draw(9_000_000_000)
    return CardNumber(f"{body}{98 - body * 100 % 97:02d}")


def has_right_check_digits(digits: str) -> bool:
    """ISO 7064 MOD 97-10; the check digits run from 02 to 98."""
    return int(digits) % 97 == 1 and digits[-2:] not in {"00", "01", "99"}


def grouped(number: CardNumber) -> str:
    """Write a number the way it is printed: ``1234 5678 9012``."""
    return f"{number[:4]} {number[4:8]} {number[8:]}"


def read_scanned(text: str) -> Token | CardNumber:
    """As ``read_at_till``, where a code on a telephone says nothing that lasts."""
    match read_at_till(text):
        case PhoneText():
            raise PhoneCodeNotAccepted
        case read:
            return read


def read_at_till(text: str) -> Token | CardNumber | PhoneText:
    """Make out what a scanner or a person put in the field, or refuse with what to do.

    Forgives what keyboard scanners, phones and people do: lower case, spaces, line ends, hyphens,
    a web address around the code, the letters O, I and L for digits.
    """
    if len(text) > MAX_SCANNED:
        raise CardUnreadable
    scanned = SCANNER_MARK.sub("", text.strip())
    if scanned.upper().startswith(PHONE_PREFIX):
        return PhoneText(scanned.upper())
    if "/" not in scanned:
        return read_piece(scanned)
    pieces = re.split(r"[/=#?&]", scanned)
    return read_piece(next((piece for piece in pieces if looks_like_card(piece)), ""))


def looks_like_card(piece: str) -> bool:
    return TOKEN.fullmatch(normalised(piece)) is not None


def read_piece(piece: str) -> Token | CardNumber:
    """Read one code without anything around it."""
    plain = normalised(piece)
    if found := TOKEN.fullmatch(plain):
        return Token(municipality_tag=found[1], secret=found[2])
    if not plain.isdigit():
        raise CardUnreadable
    if len(plain) != NUMBER_LENGTH or not has_right_check_digits(plain):
        raise CardNumberMistyped
    return CardNumber(plain)


def hash_card_number(number: CardNumber, key: HashKey) -> KeyedHash:
    """HMAC-SHA256: without the key the billions of numbers cannot be tried out."""
    return keyed_hash(b"pas card number 1", number.encode("ascii"), key)


def hash_activation_code(code: ActivationCode, *, card: CardId, key: HashKey) -> KeyedHash:
    """HMAC-SHA256 over card and code: equal codes of two cards do not show."""
    return keyed_hash(b"pas activation code 1", card.bytes + code.encode("ascii"), key)


def keyed_hash(purpose: bytes, content: bytes, key: HashKey) -> KeyedHash:
    """Hash for one purpose, so that one key never makes equal hashes for two of them."""
    digest = hmac.digest(key.secret, purpose + b"\x00" + content, "sha256")
    return KeyedHash(key_id=key.key_id, digest=digest)


def new_activation_code(draw: Draw = secrets.randbelow) -> ActivationCode:
    """Draw the code for the separate letter: 33 bits, enough with a limit on attempts."""
    letters = (UNAMBIGUOUS[draw(len(UNAMBIGUOUS))] for _ in range(ACTIVATION_LENGTH))
    return ActivationCode("".join(letters))


def printed(code: ActivationCode) -> str:
    """Write a code the way the letter prints it: ``4X7K-9MPT``."""
    return f"{code[:4]}-{code[4:]}"


def read_activation_code(text: str) -> ActivationCode:
    """Read a typed code, in any case, with or without hyphen and spaces."""
    code = SEPARATORS.sub("", text).upper() if len(text) <= MAX_SCANNED else ""
    if len(code) != ACTIVATION_LENGTH:
        raise ActivationCodeUnreadable("De code heeft 8 tekens. Kijk in de brief met de code.")
    if not set(code) <= set(UNAMBIGUOUS):
        raise ActivationCodeUnreadable(
            f"De code heeft alleen deze tekens: {' '.join(UNAMBIGUOUS)}. Kijk in de brief."
        )
    return ActivationCode(code)
