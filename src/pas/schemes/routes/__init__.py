"""The API of schemes: versions, purposes, and files of them."""

from litestar.types import ControllerRouterHandler

from pas.schemes.routes import categories, imports, versions

routes: list[ControllerRouterHandler] = [
    *versions.handlers,
    *categories.handlers,
    *imports.handlers,
]
