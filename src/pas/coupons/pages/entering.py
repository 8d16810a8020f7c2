"""Who took coupons enters the tally list: typed row by row, or as a file, and reads what becomes of each."""

import io
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected, ring_of
from pas.coupons.enter_list import (
    CouponListTooLong,
    Line,
    TallyList,
    TooManyUnknownCoupons,
    amounts,
    enter_list,
)
from pas.coupons.rules import Typed
from pas.coupons.show import list_lines, lists_of
from pas.coupons.tally import COLUMNS, day_of_row, read_file, read_typed
from pas.coupons.words import WHY
from pas.csvfile import FileRefused
from pas.days import day_of
from pas.ids import CouponListId, MerchantId, uuid7
from pas.merchants.stored import read_merchant
from pas.money import euros
from pas.problems.bodies import AppRequest
from pas.web.dates import day, moment
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

ENTER: Final = {"permission": Permission.COUPONS_ENTER}
COUPONS: Final = "/{municipality:str}/merchants/{merchant_id:uuid}/coupons"
TEMPLATE: Final = "coupons/enter.html"
ROWS: Final = 12
FIELD: Final = "file"
MOST_BYTES: Final = 200_000


@get(COUPONS, opt=ENTER, include_in_schema=False)
async def enter_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """An empty list; its id lets it be sent again without paying twice."""
    today = day_of(datetime.now(UTC))
    form = Form({"id": str(uuid7()), "sold_on": f"{today:%d-%m-%Y}"})
    return page(
        request, TEMPLATE, form=form, **await context_of(request, municipality, merchant_id)
    )


@post(COUPONS, opt=ENTER, include_in_schema=False, status_code=200)
async def enter_by_page(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form, ring = await read_form(request), await ring_of(request, municipality)
    typed = form.text("sold_on", "Typ de dag, zoals 24-12-2026.", most=20)
    sold_on = None if typed is None else day_of_row(typed)
    if typed is not None and sold_on is None:
        form.refuse("sold_on", "Typ de dag, zoals 24-12-2026.")
    rows = [
        (row, {"code": form.value(f"code-{row}"), "amount": form.value(f"amount-{row}")})
        for row in range(1, ROWS + 1)
    ]
    lines = read_typed(rows, ring=ring, sold_on=sold_on)
    if not lines:
        form.refuse("code-1", "Typ minstens één bon.")
    if form.ok:
        return await entered(request, municipality, merchant_id, form=form, lines=lines)
    return wrong_form(
        request, TEMPLATE, form, **await context_of(request, municipality, merchant_id)
    )


@post(
    f"{COUPONS}/file",
    opt=ENTER,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def enter_by_file(
    municipality: FromPath[str], merchant_id: FromPath[UUID], request: AppRequest
) -> Response[str] | Redirect:
    form, ring = await read_form(request), await ring_of(request, municipality)
    sent = (await request.form()).get(FIELD)
    lines: list[Typed] = []
    try:
        if isinstance(sent, UploadFile):
            lines = read_file(io.BytesIO(await sent.read()), ring=ring)
    except FileRefused as refusal:
        form.refuse(FIELD, refusal.detail)
    if form.ok and not lines:
        form.refuse(FIELD, "Kies een bestand met minstens één bon.")
    if form.ok:
        return await entered(request, municipality, merchant_id, form=form, lines=lines)
    return wrong_form(
        request, TEMPLATE, form, **await context_of(request, municipality, merchant_id)
    )


@get(f"{COUPONS}/{{list_id:uuid}}", opt=ENTER, include_in_schema=False)
async def list_page(
    municipality: FromPath[str],
    merchant_id: FromPath[UUID],
    list_id: FromPath[UUID],
    *,
    request: AppRequest,
) -> Response[str]:
    """What became of each line."""
    async with connected(request, municipality) as connection:
        lines = await list_lines(connection, CouponListId(list_id), MerchantId(merchant_id))
    told = amounts(lines)
    return page(
        request,
        "coupons/list.html",
        home=f"/{municipality}",
        base=f"/{municipality}/merchants/{merchant_id}",
        paid=euros(told["paid"]),
        refused=euros(told["refused"]),
        has_paid=any(one.reason is None for one in lines),
        has_refused=any(one.reason is not None for one in lines),
        lines=[cells_of(one) for one in lines],
    )


async def entered(
    request: AppRequest,
    municipality: str,
    merchant_id: UUID,
    *,
    form: Form,
    lines: list[Typed],
) -> Response[str] | Redirect:
    """Book the list and show its verdicts; a page that was sent twice shows the same ones."""
    tally = TallyList(id=id_in(form), merchant=MerchantId(merchant_id), lines=lines)
    try:
        async with connected(request, municipality) as connection:
            await enter_list(connection, tally, actor=actor_of(request), now=datetime.now(UTC))
    except (CouponListTooLong, TooManyUnknownCoupons) as refusal:
        form.refuse("code-1", f"{refusal.detail} {refusal.next_step}")
        return wrong_form(
            request, TEMPLATE, form, **await context_of(request, municipality, merchant_id)
        )
    return done(f"/{municipality}/merchants/{merchant_id}/coupons/{tally.id}")


def id_in(form: Form) -> CouponListId:
    """The id that the page gave the list; a new one where it is no id."""
    try:
        return CouponListId(UUID(form.value("id")))
    except ValueError:
        return CouponListId(uuid7())


def cells_of(line: Line) -> list[str | None]:
    return [
        str(line.number),
        None if line.sold_on is None else day(line.sold_on),
        euros(line.amount_cents) if line.amount_cents else None,
        "Wordt betaald" if line.reason is None else WHY[line.reason],
    ]


async def context_of(
    request: AppRequest, municipality: str, merchant_id: UUID
) -> dict[str, object]:
    merchant = MerchantId(merchant_id)
    async with connected(request, municipality) as connection:
        shown = await read_merchant(connection, merchant, actor=actor_of(request))
        lists = await lists_of(connection, merchant)
    return {
        "home": f"/{municipality}",
        "base": f"/{municipality}/merchants/{merchant_id}",
        "name": shown.name,
        "rows": range(1, ROWS + 1),
        "columns": ";".join(COLUMNS),
        "lists": [
            (
                moment(one.entered_at),
                f"{one.paid} betaald, samen {euros(one.paid_cents)}; {one.refused} niet",
                one.id,
            )
            for one in lists
        ],
    }


routes: list[ControllerRouterHandler] = [enter_page, enter_by_page, enter_by_file, list_page]
