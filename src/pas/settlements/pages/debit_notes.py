"""Who is below zero, since when, and every debit note; for finance, and for its second person."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import DebitNoteId, MerchantId
from pas.money import Cents, euros
from pas.problems.bodies import AppRequest
from pas.settlements.debit_notes.model import BelowZero, DebitNote
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.debit_notes.rules import days_below
from pas.settlements.debit_notes.stored import NEWEST, list_below_zero, list_notes
from pas.settlements.debit_notes.table import table_of
from pas.settlements.pages.words import NOTE_STATES
from pas.settlements.routes.runs import PROPOSE, READ, Before
from pas.web.dates import day
from pas.web.pages import done, files_of, page, table_file

NOTES: Final = "/{municipality:str}/settlements/debit-notes"
PROPOSAL: Final = f"{NOTES}/merchants/{{merchant_id:uuid}}"
ON_A_PAGE: Final = 25
IN_A_FILE: Final = 10_000


class BelowTile(msgspec.Struct, frozen=True):
    """A merchant below zero in the list; ``can_ask`` is that a note can be proposed now."""

    merchant_id: MerchantId
    merchant: str
    amount: str
    since: str
    days: int
    note_id: DebitNoteId | None
    note_number: int | None
    has_ended: bool
    can_ask: bool


class NoteTile(msgspec.Struct, frozen=True):
    """A note in the list."""

    id: DebitNoteId
    number: int
    merchant: str
    state: str
    kind: str
    amount: str
    outstanding: str


@get(NOTES, opt=READ, include_in_schema=False)
async def notes_page(
    municipality: FromPath[str], request: AppRequest, *, before: Before = NEWEST
) -> Response[str]:
    """Who has to pay back, and what did we ask of whom?"""
    actor, now = actor_of(request), datetime.now(UTC)
    async with connected(request, municipality) as connection:
        settings = await read_municipality_settings(connection)
        below = await list_below_zero(connection, now=now) if before == NEWEST else []
        notes = await list_notes(connection, before=before, limit=ON_A_PAGE)
    return page(
        request,
        "settlements/debit_notes.html",
        home=f"/{municipality}",
        days=settings.debit_note_days,
        is_first=before == NEWEST,
        may_propose=actor.may(Permission.SETTLEMENTS_PROPOSE),
        below=[below_tile(one, now=now, days=settings.debit_note_days) for one in below],
        notes=[note_tile(one) for one in notes],
        before=notes[-1].number if len(notes) == ON_A_PAGE else None,
    )


@get(files_of(NOTES), opt=READ, include_in_schema=False)
async def notes_file(municipality: FromPath[str], request: AppRequest) -> Response[bytes]:
    """Every note, newest first."""
    async with connected(request, municipality) as connection:
        notes = await list_notes(connection, limit=IN_A_FILE)
    return table_file(request, table_of(municipality, notes))


@post(PROPOSAL, opt=PROPOSE, include_in_schema=False, status_code=303)
async def propose(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """Propose a note, and look at it."""
    async with connected(request, municipality) as connection:
        note = await propose_debit_note(
            connection,
            MerchantId(merchant_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/settlements/debit-notes/{note.id}")


def below_tile(one: BelowZero, *, now: datetime, days: int) -> BelowTile:
    so_far, has_ended = days_below(one.below_since, now), one.merchant_state == "ended"
    return BelowTile(
        merchant_id=one.merchant_id,
        merchant=one.merchant,
        amount=euros(Cents(-one.balance_cents)),
        since=day(one.negative_since),
        days=so_far,
        note_id=one.note_id,
        note_number=one.note_number,
        has_ended=has_ended,
        can_ask=one.note_id is None and so_far >= days and not has_ended,
    )


def note_tile(one: DebitNote) -> NoteTile:
    state, kind = NOTE_STATES[one.state]
    return NoteTile(
        id=one.id,
        number=one.number,
        merchant=one.merchant,
        state=state,
        kind=kind,
        amount=euros(one.amount_cents),
        outstanding=euros(one.outstanding_cents) if one.outstanding_cents else "",
    )


routes: list[ControllerRouterHandler] = [notes_page, notes_file, propose]
