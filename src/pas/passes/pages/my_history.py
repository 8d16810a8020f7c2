"""What happened on a pass: every line of every budget, so that they add up to what is left."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler
from markupsafe import Markup

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.days import day_of
from pas.ids import MunicipalityName, PassId
from pas.money import Cents
from pas.passes.household import household_passes
from pas.passes.pages.my_pass import HOLDER, holder_of, kept, today, with_keep
from pas.passes.show import HistoryLine, ShownPass, list_passes, show_pass
from pas.passes.sign_in_tries import refused_tries
from pas.problems.bodies import AppRequest
from pas.web.dates import day
from pas.web.languages import as_data, left_to_right, mark, said
from pas.web.languages import say_in_page as say
from pas.web.pages import page
from pas.web.templates import shown_euros

WORDS: Final[dict[str, str]] = {
    "grant": mark("Gekregen"),
    "opening": mark("Meegenomen van uw oude pas"),
    "redeem": mark("Betaald"),
    "offline": mark("Betaald, later verwerkt"),
    "confirm": mark("Betaald"),
    "forfeit": mark("Vervallen, want in één keer te besteden"),
    "void": mark("Ongedaan gemaakt"),
    "refund": mark("Teruggekregen"),
    "lapse": mark("Vervallen"),
    "hold": mark("Vastgezet"),
    "release": mark("Weer vrij"),
    "correct": mark("Verbeterd"),
}


@get("/{municipality:str}/my-pass/{pass_id:uuid}/history", opt=HOLDER, include_in_schema=False)
async def my_history(
    municipality: FromPath[str], request: AppRequest, pass_id: FromPath[UUID]
) -> Response[str]:
    """The newest first, also of the sale of a moment ago; and the way to earlier years."""
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        shown = await show_pass(connection, PassId(pass_id), actor=actor, now=now)
        years = await list_passes(connection, shown.pass_.resident_id, actor=actor, now=now)
        tried = await refused_tries(connection, [one.id for one in shown.cards], now=now)
        others = await household_passes(connection, holder_of(request), today=today())
    answer = page(
        request,
        "passes/my_history.html",
        shown=shown,
        lines=history_lines(shown),
        tried=tried,
        left=Cents(sum(budget.balance_cents for budget in shown.budgets)),
        years=[one for one in years if one.id != shown.pass_.id],
        others=others if len(others) > 1 else [],
        here=f"/{municipality}/my-pass/{pass_id}",
        **kept(request, MunicipalityName(municipality)),
        home=f"/{municipality}",
    )
    return with_keep(request, answer)


def history_lines(shown: ShownPass) -> list[list[str | Markup]]:
    """Put every line of every budget in one list, the newest first."""
    lines = [(line, budget.title) for budget in shown.budgets for line in budget.history]
    lines.sort(key=lambda pair: (pair[0].occurred_at, pair[0].entry_id), reverse=True)
    return [
        [day(day_of(line.occurred_at)), what(line), as_data(title), amount(line)]
        for line, title in lines
    ]


def what(line: HistoryLine) -> str | Markup:
    words = said(WORDS[line.kind])
    if not line.merchant_name:
        return words
    return say("{what} bij {merchant}", what=words, merchant=as_data(line.merchant_name))


def amount(line: HistoryLine) -> str:
    sign = "+ " if line.amount_cents > 0 else "- " if line.amount_cents < 0 else ""
    return left_to_right(sign + shown_euros(Cents(abs(line.amount_cents))))


routes: list[ControllerRouterHandler] = [my_history]
