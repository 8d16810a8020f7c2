"""The half-year and year report about applications and vouchers, for the municipality and per fund.

Euros come straight from the ledger: what clubs confirmed, less what came back, and what was released. So
they stay the same after the links to persons are deleted. What the municipality bore of sales without a
network was awarded to nobody, and is no part of it.
"""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Final, Literal

import msgspec

from pas.applications.figures import Figures, Money, Row, Span, figures
from pas.applications.words import REFUSALS
from pas.auth.municipality_settings import read_municipality_settings
from pas.csvfile import write_rows
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.money import Cents

Half = Literal["year", "first", "second"]
HALVES: Final[tuple[Half, ...]] = ("year", "first", "second")
KEPT_BACK: Final = "kept back"
COLUMNS: Final = (
    "breakdown",
    "key",
    "applications",
    "awarded",
    "refused",
    "children",
    "awarded_cents",
    "confirmed_cents",
    "released_cents",
)


class MoneyRow(msgspec.Struct, frozen=True):
    scheme: str
    fund: str
    confirmed_cents: Cents
    released_cents: Cents


class VoucherRow(msgspec.Struct, frozen=True, rename="camel"):
    """Vouchers of the neighbourhood team in the period; nobody knows how many children that are."""

    proposed: int
    confirmed: int
    rejected: int
    confirmed_cents: Cents
    spent_cents: Cents
    returned_cents: Cents


class Report(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One period up to ``ends_on``, that day not included; fewer children than ``smallest`` are kept back.

    ``overlap`` are children with an award in both halves, for the year only.
    """

    year: int
    half: Half
    first_day: date
    ends_on: date
    made_at: datetime
    figures: Figures
    overlap: int | None
    smallest: int
    vouchers: VoucherRow


READ_ROWS: Final = Statement(
    """
    SELECT s.code AS scheme, coalesce(w.executor, 'onbekend') AS fund, a.profession,
        (a.received_at AT TIME ZONE 'Europe/Amsterdam')::date AS received_on,
        (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date AS decided_on,
        coalesce((SELECT sum(greatest(0, coalesce(p.until_on, $3::date) - p.from_on)) FROM child_application_pause p
            WHERE p.application_id = a.id), 0)::int AS paused_days,
        a.state, a.refusal, a.awarded_cents, a.resident_id, v.birth_date, v.area,
        EXISTS (SELECT 1 FROM budget b JOIN transfer t ON t.debit = b.account_id
            JOIN entry e ON e.id = t.entry_id AND e.kind IN ('confirm', 'redeem', 'offline')
            LEFT JOIN reversal back ON back.entry_id = t.entry_id AND back.line = t.line
            WHERE b.application_id = a.id AND t.amount > coalesce(back.reversed, 0)) AS used
    FROM child_application a
    JOIN scheme s ON s.id = a.scheme_id
    LEFT JOIN LATERAL (SELECT x.executor FROM scheme_version x WHERE x.scheme_id = a.scheme_id
        AND x.valid_from <= (a.received_at AT TIME ZONE 'Europe/Amsterdam')::date ORDER BY x.valid_from DESC LIMIT 1) w ON true
    LEFT JOIN LATERAL (SELECT r.birth_date, r.area FROM resident_version r WHERE r.resident_id = a.resident_id
        AND r.valid_from <= (a.decided_at AT TIME ZONE 'Europe/Amsterdam')::date ORDER BY r.valid_from DESC LIMIT 1) v ON true
    WHERE a.decided_at IS NULL
        OR (a.received_at >= $1 AND a.received_at < $2)
        OR (a.decided_at >= $1 AND a.decided_at < $2)
    """,
    Row,
)
READ_MONEY: Final = Statement(
    """
    WITH ours AS (
        SELECT s.id, s.code, (SELECT v.executor FROM scheme_version v WHERE v.scheme_id = s.id AND v.awarded_by = 'intermediary'
            ORDER BY v.valid_from DESC LIMIT 1) AS executor
        FROM scheme s WHERE EXISTS (SELECT 1 FROM scheme_version v WHERE v.scheme_id = s.id AND v.awarded_by = 'intermediary')
    ), moved AS (
        SELECT t.amount, d.kind AS debit, c.kind AS credit, coalesce(d.scheme_id, c.scheme_id) AS scheme_id
        FROM entry e
        JOIN transfer t ON t.entry_id = e.id
        JOIN account d ON d.id = t.debit AND d.unit = 'cents'
        JOIN account c ON c.id = t.credit
        WHERE e.occurred_at >= $1 AND e.occurred_at < $2 AND e.kind <> 'grant' AND 'offline_risk' NOT IN (d.kind, c.kind)
    )
    SELECT o.code AS scheme, coalesce(o.executor, 'onbekend') AS fund,
        (coalesce(sum(m.amount) FILTER (WHERE m.credit IN ('merchant', 'payee')), 0)
            - coalesce(sum(m.amount) FILTER (WHERE m.debit IN ('merchant', 'payee')), 0))::bigint AS confirmed_cents,
        (coalesce(sum(m.amount) FILTER (WHERE m.debit = 'budget' AND m.credit = 'appropriation'), 0)
            - coalesce(sum(m.amount) FILTER (WHERE m.debit = 'appropriation' AND m.credit = 'budget'), 0))::bigint AS released_cents
    FROM ours o JOIN moved m ON m.scheme_id = o.id
    GROUP BY o.code, o.executor ORDER BY o.code
    """,
    MoneyRow,
)
READ_VOUCHERS: Final = Statement(
    """
    WITH moved AS (
        SELECT t.amount, d.kind AS debit, c.kind AS credit
        FROM entry e
        JOIN transfer t ON t.entry_id = e.id
        JOIN account d ON d.id = t.debit
        JOIN account c ON c.id = t.credit
        WHERE e.occurred_at >= $1 AND e.occurred_at < $2 AND e.kind <> 'grant' AND 'offline_risk' NOT IN (d.kind, c.kind)
            AND EXISTS (SELECT 1 FROM scheme_version v WHERE v.scheme_id = coalesce(d.scheme_id, c.scheme_id) AND v.awarded_by = 'team')
    )
    SELECT (SELECT count(*) FROM voucher v WHERE v.proposed_at >= $1 AND v.proposed_at < $2) AS proposed,
        (SELECT count(*) FROM voucher v WHERE v.confirmed_at >= $1 AND v.confirmed_at < $2) AS confirmed,
        (SELECT count(*) FROM voucher v WHERE v.rejected_at >= $1 AND v.rejected_at < $2) AS rejected,
        (SELECT coalesce(sum(v.amount_cents), 0)::bigint FROM voucher v WHERE v.confirmed_at >= $1 AND v.confirmed_at < $2)
            AS confirmed_cents,
        (SELECT coalesce(sum(CASE WHEN m.credit = 'merchant' THEN m.amount WHEN m.debit = 'merchant' THEN -m.amount END), 0)
            FROM moved m)::bigint AS spent_cents,
        (SELECT coalesce(sum(CASE WHEN m.credit = 'appropriation' THEN m.amount ELSE -m.amount END), 0)
            FROM moved m WHERE (m.debit, m.credit) IN (('budget', 'appropriation'), ('appropriation', 'budget')))::bigint AS returned_cents
    """,
    VoucherRow,
)


def span_of(year: int, half: Half) -> Span:
    middle = date(year, 7, 1)
    match half:
        case "first":
            return Span(date(year, 1, 1), middle)
        case "second":
            return Span(middle, date(year + 1, 1, 1))
        case "year":
            return Span(date(year, 1, 1), date(year + 1, 1, 1))


async def read_report(connection: Connection, *, year: int, half: Half, now: datetime) -> Report:
    """Count a period, on one snapshot."""
    span, today = span_of(year, half), day_of(now)
    spans: list[Span] = [span_of(year, one) for one in HALVES]
    of_year = start_of(spans[0].first), start_of(spans[0].end)
    moments = start_of(span.first), start_of(span.end)
    async with connection.transaction(isolation="repeatable_read", readonly=True):
        smallest = (await read_municipality_settings(connection)).small_cells_below
        rows = await READ_ROWS.all(connection, *of_year, today)
        money = await READ_MONEY.all(connection, *moments)
        vouchers = await READ_VOUCHERS.one(connection, *moments)
    return Report(
        year=year,
        half=half,
        first_day=span.first,
        ends_on=span.end,
        made_at=now,
        figures=figures(
            rows,
            {one.scheme: Money(one.confirmed_cents, one.released_cents) for one in money},
            span,
            today=today,
            funds={one.scheme: one.fund for one in money},
            smallest=smallest,
            beside=spans,
        ),
        overlap=_overlap(rows, year, smallest=smallest) if half == "year" else None,
        smallest=smallest,
        vouchers=vouchers,
    )


def report_csv(report: Report) -> str:
    """The whole report as one table; what is kept back says so."""
    return "".join(write_rows(COLUMNS, _table(report)))


def _overlap(rows: Sequence[Row], year: int, *, smallest: int) -> int | None:
    def children(half: Half) -> set[object]:
        span = span_of(year, half)
        return {
            one.resident_id for one in rows if one.state == "awarded" and span.has(one.decided_on)
        }

    both = len(children("first") & children("second"))
    return None if 0 < both < smallest else both


def _table(report: Report) -> list[tuple[str, ...]]:
    told, vouchers = report.figures, report.vouchers
    table: list[tuple[str, ...]] = [
        (
            *("total", f"{report.year} {report.half}"),
            *(str(told.applications), str(told.awarded), str(told.refused), str(told.children)),
            *(str(told.awarded_cents), str(told.confirmed_cents), str(told.released_cents)),
        )
    ]
    for name, lines in (("purpose", told.by_purpose), ("fund", told.by_fund)):
        table += [
            (
                *(name, one.key, str(one.applications), _cell(one.awarded), str(one.refused)),
                *(_cell(one.children), _cell(one.awarded_cents)),
                *(str(one.confirmed_cents), str(one.released_cents)),
            )
            for one in lines
        ]
    small = (("profession", told.by_profession), ("age", told.by_age), ("area", told.by_area))
    for name, cells in small:
        table += [
            (
                *(name, one.key, "", _cell(one.awarded), "", _cell(one.children)),
                *(_cell(one.awarded_cents), "", ""),
            )
            for one in cells
        ]
    for code, number in sorted(told.refused_by.items()):
        table.append(("refused because", REFUSALS[code], "", "", str(number), "", "", "", ""))
    table.append(
        (
            *("vouchers", "wijkteam", str(vouchers.proposed), str(vouchers.confirmed)),
            *(str(vouchers.rejected), "", str(vouchers.confirmed_cents)),
            *(str(vouchers.spent_cents), str(vouchers.returned_cents)),
        )
    )
    return table


def _cell(number: int | None) -> str:
    return KEPT_BACK if number is None else str(number)
