"""Everything that a holder's page says comes from the catalogues: read in a language of brackets.

The catalogue of these tests says each sentence between brackets. What a page then says without them
was forgotten. What people and the municipality wrote themselves carries ``lang="nl"``.
"""

import re
from collections.abc import Generator, Iterator, Mapping
from pathlib import Path
from typing import NamedTuple, cast
from uuid import UUID

import httpx
import pytest
from babel.messages.catalog import Catalog
from litestar import Litestar
from litestar.routes import HTTPRoute
from lxml import html

from catalogues import sentences, text_of
from given.city import a_budget, a_child_of, a_holder, a_merchant, a_scheme, a_till
from given.days import YEAR
from given.sales import a_sale_item, desk_of
from pas.app.routes_check import handlers
from pas.db import Connection
from pas.ids import uuid7
from pas.redemptions.redeem import redeem
from pas.web import languages
from signed_in import Visitor, signed_in_holder

BRACKETED = re.compile("⟦[^⟦⟧]*⟧")
A_DAY = re.compile(r"\d{1,2} \w+ \d{4}")
LETTERS = re.compile(r"[^\W\d_]{2,}")
UNSPOKEN = re.compile(
    r"https?://\S+|[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}|[0-9a-f ]{60,}|\b[0-9a-f]{8}\b"
)
ATTRIBUTES = ("alt", "aria-label", "placeholder", "title")
SILENT = {"script", "style", "svg"}
PRODUCT = "Stadspas"
"""The municipality chose it; in the title of a page nothing can say which language that is."""
FOR_PROGRAMS = {"/{municipality:str}/language/{code:str}"}


class Home(NamedTuple):
    """Whose pages are read, and what stands in their addresses."""

    visitor: Visitor
    values: Mapping[str, UUID]


@pytest.fixture
def bracketed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Generator[None]:
    catalogue = Catalog(locale="tr", fuzzy=False)
    for sentence in sentences():
        said = f"⟦{sentence}⟧" if isinstance(sentence, str) else [f"⟦{one}⟧" for one in sentence]
        catalogue.add(sentence, string=said)
    (tmp_path / "tr.po").write_bytes(text_of(catalogue))
    monkeypatch.setattr(languages, "CATALOGUES", tmp_path)
    languages.translations.cache_clear()
    yield
    languages.translations.cache_clear()


@pytest.fixture
async def home(bracketed: None, client: httpx.AsyncClient, connection: Connection) -> Home:
    """A parent with a child, money, visits, a sale and something that was refused."""
    client.headers["accept-language"] = "tr"
    sport = await a_scheme(connection, code="sport")
    shop = await a_merchant(connection)
    parent = await a_holder(connection, year=YEAR)
    child = await a_child_of(connection, parent, year=YEAR, name="Bo")
    await a_budget(connection, sport, parent)
    swimming = await a_scheme(connection, code="zwemmen", visits=10, visit_price_cents=450)
    await a_budget(connection, swimming, child, visits=10)
    await a_budget(connection, await a_scheme(connection, spend_at_once=True), child)
    till = await a_till(connection, shop)
    sold, refused = (a_sale_item(till, parent, price=one, take=one) for one in (1250, 90_000))
    assert [one.outcome for one in await redeem(desk_of(connection), [sold])] == ["booked"]
    assert [one.outcome for one in await redeem(desk_of(connection), [refused])] != ["booked"]
    visitor = await signed_in_holder(client, connection, parent.id)
    values = {
        "pass_id": parent.pass_id,
        "resident_id": parent.id,
        "card_id": parent.card,
        "holder_id": parent.id,
    }
    return Home(visitor, values)


def spoken_routes(client: httpx.AsyncClient) -> list[tuple[str, str]]:
    """Method and path of each page that a holder sees."""
    app = cast("Litestar", cast("httpx.ASGITransport", client._transport).app)
    return sorted(
        (method, path)
        for path, handler in handlers(app)
        for method in handler.http_methods & {"GET", "POST"}
        if not path.startswith("/v1/")
        and path not in FOR_PROGRAMS
        and (handler.opt.get("holder") or handler.opt.get("spoken"))
    )


def address(client: httpx.AsyncClient, path: str, values: Mapping[str, UUID]) -> str:
    app = cast("Litestar", cast("httpx.ASGITransport", client._transport).app)
    route = next(one for one in app.routes if isinstance(one, HTTPRoute) and one.path == path)
    parts = [
        part
        if isinstance(part, str)
        else str(values.get(part.name, uuid7() if part.type is UUID else "1"))
        for part in route.path_components[1:]
    ]
    return "/".join(parts)


async def test_holders_read_no_sentence_that_is_not_in_the_catalogues(home: Home) -> None:
    client, forgotten = home.visitor.client, list[str]()
    for method, path in [("GET", "/{municipality:str}"), *spoken_routes(client)]:
        where = address(client, path, home.values) if path != "/{municipality:str}" else ""
        match method:
            case "GET":
                answer = await home.visitor.look(where)
            case _:
                answer = await home.visitor.send(where, {})
        if answer.headers.get("content-type", "").startswith("text/html"):
            assert answer.status_code < 500, (method, path)
            forgotten += [f"{method} {path}: {text}" for text in unspoken(answer.text)]
    assert not forgotten, "\n".join(forgotten)


def unspoken(page: str) -> Iterator[str]:
    """What stands in a page outside the brackets, and is no name, number, day or address."""
    read = html.document_fromstring(page)
    for element in [one for one in read.iterdescendants() if is_data(one)]:
        element.drop_tree()
    texts = [read.text_content()]
    texts += [one.get(name) or "" for one in read.iter() for name in ATTRIBUTES]
    for text in texts:
        rest = without_brackets(text)
        yield from (" ".join(line.split()) for line in rest.splitlines() if LETTERS.search(line))


def is_data(element: html.HtmlElement) -> bool:
    return element.tag in SILENT or element.get("lang") is not None


def without_brackets(text: str) -> str:
    rest = text.replace(PRODUCT, "")
    while rest != (rest := BRACKETED.sub("", rest)):
        pass
    return UNSPOKEN.sub("", A_DAY.sub("", rest))
