"""Registrations as pages: the form and the link for the club, the list and the judgement for the municipality."""

from litestar.types import ControllerRouterHandler

from pas.registrations.pages import form, judging, link

routes: list[ControllerRouterHandler] = [*form.routes, *link.routes, *judging.routes]
