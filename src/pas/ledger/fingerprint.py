"""What a request asked for, in 32 bytes that stay beside its id for ever.

The same id with the same fingerprint is a retry and gets the stored answer; with another one it
is misuse. So it covers everything that decides what is booked, and nothing that differs between
two honest tries: not the scanned text (a phone's code rotates), not the time, not a confirmation.

Fields are never joined as text. Each is written as one byte for its kind, four bytes for its
length and the value itself, in the order of ``Content``; so two contents never share their bytes,
and ``None``, zero and the empty text all differ. A new field or order is a new version: stored
fingerprints are never computed again.
"""

import hmac
from enum import IntEnum
from typing import Final, TypeAlias
from uuid import UUID

import msgspec

from pas.ids import CardId, EntryId, MerchantId, MunicipalityName, SaleId, TillId
from pas.money import Cents

VERSION: Final = b"pas fingerprint 3\x00"

Field: TypeAlias = str | int | UUID | None
"""``int`` is any amount or count that PostgreSQL's bigint holds."""


class FieldKind(IntEnum):
    """The first byte of a field; never renumbered."""

    ABSENT = 0
    TEXT = 1
    NUMBER = 2
    ID = 3


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What decides a booking at a till; the field order belongs to ``VERSION``."""

    municipality: MunicipalityName
    kind: str
    """The kind of entry: ``redeem``, ``void``, ``refund``, ``confirm`` …"""
    till: TillId
    sale: SaleId | None = None
    card: CardId | None = None
    """The card that was meant, whichever way it was scanned or typed."""
    holder: int | None = None
    """Whose budgets pay, as the till said it: 0 is the card's own holder, 1 the first child. Who
    that is changes with a new year, a birth or a birthday, and a retry stays the same request."""
    payee: MerchantId | None = None
    price_cents: Cents | None = None
    take_cents: Cents | None = None
    visits: int | None = None
    category: str | None = None
    purpose: str | None = None
    reverses: EntryId | None = None


def fingerprint(content: Content, *, key: bytes) -> bytes:
    """Hash a request's content with HMAC-SHA-256.

    The key is outside the database: without it, trying every card would tell whose payment it was,
    long after the link between them was deleted.
    """
    return hmac.digest(key, encoded(content), "sha256")


def encoded(content: Content) -> bytes:
    fields: tuple[Field, ...] = (
        content.municipality,
        content.kind,
        content.till,
        content.sale,
        content.card,
        content.holder,
        content.payee,
        content.price_cents,
        content.take_cents,
        content.visits,
        content.category,
        content.purpose,
        content.reverses,
    )
    return VERSION + b"".join(map(encoded_field, fields))


def encoded_field(field: Field) -> bytes:
    match field:
        case None:
            kind, value = FieldKind.ABSENT, b""
        case str():
            kind, value = FieldKind.TEXT, field.encode()
        case UUID():
            kind, value = FieldKind.ID, field.bytes
        case int():
            kind, value = FieldKind.NUMBER, field.to_bytes(8, "big", signed=True)
    return bytes([kind]) + len(value).to_bytes(4, "big") + value
