"""Reminders, overviews and decisions in batches: ask for one, see what is in it, and fetch its files."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.ids import LetterRunId
from pas.letters.batch import left_out_of, parts_of
from pas.letters.fetch import fetch_letters, letter_printing
from pas.letters.kinds import KINDS
from pas.letters.pages.answer import WHY, house_of, pdf_answer
from pas.letters.runs import (
    RUN_KINDS,
    LetterDaysWrong,
    Wanted,
    begin_letter_run,
    list_letter_runs,
    read_letter_run,
    year_wanted,
)
from pas.press.press import a_press
from pas.problems.bodies import AppRequest
from pas.web.dates import day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

PRINT: Final = {"permission": Permission.LETTERS_PRINT}
START: Final = "letters/batches.html"
RUN: Final = "/{municipality:str}/letters/{run_id:uuid}"
SIZES: Final = {"normal": False, "large": True}
SIX_WEEKS: Final = timedelta(weeks=6)


@get("/{municipality:str}/letters", opt=PRINT, include_in_schema=False)
async def batches_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    today = day_of(datetime.now(UTC))
    form = Form(
        {
            "kind": "reminder",
            "size": "normal",
            "from_day": str(today),
            "until_day": str(today + SIX_WEEKS),
        }
    )
    return page(request, START, form=form, **await context_of(request, municipality))


@post("/{municipality:str}/letters", opt=PRINT, include_in_schema=False, status_code=200)
async def begin(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Note a batch and go to its files."""
    form = await read_form(request)
    wanted = wanted_by(form)
    if form.ok and wanted is not None:
        try:
            async with connected(request, municipality) as connection:
                house = await house_of(request, connection, municipality)
                run = await begin_letter_run(
                    connection,
                    wanted,
                    house=house,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/letters/{run.id}")
        except LetterDaysWrong as refusal:
            form.refuse("until_day", refusal.next_step)
    return wrong_form(request, START, form, **await context_of(request, municipality))


def wanted_by(form: Form) -> Wanted | None:
    """What the form asks for; the last day itself is in it."""
    kind = form.choice("kind", "Kies een soort brief.", RUN_KINDS)
    large = form.choice("size", "Kies hoe groot de letters zijn.", SIZES)
    first = form.parsed("from_day", "Kies de eerste dag.", day_typed)
    last = form.parsed("until_day", "Kies de laatste dag.", day_typed)
    if not form.ok or kind is None or first is None or last is None:
        return None
    if kind == "year_overview":
        return year_wanted(first.year, large=bool(large))
    return Wanted(kind, first, last + timedelta(days=1), large=bool(large))


def day_typed(text: str) -> date:
    try:
        return date.fromisoformat(text)
    except ValueError:
        raise LetterDaysWrong("Schrijf een dag als 2026-12-31.") from None


@get(RUN, opt=PRINT, include_in_schema=False)
async def batch_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """How many letters, in which files, and who gets none."""
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        run = await read_letter_run(connection, LetterRunId(run_id))
        parts, left_out = 0, []
        if run.files_until > now:
            house = await house_of(request, connection, municipality)
            printing = await letter_printing(connection, run.id, house=house, now=now)
            about = await parts_of(connection, printing.batch, now=now)
            parts = len(about)
            left_out = await left_out_of(connection, about, on=day_of(now))
    return page(
        request,
        "letters/batch.html",
        home=f"/{municipality}",
        run=run,
        kind=KINDS[run.kind],
        last_day=day(run.until_day - timedelta(days=1)),
        files=parts,
        left_out=[(one.names, WHY[one.why], one.resident_id) for one in left_out],
    )


@get(f"{RUN}/{{number:int}}", opt=PRINT, include_in_schema=False)
async def batch_file(
    municipality: FromPath[str],
    run_id: FromPath[UUID],
    number: FromPath[int],
    *,
    request: AppRequest,
) -> Response[bytes]:
    now = datetime.now(UTC)
    async with a_press() as press, connected(request, municipality) as connection:
        house = await house_of(request, connection, municipality)
        printing = await letter_printing(connection, LetterRunId(run_id), house=house, now=now)
        file = await fetch_letters(
            connection, printing, number=number, press=press, actor=actor_of(request), now=now
        )
    return pdf_answer(file.pdf, name=file.name)


async def context_of(request: AppRequest, municipality: str) -> dict[str, object]:
    async with connected(request, municipality) as connection:
        runs = await list_letter_runs(connection)
    return {
        "home": f"/{municipality}",
        "runs": [(run, KINDS[run.kind].title) for run in runs],
        "kinds": [(name, KINDS[name].title, KINDS[name].why) for name in RUN_KINDS],
        "now": datetime.now(UTC),
    }


routes: list[ControllerRouterHandler] = [batches_page, begin, batch_page, batch_file]
