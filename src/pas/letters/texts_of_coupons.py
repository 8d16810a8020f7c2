"""Our own texts of the letter with coupons, for the day that everything is down."""

from typing import Final

from pas.letters.parts import paragraph
from pas.letters.texts_of_cards import GREETING, QUESTIONS, Texts
from pas.web.languages import mark

COUPONS: Final[Texts] = {
    "onderwerp": (paragraph(mark("Uw bonnen op papier")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("De {pas} werkt nu even niet."),
            mark("Daarom krijgt u bonnen op papier."),
            mark("U betaalt ermee van {eerste_dag} tot en met {laatste_dag}."),
        ),
        paragraph(
            mark("Geef de bon aan de kassa."),
            mark("Een bon werkt één keer."),
            mark("U krijgt geen geld terug."),
            mark("Gebruik een bon zoals geld: bewaar hem goed."),
        ),
    ),
    "slot": (
        paragraph(
            mark("Heeft u de bonnen niet nodig?"),
            mark("Dan hoeft u niets te doen."),
            mark("Uw tegoed blijft gewoon staan."),
        ),
        QUESTIONS,
    ),
}
