"""A version of a scheme in short Dutch sentences (B1): for whom, how much, until when, what else."""

from collections.abc import Mapping
from datetime import date, timedelta
from typing import Final

from pas.money import euros, percent
from pas.schemes.model import (
    Amount,
    AwardedBy,
    InKind,
    Percentage,
    Period,
    SchemeVersion,
    SchoolType,
    Status,
    Unit,
    Visits,
)
from pas.web.dates import MONTHS, day

Lines = list[tuple[str, str]]

STATUS_WORDS: Final[dict[Status, str]] = {
    "in_force": "Geldt nu",
    "proposed": "Voorstel",
    "pilot": "Proef",
    "ended": "Gestopt",
}
STATUS_KINDS: Final[dict[Status, str]] = {
    "in_force": "ok",
    "proposed": "warning",
    "pilot": "ok",
    "ended": "info",
}
_ONE_DAY: Final = timedelta(days=1)
MARCH: Final = 3
_UNITS: Final[dict[Unit, str]] = {
    "child": "Voor elk kind",
    "person": "Voor elke persoon",
    "household": "Voor het hele huishouden, één keer",
}
_SCHOOLS: Final[dict[SchoolType, str]] = {
    "none": "niet op school",
    "primary": "basisschool",
    "secondary": "middelbare school",
    "vocational": "mbo",
    "higher": "hbo of universiteit",
}
_PERIODS: Final[dict[Period, str]] = {
    "pass_year": "Per pasjaar. Wat over is, vervalt daarna.",
    "school_year": "Per schooljaar, van 1 {first} tot en met {last}.",
    "once_per_child": "Eén keer per kind. Het vervalt niet aan het eind van het jaar.",
    "per_application": "Per aanvraag.",
}
_AWARDED: Final[dict[AwardedBy, str]] = {
    "assessment": "De gemeente kent het zelf toe. Niemand hoeft het elk jaar aan te vragen.",
    "intermediary": "Een leraar of andere hulpverlener vraagt het aan voor het kind.",
    "team": "Het wijkteam beslist.",
}
_PRECONDITIONS: Final[dict[str, str]] = {
    "adult": "Er gaat een volwassene mee.",
    "diploma": "Het kind heeft een zwemdiploma.",
    "adult_or_diploma": "Het kind heeft een zwemdiploma, of er gaat een volwassene mee.",
}


def for_whom(version: SchemeVersion) -> str:
    """Say in one line who it is for."""
    ages = _ages(version)
    if ages and version.unit == "household":
        ages = f"met iemand {ages}"
    parts = [_UNITS[version.unit], ages, _limit(version)]
    return ", ".join(part for part in parts if part) + "."


def how_much(version: SchemeVersion) -> str:
    """Say what one gets."""
    match version.allowance:
        case Amount(amount_cents=amount):
            return euros(amount)
        case Visits(visits=visits):
            return f"{visits} bezoeken"
        case Percentage(share_basis_points=share, cap_cents=cap):
            return f"{percent(share)} van de prijs, hoogstens {euros(cap)}"
        case InKind(visits=1):
            return "Een spullenpakket of voorziening"
        case InKind(visits=things):
            return f"{things} keer een voorziening"


def how_long(version: SchemeVersion) -> str:
    """Give the first and the last day, inclusive."""
    if version.valid_until is None:
        return f"Vanaf {day(version.valid_from)}"
    return f"{day(version.valid_from)} tot en met {day(version.valid_until - _ONE_DAY)}"


def rules_of(
    version: SchemeVersion,
    *,
    purposes: Mapping[str, str],
    titles: Mapping[str, str],
    school_month: int,
) -> Lines:
    """Say every rule in a sentence of its own, named; codes get their titles."""
    lines: Lines = [
        ("Waarvoor", _listed(sorted(purposes.get(code, code) for code in version.categories))),
        ("Voor wie", f"{_UNITS[version.unit]}."),
        ("Leeftijd", _age_sentence(version)),
        ("School", _school_sentence(version)),
        ("Inkomen", _income_sentence(version)),
        ("Hoeveel", _amount_sentence(version)),
        ("Hoe vaak", _period_sentence(version, school_month)),
        ("Uitloop", _run_out_sentence(version)),
        ("Voorwaarde", _PRECONDITIONS.get(version.precondition, version.precondition)),
        ("Samen met andere", _stacking(version, titles)),
        ("Wie beslist", _AWARDED[version.awarded_by]),
        ("Geld", _money_sentence(version)),
        ("Doelgroep in de stukken", version.target_group),
        ("Uitgevoerd door", version.executor),
        ("Betaald uit", version.cover_source),
        ("Opmerking", version.note),
    ]
    return [(name, sentence) for name, sentence in lines if sentence]


def _ages(version: SchemeVersion) -> str:
    if version.age_from is None and version.age_until is None:
        return ""
    if version.age_until is None:
        return f"vanaf {version.age_from} jaar"
    if version.age_from is None or version.age_from == 0:
        return f"jonger dan {version.age_until} jaar"
    return f"van {version.age_from} tot {version.age_until} jaar"


def _limit(version: SchemeVersion) -> str:
    if version.income_limit is None:
        return ""
    return f"inkomen tot en met {percent(version.income_limit)} van het sociaal minimum"


def _age_sentence(version: SchemeVersion) -> str:
    ages = _ages(version)
    if not ages:
        return "Elke leeftijd."
    if version.unit == "household":
        ages = f"iemand in het huishouden is {ages}"
    sentence = f"{ages[0].upper()}{ages[1:]}."
    if version.age_until is not None:
        sentence += f" Op de {version.age_until}e verjaardag begint er geen nieuw tegoed meer."
    return sentence


def _school_sentence(version: SchemeVersion) -> str:
    if not version.school_types:
        return ""
    return _listed([_SCHOOLS[one] for one in _SCHOOLS if one in version.school_types])


def _income_sentence(version: SchemeVersion) -> str:
    if version.income_limit is not None:
        limit = percent(version.income_limit)
        return f"Tot en met {limit} van het sociaal minimum. Precies {limit} mag ook."
    if version.awarded_by == "assessment":
        return "De grens is nog niet bekend. Daarom wordt nog niets toegekend."
    return "Er is geen vaste grens."


def _amount_sentence(version: SchemeVersion) -> str:
    more = ""
    match version.allowance:
        case Visits(unit_price_cents=price) | InKind(unit_price_cents=price):
            more = f" Eén keer kost de gemeente hoogstens {euros(price)}."
        case Percentage() as part:
            more = f" De pashouder betaalt zelf {percent(part.own_share_basis_points)}."
        case Amount():
            pass
    if version.spend_at_once:
        more += " Het moet in één keer op. De rest vervalt."
    if version.once_per_year:
        more += " Eén keer per jaar, bij alle aanbieders samen."
    return f"{how_much(version)}.{more}"


def _period_sentence(version: SchemeVersion, school_month: int) -> str:
    # Only the last day of February depends on the year.
    before = date(2001, school_month, 1) - _ONE_DAY
    last = "eind februari" if school_month == MARCH else f"{before.day} {MONTHS[before.month - 1]}"
    return _PERIODS[version.period].format(first=MONTHS[school_month - 1], last=last)


def _run_out_sentence(version: SchemeVersion) -> str:
    if not version.run_out_days:
        return ""
    return f"Wat al begonnen was, kan nog {version.run_out_days} dagen later worden betaald."


def _stacking(version: SchemeVersion, titles: Mapping[str, str]) -> str:
    sentences: list[str] = []
    if version.stacks_with:
        sentences.append(
            f"Mag voor hetzelfde doel alleen samen met: {_titled(version.stacks_with, titles)}."
        )
    if version.excludes:
        sentences.append(f"Gaat niet samen met: {_titled(version.excludes, titles)}.")
    if version.subsidiary:
        sentences.append("Alleen als er niets anders is voor hetzelfde doel.")
    return " ".join(sentences) or "Mag samen met elke andere regeling."


def _money_sentence(version: SchemeVersion) -> str:
    if version.closed_pot:
        return "Op is op. Is het geld op, dan kan niemand het nog krijgen."
    return "Wie recht heeft, krijgt het. Ook als het meer kost dan begroot."


def _titled(codes: frozenset[str], titles: Mapping[str, str]) -> str:
    return ", ".join(sorted(titles.get(code, code) for code in codes))


def _listed(words: list[str]) -> str:
    if not words:
        return ""
    joined = ", ".join(words[:-1]) + (" en " if len(words) > 1 else "") + words[-1]
    return f"{joined[0].upper()}{joined[1:]}."
