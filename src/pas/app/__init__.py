"""The web application: every slice's routes and pages, with one edge around them."""

from pas.app.application import create_app, worker

__all__ = ["create_app", "worker"]
