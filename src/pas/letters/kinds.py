"""The kinds of letters: what a municipality may write in each, and what its layout is.

A new kind is a text in the manner of ``texts_of_cards.py``, a layout in ``layouts/``, an entry here, and
somebody who gathers what is in it (``LetterContent``).
"""

from collections.abc import Mapping
from typing import Final

import msgspec

from pas.letters.parts import text_of
from pas.letters.rules import FieldRules
from pas.letters.texts_of_cards import ACTIVATION_LETTER, PASS_LETTER, REPLACEMENT, Texts
from pas.letters.texts_of_coupons import COUPONS
from pas.letters.texts_of_decisions import DECISION
from pas.letters.texts_of_money import REMINDER, YEAR_OVERVIEW
from pas.web.languages import Language, speaking

EVERYWHERE: Final = frozenset(
    {
        "naam",
        "pas",
        "gemeente",
        "telefoon",
        "openingstijden",
        "adres",
        "website",
        "website_aanzetten",
    }
)
"""Names in braces that every text may use."""
ONE_LINE: Final = frozenset({"onderwerp", "aanhef"})


class LetterKind(msgspec.Struct, frozen=True, kw_only=True):
    """One kind; ``needs`` says which names a field cannot do without."""

    name: str
    title: str
    file_name: str
    why: str
    layout: str
    texts: Texts
    names: frozenset[str] = frozenset()
    needs: Mapping[str, frozenset[str]] = {}
    most: int = 250
    """Letters in a file: what typst keeps in memory grows with its pages and its tables."""
    is_per_person: bool = False

    def rules(self) -> dict[str, FieldRules]:
        return {
            field: FieldRules(
                EVERYWHERE | self.names,
                needed=self.needs.get(field, frozenset()),
                one_line=field in ONE_LINE,
            )
            for field in self.texts
        }

    def text_of_ours(self, language: Language) -> dict[str, str]:
        with speaking(language):
            return {field: text_of(parts) for field, parts in self.texts.items()}


KINDS: Final[Mapping[str, LetterKind]] = {
    kind.name: kind
    for kind in (
        LetterKind(
            name="pass_letter",
            title="Brief met de kaarten",
            file_name="pasbrieven",
            why="Gaat naar wie nieuwe kaarten krijgt: één brief voor het hele gezin.",
            layout="cards",
            texts=PASS_LETTER,
        ),
        LetterKind(
            name="activation_letter",
            title="Brief met de codes",
            file_name="codebrieven",
            why="Gaat een paar dagen later, met de codes die de kaarten aanzetten.",
            layout="codes",
            texts=ACTIVATION_LETTER,
            needs={"hoe": frozenset({"telefoon"})},
        ),
        LetterKind(
            name="replacement",
            title="Brief met een nieuwe kaart",
            file_name="vervangbrieven",
            why="Gaat naar wie een kaart kwijt was.",
            layout="cards",
            texts=REPLACEMENT,
        ),
        LetterKind(
            name="reminder",
            title="Herinnering: tegoed dat afloopt",
            file_name="herinneringen",
            why="Gaat naar wie nog tegoed heeft dat binnenkort afloopt.",
            layout="budgets",
            texts=REMINDER,
            most=200,
            names=frozenset({"stand"}),
            needs={"slot": frozenset({"stand"})},
        ),
        LetterKind(
            name="coupons",
            title="Brief met bonnen",
            file_name="bonnen",
            why="Gaat naar iedereen met tegoed, op de dag dat niets werkt.",
            layout="coupons",
            texts=COUPONS,
            most=200,
            names=frozenset({"eerste_dag", "laatste_dag"}),
            needs={"tekst": frozenset({"laatste_dag"})},
        ),
        LetterKind(
            name="year_overview",
            title="Overzicht van een jaar",
            file_name="jaaroverzichten",
            why="Gaat naar wie in een jaar een pas had.",
            layout="budgets",
            texts=YEAR_OVERVIEW,
            most=100,
            names=frozenset({"stand", "jaar"}),
            needs={"slot": frozenset({"stand"})},
        ),
        LetterKind(
            name="decision",
            title="Besluit",
            file_name="besluiten",
            why="Gaat naar wie wij iets toekenden of weigerden, één per persoon.",
            layout="decision",
            texts=DECISION,
            most=100,
            is_per_person=True,
            names=frozenset({"persoon", "jaar", "besluit", "bezwaar"}),
            needs={"tekst": frozenset({"besluit"}), "bezwaar": frozenset({"bezwaar"})},
        ),
    )
}
FIELD_TITLES: Final[Mapping[str, str]] = {
    "onderwerp": "Onderwerp",
    "aanhef": "Aanhef",
    "tekst": "Tekst",
    "tekst_gezin": "Tekst voor een gezin",
    "hoe": "Hoe het gaat",
    "anders": "Over andere regelingen",
    "bezwaar": "Bezwaar maken",
    "slot": "Slot",
}
NAME_MEANINGS: Final[Mapping[str, str]] = {
    "naam": "voor wie de brief is",
    "pas": "hoe de pas heet",
    "gemeente": "uw gemeente",
    "telefoon": "uw telefoonnummer",
    "openingstijden": "wanneer u opneemt",
    "adres": "uw adres",
    "website": "het adres van de pas op internet",
    "persoon": "over wie de brief gaat",
    "jaar": "het jaar",
    "eerste_dag": "vanaf welke dag bonnen geldig zijn",
    "laatste_dag": "de laatste dag van bonnen",
    "stand": "de dag van de bedragen",
    "besluit": "wanneer u besloot, en na wat",
    "bezwaar": "tot wanneer bezwaar kan",
    "website_aanzetten": "waar iemand een kaart aanzet",
}
