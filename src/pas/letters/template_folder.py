"""The texts and layouts of a municipality as files in a folder, and what is said about them there."""

from collections.abc import Iterator
from typing import Final

from pas.letters.change import Part
from pas.letters.kinds import KINDS, NAME_MEANINGS, LetterKind
from pas.letters.layout import WHOLE, layout_of_ours
from pas.letters.rules import write_text_file
from pas.letters.versions import LAYOUT, Templates
from pas.web.languages import NAMES, Language

README: Final = """\
De brieven van uw gemeente
==========================

Elke brief heeft een tekst per taal: pass_letter.nl.txt is de Nederlandse tekst van de brief met de
kaarten. Open zo'n bestand met een gewone tekstverwerker (Kladblok is goed) en bewaar het als UTF-8.

* Een regel als  == aanhef ==  begint een veld. Verander die regels niet.
* Een lege regel begint een nieuwe alinea.
* Een regel die met ## begint, is een kopje. Met - is het een lijst, met 1. een stap.
* Namen tussen accolades vullen wij in, zoals {naam}. Boven in elk bestand staat welke er zijn.
* Schrijf kort: hoogstens twaalf woorden in een zin.

Wilt u ook de opmaak veranderen? Die staat in de bestanden die op .typ eindigen, in de taal typst.
letter.typ is wat om elke brief heen staat; de andere zijn het midden van één soort brief.

Bekijk wat u veranderde:   pas letters templates UW-GEMEENTE --preview DEZE-MAP
Laat het gelden:           pas letters templates UW-GEMEENTE --import DEZE-MAP
"""


def folder_of(templates: Templates) -> dict[Part, str]:
    """Every part as it counts now, ours where the municipality has none of its own."""
    whole = templates.changed.get((WHOLE, LAYOUT)) or layout_of_ours(WHOLE)
    parts = {Part(WHOLE, LAYOUT): whole}
    for kind in KINDS.values():
        parts[Part(kind.name, LAYOUT)] = templates.layout(kind).kind
        for language in NAMES:
            parts[Part(kind.name, language)] = text_now(templates, kind, language)
    return parts


def text_now(templates: Templates, kind: LetterKind, language: Language) -> str:
    """The text as a file."""
    own = templates.changed.get((kind.name, language))
    return own or write_text_file(kind.text_of_ours(language), remarks(kind, language))


def remarks(kind: LetterKind, language: Language) -> Iterator[str]:
    yield f"{kind.title}, {NAMES[language]}. {kind.why}"
    yield "U kunt laten invullen:"
    for name in sorted(next(iter(kind.rules().values())).names):
        yield f"  {{{name}}}  {NAME_MEANINGS[name]}"
