"""What choices, ways and states are called, for holders in their language and for officers in Dutch."""

from collections.abc import Mapping
from typing import Final

from pas.messages.model import AfterSpending, BeforeLapse, Channel, MessageState, Reason
from pas.web.languages import mark

AFTER_SPENDING: Final[Mapping[AfterSpending, str]] = {
    "none": mark("Geen bericht"),
    "email": mark("Een e-mail"),
    "text": mark("Een sms"),
}
BEFORE_LAPSE: Final[Mapping[BeforeLapse, str]] = {
    "post": mark("Een brief"),
    "email": mark("Een e-mail"),
    "text": mark("Een sms"),
    "none": mark("Geen bericht"),
}
ADDRESSES: Final[Mapping[Channel, str]] = {
    "email": mark("Uw e-mailadres"),
    "text": mark("Uw mobiele nummer"),
}
CHANNELS: Final[Mapping[Channel, str]] = {"email": mark("E-mail"), "text": mark("Sms")}
REASONS: Final[Mapping[Reason, str]] = {
    "spending": mark("Er is betaald"),
    "given-back": mark("Er kwam iets terug"),
    "lapse": mark("Tegoed vervalt bijna"),
    "code": mark("Een code"),
}
STATES: Final[Mapping[MessageState, str]] = {
    "waiting": mark("Onderweg"),
    "arrived": mark("Verstuurd"),
    "given_up": mark("Niet aangekomen"),
    "withdrawn": mark("Niet verstuurd"),
    "kept": mark("Niet verstuurd"),
}
PROBLEMS: Final[Mapping[str, str]] = {
    "no-connection": "Wij kregen geen verbinding.",
    "certificate-wrong": "De server kon niet tonen wie hij is.",
    "not-signed-in": "De server kent ons niet.",
    "too-slow": "De server was te langzaam.",
    "not-accepted": "De server nam het bericht niet aan.",
    "address-refused": "Dit adres bestaat niet.",
    "address-not-public": "De server staat niet op internet.",
    "name-not-found": "De server is niet te vinden.",
    "redirected": "De server stuurde ons door.",
    "answer-unreadable": "Het antwoord van de server klopt niet.",
    "not-set-up": "Deze manier staat nog niet klaar.",
    "unreadable": "De sleutel van dit bericht is weg.",
}
"""For officers; whoever gets messages reads only that it did not arrive."""
