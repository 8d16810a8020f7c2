"""A sale as a till sends it and as it is answered: one item per pass that pays."""

from datetime import datetime
from uuid import UUID

import msgspec

from pas.errors import TillRefusal
from pas.ids import EntryId, LoginId, MerchantId, SaleId, TillId
from pas.money import NO_CENTS, Cents
from pas.passes.phone_codes import PhoneCode
from pas.redemptions.facts import Request
from pas.redemptions.verdicts import Condition, HolderWarning, Quote, Refused


class Scan(msgspec.Struct, frozen=True, kw_only=True):
    """Whose pass: hashes of what was scanned or typed, and which of its household.

    ``older_number_hashes`` are those under keys that were rotated away. ``is_foreign`` says that
    the code itself names another municipality. ``phone`` is what a telephone showed, proved; one
    that ``is_forged`` nobody of us made. ``unread`` is what to say of a text that is no code of ours,
    where it is not the number on a card of an earlier supplier either.
    """

    token_hash: bytes | None = None
    number_hash: bytes | None = None
    older_number_hashes: tuple[bytes, ...] = ()
    is_foreign: bool = False
    phone: PhoneCode | None = None
    is_forged: bool = False
    unread: type[TillRefusal] | None = None
    holder: int = 0


class SaleItem(msgspec.Struct, frozen=True, kw_only=True):
    """One pass that pays, under the id its device made. Only asking ahead has no id stored."""

    id: EntryId
    till_id: TillId
    login: LoginId | None = None
    """Who scans, where that is a person: an intermediary or a counter officer."""
    scan: Scan
    request: Request
    payee: MerchantId | None = None
    sale_id: SaleId | None = None
    trace_id: str = ""

    @property
    def sale(self) -> UUID:
        """All items of one sale together, or the only one: what a code on a telephone pays once."""
        return self.sale_id or self.id


class Answer(msgspec.Struct, frozen=True, kw_only=True):
    """What became of an item.

    ``quoted`` (asked only), ``booked`` and ``declined`` (stored, now or by an earlier try),
    ``refused`` (not stored, the same id may be tried again), ``moved`` (ask the holder again).
    """

    id: EntryId
    outcome: str
    price_cents: Cents = NO_CENTS
    take_cents: Cents = NO_CENTS
    ask_cents: Cents = NO_CENTS
    visits: int = 0
    ask_visits: int = 0
    category: str | None = None
    recorded_at: datetime | None = None
    reason: type[TillRefusal] | None = None
    conditions: tuple[Condition, ...] = ()
    warnings: tuple[HolderWarning, ...] = ()
    ticket: str | None = None
    """What the till sends from now on in place of the code that it scanned; only when asked ahead."""
    children: tuple[int, ...] = ()
    """Which children can pay here, as ``holder`` counts them; only when asked ahead."""
    receipt: str | None = None
    """The promise that what is stored will stand under a seal; only of what is stored."""


def quoted(item: SaleItem, quote: Quote, outcome: str = "quoted") -> Answer:
    answer = booked(item, quote)
    return msgspec.structs.replace(
        answer, outcome=outcome, conditions=quote.conditions, warnings=quote.warnings
    )


def booked(item: SaleItem, quote: Quote) -> Answer:
    """Say what is stored and no more, so that a retry hears the same; what to check was said."""
    return Answer(
        id=item.id,
        outcome="booked",
        price_cents=quote.price_cents,
        take_cents=quote.take_cents,
        ask_cents=quote.ask_cents,
        visits=quote.visits,
        ask_visits=quote.ask_visits,
        category=quote.category,
    )


def refused(item: SaleItem, why: Refused, outcome: str = "refused") -> Answer:
    return Answer(
        id=item.id,
        outcome=outcome,
        price_cents=item.request.price_cents or NO_CENTS,
        reason=why.reason,
        conditions=why.conditions,
    )
