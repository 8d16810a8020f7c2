"""The cards of a year as pages: make them, watch it, and fetch the two files until they are gone."""

from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected
from pas.ids import CardRunId
from pas.jobs.queue import Job
from pas.passes.cards import LastingForm
from pas.passes.list_card_runs import last_pass_year, list_card_runs, read_listed_run
from pas.passes.print_job import job_of_run, queue_card_run
from pas.passes.routes.card_runs import PRINT, fetched
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

START: Final = "passes/card_runs.html"
RUN: Final = "/{municipality:str}/card-runs/{run_id:uuid}"
REFRESH_SECONDS: Final = "2"
FORMS: Final[dict[str, LastingForm]] = {"paper": "paper", "plastic": "plastic"}


@get("/{municipality:str}/card-runs", opt=PRINT, include_in_schema=False)
async def card_runs_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What was made before, and a form to make more."""
    async with connected(request, municipality) as connection:
        year = await last_pass_year(connection)
    form = Form({"year": str(year or ""), "form": "paper"})
    return page(request, START, form=form, **await start_context(request, municipality))


@post("/{municipality:str}/card-runs", opt=PRINT, include_in_schema=False, status_code=200)
async def start(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Put it in line and go to where one can watch it; a run that was broken off goes on."""
    form = await read_form(request)
    years = {str(one): one for one in range(2000, 2200)}
    year = form.choice("year", "Typ een jaar, bijvoorbeeld 2026.", years)
    on = form.choice("form", "Kies papier of plastic.", FORMS)
    if form.ok and year is not None and on is not None:
        async with connected(request, municipality) as connection:
            run_id, _ = await queue_card_run(
                connection, year=year, form=on, actor=actor_of(request), now=datetime.now(UTC)
            )
        return done(f"/{municipality}/card-runs/{run_id}")
    return wrong_form(request, START, form, **await start_context(request, municipality))


@get(RUN, opt=PRINT, include_in_schema=False)
async def card_run_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How far it is, and then its files; the page looks again by itself until it is done."""
    async with connected(request, municipality) as connection:
        run = await read_listed_run(connection, CardRunId(run_id))
        job = await job_of_run(connection, run.id)
    goes_on = run.ended_at is None and job is not None and job.state in {"queued", "running"}
    answer = page(
        request,
        "passes/card_run.html",
        home=f"/{municipality}",
        run=run,
        job=job if goes_on else None,
        percentage=progress_of(job) if job else 0,
        problem=problem_of(job) if job else "",
        has_files=run.files_until > datetime.now(UTC),
    )
    if goes_on:
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


@get(f"{RUN}/cards", opt=PRINT, include_in_schema=False)
async def card_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    return await fetched(request, municipality, run_id, kind="cards")


@get(f"{RUN}/letters", opt=PRINT, include_in_schema=False)
async def letter_file(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    return await fetched(request, municipality, run_id, kind="letters")


async def start_context(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        runs = await list_card_runs(connection)
    return {"home": f"/{municipality}", "runs": runs, "now": datetime.now(UTC)}


def progress_of(job: Job) -> int:
    """Whole percents, never a hundred before the end."""
    return min(99, job.done * 100 // job.total) if job.total else 0


def problem_of(job: Job) -> str:
    if job.problem is None:
        return ""
    return msgspec.json.decode(job.problem, type=dict[str, str]).get("detail", "")


routes: list[ControllerRouterHandler] = [
    card_runs_page,
    start,
    card_run_page,
    card_file,
    letter_file,
]
