"""Our own texts of the letters with cards, and of the letter with the codes that set them going."""

from typing import Final

from pas.letters.parts import Text, bullets, heading, paragraph, steps
from pas.web.languages import mark

Texts = dict[str, Text]

GREETING: Final = (paragraph(mark("Beste {naam},")),)
QUESTIONS: Final = paragraph(
    mark("Heeft u een vraag?"), mark("Bel {telefoon}."), mark("Wij helpen u graag.")
)
LOST: Final = paragraph(
    mark("Kaart kwijt?"),
    mark("Bel dan meteen {telefoon}."),
    mark("Wij zetten de kaart uit."),
    mark("Uw tegoed blijft van u."),
)
CARD_FIRST: Final = (
    heading(mark("Zet de kaart eerst aan")),
    paragraph(
        mark("U krijgt nog een brief van ons."),
        mark("Daarin staat een code."),
        mark("Met die code zet u de kaart aan."),
    ),
)
USE: Final = (
    heading(mark("Zo gebruikt u de kaart")),
    steps(
        (mark("Laat de kaart zien bij een club, winkel of school."),),
        (mark("Zij scannen de code op de kaart."),),
        (mark("U hoort meteen hoeveel er van uw tegoed af gaat."),),
    ),
    paragraph(
        mark("Wilt u zien wat u heeft, en waar u het kunt gebruiken?"),
        mark("Kijk op {website}."),
        mark("Of bel ons."),
        mark("Een telefoon of computer is niet nodig om te betalen."),
    ),
)

PASS_LETTER: Final[Texts] = {
    "onderwerp": (paragraph(mark("Uw {pas}")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("Hier is uw {pas}."),
            mark("De kaart zit bij deze brief."),
            mark("Maak hem los en bewaar hem goed."),
        ),
        *CARD_FIRST,
        *USE,
    ),
    "tekst_gezin": (
        paragraph(
            mark("Hier zijn de kaarten van uw gezin."),
            mark("Iedereen heeft een eigen kaart."),
            mark("De naam staat erop."),
            mark("Maak de kaarten los en bewaar ze goed."),
        ),
        *CARD_FIRST,
        *USE,
    ),
    "slot": (LOST, QUESTIONS),
}

REPLACEMENT: Final[Texts] = {
    "onderwerp": (paragraph(mark("Uw nieuwe kaart")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("Hier is een nieuwe kaart voor uw {pas}."),
            mark("De oude kaart werkt niet meer."),
            mark("Knip die door en gooi hem weg."),
        ),
        paragraph(
            mark("Uw tegoed is hetzelfde gebleven."), mark("Het staat nu op de nieuwe kaart.")
        ),
        *CARD_FIRST,
    ),
    "slot": (LOST, QUESTIONS),
}

ACTIVATION_LETTER: Final[Texts] = {
    "onderwerp": (paragraph(mark("De code van uw {pas}")),),
    "aanhef": GREETING,
    "tekst": (
        paragraph(
            mark("Met de code hieronder zet u uw kaart aan."),
            mark("De kaart zit in een andere brief."),
            mark("Geef de code aan niemand."),
        ),
    ),
    "tekst_gezin": (
        paragraph(
            mark("Met de codes hieronder zet u de kaarten aan."),
            mark("Elke kaart heeft een eigen code."),
            mark("De kaarten zitten in een andere brief."),
            mark("Geef de codes aan niemand."),
        ),
    ),
    "hoe": (
        heading(mark("Zo zet u een kaart aan")),
        paragraph(mark("Kies wat u prettig vindt:")),
        bullets(
            (
                mark("Op internet: ga naar {website_aanzetten}."),
                mark("Typ het nummer van de kaart en de code."),
            ),
            (
                mark("Met de telefoon: bel {telefoon}."),
                mark("Houd de kaart en deze brief bij de hand."),
            ),
            (
                mark("Aan de balie: neem de kaart en deze brief mee."),
                mark("Neem ook een paspoort of identiteitskaart mee."),
            ),
        ),
        paragraph(mark("Daarna kunt u de kaart meteen gebruiken.")),
        heading(mark("Bewaar deze brief")),
        paragraph(
            mark("Met de kaart en de code logt u ook in."),
            mark("Zo ziet u altijd wat u nog heeft."),
        ),
    ),
    "slot": (
        paragraph(
            mark("Geen kaart gekregen?"), mark("Bel {telefoon}."), mark("Wij sturen een nieuwe.")
        ),
        QUESTIONS,
    ),
}
