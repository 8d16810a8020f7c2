"""The yearly assessment as pages: start or try it, watch it, and read what it did."""

from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.errors import Refusal
from pas.grants.assess import Task
from pas.grants.assessment_job import KIND, queue_assessment
from pas.grants.explain import REASONS
from pas.grants.ground import current_year, read_ground
from pas.grants.periods import pass_year, school_year_of
from pas.grants.plan import Plan
from pas.grants.report import AssessmentReport, LimitReport, SchemeReport, read_report
from pas.grants.runs import Run, read_runs
from pas.ids import AssessmentId, JobId, MunicipalityName
from pas.jobs.queue import Job, read_job
from pas.money import Cents, euros, percent
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.counts import count
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.ASSESSMENTS_READ}
RUN: Final = {"permission": Permission.ASSESSMENTS_RUN}
START: Final = "grants/assessments.html"
REFRESH_SECONDS: Final = "2"
MOST_RUNS: Final = 20


class MoneyShown(msgspec.Struct, frozen=True):
    """One scheme of the report."""

    title: str
    granted: int
    held: int
    refused: int
    unknown: int
    granted_cents: Cents
    appropriated_cents: Cents
    left: str
    kind: str
    reasons: list[tuple[str, str]]


@get("/{municipality:str}/assessments", opt=READ, include_in_schema=False)
async def assessments_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What was assessed before, and a form to do it again."""
    form = Form()
    context = await start_context(request, municipality)
    form.typed |= {"year": str(context["year"]), "kind": "dry"}
    return page(request, START, form=form, **context)


@post("/{municipality:str}/assessments", opt=RUN, include_in_schema=False, status_code=200)
async def start(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Put it in line and go to where one can watch it."""
    form = await read_form(request)
    year = form.choice(
        "year", "Typ een jaar, bijvoorbeeld 2026.", {str(one): one for one in range(2000, 2200)}
    )
    dry_run = form.choice("kind", "Kies proef of echt.", {"dry": True, "real": False})
    if form.ok and year is not None and dry_run is not None:
        task = Task(
            municipality=MunicipalityName(municipality),
            year=year,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
        try:
            async with connected(request, municipality) as connection:
                job_id = await queue_assessment(connection, task, dry_run=dry_run)
            return done(f"/{municipality}/assessments/jobs/{job_id}")
        except Refusal as refusal:
            form.refuse("year", refusal.detail)
    return wrong_form(request, START, form, **await start_context(request, municipality))


@get("/{municipality:str}/assessments/jobs/{job_id:uuid}", opt=READ, include_in_schema=False)
async def job_page(
    municipality: FromPath[str], job_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How far it is; the page looks again by itself until it is done."""
    async with connected(request, municipality) as connection:
        job = await read_job(connection, JobId(job_id))
    if job.kind != KIND:
        raise NotFound
    if job.state == "done":
        assert job.result is not None, "whoever ends a job writes its result"
        report = msgspec.json.decode(job.result, type=AssessmentReport)
        return report_page(request, municipality, report)
    answer = page(
        request,
        "grants/job.html",
        home=f"/{municipality}",
        job=job,
        percentage=progress_of(job),
        problem=problem_of(job),
    )
    if job.state != "failed":
        answer.headers["Refresh"] = REFRESH_SECONDS
    return answer


@get("/{municipality:str}/assessments/{assessment_id:uuid}", opt=READ, include_in_schema=False)
async def assessment_page(
    municipality: FromPath[str], assessment_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """What an assessment did."""
    async with connected(request, municipality) as connection:
        report = await read_report(connection, AssessmentId(assessment_id))
    return report_page(request, municipality, report)


async def start_context(request: AppRequest, municipality: str) -> dict[str, object]:
    now = datetime.now(UTC)
    today = day_of(now)
    async with connected(request, municipality) as connection:
        year = await current_year(connection, now)
        runs = await read_runs(connection)
        plan = (await read_ground(connection, year=year, on=today)).plan
    actor = actor_of(request)
    return {
        "home": f"/{municipality}",
        "year": year,
        "runs": runs[:MOST_RUNS],
        "school_year": school_year_of(plan.calendar, today),
        "school_schemes": schemes_of_a_new_school_year(plan, runs),
        "may_run": actor.may(Permission.ASSESSMENTS_RUN),
        "ways": [
            (title, text, f"/{municipality}/{address}")
            for permission, title, text, address in WAYS
            if actor.may(permission)
        ],
    }


def schemes_of_a_new_school_year(plan: Plan, runs: Sequence[Run]) -> list[str]:
    """The titles of what was granted for an earlier school year and not yet for the one of today."""
    done = [
        max(run.assessed_on, pass_year(plan.calendar, run.year).starts_on)
        for run in runs
        if run.ended_at is not None
    ]
    if not done or max(done) >= school_year_of(plan.calendar, plan.assessed_on).starts_on:
        return []
    versions = [one.version for one in plan.schemes]
    return [
        one.title
        for one in versions
        if one.period == "school_year" and one.awarded_by == "assessment"
    ]


def report_page(request: AppRequest, municipality: str, report: AssessmentReport) -> Response[str]:
    return page(
        request,
        "grants/report.html",
        home=f"/{municipality}",
        report=report,
        schemes=[money_shown(one) for one in report.schemes if concerns_anybody(one)],
        limits=[
            (f"Net boven {percent(one.income_limit)}", lost_words(one)) for one in report.limits
        ],
    )


def lost_words(one: LimitReport) -> str:
    who = "1 mens" if one.persons == 1 else f"{count(one.persons)} mensen"
    return f"gemiddeld {euros(one.each_cents)} minder, voor {who}"


def concerns_anybody(one: SchemeReport) -> bool:
    return bool(one.granted or one.held or one.refused or one.unknown)


def money_shown(one: SchemeReport) -> MoneyShown:
    if one.overspent_cents:
        left, kind = f"{euros(one.overspent_cents)} te kort", "error"
    else:
        left, kind = f"{euros(one.left_cents)} over", "ok"
    told = sorted(one.reasons.items(), key=lambda pair: -pair[1])
    return MoneyShown(
        title=one.title,
        granted=one.granted,
        held=one.held,
        refused=one.refused,
        unknown=one.unknown,
        granted_cents=one.granted_cents,
        appropriated_cents=one.appropriated_cents,
        left=left,
        kind=kind,
        reasons=[(REASONS[reason], count(times)) for reason, times in told if reason in REASONS],
    )


def progress_of(job: Job) -> int:
    """Whole percents, never a hundred before the end."""
    return min(99, job.done * 100 // job.total) if job.total else 0


def problem_of(job: Job) -> str:
    if job.problem is None:
        return ""
    return msgspec.json.decode(job.problem, type=dict[str, str]).get("detail", "")


WAYS: Final = (
    (
        Permission.INCOME_VERDICTS_RECORD,
        "Onbekende inkomens",
        "Wie wacht tot u het inkomen opzoekt, ook na een aanvraag.",
        "assessments/unknown",
    ),
)

routes: list[ControllerRouterHandler] = [assessments_page, start, job_page, assessment_page]
