"""What the bank says, in words of people."""

from collections.abc import Mapping
from typing import Final

from pas.money import euros
from pas.settlements.bank.rules import Why
from pas.settlements.bank.said import ItemKind, Message, Ours
from pas.settlements.bank.show import ListedItem, OpenItem
from pas.settlements.bank.stored import StoredItem, StoredOutcome
from pas.settlements.bank.words_of_reasons import because_of
from pas.settlements.debit_notes.reference import in_groups, reference_of
from pas.settlements.rules import payment_id
from pas.web.dates import day

MESSAGES: Final[Mapping[Message, str]] = {
    "status": "Bericht over een opdracht (pain.002)",
    "statement": "Afschrift (camt.053)",
    "notification": "Melding van boekingen (camt.054)",
}
KINDS: Final[Mapping[ItemKind, str]] = {
    "debit": "Afgeschreven",
    "credit": "Bijgeschreven",
    "status": "Bericht",
}
OUTCOMES: Final[Mapping[StoredOutcome, tuple[str, str]]] = {
    "booked": ("Geboekt", "ok"),
    "confirmed": ("Klopt met wat er stond", "ok"),
    "noted": ("Gelezen", "info"),
    "open": ("Niet herkend", "warning"),
    "matched": ("Geboekt door twee mensen", "ok"),
    "dismissed": ("Hoort niet bij een uitbetaling", "info"),
}
WHY: Final[Mapping[Why, str]] = {
    "no_id": "Er staat geen kenmerk van ons bij.",
    "unknown_id": "Deze uitbetaling of betaling kennen wij niet bij de bank.",
    "other_amount": "Het bedrag is anders dan in de uitbetaling.",
    "other_count": "Het aantal betalingen is anders dan in de uitbetaling.",
    "other_currency": "Dit is niet in euro’s.",
    "other_payer": "Dit ging van een andere rekening van de gemeente.",
    "other_payee": "De rekening van de aanbieder is een andere.",
    "other_day": "Deze dag kan niet: hij ligt te vroeg of in de toekomst.",
    "has_outcome": "Van deze betaling is al geboekt hoe zij afliep.",
    "not_paid_yet": "Het geld kwam terug, maar wij zagen de betaling nog niet.",
    "not_a_return": "Er kwam geld binnen dat de bank geen terugboeking noemt.",
    "reversed_credit": "De bank draaide een bijschrijving terug.",
    "whole_file": "De bank weigerde het hele bestand. Is het twee keer gestuurd?",
    "duplicate": "De bank zegt dat deze betaling er al is. Dan is de eerste misschien betaald.",
    "above_outstanding": "Er kwam meer binnen dan er van de debetnota nog open staat.",
    "maybe_booked": "Dit bedrag van de debetnota is al geboekt, op een andere dag.",
    "unknown_status": "Dit bericht van de bank kennen wij niet.",
}


def name_of(municipality: str, target: Ours) -> str:
    """Write the id as the bank knows it, and as it stands on the page of the run."""
    part = f"F{target.file}" if target.line is None else target.line
    return payment_id(municipality, target.run, part)


def target_of(one: ListedItem | StoredItem) -> Ours | None:
    if one.run_number is None:
        return None
    return Ours(one.run_number, one.file_number, one.line_number)


def about_of(municipality: str, one: ListedItem | StoredItem) -> str:
    """Write the id of ours in an item, of a payment or of a debit note; nothing where there is none."""
    if one.note_number is not None:
        return in_groups(reference_of(one.note_number))
    target = target_of(one)
    return "" if target is None else name_of(municipality, target)


def item_cells(municipality: str, one: ListedItem) -> list[str]:
    """Say in cells of a table what the bank said, of which day, how much, of what, and what came of it."""
    return [
        f"{KINDS[one.kind]} {one.status}".strip(),
        amount_of(one),
        day(one.day),
        about_of(municipality, one) or "geen kenmerk van ons",
        OUTCOMES[one.outcome][0] if one.outcome != "open" or one.why is None else WHY[one.why],
    ]


def amount_of(one: ListedItem | StoredItem) -> str:
    if one.amount_cents is None:
        return "geen bedrag"
    said = euros(one.amount_cents)
    return said if one.currency == "EUR" else f"{said} in {one.currency}"


def facts_of_item(municipality: str, found: OpenItem) -> list[tuple[str, str]]:
    """Say all that the bank told of an item, for who has to judge it."""
    item, other = found.item, found.other
    facts = [
        ("Wat", f"{KINDS[item.kind]} {item.status}".strip()),
        ("Bedrag", amount_of(item)),
        ("Dag", day(item.day)),
        ("Kenmerk", about_of(municipality, item) or "geen van ons"),
    ]
    if item.transactions is not None:
        facts.append(("Aantal betalingen", str(item.transactions)))
    if item.kind != "debit" and (item.reason or item.is_return):
        facts.append(("Reden", because_of(item.reason)))
    if other is not None:
        said = (
            ("Naam", other.name),
            ("Rekening", ", ".join(other.ibans)),
            ("Omschrijving", other.words),
        )
        facts += [(name, words) for name, words in said if words]
    return facts
