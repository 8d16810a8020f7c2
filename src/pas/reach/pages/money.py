"""The printed budget beside the books: where more was granted than was planned, and does it add up?"""

from collections.abc import Sequence

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.reach.appropriation_lines import Compared, PackageDifference
from pas.reach.budget_table import BudgetColumn
from pas.reach.compare_money import compare_money
from pas.reach.pages.frame import READ
from pas.reach.words import published_name
from pas.web.pages import page


@get("/{municipality:str}/reach/money", opt=READ, include_in_schema=False)
async def reach_money_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What was planned, granted and spent; and does the budget table close?"""
    async with connected(request, municipality) as connection:
        compared = await compare_money(connection)
    above = [one for one in compared.subjects if one.granted_above_cents]
    return page(
        request,
        "reach/money.html",
        home=f"/{municipality}",
        may_send=actor_of(request).may(Permission.TARGET_GROUPS_IMPORT),
        lines_name=compared.file_name,
        above=[(name_of(one), euros(one.granted_above_cents or Cents(0))) for one in above],
        subjects=[subject_cells(one) for one in compared.subjects],
        covers=[cells for one in compared.subjects for cells in cover_cells(one)],
        table_name=compared.table_name,
        columns=[column_cells(one) for one in compared.table],
        years=[f"{one.year}#" for one in compared.table],
        table_lines=line_cells(compared.table),
        table_closes=all(one.closes for one in compared.table),
        differences=[difference_words(one) for one in compared.differences if one.difference_cents],
    )


def name_of(one: Compared) -> str:
    return f"{published_name(one.subject)} {one.year}"


def subject_cells(one: Compared) -> list[str]:
    no_books = "geen regeling" if one.granted_cents is None else ""
    return [
        name_of(one),
        amount(one.budget_cents),
        no_books or amount(one.granted_cents),
        no_books or amount(one.spent_cents),
        above_words(one),
    ]


def above_words(one: Compared) -> str:
    if one.granted_above_cents is None:
        return "niet te zeggen"
    return euros(one.granted_above_cents) if one.granted_above_cents else "nee"


def cover_cells(one: Compared) -> list[list[str]]:
    words = {"budget": "budget", "spend": "uitgegeven"}
    return [
        [
            name_of(one),
            published_name(line.cover_line or "onbekend"),
            words[line.kind],
            amount(line.amount_cents),
        ]
        for line in one.cover_lines
    ]


def column_cells(one: BudgetColumn) -> list[str]:
    sums = {each.name: each for each in one.sums}
    total = sums.get("printed_total")
    open_ = ", ".join(published_name(name) for name in one.open_lines) or "geen"
    return [
        str(one.year),
        "–" if total is None else amount(total.printed_cents),
        "–" if total is None else euros(total.summed_cents),
        "ja" if one.closes else "nee",
        open_,
    ]


def line_cells(columns: Sequence[BudgetColumn]) -> list[list[str]]:
    """Give every line of the table over the years; an open cell is unknown, and so is an empty one."""
    names = [line.line for line in columns[0].lines] if columns else []
    return [
        [published_name(name), *(amount(column.lines[place].amount_cents) for column in columns)]
        for place, name in enumerate(names)
    ]


def difference_words(one: PackageDifference) -> str:
    more = "meer" if one.difference_cents > 0 else "minder"
    difference = euros(Cents(abs(one.difference_cents)))
    return (
        f"{one.year}: de regels van het pakket zijn samen {euros(one.summed_cents)}. "
        f"De begrotingstabel zegt {euros(one.table_cents)}. Dat is {difference} {more}."
    )


def amount(cents: Cents | None) -> str:
    return "onbekend" if cents is None else euros(cents)


routes: list[ControllerRouterHandler] = [reach_money_page]
