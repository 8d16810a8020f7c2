"""Each setting of the municipality as people read it: what it is for, and how it is filled in."""

from typing import Final, Literal

import msgspec

Kind = Literal["text", "number", "month", "date", "lines", "euros", "iban", "choice", "yes_no"]


class Described(msgspec.Struct, frozen=True):
    """One setting as people read it; ``unit`` comes behind a number."""

    name: str
    title: str
    why: str
    kind: Kind = "text"
    unit: str = ""
    choices: tuple[tuple[str, str], ...] = ()


SETTINGS: Final = (
    Described("title", "Naam van de gemeente", "Staat boven elke pagina en brief."),
    Described("product", "Naam van de pas", "Zo heet de pas voor inwoners."),
    Described("telephone", "Telefoonnummer", "Staat op elke pagina. Mensen bellen dit nummer."),
    Described("telephoneHours", "Wanneer u opneemt", "Staat naast het telefoonnummer."),
    Described("address", "Adres", "Staat in brieven."),
    Described("areas", "Wijken", "Alleen deze wijken zijn goed. Leeg: elke wijk.", "lines"),
    Described(
        "passYearStartMonth", "Begin van het pasjaar", "Vanaf deze maand geldt een pas.", "month"
    ),
    Described(
        "schoolYearStartMonth",
        "Begin van het schooljaar",
        "Voor regelingen die per schooljaar gaan.",
        "month",
    ),
    Described(
        "oncePerChildUntil",
        "Laatste dag van wat één keer per kind is",
        "Leeg: tot het kind 18 wordt.",
        "date",
    ),
    Described(
        "voidHours",
        "Ongedaan maken aan de kassa",
        "Zo lang na een verkoop. Daarna is het terugboeken.",
        "number",
        "uur",
    ),
    Described("objectionWeeks", "Tijd voor bezwaar", "Zo lang na een besluit.", "number", "weken"),
    Described(
        "payoutCoolingDays",
        "Wachten na een nieuwe rekening",
        "Zo lang betalen wij nog niet. Dit kan hier alleen langer worden.",
        "number",
        "dagen",
    ),
    Described("payerName", "Wie betaalt", "Staat op het afschrift van elke aanbieder."),
    Described("payerIban", "Rekening van de gemeente", "Van deze rekening betalen wij.", "iban"),
    Described(
        "payoutMinimumCents",
        "Kleinste uitbetaling",
        "Wat minder is, gaat mee met de volgende keer.",
        "euros",
    ),
    Described(
        "largePayoutCents",
        "Grote uitbetaling",
        "Wat meer is, keurt alleen het hoofd financiën goed. Leeg: geen grens.",
        "euros",
    ),
    Described(
        "payoutRhythm",
        "Hoe vaak wij een uitbetaling voorstellen",
        "Een collega keurt haar altijd eerst goed.",
        "choice",
        choices=(
            ("none", "Alleen met de hand"),
            ("weekly", "Elke week"),
            ("monthly", "Elke maand"),
        ),
    ),
    Described(
        "payoutDay",
        "Op welke dag",
        "Van de week: 1 is maandag. Van de maand: de datum.",
        "number",
    ),
    Described(
        "debitNoteDays",
        "Debetnota",
        "Zo lang staat een aanbieder onder nul. Daarna mag u geld terugvragen.",
        "number",
        "dagen",
    ),
    Described(
        "professions", "Beroepen van intermediairs", "Wie voor een kind mag aanvragen.", "lines"
    ),
    Described(
        "colleaguesSeeApplications",
        "Collega’s zien elkaars aanvragen",
        "Alleen binnen één school of organisatie.",
        "yes_no",
        choices=(("true", "Ja"), ("false", "Nee")),
    ),
    Described(
        "awardReleaseDays",
        "Geld bij een club",
        "Zo lang blijft het staan voor het kind.",
        "number",
        "dagen",
    ),
    Described(
        "voucherDays",
        "Bon van het wijkteam",
        "Zo lang kan een gezin hem gebruiken.",
        "number",
        "dagen",
    ),
    Described(
        "smallCellsBelow",
        "Kleine aantallen",
        "Wat kleiner is, tonen wij niet. Zo is niemand te herkennen.",
        "number",
    ),
    Described(
        "freezeMonths",
        "Cijfers vastleggen",
        "Zo lang na een jaar leggen wij zijn cijfers vast.",
        "number",
        "maanden",
    ),
    Described(
        "signalRoundSales",
        "Ronde bedragen",
        "Vanaf zoveel in een week kijken wij of het opvalt.",
        "number",
        "verkopen",
    ),
    Described(
        "signalEmptiedBudgets",
        "Tegoeden die in één keer op gaan",
        "Vanaf zoveel in een week bij één aanbieder.",
        "number",
        "tegoeden",
    ),
    Described(
        "signalRowCards",
        "Veel passen achter elkaar",
        "Vanaf zoveel in een kwartier, elk voor een andere prijs.",
        "number",
        "passen",
    ),
    Described(
        "signalNightSales",
        "Verkopen in de nacht",
        "Vanaf zoveel in een week op één kassa.",
        "number",
        "verkopen",
    ),
    Described("signalNightFrom", "De nacht begint", "Daarna valt een verkoop op.", "number", "uur"),
    Described("signalNightUntil", "De nacht eindigt", "Daarna is het weer dag.", "number", "uur"),
    Described(
        "signalVoids",
        "Ongedaan gemaakte verkopen",
        "Vanaf zoveel in een week op één kassa.",
        "number",
        "verkopen",
    ),
    Described(
        "signalTwoPlacesMinutes",
        "Eén pas op twee plekken",
        "Als er zo weinig tijd tussen zit.",
        "number",
        "minuten",
    ),
    Described(
        "signalBorneCents",
        "Wat de gemeente betaalt zonder internet",
        "Vanaf zoveel euro in een week bij één aanbieder.",
        "euros",
    ),
    Described(
        "signalDeclinedOffline",
        "Verkopen zonder internet die wij niet betalen",
        "Vanaf zoveel in een week op één kassa.",
        "number",
        "verkopen",
    ),
    Described(
        "signalQuietWeeks",
        "Rust na ‘niets aan de hand’",
        "Zo lang ziet u hetzelfde niet terug. Tenzij het veel erger wordt.",
        "number",
        "weken",
    ),
    Described(
        "offlineSales",
        "Verkopen zonder internet",
        "Clubs en winkels kiezen dan zelf of zij het willen.",
        "yes_no",
        choices=(("true", "Mag"), ("false", "Mag niet")),
    ),
    Described(
        "offlinePerSaleCents",
        "Zonder internet: per verkoop",
        "Wat niet op de pas staat, betaalt u. Tot dit bedrag.",
        "euros",
    ),
    Described(
        "offlineRiskCents",
        "Zonder internet: wat u betaalt",
        "Van één club of winkel op één dag. De rest is voor de club of winkel.",
        "euros",
    ),
    Described(
        "offlinePerPassDayCents",
        "Zonder internet: per pas en dag",
        "Bij één club of winkel, alle kassa’s samen.",
        "euros",
    ),
    Described(
        "offlineTotalCents",
        "Zonder internet: per kassa in totaal",
        "Daarna moet de kassa eerst weer internet hebben.",
        "euros",
    ),
    Described(
        "offlineHours",
        "Zonder internet: zo lang",
        "Daarna verkoopt een kassa niet meer zonder internet.",
        "number",
        "uur",
    ),
    Described(
        "intermediariesActivate",
        "Intermediairs zetten kaarten aan",
        "Wie een kaart overhandigt, vraagt de geboortedatum en zet hem aan.",
        "yes_no",
        choices=(("true", "Mag"), ("false", "Mag niet")),
    ),
    Described(
        "cardsArriveActive",
        "Kaarten werken meteen",
        "Een kaart uit de brief werkt dan voor kleine bedragen, tot iemand hem bevestigt.",
        "yes_no",
        choices=(("true", "Ja"), ("false", "Nee, eerst aanzetten")),
    ),
    Described(
        "unconfirmedPerSaleCents",
        "Zo veel per keer, zonder bevestiging",
        "Geldt voor kaarten die meteen werken. Voor nieuwe kaarten vanaf nu.",
        "euros",
    ),
    Described(
        "ownPassAge",
        "Een kind ziet de eigen pas",
        "Vanaf deze leeftijd, met de eigen kaart. De ouder ziet mee tot 18 jaar.",
        "number",
        "jaar",
    ),
    Described(
        "lapseReminderWeeks",
        "Bericht voordat tegoed vervalt",
        "Zo lang van tevoren krijgt een pashouder het te horen.",
        "number",
        "weken",
    ),
    Described(
        "messageReplyTo",
        "Antwoord op een e-mail",
        "Op dit adres leest u wat pashouders terugschrijven. Leeg: nergens.",
    ),
    Described("printDays", "Bewaren van drukbestanden", "Daarna zijn ze weg.", "number", "dagen"),
    Described(
        "linkMonths",
        "Wie wat besteedde",
        "Zo lang na het jaar weten wij dat nog. De bedragen blijven.",
        "number",
        "maanden",
    ),
)
"""In the order of the page; who may sign in where is set on the command line alone."""
