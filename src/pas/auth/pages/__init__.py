"""Signing in as pages, and everything of the administrator: people, settings, programs, events, jobs."""

from litestar.types import ControllerRouterHandler

from pas.auth.pages import events, invite, jobs, language, logins, programs, settings, sign_in

routes: list[ControllerRouterHandler] = [
    *sign_in.routes,
    *language.routes,
    *logins.routes,
    *invite.routes,
    *settings.routes,
    *programs.routes,
    *events.routes,
    *jobs.routes,
]
