"""Money is a whole number of cents; writing it, reading it and taking a share of it happen only here."""

import re
from typing import Final, NewType

from pas.errors import Refusal

Cents = NewType("Cents", int)
BasisPoints = NewType("BasisPoints", int)
"""Hundredths of a percent: 10,000 is the whole."""

NO_CENTS: Final = Cents(0)
MAX_CENTS: Final = Cents(100_000_000_000)
"""A billion euro: above any appropriation, and exact in every JSON reader (below 2^53)."""
WHOLE: Final = BasisPoints(10_000)

MAX_TYPED: Final = 40
NO_BREAK_SPACE: Final = "\u00a0"

EXAMPLE: Final = "Typ het bedrag zo: 12,40."


class AmountUnreadable(Refusal):
    """Dit is geen bedrag dat we kunnen lezen."""


class AmountOutOfRange(Refusal):
    """Dit bedrag is te groot."""


def euros(cents: Cents) -> str:
    """Write an amount the Dutch way (CLDR ``nl``); the space never breaks a line."""
    whole, rest = divmod(abs(cents), 100)
    thousands = f"{whole:,}".replace(",", ".")
    return f"€{NO_BREAK_SPACE}{'-' if cents < 0 else ''}{thousands},{rest:02d}"


def comma_euros(cents: Cents) -> str:
    """Write an amount for a spreadsheet: a decimal comma and nothing else."""
    return _decimal(cents, ",")


def point_euros(cents: Cents) -> str:
    """Write an amount for a program, such as a bank's: a decimal point and nothing else."""
    return _decimal(cents, ".")


def _decimal(cents: Cents, mark: str) -> str:
    whole, rest = divmod(abs(cents), 100)
    return f"{'-' if cents < 0 else ''}{whole}{mark}{rest:02d}"


def percent(share: BasisPoints) -> str:
    """Write hundredths of a percent the Dutch way, without idle zeros: ``12,5%``."""
    whole, rest = divmod(abs(share), 100)
    decimals = f",{rest:02d}".rstrip("0").rstrip(",")
    return f"{'-' if share < 0 else ''}{whole}{decimals}%"


# [0-9], not \d: the digits of other scripts are refused, not guessed.
AMOUNT = re.compile(
    r"""(?: (?P<plain>[0-9]{1,15}) | (?P<grouped>[1-9][0-9]{0,2}(?:\.[0-9]{3})+)(?=,) )
        (?: ,(?P<comma>[0-9]{2}) | \.(?P<point>[0-9]{2}) | ,-{1,2} )?""",
    re.VERBOSE,
)
CURRENCY_BEFORE = re.compile(r"(?:€|euro?(?![a-z]))", re.IGNORECASE)
CURRENCY_BEHIND = re.compile(r"\s*(?:€|euro?)\Z", re.IGNORECASE)


def parse_euros(text: str) -> Cents:
    """Read what a person typed: ``12``, ``12,40``, ``12.40``, ``€ 12,40``, ``1.234,50``, ``12,-``.

    What could mean two amounts (``12,4``, ``1.234``, ``12 40``) is refused with what to type:
    a till must never take ten times the price. Zero is read; whether it may be paid is a rule.
    """
    if len(text) > MAX_TYPED:
        raise AmountUnreadable(EXAMPLE)
    number = without_currency(text.strip())
    if found := AMOUNT.fullmatch(number):
        whole = int(found["plain"] or found["grouped"].replace(".", ""))
        cents = whole * 100 + int(found["comma"] or found["point"] or 0)
        if cents > MAX_CENTS:
            raise AmountOutOfRange(f"Typ een bedrag tot en met {euros(MAX_CENTS)}.")
        return Cents(cents)
    raise AmountUnreadable(what_to_type(number))


def without_currency(typed: str) -> str:
    """Take one currency sign or word off, in front or behind."""
    if found := CURRENCY_BEFORE.match(typed):
        return typed[found.end() :].lstrip()
    return CURRENCY_BEHIND.sub("", typed)


def what_to_type(number: str) -> str:
    """Say what is wrong in terms of what was typed; the text itself is not repeated."""
    if re.fullmatch(r"[-\u2212]\s*[0-9.,]+", number):
        return "Typ het bedrag zonder min ervoor, bijvoorbeeld 12,40."
    if found := re.fullmatch(r"([0-9]{1,12})[.,]([0-9])", number):
        whole, tenths = found[1], found[2]
        return f"Typ twee cijfers achter de komma, bijvoorbeeld {whole},{tenths}0."
    if found := re.fullmatch(r"([1-9][0-9]{0,2})[.,]([0-9]{3})", number):
        whole, rest = found[1], found[2]
        return f"Bedoelt u {whole}{rest},00 of {whole},{rest[:2]}? Typ het bedrag met een komma."
    if re.fullmatch(r"[,.][0-9]{1,2}", number):
        return "Typ eerst de euro's, bijvoorbeeld 0,50."
    return EXAMPLE


def share_of(amount: Cents, share: BasisPoints) -> Cents:
    """Take a percentage of an amount; half a cent goes up."""
    assert amount >= 0
    assert share >= 0
    return Cents((amount * share * 2 + WHOLE) // (2 * WHOLE))
