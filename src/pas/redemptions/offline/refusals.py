"""Why a till may not sell without a network, and why such a sale is for the merchant itself.

A sale of the second kind was made: the holder has it, and nobody takes it back. So these speak of
money that the municipality does not pay, to a merchant that reads them afterwards.
"""

from pas.errors import TillRefusal


class OfflineNotAllowed(TillRefusal):
    """Verkopen zonder internet staat hier uit."""

    cashier = "Verkopen zonder internet staat uit. Scan weer als er internet is."
    holder = "Het ligt niet aan uw pas. De kassa heeft nu geen internet."
    next_step = "Uw beheerder kan het aanzetten bij de kassa's."
    status = 403
    sticky = False


class OfflineQueueDiverged(TillRefusal):
    """De verkopen op dit apparaat zijn andere dan bij ons."""

    cashier = "Deze kassa moet opnieuw gekoppeld worden. Vraag uw beheerder."
    holder = "Het ligt niet aan uw pas. De kassa lost iets op."
    next_step = "Zet deze kassa uit. Koppel het apparaat daarna opnieuw."
    status = 409
    sticky = False


class OfflineItemUnreadable(TillRefusal):
    """Deze verkoop konden wij niet lezen."""

    cashier = "Deze verkoop konden wij niet lezen. Wij betalen hem niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Klopt dat niet? Bel de gemeente."


class OfflineSignatureWrong(TillRefusal):
    """Deze verkoop is veranderd nadat de kassa hem tekende."""

    cashier = "Deze verkoop is later veranderd. Wij betalen hem niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Heeft niemand iets veranderd? Bel de gemeente."


class OfflineNumberTaken(TillRefusal):
    """Onder dit volgnummer is al een andere verkoop ingeleverd."""

    cashier = "Dit volgnummer is al gebruikt. Wij betalen deze verkoop niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Koppel dit apparaat opnieuw. Vraag uw beheerder om een QR-code."


class OfflineAlreadyBooked(TillRefusal):
    """Deze verkoop was al met internet betaald."""

    cashier = "Deze verkoop was al betaald. U hoeft niets te doen."
    holder = "U heeft al betaald. Er ging niets dubbel af."
    next_step = "U ziet de betaling in de lijst van vandaag."


class OfflineTakenOver(TillRefusal):
    """Deze verkoop is zonder internet gedaan."""

    cashier = "Deze verkoop is al zonder internet gedaan. Doe hem niet opnieuw."
    holder = "U heeft al betaald. Er ging niets dubbel af."
    next_step = "U ziet de verkoop in de lijst van vandaag."


class OfflineReplacedTwice(TillRefusal):
    """Deze verkoop staat twee keer in de lijst."""

    cashier = "Deze verkoop kwam twee keer. Wij betalen hem één keer."
    holder = "U heeft één keer betaald. U hoeft niets te doen."
    next_step = "Klopt dat niet? Bel de gemeente."


class OfflinePermitUnknown(TillRefusal):
    """Deze kassa had geen toestemming om zonder internet te verkopen."""

    cashier = "Hiervoor was geen toestemming. Wij betalen deze verkoop niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Uw beheerder kan verkopen zonder internet aanzetten."


class OfflinePermitEnded(TillRefusal):
    """De tijd om zonder internet te verkopen was voorbij."""

    cashier = "De tijd was voorbij. Wij betalen deze verkoop niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Geef de kassa elke dag even internet."


class OfflineSaleTooLarge(TillRefusal):
    """Dit is te veel voor één verkoop zonder internet."""

    cashier = "Dit was meer dan mag per verkoop. Wij betalen hem niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "De grens staat op de kassa."


class OfflinePassDayReached(TillRefusal):
    """Dit is te veel voor één pas op één dag."""

    cashier = "Voor deze pas was het die dag genoeg. Wij betalen niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "De grens geldt voor al uw kassa's samen."


class OfflineTooLate(TillRefusal):
    """Deze verkoop kwam meer dan dertig dagen te laat binnen."""

    cashier = "Deze verkoop kwam te laat binnen. Wij betalen hem niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Geef de kassa elke dag even internet."


class OfflineRiskReached(TillRefusal):
    """Wat de gemeente vandaag bijbetaalt, is op."""

    cashier = "De pas kon niet alles betalen. Wat de gemeente vandaag bijbetaalt, is op."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Verkoop met internet, dan ziet u meteen wat kan."


class OfflineTotalReached(TillRefusal):
    """Deze kassa verkocht te veel zonder internet."""

    cashier = "Dit was meer dan mag zonder internet. Wij betalen hem niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Geef de kassa internet zodra dat kan."


class OfflineNumbersStopped(TillRefusal):
    """Er zijn te veel onbekende pasnummers getypt."""

    cashier = "Er waren te veel onbekende nummers. Wij betalen deze verkoop niet."
    holder = "De club lost dit op. U hoeft niets te doen."
    next_step = "Scan de code op de pas. Typ alleen als het niet anders kan."
