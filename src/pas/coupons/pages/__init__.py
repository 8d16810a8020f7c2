"""Pages about coupons: an officer makes booklets, and who sold on paper enters the tally list."""

from typing import Final

from litestar.types import ControllerRouterHandler

from pas.coupons.pages import entering, making

routes: Final[list[ControllerRouterHandler]] = [*making.routes, *entering.routes]
