"""When a merchant may be asked to pay back, by whom, until when, and how much of it may be booked. Pure."""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

from pas.days import day_of
from pas.errors import Refusal
from pas.money import Cents, euros
from pas.settlements.debit_notes.model import DebitNote, NoteReceipt, NoteState

DAYS_TO_PAY: Final = 30


class NotBelowZero(Refusal):
    """Deze aanbieder staat niet onder nul."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de lijst opnieuw. Daar staat wie nog moet terugbetalen."


class NotBelowZeroLongEnough(Refusal):
    """Deze aanbieder staat nog te kort onder nul."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wacht nog. Nieuwe bestedingen kunnen het verrekenen."


class OpenDebitNote(Refusal):
    """Deze aanbieder heeft al een debetnota."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open die debetnota. Laat haar eerst aflopen, of trek haar in."


class OwnDebitNote(Refusal):
    """U stelde deze debetnota zelf voor."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om de debetnota goed te keuren."


class DebitNoteInOtherState(Refusal):
    """Dit kan nu niet met deze debetnota."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de debetnota opnieuw. Daar staat wat nu kan."


class MoreThanOutstanding(Refusal):
    """Dit is meer dan er van de debetnota nog open staat."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Boek wat nog open staat. Betaal de rest terug aan de aanbieder."


class ReceiptBooked(Refusal):
    """Deze ontvangst is al anders geboekt."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de debetnota opnieuw. Daar staat wat al is ontvangen."


STATES: Final[dict[NoteState, str]] = {
    "proposed": "voorgesteld",
    "approved": "goedgekeurd",
    "paid": "betaald",
    "netted": "verrekend",
    "withdrawn": "ingetrokken",
}


def days_below(since: datetime, now: datetime) -> int:
    """Count whole days in Amsterdam: from one day to the next is one, whatever the hour."""
    return (day_of(now) - day_of(since)).days


def is_due(since: datetime | None, now: datetime, *, days: int) -> bool:
    """Whether a merchant has been below zero for so many days; None is not below zero."""
    return since is not None and days_below(since, now) >= days


def refuse_not_due(since: datetime | None, now: datetime, *, days: int) -> None:
    if since is None:
        raise NotBelowZero
    if not is_due(since, now, days=days):
        so_far = days_below(since, now)
        raise NotBelowZeroLongEnough(
            f"Dat is zij nu {so_far} dagen. Een debetnota kan vanaf {days} dagen.",
            days=so_far,
            neededDays=days,
        )


def refuse_note_state(state: NoteState, *wanted: NoteState) -> None:
    """Refuse what does not follow on where a note is now."""
    if state not in wanted:
        raise DebitNoteInOtherState(f"Deze debetnota is nu {STATES[state]}.", state=state)


def refuse_own_note(proposed_by: UUID, approver: UUID) -> None:
    if proposed_by == approver:
        raise OwnDebitNote


def due_day(approved_at: datetime) -> date:
    return day_of(approved_at) + timedelta(days=DAYS_TO_PAY)


def is_booked_before(
    receipts: Sequence[NoteReceipt], number: int, *, amount_cents: Cents, received_on: date
) -> bool:
    """Whether this very receipt is booked already; refuses one that says something else, or skips one."""
    if number == len(receipts) + 1:
        return False
    before = next((one for one in receipts if one.number == number), None)
    if before is None or (before.amount_cents, before.received_on) != (amount_cents, received_on):
        raise ReceiptBooked
    return True


def refuse_more(note: DebitNote, amount: Cents) -> None:
    """Refuse to book more than what is outstanding; the rest is not of this note."""
    if amount > note.outstanding_cents:
        raise MoreThanOutstanding(
            f"Er staat nog {euros(note.outstanding_cents)} open.",
            outstandingCents=note.outstanding_cents,
        )
