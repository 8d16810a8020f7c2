"""The till as pages: with a camera, and without scripts: who is paid, type, look, take, undo."""

from litestar.types import ControllerRouterHandler

from pas.redemptions.pages import payees, sales, scan, till

routes: list[ControllerRouterHandler] = [*till.routes, *scan.routes, *payees.routes, *sales.routes]
