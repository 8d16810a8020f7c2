"""What somebody types in the form of a registration, as text; and what it says when it is read.

Everything is kept as it was typed, right or wrong, cut at a length that no honest answer reaches.
"""

from collections.abc import Iterable, Mapping
from typing import Final, Literal, get_args

from pas.merchants.model import LocationDetails, PayoutDetails
from pas.merchants.values import ValueFault
from pas.registrations.model import CONDITIONS_VERSION, LONGEST_WORDS, MOST_PLACES, Said, Wanted
from pas.registrations.rules import faults_of_said, tidy_said
from pas.web.forms import Form

Part = Literal["club", "places", "purposes", "words", "contact", "account", "check"]

PARTS: Final[tuple[Part, ...]] = get_args(Part)
BY_NAME: Final[Mapping[str, Part]] = {part: part for part in PARTS}
TITLES: Final[Mapping[Part, str]] = {
    "club": "Uw club of winkel",
    "places": "Waar u bent",
    "purposes": "Waarvoor",
    "words": "Wat u biedt",
    "contact": "Wie wij bellen",
    "account": "Uw rekening",
    "check": "Nakijken",
}
LONGEST_KEPT: Final = 400
OF_A_PLACE: Final = ("place", "address", "postcode", "city")
YES: Final = "ja"


def fields_of(part: Part, typed: Mapping[str, str], codes: Iterable[str]) -> list[str]:
    """What is asked on one page."""
    match part:
        case "club":
            return ["name", "kvk_number"]
        case "places":
            return [f"{name}-{n}" for n in range(places_in(typed)) for name in OF_A_PLACE]
        case "purposes":
            return [f"purpose-{code}" for code in codes]
        case "words":
            return [f"words-{code}" for code in codes if typed.get(f"purpose-{code}")]
        case "contact":
            return ["contact_name", "contact_email", "contact_phone"]
        case "account":
            return ["iban", "holder"]
        case "check":
            return ["agrees", "answer"]


def kept(form: Form, names: Iterable[str]) -> dict[str, str]:
    """What was typed in these fields; what was emptied or unticked is kept as nothing."""
    return {name: as_kept(name, form.value(name)) for name in names}


def as_kept(name: str, text: str) -> str:
    shown = "".join(one if one.isprintable() or one in "\r\n" else " " for one in text)
    return shown[: LONGEST_WORDS if name == "answer" else LONGEST_KEPT]


def places_in(typed: Mapping[str, str]) -> int:
    """How many places there is room for in the form: one at least."""
    text = typed.get("places", "")
    many = int(text) if text.isascii() and text.isdigit() and len(text) < len("100") else 1
    return max(1, min(many, MOST_PLACES))


def with_a_place_more(typed: Mapping[str, str]) -> dict[str, str]:
    return {"places": str(min(places_in(typed) + 1, MOST_PLACES))}


def without_place(typed: Mapping[str, str], place: int) -> dict[str, str]:
    """Take a place out, and let those after it move up."""
    many = places_in(typed)
    if not (0 <= place < many) or many == 1:
        return {}
    moved = {
        f"{name}-{n}": typed.get(f"{name}-{n + 1}", "") if n + 1 < many else ""
        for n in range(place, many)
        for name in OF_A_PLACE
    }
    return {**moved, "places": str(many - 1)}


def said_in(typed: Mapping[str, str], codes: Iterable[str], *, agrees: bool) -> Said:
    """Read all that was typed; what is wrong with it is for the rules."""
    get = typed.get
    return tidy_said(
        Said(
            name=get("name", ""),
            kvk_number=get("kvk_number", ""),
            places=tuple(place_in(typed, n) for n in range(places_in(typed))),
            purposes=tuple(
                Wanted(category=code, words=get(f"words-{code}", ""))
                for code in codes
                if get(f"purpose-{code}")
            ),
            contact_name=get("contact_name", ""),
            contact_email=get("contact_email", ""),
            contact_phone=get("contact_phone", ""),
            account=PayoutDetails(iban=get("iban", ""), holder=get("holder", "")),
            conditions=CONDITIONS_VERSION if agrees else "",
        )
    )


def place_in(typed: Mapping[str, str], n: int) -> LocationDetails:
    name, address, postcode, city = (typed.get(f"{field}-{n}", "") for field in OF_A_PLACE)
    return LocationDetails(name=name, address=address, postcode=postcode, city=city)


def typed_from(said: Said) -> dict[str, str]:
    """Fill the form in again with what was said."""
    places = {
        f"{field}-{n}": value or ""
        for n, one in enumerate(said.places)
        for field, value in zip(
            OF_A_PLACE,
            ("" if one.name == said.name else one.name, one.address, one.postcode, one.city),
            strict=True,
        )
    }
    purposes = {f"purpose-{one.category}": YES for one in said.purposes}
    words = {f"words-{one.category}": one.words for one in said.purposes}
    return {
        "name": said.name,
        "kvk_number": said.kvk_number,
        "places": str(len(said.places)),
        **places,
        **purposes,
        **words,
        "contact_name": said.contact_name,
        "contact_email": said.contact_email,
        "contact_phone": said.contact_phone,
        "iban": said.account.iban,
        "holder": said.account.holder,
    }


def part_of(field: str) -> Part:
    """On which page a field is."""
    match field.partition("-")[0]:
        case "name" | "kvk_number":
            return "club"
        case "places" | "place" | "address" | "postcode" | "city":
            return "places"
        case "purposes":
            return "purposes"
        case "words":
            return "words"
        case "iban" | "holder":
            return "account"
        case "agrees" | "answer":
            return "check"
        case _:
            return "contact"


def faults_by_part(said: Said) -> dict[Part, list[ValueFault]]:
    found: dict[Part, list[ValueFault]] = {}
    for fault in faults_of_said(said):
        found.setdefault(part_of(fault.field), []).append(fault)
    return found
