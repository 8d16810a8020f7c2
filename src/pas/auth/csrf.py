"""Forms and calls come from our own pages, not from another site that borrows a cookie.

Two walls, each enough by itself: the browser's own word about where a request comes from
(Sec-Fetch-Site, Origin), and a token that only somebody who can read our pages has.
"""

import base64
import hmac
from collections.abc import Mapping
from typing import ClassVar, Final

from pas.errors import Refusal

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
HEADER: Final = "x-csrf-token"
FIELD: Final = "csrf_token"
PURPOSE: Final = b"pas csrf 1"


class CrossSite(Refusal):
    """Dit verzoek komt van een andere website."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Ga naar onze eigen pagina en doe het daar opnieuw."


class FormExpired(Refusal):
    """Dit formulier is verlopen."""

    spoken: ClassVar[bool] = True
    status: ClassVar[int] = 403
    next_step: ClassVar[str] = "Ga terug, ververs de pagina en vul het formulier opnieuw in."


def csrf_token(secret: str) -> str:
    """Derive the token of a session or browser; the cookie's 256 random bits are the key."""
    digest = hmac.digest(secret.encode(), PURPOSE, "sha256")
    return base64.urlsafe_b64encode(digest).rstrip(b"=").decode("ascii")


def refuse_cross_site(headers: Mapping[str, str], *, scheme: str) -> None:
    """Refuse what a browser itself says to be from elsewhere; programs say nothing and may pass."""
    site = headers.get("sec-fetch-site")
    if site is not None and site not in {"same-origin", "none"}:
        raise CrossSite
    origin = headers.get("origin")
    # The Host header was checked before: it is one of ours.
    if origin is not None and origin != f"{scheme}://{headers.get('host', '')}":
        raise CrossSite


def refuse_wrong_token(given: str | None, *, secret: str | None) -> None:
    """Refuse a form without the token of this session or browser; without either there is none."""
    if not given or not secret:
        raise FormExpired
    if not hmac.compare_digest(given.encode(), csrf_token(secret).encode()):
        raise FormExpired
