"""What the rules of a redemption answer: take this, ask that, or why not."""

from collections.abc import Iterable
from datetime import date
from typing import Final, Literal, Protocol, TypeAlias

import msgspec

from pas.errors import TillRefusal
from pas.ids import AccountId, SchemeId, SchemeVersionId
from pas.ledger.book import Seen
from pas.money import Cents, euros

MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


class Condition(msgspec.Struct, frozen=True):
    """Something the cashier has to see or ask before money is taken."""

    code: str
    question: str


class HolderWarning(msgspec.Struct, frozen=True):
    """Something the holder should hear before saying yes."""

    code: Literal["loses-remainder", "once-a-year", "thing-not-money"]
    lost_cents: Cents = Cents(0)
    lost_visits: int = 0

    def sentence(self) -> str:
        """Say it to the holder."""
        match self.code:
            case "loses-remainder" if self.lost_visits:
                return f"U verliest {visits_text(self.lost_visits)} als u nu betaalt."
            case "loses-remainder":
                return f"U verliest {euros(self.lost_cents)} als u nu betaalt."
            case "once-a-year":
                return "Dit kan maar één keer per jaar."
            case "thing-not-money":
                return "Dit is voor spullen of een kaart, niet voor geld."


class Loses(Protocol):
    """A warning, in the rules or as it is told."""

    @property
    def lost_cents(self) -> Cents: ...
    @property
    def lost_visits(self) -> int: ...


def lost_cents(warnings: Iterable[Loses]) -> Cents:
    """What a holder loses by paying, by all warnings together."""
    return Cents(sum(warning.lost_cents for warning in warnings))


def lost_visits(warnings: Iterable[Loses]) -> int:
    return sum(warning.lost_visits for warning in warnings)


class Part(msgspec.Struct, frozen=True, kw_only=True):
    """What one budget pays; each amount is a movement of its own in one entry.

    ``take_cents`` goes from the budget to the merchant, ``forfeit_cents`` from the budget back to
    the appropriation; ``visits`` are used, ``forfeit_visits`` go back. ``category`` is None where
    the till did not say and more than one fits: a figure never guesses.
    """

    account: AccountId
    scheme_id: SchemeId
    scheme_version_id: SchemeVersionId
    category: str | None
    take_cents: Cents
    forfeit_cents: Cents = Cents(0)
    visits_account: AccountId | None = None
    visits: int = 0
    forfeit_visits: int = 0
    seen: int | None = None
    """After how many movements of the account this was decided, where one more would change it."""


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """What can be taken, from which budgets, and what to ask the holder for."""

    price_cents: Cents
    take_cents: Cents
    ask_cents: Cents
    visits: int = 0
    ask_visits: int = 0
    parts: tuple[Part, ...]
    conditions: tuple[Condition, ...] = ()
    warnings: tuple[HolderWarning, ...] = ()

    @property
    def category(self) -> str | None:
        """What it was for, when all parts were for the same."""
        categories = {part.category for part in self.parts}
        return categories.pop() if len(categories) == 1 else None


class Refused(msgspec.Struct, frozen=True):
    """Why not; what has to be checked first, where that is all; the balances it rests on."""

    reason: type[TillRefusal]
    conditions: tuple[Condition, ...] = ()
    seen: tuple[Seen, ...] = ()

    @property
    def code(self) -> str:
        return self.reason.code()


class Moved(msgspec.Struct, frozen=True):
    """What the till wants to take is not what can be taken now: ask the holder again."""

    quote: Quote


Verdict: TypeAlias = Quote | Moved | Refused


def visits_text(visits: int) -> str:
    return "1 bezoek" if visits == 1 else f"{visits} bezoeken"


def day_text(day: date) -> str:
    """Write a day the Dutch way: ``1 januari 2027``."""
    return f"{day.day} {MONTHS[day.month - 1]} {day.year}"
