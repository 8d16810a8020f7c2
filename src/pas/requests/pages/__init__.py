"""Pages about one's own data and requests, and those of who answers them."""

from typing import Final

from litestar.types import ControllerRouterHandler

from pas.requests.pages import (
    answering,
    download,
    filing,
    known,
    own,
    used,
)

routes: Final[list[ControllerRouterHandler]] = [
    *known.routes,
    *used.routes,
    *download.routes,
    *filing.routes,
    *own.routes,
    *answering.routes,
]
