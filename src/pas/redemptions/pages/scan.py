"""The till with a camera: one page for everybody, which a script fills, and what keeps it offline.

The page says nothing of anybody, so that a browser can keep it and open it without internet. A
paired device signs each request with its own key; whoever signed in sells with their session.
"""

import hashlib
from typing import Final, cast
from uuid import UUID

import msgspec
from litestar import Response, get
from litestar.params import FromPath, FromQuery
from litestar.types import ControllerRouterHandler

from pas.auth.actor import Actor
from pas.auth.permissions import Permission
from pas.problems.bodies import AppRequest
from pas.redemptions.pages.frame import home
from pas.web.pages import page
from pas.web.places import place_of
from pas.web.statics import static_files, static_url
from pas.web.templates import render

PUBLIC: Final = {"public": True}
PAGE: Final = "redemptions/scan.html"
SCRIPT: Final = "till-worker.js"
STYLES: Final = ("tokens.css", "pas.css", "till.css", "mark.svg")
MODULES: Final = "till/"
LICENCES: Final = ("NOTICE", ".txt", ".md")


@get("/{municipality:str}/till/scan", opt=PUBLIC, include_in_schema=False)
async def scan_page(
    municipality: FromPath[str], request: AppRequest, *, payee: FromQuery[UUID | None] = None
) -> Response[str]:
    """Scan, look, take. Without its script it leads to the till that needs none."""
    seller = seller_of(request)
    own = seller is not None and seller.kind == "login"
    context = of_nobody(municipality)
    if seller is not None:
        context |= {
            "payee": payee if own else None,
            "own": own,
            "session": request.state["csrf_token"],
            "seller": None if own else seller.id,
        }
    return page(request, PAGE, **context)


def of_nobody(municipality: str) -> dict[str, object]:
    """What the page holds for a device that shows no session: what a browser keeps."""
    return {
        "address": home(municipality),
        "municipality": municipality,
        "payee": None,
        "own": False,
        "session": None,
        "seller": None,
    }


def seller_of(request: AppRequest) -> Actor | None:
    """Whoever signed in here and may sell; a paired device needs no session for this page."""
    actor = cast("Actor | None", request.user)
    if actor is None or actor.kind == "holder":
        return None
    return actor if actor.kind == "till" or actor.may(Permission.REDEMPTIONS_MAKE) else None


@get("/{municipality:str}/till/worker.js", opt=PUBLIC, include_in_schema=False)
async def worker(municipality: FromPath[str], request: AppRequest) -> Response[bytes]:
    """What keeps the page; a change in any file of it, or in its text, is another version."""
    scan = f"{home(municipality)}/scan"
    place = place_of(cast("dict[str, object]", request.scope["state"]))
    html = render(PAGE, place, of_nobody(municipality))
    files = kept_files()
    script = static_files()[SCRIPT].content
    version = hashlib.sha256(html.encode() + script + "".join(files).encode()).hexdigest()[:16]
    head = "".join(
        f"const {name} = {msgspec.json.encode(value).decode()};\n"
        for name, value in (("PAGE", scan), ("FILES", files), ("VERSION", version))
    )
    return Response(
        head.encode() + script,
        media_type="text/javascript",
        headers={"Cache-Control": "no-cache"},
    )


def kept_files() -> list[str]:
    """Everything that the page uses, but for the licences beside the code of others."""
    modules = [name for name in static_files() if name.startswith(MODULES)]
    served = [name for name in modules if not name.endswith(LICENCES)]
    return [static_url(name) for name in (*STYLES, *served)]


@get("/{municipality:str}/till/app.webmanifest", opt=PUBLIC, include_in_schema=False)
async def manifest(municipality: FromPath[str], request: AppRequest) -> Response[bytes]:
    """How the till looks on the home screen of a telephone (W3C Web Application Manifest)."""
    place = place_of(cast("dict[str, object]", request.scope["state"]))
    told = {
        "name": f"Kassa {place.product} {place.title}".strip(),
        "short_name": "Kassa",
        "lang": "nl",
        "start_url": f"{home(municipality)}/scan",
        "scope": f"{home(municipality)}/",
        "display": "standalone",
        "background_color": "#fdfaf4",
        "theme_color": "#0d5c63",
        "icons": [{"src": static_url("mark.svg"), "sizes": "any", "type": "image/svg+xml"}],
    }
    return Response(msgspec.json.encode(told), media_type="application/manifest+json")


routes: list[ControllerRouterHandler] = [scan_page, worker, manifest]
