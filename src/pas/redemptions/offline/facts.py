"""What the rules of a sale without a network are told, and what they answer."""

from collections.abc import Mapping
from datetime import date, datetime
from typing import Literal, TypeAlias
from uuid import UUID

import msgspec

from pas.errors import TillRefusal
from pas.ids import AccountId, SchemeId
from pas.money import NO_CENTS, Cents
from pas.redemptions.facts import CardState, Facts, MerchantState, TillState
from pas.redemptions.offline.refusals import OfflineAlreadyBooked
from pas.redemptions.verdicts import Part

Reason: TypeAlias = type[TillRefusal]

Replaced = Literal["unknown", "declined", "booked", "taken", "foreign"]
"""What became of the id that was tried online: nothing yet, a no, a yes; another sale without a
network stands for it already; or it was never a sale of this till."""


class PermitFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What was signed for this till, and what was accepted on it so far."""

    id: UUID
    issued_at: datetime
    valid_until: datetime
    per_sale_cents: Cents
    per_pass_day_cents: Cents
    total_cents: Cents
    risk_day_cents: Cents
    """What the municipality bears of one merchant within a day of handing in."""
    visit_prices: Mapping[str, Cents]
    categories: frozenset[str]
    accepted_cents: Cents = NO_CENTS
    older_cents: Cents = NO_CENTS
    """Accepted under permits that were not the newest any more; of a day, or since the newest one was issued."""
    older_total_cents: Cents | None = None
    """How much that may be; None where this is the newest permit."""


class CardThen(msgspec.Struct, frozen=True, kw_only=True):
    """The card at the moment of the sale; ``was_listed`` says that the till had been told."""

    state: CardState
    was_listed: bool = False
    is_expired: bool = False


class SchemeYear(msgspec.Struct, frozen=True):
    scheme_id: SchemeId
    year: int


class OfflineFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one sale is judged on.

    ``facts`` is what a sale with a network would be told: whose pass, which budgets, which agreements.
    ``unreadable`` is why the code that was scanned says nothing.
    """

    is_read: bool = True
    is_signed: bool = True
    id_taken: bool = False
    number_taken: bool = False
    replaced: Replaced | None = None
    permit: PermitFacts | None
    till_state: TillState
    merchant_state: MerchantState
    unreadable: Reason | None = None
    is_typed: bool = False
    unknown_cards: int = 0
    card: CardThen | None
    facts: Facts
    years: Mapping[AccountId, int] = {}
    unusable: frozenset[AccountId] = frozenset()
    """Budgets that could not be spent at the moment of the sale, by the books."""
    pass_day_cents: Cents = NO_CENTS
    risk_day_cents: Cents = NO_CENTS
    """What the municipality bore already of this merchant, within a day."""
    is_too_late: bool = False
    fallback: SchemeYear | None = None
    """Of which scheme the risk is, where the pass has no budget for what was sold."""


class Sold(msgspec.Struct, frozen=True, kw_only=True):
    """What the till says that it sold, and the moment for which that is judged."""

    price_cents: Cents | None = None
    take_cents: Cents | None = None
    visits: int | None = None
    category: str | None = None
    moment: datetime
    today: date


class Accepted(msgspec.Struct, frozen=True, kw_only=True):
    """The budgets pay ``parts``, the risk of ``risk`` the rest; ``reason`` is why there is a rest."""

    price_cents: Cents
    parts: tuple[Part, ...]
    take_cents: Cents
    risk_cents: Cents
    risk: SchemeYear | None
    category: str | None
    visits: int = 0
    ask_visits: int = 0
    reason: Reason | None = None


class Replayed(msgspec.Struct, frozen=True):
    """The sale had been booked with a network; nothing is booked again."""

    reason: Reason = OfflineAlreadyBooked


class OfMerchant(msgspec.Struct, frozen=True):
    """Nobody pays the merchant for it."""

    reason: Reason


Verdict: TypeAlias = Accepted | Replayed | OfMerchant


class Priced(msgspec.Struct, frozen=True):
    """What the merchant is to get, in cents; ``visits`` at the price that was signed.

    ``whole_cents`` is the price of which it is a part, where the holder paid the rest: a scheme that
    pays a share pays that of the whole.
    """

    cents: Cents
    category: str | None
    visits: int | None = None
    whole_cents: Cents | None = None
