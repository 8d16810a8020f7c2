"""Every route says who may use it; a program with a route that does not say so does not start."""

from collections.abc import Iterable

from litestar import Litestar
from litestar.handlers import HTTPRouteHandler
from litestar.routes import HTTPRoute

from pas.auth.access import KEYS, declared


class UnguardedRoutes(Exception):
    """Routes that do not say who may use them; our own mistake, found at start."""


def check_routes(app: Litestar) -> None:
    """Refuse to start when the ``opt`` of a route does not say who may use it, or contradicts."""
    wrong = [
        f"{'/'.join(sorted(handler.http_methods))} {path}: opt has {dict(handler.opt)}"
        for path, handler in handlers(app)
        if not declared(handler.opt)
    ]
    if wrong:
        names = ", ".join(KEYS)
        raise UnguardedRoutes(f"Each route needs one of {names} in opt:\n" + "\n".join(wrong))


def handlers(app: Litestar) -> Iterable[tuple[str, HTTPRouteHandler]]:
    """All routes with their handlers, without the OPTIONS answers that Litestar makes itself."""
    for route in app.routes:
        if isinstance(route, HTTPRoute):
            for handler in route.route_handlers:
                if handler.http_methods != {"OPTIONS"}:
                    yield route.path, handler
