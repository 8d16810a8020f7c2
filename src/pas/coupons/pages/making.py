"""An officer makes booklets, sees what came of them, and fetches what is to be printed."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.coupons.make_coupons import CouponLimitTooLow, CouponRunWrong, Terms
from pas.coupons.make_job import queue_coupon_run
from pas.coupons.print_coupons import coupon_file, coupons_to_print
from pas.coupons.show import RunShown, shown_runs
from pas.coupons.tally import day_of_row
from pas.days import day_of
from pas.ids import CouponRunId
from pas.money import Cents, comma_euros, euros
from pas.problems.bodies import AppRequest
from pas.web.dates import day, moment
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

PRINT: Final = {"permission": Permission.CARDS_PRINT}
RUNS: Final = "/{municipality:str}/coupon-runs"
TEMPLATE: Final = "coupons/runs.html"
CSV: Final = "text/csv; charset=utf-8"
USUAL: Final = {"face": Cents(1_000), "most": Cents(3_000)}
USUAL_DAYS: Final = 30


@get(RUNS, opt=PRINT, include_in_schema=False)
async def coupon_runs_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What was made before, and a form to make more."""
    today = day_of(datetime.now(UTC))
    usual = {name: comma_euros(cents) for name, cents in USUAL.items()}
    days = {"from": today, "last": today + timedelta(days=USUAL_DAYS)}
    form = Form({**usual, **{name: f"{one:%d-%m-%Y}" for name, one in days.items()}})
    return page(request, TEMPLATE, form=form, **await context_of(request, municipality))


@post(RUNS, opt=PRINT, include_in_schema=False, status_code=200)
async def make_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Put it in line; the page shows when it is done."""
    form = await read_form(request)
    terms = read_terms(form)
    if terms is not None:
        try:
            async with connected(request, municipality) as connection:
                await queue_coupon_run(
                    connection, terms, actor=actor_of(request), now=datetime.now(UTC)
                )
            return done(f"/{municipality}/coupon-runs")
        except (CouponRunWrong, CouponLimitTooLow) as refusal:
            form.refuse("face", f"{refusal.detail} {refusal.next_step}")
    return wrong_form(request, TEMPLATE, form, **await context_of(request, municipality))


@get(f"{RUNS}/{{run_id:uuid}}/coupons", opt=PRINT, include_in_schema=False)
async def coupon_file_page(
    municipality: FromPath[str], run_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """Fetch what is to be printed, with names, addresses and codes."""
    ring = await ring_of(request, municipality)
    async with connected(request, municipality) as connection:
        coupons = await coupons_to_print(
            connection,
            CouponRunId(run_id),
            ring=ring,
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return Response(
        "".join(coupon_file(coupons)),
        media_type=CSV,
        headers={"Content-Disposition": 'attachment; filename="coupons.csv"'},
    )


def read_terms(form: Form) -> Terms | None:
    face = form.cents("face", "Typ hoeveel er op een bon staat.")
    most = form.cents("most", "Typ het meeste per tegoed.")
    limit = form.cents("limit", "Typ wat u samen hoogstens wilt dragen.")
    first = read_day(form, "from")
    last = read_day(form, "last")
    if face is None or most is None or limit is None or first is None or last is None:
        return None
    return Terms(
        face_cents=face,
        most_cents=most,
        limit_cents=limit,
        valid_from=first,
        valid_until=last + timedelta(days=1),
    )


def read_day(form: Form, name: str) -> date | None:
    typed = form.text(name, "Typ een dag, zoals 24-12-2026.", most=20)
    found = None if typed is None else day_of_row(typed)
    if typed is not None and found is None:
        form.refuse(name, "Typ een dag, zoals 24-12-2026.")
    return found


async def context_of(request: AppRequest, municipality: str) -> dict[str, object]:
    now = datetime.now(UTC)
    async with connected(request, municipality) as connection:
        runs = await shown_runs(connection)
    return {"home": f"/{municipality}", "runs": [told(one, now) for one in runs]}


def told(run: RunShown, now: datetime) -> dict[str, object]:
    return {
        "id": run.id,
        "title": f"Gemaakt op {moment(run.started_at)}",
        "is_ready": run.ended_at is not None,
        "has_codes": run.codes_until > now,
        "facts": [
            ("Op papier", f"{run.coupons} bonnen, samen {euros(run.worth_cents)}"),
            ("Gebruikt", f"{run.used} bonnen, samen {euros(run.used_cents)}"),
            ("Daarvan betaalt de gemeente", euros(run.borne_cents)),
            ("Codes te halen tot", day(day_of(run.codes_until))),
        ],
    }


routes: list[ControllerRouterHandler] = [coupon_runs_page, make_by_page, coupon_file_page]
