"""The letters about budgets: what lapses soon, and what a year was. Every number comes from the ledger.

They say what the books said when the batch was made, so that a file fetched later is the same. What
was received, less what was spent and what went back, is what was left: to the cent, because each line
of the ledger is counted in one of the three.
"""

from collections.abc import Callable, Sequence
from datetime import date, datetime, timedelta
from typing import Final

import msgspec

from pas.days import day_of
from pas.db import Connection, Statement
from pas.ids import ResidentId
from pas.letters.letter import Content
from pas.letters.recipients import Recipient, ResidentRow
from pas.money import Cents
from pas.web.dates import day
from pas.web.languages import say, say_count
from pas.web.templates import shown_euros


class BudgetSums(msgspec.Struct, frozen=True):
    """One budget as the ledger had it; ``visits`` is None for one that counts none."""

    resident_id: ResidentId
    title: str
    usable_until: datetime
    received_cents: Cents
    spent_cents: Cents
    returned_cents: Cents
    left_cents: Cents
    visits: int | None


LIST_RESIDENTS: Final = Statement(
    """
    SELECT DISTINCT p.resident_id FROM pass p JOIN budget b ON b.pass_id = p.id JOIN balance c ON c.account_id = b.account_id
    WHERE ($1::int IS NULL OR p.year = $1) AND b.granted_at <= $2
        AND ($3::timestamptz IS NULL OR c.usable_until > $3 AND c.usable_until <= $4
            AND coalesce((SELECT bool_or(h.before_lapse = 'post') FROM holder_choice h WHERE h.holder_id = p.resident_id
                AND speaks_for(h.recipient_id, h.holder_id, ($2::timestamptz AT TIME ZONE 'Europe/Amsterdam')::date)), true))
    """,
    ResidentRow,
)
READ_SUMS: Final = Statement(
    """
    SELECT p.resident_id, v.title, c.usable_until,
        coalesce(sum(l.cents) FILTER (WHERE l.kind IN ('grant', 'opening', 'correct')), 0)::bigint AS received_cents,
        -coalesce(sum(l.cents) FILTER (WHERE l.kind = 'spent'), 0)::bigint AS spent_cents,
        -coalesce(sum(l.cents) FILTER (WHERE l.kind = 'returned'), 0)::bigint AS returned_cents,
        coalesce(sum(l.cents), 0)::bigint AS left_cents,
        CASE WHEN b.visits_account_id IS NOT NULL THEN coalesce(sum(l.visits), 0)::integer END AS visits
    FROM pass p
    JOIN budget b ON b.pass_id = p.id
    JOIN scheme_version v ON v.id = b.scheme_version_id
    JOIN balance c ON c.account_id = b.account_id
    LEFT JOIN LATERAL (
        SELECT CASE WHEN t.reversed_line IS NULL AND o.kind = 'appropriation' AND t.debit = t.account THEN 'returned'
                WHEN e.kind IN ('grant', 'opening', 'correct') THEN e.kind ELSE 'spent' END AS kind,
            CASE WHEN t.unit <> 'cents' THEN 0 WHEN t.credit = t.account THEN t.amount ELSE -t.amount END AS cents,
            CASE WHEN t.unit <> 'visits' THEN 0 WHEN t.credit = t.account THEN t.amount ELSE -t.amount END AS visits
        FROM (
            SELECT d.*, u.account, u.unit FROM (VALUES (b.account_id, 'cents'), (b.visits_account_id, 'visits')) AS u (account, unit)
            JOIN transfer d ON d.debit = u.account
            UNION ALL
            SELECT d.*, u.account, u.unit FROM (VALUES (b.account_id, 'cents'), (b.visits_account_id, 'visits')) AS u (account, unit)
            JOIN transfer d ON d.credit = u.account
        ) t
        JOIN account o ON o.id = CASE WHEN t.debit = t.account THEN t.credit ELSE t.debit END
        JOIN entry e ON e.id = t.entry_id
        WHERE e.recorded_at <= $3
    ) l ON true
    WHERE p.resident_id = ANY ($1::uuid[]) AND ($2::int IS NULL OR p.year = $2) AND b.granted_at <= $3
        AND ($4::timestamptz IS NULL OR c.usable_until > $4 AND c.usable_until <= $5)
    GROUP BY p.resident_id, p.year, b.account_id, v.title, c.usable_until, b.visits_account_id
    ORDER BY c.usable_until, v.title, b.account_id
    """,
    BudgetSums,
)


class Reminders(msgspec.Struct, frozen=True):
    """What can be spent until a moment after ``since`` and at ``until`` at the latest.

    Not of who chose to hear of it by a message, or not at all.
    """

    made_at: datetime
    since: datetime
    until: datetime

    async def residents(self, connection: Connection) -> list[ResidentId]:
        rows = await LIST_RESIDENTS.all(connection, None, self.made_at, self.since, self.until)
        return [row.resident_id for row in rows]

    async def gather(
        self, connection: Connection, residents: Sequence[ResidentId]
    ) -> Callable[[Recipient], list[Content]]:
        sums = await READ_SUMS.all(
            connection, residents, None, self.made_at, self.since, self.until
        )
        held = _by_resident([row for row in sums if _can_be_spent(row)])

        def content(recipient: Recipient) -> list[Content]:
            columns = [say("Waarvoor"), say("Nog te besteden"), say("Tot en met")]
            tables = _tables(recipient, held, row_of=_left, columns=columns)
            return [Content(values=_values(self.made_at), lists=tables)] if tables else []

        return content


class YearOverviews(msgspec.Struct, frozen=True):
    """All budgets of the passes of a year."""

    made_at: datetime
    year: int

    async def residents(self, connection: Connection) -> list[ResidentId]:
        rows = await LIST_RESIDENTS.all(connection, self.year, self.made_at, None, None)
        return [row.resident_id for row in rows]

    async def gather(
        self, connection: Connection, residents: Sequence[ResidentId]
    ) -> Callable[[Recipient], list[Content]]:
        sums = await READ_SUMS.all(connection, residents, self.year, self.made_at, None, None)
        held = _by_resident(sums)

        def content(recipient: Recipient) -> list[Content]:
            columns = [
                say("Waarvoor"),
                say("Gekregen"),
                say("Besteed"),
                say("Verlopen"),
                say("Over"),
            ]
            tables = _tables(recipient, held, row_of=_year, columns=columns)
            values = {**_values(self.made_at), "jaar": str(self.year)}
            return [Content(values=values, lists=tables)] if tables else []

        return content


def _tables(
    recipient: Recipient,
    held: dict[ResidentId, list[BudgetSums]],
    *,
    row_of: Callable[[BudgetSums], list[str]],
    columns: list[str],
) -> dict[str, object]:
    """A table for each person; a name above it where the letter is about more than its reader."""
    about = [one for one in recipient.people if held.get(one.resident_id)]
    if not about:
        return {}
    alone = len(about) == 1 and about[0].resident_id == about[0].to_id
    return {
        "columns": columns,
        "tables": [
            {
                "name": "" if alone else person.name,
                "rows": [row_of(one) for one in held[person.resident_id]],
            }
            for person in about
        ],
    }


def _can_be_spent(row: BudgetSums) -> bool:
    return row.left_cents > 0 if row.visits is None else row.visits > 0


def _left(row: BudgetSums) -> list[str]:
    """Of visits only how many: what one costs is between the merchant and the municipality."""
    left = shown_euros(row.left_cents) if row.visits is None else _visits(row.visits)
    return [row.title, left, day(last_day(row.usable_until))]


def _visits(count: int) -> str:
    return say_count("1 keer", "{count} keer", count)


def _year(row: BudgetSums) -> list[str]:
    amounts = (row.received_cents, row.spent_cents, row.returned_cents)
    return [row.title, *(shown_euros(one) for one in amounts), _amount(row)]


def _amount(row: BudgetSums) -> str:
    """Say what is left in euros, and in visits for a budget that counts them."""
    if row.visits is None:
        return shown_euros(row.left_cents)
    visits = _visits(row.visits)
    return visits if not row.left_cents else f"{visits}, {shown_euros(row.left_cents)}"


def last_day(usable_until: datetime) -> date:
    return day_of(usable_until - timedelta(seconds=1))


def _values(made_at: datetime) -> dict[str, str]:
    return {"stand": day(day_of(made_at))}


def _by_resident(rows: Sequence[BudgetSums]) -> dict[ResidentId, list[BudgetSums]]:
    held: dict[ResidentId, list[BudgetSums]] = {}
    for row in rows:
        held.setdefault(row.resident_id, []).append(row)
    return held
