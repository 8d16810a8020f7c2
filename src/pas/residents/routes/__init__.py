"""The API of residents: looking somebody up, files of residents, and who manages a child's pass."""

from litestar.types import ControllerRouterHandler

from pas.residents.routes import (
    imports,
    managing_adults,
    processing_log,
    put_resident,
    residents,
)

routes: list[ControllerRouterHandler] = [
    *residents.handlers,
    *put_resident.handlers,
    *managing_adults.handlers,
    *imports.handlers,
    *processing_log.handlers,
]
