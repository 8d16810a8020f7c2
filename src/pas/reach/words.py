"""Units, breakdowns and states in the words that a councillor reads."""

from collections.abc import Mapping
from typing import Final

from pas.reach.judge_targets import BAND, limits_of
from pas.reach.model import (
    EVERYTHING,
    UNKNOWN,
    Dimension,
    Kind,
    PeriodName,
    Status,
    Unit,
    UserIs,
)
from pas.reach.numbers import Number
from pas.reach.rules import Tenths, in_words, of_each_hundred
from pas.web.counts import count

HIDDEN: Final = "verborgen"
NOT_KNOWN: Final = "onbekend"
ADDRESS_OF_ALL: Final = "_all"
"""Stands for all schemes together in an address; no code of a scheme begins so."""

UNIT_WORDS: Final[Mapping[Unit, str]] = {
    "households": "huishoudens",
    "persons": "personen",
    "children": "kinderen",
    "participants": "deelnemers",
    "applications": "aanvragen",
    "grants": "toekenningen",
}
KIND_WORDS: Final[Mapping[Kind, str]] = {
    "municipal": "bij de gemeente bekend",
    "statistical": "volgens de statistiek",
}
SHORT_KINDS: Final[Mapping[Kind, str]] = {"municipal": "gemeente", "statistical": "statistiek"}
STATUS_WORDS: Final[Mapping[Status, str]] = {
    "printed": "zo staat het in de bron",
    "approximate": "ongeveer",
    "implied": "afgeleid, niet gedrukt",
    "unknown": "onbekend",
}
PUBLISHED_NAMES: Final[Mapping[str, str]] = {
    "minima_households": "huishoudens met een laag inkomen",
    "children_in_minima_households": "kinderen in huishoudens met een laag inkomen",
    "long_term_minima": "langdurig een laag inkomen",
    "households_up_to_100_pct": "huishoudens tot 100% van de bijstand",
    "households_up_to_110_pct": "huishoudens tot 110% van de bijstand",
    "households_up_to_120_pct": "huishoudens tot 120% van de bijstand",
    "households_up_to_130_pct": "huishoudens tot 130% van de bijstand",
    "all_other_schemes": "alle andere regelingen",
    "innovation fund": "innovatiefonds",
    "structural extension": "blijvende uitbreiding",
    "structural extension culture": "blijvende uitbreiding cultuur",
    "structural extension sport": "blijvende uitbreiding sport",
    "structural extension swimming": "blijvende uitbreiding zwemmen",
    "current_budget": "huidig budget",
    "new_actions_funded": "nieuwe acties met dekking",
    "innovation_fund_2020": "innovatiefonds 2020",
    "innovation_fund_2021_2022": "innovatiefonds 2021 en 2022",
    "new_actions_2023_2024": "nieuwe acties 2023 en 2024",
    "savings_from_new_approach": "besparing door de nieuwe aanpak",
    "printed_extra_needed": "gedrukt: extra nodig",
    "printed_total": "gedrukt totaal",
    "printed_total_children": "gedrukt totaal voor kinderen",
}
"""Codes of published files that are not Dutch themselves."""
USER_WORDS: Final[Mapping[UserIs, str]] = {
    "granted": "wie het kreeg toegekend",
    "redeemed": "wie er iets van besteedde",
}
DIMENSION_WORDS: Final[Mapping[Dimension, str]] = {
    "area": "Wijk",
    "household_type": "Soort huishouden",
    "age_band": "Leeftijd",
    "income_band": "Inkomen",
    "income_source": "Bron van inkomen",
    "school_type": "Schoolsoort",
    "long_term": "Langdurig laag inkomen",
    "working": "Werkend",
}
VALUE_WORDS: Final[Mapping[str, str]] = {
    "alone": "alleen",
    "single_parent": "ouder alleen met kinderen",
    "couple": "stel",
    "couple_with_children": "stel met kinderen",
    "participatiewet": "bijstand",
    "aow": "AOW",
    "other": "anders",
    "none": "geen school",
    "primary": "basisschool",
    "secondary": "middelbare school",
    "vocational": "mbo",
    "higher": "hbo of universiteit",
    "unknown": "onbekend",
    "yes": "ja",
    "no": "nee",
}
SHORT_PERIODS: Final[Mapping[PeriodName, str]] = {
    "year": "Heel jaar",
    "h1": "1e halfjaar",
    "h2": "2e halfjaar",
    "q1": "1e kwartaal",
    "q2": "2e kwartaal",
    "q3": "3e kwartaal",
    "q4": "4e kwartaal",
}


def number_in_words(number: Number) -> str:
    """A number as people read it, or why there is none."""
    if number.hidden:
        return HIDDEN
    return NOT_KNOWN if number.value is None else count(number.value)


def reach_in_words(tenths: Tenths | None, users: Number, target: Number) -> str:
    """A percentage, or why there is none; never a guess."""
    if tenths is not None:
        return in_words(tenths)
    if users.hidden or target.hidden:
        return HIDDEN
    return "doelgroep onbekend" if target.value is None else "niet te berekenen"


def sentence_of(tenths: Tenths | None, unit: Unit) -> str:
    """The figure as a sentence: ``64 van elke 100 huishoudens``."""
    if tenths is None:
        return ""
    return f"{of_each_hundred(tenths)} {UNIT_WORDS[unit]}"


def value_in_words(dimension: Dimension, value: str) -> str:
    """The value of a breakdown; names of areas are the municipality's own."""
    if dimension == "area" and value != UNKNOWN:
        return ", ".join(area.replace("_", " ") for area in value.split(",")) if value else ""
    if dimension in {"age_band", "income_band"} and BAND.fullmatch(value):
        first, last = limits_of(value)
        is_open = not value.partition("-")[2]
        if dimension == "age_band":
            return f"{first} jaar en ouder" if is_open else f"{first} tot {last} jaar"
        if is_open:
            return f"boven {first}%"
        return f"tot en met {last}%" if first == 0 else f"boven {first}% tot en met {last}%"
    return VALUE_WORDS.get(value, value)


def address_of(scheme: str) -> str:
    return ADDRESS_OF_ALL if scheme == EVERYTHING else scheme


def scheme_of(address: str) -> str:
    return EVERYTHING if address == ADDRESS_OF_ALL else address


def published_name(code: str) -> str:
    """Say what a row of a published file is about; a code that is not known as its own words."""
    return PUBLISHED_NAMES.get(code, code.replace("_", " "))
