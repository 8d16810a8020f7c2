"""Why a till cannot take a pass now: till, merchant, card, pass and sale.

Each sentence is written for a volunteer behind a bar with a queue in front of it: what to do now,
at most twelve words, no blame, nothing about income or another budget. ``TILL_REFUSALS`` lists all.
"""

from typing import Final

from pas.auth.till_signature import TillUnknown
from pas.errors import TillRefusal
from pas.passes.codes import (
    CardForeign,
    CardNumberMistyped,
    CardUnknown,
    CardUnreadable,
    PhoneCodeNotAccepted,
)
from pas.passes.phone_codes import (
    PhoneCodeExpired,
    PhoneCodeForged,
    PhoneCodeUsed,
    PhoneRemoved,
    TillTicketExpired,
)
from pas.redemptions import amount_refusals as amounts
from pas.redemptions.offline import refusals as offline


class TillPaused(TillRefusal):
    """Deze kassa staat even stil."""

    cashier = "Deze kassa staat even stil. Bel de gemeente."
    holder = "Het ligt niet aan uw pas. Deze kassa staat even stil."
    next_step = "Uw beheerder of de gemeente zet de kassa weer aan."
    status = 403
    sticky = False


class TillRevoked(TillRefusal):
    """Deze kassa is uitgezet."""

    cashier = "Deze kassa is uitgezet. Gebruik een andere kassa."
    holder = "Het ligt niet aan uw pas. Deze kassa is uitgezet."
    next_step = "Vraag uw beheerder om een nieuwe kassa te koppelen."
    status = 403
    sticky = False


class TillNotAllowed(TillRefusal):
    """Deze kassa mag dit niet."""

    cashier = "Deze kassa mag dit niet. Vraag uw beheerder om hulp."
    holder = "Het ligt niet aan uw pas. Hier kan dit niet."
    next_step = "Uw beheerder kan deze kassa rechten geven."
    status = 403
    sticky = False


class PayeeMissing(TillRefusal):
    """Er is nog geen club of winkel gekozen."""

    cashier = "Kies eerst de club of winkel die het geld krijgt."
    holder = "De kassa kiest eerst de club of winkel."
    next_step = "Kies de club of winkel. Scan daarna de pas."
    sticky = False


class MerchantNotApproved(TillRefusal):
    """Deze organisatie is nog niet goedgekeurd."""

    cashier = "Uw organisatie is nog niet goedgekeurd. Neem nog geen pas aan."
    holder = "Hier kunt u nog niet met de pas betalen."
    next_step = "Bel de gemeente en vraag wanneer het kan."
    status = 403


class MerchantSuspended(TillRefusal):
    """Deze organisatie neemt nu geen pas aan."""

    cashier = "Neem nu geen pas aan. Bel de gemeente."
    holder = "Het ligt niet aan uw pas. Hier kan het nu niet."
    next_step = "De gemeente vertelt wanneer het weer kan."
    status = 403


class CategoryNotAgreed(TillRefusal):
    """Dit doel is hier niet afgesproken."""

    cashier = "Dit doel is niet met u afgesproken. Kies een ander doel."
    holder = "Voor dit doel kunt u hier niet met de pas betalen."
    next_step = "Klopt dat niet? Bel de gemeente over uw afspraken."
    status = 409


class CardNotActivated(TillRefusal):
    """Deze pas staat nog niet aan."""

    cashier = "Deze pas staat nog niet aan. Laat de pashouder bellen en scan opnieuw."
    holder = "Bel de gemeente. Die zet uw pas meteen aan."
    next_step = "Het nummer staat onderaan. Zelf aanzetten kan met de code uit de brief."
    status = 409


class CardNotConfirmed(TillRefusal):
    """Dit bedrag kan nog niet met deze pas."""

    cashier = "Zo veel kan nog niet met deze pas. Neem minder, of bel."
    holder = "Uw pas is nieuw. Bel de gemeente, dan kan het meteen."
    next_step = "Het nummer staat onderaan. Of log een keer in met uw kaart."
    status = 409


class CardBlocked(TillRefusal):
    """Deze pas is geblokkeerd."""

    cashier = "Deze pas is geblokkeerd. Vraag naar een andere pas."
    holder = "Deze pas is geblokkeerd. Bel de gemeente voor een nieuwe."
    next_step = "De gemeente geeft een nieuwe pas. Het tegoed blijft staan."
    status = 409


class CardReplaced(TillRefusal):
    """Er is een nieuwere pas."""

    cashier = "Er is een nieuwere pas. Vraag daar naar."
    holder = "U heeft een nieuwe pas. Gebruik die."
    next_step = "Geen nieuwe pas gekregen? De pashouder kan de gemeente bellen."
    status = 409


class CardExpired(TillRefusal):
    """Deze pas is van een vorig jaar."""

    cashier = "Deze pas is van vorig jaar. Vraag naar de nieuwe."
    holder = "Deze pas is van vorig jaar. Gebruik uw nieuwe pas."
    next_step = "Geen nieuwe pas? De pashouder kan de gemeente bellen."
    status = 409


class TemporaryCardExpired(TillRefusal):
    """Deze tijdelijke pas werkt niet meer."""

    cashier = "Deze tijdelijke pas werkt niet meer. Vraag naar de gewone pas."
    holder = "Uw tijdelijke pas werkt niet meer. Gebruik uw gewone pas."
    next_step = "Geen andere pas? De pashouder kan de gemeente bellen."
    status = 409


class PassNotYetValid(TillRefusal):
    """Deze pas werkt nog niet."""

    cashier = "Deze pas werkt nog niet. Vraag naar de pas van nu."
    holder = "Deze pas is voor later. Gebruik nu uw andere pas."
    next_step = "In de brief staat vanaf welke dag de pas werkt."
    status = 409


class PassEnded(TillRefusal):
    """Deze pas werkt niet meer."""

    cashier = "Deze pas werkt niet meer. Vraag naar een andere pas."
    holder = "Deze pas werkt niet meer. Bel de gemeente bij vragen."
    next_step = "De gemeente vertelt wat er nu wel kan."
    status = 409


class PassNotInHousehold(TillRefusal):
    """Deze twee passen horen niet bij elkaar."""

    cashier = "Deze passen horen niet bij elkaar. Scan de andere pas zelf."
    holder = "Laat de pas zien van wie hier meedoet."
    next_step = "Scan voor ieder kind de eigen pas."
    status = 409


class TillLimitReached(TillRefusal):
    """Deze kassa doet te veel betalingen."""

    cashier = "Het gaat te snel voor deze kassa. Wacht vijf minuten."
    holder = "Het ligt niet aan uw pas. Wacht even."
    next_step = "Blijft het zo? Bel de gemeente."
    status = 429
    sticky = False


class MerchantLimitReached(TillRefusal):
    """Hier zijn nu te veel betalingen."""

    cashier = "Er zijn nu te veel betalingen. Wacht vijf minuten."
    holder = "Het ligt niet aan uw pas. Wacht even."
    next_step = "Blijft het zo? Bel de gemeente."
    status = 429
    sticky = False


class CardLimitReached(TillRefusal):
    """Deze pas is vandaag al vaak gebruikt."""

    cashier = "De pas is vandaag al vaak gebruikt. Morgen kan het weer."
    holder = "U kunt vandaag niet meer met deze pas betalen."
    next_step = "Moet het vandaag? Bel de gemeente."
    status = 429


class SaleIdReused(TillRefusal):
    """Dit nummer hoort bij een andere verkoop."""

    cashier = "Dit nummer is van een andere verkoop. Begin een nieuwe verkoop."
    holder = "De kassa begint opnieuw. U betaalt niet dubbel."
    next_step = "Kijk in de lijst van vandaag wat er al is betaald."
    status = 409
    sticky = False


class Busy(TillRefusal):
    """Het is even druk."""

    cashier = "Het is even druk. Probeer het zo nog een keer."
    holder = "Het is even druk. Er is nog niets betaald."
    next_step = "Probeer dezelfde verkoop opnieuw. Niemand betaalt dan dubbel."
    status = 503
    sticky = False


GUESSES: Final = frozenset({CardUnknown, PhoneCodeForged})
"""What counts against the till that tries it: so many in ten minutes, and it stands still."""

TILL_REFUSALS: Final[tuple[type[TillRefusal], ...]] = (
    CardUnreadable,
    CardNumberMistyped,
    PhoneCodeNotAccepted,
    PhoneCodeForged,
    PhoneCodeExpired,
    PhoneCodeUsed,
    PhoneRemoved,
    TillTicketExpired,
    TillUnknown,
    TillPaused,
    TillRevoked,
    TillNotAllowed,
    PayeeMissing,
    MerchantNotApproved,
    MerchantSuspended,
    CategoryNotAgreed,
    CardUnknown,
    CardForeign,
    CardNotActivated,
    CardNotConfirmed,
    CardBlocked,
    CardReplaced,
    CardExpired,
    TemporaryCardExpired,
    PassNotYetValid,
    PassEnded,
    PassNotInHousehold,
    amounts.AmountOrVisitsMissing,
    amounts.AmountNotPositive,
    amounts.AmountTooLarge,
    TillLimitReached,
    MerchantLimitReached,
    CardLimitReached,
    SaleIdReused,
    Busy,
    amounts.NoBudget,
    amounts.BudgetEmpty,
    amounts.VisitTooDear,
    amounts.BudgetNotYetUsable,
    amounts.BudgetPeriodEnded,
    amounts.AlreadyUsedThisYear,
    amounts.ConditionNotConfirmed,
    amounts.ConditionNotMet,
    amounts.VisitsNotAmount,
    amounts.AmountNotVisits,
    amounts.VisitPriceNotAgreed,
    amounts.RedemptionUnknown,
    amounts.VoidTooLate,
    amounts.VoidAtOtherTill,
    amounts.AlreadyReversed,
    amounts.PartlyReversed,
    amounts.RefundAboveRemainder,
    amounts.RefundInVisits,
    amounts.RefundInEuros,
    amounts.RefundAtOtherMerchant,
    offline.OfflineNotAllowed,
    offline.OfflineQueueDiverged,
    offline.OfflineItemUnreadable,
    offline.OfflineSignatureWrong,
    offline.OfflineNumberTaken,
    offline.OfflineAlreadyBooked,
    offline.OfflineTakenOver,
    offline.OfflineReplacedTwice,
    offline.OfflinePermitUnknown,
    offline.OfflinePermitEnded,
    offline.OfflineSaleTooLarge,
    offline.OfflinePassDayReached,
    offline.OfflineTotalReached,
    offline.OfflineTooLate,
    offline.OfflineRiskReached,
    offline.OfflineNumbersStopped,
)
