"""Which addresses are of the open internet, whoever's name led to them. Pure."""

import ipaddress
from collections.abc import Sequence
from typing import Final

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
