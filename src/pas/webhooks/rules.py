"""Which addresses a message may go to, and when it is tried again. Pure."""

import re
from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

from pas.errors import Refusal
from pas.outgoing.public import HTTPS

NAME: Final = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
"""A name of at least two parts, of which the last begins with a letter: so no number is one."""
VISIBLE: Final = re.compile(r"[!-~]*")

SECOND: Final = timedelta(seconds=1)
MINUTE: Final = timedelta(minutes=1)
HOUR: Final = timedelta(hours=1)
PAUSES: Final = (
    *(10 * SECOND, MINUTE, 5 * MINUTE, 15 * MINUTE, 30 * MINUTE),
    *(HOUR, 2 * HOUR, 4 * HOUR, 8 * HOUR, 12 * HOUR, 12 * HOUR, 12 * HOUR, 20 * HOUR),
)
"""Between one try and the next: about three days together."""
JITTER: Final = 0.2
"""How much longer a pause is at most, so that what failed together does not come back together."""
LONGEST_REST: Final = 10 * MINUTE


class WebhookAddressWrong(Refusal):
    """Naar dit webadres kunnen wij niets sturen."""

    next_step: ClassVar[str] = (
        "Gebruik een adres zoals https://kassa.uwclub.nl/berichten, zonder poort of wachtwoord."
    )


def fit_url(text: str) -> str:
    """Give an address as it is kept, or refuse: https, a name that all can find, nothing more."""
    try:
        parts = urlsplit(text.strip())
        port = parts.port
    except ValueError:
        raise WebhookAddressWrong("Dit is geen webadres.") from None
    if parts.scheme != "https":
        raise WebhookAddressWrong("Het adres moet met https:// beginnen.")
    if parts.username is not None or parts.password is not None:
        raise WebhookAddressWrong("Zet geen naam of wachtwoord in het adres.")
    if port not in {None, HTTPS}:
        raise WebhookAddressWrong("Een andere poort dan 443 kan niet.")
    name = parts.hostname or ""
    if not NAME.fullmatch(name):
        raise WebhookAddressWrong("Gebruik de naam van uw server, zoals kassa.uwclub.nl.")
    if parts.fragment or "#" in text or not VISIBLE.fullmatch(parts.path + parts.query):
        raise WebhookAddressWrong("In het adres staat een teken dat niet kan.")
    return urlunsplit(("https", name, parts.path or "/", parts.query, ""))


def pause_after(tries: int, *, chance: float) -> timedelta | None:
    """How long to wait after so many tries of this round; None when it is over."""
    assert tries > 0, "nothing was tried"
    assert 0 <= chance <= 1, "chance is a share"
    if tries > len(PAUSES):
        return None
    return PAUSES[tries - 1] * (1 + JITTER * chance)


def rest_after(failures: int) -> timedelta:
    """How long an endpoint is left alone after so many failures in a row, whatever waits for it."""
    return min(SECOND * 2 ** min(failures, 20), LONGEST_REST)
