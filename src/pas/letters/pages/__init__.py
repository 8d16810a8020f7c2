"""Pages of letters: of a run of cards, in batches, of one household, and how they are written."""

from litestar.types import ControllerRouterHandler

from pas.letters.pages import batches, cards, household, texts

routes: list[ControllerRouterHandler] = [
    *cards.routes,
    *batches.routes,
    *household.routes,
    *texts.routes,
]
