"""Which ways of sending this installation offers here, to whoever opened a page."""

from typing import Final, cast

from markupsafe import Markup

from pas.auth.state import auth_state
from pas.ids import MunicipalityName
from pas.messages.carriers import offered
from pas.messages.model import CHANNELS, Channel
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.settings import Settings
from pas.web.languages import NAMES, Language

HOLDER: Final = {"holder": True}


def own_name(language: Language) -> Markup:
    """What speakers call their language, and which language that word is."""
    return Markup('<span lang="{}">{}</span>').format(language, NAMES[language])


async def offered_here(request: AppRequest, name: MunicipalityName) -> frozenset[Channel]:
    registered = await auth_state(request.app.state).database.municipality(name)
    settings = cast("Settings", request.app.state["settings"])
    return offered(settings, demo=registered.demo)


async def channel_of(request: AppRequest, name: MunicipalityName, text: str) -> Channel:
    """Read a way of sending from an address; one that is not offered is not there."""
    available = await offered_here(request, name)
    found = next((channel for channel in CHANNELS if channel == text), None)
    if found is None or found not in available:
        raise NotFound
    return found
