"""The kinds of work that can wait for somebody: who does it, what it is called, and where it is done."""

from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.auth.permissions import Permission


class Work(msgspec.Struct, frozen=True):
    """One kind of work: who does it, what it is called for one and for more, and where it is done.

    ``{merchant}`` in an address is the merchant of whoever looks; it waits for nobody else.
    """

    kind: str
    permission: Permission
    one: str
    more: str
    address: str

    def is_for(self, actor: Actor) -> bool:
        of_own = "{merchant}" in self.address
        return actor.may(self.permission) and of_own == (actor.merchant_id is not None)


WORK: Final = (
    Work(
        "books",
        Permission.LEDGER_PROVE,
        "bewijs van de boeken klopt niet",
        "bewijzen van de boeken kloppen niet",
        "ledger",
    ),
    Work(
        "applied",
        Permission.INCOME_VERDICTS_RECORD,
        "gezin vroeg een pas aan en wacht op antwoord",
        "gezinnen vroegen een pas aan en wachten op antwoord",
        "assessments/unknown",
    ),
    Work(
        "helped",
        Permission.APPLICATIONS_SUBMIT,
        "aanvraag van een helper: zoek uit om wie het gaat",
        "aanvragen van helpers: zoek uit om wie het gaat",
        "helper-applications",
    ),
    Work(
        "late-requests",
        Permission.REQUESTS_ANSWER,
        "vraag of bezwaar van een inwoner is te laat",
        "vragen en bezwaren van inwoners zijn te laat",
        "requests",
    ),
    Work(
        "requests",
        Permission.REQUESTS_ANSWER,
        "vraag of bezwaar van een inwoner wacht op antwoord",
        "vragen en bezwaren van inwoners wachten op antwoord",
        "requests",
    ),
    Work(
        "late-children",
        Permission.APPLICATIONS_DECIDE,
        "aanvraag voor een kind wacht al meer dan drie weken",
        "aanvragen voor een kind wachten al meer dan drie weken",
        "child-application-queue?overdue=true",
    ),
    Work(
        "children",
        Permission.APPLICATIONS_DECIDE,
        "aanvraag voor een kind wacht op uw besluit",
        "aanvragen voor een kind wachten op uw besluit",
        "child-application-queue",
    ),
    Work(
        "questions",
        Permission.APPLICATIONS_MAKE,
        "aanvraag van u staat stil: lees waar wij op wachten",
        "aanvragen van u staan stil: lees waar wij op wachten",
        "child-applications",
    ),
    Work(
        "vouchers",
        Permission.VOUCHERS_DECIDE,
        "bon van een collega wacht op uw oordeel",
        "bonnen van collega’s wachten op uw oordeel",
        "vouchers",
    ),
    Work(
        "awards",
        Permission.AWARDS_CONFIRM,
        "kind komt bij u: zeg of het meedoet",
        "kinderen komen bij u: zeg wie meedoet",
        "merchants/{merchant}/awards",
    ),
    Work(
        "invoices",
        Permission.PAYEE_INVOICES_CONFIRM,
        "factuur wacht op een tweede persoon",
        "facturen wachten op een tweede persoon",
        "payee-invoices",
    ),
    Work(
        "runs-to-approve",
        Permission.SETTLEMENTS_APPROVE,
        "uitbetaling wacht op uw oordeel",
        "uitbetalingen wachten op uw oordeel",
        "settlements",
    ),
    Work(
        "large-runs",
        Permission.SETTLEMENTS_APPROVE_LARGE,
        "grote uitbetaling wacht op uw oordeel",
        "grote uitbetalingen wachten op uw oordeel",
        "settlements",
    ),
    Work(
        "runs-to-export",
        Permission.SETTLEMENTS_EXPORT,
        "uitbetaling is goedgekeurd: haal het bestand voor de bank",
        "uitbetalingen zijn goedgekeurd: haal de bestanden voor de bank",
        "settlements",
    ),
    Work(
        "runs-to-book",
        Permission.SETTLEMENTS_BOOK,
        "uitbetaling is naar de bank: boek wat ervan kwam",
        "uitbetalingen zijn naar de bank: boek wat ervan kwam",
        "settlements",
    ),
    Work(
        "bank-items",
        Permission.SETTLEMENTS_BOOK,
        "boeking van de bank is niet herkend: zeg wat het is",
        "boekingen van de bank zijn niet herkend: zeg wat het is",
        "settlements/bank",
    ),
    Work(
        "bank-decisions",
        Permission.SETTLEMENTS_APPROVE,
        "boeking van de bank wacht op uw oordeel",
        "boekingen van de bank wachten op uw oordeel",
        "settlements/bank",
    ),
    Work(
        "debit-notes",
        Permission.SETTLEMENTS_APPROVE,
        "debetnota wacht op uw oordeel",
        "debetnota’s wachten op uw oordeel",
        "settlements/debit-notes",
    ),
    Work(
        "debit-notes-due",
        Permission.SETTLEMENTS_PROPOSE,
        "aanbieder staat lang onder nul: vraag het geld terug",
        "aanbieders staan lang onder nul: vraag het geld terug",
        "settlements/debit-notes",
    ),
    Work(
        "periods-to-reopen",
        Permission.PERIODS_REOPEN,
        "maand wacht op uw oordeel: mag zij weer open?",
        "maanden wachten op uw oordeel: mogen zij weer open?",
        "periods",
    ),
    Work(
        "years-to-decide",
        Permission.YEARS_DECIDE,
        "jaar wacht op uw oordeel",
        "jaren wachten op uw oordeel",
        "years",
    ),
    Work(
        "periods-to-close",
        Permission.PERIODS_CLOSE,
        "maand is voorbij en nog niet dicht",
        "maanden zijn voorbij en nog niet dicht",
        "periods",
    ),
    Work(
        "helpers-to-recognise",
        Permission.INTERMEDIARIES_RECOGNISE,
        "hulpverlener wacht tot u zegt voor wie die werkt",
        "hulpverleners wachten tot u zegt voor wie zij werken",
        "organisations",
    ),
    Work(
        "reopenings",
        Permission.PASSES_REOPEN,
        "gestopte pas: mag die weer open?",
        "gestopte passen: mogen die weer open?",
        "reopenings",
    ),
    Work(
        "takeovers",
        Permission.TAKEOVERS_APPROVE,
        "lijst van een eerdere leverancier wacht op uw oordeel",
        "lijsten van eerdere leveranciers wachten op uw oordeel",
        "takeovers",
    ),
    Work(
        "deviations",
        Permission.DEVIATIONS_CONFIRM,
        "afwijking wacht op uw oordeel",
        "afwijkingen wachten op uw oordeel",
        "deviations",
    ),
    Work(
        "registrations",
        Permission.REGISTRATIONS_JUDGE,
        "club of winkel meldde zich aan: kijk of alles klopt",
        "clubs en winkels meldden zich aan: kijk of alles klopt",
        "merchants/registrations",
    ),
    Work(
        "signals",
        Permission.SIGNALS_JUDGE,
        "opvallend patroon in de verkopen: kijk of het klopt",
        "opvallende patronen in de verkopen: kijk of ze kloppen",
        "signals",
    ),
    Work(
        "merchants",
        Permission.MERCHANTS_APPROVE,
        "club of winkel wil meedoen",
        "clubs en winkels willen meedoen",
        "merchants",
    ),
    Work(
        "accounts",
        Permission.PAYOUT_ACCOUNTS_APPROVE,
        "rekeningnummer wacht op een tweede persoon",
        "rekeningnummers wachten op een tweede persoon",
        "merchants/accounts",
    ),
    Work(
        "incomes",
        Permission.INCOME_VERDICTS_RECORD,
        "huishouden met een onbekend inkomen",
        "huishoudens met een onbekend inkomen",
        "assessments/unknown",
    ),
    Work(
        "overspent",
        Permission.APPROPRIATIONS_READ,
        "regeling komt dit jaar geld tekort",
        "regelingen komen dit jaar geld tekort",
        "appropriations",
    ),
    Work(
        "pots",
        Permission.APPROPRIATIONS_READ,
        "gesloten pot is bijna leeg",
        "gesloten potten zijn bijna leeg",
        "spending",
    ),
    Work(
        "first-till",
        Permission.TILLS_PAIR,
        "ding ontbreekt nog: maak uw eerste kassa",
        "dingen ontbreken nog: maak uw eerste kassa",
        "merchants/{merchant}/tills",
    ),
    Work(
        "own-tills",
        Permission.TILLS_PAIR,
        "kassa is nog niet gekoppeld",
        "kassa’s zijn nog niet gekoppeld",
        "merchants/{merchant}/tills",
    ),
    Work(
        "webhooks",
        Permission.WEBHOOKS_MANAGE,
        "webadres krijgt onze berichten niet meer",
        "webadressen krijgen onze berichten niet meer",
        "merchants/{merchant}/webhooks",
    ),
    Work(
        "invitations",
        Permission.LOGINS_MANAGE,
        "uitnodiging is verlopen",
        "uitnodigingen zijn verlopen",
        "logins",
    ),
    Work(
        "jobs",
        Permission.SETTINGS_READ,
        "taak van de afgelopen week is mislukt",
        "taken van de afgelopen week zijn mislukt",
        "jobs",
    ),
)
"""Most urgent first, as far as one can say so for everybody."""
