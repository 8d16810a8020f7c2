"""The first page of settlements: what waits for whoever looks, and every run."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.db import Connection
from pas.ids import SettlementId
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.settlements.model import RunState
from pas.settlements.pages.words import RUN_STATES
from pas.settlements.propose import look_ahead, propose_settlement
from pas.settlements.routes.runs import PROPOSE, READ, Before
from pas.settlements.show import NEWEST, ListedSettlement, list_runs
from pas.spreadsheet import Amount, Cell
from pas.tables import Table
from pas.web.pages import done, files_of, page, table_file

OVERVIEW: Final = "/{municipality:str}/settlements"
ON_A_PAGE: Final = 25
IN_A_FILE: Final = 10_000
COLUMNS: Final = (
    *("uitbetaling", "stand", "voorgesteld", "betaaldag", "betalingen", "bedrag"),
    *("nog_niet_geboekt", "teruggekomen", "bedrag_teruggekomen", "opnieuw_betaald", "niet_betaald"),
)

WAITING: Final[dict[RunState, tuple[Permission, str, str]]] = {
    "proposed": (Permission.SETTLEMENTS_APPROVE, "Kijk het voorstel na", "Wacht op uw oordeel."),
    "approved": (
        Permission.SETTLEMENTS_EXPORT,
        "Maak het bankbestand",
        "Is goedgekeurd. Nu kan het naar de bank.",
    ),
    "exported": (
        Permission.SETTLEMENTS_BOOK,
        "Boek wat de bank deed",
        "Kijk op het bankafschrift of alles is betaald.",
    ),
}
"""By the state of a run: who has something to do, what, and why."""


class Task(msgspec.Struct, frozen=True):
    """Something that waits for whoever looks at the page."""

    title: str
    text: str
    href: str


class RunTile(msgspec.Struct, frozen=True):
    """A run in the list."""

    id: SettlementId
    number: int
    proposed_at: datetime
    state: str
    kind: str
    amount: str
    lines: int
    returned: int


class Ahead(msgspec.Struct, frozen=True):
    """What a proposal would be now."""

    lines: int
    amount: str
    nameless: int


@get(OVERVIEW, opt=READ, include_in_schema=False)
async def overview_page(
    municipality: FromPath[str], request: AppRequest, *, before: Before = NEWEST
) -> Response[str]:
    """What do I have to do, and what was paid?"""
    actor, base = actor_of(request), f"/{municipality}/settlements"
    async with connected(request, municipality) as connection:
        runs = await list_runs(connection, before=before, limit=ON_A_PAGE)
        newest = runs if before == NEWEST else await list_runs(connection, limit=ON_A_PAGE)
        may_propose = actor.may(Permission.SETTLEMENTS_PROPOSE)
        waits = any(one.state == "proposed" for one in newest)
        ahead = await ahead_of(connection) if may_propose and not waits else None
    return page(
        request,
        "settlements/overview.html",
        home=f"/{municipality}",
        is_first=before == NEWEST,
        may_see_offline=actor.may(Permission.REDEMPTIONS_READ),
        tasks=[task for one in newest if (task := task_of(one, actor, base=base))],
        ahead=ahead,
        waits=waits,
        runs=[tile_of(one) for one in runs],
        before=runs[-1].number if len(runs) == ON_A_PAGE else None,
    )


@get(files_of(OVERVIEW), opt=READ, include_in_schema=False)
async def runs_file(municipality: FromPath[str], request: AppRequest) -> Response[bytes]:
    """Every run, newest first."""
    async with connected(request, municipality) as connection:
        runs = await list_runs(connection, limit=IN_A_FILE)
    name = f"uitbetalingen-{municipality}"
    return table_file(request, Table(name, COLUMNS, map(file_row, runs)))


@post(OVERVIEW, opt=PROPOSE, include_in_schema=False, status_code=303)
async def propose(municipality: FromPath[str], request: AppRequest) -> Redirect:
    """Make a proposal, and look at it."""
    async with connected(request, municipality) as connection:
        made = await propose_settlement(connection, actor=actor_of(request), now=datetime.now(UTC))
    return done(f"/{municipality}/settlements/{made.id}")


async def ahead_of(connection: Connection) -> Ahead:
    outlook = await look_ahead(connection, now=datetime.now(UTC))
    return Ahead(
        lines=len(outlook.payable),
        amount=euros(Cents(sum(one.owed.amount_cents for one in outlook.payable))),
        nameless=sum(one.reason in {"no_account", "other_name"} for one in outlook.left),
    )


def task_of(one: ListedSettlement, actor: Actor, *, base: str) -> Task | None:
    """Say what this person has to do with a run, if anything."""
    if one.state not in WAITING:
        return None
    permission, title, text = WAITING[one.state]
    if not actor.may(permission):
        return None
    if one.state == "proposed" and one.is_large and not may_approve_large(actor):
        return None
    return Task(
        f"{title}: uitbetaling {one.number}",
        f"{euros(one.amount_cents)}. {text}",
        f"{base}/{one.id}",
    )


def may_approve_large(actor: Actor) -> bool:
    return actor.may(Permission.SETTLEMENTS_APPROVE_LARGE)


def file_row(one: ListedSettlement) -> list[Cell]:
    return [
        *(one.number, RUN_STATES[one.state][0], day_of(one.proposed_at), one.pays_on),
        *(one.lines, Amount(one.amount_cents), one.open_lines, one.returned_lines),
        *(Amount(one.returned_cents), Amount(one.again_cents), one.unpaid),
    ]


def tile_of(one: ListedSettlement) -> RunTile:
    state, kind = RUN_STATES[one.state]
    return RunTile(
        id=one.id,
        number=one.number,
        proposed_at=one.proposed_at,
        state=state,
        kind=kind,
        amount=euros(one.amount_cents),
        lines=one.lines,
        returned=one.returned_lines,
    )


routes: list[ControllerRouterHandler] = [overview_page, runs_file, propose]
