"""Which addresses a message may go to, and how long it is tried. Pure."""

import re
from datetime import timedelta
from typing import ClassVar, Final, NewType

from pas.errors import Refusal
from pas.messages.model import Channel, Reason

Email = NewType("Email", str)
"""An address of RFC 5321 in plain ASCII, without quotes or comments."""
Mobile = NewType("Mobile", str)
"""A Dutch mobile number as ``+31612345678``."""

LONGEST_EMAIL: Final = 254
LOCAL: Final = re.compile(r"[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+(?:\.[A-Za-z0-9!#$%&'*+/=?^_`{|}~-]+)*")
DOMAIN: Final = re.compile(
    r"(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])"
)
LONGEST_LOCAL: Final = 64
MOBILE: Final = re.compile(r"(?:\+31|0031|0)0?(6[1-5][0-9]{7}|68[0-9]{7})")
WRITTEN_BETWEEN: Final = re.compile(r"[ ()./-]")

MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
PAUSES: Final = (MINUTE, 5 * MINUTE, 30 * MINUTE, 2 * HOUR, 6 * HOUR, 12 * HOUR)
"""Between one try and the next: about a day together."""
JITTER: Final = 0.2
KEPT: Final[dict[Reason, timedelta]] = {
    "code": 15 * MINUTE,
    "spending": 24 * HOUR,
    "given-back": 24 * HOUR,
    "lapse": 72 * HOUR,
}
"""After how long a message says nothing new any more, and is given up."""


class EmailWrong(Refusal):
    """Dit is geen e-mailadres dat wij kunnen gebruiken."""

    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Typ het zoals naam@voorbeeld.nl."


class MobileWrong(Refusal):
    """Dit is geen Nederlands mobiel nummer."""

    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Typ een nummer dat met 06 begint. Anders kunt u e-mail kiezen."


def fit_email(text: str) -> Email:
    """Give an address as it is kept, or refuse; nothing in it can begin a new line or header."""
    local, at, domain = text.strip().rpartition("@")
    domain = domain.lower()
    fits = (
        at
        and len(local) + len(domain) < LONGEST_EMAIL
        and len(local) <= LONGEST_LOCAL
        and LOCAL.fullmatch(local)
        and DOMAIN.fullmatch(domain)
    )
    if not fits:
        raise EmailWrong
    return Email(f"{local}@{domain}")


def fit_mobile(text: str) -> Mobile:
    """Give a number as it is kept; only Dutch mobile numbers, which cost what a message costs."""
    found = MOBILE.fullmatch(WRITTEN_BETWEEN.sub("", text.strip()))
    if found is None:
        raise MobileWrong
    return Mobile(f"+31{found[1]}")


def fit_address(channel: Channel, text: str) -> str:
    return fit_email(text) if channel == "email" else fit_mobile(text)


def hidden(channel: Channel, address: str) -> str:
    """Enough to know which address it is, and not enough to write to it."""
    if channel == "text":
        return f"06 … {address[-2:]}"
    local, _, domain = address.rpartition("@")
    return f"{local[:1]}…@{domain}"


def pause_after(reason: Reason, tries: int, *, age: timedelta, chance: float) -> timedelta | None:
    """How long to wait after so many tries; None when it is over."""
    assert tries > 0, "nothing was tried"
    assert 0 <= chance <= 1, "chance is a share"
    if tries > len(PAUSES):
        return None
    pause = PAUSES[tries - 1] * (1 + JITTER * chance)
    return pause if age + pause < KEPT[reason] else None
