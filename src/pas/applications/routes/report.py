"""Endpoint: the half-year and year report about applications, as JSON or CSV."""

from datetime import UTC, datetime
from typing import Annotated, Final

from litestar import Response, get
from litestar.params import FromPath, FromQuery, QueryParameter
from litestar.types import ControllerRouterHandler

from pas.applications.report import Half, Report, read_report, report_csv
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.problems.bodies import AppRequest

COUNT: Final = {"permission": Permission.APPLICATIONS_COUNT}
Year = Annotated[int, QueryParameter(ge=2000, le=2199)]


@get("/v1/{municipality:str}/child-applications-report", opt=COUNT)
async def report(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: Year,
    half: FromQuery[Half] = "year",
) -> Report:
    """Lees het verslag van een jaar of een half jaar."""
    async with connected(request, municipality) as connection:
        return await read_report(connection, year=year, half=half, now=datetime.now(UTC))


@get(
    "/{municipality:str}/child-applications-report/download",
    opt=COUNT,
    include_in_schema=False,
)
async def download(
    municipality: FromPath[str],
    request: AppRequest,
    *,
    year: Year,
    half: FromQuery[Half] = "year",
) -> Response[str]:
    """The same as a table, for a spreadsheet."""
    async with connected(request, municipality) as connection:
        made = await read_report(connection, year=year, half=half, now=datetime.now(UTC))
    name = f"aanvragen-{year}-{half}.csv"
    return Response(
        report_csv(made),
        media_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )


handlers: list[ControllerRouterHandler] = [report, download]
