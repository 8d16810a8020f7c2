"""Endpoints: files of the bank go in, and two people say what could not be matched."""

from datetime import UTC, datetime
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
from pas.ids import BankFileId, BankItemId, MunicipalityName
from pas.problems.bodies import AppRequest
from pas.problems.refusals import MissingBody
from pas.settlements.bank.decide_item import (
    confirm,
    propose_dismissal,
    propose_match,
    refuse,
)
from pas.settlements.bank.import_file import BankImport, import_bank_file
from pas.settlements.bank.show import (
    BEGINNING,
    END,
    ListedItem,
    list_bank_files,
    list_items_of,
    list_open_items,
    read_bank_import,
)
from pas.settlements.bank.xml import MOST_BYTES
from pas.settlements.model import Reason
from pas.settlements.payments import By
from pas.settlements.routes.runs import APPROVE, BOOK, READ

FILES: Final = "/v1/{municipality:str}/bank-files"
ITEMS: Final = "/v1/{municipality:str}/bank-items"
ITEM: Final = f"{ITEMS}/{{item_id:uuid}}"
DECIDE: Final = {"permission": (Permission.SETTLEMENTS_BOOK, Permission.SETTLEMENTS_APPROVE)}

FileName = Annotated[str, QueryParameter(name="fileName", min_length=1, max_length=200)]
Limit = Annotated[int, QueryParameter(ge=1, le=200)]


class BankImports(msgspec.Struct, frozen=True):
    """A page of files, newest first; the next page comes before the last id."""

    items: list[BankImport]


class BankItems(msgspec.Struct, frozen=True):
    """A page of what the bank said; the next page starts after the last id."""

    items: list[ListedItem]


class BankMatch(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Which payment it is (``velsen-12-7``), or which file (``velsen-12-F1``), and why."""

    reference: Annotated[str, Meta(min_length=1, max_length=35)]
    because: Reason


class BankDismissal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why it is no payment of a settlement."""

    because: Reason


class BankItemDone(msgspec.Struct, frozen=True):
    """It was done."""

    id: BankItemId


@post(FILES, opt=BOOK, status_code=200, request_max_body_size=MOST_BYTES)
async def import_one_bank_file(
    municipality: FromPath[str], request: AppRequest, *, file_name: FileName = "bank.xml"
) -> BankImport:
    """Lever een bestand van de bank aan: pain.002, camt.053 of camt.054.

    Stuur het bestand als inhoud van het verzoek. Wat de bank deed wordt geboekt. Wat wij niet
    herkennen staat in de lijst met de reden. Hetzelfde bestand nog eens verandert niets.
    """
    content = await request.body()
    if not content:
        raise MissingBody("Stuur het bestand van de bank mee als inhoud van het verzoek.")
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        return await import_bank_file(
            connection,
            MunicipalityName(municipality),
            content,
            name=file_name,
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@get(FILES, opt=READ)
async def list_imported_bank_files(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: FromQuery[UUID] = END,
    limit: Limit = 50,
) -> BankImports:
    """Lees welke bestanden van de bank zijn ingelezen, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return BankImports(await list_bank_files(connection, before=before, limit=limit))


@get(f"{FILES}/{{file_id:uuid}}", opt=READ)
async def read_imported_bank_file(
    municipality: FromPath[str], file_id: FromPath[UUID], request: AppRequest
) -> BankImport:
    """Lees wat er van een bestand van de bank kwam."""
    async with connected(request, municipality) as connection:
        return await read_bank_import(connection, BankFileId(file_id))


@get(f"{FILES}/{{file_id:uuid}}/items", opt=READ)
async def list_bank_file_items(
    municipality: FromPath[str],
    file_id: FromPath[UUID],
    request: AppRequest,
    *,
    after: FromQuery[UUID] = BEGINNING,
    limit: Limit = 100,
) -> BankItems:
    """Lees wat de bank in een bestand zei, en wat ermee gebeurde."""
    async with connected(request, municipality) as connection:
        return BankItems(
            await list_items_of(connection, BankFileId(file_id), after=after, limit=limit)
        )


@get(ITEMS, opt=READ)
async def list_unmatched_bank_items(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    after: FromQuery[UUID] = BEGINNING,
    limit: Limit = 100,
) -> BankItems:
    """Lees wat wij niet herkennen, met de reden. De oudste staat vooraan."""
    async with connected(request, municipality) as connection:
        return BankItems(await list_open_items(connection, after=after, limit=limit))


@put(f"{ITEM}/match", opt=BOOK)
async def match_bank_item(
    municipality: FromPath[str],
    item_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[BankMatch],
) -> BankItemDone:
    """Zeg welke betaling dit is. Een collega beoordeelt het, en dan wordt het geboekt."""
    item, by = BankItemId(item_id), now_by(request)
    async with connected(request, municipality) as connection:
        await propose_match(
            connection,
            MunicipalityName(municipality),
            item,
            reference=data.reference,
            because=data.because,
            by=by,
        )
    return BankItemDone(item)


@put(f"{ITEM}/dismissal", opt=BOOK)
async def dismiss_bank_item(
    municipality: FromPath[str],
    item_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[BankDismissal],
) -> BankItemDone:
    """Zeg dat dit niet bij een uitbetaling hoort. Een collega beoordeelt het."""
    item, by = BankItemId(item_id), now_by(request)
    async with connected(request, municipality) as connection:
        await propose_dismissal(connection, item, because=data.because, by=by)
    return BankItemDone(item)


@put(f"{ITEM}/confirmation", opt=APPROVE)
async def confirm_bank_item(
    municipality: FromPath[str], item_id: FromPath[UUID], request: AppRequest
) -> BankItemDone:
    """Bevestig wat een collega over een boeking voorstelde. Dan wordt het geboekt."""
    item, by = BankItemId(item_id), now_by(request)
    async with connected(request, municipality) as connection:
        await confirm(connection, item, by=by)
    return BankItemDone(item)


@put(f"{ITEM}/refusal", opt=DECIDE)
async def refuse_bank_item(
    municipality: FromPath[str], item_id: FromPath[UUID], request: AppRequest
) -> BankItemDone:
    """Wijs af wat een collega over een boeking voorstelde. Of trek uw eigen voorstel in."""
    item, by = BankItemId(item_id), now_by(request)
    async with connected(request, municipality) as connection:
        await refuse(connection, item, by=by)
    return BankItemDone(item)


def now_by(request: AppRequest) -> By:
    return By(actor_of(request), datetime.now(UTC))


handlers: list[ControllerRouterHandler] = [
    import_one_bank_file,
    list_imported_bank_files,
    read_imported_bank_file,
    list_bank_file_items,
    list_unmatched_bank_items,
    match_bank_item,
    dismiss_bank_item,
    confirm_bank_item,
    refuse_bank_item,
]
