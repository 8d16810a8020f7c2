"""What happened, in Dutch: the thing and the deed of an event's kind."""

from typing import Final

from pas.auth.setting_words import BY_NAME

THINGS: Final = {
    "agreement": "Afspraak met een aanbieder",
    "api_token": "Token van een programma",
    "application": "Aanvraag",
    "appropriation": "Geld in de begroting",
    "bank_file": "Bestand van de bank",
    "bank_item": "Boeking op het bankafschrift",
    "card": "Kaart",
    "card_run": "Ronde van kaarten",
    "category": "Bestedingsdoel",
    "child_application": "Aanvraag voor een kind",
    "choice": "Keuze van een pashouder",
    "contact": "Adres voor berichten",
    "coupon_run": "Ronde van bonnen",
    "deviation": "Afwijking",
    "epoch": "Tijdvak van de boeken",
    "helper_application": "Aanvraag van een helper",
    "income_verdict": "Oordeel over een inkomen",
    "intermediary": "Intermediair",
    "key": "Sleutel",
    "letter": "Brieven",
    "location": "Locatie van een aanbieder",
    "login": "Toegang van een collega",
    "mandate": "Machtiging",
    "managing_adult": "Wie voor een kind zorgt",
    "merchant": "Aanbieder",
    "offer": "Aanbod van een club of winkel",
    "organisation": "School of organisatie",
    "pass": "Pas",
    "payee_invoice": "Factuur van een leverancier",
    "payout_account": "Rekeningnummer van een aanbieder",
    "published_file": "Gepubliceerde cijfers",
    "reach": "Cijfers van een periode",
    "registration": "Aanmelding van een club of winkel",
    "request": "Vraag, bezwaar of klacht van een inwoner",
    "resident": "Inwoner",
    "role": "Rol van een collega",
    "scheme": "Regeling",
    "setting": "Instelling",
    "settlement": "Uitbetaling",
    "signal": "Opvallende verkopen",
    "swimming_diploma": "Zwemdiploma",
    "target_group": "Doelgroep",
    "telephone": "Telefoon van een pashouder",
    "till": "Kassa",
    "voucher": "Bon van het wijkteam",
    "webhook": "Berichten naar een programma",
}
"""By the first word of a kind; every thing that has readers stands here."""

DEEDS: Final = {
    "accepted": "aangenomen",
    "activated": "aangezet",
    "added": "toegevoegd",
    "answered": "aangevuld",
    "approved": "goedgekeurd",
    "asked": "iets gevraagd",
    "awarded": "toegekend",
    "bound": "aan een andere club gekoppeld",
    "changed": "veranderd",
    "checked": "nagevraagd bij de bank",
    "child_named": "kind gekozen",
    "closed": "gesloten",
    "club_chosen": "club gekozen",
    "code_renewed": "nieuwe code gemaakt",
    "codes_read": "code bekeken",
    "confirmed": "bevestigd",
    "corrected": "verbeterd",
    "created": "gemaakt",
    "downloaded": "alle gegevens opgehaald",
    "ended": "beëindigd",
    "removed": "weggehaald",
    "ended_by_register": "beëindigd door de basisregistratie",
    "exported": "naar de bank",
    "extended": "termijn verlengd",
    "failed": "komt steeds niet aan",
    "fetched": "opgehaald",
    "frozen": "vastgelegd",
    "given": "gegeven",
    "given_back": "teruggegeven",
    "handled": "afgehandeld",
    "imported": "ingelezen",
    "invited": "uitgenodigd",
    "issued": "gegeven",
    "judged": "bekeken",
    "made": "gemaakt",
    "moved": "verplaatst",
    "never_came": "kind kwam niet",
    "paid": "betaald",
    "paired": "gekoppeld",
    "paused": "stilgezet",
    "proposed": "voorgesteld",
    "put_back": "de standaard teruggezet",
    "received": "binnengekomen",
    "recognised": "erkend",
    "recorded": "vastgelegd",
    "refused": "afgewezen",
    "registered": "ingeschreven",
    "rejected": "afgekeurd",
    "released": "vrijgegeven",
    "reopened": "weer geopend",
    "reopening_proposed": "voorgesteld om te openen",
    "replaced": "vervangen",
    "replied": "antwoord van de inwoner",
    "requested": "aangevraagd",
    "restored_by_register": "hersteld door de basisregistratie",
    "resumed": "weer aangezet",
    "returned": "teruggekomen van de bank",
    "revoked": "uitgezet",
    "set_aside": "klaargezet",
    "started": "begonnen",
    "submitted": "ingediend",
    "suspended": "tijdelijk gestopt",
    "taken": "afgenomen",
    "taken_up": "in behandeling",
    "withdrawn": "ingetrokken",
}
"""By the second word; another one is shown as it is."""


FIELDS: Final = {
    "account": "Rekening",
    "because": "Reden",
    "email": "E-mail",
    "endedOn": "Gestopt op",
    "expiresAt": "Werkt tot",
    "holder": "Op naam van",
    "iban": "Rekeningnummer",
    "issuer": "Logt in bij",
    "merchantId": "Aanbieder",
    "name": "Naam",
    "roles": "Rollen",
    "state": "Stand",
}
"""What fields are called; another one is shown as it is."""


def field_in_words(name: str) -> str:
    """A setting by its title, another field by its Dutch name where it has one."""
    if name in BY_NAME:
        return BY_NAME[name].title
    return FIELDS.get(name, name)


def in_words(kind: str) -> str:
    thing, _, deed = kind.partition(".")
    return f"{THINGS.get(thing, thing)}: {DEEDS.get(deed, deed.replace('_', ' '))}"
