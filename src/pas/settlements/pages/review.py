"""What a second person asks of a run, as part of its page, and as files to keep."""

from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.db import Connection
from pas.ids import SettlementId
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.settlements.pages.words import LEFT_REASONS
from pas.settlements.review import (
    CategorySum,
    ComparedPayment,
    Counted,
    SchemeSum,
    SettlementReview,
    read_review,
)
from pas.settlements.routes.review import fetched
from pas.settlements.routes.runs import READ
from pas.settlements.rules import SettlementDiffers
from pas.web.pages import files_of

REVIEW: Final = "/{municipality:str}/settlements/{run_id:uuid}/review"
MOST_DIFFERENCES: Final = 10


class ReviewShown(msgspec.Struct, frozen=True):
    """The cells of its tables; None where the transfers do not make the lines."""

    schemes: list[list[str]]
    categories: list[list[str]]
    attention: list[tuple[str, str]]
    differences: list[list[str | None]]
    left: list[list[str]]


async def shown_review(connection: Connection, run_id: SettlementId) -> ReviewShown | None:
    try:
        return shown(await read_review(connection, run_id))
    except SettlementDiffers:
        return None


@get(files_of(REVIEW), opt=READ, include_in_schema=False)
async def review_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    return await fetched(request, municipality, run_id)


def shown(review: SettlementReview) -> ReviewShown:
    settled = [
        ("Kwam eerder terug, nu opnieuw", review.returned_cents),
        ("Betaalden aanbieders zelf terug", review.paid_back_cents),
    ]
    others = [[name, "", "", euros(cents)] for name, cents in settled if cents]
    total = ["Samen", euros(review.spent_cents), euros(review.reversed_cents)]
    ends = [*others, [*total, euros(review.amount_cents)]]
    return ReviewShown(
        schemes=[*map(scheme_cells, review.schemes), *ends],
        categories=[*map(category_cells, review.categories), *ends],
        attention=attention_of(review),
        differences=[difference_cells(one) for one in review.payments[:MOST_DIFFERENCES]],
        left=[
            [LEFT_REASONS[one.reason], str(one.merchants), euros(one.amount_cents)]
            for one in review.left
        ],
    )


def scheme_cells(one: SchemeSum) -> list[str]:
    amounts = (one.spent_cents, one.reversed_cents, one.amount_cents)
    return [f"{one.title}, {one.budget_year}", *map(euros, amounts)]


def category_cells(one: CategorySum) -> list[str]:
    amounts = (one.spent_cents, one.reversed_cents, one.amount_cents)
    return [one.category or "Onbekend", *map(euros, amounts)]


def attention_of(review: SettlementReview) -> list[tuple[str, str]]:
    return [
        ("Krijgt voor het eerst geld", told(review.new_payees)),
        ("Andere rekening dan de vorige keer", told(review.changed_accounts)),
        ("Naam van de rekening niet zeker", told(review.unchecked_accounts)),
    ]


def told(one: Counted) -> str:
    if not one.payments:
        return "niemand"
    return f"{one.payments}, samen {euros(one.amount_cents)}"


def difference_cells(one: ComparedPayment) -> list[str | None]:
    more = Cents(abs(one.difference_cents))
    direction = "meer" if one.difference_cents > 0 else "minder"
    return [
        one.merchant,
        euros(one.amount_cents),
        None if one.before_cents is None else euros(one.before_cents),
        f"{euros(more)} {direction}" if more else "gelijk",
    ]


routes: list[ControllerRouterHandler] = [review_file]
