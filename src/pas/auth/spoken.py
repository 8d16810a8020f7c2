"""In which language a page speaks: what was chosen in this browser, else what the browser asks for.

Only pages that holders see are spoken in more than Dutch: those for ``{"holder": True}``, and public
ones that say ``"spoken": True`` beside it. A choice is a cookie and no secret: it holds two letters.
"""

from typing import Final

from pas.auth.cookies import read_cookies
from pas.problems.bodies import AppRequest
from pas.web.languages import DUTCH, Language, as_language, preferred, speak

COOKIE: Final = "pas-language"
KEEP_SECONDS: Final = 366 * 24 * 3600
API: Final = "/v1/"


def choose_language(request: AppRequest, opt: dict[str, object]) -> None:
    """Speak the language of whoever asks for this page; Dutch for whoever works with the pass."""
    for_holders = opt.get("holder") or opt.get("spoken")
    if for_holders and not request.scope["path"].startswith(API):
        speak_to(request)


def speak_to(request: AppRequest) -> None:
    """Speak the language of whoever asks, in what is answered from here on."""
    request.scope["state"]["spoken"] = True
    speak(chosen_by(request))


def chosen_by(request: AppRequest) -> Language:
    chosen = as_language(read_cookies(request.headers.get("cookie", "")).get(COOKIE, ""))
    return chosen or preferred(request.headers.get("accept-language", "")) or DUTCH


def language_cookie(chosen: Language, *, over_tls: bool) -> str:
    """Make the Set-Cookie header of a choice; for all municipalities, for a year."""
    secure = "; Secure" if over_tls else ""
    return f"{COOKIE}={chosen}; Path=/; HttpOnly; SameSite=Lax; Max-Age={KEEP_SECONDS}{secure}"
