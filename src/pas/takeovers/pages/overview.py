"""The lists of earlier suppliers, and what comes of one of them."""

from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.names import read_logins
from pas.ids import TakeoverId
from pas.problems.bodies import AppRequest
from pas.takeovers.files import MOST_ROWS
from pas.takeovers.model import Takeover
from pas.takeovers.routes import READ
from pas.takeovers.show import list_takeovers, read_rows, read_takeover, show_takeover
from pas.takeovers.words import STATES, refused_cells, rows_table, total_cells
from pas.web.counts import count
from pas.web.dates import moment
from pas.web.pages import files_of, page, table_file

TAKEOVERS: Final = "/{municipality:str}/takeovers"
TAKEOVER: Final = f"{TAKEOVERS}/{{takeover_id:uuid}}"
ROWS: Final = f"{TAKEOVER}/rows"
MOST_SHOWN: Final = 200
SOMEBODY: Final = "de technisch beheerder"
"""Who hands a list over by a command is nobody with a login."""


@get(TAKEOVERS, opt=READ, include_in_schema=False)
async def takeovers_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which lists are there, and can I hand one over?"""
    async with connected(request, municipality) as connection:
        found = await list_takeovers(connection)
    return page(
        request,
        "takeovers/takeovers.html",
        home=f"/{municipality}",
        takeovers=[(one, *STATES[one.state]) for one in found],
        may_propose=actor_of(request).may(Permission.TAKEOVERS_PROPOSE),
    )


@get(TAKEOVER, opt=READ, include_in_schema=False)
async def takeover_page(
    municipality: FromPath[str], takeover_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What comes of this list, and what can I do?"""
    async with connected(request, municipality) as connection:
        shown = await show_takeover(
            connection, TakeoverId(takeover_id), outcome="refused", limit=MOST_SHOWN
        )
        one = shown.takeover
        people = [who for who in (one.proposed_by, one.approved_by) if who is not None]
        names = await read_logins(connection, people)
    state, kind = STATES[one.state]
    return page(
        request,
        "takeovers/takeover.html",
        home=f"/{municipality}",
        takeover=one,
        state=state,
        kind=kind,
        facts=facts_of(one, names),
        totals=[total_cells(total) for total in shown.totals],
        refused=[
            refused_cells(row.line, row.scheme, row.amount_cents, reason=row.reason)
            for row in shown.rows
        ],
        **abilities(one, actor_of(request)),
    )


@get(files_of(ROWS), opt=READ, include_in_schema=False)
async def rows_file(
    municipality: FromPath[str], takeover_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """What becomes of every row."""
    async with connected(request, municipality) as connection:
        one = await read_takeover(connection, TakeoverId(takeover_id))
        rows = await read_rows(connection, one.id, limit=MOST_ROWS)
    return table_file(request, rows_table(one, rows))


def facts_of(one: Takeover, names: dict[UUID, str]) -> list[tuple[str, str]]:
    facts = [
        ("Pasjaar", str(one.year)),
        ("Bestand", one.file_name),
        ("Kenmerk (SHA-256)", one.sha256),
        ("Aangeboden", f"{moment(one.proposed_at)}, {names.get(one.proposed_by, SOMEBODY)}"),
    ]
    if one.approved_at is not None and one.approved_by is not None:
        approver = names.get(one.approved_by, "een collega")
        facts.append(("Goedgekeurd", f"{moment(one.approved_at)}, {approver}"))
    if one.ended_at is not None:
        facts.append((STATES[one.state][0], moment(one.ended_at)))
    if one.because is not None:
        facts.append(("Reden", one.because))
    return [
        *facts,
        ("Wacht", count(one.waiting)),
        ("Geboekt", count(one.booked)),
        ("Was al geboekt", count(one.same)),
        ("Niet overgenomen", count(one.refused)),
    ]


def abilities(one: Takeover, actor: Actor) -> dict[str, bool]:
    """What whoever looks can do with the list as it is now."""
    waits, other = one.state == "proposed", one.proposed_by != actor.id
    may_approve = actor.may(Permission.TAKEOVERS_APPROVE)
    return {
        "may_approve": waits and may_approve and other,
        "may_reject": waits and (may_approve or actor.may(Permission.TAKEOVERS_PROPOSE)),
    }


routes: list[ControllerRouterHandler] = [takeovers_page, takeover_page, rows_file]
