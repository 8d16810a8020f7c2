"""One letter, ready to be set: the municipality's text with everything filled in, and what its kind adds."""

from collections.abc import Mapping
from datetime import date
from typing import Final

import msgspec

from pas.letters.kinds import LetterKind
from pas.letters.recipients import Person, Recipient
from pas.letters.rules import blocks, filled
from pas.web.dates import day
from pas.web.languages import left_to_right, say

NO_BREAK: Final = "\N{NO-BREAK SPACE}"


class House(msgspec.Struct, frozen=True):
    """Who sends: on every letter of a batch the same."""

    municipality: str
    product: str
    telephone: str
    telephone_hours: str
    address: str
    website: str

    def values(self) -> dict[str, str]:
        """Keep numbers and addresses in their own order, also amid text from right to left."""
        return {
            "pas": left_to_right(self.product),
            "gemeente": left_to_right(self.municipality),
            "telefoon": self.number(),
            "openingstijden": left_to_right(self.telephone_hours),
            "adres": left_to_right(self.address) if self.address else say("het gemeentehuis"),
            "website": left_to_right(self.website),
            "website_aanzetten": left_to_right(f"{self.website}/activate-card"),
        }

    def number(self) -> str:
        """Keep the number on one line."""
        return left_to_right(self.telephone.replace(" ", NO_BREAK))

    def printed(self) -> dict[str, str]:
        """What stands around a letter."""
        back = f"{self.municipality}, {self.address}" if self.address else ""
        return {"municipality": self.municipality, "product": self.product, "back": back}


class Content(msgspec.Struct, frozen=True):
    """What a kind adds: names for the texts, which text instead of another, and lists."""

    values: Mapping[str, str] = {}
    instead: Mapping[str, str] = {}
    lists: Mapping[str, object] = {}
    person: Person | None = None
    """Whom alone it is about: who gets it is then who manages this pass, and nobody else."""


LINE_OF_PAGES: Final = ("{page}", "{pages}")


def write(
    kind: LetterKind,
    recipient: Recipient,
    content: Content,
    *,
    texts: Mapping[str, str],
    house: House,
    on: date,
) -> dict[str, object]:
    """Write a letter in the language that is spoken, as the layout reads it."""
    if content.person is not None:
        recipient = Recipient((content.person,))
    names = _together(recipient.names())
    values = {**house.values(), "naam": names, **content.values}
    fields = {
        field: filled(texts[content.instead.get(field, field)], values)
        for field in kind.texts
        if field not in content.instead.values()
    }
    return {
        "language": recipient.choice().language,
        "large": recipient.choice().large,
        "address": recipient.lines(),
        "place": say("{place}, {day}", place=left_to_right(house.municipality), day=day(on)),
        "subject": fields["onderwerp"],
        "greeting": fields["aanhef"],
        "texts": {
            field: msgspec.to_builtins(blocks(text))
            for field, text in fields.items()
            if field not in {"onderwerp", "aanhef"}
        },
        "footer": _footer(house),
        "page": say("Blad {page} van {pages}", page=LINE_OF_PAGES[0], pages=LINE_OF_PAGES[1]),
        **content.lists,
    }


def _together(names: list[str]) -> str:
    return say("{one} en {other}", one=names[0], other=names[1]) if len(names) > 1 else names[0]


def _footer(house: House) -> str:
    asked = say("Vragen? Bel {telephone}.", telephone=house.number())
    return f"{asked} {left_to_right(house.telephone_hours)}" if house.telephone_hours else asked
