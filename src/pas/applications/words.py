"""What applications are called on pages: states, questions, reasons; short sentences, B1."""

from typing import Final

from pas.applications.asked import AgreedHow
from pas.applications.open_cases import State
from pas.applications.organisations import OrganisationKind
from pas.applications.rules import Question, RefusalCode, ToldCode

STATES: Final[dict[State, str]] = {
    "received": "Binnen. Wij kijken ernaar.",
    "with_officer": "Een medewerker kijkt ernaar.",
    "waiting_club": "De club moet nog meedoen.",
    "awarded": "Toegekend.",
    "refused": "Afgewezen.",
    "withdrawn": "Ingetrokken.",
}
NEXT_FOR_INTERMEDIARY: Final[dict[State, str]] = {
    "received": "U hoeft nu niets te doen.",
    "with_officer": "U hoeft nu niets te doen. Wij bellen als wij iets missen.",
    "waiting_club": "Wij nodigen de club uit. Vraag de club om te reageren.",
    "awarded": "Het kind kan bij de club beginnen. De club stuurt ons de rekening.",
    "refused": "Bespreek het met de ouder. Bel ons als u het er niet mee eens bent.",
    "withdrawn": "U hoeft niets meer te doen.",
}
QUESTIONS: Final[dict[Question, str]] = {
    "child-unknown": "Wij vinden het kind niet in het register.",
    "several-children": "Er passen meer kinderen bij deze gegevens.",
    "card-of-adult": "De pas is van een volwassene. Welk kind is het?",
    "own-child-perhaps": "De aanvrager heet als een huisgenoot van het kind.",
    "income-unknown": "Het inkomen van het gezin is niet bekend.",
    "school-unknown": "De school van het kind is niet bekend.",
    "club-not-approved": "De club doet nu niet mee.",
    "club-has-no-agreement": "De club heeft geen afspraak voor dit doel.",
    "amount-above-award": "Het bedrag is hoger dan de regeling geeft.",
    "pot-empty": "Het geld voor deze regeling is op.",
    "not-booked": "De regeling geldt vandaag niet meer, of het kind woont hier niet meer.",
}
REFUSALS: Final[dict[RefusalCode, str]] = {
    "scheme-not-in-force": "De regeling gold niet op de dag van de aanvraag.",
    "already-requested": "Dit is al aangevraagd.",
    "not-a-child": "De regeling is voor kinderen tot 18 jaar.",
    "too-young": "Het kind is nog te jong voor deze regeling.",
    "too-old": "Het kind is te oud voor deze regeling.",
    "other-school": "De regeling is voor een andere soort school.",
    "has-diploma": "Het kind heeft het zwemdiploma al.",
    "income-above-limit": "Het kind valt niet onder deze regeling.",
    "excluded-by-another": "Dit gaat niet samen met iets dat het kind al heeft.",
    "refused-before": "Over deze regeling is voor dit kind al anders beslist.",
    "by-officer": "Een medewerker heeft dit afgewezen.",
}
"""As the intermediary reads them: nothing about income, nor who asked before or when."""
OFFICER_REFUSALS: Final[dict[RefusalCode, str]] = {
    **REFUSALS,
    "income-above-limit": "Het inkomen is te hoog.",
}
HOW: Final[dict[AgreedHow, str]] = {
    "present": "De ouder is er nu bij",
    "telephone": "Aan de telefoon",
    "signed": "Met een handtekening op papier",
}
HOW_IT_WAS: Final[dict[AgreedHow, str]] = {
    "present": "de ouder was erbij",
    "telephone": "aan de telefoon",
    "signed": "met een handtekening op papier",
}
KINDS: Final[dict[OrganisationKind, str]] = {
    "school": "School",
    "practice": "Praktijk",
    "team": "Wijkteam",
    "other": "Andere organisatie",
}


def refusal_words(code: ToldCode | None, reason: str | None) -> str:
    """What the intermediary hears; an officer's own words go before those of the code."""
    if code is None:
        return ""
    if code == "by-officer" and reason:
        return reason
    return REFUSALS["income-above-limit" if code == "outside-scheme" else code]
