"""Which addresses a message may go to, and when it is tried again. Pure."""

import ipaddress
import re
from collections.abc import Sequence
from datetime import timedelta
from typing import ClassVar, Final
from urllib.parse import urlsplit, urlunsplit

from pas.errors import Refusal

NAME: Final = re.compile(
    r"(?=.{4,253}\Z)(?:[a-z0-9](?:[a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z](?:[a-z0-9-]{0,61}[a-z0-9])?"
)
"""A name of at least two parts, of which the last begins with a letter: so no number is one."""
VISIBLE: Final = re.compile(r"[!-~]*")
HTTPS: Final = 443

GLOBAL_UNICAST: Final = ipaddress.IPv6Network("2000::/3")
NEVER: Final = tuple(
    map(
        ipaddress.ip_network,
        (
            "192.0.0.0/24",  # what IETF protocols use: the gateway next to us may answer
            "192.88.99.0/24",  # relays to 6to4
            "64:ff9b::/96",  # NAT64: an IPv4 address behind a gateway of ours
            "64:ff9b:1::/48",
            "2001::/23",  # Teredo and what else IETF protocols use
            "2002::/16",  # 6to4
            "3fff::/20",  # for documents
        ),
    )
)
"""What Python calls global, or does in some versions, and yet may lead inside."""

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


def is_public(address: str) -> bool:
    """Whether an address is one of the open internet, whoever's name led to it."""
    try:
        found = ipaddress.ip_address(address)
    except ValueError:
        return False
    if isinstance(found, ipaddress.IPv6Address) and (
        found not in GLOBAL_UNICAST or found.scope_id is not None
    ):
        return False
    inside = found.is_multicast or found.is_reserved or found.is_unspecified or found.is_loopback
    if inside or found.is_link_local or found.is_private or not found.is_global:
        return False
    return not any(found.version == one.version and found in one for one in NEVER)


def all_public(addresses: Sequence[str]) -> bool:
    """One that leads inside is enough to refuse a name: the next look would choose another."""
    return bool(addresses) and all(map(is_public, addresses))


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
