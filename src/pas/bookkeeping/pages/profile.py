"""How the journal is made a file: which account is what, which columns, and how they are written.

Accounts and columns are typed, or pasted from a spreadsheet, one a line with semicolons or tabs.
"""

from collections.abc import Mapping
from typing import Final, TypeVar, cast, get_args

import msgspec
from litestar import Response, get, post
from litestar.params import FromPath
from litestar.response import Redirect
from litestar.types import ControllerRouterHandler

from pas.auth.access import actor_of
from pas.auth.permissions import Permission
from pas.auth.state import connected
from pas.bookkeeping.model import (
    ACCOUNT_KINDS,
    FIELDS,
    AccountMapping,
    Column,
    DateFormat,
    Decimal,
    Encoding,
    JournalProfile,
    Separator,
)
from pas.bookkeeping.profiles import find_profile, keep_profile
from pas.bookkeeping.routes import CONFIGURE, READ
from pas.bookkeeping.words import ACCOUNTS
from pas.errors import Refusal
from pas.problems.bodies import AppRequest
from pas.web.forms import Form
from pas.web.pages import done, page, read_form, wrong_form

PROFILE: Final = "/{municipality:str}/journal-profile"
TEMPLATE: Final = "bookkeeping/profile.html"
LONGEST: Final = 50_000
MARKS: Final = {"puntkomma": ";", "komma": ",", "tab": "\t", "streep": "|"}
DECIMALS: Final = {"komma": ",", "punt": "."}
ENCODINGS: Final = {
    "utf-8-bom": "UTF-8, voor Excel",
    "utf-8": "UTF-8",
    "windows-1252": "Windows-1252",
}
FIELDS_IN: Final[Mapping[type[msgspec.Struct], str]] = {
    Column: "columns",
    AccountMapping: "accounts",
}
"""Beside which field of the form a wrong line is named."""

Part = TypeVar("Part", Column, AccountMapping)


@get(PROFILE, opt=READ, include_in_schema=False)
async def profile_page(municipality: FromPath[str], request: AppRequest) -> Response[str]:
    """Which account is what in the financial administration?"""
    async with connected(request, municipality) as connection:
        kept = await find_profile(connection)
    profile = JournalProfile() if kept is None else kept.content
    form = Form(typed_of(profile))
    return page(
        request,
        TEMPLATE,
        form=form,
        number=kept and kept.number,
        **context_of(request, municipality),
    )


@post(PROFILE, opt=CONFIGURE, include_in_schema=False, status_code=200)
async def keep(municipality: FromPath[str], request: AppRequest) -> Response[str] | Redirect:
    form = await read_form(request)
    profile = profile_in(form)
    if profile is not None:
        try:
            async with connected(request, municipality) as connection:
                await keep_profile(connection, profile, actor=actor_of(request))
            return done(f"/{municipality}/journal-profile")
        except Refusal as refusal:
            form.refuse("accounts", refusal.detail)
    context = context_of(request, municipality)
    return wrong_form(request, TEMPLATE, form, number=None, **context)


def context_of(request: AppRequest, municipality: str) -> dict[str, object]:
    return {
        "home": f"/{municipality}",
        "may_configure": actor_of(request).may(Permission.JOURNAL_CONFIGURE),
        "separators": [(name, name) for name in MARKS],
        "decimals": [(name, name) for name in DECIMALS],
        "dates": [(name, name) for name in cast("tuple[str, ...]", get_args(DateFormat))],
        "encodings": list(ENCODINGS.items()),
        "kinds": [(kind, ACCOUNTS[kind]) for kind in ACCOUNT_KINDS],
        "fields": ", ".join(FIELDS),
    }


def typed_of(profile: JournalProfile) -> dict[str, str]:
    """What the form shows of a profile; an account that has none yet stands there to be filled in."""
    known = {one.account for one in profile.accounts}
    missing = [f"{kind};;" for kind in ACCOUNT_KINDS if kind not in known]
    return {
        "journal": profile.journal,
        "separator": _name_of(MARKS, profile.separator),
        "decimal": _name_of(DECIMALS, profile.decimal),
        "dates": profile.dates,
        "encoding": profile.encoding,
        "header": "ja" if profile.header else "",
        "columns": "\n".join(f"{one.field};{one.header}" for one in profile.columns),
        "accounts": "\n".join([*map(_account_line, profile.accounts), *missing]),
    }


def profile_in(form: Form) -> JournalProfile | None:
    """Read the form; every line that is wrong is named beside its field."""
    journal = form.text("journal", "Vul het dagboek in.")
    separator = form.choice("separator", "Kies het scheidingsteken.", MARKS)
    decimal = form.choice("decimal", "Kies het teken voor de centen.", DECIMALS)
    dates = form.choice("dates", "Kies hoe een datum eruitziet.", _each(DateFormat))
    encoding = form.choice("encoding", "Kies de tekenset.", _each(Encoding))
    accounts = _rows(form, "accounts", "Vul de rekeningen in.")
    columns = [[row[0], ";".join(row[1:])] for row in _rows(form, "columns", "Vul de kolommen in.")]
    if not form.ok:
        return None
    made = {
        "journal": journal,
        "separator": cast("Separator", separator),
        "decimal": cast("Decimal", decimal),
        "dates": dates,
        "encoding": encoding,
        "header": form.ticked("header"),
    }
    return _converted(
        form,
        {
            **made,
            "columns": _parts(form, columns, Column),
            "accounts": _parts(form, _filled(accounts), AccountMapping),
        },
    )


def _converted(form: Form, made: Mapping[str, object]) -> JournalProfile | None:
    if not form.ok:
        return None
    try:
        return msgspec.convert(made, JournalProfile)
    except msgspec.ValidationError:
        form.refuse("journal", "Gebruik in het dagboek letters en cijfers.")
        return None


def _rows(form: Form, name: str, missing: str) -> list[list[str]]:
    typed = form.text(name, missing, most=LONGEST) or ""
    lines = [line for line in typed.splitlines() if line.strip()]
    return [[cell.strip() for cell in line.replace("\t", ";").split(";")] for line in lines]


def _filled(rows: list[list[str]]) -> list[list[str]]:
    """Leave out the lines that were shown to be filled in and were not."""
    return [row for row in rows if any(row[1:])]


def _parts(form: Form, rows: list[list[str]], kind: type[Part]) -> list[Part]:
    """Make something of each line; what is left empty is as it is by default, or for all other schemes."""
    name, made = FIELDS_IN[kind], list[Part]()
    for number, row in enumerate(rows, start=1):
        given = {
            _camel(field): cell
            for field, cell in zip(kind.__struct_fields__, row, strict=False)
            if cell
        }
        try:
            made.append(msgspec.convert(given, kind))
        except msgspec.ValidationError:
            form.refuse(name, f"Regel {number} klopt niet: {';'.join(row)[:80]}")
    return made


def _camel(field: str) -> str:
    first, *rest = field.split("_")
    return first + "".join(part.capitalize() for part in rest)


def _account_line(one: AccountMapping) -> str:
    cells = (one.account, one.scheme or "", one.ledger_account, one.cost_centre)
    return ";".join((*cells, one.taakveld, one.category))


def _name_of(marks: Mapping[str, str], mark: str) -> str:
    return next(name for name, found in marks.items() if found == mark)


def _each(choices: object) -> dict[str, str]:
    return {name: name for name in cast("tuple[str, ...]", get_args(choices))}


routes: list[ControllerRouterHandler] = [profile_page, keep]
