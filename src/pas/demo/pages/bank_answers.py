"""The answers of the bank of the demonstration to a run, to download and to hand over."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.demo_login import refuse_outside_demo
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.demo.bank_answers import NAMESPACES, Answer, bank_answer
from pas.ids import MunicipalityName, SettlementId
from pas.problems.bodies import AppRequest
from pas.settlements.bank.show import BankAnswerNotFound
from pas.settlements.export import read_files
from pas.settlements.stored import read_lines, read_run

BOOK: Final = {"permission": Permission.SETTLEMENTS_BOOK}
ANSWERS: Final[dict[str, Answer]] = {f"{kind}.xml": kind for kind in NAMESPACES}


@get(
    "/{municipality:str}/settlements/{run_id:uuid}/bank-answers/{name:str}",
    opt=BOOK,
    include_in_schema=False,
)
async def download_answer(
    municipality: FromPath[str], run_id: FromPath[UUID], name: FromPath[str], *, request: AppRequest
) -> Response[bytes]:
    """Make the answer of today to the first file of a run."""
    city, wanted = MunicipalityName(municipality), SettlementId(run_id)
    await refuse_outside_demo(request, city)
    async with connected(request, municipality) as connection:
        run, files = await read_run(connection, wanted), await read_files(connection, wanted)
        lines = await read_lines(connection, wanted)
    if name not in ANSWERS or not files:
        raise BankAnswerNotFound
    content = bank_answer(
        ANSWERS[name], city, run, file=files[0], lines=lines, today=day_of(datetime.now(UTC))
    )
    headers = {"content-disposition": f'attachment; filename="uitbetaling-{run.number}-{name}"'}
    return Response(content, media_type="application/xml", headers=headers)


routes: list[ControllerRouterHandler] = [download_answer]
