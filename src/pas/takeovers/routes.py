"""Endpoints: hand over the list of an earlier supplier, and let a second person judge it."""

from datetime import UTC, datetime
from io import BytesIO
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.grants.ground import current_year
from pas.ids import TakeoverId
from pas.money import MAX_CENTS, Cents
from pas.problems.bodies import AppRequest
from pas.takeovers.approve import reject_takeover
from pas.takeovers.book_job import approve_and_queue
from pas.takeovers.model import RowOutcome, SchemeTotal, Takeover
from pas.takeovers.propose import Handed, look_ahead, propose_takeover
from pas.takeovers.show import ShownTakeover, list_takeovers, show_takeover

READ: Final = {"permission": Permission.TAKEOVERS_READ}
PROPOSE: Final = {"permission": Permission.TAKEOVERS_PROPOSE}
APPROVE: Final = {"permission": Permission.TAKEOVERS_APPROVE}
JUDGE: Final = {"permission": (Permission.TAKEOVERS_PROPOSE, Permission.TAKEOVERS_APPROVE)}
TAKEOVERS: Final = "/v1/{municipality:str}/takeovers"
TAKEOVER: Final = f"{TAKEOVERS}/{{takeover_id:uuid}}"
MOST_BYTES: Final = 20_000_000

AfterLine = Annotated[int, QueryParameter(ge=0, le=1_000_000)]
Limit = Annotated[int, QueryParameter(ge=1, le=1000)]


class TakeoverBody(msgspec.Struct, frozen=True, rename="camel", forbid_unknown_fields=True):
    """The list as text, from whom it is, and what each scheme comes to by the supplier's own word.

    Without a year it is for the pass year of today; ``dryRun`` says what would happen and keeps nothing.
    """

    supplier: Annotated[str, Meta(pattern="^[a-z][a-z0-9_]{1,60}$")]
    content: Annotated[str, Meta(min_length=1, max_length=MOST_BYTES)]
    totals: dict[
        Annotated[str, Meta(min_length=1, max_length=61)], Annotated[int, Meta(ge=0, le=MAX_CENTS)]
    ]
    file_name: Annotated[str, Meta(min_length=1, max_length=200)] = "cards.csv"
    year: Annotated[int, Meta(ge=2000, le=2199)] | None = None
    dry_run: bool = False


class TakeoverRejection(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is turned down."""

    because: Annotated[str, Meta(min_length=1, max_length=300)]


class RefusedRow(msgspec.Struct, frozen=True, rename="camel"):
    """A row that is not taken over, and why."""

    line: int
    reason: str


class TakeoverOutlook(msgspec.Struct, frozen=True, rename="camel"):
    """What a list comes to; ``takeover`` None where nothing waits, or nothing was kept."""

    takeover: Takeover | None
    totals: list[SchemeTotal]
    refused_rows: list[RefusedRow]


class Takeovers(msgspec.Struct, frozen=True):
    """The newest first."""

    items: list[Takeover]


@post(TAKEOVERS, opt=PROPOSE, request_max_body_size=MOST_BYTES)
async def hand_over_list(
    municipality: FromPath[str], request: AppRequest, *, data: JSONBody[TakeoverBody]
) -> TakeoverOutlook:
    """Bied de lijst van een eerdere leverancier aan: kaarten en bedragen. Een ander keurt haar goed.

    De regels van een regeling tellen op tot het totaal dat u opgeeft, anders wordt niets aangenomen.
    Dezelfde lijst nog eens verandert niets.
    """
    ring, now = await ring_of(request, municipality), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        handed = Handed(
            source=BytesIO(data.content.encode()),
            name=data.file_name,
            supplier=data.supplier,
            year=data.year or await current_year(connection, now),
            told={code: Cents(cents) for code, cents in data.totals.items()},
        )
        if data.dry_run:
            outlook = await look_ahead(connection, handed, ring=ring, now=now)
        else:
            outlook = await propose_takeover(
                connection, handed, ring=ring, actor=actor_of(request), now=now
            )
    refused = [one for one in outlook.rows if one.outcome == "refused"]
    rows = [RefusedRow(one.line, one.reason or "") for one in refused]
    return TakeoverOutlook(outlook.takeover, outlook.totals, rows)


@get(TAKEOVERS, opt=READ)
async def list_all_takeovers(municipality: FromPath[str], request: AppRequest) -> Takeovers:
    """Lees welke lijsten van eerdere leveranciers zijn aangeboden, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Takeovers(await list_takeovers(connection))


@get(TAKEOVER, opt=READ)
async def read_one_takeover(
    municipality: FromPath[str],
    takeover_id: FromPath[UUID],
    request: AppRequest,
    *,
    outcome: FromQuery[RowOutcome | None] = None,
    after: AfterLine = 0,
    limit: Limit = 100,
) -> ShownTakeover:
    """Lees wat er van een lijst komt: per regeling, en van elke regel."""
    async with connected(request, municipality) as connection:
        return await show_takeover(
            connection, TakeoverId(takeover_id), outcome=outcome, after_line=after, limit=limit
        )


@put(f"{TAKEOVER}/approval", opt=APPROVE)
async def approve_one_takeover(
    municipality: FromPath[str], takeover_id: FromPath[UUID], request: AppRequest
) -> Takeover:
    """Keur een lijst goed die een ander aanbood. Zij wordt dan geboekt."""
    async with connected(request, municipality) as connection:
        return await approve_and_queue(
            connection,
            TakeoverId(takeover_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{TAKEOVER}/rejection", opt=JUDGE)
async def reject_one_takeover(
    municipality: FromPath[str],
    takeover_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[TakeoverRejection],
) -> Takeover:
    """Keur een lijst af, of trek haar in. Wat wij van mensen bewaarden, is dan weg."""
    async with connected(request, municipality) as connection:
        return await reject_takeover(
            connection,
            TakeoverId(takeover_id),
            data.because,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


routes: list[ControllerRouterHandler] = [
    hand_over_list,
    list_all_takeovers,
    read_one_takeover,
    approve_one_takeover,
    reject_one_takeover,
]
