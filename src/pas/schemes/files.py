"""Schemes from and to a CSV file; the columns are described in docs/files.md."""

from datetime import date, timedelta
from typing import BinaryIO, Final, Literal

import msgspec

from pas import cells
from pas.cells import Draft
from pas.csvfile import Row, read_rows
from pas.money import WHOLE, BasisPoints, Cents
from pas.schemes import model
from pas.schemes.model import Allowance, Amount, InKind, Percentage, SchemeVersion, Visits

MOST_ROWS: Final = 5_000
MOST_AMOUNT: Final = Cents(100_000_000)
MOST_UNIT_PRICE: Final = Cents(10_000_000)
MOST_VISITS: Final = 1_000
HIGHEST_LIMIT: Final = 100_000
COLUMNS: Final = (
    "code",
    "title",
    "status",
    "valid_from",
    "valid_to",
    "categories",
    "allowance",
    "amount_cents",
    "visits",
    "unit_price_cents",
    "share_pct",
    "cap_cents",
    "spend_at_once",
    "once_per_year",
    "closed_pot",
    "unit",
    "income_limit_pct",
    "age_from",
    "age_until",
    "school_types",
    "target_group",
    "period",
    "run_out_days",
    "precondition",
    "stacks_with",
    "excludes",
    "subsidiary",
    "awarded_by",
    "executor",
    "cover_source",
    "derived_cells",
    "note",
    "retention_years",
)

Kind = Literal["amount", "visits", "percentage", "in_kind"]
KINDS: Final[tuple[Kind, ...]] = ("amount", "visits", "percentage", "in_kind")
_COLUMNS_OF_A_KIND: Final[dict[Kind, tuple[str, ...]]] = {
    "amount": ("amount_cents",),
    "visits": ("visits", "unit_price_cents"),
    "percentage": ("share_pct", "cap_cents"),
    "in_kind": ("visits", "unit_price_cents"),
}
_DAY: Final = timedelta(days=1)


class ReadVersion(msgspec.Struct, frozen=True):
    """A row and the version it describes, or None and why not."""

    row: Row
    key: str
    version: SchemeVersion | None
    faults: tuple[cells.Fault, ...] = ()


def read_versions(source: BinaryIO) -> list[ReadVersion]:
    """Read a whole file; raises FileRefused before anything is returned."""
    return [read_version(row) for row in read_rows(source, COLUMNS, most_rows=MOST_ROWS)]


def key_of(version: SchemeVersion) -> str:
    return f"{version.code} {version.valid_from}"


def read_version(row: Row) -> ReadVersion:
    """Read one row, wherever it came from: every cell of ``COLUMNS`` must be there."""
    if row.fault:
        return ReadVersion(row, "", None, (cells.Fault("", row.fault),))
    draft = Draft(row)
    version = _version(draft)
    _check_whole(draft, version)
    if draft.faults:
        key = f"{row.cells['code'][:60]} {row.cells['valid_from'][:10] or '-'}"
        return ReadVersion(row, key, None, tuple(draft.faults))
    return ReadVersion(row, key_of(version), version)


def _version(draft: Draft) -> SchemeVersion:
    last = cells.optional_day(draft, "valid_to")
    return SchemeVersion(
        code=cells.code(draft, "code"),
        title=cells.text(draft, "title", longest=120),
        status=cells.choice(draft, "status", model.STATUSES),
        valid_from=cells.day(draft, "valid_from"),
        valid_until=last + _DAY if last else None,
        categories=cells.codes(draft, "categories"),
        allowance=_allowance(draft),
        spend_at_once=cells.yes_or_no(draft, "spend_at_once"),
        once_per_year=cells.yes_or_no(draft, "once_per_year"),
        closed_pot=cells.yes_or_no(draft, "closed_pot"),
        unit=cells.choice(draft, "unit", model.UNITS),
        income_limit=cells.optional_percentage(
            draft, "income_limit_pct", most_hundredths=HIGHEST_LIMIT
        ),
        age_from=cells.optional_whole(draft, "age_from", most=120),
        age_until=cells.optional_whole(draft, "age_until", least=1, most=121),
        school_types=cells.choices(draft, "school_types", model.SCHOOL_TYPES),
        target_group=cells.optional_text(draft, "target_group", longest=200),
        period=cells.choice(draft, "period", model.PERIODS),
        run_out_days=cells.optional_whole(draft, "run_out_days", most=1_000) or 0,
        precondition=cells.optional_text(draft, "precondition", longest=300),
        stacks_with=cells.codes(draft, "stacks_with"),
        excludes=cells.codes(draft, "excludes"),
        subsidiary=cells.yes_or_no(draft, "subsidiary"),
        awarded_by=cells.choice(draft, "awarded_by", model.AWARDED_BY),
        executor=cells.optional_text(draft, "executor", longest=120),
        cover_source=cells.optional_text(draft, "cover_source", longest=200),
        derived_cells=cells.codes(draft, "derived_cells"),
        note=cells.optional_text(draft, "note", longest=2_000, several_lines=True),
        retention_years=cells.optional_whole(draft, "retention_years", least=1, most=100) or 10,
    )


def _allowance(draft: Draft) -> Allowance:
    kind = cells.choice(draft, "allowance", KINDS)
    for column in sorted({name for names in _COLUMNS_OF_A_KIND.values() for name in names}):
        if column not in _COLUMNS_OF_A_KIND[kind] and draft.row.cells[column].strip():
            draft.refuse(column, f"Kolom {column} hoort niet bij {kind}. Laat die leeg.")
    match kind:
        case "amount":
            return Amount(_cents(draft, "amount_cents"))
        case "visits" | "in_kind":
            found = cells.optional_whole(draft, "visits", least=1, most=MOST_VISITS)
            visits = _needed(draft, "visits", found)
            price = _cents(draft, "unit_price_cents", most=MOST_UNIT_PRICE)
            if kind == "visits":
                return Visits(visits, price)
            return InKind(visits=visits, unit_price_cents=price)
        case "percentage":
            share = cells.optional_percentage(draft, "share_pct", most_hundredths=WHOLE)
            return Percentage(
                BasisPoints(_needed(draft, "share_pct", share)), _cents(draft, "cap_cents")
            )


def _cents(draft: Draft, field: str, *, most: Cents = MOST_AMOUNT) -> Cents:
    found = cells.optional_whole(draft, field, least=1, most=most)
    return Cents(_needed(draft, field, found))


def _needed(draft: Draft, field: str, found: int | None) -> int:
    if not found and all(fault.field != field for fault in draft.faults):
        draft.refuse(field, f"Kolom {field} is leeg of nul. Vul een getal in.")
    return found or 0


def _check_whole(draft: Draft, version: SchemeVersion) -> None:
    """What no cell can say alone; said only when every cell could be read."""
    if draft.faults:
        return
    for fault, field, sentence in (
        (_ends_too_early(version), "valid_to", "De einddatum ligt vóór de begindatum."),
        (
            _is_an_empty_band(version),
            "age_until",
            "De leeftijd tot is niet hoger dan de leeftijd van.",
        ),
        (not version.categories, "categories", "Noem minstens één bestedingsdoel."),
        (version.code in version.excludes, "excludes", "Een regeling sluit zichzelf niet uit."),
        (
            bool(version.excludes & version.stacks_with),
            "excludes",
            "Een regeling staat in excludes en in stacks_with. Kies één van de twee.",
        ),
        (
            version.period == "once_per_child" and version.unit != "child",
            "period",
            "Eén keer per kind kan alleen als unit child is.",
        ),
        (
            version.period == "per_application" and version.awarded_by == "assessment",
            "period",
            "Per aanvraag kan niet bij de jaarlijkse toekenning.",
        ),
        (
            _grants_to_everybody(version),
            "income_limit_pct",
            "Zonder inkomensgrens zou iedereen deze regeling krijgen. Vul de grens in.",
        ),
    ):
        if fault:
            draft.refuse(field, sentence)


def _ends_too_early(version: SchemeVersion) -> bool:
    return version.valid_until is not None and version.valid_until <= version.valid_from


def _is_an_empty_band(version: SchemeVersion) -> bool:
    return version.age_until is not None and version.age_until <= (version.age_from or 0)


def _grants_to_everybody(version: SchemeVersion) -> bool:
    by_assessment = version.awarded_by == "assessment"
    grants = version.status in model.STATUSES_THAT_GRANT
    return by_assessment and grants and version.income_limit is None


def row_of(version: SchemeVersion) -> list[str]:
    """Write a version as the cells of ``COLUMNS``; reading them gives the same version back."""
    written = {
        "code": version.code,
        "title": version.title,
        "status": version.status,
        "valid_from": _written(version.valid_from),
        "valid_to": _written(model.last_day(version)),
        "spend_at_once": "yes" if version.spend_at_once else "no",
        "once_per_year": "yes" if version.once_per_year else "no",
        "closed_pot": "yes" if version.closed_pot else "no",
        "unit": version.unit,
        "income_limit_pct": _percentage(version.income_limit),
        "age_from": _written(version.age_from),
        "age_until": _written(version.age_until),
        "target_group": version.target_group,
        "period": version.period,
        "run_out_days": str(version.run_out_days),
        "precondition": version.precondition,
        "subsidiary": "yes" if version.subsidiary else "no",
        "awarded_by": version.awarded_by,
        "executor": version.executor,
        "cover_source": version.cover_source,
        "note": version.note,
        "retention_years": str(version.retention_years),
        **_written_sets(version),
        **_written_allowance(version.allowance),
    }
    return [written.get(column, "") for column in COLUMNS]


def _written_sets(version: SchemeVersion) -> dict[str, str]:
    sets = {
        "categories": version.categories,
        "school_types": version.school_types,
        "stacks_with": version.stacks_with,
        "excludes": version.excludes,
        "derived_cells": version.derived_cells,
    }
    return {column: ",".join(sorted(found)) for column, found in sets.items()}


def _written_allowance(allowance: Allowance) -> dict[str, str]:
    match allowance:
        case Amount(amount_cents=amount):
            return {"allowance": "amount", "amount_cents": str(amount)}
        case Visits(visits=visits, unit_price_cents=price):
            return {"allowance": "visits", "visits": str(visits), "unit_price_cents": str(price)}
        case InKind(visits=visits, unit_price_cents=price):
            return {"allowance": "in_kind", "visits": str(visits), "unit_price_cents": str(price)}
        case Percentage(share_basis_points=share, cap_cents=cap):
            return {
                "allowance": "percentage",
                "share_pct": _percentage(share),
                "cap_cents": str(cap),
            }


def _written(found: date | int | None) -> str:
    return "" if found is None else str(found)


def _percentage(hundredths: BasisPoints | None) -> str:
    if hundredths is None:
        return ""
    whole, rest = divmod(hundredths, 100)
    return f"{whole}.{rest:02d}" if rest else str(whole)
