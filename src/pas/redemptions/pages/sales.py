"""Sales on pages: the last ones, those of a day, one by its number; each with a way to undo it."""

from collections.abc import Mapping
from typing import Final, Literal
from urllib.parse import urlencode
from uuid import UUID

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath, FromQuery
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import TillRefusal
from pas.ids import EntryId, MerchantId, uuid7
from pas.problems.bodies import AppRequest
from pas.redemptions.bodies import RefundBody, VoidBody
from pas.redemptions.judge import all_refusals
from pas.redemptions.pages.frame import frame, home
from pas.redemptions.pages.typed import day_in, id_in, visits_in
from pas.redemptions.routes.counter import LOOK
from pas.redemptions.routes.sales import asked, undone
from pas.redemptions.till_list import (
    AT_MOST,
    Part,
    SaleNotFound,
    TillSale,
    Viewer,
    find_sale,
    read_sale,
    sales_of,
)
from pas.redemptions.viewer import viewer_of
from pas.schemes.categories import category_titles
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

Kind = Literal["void", "refund"]

KINDS: Final[Mapping[Kind, tuple[str, str]]] = {
    "void": ("Alles ongedaan maken", "Binnen {hours} uur, op deze kassa."),
    "refund": ("Een deel of alles terugboeken", "Kan altijd. Het gaat af van de uitbetaling."),
}


class Choice(msgspec.Struct, frozen=True):
    """One sale with the ways to undo it that whoever looks may use."""

    sale: TillSale
    viewer: Viewer
    kinds: list[Kind]
    titles: dict[str, str]
    void_hours: int

    @property
    def open_kinds(self) -> list[Kind]:
        """Those that can still come to something: what is back already stays back."""
        if self.sale.refusal is not None or self.sale.reversed_cents >= self.sale.taken_cents:
            return []
        return [kind for kind in self.kinds if kind == "refund" or not self.sale.reversed_cents]


@get("/{municipality:str}/till/sales", opt=LOOK, include_in_schema=False)
async def show_sales(
    request: AppRequest,
    municipality: FromPath[str],
    *,
    number: FromQuery[str] = "",
    day: FromQuery[str] = "",
    before: FromQuery[UUID | None] = None,
    payee: FromQuery[UUID | None] = None,
) -> Response[str] | Redirect:
    """The last sales, those of one day, or the one with this number."""
    form = Form({"number": number, "day": day})
    part = Part(day=day_in(form, "day"), before=None if before is None else EntryId(before))
    of = None if payee is None else MerchantId(payee)
    async with connected(request, municipality) as connection:
        viewer = await viewer_of(connection, actor_of(request))
        if not viewer.has_sales and of is None and not number:
            return done(f"{home(municipality)}/payees?then=sales")
        titles = await category_titles(connection)
        sales: list[TillSale] = []
        if number.strip():
            wanted = id_in(number)
            found = wanted and await find_sale(connection, EntryId(wanted), viewer)
            sales = [found] if found else []
            if not found:
                form.refuse("number", f"{SaleNotFound.title()} {SaleNotFound.next_step}")
        elif form.ok:
            sales = await sales_of(connection, viewer, part, payee=of)
    older = {"before": str(sales[-1].id), "day": day, "payee": str(of or "")} if sales else {}
    return page(
        request,
        "redemptions/sales.html",
        form=form,
        sales=sales,
        titles=titles,
        reasons={reason.code(): reason.title() for reason in all_refusals(TillRefusal)},
        narrowed=bool(number or day or before),
        of=of,
        named=of is not None or viewer.everywhere,
        may_void=viewer.till is not None,
        everywhere=viewer.everywhere,
        older=urlencode({name: value for name, value in older.items() if value})
        if len(sales) == AT_MOST
        else "",
        **frame(request, municipality),
    )


@get("/{municipality:str}/till/sales/{sale_id:uuid}", opt=LOOK, include_in_schema=False)
async def show_undo(
    request: AppRequest, municipality: FromPath[str], sale_id: FromPath[UUID]
) -> Response[str]:
    """One sale, and how it can be undone."""
    choice = await choice_of(request, municipality, sale_id)
    return page(
        request,
        "redemptions/undo.html",
        form=Form(),
        undo_id=uuid7(),
        **undo_context(choice),
        **frame(request, municipality),
    )


@post(
    "/{municipality:str}/till/sales/{sale_id:uuid}",
    opt=LOOK,
    include_in_schema=False,
    status_code=200,
)
async def take_back(
    request: AppRequest, municipality: FromPath[str], sale_id: FromPath[UUID]
) -> Response[str] | Redirect:
    """Void or refund, with a reason; what the rules refuse stands beside the choice."""
    form = await read_form(request)
    choice = await choice_of(request, municipality, sale_id)
    options: dict[str, Kind] = {kind: kind for kind in choice.kinds}
    kind = form.choice("kind", "Kies wat u wilt doen.", options)
    reason = form.text("reason", "Vul in waarom.", most=300)
    cents = form.cents("amount", "") if form.value("amount").strip() else None
    visits = visits_in(form)
    undo_id = id_in(form.value("id")) or uuid7()
    if form.ok and kind and reason:
        body = RefundBody(id=undo_id, reason=reason, amount_cents=cents, visits=visits)
        if kind == "void":
            body = VoidBody(id=undo_id, reason=reason)
        by_till = kind == "void" or actor_of(request).kind == "till"
        till = choice.viewer.till if by_till else None
        try:
            ask = asked(request, sale_id, body, kind=kind, till=till)
            back = await undone(request, municipality, ask)
            if back.lost_cents:
                around = frame(request, municipality)
                return page(request, "redemptions/undone.html", back=back, **around)
            return done(f"{home(municipality)}/sales?number={sale_id}")
        except TillRefusal as refusal:
            form.refuse("kind", f"{refusal.cashier} {refusal.next_step}")
    return wrong_form(
        request,
        "redemptions/undo.html",
        form,
        undo_id=undo_id,
        **undo_context(choice),
        **frame(request, municipality),
    )


async def choice_of(request: AppRequest, municipality: str, sale_id: UUID) -> Choice:
    """Find the sale among those that whoever looks may see, and what they may do with it."""
    actor = actor_of(request)
    async with connected(request, municipality) as connection:
        viewer = await viewer_of(connection, actor)
        sale = await read_sale(connection, EntryId(sale_id), viewer)
        titles = await category_titles(connection)
        settings = await read_municipality_settings(connection)
    kinds: list[Kind] = ["void"] if viewer.till is not None and sale.till_id == viewer.till else []
    if actor.kind == "till" or actor.may(Permission.REDEMPTIONS_REFUND):
        kinds.append("refund")
    return Choice(sale, viewer, kinds, titles, settings.void_hours)


def undo_context(choice: Choice) -> dict[str, object]:
    return {
        "sale": choice.sale,
        "titles": choice.titles,
        "kinds": [
            (kind, KINDS[kind][0], KINDS[kind][1].format(hours=choice.void_hours))
            for kind in choice.open_kinds
        ],
    }


routes: list[ControllerRouterHandler] = [show_sales, show_undo, take_back]
