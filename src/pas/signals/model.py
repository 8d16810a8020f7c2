"""A signal as it is found and stored, and the bounds that a municipality chooses for itself."""

from datetime import date, datetime
from typing import Annotated, Final, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from pas.ids import CardId, EntryId, MerchantId, SignalId, TillId
from pas.money import Cents

Kind = Literal[
    "round_amounts",
    "many_cards",
    "emptied_budgets",
    "odd_hours",
    "voids",
    "two_places",
    "broken_chain",
    "borne_by_municipality",
    "declined_offline",
]
KINDS: Final[tuple[Kind, ...]] = get_args(Kind)
OFFLINE: Final[frozenset[Kind]] = frozenset(
    {"broken_chain", "borne_by_municipality", "declined_offline"}
)
"""What is seen in sales that were made without a network."""
Verdict = Literal["nothing", "handled"]
Reason = Annotated[str, Meta(min_length=1, max_length=500)]


class SaleFacts(msgspec.Struct, frozen=True):
    """One booked sale, as far as the rules look at it.

    ``place`` is the four digits of the postcode. ``emptied_cents`` is what was taken from budgets
    that had nothing left afterwards, where the holder paid nothing besides. ``is_undone`` says that
    all of it went back, ``is_voided`` that its till did that. ``is_online`` that our clock timed it.
    """

    id: EntryId
    merchant_id: MerchantId
    till_id: TillId
    at: datetime
    price_cents: Cents
    taken_cents: Cents
    visits: int
    card_id: CardId | None
    place: str | None
    emptied_cents: Cents
    is_undone: bool
    is_voided: bool
    is_online: bool


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """From how many on something stands out, in a week at one merchant or till; hours are local."""

    round_sales: int = 10
    row_cards: int = 15
    emptied_budgets: int = 6
    night_sales: int = 3
    night_from: int = 23
    night_until: int = 6
    voids: int = 6
    two_places_minutes: int = 5
    borne_cents: int = 5_000
    declined_offline: int = 3


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A pattern of one week: ``counted`` of ``out_of`` sales, over so many ``different`` things.

    ``about`` says whose pattern it is, so that the same one is found again as the same.
    """

    kind: Kind
    merchant_id: MerchantId
    till_id: TillId | None
    about: UUID
    week: date
    counted: int
    out_of: int
    different: int
    cents: Cents
    first_at: datetime
    last_at: datetime
    weight: int
    sales: tuple[EntryId, ...]


class Signal(msgspec.Struct, frozen=True, rename="camel"):
    """A signal as stored, with the newest verdict where there is one."""

    id: SignalId
    kind: Kind
    merchant_id: MerchantId
    merchant: str
    till_id: TillId | None
    till: str | None
    week: date
    number: int
    counted: int
    out_of: int
    different: int
    cents: Cents
    first_at: datetime
    last_at: datetime
    weight: int
    found_at: datetime
    verdict: Verdict | None
    reason: str | None
    judged_by: UUID | None
    judged_at: datetime | None
