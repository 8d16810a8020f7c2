"""The code that a telephone shows: signed by the municipality, for ninety seconds, for one sale.

``SP1:`` and base 45 of 101 bytes: which kind, which municipality, which key, which card, until when,
a number drawn for this code alone, and an Ed25519 signature over all that. As a QR code it is version
8 at level Q. A photograph of it is worth nothing two minutes later, and a second sale with it never
anything: the number is written down with the sale that it pays (``spend_codes()``).

Whoever asks first what can be taken, and then the holder for the rest, takes longer than that. So with
a quote the till gets a **ticket**: the same facts under a keyed hash that names this till, for ten
minutes from when the code was made. It is written as the code is, and sent in its place. Copied to
another till it is no ticket; kept, it ends; and it pays for one sale, the same as the code does. What
was decided, and what a stolen ticket is worth, stands in docs/decisions/0105.

The server makes the codes and reads them: one clock, so no tolerance for another.
"""

import hashlib
import hmac
import secrets
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Final, Literal
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from pas import base45
from pas.auth.keys import Key, KeyRing, Purpose
from pas.errors import TillRefusal
from pas.ids import CardId, MunicipalityName, TillId
from pas.passes.codes import (
    PHONE_PREFIX,
    CardForeign,
    CardUnreadable,
    PhoneText,
    municipality_tag,
)

LIVES: Final = timedelta(seconds=90)
TICKET_LIVES: Final = timedelta(minutes=10)
"""From when the code was made: a ticket that is asked for with a ticket lasts no longer."""

CODE: Final = b"\x01"
TICKET: Final = b"\x02"
TAG: Final = slice(1, 5)
KEY_MARK: Final = slice(5, 9)
CARD: Final = slice(9, 25)
UNTIL: Final = slice(25, 29)
NONCE: Final = slice(29, 37)
BODY_BYTES: Final = 37
NONCE_BYTES: Final = 8
SIGNATURE_BYTES: Final = 64
MAC_BYTES: Final = 16
ASIDE: Final[dict[bytes, int]] = {CODE: SIGNATURE_BYTES, TICKET: MAC_BYTES}
"""What stands behind the body, by kind; both make an odd number of bytes, so no code ends in a space."""


class PhoneCodeForged(TillRefusal):
    """Deze code is niet van ons."""

    cashier = "Deze code is niet van ons. Vraag naar de kaart."
    holder = "De kassa herkent deze code niet. Laat uw kaart zien."
    next_step = "Open uw pas opnieuw op onze eigen pagina."
    status = 404
    sticky = False


class PhoneCodeExpired(TillRefusal):
    """Deze code is verlopen."""

    cashier = "De code is verlopen. Vraag de pashouder om een nieuwe."
    holder = "Uw code is verlopen. Open uw pas opnieuw."
    next_step = "Een foto van de code werkt niet. Uw kaart werkt altijd."
    status = 409
    sticky = False


class PhoneCodeUsed(TillRefusal):
    """Met deze code is al betaald."""

    cashier = "Met deze code is al betaald. Vraag om een nieuwe."
    holder = "Deze code is al gebruikt. Laat een nieuwe code zien."
    next_step = "Open uw pas opnieuw. Dan komt er een nieuwe code."
    status = 409
    sticky = False


class TillTicketExpired(TillRefusal):
    """Dit heeft te lang geduurd."""

    cashier = "Dit duurde te lang. Scan de telefoon nog een keer."
    holder = "Laat de code op uw telefoon nog een keer zien."
    next_step = "Er is nog niets betaald. Scan opnieuw."
    status = 409
    sticky = False


class PhoneRemoved(TillRefusal):
    """Deze telefoon hoort niet meer bij de pas."""

    cashier = "Deze telefoon is van de pas gehaald. Vraag naar de kaart."
    holder = "Uw pas staat niet meer op deze telefoon."
    next_step = "Gebruik uw kaart. Of zet de pas weer op uw telefoon."
    status = 409


class PhoneCode(msgspec.Struct, frozen=True, kw_only=True):
    """What a code or a ticket says, once it is proved: whose card, until when, and its number."""

    kind: Literal["code", "ticket"]
    card_id: CardId
    until: datetime
    nonce: bytes

    def __repr__(self) -> str:
        """Keep the number out of logs and tracebacks."""
        return f"PhoneCode({self.kind}, {self.card_id})"


def make_code(ring: KeyRing, card: CardId, *, now: datetime) -> tuple[str, datetime]:
    """Sign a new code for a card; also gives until when it works."""
    key, until = ring.current(Purpose.PHONE_CODE), whole_second(now + LIVES)
    body = body_of(
        CODE, ring.municipality, key, card=card, until=until, nonce=secrets.token_bytes(NONCE_BYTES)
    )
    signature = Ed25519PrivateKey.from_private_bytes(key.secret).sign(
        signed(ring.municipality, body)
    )
    return PHONE_PREFIX + base45.encoded(body + signature), until


def make_ticket(ring: KeyRing, code: PhoneCode, *, till: TillId) -> str:
    """Let one till go on with a code that it showed in time."""
    key, until = ring.current(Purpose.TILL_TICKET), code.until
    if code.kind == "code":
        until += TICKET_LIVES - LIVES
    body = body_of(TICKET, ring.municipality, key, card=code.card_id, until=until, nonce=code.nonce)
    mac = mac_of(key, ring.municipality, till=till, body=body)
    return PHONE_PREFIX + base45.encoded(body + mac)


def read_phone_text(text: PhoneText, ring: KeyRing, *, till: TillId) -> PhoneCode:
    """Prove a code or a ticket; whether it is in time and unused is judged with the other facts.

    What is in the form of neither is unreadable; what is, and nobody of us made, is forged.
    """
    content = content_of(text)
    kind, body, proof = content[:1], content[:BODY_BYTES], content[BODY_BYTES:]
    if kind not in ASIDE or len(proof) != ASIDE[kind]:
        raise CardUnreadable
    if body[TAG] != municipality_tag(ring.municipality).encode("ascii"):
        raise CardForeign
    if not (is_signed if kind == CODE else is_for_till)(ring, body, proof, till=till):
        raise PhoneCodeForged
    return PhoneCode(
        kind="code" if kind == CODE else "ticket",
        card_id=CardId(UUID(bytes=body[CARD])),
        until=datetime.fromtimestamp(int.from_bytes(body[UNTIL], "big"), UTC),
        nonce=body[NONCE],
    )


def is_signed(ring: KeyRing, body: bytes, proof: bytes, *, till: TillId) -> bool:
    """Whether a key of ours signed this, also one before the current; a code is for every till."""
    del till
    for key in keys_of(ring, Purpose.PHONE_CODE, body):
        try:
            public_key(key.secret).verify(proof, signed(ring.municipality, body))
        except InvalidSignature:
            continue
        return True
    return False


def is_for_till(ring: KeyRing, body: bytes, proof: bytes, *, till: TillId) -> bool:
    """Whether we gave this to that very till."""
    return any(
        hmac.compare_digest(mac_of(key, ring.municipality, till=till, body=body), proof)
        for key in keys_of(ring, Purpose.TILL_TICKET, body)
    )


@lru_cache(maxsize=64)
def public_key(secret: bytes) -> Ed25519PublicKey:
    return Ed25519PrivateKey.from_private_bytes(secret).public_key()


def keys_of(ring: KeyRing, purpose: Purpose, body: bytes) -> list[Key]:
    """The keys that it may be made with; a municipality without such keys made none."""
    return [key for key in ring.keys if key.purpose == purpose and key_mark(key) == body[KEY_MARK]]


def body_of(
    kind: bytes,
    municipality: MunicipalityName,
    key: Key,
    *,
    card: CardId,
    until: datetime,
    nonce: bytes,
) -> bytes:
    return b"".join(
        (
            kind,
            municipality_tag(municipality).encode("ascii"),
            key_mark(key),
            card.bytes,
            int(until.timestamp()).to_bytes(4, "big"),
            nonce,
        )
    )


def signed(municipality: MunicipalityName, body: bytes) -> bytes:
    """What is signed: with the whole name, because two municipalities may share a tag."""
    return b"pas phone code 1\x00" + municipality.encode("ascii") + b"\x00" + body


def mac_of(key: Key, municipality: MunicipalityName, *, till: TillId, body: bytes) -> bytes:
    said = b"pas till ticket 1\x00" + municipality.encode("ascii") + b"\x00" + till.bytes + body
    return hmac.digest(key.secret, said, "sha256")[:MAC_BYTES]


def key_mark(key: Key) -> bytes:
    """Four bytes by which a key is found; which of two that share them it was, the proof tells."""
    return hashlib.sha256(key.key_id.encode("ascii")).digest()[:4]


def content_of(text: PhoneText) -> bytes:
    try:
        return base45.decoded(text.text.removeprefix(PHONE_PREFIX))
    except ValueError:
        raise CardUnreadable from None


def whole_second(moment: datetime) -> datetime:
    """A code holds no fractions; rounded up, so that it never ends earlier than is said."""
    return datetime.fromtimestamp(-int(-moment.timestamp() // 1), UTC)
