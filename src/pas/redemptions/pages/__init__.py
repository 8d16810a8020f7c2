"""The till as pages, without JavaScript: who is paid, scan or type, look, take, find and undo."""

from litestar.types import ControllerRouterHandler

from pas.redemptions.pages import payees, sales, till

routes: list[ControllerRouterHandler] = [*till.routes, *payees.routes, *sales.routes]
