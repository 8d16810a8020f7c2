"""What a bank says, as one list of plain items whatever the message was."""

from collections.abc import Sequence
from datetime import date
from typing import Literal

import msgspec

from pas.money import Cents

Message = Literal["status", "statement", "notification"]
"""pain.002, camt.053, camt.054."""
ItemKind = Literal["debit", "credit", "status"]


class Ours(msgspec.Struct, frozen=True, order=True):
    """What an id of ours names: a file of a run, or a payment in it."""

    run: int
    file: int | None = None
    line: int | None = None


class Counterparty(msgspec.Struct, frozen=True):
    """Who was paid or who paid, as the bank says it; for a person who has to judge."""

    name: str = ""
    ibans: tuple[str, ...] = ()
    words: str = ""


class Item(msgspec.Struct, frozen=True, kw_only=True):
    """One movement, or one status, of one payment or of one batch."""

    key: bytes
    """Made from what the bank says of it: the same in another file."""
    kind: ItemKind
    is_return: bool = False
    """The bank marks it as something that came back."""
    amount_cents: Cents | None
    currency: str
    day: date
    target: Ours | None
    """What of ours it is about; None where no id of ours is in it."""
    note: int | None = None
    """Of money that came in: the number of the debit note whose reference is in it."""
    transactions: int | None = None
    """Of a batch: how many payments are in it, where the bank says so."""
    status: str = ""
    reason: str = ""
    lines_listed: bool = False
    """Of the status of a batch: the report also says which payments."""
    other: Counterparty = Counterparty()


class AccountStatement(msgspec.Struct, frozen=True, kw_only=True):
    """One account over one period. A notification has no balances."""

    id: str
    account: str
    opening_cents: Cents | None = None
    closing_cents: Cents | None = None
    items: Sequence[Item]
    booked_cents: Cents
    """All booked entries together, money in minus money out."""
    pending: int
    """Entries that are not booked yet: they come again."""


class BankSays(msgspec.Struct, frozen=True, kw_only=True):
    """A whole file."""

    message: Message
    id: str
    statements: Sequence[AccountStatement] = ()
    statuses: Sequence[Item] = ()

    @property
    def items(self) -> list[Item]:
        return [*self.statuses, *(item for one in self.statements for item in one.items)]
