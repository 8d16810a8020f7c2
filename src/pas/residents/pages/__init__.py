"""Residents as pages: looking somebody up, and adding or correcting one."""

from litestar.types import ControllerRouterHandler

from pas.residents.pages import put_resident, search

routes: list[ControllerRouterHandler] = [*search.routes, *put_resident.routes]
