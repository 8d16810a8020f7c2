"""One debit note as a page: what to do with it now, what came in, and its paper."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.grants.names import read_logins
from pas.ids import DebitNoteId
from pas.money import comma_euros, euros
from pas.press.document import MEDIA_TYPE as PDF
from pas.problems.bodies import AppRequest
from pas.residents.pages.search import read_day
from pas.settlements.debit_notes.approve import approve_debit_note, withdraw_debit_note
from pas.settlements.debit_notes.model import DebitNote
from pas.settlements.debit_notes.receive import receive_by_hand
from pas.settlements.debit_notes.reference import in_groups
from pas.settlements.debit_notes.stored import read_note, read_receipts
from pas.settlements.pages.debit_notes import NOTES
from pas.settlements.pages.words import NOTE_STATES
from pas.settlements.routes.debit_notes import fetched_pdf
from pas.settlements.routes.runs import APPROVE, BOOK, READ, WITHDRAW
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import Why, done, page, read_form, reason_page, with_reason, wrong_form

NOTE: Final = f"{NOTES}/{{note_id:uuid}}"
TEMPLATE: Final = "settlements/debit_note.html"
RECEIPT: Final = "settlements/debit_note_receipt.html"


@get(NOTE, opt=READ, include_in_schema=False)
async def note_page(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What do we ask of whom, and what do I do with it?"""
    return page(request, TEMPLATE, **await context_of(request, municipality, note_id))


@get(f"{NOTE}/pdf", opt=READ, include_in_schema=False, media_type=PDF)
async def note_pdf(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[bytes]:
    return await fetched_pdf(request, municipality, note_id)


@post(f"{NOTE}/approval", opt=APPROVE, include_in_schema=False, status_code=303)
async def approve_note(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await approve_debit_note(
            connection, DebitNoteId(note_id), actor=actor_of(request), now=datetime.now(UTC)
        )
    return done(address_of(municipality, note_id))


@get(f"{NOTE}/withdrawal", opt=WITHDRAW, include_in_schema=False)
async def note_withdrawal_page(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Why is it withdrawn?"""
    return reason_page(request, await why_withdrawn(request, municipality, note_id))


@post(f"{NOTE}/withdrawal", opt=WITHDRAW, include_in_schema=False, status_code=200)
async def withdraw_note(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    async def act(reason: str) -> DebitNote:
        async with connected(request, municipality) as connection:
            return await withdraw_debit_note(
                connection,
                DebitNoteId(note_id),
                reason=reason,
                actor=actor_of(request),
                now=datetime.now(UTC),
            )

    return await with_reason(request, await why_withdrawn(request, municipality, note_id), act)


@get(f"{NOTE}/receipt", opt=BOOK, include_in_schema=False)
async def note_receipt_page(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How much did the bank receive, and on which day?"""
    today = day_of(datetime.now(UTC))
    async with connected(request, municipality) as connection:
        note = await read_note(connection, DebitNoteId(note_id))
        receipts = await read_receipts(connection, note.id)
    form = Form(
        {
            "day": f"{today.day}-{today.month}-{today.year}",
            "amount": comma_euros(note.outstanding_cents),
            "number": str(len(receipts) + 1),
        }
    )
    context = await context_of(request, municipality, note_id)
    return page(request, RECEIPT, form=form, **context)


@post(f"{NOTE}/receipt", opt=BOOK, include_in_schema=False, status_code=200)
async def book_note_receipt(
    municipality: FromPath[str], note_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form = await read_form(request)
    amount = form.cents("amount", "Vul het bedrag van het bankafschrift in.")
    received_on = read_day(form, "day")
    if form.ok and received_on is None:
        form.refuse("day", "Vul de dag van het bankafschrift in.")
    number = form.value("number")
    if form.ok and amount and received_on and number.isascii() and number.isdigit():
        try:
            async with connected(request, municipality) as connection:
                await receive_by_hand(
                    connection,
                    DebitNoteId(note_id),
                    int(number[:9]),
                    amount_cents=amount,
                    received_on=received_on,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(address_of(municipality, note_id))
        except Refusal as refusal:
            form.refuse("amount", f"{refusal.detail} {refusal.next_step}")
    context = await context_of(request, municipality, note_id)
    return wrong_form(request, RECEIPT, form, **context)


async def why_withdrawn(request: AppRequest, municipality: str, note_id: UUID) -> Why:
    async with connected(request, municipality) as connection:
        note = await read_note(connection, DebitNoteId(note_id))
    settlements, here = f"/{municipality}/settlements", address_of(municipality, note_id)
    return Why(
        municipality,
        title=f"Debetnota {note.number} intrekken",
        text="Wij vragen dit geld dan niet meer. Wat al is ontvangen, blijft geboekt.",
        question="Waarom trekt u haar in?",
        button="Trek in",
        back=here,
        crumbs=[
            ("Uitbetalen", settlements),
            ("Debetnota’s", f"{settlements}/debit-notes"),
            (f"Debetnota {note.number}", here),
        ],
    )


def address_of(municipality: str, note_id: UUID) -> str:
    return f"/{municipality}/settlements/debit-notes/{note_id}"


async def context_of(request: AppRequest, municipality: str, note_id: UUID) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        note = await read_note(connection, DebitNoteId(note_id))
        receipts = await read_receipts(connection, note.id)
        people = [one for one in (note.proposed_by, note.approved_by, note.withdrawn_by) if one]
        names = await read_logins(connection, people)
    state, kind = NOTE_STATES[note.state]
    return {
        "home": f"/{municipality}",
        "here": address_of(municipality, note_id),
        "note": note,
        "state": state,
        "kind": kind,
        "facts": facts_of(note, names),
        "receipts": [(day(one.received_on), euros(one.amount_cents)) for one in receipts],
        **abilities(note, actor_of(request)),
    }


def facts_of(note: DebitNote, names: dict[UUID, str]) -> list[tuple[str, str]]:
    by_program = note.proposed_by_kind == "system"
    proposer = "het programma" if by_program else names.get(note.proposed_by, "een collega")
    facts = [
        ("Aanbieder", note.merchant),
        ("Onder nul sinds", day(note.negative_since)),
        ("Bedrag", euros(note.amount_cents)),
        ("Ontvangen", euros(note.received_cents)),
        ("Nog open", euros(note.outstanding_cents)),
        ("Kenmerk", in_groups(note.reference)),
        ("Voorgesteld door", proposer),
    ]
    if note.approved_by is not None and note.due_on is not None:
        facts += [
            ("Goedgekeurd door", names.get(note.approved_by, "een collega")),
            ("Betalen voor of op", day(note.due_on)),
            ("Op rekening", f"{note.payee_iban} van {note.payee_name}"),
        ]
    if note.withdrawn_by is not None:
        facts += [
            ("Ingetrokken door", names.get(note.withdrawn_by, "een collega")),
            ("Reden", note.withdrawn_because or ""),
        ]
    return facts


def abilities(note: DebitNote, actor: Actor) -> dict[str, bool]:
    """What whoever looks can do with the note as it is now."""
    may_withdraw = actor.may(Permission.SETTLEMENTS_PROPOSE) or actor.may(
        Permission.SETTLEMENTS_APPROVE
    )
    own = note.proposed_by == actor.id
    return {
        "may_approve": note.state == "proposed"
        and not own
        and actor.may(Permission.SETTLEMENTS_APPROVE),
        "may_withdraw": note.state in {"proposed", "approved"} and may_withdraw,
        "may_book": note.state == "approved" and actor.may(Permission.SETTLEMENTS_BOOK),
        "has_paper": note.approved_at is not None and note.withdrawn_at is None,
    }


routes: list[ControllerRouterHandler] = [
    note_page,
    note_pdf,
    approve_note,
    note_withdrawal_page,
    withdraw_note,
    note_receipt_page,
    book_note_receipt,
]
