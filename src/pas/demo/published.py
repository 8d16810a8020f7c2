"""The schemes of the published policy papers as versions of schemes, word for word where it can.

What the papers leave open is filled in by our reading and named in ``derived_cells``: a missing
start (the papers describe 2018), an exclusion between the bicycle bands (one bicycle at a time),
who awards (an executor that is a fund works through intermediaries), that a voucher of the team is
spent at once, what the season card is worth
(the higher of two printed values) and which of the till's questions the pool's precondition is.
"""

from datetime import date, timedelta
from typing import Final

import msgspec

from pas.demo.figures import assumed, read_table
from pas.money import BasisPoints, Cents
from pas.schemes.model import (
    SCHOOL_TYPES,
    Allowance,
    Amount,
    AwardedBy,
    InKind,
    Period,
    SchemeVersion,
    SchoolType,
    Status,
    Unit,
    Visits,
)

FIRST_YEAR: Final = date(2018, 1, 1)
TITLES: Final = {
    "schoolkosten_basisonderwijs": "Schoolkosten basisschool",
    "schoolkosten_voortgezet_onderwijs": "Schoolkosten middelbare school",
    "sociaal_culturele_activiteiten": "Meedoen met sport en cultuur",
    "sociaal_culturele_activiteiten_volwassenen": "Meedoen voor volwassenen",
    "sociaal_culturele_activiteiten_jeugd": "Meedoen voor jongeren",
    "sport_en_cultuur_kinderen": "Sport en cultuur voor kinderen",
    "speeltuin_seizoenkaart": "Seizoenkaart voor de speeltuin",
    "fiets_6_8": "Fiets voor 6 en 7 jaar",
    "fiets_8_12": "Fiets voor 8 tot en met 11 jaar",
    "fiets_12_18": "Fiets voor 12 tot en met 17 jaar",
    "fiets_volwassenen": "Fiets voor volwassenen",
    "computer_mbo_vo": "Computer voor school",
    "badenkaart_10": "Tien keer zwemmen",
    "jeugdfonds_sport": "Jeugdfonds: sport",
    "jeugdfonds_cultuur": "Jeugdfonds: cultuur",
    "jeugdfonds_zwemdiploma_ab": "Jeugdfonds: zwemdiploma A en B",
    "wijkteam_kinderbudget": "Kinderbudget van het wijkteam",
}
BICYCLES: Final = frozenset(("fiets_6_8", "fiets_8_12", "fiets_12_18"))
SEASON_CARD: Final = Cents(3000)
PRECONDITIONS: Final = {"zwemdiploma en/of begeleiding door een volwassene": "adult_or_diploma"}
ADOPTED: Final = "In de bron een voorstel. In de demonstratie aangenomen."

_STATUSES: Final[dict[str, Status]] = {
    "in force": "in_force",
    "proposed for 2023": "proposed",
    "pilot": "pilot",
}
_PERIODS: Final[dict[str, Period]] = {
    "pass year": "pass_year",
    "once per child": "once_per_child",
    "per application": "per_application",
}
_UNITS: Final[dict[str, Unit]] = {"child": "child", "person": "person", "household": "household"}
_CELLS: Final = {
    "half open bands": ("age_from", "age_until"),
    "income_limit_pct": ("income_limit",),
}


def published_schemes() -> list[SchemeVersion]:
    """Every row of the papers, with the status it has there: a proposal grants nothing."""
    return [_version(row) for row in read_table("velsen_schemes.csv")]


def adopted_schemes() -> list[SchemeVersion]:
    """The same in Dutch, with the proposals in force from the year that they were proposed for."""
    year = assumed()["adoption_of_proposals"]
    versions = [in_dutch(one) for one in published_schemes()]
    assert all(one.valid_from.year == year for one in versions if one.status == "proposed")
    return [
        msgspec.structs.replace(one, status="in_force", note=f"{one.note} {ADOPTED}".strip())
        if one.status == "proposed"
        else one
        for one in versions
    ]


def in_dutch(version: SchemeVersion) -> SchemeVersion:
    """Give the words of the table, which is in English, as people here read them on a page."""
    words = {row["published"]: row["dutch"] for row in read_table("dutch.csv")} | {"": ""}
    return msgspec.structs.replace(
        version,
        target_group=words[version.target_group],
        note=words[version.note],
        cover_source=", ".join(words.get(one, one) for one in _parts(version.cover_source)),
    )


def _version(row: dict[str, str]) -> SchemeVersion:
    code = row["scheme"]
    of_families = row["target_group"] == "households with children"
    last = row["valid_to"]
    return SchemeVersion(
        code=code,
        title=TITLES[code],
        status=_STATUSES[row["status"]],
        valid_from=date.fromisoformat(row["valid_from"]) if row["valid_from"] else FIRST_YEAR,
        valid_until=date.fromisoformat(last) + timedelta(days=1) if last else None,
        categories=_set(row["categories"]),
        allowance=_allowance(row),
        # A voucher of the team is spent at once; the papers do not say what becomes of the rest.
        spend_at_once=row["cover_source"] == "wijkteam pot",
        closed_pot=row["cover_source"] == "wijkteam pot",
        unit=_UNITS[row["unit"]],
        income_limit=_limit(row["income_limit_pct"]),
        age_from=0 if of_families else _whole(row["age_from"]),
        age_until=18 if of_families else _whole(row["age_until"]),
        school_types=_school_types(row["school_type"]),
        target_group=row["target_group"],
        period=_PERIODS[row["period"]],
        precondition=PRECONDITIONS.get(row["precondition"], row["precondition"]),
        stacks_with=_set(row["stacks_with"]),
        excludes=BICYCLES - {code} if code in BICYCLES else frozenset(),
        subsidiary=row["subsidiary"] == "yes",
        awarded_by=_awarded_by(row["executor"]),
        executor=row["executor"],
        cover_source=row["cover_source"],
        derived_cells=_derived(row),
        note=row["note"],
    )


def _derived(row: dict[str, str]) -> frozenset[str]:
    named = [part for cell in _parts(row["derived_cells"]) for part in _CELLS.get(cell, (cell,))]
    ours = {
        "valid_from": not row["valid_from"],
        "age_from": row["target_group"] == "households with children",
        "age_until": row["target_group"] == "households with children",
        "excludes": row["scheme"] in BICYCLES,
        "awarded_by": bool(row["executor"]),
        "precondition": row["precondition"] in PRECONDITIONS,
        "visits": row["kind"] == "in kind",
        "unit_price_cents": row["kind"] == "in kind",
        "spend_at_once": row["cover_source"] == "wijkteam pot",
        "title": True,
    }
    return frozenset(named) | {column for column, derived in ours.items() if derived}


def _allowance(row: dict[str, str]) -> Allowance:
    match row["kind"]:
        case "amount" | "amount per application":
            return Amount(Cents(int(row["amount_cents"])))
        case "visits":
            return Visits(int(row["visits"]), Cents(int(row["unit_price_cents"])))
        case "in kind":
            assert row["scheme"] == "speeltuin_seizoenkaart", "the only thing in the papers"
            return InKind(unit_price_cents=SEASON_CARD)
        case kind:
            raise AssertionError(kind)


def _awarded_by(executor: str) -> AwardedBy:
    if executor.startswith("Jeugdfonds"):
        return "intermediary"
    return "team" if executor == "Sociaal Wijkteam" else "assessment"


def _school_types(cell: str) -> frozenset[SchoolType]:
    found = _parts(cell)
    assert all(part in SCHOOL_TYPES for part in found), cell
    return frozenset(one for one in SCHOOL_TYPES if one in found)


def _limit(cell: str) -> BasisPoints | None:
    return BasisPoints(int(cell) * 100) if cell else None


def _whole(cell: str) -> int | None:
    return int(cell) if cell else None


def _set(cell: str) -> frozenset[str]:
    return frozenset(_parts(cell))


def _parts(cell: str) -> list[str]:
    return [part for part in cell.split(";") if part]
