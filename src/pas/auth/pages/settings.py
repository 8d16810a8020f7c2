"""The municipality's settings as pages: all of them with what they are for, and one to change."""

from typing import Final

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.municipality_settings import (
    MunicipalitySettings,
    change_municipality_settings,
    read_municipality_settings,
)
from pas.auth.permissions import Permission
from pas.auth.setting_words import BY_NAME, SETTINGS, Described, bounds, parsed, told, typed
from pas.auth.state import connected
from pas.errors import Refusal
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.dates import MONTHS
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.SETTINGS_READ}
WRITE: Final = {"permission": Permission.SETTINGS_WRITE}
SETTING: Final = "/{municipality:str}/settings/{setting:str}"
ONE: Final = "auth/setting.html"
LONGEST: Final = 20_000
MONTH_CHOICES: Final = [(str(number), name) for number, name in enumerate(MONTHS, start=1)]


class SettingShown(msgspec.Struct, frozen=True):
    name: str
    title: str
    why: str
    value: str


@get("/{municipality:str}/settings", opt=READ, include_in_schema=False)
async def settings_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What did the municipality choose?"""
    async with connected(request, municipality) as connection:
        settings = await read_municipality_settings(connection)
    return page(
        request,
        "auth/settings.html",
        home=f"/{municipality}",
        settings=[shown(one, settings) for one in SETTINGS],
        providers=providers(settings),
        may_change=actor_of(request).may(Permission.SETTINGS_WRITE),
    )


@get(SETTING, opt=WRITE, include_in_schema=False)
async def setting_page(
    municipality: FromPath[str], setting: FromPath[str], request: AppRequest
) -> Response[str]:
    """One of them, with what it is for and what may be filled in."""
    one = described(setting)
    async with connected(request, municipality) as connection:
        settings = await read_municipality_settings(connection)
    form = Form({"value": typed(settings, one)})
    return page(request, ONE, form=form, **context_of(municipality, one))


@post(SETTING, opt=WRITE, include_in_schema=False, status_code=200)
async def change(
    municipality: FromPath[str], setting: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Change it; what was and what is go into the events."""
    one, form = described(setting), await read_form(request)
    text = form.text("value", "", most=LONGEST, optional=True) or ""
    if form.ok:
        try:
            async with connected(request, municipality) as connection:
                await change_municipality_settings(
                    connection, {one.name: parsed(one, text)}, actor=actor_of(request)
                )
            return done(f"/{municipality}/settings")
        except Refusal as refusal:
            form.refuse("value", sentence(one, refusal))
    return wrong_form(request, ONE, form, **context_of(municipality, one))


def described(name: str) -> Described:
    if name not in BY_NAME:
        raise NotFound
    return BY_NAME[name]


def sentence(one: Described, refusal: Refusal) -> str:
    """Say what may be filled in, where the check only knows that this may not."""
    is_of_value = refusal.detail.startswith("De waarde van")
    return f"Dit kan niet. {bounds(one)}".strip() if is_of_value else refusal.detail


def shown(one: Described, settings: MunicipalitySettings) -> SettingShown:
    return SettingShown(one.name, one.title, one.why, told(settings, one))


def providers(settings: MunicipalitySettings) -> list[tuple[str, str]]:
    """Where people sign in: to be read here, and set by the technical administrator alone."""
    both = (
        ("Inloggen van collega’s", settings.identity_provider),
        ("Inloggen van pashouders", settings.holder_identity_provider),
    )
    return [(title, one.issuer if one else "Nog niet ingesteld") for title, one in both]


def context_of(municipality: str, one: Described) -> dict[str, object]:
    return {
        "home": f"/{municipality}",
        "one": one,
        "bounds": bounds(one),
        "months": MONTH_CHOICES,
        "most": LONGEST,
    }


routes: list[ControllerRouterHandler] = [settings_page, setting_page, change]
