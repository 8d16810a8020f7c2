"""The API of identity: sessions, logins and roles, programs, events, settings and jobs."""

from litestar.types import ControllerRouterHandler

from pas.auth import administration_routes, login_routes, program_routes, session_routes

routes: list[ControllerRouterHandler] = [
    *session_routes.handlers,
    *login_routes.handlers,
    *program_routes.handlers,
    *administration_routes.handlers,
]
