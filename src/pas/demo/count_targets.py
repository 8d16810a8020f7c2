"""Target groups for the demonstration, and the figures that its papers printed, so that reach can be read.

The municipal target group of a scheme is counted from the register: whom the municipality knows to
be entitled. That of all schemes together is the printed one: households up to 120 %.
"""

import io
from collections.abc import Sequence
from datetime import date, datetime
from typing import Final

import msgspec

from pas.auth.actor import Actor
from pas.csvfile import write_rows
from pas.db import Connection, Statement
from pas.demo.figures import DATA, read_table
from pas.reach.import_target_groups import import_target_groups
from pas.reach.keep_published import keep_published
from pas.reach.published_files import PublishedKind
from pas.reach.target_files import COLUMNS

PRINTED: Final = "households_up_to_130_pct"
SOURCE: Final = "Bevolkingsregister en inkomens die de gemeente kent"
PUBLISHED: Final[dict[PublishedKind, str]] = {
    "printed_reach": "printed_reach.csv",
    "use_by_year": "almere_use_2016_2019.csv",
    "appropriations": "velsen_appropriations.csv",
    "budget_table": "velsen_budget_2020_2024.csv",
}


class Entitled(msgspec.Struct, frozen=True):
    """How many are entitled to a scheme: in all of the city, or in one area."""

    scheme: str
    unit: str
    area: str | None
    income_limit: int
    count: int


READ_ENTITLED: Final = Statement(
    """
    WITH rule AS (
        SELECT s.code, v.* FROM scheme_version v JOIN scheme s ON s.id = v.scheme_id
        WHERE v.valid_from <= $1 AND (v.valid_until IS NULL OR v.valid_until > $1)
            AND v.awarded_by <> 'team' AND v.income_limit IS NOT NULL
    )
    SELECT r.code AS scheme, CASE WHEN r.unit = 'household' THEN 'households'
            WHEN r.unit = 'child' OR r.age_until <= 18 THEN 'children' ELSE 'persons' END AS unit,
        p.area, max(r.income_limit) AS income_limit,
        count(DISTINCT CASE WHEN r.unit = 'household' THEN p.household_number ELSE p.resident_id::text END)::bigint AS count
    FROM rule r
    JOIN resident_version p ON p.income <= r.income_limit AND p.valid_from <= $1
        AND NOT EXISTS (SELECT 1 FROM resident_version n
            WHERE n.resident_id = p.resident_id AND n.valid_from <= $1 AND n.valid_from > p.valid_from)
        AND (r.unit <> 'child' OR p.birth_date > $1::date - interval '18 years')
        AND (r.age_from IS NULL OR p.birth_date <= $1::date - make_interval(years => r.age_from))
        AND (r.age_until IS NULL OR p.birth_date > $1::date - make_interval(years => r.age_until))
        AND (r.school_types = '{}' OR p.school_type = ANY (r.school_types))
    GROUP BY GROUPING SETS ((r.code, r.unit, r.age_until), (r.code, r.unit, r.age_until, p.area))
    ORDER BY r.code, p.area NULLS FIRST
    """,
    Entitled,
)


async def count_targets(
    connection: Connection, years: Sequence[int], *, is_whole: bool, actor: Actor, now: datetime
) -> None:
    """Bring in a target group per scheme and year; the printed one only in a city of its size."""
    rows = [
        row
        for year in years
        for row in rows_of(year, await READ_ENTITLED.all(connection, date(year, 1, 1)))
    ]
    printed = [printed_row(year) for year in years] if is_whole else []
    cells = [[row.get(column, "") for column in COLUMNS] for row in (*rows, *printed)]
    text = "".join(write_rows(COLUMNS, cells))
    source = io.BytesIO(text.encode())
    await import_target_groups(
        connection, source, file_name="doelgroepen.csv", actor=actor, now=now
    )
    for kind, name in PUBLISHED.items():
        content = (DATA / name).read_bytes()
        await keep_published(connection, content, kind=kind, file_name=name, actor=actor, now=now)


def rows_of(year: int, found: Sequence[Entitled]) -> list[dict[str, str]]:
    return [row_of(year, one) for one in found]


def row_of(year: int, one: Entitled) -> dict[str, str]:
    row = {
        "scheme": one.scheme,
        "year": str(year),
        "kind": "municipal",
        "unit": one.unit,
        "count": str(one.count),
        "status": "printed",
    }
    if one.area is not None:
        return {**row, "dimension": "area", "value": one.area}
    limit = one.income_limit // 100
    return {
        **row,
        "user_is": "redeemed",
        "source": SOURCE,
        "reference_date": f"{year}-01-01",
        "definition": f"Wie volgens de gemeente recht heeft: inkomen tot en met {limit} procent.",
    }


def printed_row(year: int) -> dict[str, str]:
    """The paper counted in 2018; it stands for each year until there is a newer one, and says so."""
    (printed,) = [
        row for row in read_table("velsen_population_2018.csv") if row["measure"] == PRINTED
    ]
    return {
        "scheme": "*",
        "year": str(year),
        "kind": "statistical",
        "unit": "households",
        "user_is": "redeemed",
        "count": printed["value"],
        "status": "approximate",
        "source": "Armoedevisie Velsen 2020-2024, tabel van 2018",
        "reference_date": "2018-01-01",
        "definition": "Alle huishoudens met een inkomen tot en met 130 procent, ook die wij niet kennen.",
    }
