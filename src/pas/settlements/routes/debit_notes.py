"""Endpoints: who is below zero, and a debit note from proposal to what came in."""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath, JSONBody
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.house import read_house
from pas.auth.state import auth_state, connected
from pas.ids import DebitNoteId, MerchantId, MunicipalityName
from pas.money import Cents
from pas.press.document import MEDIA_TYPE as PDF
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.settlements.debit_notes.approve import approve_debit_note, withdraw_debit_note
from pas.settlements.debit_notes.model import BelowZero, DebitNote, NoteReceipt
from pas.settlements.debit_notes.paper import debit_note_pdf
from pas.settlements.debit_notes.propose import propose_debit_note
from pas.settlements.debit_notes.receive import receive_by_hand
from pas.settlements.debit_notes.stored import (
    NEWEST,
    list_below_zero,
    list_notes,
    read_note,
    read_receipts,
)
from pas.settlements.model import MOST_OF_A_PAYMENT, Reason
from pas.settlements.routes.runs import APPROVE, BOOK, PROPOSE, READ, WITHDRAW, Before, Limit
from pas.web.pages import saved_as

NOTES: Final = "/v1/{municipality:str}/debit-notes"
NOTE: Final = f"{NOTES}/{{note_id:uuid}}"
BELOW: Final = "/v1/{municipality:str}/merchants-below-zero"


class DebitNotes(msgspec.Struct, frozen=True):
    """A page of notes, newest first; the next page comes before the last number."""

    items: list[DebitNote]


class MerchantsBelowZero(msgspec.Struct, frozen=True):
    """The longest below zero first; at most a thousand."""

    items: list[BelowZero]


class Receipts(msgspec.Struct, frozen=True):
    """What was received for a note, by its number."""

    items: list[NoteReceipt]


class NewDebitNote(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """Which merchant is asked to pay back."""

    merchant_id: UUID


class DebitNoteWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a note is withdrawn."""

    reason: Reason


class NewReceipt(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """On which day the bank received how much."""

    amount_cents: Annotated[Cents, Meta(ge=1, le=MOST_OF_A_PAYMENT)]
    received_on: date


@get(BELOW, opt=READ)
async def list_merchants_below_zero(
    municipality: FromPath[str], request: AppRequest
) -> MerchantsBelowZero:
    """Lees welke aanbieders onder nul staan, en sinds wanneer zonder onderbreking."""
    async with connected(request, municipality) as connection:
        return MerchantsBelowZero(await list_below_zero(connection, now=datetime.now(UTC)))


@get(NOTES, opt=READ)
async def list_debit_notes(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: Before = NEWEST,
    limit: Limit = 50,
) -> DebitNotes:
    """Lees de debetnota's, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return DebitNotes(await list_notes(connection, before=before, limit=limit))


@post(NOTES, opt=PROPOSE)
async def propose_new_debit_note(
    municipality: FromPath[str], request: AppRequest, *, data: JSONBody[NewDebitNote]
) -> DebitNote:
    """Stel een debetnota voor aan een aanbieder die lang onder nul staat.

    Hoeveel, sinds wanneer en onder welk nummer staat in de boeken. Een ander keurt haar goed.
    """
    async with connected(request, municipality) as connection:
        return await propose_debit_note(
            connection,
            MerchantId(data.merchant_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get(NOTE, opt=READ)
async def read_debit_note(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> DebitNote:
    """Lees een debetnota: hoe het ermee staat, en wat er nog open staat."""
    async with connected(request, municipality) as connection:
        return await read_note(connection, DebitNoteId(note_id))


@get(f"{NOTE}/receipts", opt=READ)
async def list_debit_note_receipts(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Receipts:
    """Lees wat er voor een debetnota is ontvangen."""
    async with connected(request, municipality) as connection:
        note = await read_note(connection, DebitNoteId(note_id))
        return Receipts(await read_receipts(connection, note.id))


@get(f"{NOTE}/pdf", opt=READ, media_type=PDF)
async def fetch_debit_note_pdf(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    """Haal een goedgekeurde debetnota als PDF. Het zijn altijd dezelfde bytes."""
    return await fetched_pdf(request, municipality, note_id)


@put(f"{NOTE}/approval", opt=APPROVE)
async def approve_one_debit_note(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> DebitNote:
    """Keur een debetnota goed die een ander voorstelde. De aanbieder heeft dan dertig dagen."""
    async with connected(request, municipality) as connection:
        return await approve_debit_note(
            connection, DebitNoteId(note_id), actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{NOTE}/withdrawal", opt=WITHDRAW)
async def withdraw_one_debit_note(
    municipality: FromPath[str],
    note_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[DebitNoteWithdrawal],
) -> DebitNote:
    """Trek een debetnota in, met de reden. Wat al is ontvangen blijft geboekt."""
    async with connected(request, municipality) as connection:
        return await withdraw_debit_note(
            connection,
            DebitNoteId(note_id),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{NOTE}/receipts/{{number:int}}", opt=BOOK)
async def book_debit_note_receipt(
    municipality: FromPath[str],
    note_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
    data: JSONBody[NewReceipt],
) -> DebitNote:
    """Boek dat de bank iets ontving voor een debetnota: de eerste keer is 1, de tweede 2.

    Hooguit wat nog open staat. Hetzelfde nog eens sturen verandert niets.
    """
    async with connected(request, municipality) as connection:
        return await receive_by_hand(
            connection,
            DebitNoteId(note_id),
            number,
            amount_cents=data.amount_cents,
            received_on=data.received_on,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


async def fetched_pdf(request: AppRequest, municipality: str, note_id: UUID) -> Response[bytes]:
    """Answer with the paper, for the API and for the page."""
    name, wanted = MunicipalityName(municipality), DebitNoteId(note_id)
    database = auth_state(request.app.state).database
    async with a_press() as press, connected(request, municipality) as connection:
        house = await read_house(database, connection, name)
        content = await debit_note_pdf(connection, wanted, house=house, press=press)
        number = (await read_note(connection, wanted)).number
    return saved_as(f"debetnota-{number}.pdf", content, media_type=PDF)


handlers: list[ControllerRouterHandler] = [
    list_merchants_below_zero,
    list_debit_notes,
    propose_new_debit_note,
    read_debit_note,
    list_debit_note_receipts,
    fetch_debit_note_pdf,
    approve_one_debit_note,
    withdraw_one_debit_note,
    book_debit_note_receipt,
]
