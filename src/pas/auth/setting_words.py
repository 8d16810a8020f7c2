"""The municipality's settings in words: what each is for, and what may be filled in.

The bounds are those of the types in ``municipality_settings``; they are read from there.
"""

from datetime import date
from typing import Final, cast

from msgspec import inspect

from pas.auth.described_settings import SETTINGS, Described, Kind
from pas.auth.municipality_settings import NAMES, MunicipalitySettings
from pas.money import Cents, comma_euros, euros, parse_euros
from pas.web.dates import MONTHS, day

HINTS: Final[dict[Kind, str]] = {
    "date": "Typ de datum zo: 31-12-2030. Of laat het leeg.",
    "lines": "Zet er één op elke regel.",
    "iban": "Zoals NL12 ABCD 0123 4567 89.",
}

EMPTY_IS_NONE: Final = {"payerName", "largePayoutCents"}

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
        case bool() as value:
            return str(value).lower()
        case int() as cents if one.kind == "euros":
            return comma_euros(Cents(cents))
        case value:
            return str(value)


def told(settings: MunicipalitySettings, one: Described) -> str:
    """The value as it is read."""
    match value_of(settings, one):
        case date() as value:
            return day(value)
        case int() as month if one.kind == "month":
            return MONTHS[month - 1]
        case int() as cents if one.kind == "euros":
            return euros(Cents(cents))
        case bool() | str() as value if one.choices:
            return dict(one.choices)[str(value).lower()]
        case tuple():
            return ", ".join(lines_of(settings, one)) or "Elke wijk"
        case "" | None:
            return "Niet ingevuld"
        case value:
            return f"{value} {one.unit}".strip()


def bounds(one: Described) -> str:
    """What may be filled in, as far as there is a bound."""
    found = _types()[NAMES[one.name]]
    if isinstance(found, inspect.UnionType):
        found = found.types[0]
    if isinstance(found, inspect.IntType) and one.kind == "number":
        return f"Van {found.ge} tot en met {found.le} {one.unit}".strip() + "."
    if isinstance(found, inspect.IntType) and one.kind == "euros":
        return f"Typ een bedrag van {_amount(found.ge)} tot en met {_amount(found.le)}."
    if isinstance(found, inspect.StrType) and found.max_length is not None:
        return f"Hoogstens {found.max_length} tekens."
    return HINTS.get(one.kind, "")


def parsed(one: Described, text: str) -> object:
    """What was typed, for the check of the settings themselves; a number that is none stays text."""
    match one.kind:
        case "number" | "month":
            return int(text) if text.isascii() and text.isdigit() else text
        case "lines":
            return [line.strip() for line in text.splitlines() if line.strip()]
        case "date":
            return iso(text) if text else None
        case "euros":
            return parse_euros(text) if text or one.name not in EMPTY_IS_NONE else None
        case "iban":
            return text.replace(" ", "").upper() or None
        case "yes_no":
            return {"true": True, "false": False}.get(text, text)
        case "text" | "choice":
            return text or (None if one.name in EMPTY_IS_NONE else "")


def iso(text: str) -> str:
    """Turn 31-12-2030 round; what has another shape is left to the check."""
    parts = text.split("-")
    is_dutch = [len(part) for part in parts[2:]] == [4]
    return f"{parts[2]}-{parts[1]:0>2}-{parts[0]:0>2}" if is_dutch else text


def _amount(bound: int | None) -> str:
    return comma_euros(Cents(bound or 0))


def _types() -> dict[str, inspect.Type]:
    found = inspect.type_info(MunicipalitySettings)
    assert isinstance(found, inspect.StructType), "the settings are a struct"
    return {field.name: field.type for field in found.fields}
