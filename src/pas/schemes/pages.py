"""The schemes as pages: what there is, and every rule of one of them in a sentence."""

from datetime import UTC, datetime
from typing import Final

import msgspec
from litestar import Response, get
from litestar.params import FromPath
from litestar.types import ControllerRouterHandler

from pas.auth.municipality_settings import read_municipality_settings
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.days import day_of
from pas.problems.bodies import AppRequest
from pas.schemes.categories import read_categories
from pas.schemes.model import STATUSES_THAT_GRANT, SchemeVersion
from pas.schemes.show import ShownScheme, list_schemes, show_scheme
from pas.schemes.words import (
    STATUS_KINDS,
    STATUS_WORDS,
    Lines,
    for_whom,
    how_long,
    how_much,
    rules_of,
)
from pas.web.pages import page

READ: Final = {"permission": Permission.SCHEMES_READ}
OVER: Final = ("Voorbij", "info")
LATER: Final = ("Komt nog", "warning")


class SchemeLine(msgspec.Struct, frozen=True):
    """One scheme in the list."""

    code: str
    title: str
    whom: str
    much: str
    long: str
    status: str
    kind: str


class VersionShown(msgspec.Struct, frozen=True):
    """One version with its rules in words."""

    number: int
    long: str
    status: str
    kind: str
    whom: str
    much: str
    recorded_at: datetime
    rules: Lines


@get("/{municipality:str}/schemes", opt=READ, include_in_schema=False)
async def schemes_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """What there is, for whom, how much and since when."""
    today = day_of(datetime.now(UTC))
    async with connected(request, municipality) as connection:
        schemes = await list_schemes(connection, on=today)
    in_force = [one for one in schemes if one.holds and may_grant(one)]
    proposed = [one for one in schemes if one.shown.version.status == "proposed"]
    others = [one for one in schemes if one not in in_force and one not in proposed]
    return page(
        request,
        "schemes/list.html",
        home=f"/{municipality}",
        groups=[
            ("Deze regelingen gelden nu", [line_of(one) for one in in_force]),
            ("Deze regelingen zijn een voorstel", [line_of(one) for one in proposed]),
            ("Deze regelingen gelden nu niet", [line_of(one) for one in others]),
        ],
    )


@get("/{municipality:str}/schemes/{code:str}", opt=READ, include_in_schema=False)
async def scheme_page(
    municipality: FromPath[str], code: FromPath[str], request: AppRequest
) -> Response[str]:
    """All versions of a scheme, the newest first."""
    today = day_of(datetime.now(UTC))
    async with connected(request, municipality) as connection:
        versions = await show_scheme(connection, code)
        purposes = {one.code: one.title for one in await read_categories(connection)}
        schemes = await list_schemes(connection, on=today)
        school_month = (await read_municipality_settings(connection)).school_year_start_month
    titles = {one.code: one.shown.version.title for one in schemes}
    return page(
        request,
        "schemes/scheme.html",
        home=f"/{municipality}",
        title=titles[code],
        code=code,
        versions=[
            VersionShown(
                number=one.number,
                long=how_long(one.version),
                status=STATUS_WORDS[one.version.status],
                kind=STATUS_KINDS[one.version.status],
                whom=for_whom(one.version),
                much=how_much(one.version),
                recorded_at=one.recorded_at,
                rules=rules_of(
                    one.version, purposes=purposes, titles=titles, school_month=school_month
                ),
            )
            for one in versions
        ],
    )


def may_grant(scheme: ShownScheme) -> bool:
    return scheme.shown.version.status in STATUSES_THAT_GRANT


def line_of(scheme: ShownScheme) -> SchemeLine:
    version = scheme.shown.version
    status, kind = status_of(version, holds=scheme.holds)
    return SchemeLine(
        code=scheme.code,
        title=version.title,
        whom=for_whom(version),
        much=how_much(version),
        long=how_long(version),
        status=status,
        kind=kind,
    )


def status_of(version: SchemeVersion, *, holds: bool) -> tuple[str, str]:
    """The word and the colour: what is in force on paper may be over, or still to come."""
    if holds or version.status not in STATUSES_THAT_GRANT:
        return STATUS_WORDS[version.status], STATUS_KINDS[version.status]
    return LATER if version.valid_from > day_of(datetime.now(UTC)) else OVER


routes: list[ControllerRouterHandler] = [schemes_page, scheme_page]
