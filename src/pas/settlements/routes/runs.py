"""Endpoints: a run from proposal to the bank and back."""

from datetime import UTC, date, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import Response, get, post, put
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler
from msgspec import Meta

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import MerchantId, MunicipalityName, SettlementId
from pas.problems.bodies import AppRequest
from pas.settlements.approve import approve_settlement
from pas.settlements.export import export_settlement, fetch_file, read_files
from pas.settlements.model import (
    BankFile,
    Reason,
    SettlementLine,
    SettlementRun,
    UnpaidMerchant,
)
from pas.settlements.payments import mark_paid, mark_returned
from pas.settlements.propose import propose_settlement
from pas.settlements.show import NEWEST, ListedSettlement, list_runs, read_unpaid
from pas.settlements.stored import read_lines, read_run
from pas.settlements.withdraw import withdraw_settlement

RUNS: Final = "/v1/{municipality:str}/settlements"
RUN: Final = f"{RUNS}/{{run_id:uuid}}"
READ: Final = {"permission": Permission.SETTLEMENTS_READ}
PROPOSE: Final = {"permission": Permission.SETTLEMENTS_PROPOSE}
APPROVE: Final = {"permission": Permission.SETTLEMENTS_APPROVE}
WITHDRAW: Final = {"permission": (Permission.SETTLEMENTS_PROPOSE, Permission.SETTLEMENTS_APPROVE)}
EXPORT: Final = {"permission": Permission.SETTLEMENTS_EXPORT}
BOOK: Final = {"permission": Permission.SETTLEMENTS_BOOK}
XML: Final = "application/xml"

Limit = Annotated[int, QueryParameter(ge=1, le=200)]
Before = Annotated[int, QueryParameter(ge=1, le=NEWEST)]
After = Annotated[int, QueryParameter(ge=0, le=NEWEST)]


class Settlements(msgspec.Struct, frozen=True):
    """A page of runs, newest first; the next page comes before the last number."""

    items: list[ListedSettlement]


class SettlementLines(msgspec.Struct, frozen=True):
    """A page of payments; the next page starts after the last number."""

    items: list[SettlementLine]


class UnpaidMerchants(msgspec.Struct, frozen=True):
    """A page of what was not paid; the next page starts after the last merchant."""

    items: list[UnpaidMerchant]


class BankFiles(msgspec.Struct, frozen=True):
    """The bank files of a run."""

    items: list[BankFile]


class NewSettlement(msgspec.Struct, frozen=True):
    """The proposal that was made."""

    id: SettlementId
    number: int


class SettlementWithdrawal(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Why a run is withdrawn."""

    reason: Reason


class SettlementPayment(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """On which day the bank paid."""

    paid_on: date


class SettlementReturn(msgspec.Struct, frozen=True, forbid_unknown_fields=True, rename="camel"):
    """On which day a payment came back, and what the bank said."""

    returned_on: date
    reason: Annotated[str, Meta(min_length=1, max_length=300)]


@get(RUNS, opt=READ)
async def list_settlements(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    before: Before = NEWEST,
    limit: Limit = 50,
) -> Settlements:
    """Lees de uitbetalingen, de nieuwste eerst."""
    async with connected(request, municipality) as connection:
        return Settlements(await list_runs(connection, before=before, limit=limit))


@post(RUNS, opt=PROPOSE)
async def propose_new_settlement(municipality: FromPath[str], request: AppRequest) -> NewSettlement:
    """Stel een uitbetaling voor.

    Daarin staat wat elke aanbieder tot nu toe tegoed heeft. Wie te weinig tegoed heeft of nog geen
    rekening heeft, staat in de lijst met de reden. Een ander keurt het voorstel goed.
    """
    async with connected(request, municipality) as connection:
        made = await propose_settlement(connection, actor=actor_of(request), now=datetime.now(UTC))
    return NewSettlement(made.id, made.number)


@get(RUN, opt=READ)
async def read_settlement(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> SettlementRun:
    """Lees een uitbetaling: hoe het ermee staat, en wie wat deed."""
    async with connected(request, municipality) as connection:
        return await read_run(connection, SettlementId(run_id))


@get(f"{RUN}/lines", opt=READ)
async def list_settlement_lines(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    request: AppRequest,
    *,
    after: After = 0,
    limit: Limit = 50,
) -> SettlementLines:
    """Lees de betalingen van een uitbetaling, per aanbieder."""
    async with connected(request, municipality) as connection:
        await read_run(connection, SettlementId(run_id))
        return SettlementLines(
            await read_lines(connection, SettlementId(run_id), after=after, limit=limit)
        )


@get(f"{RUN}/unpaid", opt=READ)
async def list_settlement_unpaid(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    request: AppRequest,
    *,
    after: FromQuery[UUID | None] = None,
    limit: Limit = 50,
) -> UnpaidMerchants:
    """Lees wat niet is uitbetaald, met de reden."""
    wanted = None if after is None else MerchantId(after)
    async with connected(request, municipality) as connection:
        return UnpaidMerchants(
            await read_unpaid(connection, SettlementId(run_id), after=wanted, limit=limit)
        )


@put(f"{RUN}/approval", opt=APPROVE)
async def approve_one_settlement(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> SettlementRun:
    """Keur een uitbetaling goed die een ander voorstelde."""
    async with connected(request, municipality) as connection:
        return await approve_settlement(
            connection, SettlementId(run_id), actor=actor_of(request), now=datetime.now(UTC)
        )


@put(f"{RUN}/withdrawal", opt=WITHDRAW)
async def withdraw_one_settlement(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[SettlementWithdrawal],
) -> SettlementRun:
    """Trek een uitbetaling in, met de reden. Dat kan tot het bankbestand is gemaakt."""
    async with connected(request, municipality) as connection:
        return await withdraw_settlement(
            connection,
            SettlementId(run_id),
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{RUN}/export", opt=EXPORT)
async def export_one_settlement(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> BankFiles:
    """Maak de bestanden voor de bank. Nog een keer geeft dezelfde bestanden."""
    async with connected(request, municipality) as connection:
        return BankFiles(
            await export_settlement(
                connection,
                MunicipalityName(municipality),
                SettlementId(run_id),
                actor=actor_of(request),
                now=datetime.now(UTC),
            )
        )


@get(f"{RUN}/files", opt=READ)
async def list_bank_files(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> BankFiles:
    """Lees welke bankbestanden er zijn, met hun kenmerk (SHA-256)."""
    async with connected(request, municipality) as connection:
        return BankFiles(await read_files(connection, SettlementId(run_id)))


@get(f"{RUN}/files/{{number:int}}", opt=EXPORT, media_type=XML)
async def fetch_bank_file(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    """Haal een bestand voor de bank (pain.001.001.09)."""
    return await fetched_file(request, municipality, run_id, number=number)


@put(f"{RUN}/payment", opt=BOOK)
async def book_settlement_payment(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[SettlementPayment],
) -> SettlementRun:
    """Boek dat de bank alles betaalde wat nog open stond."""
    async with connected(request, municipality) as connection:
        return await mark_paid(
            connection,
            SettlementId(run_id),
            paid_on=data.paid_on,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


@put(f"{RUN}/lines/{{number:int}}/return", opt=BOOK)
async def book_returned_payment(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
    data: JSONBody[SettlementReturn],
) -> SettlementLine:
    """Boek dat een betaling niet aankwam. De aanbieder krijgt haar in de volgende uitbetaling."""
    async with connected(request, municipality) as connection:
        return await mark_returned(
            connection,
            SettlementId(run_id),
            number,
            returned_on=data.returned_on,
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


async def fetched_file(
    request: AppRequest, municipality: str, run_id: UUID, *, number: int
) -> Response[bytes]:
    """Answer with a bank file, for the API and for the page."""
    name = MunicipalityName(municipality)
    async with connected(request, municipality) as connection:
        run = await read_run(connection, SettlementId(run_id))
        content = await fetch_file(connection, name, run.id, number=number, actor=actor_of(request))
    headers = {"content-disposition": f'attachment; filename="{name}-{run.number}-F{number}.xml"'}
    return Response(content, media_type=XML, headers=headers)


handlers: list[ControllerRouterHandler] = [
    list_settlements,
    propose_new_settlement,
    read_settlement,
    list_settlement_lines,
    list_settlement_unpaid,
    approve_one_settlement,
    withdraw_one_settlement,
    export_one_settlement,
    list_bank_files,
    fetch_bank_file,
    book_settlement_payment,
    book_returned_payment,
]
