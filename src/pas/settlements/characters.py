"""Names in the characters that every bank in Europe takes (the SEPA set), always the same way.

Latin letters lose their marks, a few become two; what has no counterpart becomes a full stop, as the
European Payments Council advises (EPC217-08). Pure.
"""

import re
import unicodedata
from typing import Final

ALLOWED: Final = re.compile(r"[A-Za-z0-9/\-?:().,'+ ]")
SPELLED: Final = str.maketrans(
    {
        "ß": "ss",
        "ẞ": "SS",
        "æ": "ae",
        "Æ": "AE",
        "œ": "oe",
        "Œ": "OE",
        "ø": "o",
        "Ø": "O",
        "đ": "d",
        "Đ": "D",
        "ð": "d",
        "Ð": "D",
        "þ": "th",
        "Þ": "TH",
        "ł": "l",
        "Ł": "L",
        "ı": "i",
        "ħ": "h",
        "Ħ": "H",
        "&": "+",
        "@": "(at)",
        "_": "-",
        "–": "-",
        "—": "-",
        "‘": "'",
        "’": "'",
        "`": "'",
        "´": "'",
        '"': "'",
        "“": "'",
        "”": "'",
        "„": "'",
        ";": ",",
        "!": ".",
        "[": "(",
        "]": ")",
        "{": "(",
        "}": ")",
        "€": "EUR",
    }
)


def sepa_text(text: str, *, most: int, otherwise: str) -> str:
    """Write a text in the set, at most so long; ``otherwise`` where no letter or digit is left.

    A slash at either end, or two in a row, mean something else to a bank.
    """
    spelled = unicodedata.normalize("NFKD", text.translate(SPELLED)).translate(SPELLED)
    kept = (one for one in spelled if not unicodedata.combining(one))
    plain = "".join(
        one if ALLOWED.fullmatch(one) else " " if one.isspace() else "." for one in kept
    )
    tidy = " ".join(re.sub(r"/{2,}", "/", plain).split()).strip("/ ")
    cut = tidy[:most].strip("/ ")
    return cut if re.search(r"[A-Za-z0-9]", cut) else otherwise
