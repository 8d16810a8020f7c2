"""Some acts ask a holder who has been signed in for long to type the code once more.

A telephone that lasts for months may lie on a table. Who takes it up sees the pass and can block the
card; what moves the pass to somebody else (a new card, another address for messages, another
telephone, a mandate) wants the code of the last quarter of an hour. A session on a borrowed device
ends after that time by itself, so there the sign-in is enough.
"""

from datetime import datetime, timedelta
from typing import ClassVar, Final, cast
from urllib.parse import quote

from pas.auth.authentication import Authentication
from pas.errors import Refusal
from pas.problems.bodies import AppRequest

RECENT: Final = timedelta(minutes=15)
API: Final = "/v1/"


class CodeAgain(Refusal):
    """Typ eerst uw code nog een keer."""

    status: ClassVar[int] = 403
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Log opnieuw in met de code uit uw brief."


def recently_proved(authentication: Authentication, *, now: datetime) -> bool:
    """Whether it is certain enough that the holder is still who signed in."""
    proved_at = authentication.proved_at
    return not authentication.is_long or (proved_at is not None and now - proved_at <= RECENT)


def refuse_unproved(request: AppRequest, *, now: datetime) -> None:
    """Refuse, and send a browser to where the code is typed and from there back to this address.

    Call it first in a handler of a sensitive act, for GET and POST alike; the page of the form has the
    address that the form is sent to, or what was typed is lost.
    """
    if recently_proved(cast("Authentication", request.auth), now=now):
        return
    path = request.scope["path"]
    if path.startswith(API):
        raise CodeAgain
    again = f"/{request.path_params['municipality']}/sign-in/again"
    raise CodeAgain(headers={"Location": f"{again}?returnTo={quote(path, safe='')}"})
