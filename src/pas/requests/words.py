"""What requests, their steps and answers are called, for whoever asked and for the municipality."""

from collections.abc import Mapping
from typing import Final

from pas.requests.model import Channel, Field, Kind, Outcome, State
from pas.web.languages import mark

KINDS: Final[Mapping[Kind, str]] = {
    "objection": mark("Bezwaar maken"),
    "complaint": mark("Een klacht"),
    "correction": mark("Iets verbeteren"),
    "erasure": mark("Gegevens wissen"),
}
ABOUT: Final[Mapping[Kind, str]] = {
    "objection": mark("U bent het niet eens met een beslissing."),
    "complaint": mark("U bent niet goed geholpen."),
    "correction": mark("Iets over u klopt niet."),
    "erasure": mark("U wilt dat wij iets over u weghalen."),
}
QUESTIONS: Final[Mapping[Kind, str]] = {
    "objection": mark("Waarom bent u het niet eens met de beslissing?"),
    "complaint": mark("Wat is er gebeurd?"),
    "correction": mark("Wat moet het zijn?"),
    "erasure": mark("Wat moeten wij weghalen, en waarom?"),
}
MISSING: Final[Mapping[Kind, str]] = {
    "objection": mark("Schrijf op waarom u het niet eens bent."),
    "complaint": mark("Schrijf op wat er is gebeurd."),
    "correction": mark("Schrijf op wat het moet zijn."),
    "erasure": mark("Schrijf op wat wij moeten weghalen."),
}
FIELDS: Final[Mapping[Field, str]] = {
    "name": mark("De naam"),
    "address": mark("Het adres"),
    "birth_date": mark("De geboortedatum"),
    "household": mark("Wie er in huis wonen"),
    "income": mark("Het inkomen"),
    "school": mark("De school"),
    "managing_adult": mark("Wie de pas beheert"),
    "other": mark("Iets anders"),
}
STATES: Final[Mapping[State, tuple[str, str]]] = {
    "received": (mark("Binnen"), "info"),
    "taken_up": (mark("Wij zijn ermee bezig"), "info"),
    "asked": (mark("Wij vroegen u iets"), "warning"),
    "replied": (mark("Wij lezen uw antwoord"), "info"),
    "extended": (mark("Wij zijn ermee bezig"), "info"),
    "answered": (mark("Klaar: lees ons antwoord"), "ok"),
    "withdrawn": (mark("Gestopt"), "info"),
}
STEPS: Final[Mapping[State, str]] = {
    "received": mark("Binnengekomen"),
    "taken_up": mark("Iemand is ermee begonnen"),
    "asked": mark("Onze vraag aan u"),
    "replied": mark("Uw antwoord"),
    "extended": mark("Wij nemen meer tijd"),
    "answered": mark("Ons antwoord"),
    "withdrawn": mark("Gestopt"),
}
OUTCOMES: Final[Mapping[Outcome, str]] = {
    "upheld": mark("U heeft gelijk."),
    "partly": mark("U heeft voor een deel gelijk."),
    "rejected": mark("Wij zijn het niet met u eens."),
    "inadmissible": mark("Wij kunnen dit bezwaar niet behandelen."),
}
FURTHER: Final[Mapping[Kind, str]] = {
    "objection": mark(
        "U kunt binnen zes weken naar de rechtbank. Bel ons als u daar vragen over heeft."
    ),
    "complaint": mark("U kunt naar de ombudsman. Bel ons als u daar vragen over heeft."),
    "correction": mark(
        "U kunt naar de Autoriteit Persoonsgegevens. Bel ons als u daar vragen over heeft."
    ),
    "erasure": mark(
        "U kunt naar de Autoriteit Persoonsgegevens. Bel ons als u daar vragen over heeft."
    ),
}
"""Where somebody goes who does not agree with the answer (Awb 8:1 and 9:23, AVG 77)."""
CHANNELS: Final[Mapping[Channel, str]] = {
    "page": mark("op deze website"),
    "counter": mark("aan de balie"),
    "telephone": mark("door de telefoon"),
    "letter": mark("met een brief"),
}
OF_OFFICERS: Final[Mapping[State, tuple[str, str]]] = {
    "received": ("Nieuw", "warning"),
    "taken_up": ("In behandeling", "warning"),
    "asked": ("Wacht op de inwoner", "info"),
    "replied": ("De inwoner antwoordde", "warning"),
    "extended": ("In behandeling, termijn verlengd", "warning"),
    "answered": ("Beantwoord", "ok"),
    "withdrawn": ("Ingetrokken", "info"),
}
"""The same, for who has to answer."""
TYPED: Final[Mapping[str, Channel]] = {
    "counter": "counter",
    "telephone": "telephone",
    "letter": "letter",
}
"""How it came in when an officer types it."""
ANSWERS: Final[Mapping[str, Outcome]] = {
    "upheld": "upheld",
    "partly": "partly",
    "rejected": "rejected",
    "inadmissible": "inadmissible",
}
