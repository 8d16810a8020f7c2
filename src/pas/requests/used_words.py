"""Why data were used, in words that anybody understands: one sentence for every activity that is noted.

An activity without words would leave a holder with a question, so a test looks for each one.
"""

from collections.abc import Mapping
from typing import Final

from pas.residents.look_up import Purpose
from pas.web.languages import mark, said

WHY: Final[Mapping[str, str]] = {
    "redemption": mark("Iemand liet de pas zien om te betalen."),
    "void": mark("Een betaling is ongedaan gemaakt."),
    "refund": mark("Een betaling is teruggeboekt."),
    "confirmation": mark("Een club zei wat meedoen kost."),
    "grant.assessed": mark("Wij keken na welk tegoed er hoort bij deze persoon."),
    "grant.awarded": mark("Wij kenden iets toe dat is aangevraagd."),
    "income_verdict.recorded": mark("Wij legden het inkomen van het huishouden vast."),
    "decision.shown": mark("Iemand bekeek de beslissingen, om te helpen."),
    "deviation.proposed": mark("Een medewerker stelde een uitzondering voor."),
    "deviation.confirmed": mark("Een medewerker keurde een uitzondering goed."),
    "deviation.rejected": mark("Een medewerker keurde een uitzondering af."),
    "deviation.listed": mark("Een medewerker bekeek de lijst met uitzonderingen."),
    "deviation.shown": mark("Een medewerker bekeek een uitzondering."),
    "deviation.exported": mark("Een medewerker maakte een lijst van uitzonderingen."),
    "signal.found": mark("Wij keken of verkopen bij een kassa kloppen."),
    "pass.shown": mark("Iemand bekeek de pas, om te helpen."),
    "pass.listed": mark("Iemand bekeek welke passen er zijn."),
    "card.shown": mark("Iemand bekeek een kaart, om te helpen."),
    "card.listed": mark("Iemand bekeek welke kaarten er zijn."),
    "card.looked_up": mark("Iemand zocht op het nummer van een kaart, om te helpen."),
    "processing_log.shown": mark("Iemand bekeek deze lijst, om vragen te beantwoorden."),
    "resident.imported": mark("Wij lazen nieuwe gegevens in."),
    "application.received": mark("Iemand vroeg de pas aan voor het huishouden."),
    "application.withdrawn": mark("Een aanvraag van het huishouden is gestopt."),
    "application.moved": mark("Een aanvraag ging mee naar een ander huishouden."),
    "application.listed": mark("Een medewerker bekeek de lijst met aanvragen."),
    "application.named": mark("Wij zochten uit voor welk kind een aanvraag is."),
    "application.refused": mark("Wij besloten over een aanvraag."),
    "application.shown": mark("Een medewerker bekeek een aanvraag."),
    "child_application.refused": mark("Wij besloten over een aanvraag voor een kind."),
    "award.listed": mark("Een club bekeek welke kinderen komen."),
    "card.handed_over": mark("Iemand gaf een kaart, en zette hem aan."),
    "mandate.made": mark("Iemand kreeg een machtiging voor de pas."),
    "mandate.ended": mark("Een machtiging voor de pas is gestopt."),
    "letter.listed": mark("Een medewerker bekeek wie een brief krijgt."),
    "letter.made": mark("Wij maakten een brief."),
    "message.listed": mark("Een medewerker bekeek welke berichten zijn gestuurd."),
    "counter.caller_checked": mark("Een medewerker keek na wie er belde of voor de balie stond."),
    "counter.helped": mark("Een medewerker hielp, aan de balie of door de telefoon."),
    "takeover.proposed": mark("Wij lazen nieuwe gegevens in."),
    "takeover.booked": mark("Wij keken na welk tegoed er hoort bij deze persoon."),
    "request.filed": mark("Een medewerker schreef een vraag op, voor deze persoon."),
    "request.listed": mark("Een medewerker bekeek de lijst met vragen en bezwaren."),
    "request.opened": mark("Een medewerker bekeek de vragen en bezwaren van deze persoon."),
    "request.shown": mark("Een medewerker las een vraag of bezwaar."),
}
"""By activity; those of looking somebody up are made of two parts."""
LOOKED: Final[Mapping[str, str]] = {
    "searched": mark("Een medewerker zocht iemand, en zag deze naam."),
    "listed": mark("Deze naam stond op een lijst."),
    "shown": mark("Een medewerker bekeek de gegevens."),
    "decisions": mark("Een medewerker bekeek de beslissingen."),
}
PURPOSES: Final[Mapping[Purpose, str]] = {
    "application": mark("Dat was voor een aanvraag."),
    "assessment": mark("Dat was om te beslissen over tegoed."),
    "card": mark("Dat was voor een kaart."),
    "correction": mark("Dat was om iets te verbeteren."),
    "objection": mark("Dat was voor een bezwaar."),
    "question": mark("Dat was om een vraag te beantwoorden."),
}
UNTOLD: Final = mark("Bel ons als u wilt weten waarom.")
"""For what an older version noted and this one does not know; never a code."""


def why(activity: str) -> str:
    """Say why, in the language that is spoken."""
    thing, _, rest = activity.partition(".")
    what, _, purpose = rest.partition(".")
    if thing == "resident" and what in LOOKED and purpose in PURPOSES:
        return f"{said(LOOKED[what])} {said(PURPOSES[purpose])}"
    return said(WHY.get(activity, UNTOLD))
