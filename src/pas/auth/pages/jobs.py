"""What ran in the background, and what of it failed and why."""

from datetime import datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.jobs.list_jobs import list_jobs
from pas.jobs.queue import Job, JobState
from pas.problems.bodies import AppRequest
from pas.web.counts import count
from pas.web.pages import page

READ: Final = {"permission": Permission.SETTINGS_READ}
ON_A_PAGE: Final = 50
STATES: Final[dict[JobState, tuple[str, str]]] = {
    "queued": ("Wacht", "info"),
    "running": ("Loopt", "warning"),
    "done": ("Klaar", "ok"),
    "failed": ("Mislukt", "error"),
}
WORDS: Final = {
    "applications.judge": "Aanvragen voor kinderen bekijken",
    "coupons.make": "Bonnen op papier maken",
    "grants.assess": "Toekennen",
    "grants.follow_register": "Verhuizingen en geboorten volgen",
    "grants.lapse": "Tegoed laten vervallen",
    "grants.lapse_ended": "Tegoed laten vervallen, elke dag",
    "grants.match_helpers": "Aanvragen van helpers zoeken",
    "ledger.prove": "De boeken nakijken",
    "merchants.import": "Aanbieders inlezen",
    "messages.remind": "Zeggen dat tegoed bijna vervalt",
    "passes.print_cards": "Kaarten maken",
    "reach.freeze_closed": "Cijfers van een jaar vastleggen",
    "reach.import_target_groups": "Doelgroepen inlezen",
    "residents.import": "Inwoners inlezen",
    "retention.clean_up": "Oude gegevens verwijderen",
    "schemes.import": "Regelingen inlezen",
    "seals.balances": "Vastleggen wat op elk tegoed staat",
    "signals.look": "Zoeken naar opvallende verkopen",
    "settlements.propose_due": "Uitbetaling voorstellen",
    "takeovers.book": "Saldo’s van een eerdere leverancier boeken",
}
"""What the kinds are called; another one is shown by its own name."""


class JobShown(msgspec.Struct, frozen=True):
    """One job in words."""

    title: str
    state: str
    kind: str
    queued_at: datetime
    ended_at: datetime | None
    progress: str
    problem: str


@get("/{municipality:str}/jobs", opt=READ, include_in_schema=False)
async def jobs_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Does everything run?"""
    async with connected(request, municipality) as connection:
        found = await list_jobs(connection, limit=ON_A_PAGE)
    return page(
        request,
        "auth/jobs.html",
        home=f"/{municipality}",
        failed=[shown(one) for one in found if one.state == "failed"],
        others=[shown(one) for one in found if one.state != "failed"],
    )


def shown(job: Job) -> JobShown:
    state, kind = STATES[job.state]
    of_total = "" if not job.total else f"{count(job.done)} van {count(job.total)}"
    return JobShown(
        title=WORDS.get(job.kind, job.kind),
        state=state,
        kind=kind,
        queued_at=job.queued_at,
        ended_at=job.ended_at,
        progress=of_total,
        problem=problem_of(job),
    )


def problem_of(job: Job) -> str:
    if job.problem is None:
        return ""
    told = msgspec.json.decode(job.problem, type=dict[str, object])
    return str(told.get("detail") or told.get("title") or "")


routes: list[ControllerRouterHandler] = [jobs_page]
