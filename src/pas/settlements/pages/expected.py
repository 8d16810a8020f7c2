"""What a merchant may expect, in sentences: how much, when, on which account, and what is left and why."""

from collections.abc import Mapping
from typing import Final

import msgspec

from pas.merchants.pages.accounts import where_paid
from pas.merchants.show import masked
from pas.money import NO_CENTS, Cents, euros
from pas.settlements.expect import Expected
from pas.settlements.model import UnpaidReason
from pas.web.dates import day

WHY: Final[Mapping[UnpaidReason, str]] = {
    "negative": "Er ging meer terug dan er bij u is besteed. Dat gaat af van wat er hierna wordt besteed.",
    "below_minimum": "Dit is minder dan {minimum}. Het gaat mee met een volgende uitbetaling.",
    "above_maximum": "Dit is te veel voor één betaling. De gemeente belt u.",
    "no_account": "Er is nog geen rekening waarop wij kunnen betalen. Het bedrag blijft staan.",
    "other_name": "De bank zegt dat de rekening van een ander is. Bel ons.",
}


class ExpectedShown(msgspec.Struct, frozen=True):
    """In words; ``parts`` are what the amount is made of, and add up to it."""

    amount: str
    is_paid: bool
    parts: list[tuple[str, str]]
    why: str
    when: str
    where: str
    carried: str
    proposed: str


def shown(one: Expected) -> ExpectedShown:
    return ExpectedShown(
        amount=euros(one.amount_cents),
        is_paid=one.amount_cents > 0 and one.reason is None and one.books_close,
        parts=parts_of(one),
        why=why(one),
        when=when(one),
        where=" ".join(where_paid(masked(one.account), masked(one.cooling), masked(one.waiting))),
        carried=carried(one),
        proposed="" if one.proposed_cents == 0 else euros(one.proposed_cents),
    )


def parts_of(one: Expected) -> list[tuple[str, str]]:
    lines = [
        ("Bij u besteed", one.redeemed_cents),
        ("Teruggeboekt aan pashouders", Cents(-one.reversed_cents)),
        ("Teruggekomen van de bank, wij betalen het opnieuw", one.returned_cents),
    ]
    told = [(text, euros(cents)) for text, cents in lines if cents != 0]
    return [*told, ("Samen", euros(one.amount_cents))] if told else []


def why(one: Expected) -> str:
    """Why nothing is paid now, or nothing at all; empty when it is paid."""
    if not one.books_close:
        return "De gemeente kijkt eerst haar boeken na. Tot dan betaalt zij niemand."
    if one.reason == "no_account" and one.cooling is not None:
        return "Uw rekening is goedgekeurd. Voor de veiligheid betalen wij er nog niet meteen op."
    if one.reason is not None:
        return WHY[one.reason].format(minimum=euros(one.minimum_cents))
    return "" if one.amount_cents > NO_CENTS else "Er is niets bij gekomen sinds de vorige keer."


def when(one: Expected) -> str:
    if one.proposed_on is None or one.paid_from is None:
        return "De gemeente kiest zelf op welke dag zij betaalt."
    return (
        f"De gemeente maakt op {day(one.proposed_on)} een voorstel, en een tweede persoon kijkt het na. "
        f"De bank betaalt op zijn vroegst op {day(one.paid_from)}."
    )


def carried(one: Expected) -> str:
    """What the last run left of this merchant: it is in the amount of now."""
    if one.left is None:
        return ""
    because = WHY[one.left.reason].format(minimum=euros(one.minimum_cents))
    return f"In uitbetaling {one.left.run_number} bleef {euros(one.left.amount_cents)} staan. {because}"
