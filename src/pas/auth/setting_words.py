"""The municipality's settings in words: what each is for, and what may be filled in.

The bounds are those of the types in ``municipality_settings``; they are read from there.
"""

from datetime import date
from typing import Final, Literal, cast

import msgspec
from msgspec import inspect

from pas.auth.municipality_settings import NAMES, MunicipalitySettings
from pas.web.dates import MONTHS, day

Kind = Literal["text", "number", "month", "date", "lines"]


class Described(msgspec.Struct, frozen=True):
    """One setting as people read it; ``unit`` comes behind a number."""

    name: str
    title: str
    why: str
    kind: Kind = "text"
    unit: str = ""


SETTINGS: Final = (
    Described("title", "Naam van de gemeente", "Staat boven elke pagina en brief."),
    Described("product", "Naam van de pas", "Zo heet de pas voor inwoners."),
    Described("telephone", "Telefoonnummer", "Staat op elke pagina. Mensen bellen dit nummer."),
    Described("telephoneHours", "Wanneer u opneemt", "Staat naast het telefoonnummer."),
    Described("address", "Adres", "Staat in brieven."),
    Described("areas", "Wijken", "Alleen deze wijken zijn goed. Leeg: elke wijk.", "lines"),
    Described(
        "passYearStartMonth", "Begin van het pasjaar", "Vanaf deze maand geldt een pas.", "month"
    ),
    Described(
        "schoolYearStartMonth",
        "Begin van het schooljaar",
        "Voor regelingen die per schooljaar gaan.",
        "month",
    ),
    Described(
        "oncePerChildUntil",
        "Laatste dag van wat één keer per kind is",
        "Leeg: tot het kind 18 wordt.",
        "date",
    ),
    Described(
        "voidHours",
        "Ongedaan maken aan de kassa",
        "Zo lang na een verkoop. Daarna is het terugboeken.",
        "number",
        "uur",
    ),
    Described("objectionWeeks", "Tijd voor bezwaar", "Zo lang na een besluit.", "number", "weken"),
    Described(
        "payoutCoolingDays",
        "Wachten na een nieuwe rekening",
        "Zo lang betalen wij nog niet. Dit kan hier alleen langer worden.",
        "number",
        "dagen",
    ),
    Described("printDays", "Bewaren van drukbestanden", "Daarna zijn ze weg.", "number", "dagen"),
    Described(
        "linkMonths",
        "Wie wat besteedde",
        "Zo lang na het jaar weten wij dat nog. De bedragen blijven.",
        "number",
        "maanden",
    ),
)
"""In the order of the page; who may sign in where is set on the command line alone."""

BY_NAME: Final = {one.name: one for one in SETTINGS}


def value_of(settings: MunicipalitySettings, one: Described) -> object:
    return cast("object", getattr(settings, NAMES[one.name]))


def lines_of(settings: MunicipalitySettings, one: Described) -> tuple[str, ...]:
    return cast("tuple[str, ...]", value_of(settings, one))


def typed(settings: MunicipalitySettings, one: Described) -> str:
    """The value as it stands in the form."""
    match value_of(settings, one):
        case date() as value:
            return f"{value.day}-{value.month}-{value.year}"
        case tuple():
            return "\n".join(lines_of(settings, one))
        case None:
            return ""
        case value:
            return str(value)


def told(settings: MunicipalitySettings, one: Described) -> str:
    """The value as it is read."""
    match value_of(settings, one):
        case date() as value:
            return day(value)
        case int() as month if one.kind == "month":
            return MONTHS[month - 1]
        case tuple():
            return ", ".join(lines_of(settings, one)) or "Elke wijk"
        case "" | None:
            return "Niet ingevuld"
        case value:
            return f"{value} {one.unit}".strip()


def bounds(one: Described) -> str:
    """What may be filled in, as far as there is a bound."""
    found = _types()[NAMES[one.name]]
    if isinstance(found, inspect.IntType) and one.kind == "number":
        return f"Van {found.ge} tot en met {found.le} {one.unit}."
    if isinstance(found, inspect.StrType) and found.max_length is not None:
        return f"Hoogstens {found.max_length} tekens."
    if one.kind == "date":
        return "Typ de datum zo: 31-12-2030. Of laat het leeg."
    return "Eén wijk op elke regel." if one.kind == "lines" else ""


def parsed(one: Described, text: str) -> object:
    """What was typed, for the check of the settings themselves; a number that is none stays text."""
    match one.kind:
        case "number" | "month":
            return int(text) if text.isascii() and text.isdigit() else text
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "date":
            return iso(text) if text else None
        case "text":
            return text


def iso(text: str) -> str:
    """Turn 31-12-2030 round; what has another shape is left to the check."""
    parts = text.split("-")
    is_dutch = [len(part) for part in parts[2:]] == [4]
    return f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}" if is_dutch else text


def _types() -> dict[str, inspect.Type]:
    found = inspect.type_info(MunicipalitySettings)
    assert isinstance(found, inspect.StructType), "the settings are a struct"
    return {field.name: field.type for field in found.fields}
