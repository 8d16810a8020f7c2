"""Our own texts of the letters about money: what lapses soon, and what a year was."""

from typing import Final

from pas.letters.parts import paragraph
from pas.letters.texts_of_cards import GREETING, QUESTIONS, Texts
from pas.web.languages import mark

REMINDER: Final[Texts] = {
    "onderwerp": (paragraph(mark("Gebruik uw tegoed op tijd")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("Op uw {pas} staat nog tegoed."),
            mark("Hieronder staat wat u nog heeft."),
            mark("U ziet ook tot wanneer u het kunt gebruiken."),
            mark("Daarna kan dat niet meer."),
        ),
    ),
    "slot": (
        paragraph(
            mark("Waar kunt u de {pas} gebruiken?"),
            mark("Kijk op {website}."),
            mark("Of bel {telefoon}."),
            mark("Wij denken graag mee."),
        ),
        paragraph(
            mark("Heeft u het tegoed niet nodig?"),
            mark("Dan hoeft u niets te doen."),
            mark("Dit heeft geen gevolgen voor volgend jaar."),
        ),
        paragraph(
            mark("Dit stond op uw pas op {stand}."),
            mark("Heeft u daarna nog iets gekocht?"),
            mark("Dan is het minder."),
        ),
    ),
}

YEAR_OVERVIEW: Final[Texts] = {
    "onderwerp": (paragraph(mark("Het jaar {jaar} van uw {pas}")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("Hier ziet u wat er in {jaar} op uw {pas} stond."),
            mark("En wat u ermee deed."),
        ),
    ),
    "slot": (
        paragraph(
            mark("Dit is de stand van {stand}."),
            mark("U hoeft niets te doen."),
            mark("Dit is geen rekening."),
        ),
        paragraph(
            mark("Klopt er iets niet?"), mark("Bel {telefoon}."), mark("Wij zoeken het uit.")
        ),
        QUESTIONS,
    ),
}
