"""Pages of the demonstration alone: becoming somebody of it, and what its bank answers."""

from litestar.types import ControllerRouterHandler

from pas.demo.pages import bank_answers, become

routes: list[ControllerRouterHandler] = [*become.routes, *bank_answers.routes]
