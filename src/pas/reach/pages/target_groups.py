"""Target groups as pages: what there is, handing over a file, and what became of each of its rows."""

from collections.abc import Mapping
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.grants.ground import current_year
from pas.ids import ImportId
from pas.imports.record import read_import, read_import_rows
from pas.problems.bodies import AppRequest
from pas.reach.make_report import READ_SCHEMES
from pas.reach.model import EVERYTHING, StoredTargetGroup
from pas.reach.numbers import Number
from pas.reach.routes.reports import YearAsked
from pas.reach.routes.target_groups import MOST_BYTES, queue_target_groups
from pas.reach.stored import target_group_versions
from pas.reach.subjects import ALL_SCHEMES
from pas.reach.target_files import COLUMNS
from pas.reach.words import KIND_WORDS, UNIT_WORDS, number_in_words
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, wrong_form

WRITE: Final = {"permission": Permission.TARGET_GROUPS_IMPORT}
PAGE: Final = "reach/target_groups.html"
MOST_SHOWN: Final = 200
REFRESH_SECONDS: Final = "2"
FIELD: Final = "file"
OUTCOMES: Final = {
    "added": "nieuw",
    "changed": "nieuwe versie",
    "same": "had u al",
    "refused": "geweigerd",
}


@get("/{municipality:str}/reach/target-groups", opt=WRITE, include_in_schema=False)
async def target_groups_page(
    municipality: FromPath[str], request: AppRequest, *, year: YearAsked = 0
) -> Response[str]:
    """Which target groups count, and where to hand over new ones."""
    context = await context_of(request, municipality, year)
    return page(request, PAGE, form=Form(), **context)


@post(
    "/{municipality:str}/reach/target-groups",
    opt=WRITE,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def send_target_groups(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Take a file in; a job reads it."""
    form = Form()
    name, content = await sent_file(request)
    if content:
        queued = await queue_target_groups(request, municipality, content, file_name=name)
        return done(f"/{municipality}/reach/target-groups/files/{queued.import_id}")
    form.refuse(FIELD, "Kies een bestand.")
    context = await context_of(request, municipality, 0)
    return wrong_form(request, PAGE, form, **context)


@get(
    "/{municipality:str}/reach/target-groups/files/{import_id:uuid}",
    opt=WRITE,
    include_in_schema=False,
)
async def target_file_page(
    municipality: FromPath[str], import_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What became of a file: every row that was refused, with its line and why."""
    found = ImportId(import_id)
    async with connected(request, municipality) as connection:
        summary = await read_import(connection, found, "target_groups")
        refused = await read_import_rows(connection, found, outcome="refused", limit=MOST_SHOWN)
        rows = await read_import_rows(connection, found, limit=MOST_SHOWN)
    remarks = [row for row in rows if row.reason and row.outcome != "refused"]
    answer = page(
        request,
        "reach/target_file.html",
        home=f"/{municipality}",
        summary=summary,
        refused=[[str(row.line), row.key, row.reason or ""] for row in refused],
        remarks=[[str(row.line), row.key, row.reason or ""] for row in remarks],
    )
    if summary.ended_at is None:
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


async def sent_file(request: AppRequest) -> tuple[str, bytes]:
    """The name and content of the file in a form; empty when none was chosen."""
    sent = (await request.form()).get(FIELD)
    if not isinstance(sent, UploadFile):
        return "", b""
    return sent.filename or "bestand.csv", await sent.read()


async def context_of(request: AppRequest, municipality: str, year: int) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        wanted = year or await current_year(connection, datetime.now(UTC))
        found = await target_group_versions(connection, year=wanted, scheme=None, limit=MOST_SHOWN)
        schemes = await READ_SCHEMES.all(connection, wanted)
    titles = {EVERYTHING: ALL_SCHEMES} | {one.code: one.title for one in schemes}
    newest: dict[object, StoredTargetGroup] = {}
    for one in found:
        newest.setdefault(one.group.key, one)
    return {
        "home": f"/{municipality}",
        "year": wanted,
        "columns": ";".join(COLUMNS),
        "rows": [cells_of(one, titles) for one in newest.values()],
    }


def cells_of(one: StoredTargetGroup, titles: Mapping[str, str]) -> list[str]:
    group = one.group
    return [
        titles.get(group.scheme, group.scheme),
        f"{number_in_words(Number(group.total))} {UNIT_WORDS[group.unit]}",
        KIND_WORDS[group.kind],
        f"{group.source}, peildatum {day(group.reference_date)}",
        f"versie {one.version}, {day(one.recorded_at.date())}",
    ]


routes: list[ControllerRouterHandler] = [
    target_groups_page,
    send_target_groups,
    target_file_page,
]
