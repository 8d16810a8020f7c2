"""What a signal says to an officer: what was seen, what it may be, what is honest, and what to do."""

from typing import Final

import msgspec

from pas.money import euros
from pas.signals.model import Kind, Signal, Verdict
from pas.web.counts import count
from pas.web.dates import moment


class Told(msgspec.Struct, frozen=True):
    """One kind in words; ``steps`` are what one can do, the lightest first."""

    title: str
    may_be: str
    honest: str
    steps: tuple[str, ...]


WORDS: Final[dict[Kind, Told]] = {
    "round_amounts": Told(
        title="Bijna alleen ronde bedragen",
        may_be="Iemand geeft misschien geld in plaats van spullen of lessen. "
        "Dan zijn bedragen vaak 20, 50 of 100 euro, en elke keer anders.",
        honest="Een club met veel soorten contributie. Of een aanbieder die alleen tientallen rekent.",
        steps=(
            "Bel de aanbieder. Vraag wat er die week is verkocht.",
            "Vraag een paar bonnetjes of inschrijvingen.",
            "Klopt het niet? Zet de kassa stil en overleg met een collega.",
        ),
    ),
    "emptied_budgets": Told(
        title="Tegoeden precies leeg gemaakt",
        may_be="De prijs was elke keer precies wat er nog op de pas stond. "
        "Een echte prijs is dat bijna nooit. Misschien is er geld gegeven.",
        honest="Een winkel die cadeaubonnen verkoopt voor wat er over is.",
        steps=(
            "Bel de aanbieder. Vraag wat er is verkocht.",
            "Vraag een paar bonnetjes.",
            "Klopt het niet? Zet de kassa stil. Boek daarna terug wat niet klopt.",
        ),
    ),
    "many_cards": Told(
        title="Veel passen achter elkaar",
        may_be="Misschien had iemand een stapel passen, of foto’s van passen. "
        "De prijs was bijna elke keer anders, dus het was geen toegang.",
        honest="Een drukke koopavond, of een ruilbeurs voor sportkleding.",
        steps=(
            "Bel de aanbieder. Vraag wat er die dag was.",
            "Was er niets? Zet de kassa stil.",
            "Boek terug wat niet klopt. De pashouders krijgen hun tegoed terug.",
        ),
    ),
    "odd_hours": Told(
        title="Verkopen in de nacht",
        may_be="Misschien gebruikt iemand de kassa buiten de club om.",
        honest="Een zaal of theater dat laat open is. Of de klok van het toestel staat verkeerd.",
        steps=(
            "Kijk of deze aanbieder ’s nachts open is.",
            "Bel de aanbieder. Vraag of de kassa er nog is.",
            "Is de kassa kwijt? Zet hem stil.",
        ),
    ),
    "voids": Told(
        title="Vaak ongedaan gemaakt",
        may_be="Door te verkopen en terug te draaien kan iemand zien wat er op een pas staat.",
        honest="Een nieuwe vrijwilliger die zich vaak vergist. Of een activiteit die niet doorging.",
        steps=(
            "Bel de aanbieder. Vraag of er hulp nodig is bij de kassa.",
            "Kijk of het daarna minder wordt.",
        ),
    ),
    "two_places": Told(
        title="Eén pas op twee plekken",
        may_be="Misschien is de pas nagemaakt, of heeft iemand anders een foto ervan.",
        honest="Twee ouders met dezelfde pas: één op papier en één op de telefoon.",
        steps=(
            "Kijk of het vaker gebeurt. Eén keer is meestal een gezin.",
            "Bel de pashouder. Vraag of de pas nog in huis is.",
            "Is de pas weg? Blokkeer hem en geef een nieuwe. Het tegoed blijft staan.",
        ),
    ),
}
VERDICTS: Final[dict[Verdict, tuple[str, str, str]]] = {
    "nothing": (
        "Niets aan de hand",
        "Het klopt. U ziet dit bij deze aanbieder een tijd niet meer, tenzij het veel erger wordt.",
        "ok",
    ),
    "handled": ("Afgehandeld", "Er was iets, en u hebt er iets aan gedaan.", "info"),
}
HEAVY, MIDDLE = 60, 40


def seen(one: Signal) -> str:
    """The numbers in a sentence or two."""
    many, whole, different = count(one.counted), count(one.out_of), count(one.different)
    match one.kind:
        case "round_amounts":
            return (
                f"{many} van {whole} verkopen waren een rond bedrag, in {different} verschillende "
                f"tientallen. Samen {euros(one.cents)}."
            )
        case "emptied_budgets":
            return (
                f"{many} van {whole} verkopen namen precies alles wat er nog op het tegoed stond. "
                f"Samen {euros(one.cents)}."
            )
        case "many_cards":
            return f"{different} passen in {minutes(one)} op één kassa, bijna elk voor een andere prijs."
        case "odd_hours":
            nights = "één nacht" if one.different == 1 else f"{different} nachten"
            return f"{many} van {whole} verkopen waren in de nacht, in {nights}. De eerste was op {moment(one.first_at)}."
        case "voids":
            return f"{many} van {whole} verkopen zijn ongedaan gemaakt, op {different} dagen."
        case "two_places":
            if one.different > 1:
                return f"Dezelfde pas betaalde {different} keer bijna tegelijk op twee plekken."
            return f"Dezelfde pas betaalde binnen {minutes(one)} op twee plekken."


def minutes(one: Signal) -> str:
    whole = max(1, -int((one.first_at - one.last_at).total_seconds() // 60))
    return "1 minuut" if whole == 1 else f"{whole} minuten"


def urgency(weight: int) -> tuple[str, str]:
    """How soon to look, and in which colour."""
    if weight >= HEAVY:
        return "eerst bekijken", "error"
    if weight >= MIDDLE:
        return "bekijken", "warning"
    return "als u tijd hebt", "info"
