"""Pages about messages: what a holder chooses, and what an officer and a demonstration see."""

from typing import Final

from litestar.types import ControllerRouterHandler

from pas.messages.pages import addresses, choosing, overview, sent

routes: Final[list[ControllerRouterHandler]] = [
    *overview.routes,
    *choosing.routes,
    *addresses.routes,
    *sent.routes,
]
