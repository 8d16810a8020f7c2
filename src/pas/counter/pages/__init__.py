"""The counter as pages: find somebody, see what stands in the way, and do one thing."""

from litestar.types import ControllerRouterHandler

from pas.counter.pages import caller, find, hand_over, mandates, new_code, person, temporary

routes: list[ControllerRouterHandler] = [
    *find.routes,
    *person.routes,
    *caller.routes,
    *temporary.routes,
    *new_code.routes,
    *mandates.routes,
    *hand_over.routes,
]
