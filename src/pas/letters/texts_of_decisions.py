"""Our own text of the decision as a letter; what was decided is said as on the holder's page."""

from typing import Final

from pas.letters.parts import bullets, heading, paragraph
from pas.letters.texts_of_cards import GREETING, QUESTIONS, Texts
from pas.web.languages import mark

DECISION: Final[Texts] = {
    "onderwerp": (paragraph(mark("Ons besluit over de {pas} van {persoon}")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("Wij hebben een besluit genomen over de {pas} van {persoon}."),
            mark("Het geldt voor {jaar}."),
        ),
        paragraph(mark("{besluit}")),
    ),
    "anders": (
        paragraph(
            mark("Andere regelingen zijn niet voor {persoon}."),
            mark("Wilt u weten waarom?"),
            mark("Kijk op {website}, of bel {telefoon}."),
        ),
    ),
    "bezwaar": (
        heading(mark("Niet mee eens?")),
        paragraph(mark("{bezwaar}")),
        paragraph(mark("Stuur een brief naar {gemeente}, {adres}."), mark("Zet daarin:")),
        bullets(
            (mark("uw naam en adres;"),),
            (mark("de datum van uw brief;"),),
            (mark("over welk besluit het gaat;"),),
            (mark("waarom u het er niet mee eens bent."),),
        ),
        paragraph(mark("Zet uw handtekening onder de brief.")),
    ),
    "slot": (QUESTIONS,),
}
