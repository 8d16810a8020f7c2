"""When a request is answered, what its receipt proves, and who may take which step.

Pure: what was asked and what stands in, a day, a hash or a refusal out.
"""

import hashlib
from calendar import monthrange
from datetime import date, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.crockford import encoded
from pas.errors import Refusal
from pas.ids import RequestId
from pas.requests.model import Asked, HolderRequest, Kind

OBJECTION: Final = timedelta(weeks=6)
"""After the last day to object, and once more (Awb 7:10, first and third paragraph)."""
COMPLAINT: Final = timedelta(weeks=6)
"""After it came in (Awb 9:11, first paragraph)."""
COMPLAINT_LONGER: Final = timedelta(weeks=4)
"""Awb 9:11, second paragraph."""
MONTHS_OF_PRIVACY: Final = 1
"""To correct or erase (AVG 12, third paragraph), and two more where that is needed."""
MONTHS_LONGER: Final = 2
NUMBER_BYTES: Final = 5
NUMBER_LENGTH: Final = 8
GROUP: Final = 4


class RequestClosed(Refusal):
    """Deze vraag is al klaar."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Lees het antwoord. Niet mee eens? Dan kunt u opnieuw iets vragen."


class RequestMoved(Refusal):
    """Er is intussen iets veranderd."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Open de vraag opnieuw. Lees wat er nu staat."


class NothingAsked(Refusal):
    """Wij hebben u hier niets gevraagd."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wilt u iets toevoegen? Bel ons."


class OwnDecision(Refusal):
    """U nam deze beslissing zelf."""

    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Vraag een collega om het bezwaar te behandelen."


class TermExtended(Refusal):
    """De termijn is al een keer verlengd."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Geef nu antwoord. Of bel de pashouder om iets af te spreken."


class OutcomeImpossible(Refusal):
    """Dit antwoord past niet bij deze vraag."""

    next_step: ClassVar[str] = "Kies een ander antwoord."


class Content(msgspec.Struct, frozen=True, rename="camel"):
    """What a receipt is about, written with sorted keys so that the hash can be repeated."""

    number: str
    kind: Kind
    resident_id: str
    decision_id: str | None
    field: str | None
    channel: str
    received_at: str
    words: str


def answer_by(kind: Kind, received_on: date, *, object_until: date | None) -> date:
    """The last day on which we answer."""
    match kind:
        case "objection":
            assert object_until is not None, "an objection is to a decision"
            return max(object_until, received_on) + OBJECTION
        case "complaint":
            return received_on + COMPLAINT
        case "correction" | "erasure":
            return months_later(received_on, MONTHS_OF_PRIVACY)


def extended(kind: Kind, until: date) -> date:
    """The last day once we took more time."""
    match kind:
        case "objection":
            return until + OBJECTION
        case "complaint":
            return until + COMPLAINT_LONGER
        case "correction" | "erasure":
            return months_later(until, MONTHS_LONGER)


def months_later(day: date, months: int) -> date:
    """The same day of a later month, or its last day."""
    years, month = divmod(day.month - 1 + months, 12)
    year = day.year + years
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def last_day_to_object(decided_on: date, *, weeks: int) -> date:
    """So many weeks after the day of the decision (Awb 6:7, 6:8)."""
    return decided_on + timedelta(weeks=weeks)


def is_late(request: HolderRequest, received_on: date) -> bool:
    return request.object_until is not None and received_on > request.object_until


def number_of(request_id: RequestId) -> str:
    """Eight characters, to be read aloud on the telephone."""
    digest = hashlib.sha256(request_id.bytes).digest()
    return encoded(int.from_bytes(digest[:NUMBER_BYTES]), NUMBER_LENGTH)


def grouped(number: str) -> str:
    return f"{number[:GROUP]}-{number[GROUP:]}"


def content_of(asked: Asked, received_at: datetime) -> str:
    """What was asked, as one line of JSON: whoever has it can repeat the hash."""
    content = Content(
        number=number_of(asked.id),
        kind=asked.kind,
        resident_id=str(asked.resident_id),
        decision_id=None if asked.decision_id is None else str(asked.decision_id),
        field=asked.field,
        channel=asked.channel,
        received_at=received_at.isoformat(),
        words=asked.words,
    )
    return msgspec.json.encode(content, order="sorted").decode()


def content_hash(content: str) -> bytes:
    return hashlib.sha256(content.encode()).digest()


def refuse_moved(stored: HolderRequest, seen: int) -> None:
    """Who acts on a request has seen its last step, or looks again first."""
    if not stored.is_open:
        raise RequestClosed
    if stored.steps != seen:
        raise RequestMoved
