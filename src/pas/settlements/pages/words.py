"""How states and reasons are called on the pages."""

from collections.abc import Mapping
from typing import Final

from pas.settlements.debit_notes.model import NoteState
from pas.settlements.model import LineState, RunState, SettlementLine, UnpaidMerchant, UnpaidReason
from pas.web.dates import day

RUN_STATES: Final[Mapping[RunState, tuple[str, str]]] = {
    "proposed": ("Wacht op goedkeuring", "warning"),
    "approved": ("Goedgekeurd", "ok"),
    "exported": ("Naar de bank", "info"),
    "booked": ("Klaar", "ok"),
    "withdrawn": ("Ingetrokken", "error"),
}
LINE_STATES: Final[Mapping[LineState, tuple[str, str]]] = {
    "proposed": ("Wacht op goedkeuring", "warning"),
    "approved": ("Nog niet geboekt", "info"),
    "paid": ("Betaald", "ok"),
    "returned": ("Kwam terug", "error"),
    "withdrawn": ("Ingetrokken", "error"),
}
NOTE_STATES: Final[Mapping[NoteState, tuple[str, str]]] = {
    "proposed": ("Wacht op goedkeuring", "warning"),
    "approved": ("Wacht op betaling", "info"),
    "paid": ("Betaald", "ok"),
    "netted": ("Verrekend", "ok"),
    "withdrawn": ("Ingetrokken", "error"),
}
REASONS: Final[Mapping[UnpaidReason, str]] = {
    "negative": "Moet nog iets terugbetalen. Dat gaat van de volgende bestedingen af.",
    "below_minimum": "Te weinig om over te maken. Telt mee in de volgende keer.",
    "above_maximum": "Te veel voor één betaling. Bel de technisch beheerder.",
    "no_account": "Er is geen goedgekeurde rekening. Vraag die op.",
    "other_name": "De rekening staat op een andere naam. Vraag een nieuwe op.",
}

LEFT_REASONS: Final[Mapping[UnpaidReason, str]] = {
    "negative": "Moet nog iets terugbetalen",
    "below_minimum": "Te weinig, gaat mee met de volgende keer",
    "above_maximum": "Te veel voor één betaling",
    "no_account": "Geen goedgekeurde rekening",
    "other_name": "Rekening op een andere naam",
}


def outcome_of(line: SettlementLine) -> str:
    """Say in a line how a payment ended, or that it did not yet."""
    if line.returned_on is not None:
        return f"Kwam terug op {day(line.returned_on)}: {line.returned_because}"
    if line.paid_on is not None:
        return f"Betaald op {day(line.paid_on)}"
    return LINE_STATES[line.state][0]


def unpaid_cells(one: UnpaidMerchant) -> tuple[str, int, str]:
    return one.merchant, one.amount_cents, REASONS[one.reason]
