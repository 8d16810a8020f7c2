"""Endpoints: what stands out in the sales of merchants, and what an officer says of it."""

from datetime import UTC, datetime
from typing import Annotated, Final
from uuid import UUID

import msgspec
from litestar import get, post
from litestar.params import FromPath, FromQuery, JSONBody, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.ids import SignalId
from pas.problems.bodies import AppRequest
from pas.signals.judge import judge_signal
from pas.signals.model import Reason, Signal, Verdict
from pas.signals.offline.read_offline import OfflineSale, offline_of_signal
from pas.signals.show import (
    MOST,
    SignalSale,
    list_judged,
    list_open,
    read_signal,
    read_signal_sales,
)

SIGNALS: Final = "/v1/{municipality:str}/signals"
SIGNAL: Final = f"{SIGNALS}/{{signal_id:uuid}}"
READ: Final = {"permission": Permission.SIGNALS_READ}
JUDGE: Final = {"permission": Permission.SIGNALS_JUDGE}
Limit = Annotated[int, QueryParameter(ge=1, le=MOST)]


class Signals(msgspec.Struct, frozen=True):
    """Signals: the open ones by weight, or the judged ones, newest first."""

    items: list[Signal]


class SignalSales(msgspec.Struct, frozen=True):
    """The sales of a signal; of very many the first three hundred."""

    items: list[SignalSale]


class OfflineSales(msgspec.Struct, frozen=True):
    """The sales without a network of a signal; of very many the first three hundred."""

    items: list[OfflineSale]


class SignalVerdict(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """What an officer found, and why."""

    verdict: Verdict
    reason: Reason


@get(SIGNALS, opt=READ)
async def list_signals(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    judged: FromQuery[bool] = False,
    before: FromQuery[UUID | None] = None,
    limit: Limit = MOST,
) -> Signals:
    """Lees wat opvalt in de verkopen: wat nog open is, of wat al is bekeken."""
    async with connected(request, municipality) as connection:
        if not judged:
            return Signals(await list_open(connection, limit=limit))
        last = None if before is None else SignalId(before)
        return Signals(await list_judged(connection, before=last, limit=limit))


@get(SIGNAL, opt=READ)
async def read_one_signal(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> Signal:
    """Lees één signaal, met het laatste oordeel."""
    async with connected(request, municipality) as connection:
        return await read_signal(connection, SignalId(signal_id))


@get(f"{SIGNAL}/redemptions", opt=READ)
async def list_signal_sales(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> SignalSales:
    """Lees de verkopen waar een signaal over gaat. Er staat niet bij wie betaalde."""
    async with connected(request, municipality) as connection:
        return SignalSales(await read_signal_sales(connection, SignalId(signal_id)))


@get(f"{SIGNAL}/offline-redemptions", opt=READ)
async def list_offline_sales_of_signal(
    municipality: FromPath[str], signal_id: FromPath[UUID], request: AppRequest
) -> OfflineSales:
    """Lees de verkopen zonder internet waar een signaal over gaat, ook die niemand betaalt."""
    async with connected(request, municipality) as connection:
        signal = await read_signal(connection, SignalId(signal_id))
        return OfflineSales(await offline_of_signal(connection, signal))


@post(f"{SIGNAL}/verdicts", opt=JUDGE)
async def judge_one_signal(
    municipality: FromPath[str],
    signal_id: FromPath[UUID],
    request: AppRequest,
    *,
    data: JSONBody[SignalVerdict],
) -> Signal:
    """Zeg dat er niets aan de hand is, of dat het is afgehandeld. Dat blijft staan, met wie en wanneer."""
    async with connected(request, municipality) as connection:
        return await judge_signal(
            connection,
            SignalId(signal_id),
            data.verdict,
            reason=data.reason,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )


routes: list[ControllerRouterHandler] = [
    list_signals,
    read_one_signal,
    list_signal_sales,
    list_offline_sales_of_signal,
    judge_one_signal,
]
