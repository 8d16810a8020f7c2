"""One payment as a page: what it is made of, how it ended, and a form for when it came back."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import Refusal
from pas.ids import SettlementId
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.residents.pages.search import read_day
from pas.settlements.model import SettlementLine
from pas.settlements.pages.acts import LONGEST, NO_DAY
from pas.settlements.pages.run import RUN
from pas.settlements.pages.words import outcome_of
from pas.settlements.payments import mark_returned, read_line
from pas.settlements.routes.runs import BOOK, READ
from pas.settlements.stored import read_run
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

LINE: Final = f"{RUN}/lines/{{number:int}}"
TEMPLATE: Final = "settlements/line.html"


@get(LINE, opt=READ, include_in_schema=False)
async def line_page(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
) -> Response[str]:
    """What was paid here, and did it arrive?"""
    context = await context_of(request, municipality, run_id, number=number)
    return page(request, TEMPLATE, form=Form(), **context)


@post(LINE, opt=BOOK, include_in_schema=False, status_code=200)
async def return_line(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
) -> Response[str] | Redirect:
    """Book that it came back: it is owed again, and in the next run."""
    form = await read_form(request)
    returned_on = read_day(form, "day")
    if form.ok and returned_on is None:
        form.refuse("day", NO_DAY)
    reason = form.text("reason", "Schrijf op wat de bank zei.", most=LONGEST)
    if form.ok and reason and returned_on is not None:
        try:
            async with connected(request, municipality) as connection:
                await mark_returned(
                    connection,
                    SettlementId(run_id),
                    number,
                    returned_on=returned_on,
                    reason=reason,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/settlements/{run_id}/lines/{number}")
        except Refusal as refusal:
            form.refuse("day", refusal.detail)
    context = await context_of(request, municipality, run_id, number=number)
    return wrong_form(request, TEMPLATE, form, **context)


async def context_of(
    request: AppRequest, municipality: str, run_id: UUID, *, number: int
) -> dict[str, object]:
    actor = actor_of(request)
    async with connected(request, municipality) as connection:
        run = await read_run(connection, SettlementId(run_id))
        line = await read_line(connection, run.id, number)
    open_to_return = run.exported_at is not None and line.state in {"approved", "paid"}
    return {
        "home": f"/{municipality}",
        "run": run,
        "line": line,
        "facts": facts_of(line),
        "may_return": open_to_return and actor.may(Permission.SETTLEMENTS_BOOK),
        "may_specify": actor.may(Permission.PAYOUTS_READ),
    }


def facts_of(line: SettlementLine) -> list[tuple[str, str]]:
    facts = [
        ("Bedrag", euros(line.amount_cents)),
        ("Rekening", f"{line.iban} van {line.holder}"),
        ("Besteed", euros(line.redeemed_cents)),
        ("Teruggeboekt", euros(line.reversed_cents)),
    ]
    if line.returned_cents:
        facts.append(("Van een eerdere uitbetaling", euros(line.returned_cents)))
    return [*facts, ("Hoe het afliep", outcome_of(line))]


routes: list[ControllerRouterHandler] = [line_page, return_line]
