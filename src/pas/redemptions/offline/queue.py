"""One sale of a till's queue: what the till signed, read without trusting anything in it.

Somebody can edit the queue in the storage of a browser. So each item is read by itself: what cannot
be read, or was not signed so, is refused without its neighbours. The text that was signed is made
from the fields as they came; nothing is put right on the way.
"""

import base64
import hashlib
import hmac
from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from msgspec import Meta

from pas.auth.till_signature import TillKey, fits
from pas.ids import EntryId, MunicipalityName, SaleId
from pas.money import Cents

HEADING: Final = "pas offline sale 1"
FIRST_PREVIOUS: Final = "0" * 64
NOTHING: Final = "-"
CHAIN_WORD: Final = b"pas offline chain 1\x00"
MOST_SEQUENCE: Final = 9_000_000_000_000_000

Id = Annotated[str, Meta(pattern=r"^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$", max_length=36)]
Hash = Annotated[str, Meta(pattern=r"^[0-9a-f]{64}$", max_length=64)]
Moment = Annotated[
    str, Meta(pattern=r"^20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9:]{8}\.[0-9]{3}Z$", max_length=24)
]
Sequence = Annotated[int, Meta(ge=1, le=MOST_SEQUENCE)]
Whole = Annotated[int, Meta(ge=-1_000_000_000_000, le=1_000_000_000_000)]


class QueueItem(
    msgspec.Struct, frozen=True, kw_only=True, rename="camel", forbid_unknown_fields=True
):
    """A sale as the till wrote it down; ids and moments are text, as they were signed."""

    sequence: Sequence
    previous: Hash
    id: Id
    replaces: Id | None = None
    sale_id: Id | None = None
    permit_id: Id
    scanned: Annotated[str, Meta(min_length=1, max_length=300)]
    holder: Annotated[int, Meta(ge=0, le=20)] = 0
    price_cents: Whole | None = None
    take_cents: Whole | None = None
    """What was quoted for this price before the network was lost; the holder paid the rest."""
    visits: Whole | None = None
    category: Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_-]{0,80}$")] | None = None
    occurred_at: Moment
    signature: Annotated[str, Meta(min_length=1, max_length=200)]

    def __post_init__(self) -> None:
        if self.take_cents is not None and not 0 < self.take_cents <= (self.price_cents or 0):
            raise ValueError("what is taken is a part of a price")
        if self.replaces == self.id:
            raise ValueError("a sale stands for another one")


class Named(msgspec.Struct, frozen=True):
    """Enough of an item to say which one it is."""

    sequence: Sequence
    id: Id


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """One item of an upload.

    ``item`` is None where it could not be read; ``digest`` is that of the text that it says was
    signed, and ``previous`` the one that it names as the sale before it.
    """

    sequence: int
    id: EntryId
    item: QueueItem | None
    digest: bytes
    previous: bytes
    is_signed: bool
    said_at: datetime

    @property
    def replaces(self) -> EntryId | None:
        return EntryId(UUID(self.item.replaces)) if self.item and self.item.replaces else None

    @property
    def permit(self) -> UUID | None:
        return UUID(self.item.permit_id) if self.item else None

    @property
    def sale_id(self) -> SaleId | None:
        return SaleId(UUID(self.item.sale_id)) if self.item and self.item.sale_id else None

    @property
    def price_cents(self) -> Cents | None:
        return cents(self.item.price_cents) if self.item else None

    @property
    def take_cents(self) -> Cents | None:
        return cents(self.item.take_cents) if self.item else None


def cents(said: int | None) -> Cents | None:
    return None if said is None else Cents(said)


def read_item(
    raw: Mapping[str, object],
    *,
    municipality: MunicipalityName,
    till: TillKey,
    key: bytes,
    now: datetime,
) -> Handed | None:
    """Read one item; nothing where it does not even say which one it is."""
    try:
        named = msgspec.convert({name: raw.get(name) for name in ("sequence", "id")}, Named)
    except msgspec.ValidationError:
        return None
    try:
        item = msgspec.convert(raw, QueueItem)
        said_at = datetime.fromisoformat(item.occurred_at).astimezone(UTC)
    except (msgspec.ValidationError, ValueError):
        return Handed(
            sequence=named.sequence,
            id=EntryId(UUID(named.id)),
            item=None,
            digest=digest_of(
                hashlib.sha256(msgspec.json.encode(raw, order="sorted")).digest(), key
            ),
            previous=b"",
            is_signed=False,
            said_at=now,
        )
    text = text_of(item, municipality=municipality, till=till)
    return Handed(
        sequence=item.sequence,
        id=EntryId(UUID(item.id)),
        item=item,
        digest=digest_of(hashlib.sha256(text).digest(), key),
        previous=previous_of(item.previous, key),
        is_signed=is_signed(item, text, till),
        said_at=said_at,
    )


def text_of(item: QueueItem, *, municipality: MunicipalityName, till: TillKey) -> bytes:
    """Write down what the till signed, byte for byte."""
    return "\n".join(
        (
            HEADING,
            municipality,
            str(till.till_id),
            item.permit_id,
            str(item.sequence),
            item.previous,
            item.id,
            item.replaces or NOTHING,
            item.sale_id or NOTHING,
            item.scanned,
            str(item.holder),
            NOTHING if item.price_cents is None else str(item.price_cents),
            NOTHING if item.take_cents is None else str(item.take_cents),
            NOTHING if item.visits is None else str(item.visits),
            item.category or NOTHING,
            item.occurred_at,
        )
    ).encode()


def is_signed(item: QueueItem, text: bytes, till: TillKey) -> bool:
    try:
        signature = base64.b64decode(item.signature, validate=True)
    except ValueError:
        return False
    return fits(till.key, signature, text)


def previous_of(previous: str, key: bytes) -> bytes:
    """Give the digest under which the sale before is stored; of the first one there is none."""
    return b"" if previous == FIRST_PREVIOUS else digest_of(bytes.fromhex(previous), key)


def digest_of(hashed: bytes, key: bytes) -> bytes:
    """Hash once more under a key: the text has a card's number, and those can all be tried."""
    return hmac.digest(key, CHAIN_WORD + hashed, "sha256")
