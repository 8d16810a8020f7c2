"""Printed figures computed once more, as a page; and where files of them are handed over."""

from datetime import UTC, datetime
from typing import Final

from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.errors import Refusal
from pas.problems.bodies import AppRequest
from pas.reach.keep_published import keep_published, newest_published
from pas.reach.pages.frame import READ
from pas.reach.pages.target_groups import FIELD, sent_file
from pas.reach.printed import VERDICTS, PrintedFigure, judge_printed
from pas.reach.published_files import MOST_BYTES, PublishedKind
from pas.reach.rules import in_words
from pas.reach.use_by_year import Growth, YearTotal, check_use
from pas.reach.words import published_name
from pas.web.counts import count
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

WRITE: Final = {"permission": Permission.TARGET_GROUPS_IMPORT}
PAGE: Final = "reach/published.html"
KINDS: Final[dict[str, PublishedKind]] = {
    "printed_reach": "printed_reach",
    "use_by_year": "use_by_year",
    "appropriations": "appropriations",
    "budget_table": "budget_table",
}
KIND_OPTIONS: Final = (
    ("printed_reach", "Percentages", "Gebruikers, doelgroep en het gedrukte percentage."),
    ("use_by_year", "Gebruik per jaar", "Een tabel met jaren, en totalen eronder."),
    ("appropriations", "Budgetten", "Per onderwerp en jaar, met de bron van het geld."),
    ("budget_table", "Begrotingstabel", "Regels en jaren, met totalen eronder."),
)
SHOWN_ON: Final[dict[PublishedKind, str]] = {
    "printed_reach": "printed",
    "use_by_year": "printed",
    "appropriations": "money",
    "budget_table": "money",
}


@get("/{municipality:str}/reach/printed", opt=READ, include_in_schema=False)
async def printed_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Does a printed percentage come out, and how?"""
    async with connected(request, municipality) as connection:
        percentages = await newest_published(connection, "printed_reach")
        use = await newest_published(connection, "use_by_year")
    figures = [] if percentages is None else judge_printed(percentages.content.encode())
    table = None if use is None else check_use(use.content.encode())
    return page(
        request,
        "reach/printed.html",
        home=f"/{municipality}",
        may_send=actor_of(request).may(Permission.TARGET_GROUPS_IMPORT),
        percentages_name=None if percentages is None else percentages.file_name,
        counts=counts_of(figures),
        figures=[cells_of(one) for one in figures],
        use_name=None if use is None else use.file_name,
        wrong=[] if table is None else [one for one in table.totals if one.closes is False],
        totals=[] if table is None else [total_cells(one) for one in table.totals],
        growth=[] if table is None else [growth_cells(one) for one in table.growth if one.printed],
    )


@get("/{municipality:str}/reach/published", opt=WRITE, include_in_schema=False)
async def published_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which kind of file, and the file."""
    return page(request, PAGE, form=Form(), **context_of(municipality))


@post(
    "/{municipality:str}/reach/published",
    opt=WRITE,
    include_in_schema=False,
    status_code=200,
    request_max_body_size=MOST_BYTES,
)
async def send_published(
    municipality: FromPath[str], request: AppRequest
) -> Response[str] | Redirect:
    """Keep a file of printed figures, word for word."""
    form = await read_form(request)
    kind = form.choice("kind", "Kies wat er in het bestand staat.", KINDS)
    name, content = await sent_file(request)
    if not content:
        form.refuse(FIELD, "Kies een bestand.")
    if form.ok and kind:
        try:
            async with connected(request, municipality) as connection:
                await keep_published(
                    connection,
                    content,
                    kind=kind,
                    file_name=name,
                    actor=actor_of(request),
                    now=datetime.now(UTC),
                )
            return done(f"/{municipality}/reach/{SHOWN_ON[kind]}")
        except Refusal as refusal:
            form.refuse(FIELD, refusal.detail)
    return wrong_form(request, PAGE, form, **context_of(municipality))


def context_of(municipality: str) -> dict[str, object]:
    return {"home": f"/{municipality}", "kinds": KIND_OPTIONS}


def counts_of(figures: list[PrintedFigure]) -> list[tuple[str, str]]:
    """How many of each verdict."""
    found = (
        (name, [one for one in figures if one.verdict == key]) for key, name in VERDICTS.items()
    )
    return [(name.capitalize(), f"{len(some)} keer") for name, some in found if some]


def cells_of(one: PrintedFigure) -> list[str]:
    printed = f"{one.printed.replace('.', ',')}%" if one.printed else "–"
    ours = "–" if one.tenths is None else in_words(one.tenths)
    where = f"{one.municipality} {one.year}: {published_name(one.subject)}"
    return [where, printed, ours, VERDICTS[one.verdict], one.why]


def total_cells(one: YearTotal) -> list[str]:
    verdict = {True: "klopt", False: "telt niet op", None: "niet te zeggen"}[one.closes]
    cells = ("–" if number is None else count(number) for number in (one.printed, one.summed))
    return [f"{published_name(one.name)} {one.year}", *cells, verdict]


def growth_cells(one: Growth) -> list[str]:
    ours = "–" if one.tenths is None else in_words(one.tenths)
    return [published_name(one.name), f"{one.printed}%", ours, VERDICTS[one.verdict], one.why]


routes: list[ControllerRouterHandler] = [printed_page, published_page, send_published]
