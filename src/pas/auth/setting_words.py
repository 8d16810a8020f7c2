"""The municipality's settings in words: what each is for, and what may be filled in.

The bounds are those of the types in ``municipality_settings``; they are read from there.
"""

from datetime import date
from typing import Final, Literal, cast

import msgspec
from msgspec import inspect

from pas.auth.municipality_settings import NAMES, MunicipalitySettings
from pas.money import Cents, comma_euros, euros, parse_euros
from pas.web.dates import MONTHS, day

Kind = Literal["text", "number", "month", "date", "lines", "euros", "iban", "choice", "yes_no"]


class Described(msgspec.Struct, frozen=True):
    """One setting as people read it; ``unit`` comes behind a number."""

    name: str
    title: str
    why: str
    kind: Kind = "text"
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


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
    Described("payerName", "Wie betaalt", "Staat op het afschrift van elke aanbieder."),
    Described("payerIban", "Rekening van de gemeente", "Van deze rekening betalen wij.", "iban"),
    Described(
        "payoutMinimumCents",
        "Kleinste uitbetaling",
        "Wat minder is, gaat mee met de volgende keer.",
        "euros",
    ),
    Described(
        "payoutRhythm",
        "Hoe vaak wij een uitbetaling voorstellen",
        "Een collega keurt haar altijd eerst goed.",
        "choice",
        choices=(
            ("none", "Alleen met de hand"),
            ("weekly", "Elke week"),
            ("monthly", "Elke maand"),
        ),
    ),
    Described(
        "payoutDay",
        "Op welke dag",
        "Van de week: 1 is maandag. Van de maand: de datum.",
        "number",
    ),
    Described(
        "professions", "Beroepen van intermediairs", "Wie voor een kind mag aanvragen.", "lines"
    ),
    Described(
        "colleaguesSeeApplications",
        "Collega’s zien elkaars aanvragen",
        "Alleen binnen één school of organisatie.",
        "yes_no",
        choices=(("true", "Ja"), ("false", "Nee")),
    ),
    Described(
        "awardReleaseDays",
        "Geld bij een club",
        "Zo lang blijft het staan voor het kind.",
        "number",
        "dagen",
    ),
    Described(
        "voucherDays",
        "Bon van het wijkteam",
        "Zo lang kan een gezin hem gebruiken.",
        "number",
        "dagen",
    ),
    Described(
        "smallCellsBelow",
        "Kleine aantallen",
        "Wat kleiner is, tonen wij niet. Zo is niemand te herkennen.",
        "number",
    ),
    Described(
        "freezeMonths",
        "Cijfers vastleggen",
        "Zo lang na een jaar leggen wij zijn cijfers vast.",
        "number",
        "maanden",
    ),
    Described(
        "signalRoundSales",
        "Ronde bedragen",
        "Vanaf zoveel in een week kijken wij of het opvalt.",
        "number",
        "verkopen",
    ),
    Described(
        "signalEmptiedBudgets",
        "Tegoeden die in één keer op gaan",
        "Vanaf zoveel in een week bij één aanbieder.",
        "number",
        "tegoeden",
    ),
    Described(
        "signalRowCards",
        "Veel passen achter elkaar",
        "Vanaf zoveel in een kwartier, elk voor een andere prijs.",
        "number",
        "passen",
    ),
    Described(
        "signalNightSales",
        "Verkopen in de nacht",
        "Vanaf zoveel in een week op één kassa.",
        "number",
        "verkopen",
    ),
    Described("signalNightFrom", "De nacht begint", "Daarna valt een verkoop op.", "number", "uur"),
    Described("signalNightUntil", "De nacht eindigt", "Daarna is het weer dag.", "number", "uur"),
    Described(
        "signalVoids",
        "Ongedaan gemaakte verkopen",
        "Vanaf zoveel in een week op één kassa.",
        "number",
        "verkopen",
    ),
    Described(
        "signalTwoPlacesMinutes",
        "Eén pas op twee plekken",
        "Als er zo weinig tijd tussen zit.",
        "number",
        "minuten",
    ),
    Described(
        "signalQuietWeeks",
        "Rust na ‘niets aan de hand’",
        "Zo lang ziet u hetzelfde niet terug. Tenzij het veel erger wordt.",
        "number",
        "weken",
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

HINTS: Final[dict[Kind, str]] = {
    "date": "Typ de datum zo: 31-12-2030. Of laat het leeg.",
    "lines": "Zet er één op elke regel.",
    "euros": "Typ een bedrag tot en met 100.000,00.",
    "iban": "Zoals NL12 ABCD 0123 4567 89.",
}

EMPTY_IS_NONE: Final = {"payerName"}

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
    if isinstance(found, inspect.IntType) and one.kind == "number":
        return f"Van {found.ge} tot en met {found.le} {one.unit}".strip() + "."
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
            return parse_euros(text)
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


def _types() -> dict[str, inspect.Type]:
    found = inspect.type_info(MunicipalitySettings)
    assert isinstance(found, inspect.StructType), "the settings are a struct"
    return {field.name: field.type for field in found.fields}
