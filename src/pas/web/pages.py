"""How a slice answers with a page: ``return page(request, "passes/pass.html", card=card)``.

Each form in a template holds ``{{ csrf_field() }}``; its token is put in ``request.state`` by
whoever opened the session. A page with a form but without a session fails in development already.
"""

from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Final, cast
from urllib.parse import urlencode

import msgspec
from litestar import Response
from litestar.response import Redirect

from pas.errors import Refusal
from pas.problems.bodies import AppRequest
from pas.spreadsheet import MEDIA_TYPE
from pas.tables import CSV, SHEET, Table, file_of
from pas.web.forms import Form
from pas.web.languages import NAMES, Language
from pas.web.places import place_of
from pas.web.templates import render

HTML: Final = "text/html"
REASON: Final = "web/reason.html"


class Tongue(msgspec.Struct, frozen=True):
    """A language that this page can be read in, and where it is chosen."""

    code: Language
    name: str
    address: str


def page(request: AppRequest, template: str, **context: object) -> Response[str]:
    """Answer with a page of ``slice/name.html``."""
    return _answer(request, template, context)


def wrong_form(request: AppRequest, template: str, form: Form, **context: object) -> Response[str]:
    """Show the page again with all that is wrong in its form."""
    answer = _answer(request, template, {"form": form, **context})
    answer.status_code = HTTPStatus.BAD_REQUEST
    return answer


def done(address: str) -> Redirect:
    """After a form that changed something: go on, so that reloading does not send it again."""
    assert address.startswith("/"), "pages never send people to another site"
    assert not address.startswith("//"), "pages never send people to another site"
    return Redirect(address, status_code=303)


class Why(msgspec.Struct, frozen=True):
    """A page that asks why, before something is done; ``back`` is where one goes afterwards."""

    municipality: str
    title: str
    text: str
    button: str
    back: str
    crumbs: list[tuple[str, str]]
    question: str = "Waarom?"
    longest: int = 300

    @property
    def home(self) -> str:
        return f"/{self.municipality}"


def reason_page(request: AppRequest, why: Why) -> Response[str]:
    """Ask why."""
    return page(request, REASON, form=Form(), why=why)


async def with_reason(
    request: AppRequest, why: Why, act: Callable[[str], Awaitable[object]]
) -> Response[str] | Redirect:
    """Do it with the reason that was typed; what is refused stands beside the field."""
    form = await read_form(request)
    reason = form.text("reason", "Schrijf op waarom.", most=why.longest)
    if reason is not None:
        try:
            await act(reason)
            return done(why.back)
        except Refusal as refusal:
            form.refuse("reason", refusal.detail)
    return wrong_form(request, REASON, form, why=why)


def files_of(path: str) -> list[str]:
    """Where the files of a table on a page are: the same address with an end of its own."""
    return [f"{path}.csv", f"{path}{SHEET}"]


def table_file(request: AppRequest, table: Table) -> Response[bytes]:
    """Answer with the file of a table that the address asks for, of a page or of the API."""
    is_sheet = request.url.path.endswith((SHEET, "/spreadsheet"))
    return table_answer(table, SHEET if is_sheet else ".csv")


def table_answer(table: Table, suffix: str) -> Response[bytes]:
    """Answer with a table as a file that ends in so."""
    media_type = MEDIA_TYPE if suffix == SHEET else CSV
    return saved_as(f"{table.name}{suffix}", file_of(table, suffix), media_type=media_type)


def saved_as(name: str, content: bytes, *, media_type: str) -> Response[bytes]:
    """Answer with a file that a browser saves and does not open."""
    headers = {"content-disposition": f'attachment; filename="{name}"'}
    return Response(content, media_type=media_type, headers=headers)


async def read_form(request: AppRequest) -> Form:
    return Form(cast("Mapping[str, object]", await request.form()))


def tongues_of(path: str, state: Mapping[str, object]) -> list[Tongue]:
    """The languages that a page can be read in, with where to choose them; none on a Dutch page."""
    home = place_of(state).home
    if not state.get("spoken") or home == "/":
        return []
    back = urlencode({"returnTo": path})
    return [
        Tongue(code, name, address=f"{home}/language/{code}?{back}") for code, name in NAMES.items()
    ]


def _answer(request: AppRequest, template: str, context: Mapping[str, object]) -> Response[str]:
    state = cast("dict[str, object]", request.scope["state"])
    known = {"csrf_token": state["csrf_token"]} if "csrf_token" in state else {}
    tongues = tongues_of(request.scope["path"], state)
    html = render(template, place_of(state), {**known, "tongues": tongues, **context})
    return Response(html, media_type=HTML)
