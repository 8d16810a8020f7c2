"""What an outlook is called, and how bad it is."""

from typing import Final

from pas.bookkeeping.spending.model import MoneyOfYear, Outlook
from pas.bookkeeping.words import month_in_words
from pas.money import Cents, euros

OUTLOOKS: Final[dict[Outlook, tuple[str, str]]] = {
    "unknown": ("Nog niet te zeggen", "info"),
    "fine": ("Genoeg", "ok"),
    "lapses": ("Veel blijft liggen", "info"),
    "short": ("Wordt te weinig", "warning"),
    "nearly_empty": ("Bijna leeg", "error"),
    "overspent": ("Te weinig", "warning"),
}


def sentence_of(one: MoneyOfYear) -> str:
    """Say what somebody has to know now; empty where there is nothing to do."""
    expected = one.forecast
    match expected.outlook:
        case "nearly_empty":
            when = (
                "" if expected.empty_in is None else f" Leeg in {_month(one)}, als dit zo doorgaat."
            )
            return (
                f"Gesloten pot: nog {euros(one.left_cents)}.{when} Wie daarna komt, krijgt niets."
            )
        case "short":
            short = Cents((expected.granted_cents or 0) - one.appropriated_cents)
            return f"Naar verwachting {euros(short)} te weinig, vanaf {_month(one)}. Vraag op tijd bij."
        case "overspent":
            return f"Er is {euros(Cents(-one.left_cents))} meer toegekend dan begroot."
        case "lapses":
            rest = Cents((expected.granted_cents or 0) - (expected.spent_cents or 0))
            return f"Naar verwachting blijft {euros(rest)} liggen. Herinner mensen aan hun tegoed."
        case "unknown" | "fine":
            return ""


def _month(one: MoneyOfYear) -> str:
    empty_in = one.forecast.empty_in
    return "dit jaar" if empty_in is None else month_in_words(empty_in)
