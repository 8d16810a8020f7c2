"""Why a line of a tally list is not paid, and what to do now, for who entered it."""

from collections.abc import Mapping
from typing import Final

from pas.coupons.rules import Reason

WHY: Final[Mapping[Reason, str]] = {
    "coupon-mistyped": "De code is niet goed overgenomen. Kijk op de bon en voer hem opnieuw in.",
    "coupon-unknown": "Deze code is van geen enkele bon. Bel ons als de bon er wel is.",
    "coupon-used": "Deze bon is al eerder ingevoerd. Wij betalen een bon één keer.",
    "coupon-twice": "Deze bon staat twee keer op de lijst.",
    "coupon-not-yet": "Op deze dag was de bon nog niet geldig. Klopt de dag?",
    "coupon-expired": "Op deze dag was de bon niet meer geldig. Klopt de dag?",
    "coupon-too-late": "Deze lijst komt te laat binnen. Bel ons.",
    "coupon-not-here": "Deze bon is voor een andere club of winkel.",
    "coupon-too-much": "Er staat minder op de bon. Voer hem opnieuw in met wat erop staat.",
    "coupon-amount-missing": "Het bedrag ontbreekt, of is niet te lezen. Voer de bon opnieuw in.",
    "coupon-day-wrong": "De dag ontbreekt, of is nog niet geweest. Voer de bon opnieuw in.",
    "merchant-suspended": "U neemt nu geen pas aan. Bel ons.",
    "category-not-agreed": "Voor dit doel is met u niets afgesproken. Bel ons.",
}
