"""What the journal is made of, and how a municipality's financial administration wants to have it.

A group is all transfers in cents of a month of one kind, between two kinds of account, for one scheme
and budget year: one transaction of two lines, debited and credited alike. In the terms of the audit
file (XAF): a period holds journals, a journal transactions, a transaction lines.
"""

from typing import Annotated, Final, Literal, get_args
from uuid import UUID

import msgspec
from msgspec import Meta

from pas.ids import JournalProfileId, SchemeId
from pas.money import Cents

AccountKind = Literal[
    "cover",
    "appropriation",
    "budget",
    "held",
    "merchant",
    "payee",
    "run",
    "bank",
    "offline_risk",
    "earlier_supplier",
]
"""The kinds of account that hold cents."""
Field = Literal[
    "period",
    "date",
    "journal",
    "transaction",
    "line",
    "description",
    "ledger_account",
    "cost_centre",
    "taakveld",
    "category",
    "debit",
    "credit",
    "amount",
    "side",
    "scheme",
    "budget_year",
    "kind",
    "account",
    "transfers",
]
Separator = Literal[";", ",", "\t", "|"]
Decimal = Literal[",", "."]
DateFormat = Literal["dd-mm-yyyy", "yyyy-mm-dd", "yyyymmdd"]
Encoding = Literal["utf-8-bom", "utf-8", "windows-1252"]
Side = Literal["debit", "credit"]
State = Literal["open", "closing", "closed", "reopening"]
"""Of a month. What is booked in goes on only while it is open; opened again it is open."""

Code = Annotated[str, Meta(pattern=r"^[A-Za-z0-9][A-Za-z0-9._/-]{0,29}$")]
OptionalCode = Annotated[str, Meta(pattern=r"^([A-Za-z0-9][A-Za-z0-9._/-]{0,29})?$")]
Header = Annotated[str, Meta(min_length=1, max_length=60)]
SchemeCode = Annotated[str, Meta(pattern=r"^[a-z][a-z0-9_]{1,60}$")]

ACCOUNT_KINDS: Final[tuple[AccountKind, ...]] = get_args(AccountKind)
FIELDS: Final[tuple[Field, ...]] = get_args(Field)
DEFAULT_TAAKVELD: Final = "6.3"
DEFAULT_CATEGORY: Final = "4.2.1"
"""Benefits in kind, by our reading; 4.1.1 is that of money."""


class Column(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """One column of the file: what stands in it, and what stands on top."""

    field: Field
    header: Header


class AccountMapping(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """Where a kind of account stands in the financial administration; for one scheme, or for all others."""

    account: AccountKind
    scheme: SchemeCode | None = None
    ledger_account: Code
    cost_centre: OptionalCode = ""
    taakveld: OptionalCode = DEFAULT_TAAKVELD
    category: OptionalCode = DEFAULT_CATEGORY


def _default_columns() -> tuple[Column, ...]:
    return (
        Column("date", "Datum"),
        Column("period", "Periode"),
        Column("journal", "Dagboek"),
        Column("transaction", "Boekstuk"),
        Column("line", "Regel"),
        Column("ledger_account", "Grootboekrekening"),
        Column("cost_centre", "Kostenplaats"),
        Column("taakveld", "Taakveld"),
        Column("category", "Categorie"),
        Column("description", "Omschrijving"),
        Column("debit", "Debet"),
        Column("credit", "Credit"),
    )


class JournalProfile(
    msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True, kw_only=True
):
    """How the journal becomes a file: columns in order, how they are written, and what is what there."""

    journal: Code = "PAS"
    columns: Annotated[tuple[Column, ...], Meta(min_length=1, max_length=40)] = msgspec.field(
        default_factory=_default_columns
    )
    separator: Separator = ";"
    decimal: Decimal = ","
    dates: DateFormat = "dd-mm-yyyy"
    encoding: Encoding = "utf-8-bom"
    header: bool = True
    accounts: Annotated[tuple[AccountMapping, ...], Meta(max_length=1000)] = ()


class KeptProfile(msgspec.Struct, frozen=True):
    """A version of the profile."""

    id: JournalProfileId
    number: int
    content: JournalProfile
    recorded_by: UUID | None


class Group(msgspec.Struct, frozen=True, rename="camel"):
    """All transfers of a month that the journal does not tell apart; ``number`` is its transaction."""

    number: int
    kind: str
    debit: str
    credit: str
    scheme_id: SchemeId | None
    scheme: str | None
    budget_year: int | None
    transfers: int
    amount_cents: Cents


class JournalLine(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One line: an amount on one side of one account of the financial administration."""

    group: Group
    line: int
    side: Side
    account: str
    mapping: AccountMapping

    @property
    def debit_cents(self) -> Cents:
        return self.group.amount_cents if self.side == "debit" else Cents(0)

    @property
    def credit_cents(self) -> Cents:
        return self.group.amount_cents if self.side == "credit" else Cents(0)
