"""What one does with a run, each on a page of its own where something has to be filled in."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.ids import MunicipalityName, SettlementId
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.residents.pages.search import read_day
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement
from pas.settlements.model import SettlementRun
from pas.settlements.pages.run import RUN
from pas.settlements.payments import mark_paid
from pas.settlements.routes.runs import APPROVE, BOOK, EXPORT, WITHDRAW
from pas.settlements.show import ListedSettlement, list_runs
from pas.settlements.stored import read_run
from pas.settlements.withdraw import withdraw_settlement
from pas.web.forms import Form
from pas.web.pages import Why, done, page, read_form, reason_page, with_reason, wrong_form

PAYMENT: Final = "settlements/payment.html"
LONGEST: Final = 300
NO_DAY: Final = "Vul de dag van het bankafschrift in."


@post(f"{RUN}/approval", opt=APPROVE, include_in_schema=False, status_code=303)
async def approve(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await approve_settlement(
            connection, SettlementId(run_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(f"/{municipality}/settlements/{run_id}")


@post(f"{RUN}/export", opt=EXPORT, include_in_schema=False, status_code=303)
async def export(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await export_settlement(
            connection,
            MunicipalityName(municipality),
            SettlementId(run_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/settlements/{run_id}")


@get(f"{RUN}/withdrawal", opt=WITHDRAW, include_in_schema=False)
async def withdrawal_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Why is it withdrawn?"""
    return reason_page(request, await why_withdrawn(request, municipality, run_id))


@post(f"{RUN}/withdrawal", opt=WITHDRAW, include_in_schema=False, status_code=200)
async def withdraw(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> None:
        async with connected(request, municipality) as connection:
            await withdraw_settlement(
                connection,
                SettlementId(run_id),
                reason=reason,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )

    return await with_reason(request, await why_withdrawn(request, municipality, run_id), act)


@get(f"{RUN}/payment", opt=BOOK, include_in_schema=False)
async def payment_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """On which day did the bank pay?"""
    today = day_of(datetime.now(UTC))
    form = Form({"day": f"{today.day}-{today.month}-{today.year}"})
    return page(request, PAYMENT, form=form, **await context_of(request, municipality, run_id))


@post(f"{RUN}/payment", opt=BOOK, include_in_schema=False, status_code=200)
async def pay(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    paid_on = read_day(form, "day")
    if form.ok and paid_on is None:
        form.refuse("day", NO_DAY)
    if form.ok and paid_on is not None:
        try:
            async with connected(request, municipality) as connection:
                await mark_paid(
                    connection,
                    SettlementId(run_id),
                    paid_on=paid_on,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/settlements/{run_id}")
        except Refusal as refusal:
            form.refuse("day", refusal.detail)
    return wrong_form(request, PAYMENT, form, **await context_of(request, municipality, run_id))


async def why_withdrawn(request: AppRequest, municipality: str, run_id: UUID) -> Why:
    run, totals = await totals_of(request, municipality, run_id)
    settlements = f"/{municipality}/settlements"
    amount = euros(totals.amount_cents)
    return Why(
        municipality,
        title=f"Uitbetaling {run.number} intrekken",
        text=f"Er gaat dan geen geld uit. De {amount} staan weer klaar voor een nieuw voorstel.",
        question="Waarom trekt u haar in?",
        button="Trek in",
        back=f"{settlements}/{run_id}",
        crumbs=[
            ("Uitbetalen", settlements),
            (f"Uitbetaling {run.number}", f"{settlements}/{run_id}"),
        ],
    )


async def context_of(request: AppRequest, municipality: str, run_id: UUID) -> dict[str, object]:
    run, totals = await totals_of(request, municipality, run_id)
    return {"home": f"/{municipality}", "run": run, "totals": totals}


async def totals_of(
    request: AppRequest, municipality: str, run_id: UUID
) -> tuple[SettlementRun, ListedSettlement]:
    async with connected(request, municipality) as connection:
        run = await read_run(connection, SettlementId(run_id))
        return run, (await list_runs(connection, before=run.number + 1, limit=1))[0]


routes: list[ControllerRouterHandler] = [
    approve,
    export,
    withdrawal_page,
    withdraw,
    payment_page,
    pay,
]
