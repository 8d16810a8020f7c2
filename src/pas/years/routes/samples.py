"""Endpoints: a sample for the audit, drawn so that anybody can draw it again."""

from typing import Annotated

from litestar import get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.response import Stream
from litestar.types import ControllerRouterHandler

from pas.auth.state import connected
from pas.problems.bodies import AppRequest
from pas.tables import CSV
from pas.years.routes.fields import READ, YEAR, csv_file
from pas.years.sample import Ask, Method, Sample, draw, sample_table

Seed = Annotated[str, QueryParameter(min_length=1, max_length=100)]
SampleSize = Annotated[int, QueryParameter(ge=1, le=2_000)]
EntryKind = Annotated[str | None, QueryParameter(max_length=40)]
SealSize = Annotated[int, QueryParameter(ge=0, le=2**62)]
"""Draw under the seal over so many leaves; 0 is the newest."""


@get(f"{YEAR}/sample", opt=READ)
async def draw_audit_sample(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    seed: Seed,
    size: SampleSize = 60,
    method: FromQuery[Method] = "random",
    kind: EntryKind = None,
    seal: SealSize = 0,
) -> Sample:
    """Trek een steekproef van boekingen die een zegel hebben.

    Met hetzelfde begin, aantal en zegel komt steeds hetzelfde eruit. Iedereen kan haar natrekken uit de export.
    """
    ask = Ask(seed, size, method, kind, seal or None)
    return await drawn(request, municipality, year=year, ask=ask)


@get(f"{YEAR}/sample/csv", opt=READ, media_type=CSV)
async def fetch_audit_sample(
    municipality: FromPath[str],
    year: FromPath[int],
    request: AppRequest,
    *,
    seed: Seed,
    size: SampleSize = 60,
    method: FromQuery[Method] = "random",
    kind: EntryKind = None,
    seal: SealSize = 0,
) -> Stream:
    """Haal een steekproef van boekingen als CSV."""
    ask = Ask(seed, size, method, kind, seal or None)
    found = await drawn(request, municipality, year=year, ask=ask)
    return csv_file(sample_table(found), f"steekproef-{municipality}-{year}.csv")


async def drawn(request: AppRequest, municipality: str, *, year: int, ask: Ask) -> Sample:
    """Draw it, for the API and for the page."""
    async with connected(request, municipality) as connection:
        return await draw(connection, year, ask)


handlers: list[ControllerRouterHandler] = [draw_audit_sample, fetch_audit_sample]
