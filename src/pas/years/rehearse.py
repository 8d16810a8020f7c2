"""Rehearse the end of a year: what lapses on the day, what goes on, who loses how much, and what to do before.

Reads only. It counts what stands in the books now, judged as the daily lapse will judge it on the day.
The sums of a scheme are those that the books show already; of people only numbers are told, and small
ones are hidden as those of reach are.
"""

from collections.abc import Sequence
from datetime import date, datetime, timedelta
from itertools import groupby
from typing import Final, Literal, cast

import msgspec

from pas.auth.municipality_settings import read_municipality_settings
from pas.db import Connection, Statement, take_long
from pas.money import Cents
from pas.years.before_the_day import (
    AwardsLeft,
    LateUploads,
    NotReady,
    OpenSales,
    Waiting,
    read_awards,
    read_late_uploads,
    read_not_ready,
    read_open_sales,
    read_waiting,
)
from pas.years.rules import BAND_CENTS, Distribution, Left, by_age, by_band, shown_number
from pas.years.span import YearSpan, span_of_year

Fate = Literal["lapses", "waits", "runs_on", "season", "outlives"]
"""Returns on the day; waits for an objection or a return; goes on into the next year, and why."""


class SchemeRehearsal(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """What happens to the budgets of one scheme; ``passes`` is None where it is a small number."""

    scheme: str
    fate: Fate
    passes: int | None
    amount_cents: Cents
    visits: int
    last_until: datetime
    bands: Distribution | None


class Rehearsal(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """The end of a year as it would be, rehearsed at a moment; nothing was booked."""

    year: int
    last_day: date
    rehearsed_at: datetime
    small_below: int
    lapses_cents: Cents
    schemes: list[SchemeRehearsal]
    ages: Distribution
    awards: list[AwardsLeft]
    open_sales: list[OpenSales]
    late_uploads: list[LateUploads]
    waiting: Waiting
    not_ready: list[NotReady]


# Who lapses is decided by the conditions of pas.grants.lapse; a test compares the two.
READ_LEFT: Final = Statement(
    """
    WITH open AS (
        SELECT b.pass_id, s.code AS scheme, u.in_visits, a.amount, a.usable_until, p.resident_id,
            CASE WHEN a.usable_until > $2 THEN CASE v.period
                    WHEN 'once_per_child' THEN 'outlives' WHEN 'pass_year' THEN 'runs_on' ELSE 'season' END
                WHEN CASE WHEN p.ended_because IS NULL OR p.ended_because = 'deceased' THEN true
                    WHEN p.ended_because IN ('moved-away', 'moved')
                        THEN least(b.lapses_on, (p.ended_on + interval '1 year')::date) + v.run_out_days <= $3
                    ELSE b.lapses_on + v.run_out_days <= $3 OR p.ended_on < $4 END THEN 'lapses'
                ELSE 'waits' END AS fate
        FROM budget b
        CROSS JOIN LATERAL (VALUES (b.account_id, false), (b.visits_account_id, true)) AS u (account, in_visits)
        JOIN balance a ON a.account_id = u.account AND a.amount > 0
        JOIN scheme s ON s.id = b.scheme_id
        JOIN scheme_version v ON v.id = b.scheme_version_id
        JOIN pass p ON p.id = b.pass_id
        WHERE b.budget_year = $1
    ), by_pass AS (
        SELECT scheme, fate, resident_id, coalesce(sum(amount) FILTER (WHERE NOT in_visits), 0) AS cents,
            coalesce(sum(amount) FILTER (WHERE in_visits), 0) AS visits, max(usable_until) AS last_until
        FROM open GROUP BY GROUPING SETS ((pass_id, resident_id, fate), (pass_id, resident_id, fate, scheme))
    )
    SELECT p.scheme, p.fate, coalesce(extract(year FROM age($3::date, r.birth_date))::integer, -1) AS age,
        (p.cents::bigint / $5::bigint)::integer AS band, count(*) AS passes, sum(p.cents)::bigint AS cents,
        sum(p.visits)::bigint AS visits, max(p.last_until) AS last_until
    FROM by_pass p
    LEFT JOIN LATERAL (SELECT v.birth_date FROM resident_version v WHERE v.resident_id = p.resident_id
        ORDER BY v.valid_from DESC LIMIT 1) r ON true
    GROUP BY 1, 2, 3, 4 ORDER BY 1, 2, 3, 4
    """,
    Left,
)


async def rehearse(connection: Connection, year: int, *, now: datetime) -> Rehearsal:
    """Rehearse the end of a year on one snapshot; raises YearNotFound."""
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        await take_long(connection)
        span = await span_of_year(connection, year)
        chosen = await read_municipality_settings(connection)
        small = chosen.small_cells_below
        left = await read_left(connection, span, objection_weeks=chosen.objection_weeks)
        lost = [one for one in left if one.scheme is None and one.fate == "lapses"]
        return Rehearsal(
            year=year,
            last_day=span.last_day,
            rehearsed_at=now,
            small_below=small,
            lapses_cents=Cents(sum(one.cents for one in lost)),
            schemes=schemes_of(left, threshold=small),
            ages=by_age(lost, threshold=small),
            awards=await read_awards(connection, span, threshold=small),
            open_sales=await read_open_sales(connection),
            late_uploads=await read_late_uploads(connection, span, now=now),
            waiting=await read_waiting(connection, span, threshold=small),
            not_ready=await read_not_ready(connection, span),
        )


async def read_left(connection: Connection, span: YearSpan, *, objection_weeks: int) -> list[Left]:
    """Give what is left on all passes of a year, judged as on the day after its last."""
    settled_before = span.ends_on - timedelta(weeks=objection_weeks)
    return await READ_LEFT.all(
        connection, span.year, span.ends_at, span.ends_on, settled_before, BAND_CENTS
    )


def schemes_of(left: Sequence[Left], *, threshold: int) -> list[SchemeRehearsal]:
    """Add up by scheme and by what happens; the rows come in that order."""
    made = list[SchemeRehearsal]()
    of_schemes = [one for one in left if one.scheme is not None]
    for (scheme, fate), rows in groupby(of_schemes, key=lambda one: (one.scheme or "", one.fate)):
        some = list(rows)
        made.append(
            SchemeRehearsal(
                scheme=scheme,
                fate=cast("Fate", fate),
                passes=shown_number(sum(one.passes for one in some), threshold=threshold),
                amount_cents=Cents(sum(one.cents for one in some)),
                visits=sum(one.visits for one in some),
                last_until=max(one.last_until for one in some),
                bands=by_band(some, threshold=threshold) if fate == "lapses" else None,
            )
        )
    return made
