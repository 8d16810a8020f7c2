"""How letters are written: an administrator reads, changes, tries and puts back each text."""

from typing import Annotated, Final

from litestar import Response, get, post
from litestar.params import FromPath, QueryParameter
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.letters.change import (
    Part,
    change_templates,
    kind_of,
    sample_pdf,
    with_changes,
)
from pas.letters.kinds import FIELD_TITLES, KINDS, NAME_MEANINGS, LetterKind
from pas.letters.pages.answer import house_of, pdf_answer
from pas.letters.rules import LONGEST_FIELD, check_fields, write_text_file
from pas.letters.template_folder import remarks
from pas.letters.versions import LAYOUT, read_templates
from pas.press.press import LayoutWrong, a_press
from pas.problems.bodies import AppRequest
from pas.problems.refusals import NotFound
from pas.web.forms import Form
from pas.web.languages import BY_CODE, NAMES, Language
from pas.web.pages import done, page, read_form, wrong_form

READ: Final = {"permission": Permission.SETTINGS_READ}
WRITE: Final = {"permission": Permission.SETTINGS_WRITE}
KIND: Final = "/{municipality:str}/letter-texts/{kind:str}/{language:str}"
ONE: Final = "letters/text.html"
Large = Annotated[bool, QueryParameter()]


@get("/{municipality:str}/letter-texts", opt=READ, include_in_schema=False)
async def texts_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Every kind of letter, in every language, and which of them the municipality wrote itself."""
    async with connected(request, municipality) as connection:
        changed = (await read_templates(connection)).changed
    return page(
        request,
        "letters/texts.html",
        home=f"/{municipality}",
        kinds=list(KINDS.values()),
        languages=list(NAMES.items()),
        changed={key for key in changed if key[1] != LAYOUT},
        layouts=[kind.title for kind in KINDS.values() if (kind.name, LAYOUT) in changed],
    )


@get(KIND, opt=WRITE, include_in_schema=False)
async def text_page(
    municipality: FromPath[str],
    kind: FromPath[str],
    language: FromPath[str],
    *,
    request: AppRequest,
) -> Response[str]:
    about, spoken = kind_of(kind), language_of(language)
    async with connected(request, municipality) as connection:
        templates = await read_templates(connection)
    form = Form(dict(templates.texts(about, spoken)))
    is_own = (kind, language) in templates.changed
    return page(request, ONE, form=form, **context_of(municipality, about, spoken, is_own=is_own))


@post(KIND, opt=WRITE, include_in_schema=False, status_code=200)
async def change_text(
    municipality: FromPath[str],
    kind: FromPath[str],
    language: FromPath[str],
    *,
    request: AppRequest,
) -> Response[str] | Redirect | Response[bytes]:
    """Look at it as a PDF, let it count, or put ours back; a text that cannot be is shown again."""
    about, spoken, form = kind_of(kind), language_of(language), await read_form(request)
    if form.value("do") == "put_back":
        await keep(request, municipality, Part(kind, spoken), content=None)
        return done(f"/{municipality}/letter-texts")
    fields = {field: form.value(field).replace("\r\n", "\n").strip() for field in about.texts}
    for field, sentence in check_fields(fields, about.rules()):
        form.refuse(field, sentence)
    if form.ok:
        content = write_text_file(fields, remarks(about, spoken))
        try:
            if form.value("do") == "look":
                return await looked_at(request, municipality, Part(kind, spoken), content=content)
            await keep(request, municipality, Part(kind, spoken), content=content)
            return done(f"/{municipality}/letter-texts")
        except LayoutWrong as refusal:
            form.refuse("tekst", refusal.detail)
    return wrong_form(request, ONE, form, **context_of(municipality, about, spoken, is_own=True))


@get(f"{KIND}/sample", opt=READ, include_in_schema=False)
async def sample(
    municipality: FromPath[str],
    kind: FromPath[str],
    language: FromPath[str],
    *,
    request: AppRequest,
    large: Large = False,
) -> Response[bytes]:
    """An invented letter, as it is written now."""
    about, spoken = kind_of(kind), language_of(language)
    async with a_press() as press, connected(request, municipality) as connection:
        templates = await read_templates(connection)
        house = await house_of(request, connection, municipality)
        pdf = await sample_pdf(templates, about, spoken, house=house, press=press, large=large)
    return pdf_answer(pdf, name=f"voorbeeld-{about.file_name}.pdf", shown=True)


async def looked_at(
    request: AppRequest, municipality: str, part: Part, *, content: str
) -> Response[bytes]:
    about, spoken = kind_of(part.kind), language_of(part.part)
    async with a_press() as press, connected(request, municipality) as connection:
        templates = with_changes(await read_templates(connection), {part: content})
        house = await house_of(request, connection, municipality)
        pdf = await sample_pdf(templates, about, spoken, house=house, press=press)
    return pdf_answer(pdf, name=f"voorbeeld-{about.file_name}.pdf", shown=True)


async def keep(request: AppRequest, municipality: str, part: Part, *, content: str | None) -> None:
    async with a_press() as press, connected(request, municipality) as connection:
        house = await house_of(request, connection, municipality)
        await change_templates(
            connection, {part: content}, house=house, press=press, actor=actor_of(request)
        )


def language_of(code: str) -> Language:
    if code not in BY_CODE:
        raise NotFound
    return BY_CODE[code]


def context_of(
    municipality: str, kind: LetterKind, language: Language, *, is_own: bool
) -> dict[str, object]:
    names = sorted(next(iter(kind.rules().values())).names)
    ours = kind.text_of_ours(language)
    return {
        "home": f"/{municipality}",
        "kind": kind,
        "language_code": language,
        "language_name": NAMES[language],
        "fields": [(field, FIELD_TITLES[field], rows_of(ours[field])) for field in kind.texts],
        "names": [(f"{{{name}}}", NAME_MEANINGS[name]) for name in names],
        "longest": LONGEST_FIELD,
        "is_own": is_own,
        "direction_of_text": "rtl" if language == "ar" else "ltr",
    }


def rows_of(text: str) -> int:
    return min(24, max(1, text.count("\n") + 1 + len(text) // 70))


routes: list[ControllerRouterHandler] = [texts_page, text_page, change_text, sample]
