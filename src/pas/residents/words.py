"""What is known of a resident in Dutch words (B1), and what is wrong with it beside a field."""

from typing import Final

from pas.passes.residents import HouseholdType, IncomeSource, SchoolType

HOUSEHOLDS: Final[dict[HouseholdType, str]] = {
    "alone": "woont alleen",
    "single_parent": "ouder met kinderen",
    "couple": "samen, zonder kinderen",
    "couple_with_children": "samen, met kinderen",
    "unknown": "soort onbekend",
}
SOURCES: Final[dict[IncomeSource, str]] = {
    "participatiewet": "bijstand",
    "aow": "AOW",
    "other": "ander inkomen",
}
SCHOOLS: Final[dict[SchoolType, str]] = {
    "none": "niet op school",
    "primary": "basisschool",
    "secondary": "middelbare school",
    "vocational": "mbo",
    "higher": "hbo of universiteit",
}


def beside_field(column: str, sentence: str) -> str:
    """Say on a form what is said of a file: a person sees fields there, no columns and no lines."""
    for of_file, of_form in (
        (" in kolom guardian_number", " op deze pagina"),
        (f"In kolom {column}", "Hier"),
        (f"Kolom {column}: ", ""),
        (f"Kolom {column}", "Dit veld"),
        ("Deze regel begint", "Deze dag ligt"),
    ):
        sentence = sentence.replace(of_file, of_form)
    return sentence[:1].upper() + sentence[1:]
