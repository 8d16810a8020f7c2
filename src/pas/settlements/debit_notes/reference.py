"""The creditor reference of a debit note (ISO 11649), and the number in one that a payer typed over. Pure."""

import re
from typing import Final

from stdnum.iso7064 import mod_97_10

NAME: Final = "PAS"
DIGITS: Final = 9
GROUP: Final = 4
SPACES: Final = r"[ .-]?"
WITHIN: Final = re.compile(
    r"(?<![A-Z0-9])"
    + SPACES.join(["R", "F", *[r"[0-9]"] * 2, *NAME, *[r"[0-9]"] * DIGITS])
    + r"(?![A-Z0-9])",
    re.IGNORECASE | re.ASCII,
)


def reference_of(number: int) -> str:
    """Write the reference of a note: RF, two check digits, PAS and the number in nine digits.

    The database writes the same one (``debit_note_reference``).
    """
    body = f"{NAME}{number:0{DIGITS}}"
    return f"RF{mod_97_10.calc_check_digits(f'{body}RF')}{body}"


def numbers_within(words: str) -> set[int]:
    """Give the numbers of the notes whose reference stands in a text, also in groups or small letters."""
    found = ("".join(filter(str.isalnum, one)).upper() for one in WITHIN.findall(words))
    return {int(one[-DIGITS:]) for one in found if one == reference_of(int(one[-DIGITS:]))}


def in_groups(reference: str) -> str:
    """Write it as it is printed: ``RF18 PAS0 0000 0001``."""
    return " ".join(reference[at : at + GROUP] for at in range(0, len(reference), GROUP))
