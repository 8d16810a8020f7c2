"""What the body reader says about a field, turned into a Dutch sentence that says what to do."""

import re
from typing import Final

WHOLE_NUMBER: Final = "Geef een heel getal, zonder komma, punt of aanhalingstekens."
IN_CENTS: Final = " Bedragen zijn in centen: 12,50 euro is 1250."

KINDS: Final = {
    "str": "Geef een tekst tussen aanhalingstekens.",
    "bool": "Geef true of false, zonder aanhalingstekens.",
    "object": "Geef een object met velden, tussen { en }.",
    "array": "Geef een lijst, tussen [ en ].",
    "datetime": "Geef datum en tijd in UTC, zoals 2026-01-31T09:30:00Z.",
    "date": "Geef een datum als jaar-maand-dag, zoals 2026-01-31.",
    "uuid": "Geef een UUID, zoals 018f4c3e-9d2a-7c11-8b55-3a1f0e9d7c42.",
}

# The forms of msgspec's messages, the particular before the general.
FORMS: Final[tuple[tuple[re.Pattern[str], str], ...]] = tuple(
    (re.compile(form), sentence)
    for form, sentence in (
        (r"missing required field", "Dit veld ontbreekt. Vul het in."),
        (r"unknown field", "Dit veld kennen wij niet. Haal het weg."),
        (r"got `null`", "Dit veld mag niet leeg zijn. Vul het in."),
        (r"`int` >= (-?\d+)", "Geef {0} of een hoger getal."),
        (r"`int` <= (-?\d+)", "Geef {0} of een lager getal."),
        (r"`int` > (-?\d+)", "Geef een getal hoger dan {0}."),
        (r"`int` < (-?\d+)", "Geef een getal lager dan {0}."),
        (r"out of range", "Dit getal is te groot. Geef een kleiner getal."),
        (r"`str` of length <= (\d+)", "Gebruik hoogstens {0} tekens."),
        (r"`str` of length >= (\d+)", "Gebruik minstens {0} tekens."),
        (r"`str` of length == (\d+)", "Gebruik precies {0} tekens."),
        (r"`(?:array|object)` of length <= (\d+)", "Geef hoogstens {0} onderdelen."),
        (r"`(?:array|object)` of length >= (\d+)", "Geef minstens {0} onderdelen."),
        (r"matching regex", "Deze tekst heeft niet de goede vorm. Controleer de tekens."),
        (r"Invalid enum value", "Deze waarde kennen wij niet. Kies een waarde uit de lijst."),
        (r"timezone", "Geef ook de tijdzone, zoals in 2026-01-31T09:30:00Z."),
        (r"Invalid RFC3339 encoded datetime|`datetime`", KINDS["datetime"]),
        (r"Invalid RFC3339 encoded date|`date`", KINDS["date"]),
        (r"Invalid UUID|`uuid`|badly formed hexadecimal UUID", KINDS["uuid"]),
        (r"Expected `int", WHOLE_NUMBER),
        (r"Expected `str", KINDS["str"]),
        (r"Expected `bool", KINDS["bool"]),
        (r"Expected `object", KINDS["object"]),
        (r"Expected `array", KINDS["array"]),
    )
)


def in_dutch(message: str, field: str = "") -> str:
    """Say what to do about one field; amounts get the rule about cents with it."""
    for form, sentence in FORMS:
        if found := form.search(message):
            said = sentence.replace("{0}", found[1]) if found.groups() else sentence
            return said + IN_CENTS if sentence == WHOLE_NUMBER and "ents" in field else said
    return "Deze waarde klopt niet. Verbeter de waarde."
