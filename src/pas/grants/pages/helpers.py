"""A helper's form, its receipt, and the officer's list of what matched nobody."""

import re
from datetime import UTC, datetime
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
from pas.grants.ground import current_year
from pas.grants.help_apply import (
    Helped,
    handle_helped,
    help_apply,
    helper_receipt,
    waiting_helped,
)
from pas.grants.pages.applications import parse_id
from pas.grants.pages.apply import in_groups
from pas.ids import ApplicationId, uuid7
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.residents.pages.search import read_day
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

HELP: Final = {"permission": Permission.APPLICATIONS_HELP}
READ: Final = {"permission": Permission.APPLICATIONS_READ}
SUBMIT: Final = {"permission": Permission.APPLICATIONS_SUBMIT}
POSTCODE: Final = re.compile(r"([1-9][0-9]{3})\s?([A-Za-z]{2})")
TEMPLATE: Final = "grants/help_apply.html"


@get("/{municipality:str}/help-apply", opt=HELP, include_in_schema=False)
async def help_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Whom do you help?"""
    return page(request, TEMPLATE, form=Form(), home=f"/{municipality}", application_id=uuid7())


@post("/{municipality:str}/help-apply", opt=HELP, include_in_schema=False, status_code=200)
async def help_by_page(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Note it; the answer tells nothing about the household."""
    form, now = await read_form(request), datetime.now(UTC)
    application_id = form.parsed("id", "", parse_id)
    if application_id is None:
        raise NotFound
    async with connected(request, municipality) as connection:
        year = await current_year(connection, now)
        helped = read_helped(form, application_id, year=year, now=now)
        if helped is None:
            context: dict[str, object] = {
                "home": f"/{municipality}",
                "application_id": application_id,
            }
            return wrong_form(request, TEMPLATE, form, **context)
        await help_apply(connection, helped, actor=actor_of(request), now=now)
    return done(f"/{municipality}/help-apply/{application_id}")


@get("/{municipality:str}/help-apply/{application_id:uuid}", opt=HELP, include_in_schema=False)
async def helper_receipt_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Response[str]:
    """The receipt, for the helper and for whom they help."""
    async with connected(request, municipality) as connection:
        receipt = await helper_receipt(
            connection, ApplicationId(application_id), actor=actor_of(request)
        )
    return page(
        request,
        "grants/helper_receipt.html",
        home=f"/{municipality}",
        receipt=receipt,
        content_hash=in_groups(receipt.content_hash),
    )


@get("/{municipality:str}/helper-applications", opt=READ, include_in_schema=False)
async def helped_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Whom did helpers apply for, that we do not know?"""
    async with connected(request, municipality) as connection:
        waiting = await waiting_helped(connection)
    return page(
        request,
        "grants/helped.html",
        home=f"/{municipality}",
        waiting=waiting,
        may_handle=actor_of(request).may(Permission.APPLICATIONS_SUBMIT),
    )


@post(
    "/{municipality:str}/helper-applications/{application_id:uuid}",
    opt=SUBMIT,
    include_in_schema=False,
    status_code=303,
)
async def handle_by_page(
    municipality: FromPath[str], application_id: FromPath[UUID], request: AppRequest
) -> Redirect:
    """It was found out; what was typed is forgotten."""
    async with connected(request, municipality) as connection:
        await handle_helped(
            connection,
            ApplicationId(application_id),
            actor=actor_of(request),
            now=datetime.now(UTC),
        )
    return done(f"/{municipality}/helper-applications")


def read_helped(
    form: Form, application_id: ApplicationId, *, year: int, now: datetime
) -> Helped | None:
    name = form.text("family_name", "Vul de achternaam in.", most=100)
    born = read_day(form, "birth_date")
    if born is None or born > day_of(now):
        form.refuse("birth_date", "Vul de geboortedatum in, bijvoorbeeld 17-5-1990.")
    typed = form.text("postcode", "Vul de postcode in, bijvoorbeeld 1971 AB.", most=10)
    postcode = None if typed is None else POSTCODE.fullmatch(typed)
    if postcode is None:
        form.refuse("postcode", "Typ de postcode zo: 1971 AB.")
    if not form.ok or name is None or born is None or postcode is None:
        return None
    return Helped(
        id=application_id,
        year=year,
        family_name=name,
        birth_date=born,
        postcode=f"{postcode[1]} {postcode[2].upper()}",
    )


routes: list[ControllerRouterHandler] = [
    help_page,
    help_by_page,
    helper_receipt_page,
    helped_page,
    handle_by_page,
]
