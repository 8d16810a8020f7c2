"""Reads JSON bodies strictly, and finds everything that is wrong with one in one go.

Litestar converts laxly ("12" and 12.0 pass for 12) and reports the first error only. Here money
must be a whole number in the JSON itself, and a client hears about all its mistakes at once.
"""

from functools import cache
from types import NoneType, UnionType
from typing import Union, cast, get_args, get_origin

import msgspec
from litestar import Request
from litestar.datastructures import State

from pas.problems.refusals import (
    IncompleteJson,
    InvalidInput,
    MalformedJson,
    WrongContentType,
)
from pas.problems.sentences import in_dutch

NUL = b"\\u0000"
MISSING = "missing required field"
UNKNOWN = "unknown field"
MOST_FAULTS = 50


class Fault(msgspec.Struct, frozen=True):
    """What is wrong with one field, where the path is written as in ``lines[0].takeCents``."""

    field: str
    message: str


class AppRequest(Request[object, object, State]):
    """Every handler's request; a JSON body is read strictly into the type the handler asks for."""

    async def json(self) -> object:
        kind, _ = self.content_type
        if kind != "application/json" and not kind.endswith("+json"):
            raise WrongContentType
        wanted = self.route_handler.parsed_fn_signature.parameters.get("data")
        return read_json(await self.body(), object if wanted is None else wanted.annotation)


def read_json(body: bytes, kind: object) -> object:
    """Read one body into ``kind``, or raise the refusal that says what is wrong with it."""
    if NUL in body:
        # PostgreSQL cannot store it, so it would be our error later on.
        raise MalformedJson("In de tekst staat een teken dat niet mag: \\u0000. Haal het weg.")
    try:
        return _decoded(body, kind)
    except msgspec.ValidationError as error:
        # The typed reader stops at its first objection; what follows may not even be JSON.
        raise invalid(find_faults(_decoded(body, object), kind, str(error))) from error


def invalid(faults: list[Fault]) -> InvalidInput:
    """One refusal for all that is wrong."""
    if len(faults) == 1 and faults[0].field:
        detail = f"{faults[0].field}: {faults[0].message}"
    elif len(faults) == 1:
        detail = faults[0].message
    else:
        detail = f"{len(faults)} velden kloppen niet. Bij errors staat wat er mis is."
    return InvalidInput(detail, errors=faults)


def find_faults(value: object, kind: object, first: str) -> list[Fault]:
    """Look at every field by itself; ``first`` is what the reader stumbled over."""
    faults = _faults(value, kind, "")
    return faults[:MOST_FAULTS] or [_fault(first, "")]


@cache
def _decoder(kind: object) -> msgspec.json.Decoder[object]:
    return cast("msgspec.json.Decoder[object]", msgspec.json.Decoder(kind))


def _decoded(body: bytes, kind: object) -> object:
    try:
        return _decoder(kind).decode(body)
    except msgspec.ValidationError:
        raise
    except msgspec.DecodeError as error:
        raise _not_json(str(error)) from error
    except (UnicodeDecodeError, RecursionError) as error:
        raise MalformedJson(
            "De gegevens zijn geen geldige JSON. Gebruik UTF-8 en nest niet te diep."
        ) from error


def _not_json(message: str) -> IncompleteJson | MalformedJson:
    if "truncated" in message:
        return IncompleteJson()
    at = message.partition("(byte ")[2].rstrip(")")
    where = f" Kijk bij teken {int(at) + 1}." if at.isdigit() else ""
    return MalformedJson(f"De gegevens zijn geen geldige JSON.{where}")


def _faults(value: object, kind: object, path: str) -> list[Fault]:
    struct = _plain_struct(kind)
    if struct is None or not isinstance(value, dict):
        return _converted(value, kind, path)
    given = cast("dict[str, object]", value)
    fields = {field.encode_name: field for field in msgspec.structs.fields(struct)}
    faults: list[Fault] = []
    for name, field in fields.items():
        if name in given:
            faults += _faults(given[name], field.type, _joined(path, name))
        elif field.required:
            faults.append(_fault(MISSING, _joined(path, name)))
    if struct.__struct_config__.forbid_unknown_fields:
        faults += [_fault(UNKNOWN, _joined(path, name)) for name in given if name not in fields]
    return faults or _converted(given, kind, path)


def _plain_struct(kind: object) -> type[msgspec.Struct] | None:
    """The struct that is asked for, also when it may be left out; None where a tag decides."""
    if get_origin(kind) in {Union, UnionType}:
        options = [option for option in get_args(kind) if option is not NoneType]
        return _plain_struct(options[0]) if len(options) == 1 else None
    if not (isinstance(kind, type) and issubclass(kind, msgspec.Struct)):
        return None
    return kind if kind.__struct_config__.tag is None else None


def _converted(value: object, kind: object, path: str) -> list[Fault]:
    try:
        msgspec.convert(value, kind)
    except msgspec.ValidationError as error:
        return [_fault(str(error), path)]
    return []


def _fault(message: str, path: str) -> Fault:
    said, _, at = message.partition(" - at `$")
    path = _joined(path, at.rstrip("`").removeprefix(".")) if at else path
    if MISSING in said or UNKNOWN in said:
        name = said.partition("field `")[2].rstrip("`")
        path = _joined(path, name) if name else path
    return Fault(field=path[:200], message=in_dutch(said, path))


def _joined(path: str, more: str) -> str:
    return f"{path}.{more}" if path and more and not more.startswith("[") else path + more
