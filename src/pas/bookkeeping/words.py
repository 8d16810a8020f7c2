"""What kinds of entries and accounts are called on the pages and in the journal."""

from datetime import date
from typing import Final

from pas.bookkeeping.model import State

ACCOUNTS: Final = {
    "cover": "dekking",
    "appropriation": "budget in de begroting",
    "budget": "tegoed van pashouders",
    "held": "tegoed dat vaststaat voor een club",
    "merchant": "te betalen aan aanbieders",
    "payee": "te betalen aan eenmalige leveranciers",
    "run": "betalingen onderweg",
    "bank": "bank",
    "offline_risk": "risico van verkopen zonder internet",
    "earlier_supplier": "tegoed van een eerdere leverancier",
}
"""By the kind of account."""

KINDS: Final = {
    "appropriate": "begroot",
    "grant": "toegekend",
    "opening": "beginsaldo",
    "redeem": "besteed",
    "confirm": "bevestigd door de club",
    "hold": "vastgezet",
    "capture": "vastgezet tegoed besteed",
    "release": "vrijgegeven",
    "void": "ongedaan gemaakt",
    "refund": "teruggeboekt",
    "lapse": "vervallen",
    "offline": "besteed zonder internet",
    "shortfall": "tekort van een verkoop zonder internet",
    "settle": "in een uitbetaling",
    "pay": "betaald",
    "bounce": "uitbetaling kwam terug",
    "debit_note": "terugbetaald door een aanbieder",
    "correct": "verbeterd",
}
"""By the kind of entry; another one is shown as it is."""

STATES: Final[dict[State, tuple[str, str]]] = {
    "open": ("Open", "info"),
    "closing": ("Wordt afgesloten", "warning"),
    "closed": ("Dicht", "ok"),
    "reopening": ("Dicht, wacht op een oordeel", "warning"),
}
MONTHS: Final = (
    *("januari", "februari", "maart", "april", "mei", "juni"),
    *("juli", "augustus", "september", "oktober", "november", "december"),
)


def described(kind: str, scheme: str | None, budget_year: int | None) -> str:
    """Say what a group is about, in one line of a journal."""
    words = [KINDS.get(kind, kind), scheme or "", str(budget_year or "")]
    return " ".join(word for word in words if word)


def month_in_words(period: date) -> str:
    return f"{MONTHS[period.month - 1]} {period.year}"
