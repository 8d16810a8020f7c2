"""The codes of banks in words: why a payment was refused or came back (ISO 20022, external status reasons)."""

from collections.abc import Mapping
from typing import Final

REASONS: Final[Mapping[str, str]] = {
    "AC01": "het rekeningnummer klopt niet",
    "AC03": "het rekeningnummer klopt niet",
    "AC04": "de rekening is opgeheven",
    "AC06": "de rekening is geblokkeerd",
    "AG01": "overmaken naar deze rekening mag niet",
    "AG02": "overmaken naar deze rekening kan niet",
    "AM04": "er staat te weinig op de rekening",
    "AM05": "deze betaling is er al",
    "BE01": "de naam hoort niet bij de rekening",
    "BE04": "het adres ontbreekt",
    "CUST": "de ontvanger wil het geld niet",
    "FOCR": "de betaling is teruggeroepen",
    "MD07": "de ontvanger is overleden",
    "MS02": "de ontvanger wil het geld niet",
    "MS03": "de bank zegt niet waarom",
    "RC01": "de bank van de ontvanger is onbekend",
    "RR01": "er ontbreken gegevens",
    "RR04": "dat moet van de wet",
}


def because_of(code: str) -> str:
    """Say in a sentence what the bank gave as its reason."""
    if not code:
        return "De bank geeft geen reden."
    said = REASONS.get(code)
    return f"De bank zegt: {code}." if said is None else f"De bank zegt: {said} ({code})."
