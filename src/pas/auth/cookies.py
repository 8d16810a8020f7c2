"""Our cookies: the session's, one that tells the browsers of visitors apart, and one for a holder's device.

``__Host-`` makes the browser promise that the cookie came from this host alone, over TLS. Each
municipality has its own names, so one installation can serve several to the same browser. Without
TLS (on this machine only) the prefix is impossible and the names are plain.
"""

from typing import Literal

from pas.db import possible_name
from pas.ids import MunicipalityName

CookieKind = Literal["session", "browser", "device"]


def cookie_name(kind: CookieKind, municipality: MunicipalityName, *, over_tls: bool) -> str:
    assert possible_name(municipality), (
        "checked where names enter: nothing else ends a cookie's name"
    )
    prefix = "__Host-" if over_tls else ""
    infix = "" if kind == "session" else f"{kind}-"
    return f"{prefix}pas-{infix}{municipality}"


def set_cookie(
    kind: CookieKind,
    municipality: MunicipalityName,
    value: str,
    *,
    over_tls: bool,
    seconds: int | None = None,
) -> str:
    """Make a Set-Cookie header; an empty value takes the cookie away.

    Without ``seconds`` it goes when the browser closes. The session in the database ends by itself.
    """
    parts = [
        f"{cookie_name(kind, municipality, over_tls=over_tls)}={value}",
        "Path=/",
        "HttpOnly",
        "SameSite=Lax",
    ]
    if over_tls:
        parts.append("Secure")
    if not value:
        parts.append("Max-Age=0")
    elif seconds is not None:
        parts.append(f"Max-Age={seconds}")
    return "; ".join(parts)


def read_cookies(header: str) -> dict[str, str]:
    """Read a Cookie header; a strange cookie of somebody else does not hide ours."""
    pairs = (part.strip().partition("=") for part in header.split(";"))
    return {name: value.strip('"') for name, equals, value in pairs if equals}
