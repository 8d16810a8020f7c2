"""Files of schemes and residents, a row at a time."""

import io
from collections.abc import Mapping

SCHEME_CELLS: Mapping[str, str] = {
    "code": "sport_kinderen",
    "title": "Sport voor kinderen",
    "status": "in_force",
    "valid_from": "2026-01-01",
    "categories": "sport",
    "allowance": "amount",
    "amount_cents": "20000",
    "unit": "child",
    "income_limit_pct": "110",
    "period": "pass_year",
    "awarded_by": "assessment",
}
RESIDENT_CELLS: Mapping[str, str] = {
    "person_number": "1001",
    "given_name": "Fatma",
    "family_name": "Yılmaz",
    "birth_date": "1990-05-17",
    "address": "Duinpad 12",
    "postcode": "1971 AB",
    "city": "IJmuiden",
    "area": "ijmuiden_noord",
    "household_number": "H1",
    "household_type": "alone",
    "income_pct": "95.5",
    "income_source": "participatiewet",
    "valid_from": "2026-01-01",
}


def a_file(columns: tuple[str, ...], *rows: Mapping[str, str]) -> io.BytesIO:
    """A file of our shape with a row for each mapping; what a row does not name is empty."""
    lines = [";".join(columns)]
    lines += [";".join(row.get(column, "") for column in columns) for row in rows]
    return io.BytesIO("\n".join(lines).encode())


def a_scheme_row(**cells: str) -> dict[str, str]:
    return {**SCHEME_CELLS, **cells}


def a_resident_row(**cells: str) -> dict[str, str]:
    return {**RESIDENT_CELLS, **cells}
