"""Why an amount is refused, a budget cannot pay, or a payment cannot come back.

How they speak is said in ``refusals``.
"""

from pas.errors import TillRefusal


class AmountOrVisitsMissing(TillRefusal):
    """Er is geen bedrag of aantal bezoeken."""

    cashier = "Typ een bedrag of een aantal bezoeken. Niet allebei."
    holder = "De kassa typt eerst de prijs."
    next_step = "Typ het bedrag zo: 12,40."
    sticky = False


class AmountNotPositive(TillRefusal):
    """Het bedrag is nul of lager."""

    cashier = "Typ een bedrag hoger dan nul."
    holder = "De kassa typt de prijs opnieuw."
    next_step = "Iets teruggeven? Kies 'terugboeken'."
    sticky = False


class AmountTooLarge(TillRefusal):
    """Dit is te veel voor één keer."""

    cashier = "Dit is te veel voor één keer. Kijk het bedrag na."
    holder = "De kassa kijkt de prijs na."
    next_step = "Klopt het bedrag? Bel de gemeente."
    sticky = False


class NoBudget(TillRefusal):
    """Voor dit doel staat er geen tegoed op de pas."""

    cashier = "Hiervoor kan deze pas niet betalen. Vraag hoe de pashouder betaalt."
    holder = "Op uw pas staat hiervoor geen tegoed."
    next_step = "De gemeente vertelt graag waar de pas voor is."
    status = 409


class BudgetEmpty(TillRefusal):
    """Het tegoed voor dit doel is op."""

    cashier = "Het tegoed hiervoor is op. Vraag hoe de pashouder betaalt."
    holder = "Uw tegoed hiervoor is op."
    next_step = "Op internet of per telefoon ziet u wat nog kan."
    status = 409


class VisitTooDear(TillRefusal):
    """Een bezoek kost meer dan er op de pas staat."""

    cashier = "Het tegoed is te klein voor een bezoek. Vraag hoe de pashouder betaalt."
    holder = "Een bezoek kost hier meer dan er op uw pas staat."
    next_step = "Is de prijs verhoogd? Bel de gemeente."
    status = 409


class BudgetNotYetUsable(TillRefusal):
    """Dit tegoed gaat later in."""

    cashier = "Dit tegoed gaat later in. Vraag hoe de pashouder nu betaalt."
    holder = "Uw tegoed hiervoor gaat later in."
    next_step = "De datum staat in de brief over het tegoed."
    status = 409


class BudgetPeriodEnded(TillRefusal):
    """De periode van dit tegoed is voorbij."""

    cashier = "De tijd voor dit tegoed is voorbij. Vraag hoe de pashouder betaalt."
    holder = "Dit tegoed kunt u niet meer gebruiken. De periode is voorbij."
    next_step = "De gemeente vertelt welk tegoed er nu is."
    status = 409


class AlreadyUsedThisYear(TillRefusal):
    """Dit kan één keer per jaar."""

    cashier = "Dit kan één keer per jaar. Vraag hoe de pashouder nu betaalt."
    holder = "Dit kan één keer per jaar. U heeft het al gebruikt."
    next_step = "De gemeente vertelt vanaf wanneer het weer kan."
    status = 409


class ConditionNotConfirmed(TillRefusal):
    """Er is nog een voorwaarde na te gaan."""

    cashier = "Kijk eerst of de voorwaarde klopt. Kies dan 'klopt'."
    holder = "De kassa kijkt nog één ding na."
    next_step = "Klopt het niet? Kies 'klopt niet'."
    status = 409
    sticky = False


class ConditionNotMet(TillRefusal):
    """De voorwaarde van dit tegoed klopt vandaag niet."""

    cashier = "Het tegoed kan nu niet. Vertel welke voorwaarde er is."
    holder = "Dit tegoed heeft een voorwaarde. Uw tegoed blijft gewoon staan."
    next_step = "Kom terug als de voorwaarde klopt."
    status = 409


class VisitsNotAmount(TillRefusal):
    """Dit tegoed telt bezoeken."""

    cashier = "Dit tegoed telt bezoeken. Kies 'bezoek' en het aantal."
    holder = "U betaalt hier met een bezoek van uw pas."
    next_step = "Kies 'bezoek' in plaats van een bedrag."
    status = 409
    sticky = False


class AmountNotVisits(TillRefusal):
    """Dit tegoed is een bedrag."""

    cashier = "Dit tegoed is een bedrag. Typ de prijs."
    holder = "U betaalt hier met een bedrag van uw pas."
    next_step = "Kies 'bedrag' in plaats van een bezoek."
    status = 409
    sticky = False


class VisitPriceNotAgreed(TillRefusal):
    """Er is geen prijs per bezoek afgesproken."""

    cashier = "Er is geen prijs per bezoek afgesproken. Bel de gemeente."
    holder = "Hier kunt u nog niet met bezoeken betalen."
    next_step = "De gemeente spreekt een prijs met u af."
    status = 409


class RedemptionUnknown(TillRefusal):
    """Deze betaling is niet gevonden."""

    cashier = "Deze betaling is niet gevonden. Kijk in de lijst van vandaag."
    holder = "De kassa zoekt uw betaling op."
    next_step = "Staat hij er niet? Bel de gemeente."
    status = 404
    sticky = False


class VoidTooLate(TillRefusal):
    """Ongedaan maken kan niet meer."""

    cashier = "Ongedaan maken kan niet meer. Kies 'terugboeken'."
    holder = "Het geld komt terug met 'terugboeken'."
    next_step = "Kies 'terugboeken' en typ het bedrag."
    status = 409


class VoidAtOtherTill(TillRefusal):
    """Deze betaling is op een andere kassa gedaan."""

    cashier = "Dit was op een andere kassa. Maak het daar ongedaan."
    holder = "Dit kan alleen bij de andere kassa."
    next_step = "Kan dat niet? Kies 'terugboeken'."
    status = 403


class AlreadyReversed(TillRefusal):
    """Deze betaling is al teruggeboekt."""

    cashier = "Dit is al helemaal teruggeboekt. U hoeft niets te doen."
    holder = "Het geld staat al terug op uw pas."
    next_step = "Klopt dat niet? Kijk in de lijst van vandaag."
    status = 409


class PartlyReversed(TillRefusal):
    """Een deel is al teruggeboekt."""

    cashier = "Een deel is al teruggeboekt. Kies 'terugboeken' voor de rest."
    holder = "Een deel staat al terug op uw pas."
    next_step = "Kies 'terugboeken' en typ wat nog terug moet."
    status = 409


class RefundAboveRemainder(TillRefusal):
    """Dit is meer dan er nog terug kan."""

    cashier = "Dit is te veel om terug te boeken. Typ minder."
    holder = "Er kan niet meer terug dan met de pas is betaald."
    next_step = "Kijk bij de betaling hoeveel er nog terug kan."
    status = 409


class RefundInVisits(TillRefusal):
    """Hier is met bezoeken betaald."""

    cashier = "Hier is met bezoeken betaald. Kies hoeveel er terug gaan."
    holder = "Uw bezoeken komen terug op uw pas."
    next_step = "Kies een aantal bezoeken in plaats van een bedrag."
    status = 409
    sticky = False


class RefundInEuros(TillRefusal):
    """Hier is met een bedrag betaald."""

    cashier = "Hier is met een bedrag betaald. Typ wat terug gaat."
    holder = "Het geld komt terug op uw pas."
    next_step = "Typ een bedrag in plaats van een aantal bezoeken."
    status = 409
    sticky = False


class RefundAtOtherMerchant(TillRefusal):
    """Deze betaling is bij een andere organisatie gedaan."""

    cashier = "Dit is bij een andere organisatie betaald. Stuur de pashouder daarheen."
    holder = "Ga naar de club of winkel waar u betaalde."
    next_step = "Kan dat niet? De pashouder kan de gemeente bellen."
    status = 403
