"""What the rules of a redemption are told: read in one statement, decided on without reading more.

Days are those of the municipality's own time zone. ``…_from`` is the first day that counts,
``…_until`` the first that does not any more. Of the holder the rules hear one thing, being an
adult; income, address and age stay where they are.
"""

from datetime import date, datetime
from typing import Literal

import msgspec

from pas.errors import TillRefusal
from pas.ids import AccountId, CardId, MerchantId, PassId, SchemeId, SchemeVersionId, TillId
from pas.money import WHOLE, BasisPoints, Cents

TillKind = Literal["merchant", "intermediary", "counter"]
TillState = Literal["invited", "active", "paused", "revoked"]
MerchantState = Literal["requested", "approved", "suspended", "ended"]
CardForm = Literal["paper", "plastic", "phone", "temporary", "voucher"]
CardState = Literal["inactive", "active", "blocked", "replaced", "ended"]
AllowanceKind = Literal["amount", "visits", "percentage", "in_kind"]
Relation = Literal["self", "child", "stranger"]


class TillFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The device that scans; ``allowed`` says whether its mandate covers what is asked."""

    id: TillId
    kind: TillKind
    state: TillState
    merchant_id: MerchantId | None = None
    allowed: bool = True
    sale_limit_cents: Cents | None = None
    """The most it may take at once, where its merchant or the municipality says so."""


class AgreementFacts(msgspec.Struct, frozen=True, kw_only=True):
    """What a merchant may take passes for, and its price per visit, where agreed."""

    category: str
    valid_from: date
    valid_until: date | None = None
    visit_price_cents: Cents | None = None


class MerchantFacts(msgspec.Struct, frozen=True, kw_only=True):
    """Who is paid: the till's own merchant, or the payee that was named."""

    id: MerchantId
    state: MerchantState
    agreements: tuple[AgreementFacts, ...] = ()


class CardFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The card that was scanned; for a child it may be the parent's. A temporary one expires."""

    id: CardId
    state: CardState
    form: CardForm = "paper"
    expires_at: datetime | None = None
    unconfirmed_cents: Cents | None = None
    """The most that one pass pays in a sale, until somebody confirmed who has the card."""


class CodeFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The code on a telephone that was scanned, or the ticket that a till got for it, proved.

    ``is_spent`` says that it has paid for something else.
    """

    until: datetime
    is_ticket: bool = False
    is_spent: bool = False


class PassFacts(msgspec.Struct, frozen=True, kw_only=True):
    """The pass that pays: of this day, else the last one, else the next.

    ``ended_from`` is set by a move or a death, never retroactively.
    """

    id: PassId
    valid_from: date
    valid_until: date
    ended_from: date | None = None


class BudgetFacts(msgspec.Struct, frozen=True, kw_only=True):
    """One budget of the pass, as the ledger and its scheme's version know it.

    A visit budget, or a thing in kind, has an account in visits beside the one in cents.
    ``run_out_until`` is later than ``usable_until`` where a season that began in time may still
    be paid. ``lapses_on`` None means that it does not lapse. ``movements`` is how many the
    account had when it was read.
    """

    account: AccountId
    scheme_id: SchemeId
    scheme_version_id: SchemeVersionId
    categories: frozenset[str]
    kind: AllowanceKind
    usable_from: date
    usable_until: date
    granted_at: datetime
    balance_cents: Cents
    run_out_until: date | None = None
    lapses_on: date | None = None
    movements: int = 0
    visits_account: AccountId | None = None
    balance_visits: int = 0
    visits_movements: int = 0
    share_basis_points: BasisPoints = WHOLE
    spend_at_once: bool = False
    once_per_year: bool = False
    used_this_year: bool = False
    precondition_code: str = ""
    precondition: str = ""
    payee: MerchantId | None = None
    """The only merchant it may be spent at, where an award names one."""

    @property
    def counts_visits(self) -> bool:
        return self.kind in {"visits", "in_kind"}

    @property
    def closes_on(self) -> date:
        """The first day on which nothing can be paid any more, the run-out included."""
        return max(self.usable_until, self.run_out_until or self.usable_until)


class Counts(msgspec.Struct, frozen=True, kw_only=True):
    """What was done lately, before this request; the windows are those of the limits."""

    till_sales: int = 0
    card_sales: int = 0
    card_cents: Cents = Cents(0)
    merchant_sales: int = 0
    unknown_cards: int = 0


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """Bounds against abuse; a sports hall on a busy evening stays far below them.

    Till and merchant are counted per hour, a card per day, unknown cards per ten minutes.
    """

    price_cents: Cents = Cents(1_000_000)
    visits: int = 50
    till_sales: int = 600
    card_sales: int = 30
    card_cents: Cents = Cents(150_000)
    merchant_sales: int = 6_000
    unknown_cards: int = 5


class Facts(msgspec.Struct, frozen=True, kw_only=True):
    """Everything one item is decided on. Who or what is not known, is None."""

    till: TillFacts | None
    merchant: MerchantFacts | None
    card: CardFacts | None
    pass_: PassFacts | None
    budgets: tuple[BudgetFacts, ...] = ()
    card_is_foreign: bool = False
    code: CodeFacts | None = None
    code_is_forged: bool = False
    unread: type[TillRefusal] | None = None
    """What to say of a text that is no code of ours; it counts as no try of an unknown card."""
    relation: Relation = "self"
    """Whose pass pays: the scanned one, a child that its holder manages, or neither."""
    holder_is_adult: bool = False
    counts: Counts = Counts()
    limits: Limits = Limits()


class Request(msgspec.Struct, frozen=True, kw_only=True):
    """What the till asks: a price or a number of visits; without an amount to take, a quote.

    For a sale in visits ``take_cents`` is what the quote said too: the agreed price of the visits
    that are taken. ``confirmed`` and ``unmet`` hold the codes of conditions the cashier judged, and
    ``lost_…`` what the holder heard would be lost.
    """

    price_cents: Cents | None = None
    visits: int | None = None
    take_cents: Cents | None = None
    category: str | None = None
    lost_cents: Cents = Cents(0)
    lost_visits: int = 0
    confirmed: frozenset[str] = frozenset()
    unmet: frozenset[str] = frozenset()
