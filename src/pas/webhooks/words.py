"""What an endpoint and its messages are called on pages."""

from collections.abc import Iterable
from datetime import datetime
from typing import Final, cast

import msgspec

from pas.web.dates import moment
from pas.webhooks.model import (
    EVENT_TYPES,
    TEST_TYPE,
    Delivery,
    DeliveryState,
    EndpointState,
    EventType,
    MessageId,
    Problem,
)

STATES: Final[dict[EndpointState, tuple[str, str]]] = {
    "active": ("aan", "ok"),
    "paused": ("stilgezet", "warning"),
    "failing": ("komt niet aan", "error"),
    "ended": ("gestopt", "info"),
}
DELIVERED: Final[dict[DeliveryState, tuple[str, str]]] = {
    "waiting": ("wacht", "warning"),
    "arrived": ("aangekomen", "ok"),
    "given_up": ("niet aangekomen", "error"),
}
PROBLEMS: Final[dict[Problem, str]] = {
    "name-not-found": "Wij kunnen de naam van uw server niet vinden.",
    "address-not-public": "De naam leidt naar een adres dat niet op het open internet is.",
    "certificate-wrong": "Het certificaat van uw server klopt niet.",
    "no-connection": "Uw server nam niet op.",
    "too-slow": "Uw server antwoordde niet binnen tien seconden.",
    "redirected": "Uw server verwees door. Dat volgen wij niet.",
    "not-accepted": "Uw server nam het niet aan.",
    "answer-unreadable": "Het antwoord van uw server konden wij niet lezen.",
}


class DeliveryLine(msgspec.Struct, frozen=True):
    """One message in the log."""

    message_id: MessageId
    title: str
    made_at: datetime
    state: str
    kind: str
    note: str
    answer: str
    may_send: bool


def types_in_words(types: Iterable[str]) -> str:
    return ", ".join(
        EVENT_TYPES[kind].lower() if kind in EVENT_TYPES else kind
        for kind in EVENT_TYPES
        if kind in types
    )


def title_of(kind: str) -> str:
    if kind == TEST_TYPE:
        return "Proefbericht"
    return EVENT_TYPES.get(cast("EventType", kind), kind)


def line_of(one: Delivery, *, now: datetime) -> DeliveryLine:
    state, kind = DELIVERED[one.state]
    if one.state == "waiting" and one.tries == 0:
        state = "gaat nu weg"
    return DeliveryLine(
        message_id=one.message_id,
        title=title_of(one.type),
        made_at=one.made_at,
        state=state,
        kind=kind,
        note=note_of(one, now=now),
        answer=one.answer or "",
        may_send=one.state != "waiting" or one.tries > 0,
    )


def note_of(one: Delivery, *, now: datetime) -> str:
    """What came of the newest try, and when the next one is."""
    parts = list[str]()
    if one.problem is not None:
        parts.append(PROBLEMS[one.problem])
    if one.status is not None:
        parts.append(f"Antwoord {one.status}, in {one.milliseconds} milliseconden.")
    if one.tries > 1:
        parts.append(f"{one.tries} keer geprobeerd.")
    if one.next_try_at is not None and one.next_try_at > now:
        parts.append(f"Volgende poging: {moment(one.next_try_at)}.")
    return " ".join(parts)
