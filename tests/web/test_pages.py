"""Pages: nothing unescaped, nothing forgotten, the right municipality on them."""

import gzip
import re
from datetime import UTC, date, datetime

import asyncpg
import httpx
import pytest
from jinja2 import UndefinedError
from litestar import get, post
from litestar.params import FromPath

from browsing import browsing
from pas.ids import uuid7
from pas.installation import Access
from pas.problems.bodies import AppRequest
from pas.web.dates import day, moment
from pas.web.forms import Form
from pas.web.languages import speaking
from pas.web.pages import done, page, read_form, wrong_form
from pas.web.statics import static_files, static_url
from pas.web.templates import dialled, environment, frame, render
from style_page import VELSEN, style_page

HTML = {"accept": "text/html"}


def shown(source: str, **context: object) -> str:
    macros = '{% import "web/components.html" as ui with context %}'
    return environment().from_string(macros + source).render({**frame(VELSEN), **context})


def test_what_people_typed_is_escaped() -> None:
    form = Form({"naam": '"><script>alert(1)</script>'})
    html = shown('{{ ui.text_field(form, "naam", "Naam") }}', form=form)
    assert "<script>" not in html
    assert "&lt;script&gt;" in html


def test_a_password_is_never_shown_again() -> None:
    form = Form({"code": "geheim"})
    assert "geheim" not in shown(
        '{{ ui.text_field(form, "code", "Code", type="password") }}', form=form
    )


def test_a_form_without_a_session_is_our_mistake() -> None:
    with pytest.raises(UndefinedError):
        shown("{{ ui.csrf_field() }}")
    assert 'name="csrf_token" value="abc"' in shown("{{ ui.csrf_field() }}", csrf_token="abc")


def test_a_forgotten_variable_is_our_mistake() -> None:
    with pytest.raises(UndefinedError):
        render("web/refusal.html", VELSEN, {"title": "Fout"})


def test_every_mistake_stands_beside_its_field_and_in_the_summary() -> None:
    html = style_page()
    for name in ("naam", "bedrag", "pasnummer"):
        assert f'href="#{name}"' in html
        assert f'id="{name}-fout"' in html
        assert re.search(rf'id="{name}"[^>]*aria-invalid="true"', html)
        assert re.search(rf'id="{name}"[^>]*aria-describedby="[^"]*{name}-fout', html)
    assert "Er kloppen nog 3 dingen niet" in html


def test_there_is_no_script_and_no_inline_style_on_a_page() -> None:
    html = style_page()
    assert "<script" not in html
    assert not re.search(r"\sstyle=|\son[a-z]+=|javascript:", html)


def test_every_page_has_the_telephone_number() -> None:
    assert 'href="tel:140255"' in style_page()


@pytest.mark.parametrize(
    ("left", "total", "width"),
    [(0, 250_00, None), (1, 250_00, "1%"), (125_00, 250_00, "50%"), (250_00, 250_00, "100%")],
)
def test_the_bar_never_looks_empty_while_a_cent_is_left(
    left: int, total: int, width: str | None
) -> None:
    html = shown('{{ ui.budget_bar("Sport", left, total) }}', left=left, total=total)
    found = re.search(r'pas-budget__bar-left" width="([^"]+)"', html)
    assert (found and found[1]) == width


def test_right_to_left_is_one_attribute() -> None:
    with speaking("ar"):
        html = style_page(VELSEN.__class__(title="v", product="p", telephone="1"))
    assert '<html lang="ar" dir="rtl">' in html


def test_dates_are_written_the_dutch_way() -> None:
    assert day(date(2026, 11, 3)) == "3 november 2026"
    summer = datetime(2026, 7, 1, 22, 30, tzinfo=UTC)
    assert moment(summer) == "2 juli 2026, 00.30 uur"


@pytest.mark.parametrize(
    ("shown", "dial"),
    [("14 0255", "140255"), ("+31 (0)255 567 200", "+310255567200"), ("0255-567200", "0255567200")],
)
def test_a_telephone_number_can_be_dialled(shown: str, dial: str) -> None:
    assert dialled(shown) == dial


async def test_a_static_file_may_be_kept_for_ever(client: httpx.AsyncClient) -> None:
    address = static_url("pas.css")
    assert re.fullmatch(r"/static/pas\.[0-9a-f]{12}\.css", address)
    answer = await client.get(address)
    assert answer.headers["content-type"] == "text/css; charset=utf-8"
    assert answer.headers["cache-control"] == "public, max-age=31536000, immutable"
    assert answer.headers["content-encoding"] == "gzip"
    assert answer.content == static_files()["pas.css"].content


async def test_a_static_file_comes_plain_to_who_cannot_unpack(client: httpx.AsyncClient) -> None:
    answer = await client.get(static_url("pas.css"), headers={"accept-encoding": "identity"})
    assert "content-encoding" not in answer.headers
    assert answer.content == gzip.decompress(static_files()["pas.css"].squeezed)


@pytest.mark.parametrize("name", ["pas.css", "../settings.py", "..%2Fsettings.py", "pas.0.css"])
async def test_only_named_files_are_served(client: httpx.AsyncClient, name: str) -> None:
    assert (await client.get(f"/static/{name}")).status_code == 404


def test_our_static_files_ask_nothing_from_elsewhere() -> None:
    ours = [file for name, file in static_files().items() if "/vendor/" not in name]
    for file in ours:
        text = file.content.decode().replace("http://www.w3.org/2000/svg", "")
        assert not re.search(r"https?:|url\(|@import", text)


@get("/{municipality:str}/vraag", opt={"public": True})
async def ask(municipality: FromPath[str], request: AppRequest) -> object:
    facts = [("Teken", request.scope["state"]["csrf_token"])]
    return page(request, "web/problem.html", title="Vraag", next_step="Vul in.", facts=facts)


@post("/{municipality:str}/vraag", opt={"public": True})
async def answer_it(municipality: FromPath[str], request: AppRequest) -> object:
    form = await read_form(request)
    form.text("naam", "Vul uw naam in.")
    form.cents("bedrag", "Vul een bedrag in.")
    if not form.ok:
        facts = list(form.errors.items())
        return wrong_form(
            request, "web/problem.html", form, title="Vraag", next_step="Vul in.", facts=facts
        )
    return done(f"/{municipality}/klaar")


async def test_a_page_is_that_of_its_municipality(
    access: Access, superuser: asyncpg.Connection
) -> None:
    for key, value in (("telephone", '"14 0255"'), ("product", '"Velsenpas"')):
        await superuser.execute(
            "INSERT INTO setting (id, key, value, recorded_by) VALUES ($1, $2, $3, $1)",
            uuid7(),
            key,
            value,
        )
    async with browsing(access.address, [ask]) as visitor:
        ours = (await visitor.get("/velsen/vraag", headers=HTML)).text
        lost = (await visitor.get("/velsen/nergens", headers=HTML)).text
        elsewhere = (await visitor.get("/nergens/vraag", headers=HTML)).text
    for html in (ours, lost):
        assert 'href="tel:140255"' in html
        assert '<span class="pas-brand__name">Velsenpas</span>' in html
        assert 'href="/velsen"' in html
    assert 'href="tel:1400"' in elsewhere


async def test_a_form_tells_all_mistakes_in_one_go_and_goes_on_when_right(access: Access) -> None:
    async with browsing(access.address, [ask, answer_it]) as visitor:
        empty = (await visitor.get("/velsen/vraag")).text
        shown = re.search(r'item-value">([\w-]{43})<', empty)
        assert shown
        token = {"csrf_token": shown[1]}
        wrong = await visitor.post("/velsen/vraag", data={**token, "bedrag": "12,4"})
        right = await visitor.post(
            "/velsen/vraag", data={**token, "naam": "Jan", "bedrag": "12,40"}
        )
    assert wrong.status_code == 400
    assert "Vul uw naam in." in wrong.text
    assert "Typ twee cijfers achter de komma, bijvoorbeeld 12,40." in wrong.text
    assert (right.status_code, right.headers["location"]) == (303, "/velsen/klaar")


def test_pages_never_send_people_to_another_site() -> None:
    for address in ("https://evil.example", "//evil.example", "evil"):
        with pytest.raises(AssertionError):
            done(address)
