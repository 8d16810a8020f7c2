"""Hand over the list of an earlier supplier, with what each scheme comes to by the supplier's own word."""

from collections.abc import Mapping
from datetime import UTC, datetime
from io import BytesIO
from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.datastructures import UploadFile
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.state import connected, ring_of
from pas.days import day_of
from pas.db import Connection
from pas.errors import Refusal
from pas.grants.ground import current_year, read_ground
from pas.money import Cents, parse_euros
from pas.problems.bodies import AppRequest
from pas.schemes.model import InKind, Visits
from pas.takeovers.files import COLUMNS
from pas.takeovers.pages.overview import TAKEOVERS
from pas.takeovers.propose import Handed, Outlook, SupplierUnnamed, propose_takeover
from pas.takeovers.routes import MOST_BYTES, PROPOSE
from pas.takeovers.words import refused_cells
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

NEW: Final = f"{TAKEOVERS}/new"
TEMPLATE: Final = "takeovers/hand_over.html"
FILE: Final = "file"
LONGEST_SUPPLIER: Final = 61
MOST_SHOWN: Final = 200


class Asked(msgspec.Struct, frozen=True):
    """For which pass year, and the schemes that count in money: title by the name of the field."""

    year: int
    schemes: Mapping[str, str]


@get(NEW, opt=PROPOSE, include_in_schema=False)
async def hand_over_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which list is it, and what does it add up to?"""
    async with connected(request, municipality) as connection:
        asked = await what_is_asked(connection, datetime.now(UTC))
    return page(request, TEMPLATE, form=Form(), **context_of(municipality, asked))


@post(
    NEW,
    opt=PROPOSE,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES + 10_000,
)
async def hand_over(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    """Keep what waits for a second person; where nothing does, say why."""
    form, ring, now = (
        await read_form(request),
        await ring_of(request, municipality),
        datetime.now(UTC),
    )
    async with connected(request, municipality) as connection:
        asked = await what_is_asked(connection, now)
        context = context_of(municipality, asked)
        handed = await handed_of(request, form, asked)
        if handed is None:
            return wrong_form(request, TEMPLATE, form, **context)
        try:
            outlook = await propose_takeover(
                connection, handed, ring=ring, actor=actor_of(request), now=now
            )
        except Refusal as refusal:
            name = "supplier" if isinstance(refusal, SupplierUnnamed) else FILE
            form.refuse(name, f"{refusal.detail} {refusal.next_step}")
            return wrong_form(request, TEMPLATE, form, **context)
    if outlook.takeover is not None:
        return done(f"/{municipality}/takeovers/{outlook.takeover.id}")
    form.refuse(FILE, "In deze lijst staat niets om te boeken. Er is niets bewaard.")
    return wrong_form(request, TEMPLATE, form, **{**context, "refused": refused_of(outlook)})


async def what_is_asked(connection: Connection, now: datetime) -> Asked:
    year = await current_year(connection, now)
    ground = await read_ground(connection, year=year, on=day_of(now))
    versions = [one.version for one in ground.plan.schemes]
    return Asked(
        year,
        {
            f"total-{one.code}": one.title
            for one in versions
            if not isinstance(one.allowance, Visits | InKind)
        },
    )


async def handed_of(request: AppRequest, form: Form, asked: Asked) -> Handed | None:
    """Read the form; None where something in it is missing or wrong."""
    supplier = form.text("supplier", "Vul in van wie de lijst is.", most=LONGEST_SUPPLIER)
    told = totals_told(form, asked)
    sent = (await request.form()).get(FILE)
    content = await sent.read() if isinstance(sent, UploadFile) else b""
    if not isinstance(sent, UploadFile) or not content:
        form.refuse(FILE, "Kies de lijst van de leverancier.")
        return None
    if not form.ok or supplier is None:
        return None
    name = sent.filename or "cards.csv"
    return Handed(source=BytesIO(content), name=name, supplier=supplier, year=asked.year, told=told)


def totals_told(form: Form, asked: Asked) -> dict[str, Cents]:
    """What each scheme comes to, by its code; a scheme that is left empty is not in the list."""
    read = {
        field.removeprefix("total-"): form.parsed(field, "", parse_euros, optional=True)
        for field in asked.schemes
    }
    return {code: cents for code, cents in read.items() if cents is not None}


def refused_of(outlook: Outlook) -> list[list[str]]:
    refused = [one for one in outlook.rows if one.outcome == "refused"][:MOST_SHOWN]
    return [
        refused_cells(
            one.line,
            one.scheme and one.scheme.version.title,
            one.amount_cents,
            reason=one.reason,
        )
        for one in refused
    ]


def context_of(municipality: str, asked: Asked) -> dict[str, object]:
    return {
        "home": f"/{municipality}",
        "year": asked.year,
        "schemes": list(asked.schemes.items()),
        "columns": "; ".join(COLUMNS),
        "refused": [],
    }


routes: list[ControllerRouterHandler] = [hand_over_page, hand_over]
