"""What a signal says to an officer: what was seen, what it may be, what is honest, and what to do."""

from collections.abc import Callable
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
    "broken_chain": Told(
        title="Verkopen zonder internet sluiten niet aan",
        may_be="Een kassa nummert wat hij zonder internet verkoopt. Hier mist een nummer, of een "
        "nummer kwam twee keer. Misschien heeft iemand de lijst in het toestel veranderd.",
        honest="Een telefoon die is gewist, of is teruggezet naar een oude stand.",
        steps=(
            "Bel de aanbieder. Vraag wat er met het toestel is gebeurd.",
            "Is het toestel gewist? Laat het opnieuw koppelen.",
            "Kwam een nummer twee keer, en weet niemand hoe? Zet de kassa stil.",
        ),
    ),
    "borne_by_municipality": Told(
        title="De gemeente betaalde mee",
        may_be="Zonder internet ziet een kassa niet wat er op een pas staat. Wat de pas niet kon "
        "betalen, betaalde de gemeente. Misschien gebruikt iemand dat met opzet.",
        honest="Een dag zonder bereik, en tegoeden die net ergens anders op gingen.",
        steps=(
            "Kijk of het steeds dezelfde kassa is.",
            "Bel de aanbieder. Vraag of de kassa vaker internet kan krijgen.",
            "Blijft het zo? Laat deze aanbieder niet meer zonder internet verkopen.",
        ),
    ),
    "declined_offline": Told(
        title="Verkopen zonder internet die niemand betaalt",
        may_be="Ze kwamen te laat, waren te hoog, of waren met een pas die niet meer mag. "
        "De aanbieder krijgt ze niet betaald.",
        honest="Een vrijwilliger die niet wist wat de kassa zonder internet mag.",
        steps=(
            "Bel de aanbieder. Leg uit waarom dit niet is betaald.",
            "Kijk samen of de kassa elke dag even internet krijgt.",
        ),
    ),
}
VERDICTS: Final[dict[Verdict, tuple[str, str, str]]] = {
    "nothing": (
        "Niets aan de hand",
        "Het klopt. U ziet dit bij deze aanbieder een tijd niet meer, tenzij het veel erger wordt.",
        "ok",
    ),
    "handled": ("Afgehandeld", "Er was iets, en u heeft er iets aan gedaan.", "info"),
}
HEAVY, MIDDLE = 60, 40


def seen(one: Signal) -> str:
    """The numbers in a sentence or two."""
    return SEEN[one.kind](one)


def round_seen(one: Signal) -> str:
    return (
        f"{of_sales(one)} waren een rond bedrag, in {count(one.different)} verschillende tientallen. "
        f"Samen {euros(one.cents)}."
    )


def emptied_seen(one: Signal) -> str:
    return (
        f"{of_sales(one)} namen precies alles wat er nog op het tegoed stond. "
        f"Samen {euros(one.cents)}."
    )


def cards_seen(one: Signal) -> str:
    return f"{count(one.different)} passen in {minutes(one)} op één kassa, bijna elk voor een andere prijs."


def night_seen(one: Signal) -> str:
    nights = "één nacht" if one.different == 1 else f"{count(one.different)} nachten"
    return (
        f"{of_sales(one)} waren in de nacht, in {nights}. De eerste was op {moment(one.first_at)}."
    )


def voids_seen(one: Signal) -> str:
    return f"{of_sales(one)} zijn ongedaan gemaakt, op {count(one.different)} dagen."


def places_seen(one: Signal) -> str:
    if one.different > 1:
        return f"Dezelfde pas betaalde {count(one.different)} keer bijna tegelijk op twee plekken."
    return f"Dezelfde pas betaalde binnen {minutes(one)} op twee plekken."


def borne_seen(one: Signal) -> str:
    return (
        f"Bij {of_sales(one)} zonder internet betaalde de gemeente mee. Samen {euros(one.cents)}."
    )


def declined_seen(one: Signal) -> str:
    return f"{of_sales(one)} zonder internet zijn niet betaald. Samen {euros(one.cents)}."


def chain_seen(one: Signal) -> str:
    """Numbers that came twice or were not signed, and numbers that never came."""
    holes = one.counted - one.different
    told = list[str]()
    if one.different:
        times = (
            "Eén verkoop past" if one.different == 1 else f"{count(one.different)} verkopen passen"
        )
        told.append(f"{times} niet in de rij van deze kassa.")
    if holes:
        times = "Op één plek ontbreekt" if holes == 1 else f"Op {count(holes)} plekken ontbreekt"
        told.append(f"{times} een nummer.")
    told.append(f"De kassa verkocht die week {count(one.out_of)} keer zonder internet.")
    return " ".join(told)


SEEN: Final[dict[Kind, Callable[[Signal], str]]] = {
    "round_amounts": round_seen,
    "emptied_budgets": emptied_seen,
    "many_cards": cards_seen,
    "odd_hours": night_seen,
    "voids": voids_seen,
    "two_places": places_seen,
    "broken_chain": chain_seen,
    "borne_by_municipality": borne_seen,
    "declined_offline": declined_seen,
}


def of_sales(one: Signal) -> str:
    """``38 van 40 verkopen``."""
    return f"{count(one.counted)} van {count(one.out_of)} verkopen"


def minutes(one: Signal) -> str:
    whole = max(1, -int((one.first_at - one.last_at).total_seconds() // 60))
    return "1 minuut" if whole == 1 else f"{whole} minuten"


def urgency(weight: int) -> tuple[str, str]:
    """How soon to look, and in which colour."""
    if weight >= HEAVY:
        return "eerst bekijken", "error"
    if weight >= MIDDLE:
        return "bekijken", "warning"
    return "als u tijd heeft", "info"
