"""Answers of the bank as pages: hand over a file, see what it did, and say with two what was not recognised."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.errors import Refusal
from pas.ids import BankFileId, BankItemId, MunicipalityName
from pas.problems.bodies import AppRequest
from pas.settlements.bank.decide_item import confirm, propose_dismissal, propose_match, refuse
from pas.settlements.bank.import_file import import_bank_file
from pas.settlements.bank.show import (
    BEGINNING,
    OpenItem,
    list_bank_files,
    list_items_of,
    list_open_items,
    read_bank_import,
    read_open_item,
)
from pas.settlements.bank.xml import MOST_BYTES
from pas.settlements.pages.bank_words import (
    MESSAGES,
    OUTCOMES,
    WHY,
    facts_of_item,
    item_cells,
    name_of,
)
from pas.settlements.routes.bank import DECIDE, now_by
from pas.settlements.routes.runs import APPROVE, BOOK, READ
from pas.tables import Table
from pas.web.forms import Form
from pas.web.pages import done, files_of, page, read_form, table_file, wrong_form

BANK: Final = "/{municipality:str}/settlements/bank"
FILE: Final = f"{BANK}/files/{{file_id:uuid}}"
ITEM: Final = f"{BANK}/items/{{item_id:uuid}}"
FIELD: Final = "file"
IN_A_FILE: Final = 10_000
COLUMNS: Final = ("wat", "bedrag", "dag", "kenmerk", "waarom_niet_herkend")
ON_A_PAGE: Final = 50
FILES_SHOWN: Final = 20
LONGEST: Final = 300
LONGEST_ID: Final = 35


class ItemTile(msgspec.Struct, frozen=True):
    """Something that was not recognised, in the list."""

    id: BankItemId
    title: str
    why: str
    waits: bool


@get(BANK, opt=READ, include_in_schema=False)
async def bank_page(
    municipality: FromPath[str], request: AppRequest, *, after: FromQuery[UUID] = BEGINNING
) -> Response[str]:
    """Which file do I hand over, and what do I have to look at?"""
    return page(
        request,
        "settlements/bank.html",
        form=Form(),
        **await context_of(request, municipality, after=after),
    )


@get(files_of(BANK), opt=READ, include_in_schema=False)
async def open_items_file(municipality: FromPath[str], request: AppRequest) -> Response[bytes]:
    """What nobody recognised yet."""
    async with connected(request, municipality) as connection:
        items = await list_open_items(connection, limit=IN_A_FILE)
    rows = [item_cells(municipality, one) for one in items]
    return table_file(request, Table(f"niet-herkend-{municipality}", COLUMNS, rows))


@post(
    BANK,
    opt=BOOK,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES + 10_000,
)
async def send_file(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Take in what was chosen, and show what came of it."""
    form, ring = await read_form(request), await ring_of(request, municipality)
    sent = (await request.form()).get(FIELD)
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    if form.ok and not content:
        form.refuse(FIELD, "Kies een bestand van de bank.")
    if form.ok and isinstance(sent, UploadFile):
        try:
            async with connected(request, municipality) as connection:
                made = await import_bank_file(
                    connection,
                    MunicipalityName(municipality),
                    content,
                    name=sent.filename or "bank.xml",
                    ring=ring,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/settlements/bank/files/{made.id}")
        except Refusal as refusal:
            form.refuse(FIELD, f"{refusal.detail} {refusal.next_step}")
    return wrong_form(
        request, "settlements/bank.html", form, **await context_of(request, municipality)
    )


@get(FILE, opt=READ, include_in_schema=False)
async def file_page(
    municipality: FromPath[str],
    file_id: FromPath[UUID],
    request: AppRequest,
    *,
    after: FromQuery[UUID] = BEGINNING,
) -> Response[str]:
    """What did this file do?"""
    async with connected(request, municipality) as connection:
        file = await read_bank_import(connection, BankFileId(file_id))
        items = await list_items_of(connection, file.id, after=after, limit=ON_A_PAGE)
    return page(
        request,
        "settlements/bank_file.html",
        home=f"/{municipality}",
        file=file,
        message=MESSAGES[file.message],
        rows=[item_cells(municipality, one) for one in items],
        after=items[-1].id if len(items) == ON_A_PAGE else None,
    )


@get(ITEM, opt=READ, include_in_schema=False)
async def item_page(
    municipality: FromPath[str], item_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What does the bank say here, and what do we think that it is?"""
    return page(
        request,
        "settlements/bank_item.html",
        form=Form(),
        **await item_context(request, municipality, item_id),
    )


@post(f"{ITEM}/match", opt=BOOK, include_in_schema=False, status_code=200)
async def match_item(
    municipality: FromPath[str], item_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    """Say which payment it is, or, with the reference left empty, that it is none."""
    form = await read_form(request)
    reference = form.value("reference").strip()[:LONGEST_ID]
    because = form.text("because", "Schrijf op waarom.", most=LONGEST)
    item = BankItemId(item_id)
    if form.ok and because:
        try:
            async with connected(request, municipality) as connection:
                if form.value("kind") == "dismiss":
                    await propose_dismissal(connection, item, because=because, by=now_by(request))
                else:
                    await propose_match(
                        connection,
                        MunicipalityName(municipality),
                        item,
                        reference=reference,
                        because=because,
                        by=now_by(request),
                    )
            return done(f"/{municipality}/settlements/bank/items/{item_id}")
        except Refusal as refusal:
            form.refuse("reference", f"{refusal.detail} {refusal.next_step}")
    context = await item_context(request, municipality, item_id)
    return wrong_form(request, "settlements/bank_item.html", form, **context)


@post(f"{ITEM}/confirmation", opt=APPROVE, include_in_schema=False, status_code=303)
async def confirm_item(
    municipality: FromPath[str], item_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await confirm(connection, BankItemId(item_id), by=now_by(request))
    return done(f"/{municipality}/settlements/bank/items/{item_id}")


@post(f"{ITEM}/refusal", opt=DECIDE, include_in_schema=False, status_code=303)
async def refuse_item(
    municipality: FromPath[str], item_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    async with connected(request, municipality) as connection:
        await refuse(connection, BankItemId(item_id), by=now_by(request))
    return done(f"/{municipality}/settlements/bank/items/{item_id}")


async def context_of(
    request: AppRequest, municipality: str, *, after: UUID = BEGINNING
) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        items = await list_open_items(connection, after=after, limit=ON_A_PAGE)
        files = await list_bank_files(connection, limit=FILES_SHOWN)
    cells = [item_cells(municipality, one) for one in items]
    return {
        "home": f"/{municipality}",
        "may_send": actor_of(request).may(Permission.SETTLEMENTS_BOOK),
        "files": [(MESSAGES[one.message], one) for one in files],
        "items": [
            ItemTile(one.id, ", ".join(said[:3]), WHY[one.why] if one.why else "", one.waits)
            for one, said in zip(items, cells, strict=True)
        ],
        "after": items[-1].id if len(items) == ON_A_PAGE else None,
    }


async def item_context(request: AppRequest, municipality: str, item_id: UUID) -> dict[str, object]:
    actor, ring = actor_of(request), await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        found = await read_open_item(connection, BankItemId(item_id), ring=ring)
    waiting, is_open = found.waiting, found.item.outcome == "open"
    return {
        "home": f"/{municipality}",
        "item": found.item,
        "outcome": OUTCOMES[found.item.outcome],
        "why": WHY[found.item.why] if is_open and found.item.why else "",
        "facts": facts_of_item(municipality, found),
        "waiting": waiting,
        "may_propose": is_open and waiting is None and actor.may(Permission.SETTLEMENTS_BOOK),
        "may_confirm": waiting is not None
        and waiting.proposed_by != actor.id
        and actor.may(Permission.SETTLEMENTS_APPROVE),
        "is_mine": waiting is not None and waiting.proposed_by == actor.id,
        "proposal": proposal_of(municipality, found),
    }


def proposal_of(municipality: str, found: OpenItem) -> str:
    """Say in a sentence what a colleague proposed."""
    waiting = found.waiting
    if waiting is None:
        return ""
    if waiting.target is None:
        return "Dit hoort niet bij een uitbetaling."
    deed = "is betaald" if waiting.act == "pay" else "kwam terug"
    return f"{name_of(municipality, waiting.target)} {deed}."


routes: list[ControllerRouterHandler] = [
    open_items_file,
    bank_page,
    send_file,
    file_page,
    item_page,
    match_item,
    confirm_item,
    refuse_item,
]
