"""What stands in the way of closing a year: all of it at once, in sentences."""

from datetime import date, datetime
from typing import ClassVar, Final

import msgspec

from pas.bookkeeping.periods import name_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.money import Cents, euros
from pas.years.span import YearSpan

MOST_MONTHS: Final = 12


class YearNotReady(Refusal):
    """Dit jaar kan nog niet dicht."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Doe eerst wat hierboven staat. Sluit het jaar daarna af."


class Facts(msgspec.Struct, frozen=True):
    """How it stands with a year now; ``first_month`` is that of the books."""

    first_month: date
    closed_months: list[date]
    run: int | None
    closes: bool | None
    proved_at: datetime | None
    held: int
    to_lapse_cents: Cents
    to_lapse_visits: int


READ_FACTS: Final = Statement(
    """
    SELECT (SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date
            FROM epoch e ORDER BY e.number LIMIT 1) AS first_month,
        (SELECT coalesce(array_agg(c.period), '{}') FROM period_closing c
            WHERE c.closed_at IS NOT NULL AND c.reopened_at IS NULL AND c.reopening_proposed_at IS NULL) AS closed_months,
        (SELECT min(r.number) FROM settlement_run r WHERE r.state IN ('proposed', 'approved', 'exported')) AS run,
        p.closes, p.proved_at,
        (SELECT coalesce(sum(l.amount), 0)::bigint FROM balance l JOIN account a ON a.id = l.account_id
            WHERE a.kind = 'held' AND a.budget_year = $1) AS held,
        w.cents AS to_lapse_cents, w.visits AS to_lapse_visits
    FROM (
        SELECT coalesce(sum(l.amount) FILTER (WHERE l.account_id = g.account_id), 0)::bigint AS cents,
            coalesce(sum(l.amount) FILTER (WHERE l.account_id = g.visits_account_id), 0)::bigint AS visits
        FROM budget g JOIN pass q ON q.id = g.pass_id JOIN balance l ON l.account_id IN (g.account_id, g.visits_account_id)
        WHERE g.budget_year = $1 AND l.amount > 0 AND l.usable_until <= $2
            AND (q.ended_because IS NULL OR q.ended_because = 'deceased')
    ) w
    LEFT JOIN LATERAL (SELECT f.closes, f.proved_at FROM proof f ORDER BY f.proved_at DESC LIMIT 1) p ON true
    """,
    Facts,
)


async def obstacles_of(connection: Connection, span: YearSpan, *, now: datetime) -> list[str]:
    """Say what has to be done first; nothing when the year can be closed."""
    facts = await READ_FACTS.one(connection, span.year, now)
    return obstacles(facts, span, now=now)


def obstacles(facts: Facts, span: YearSpan, *, now: datetime) -> list[str]:
    months = [month for month in span.months if month >= facts.first_month]
    still_open = [month for month in months if month not in facts.closed_months]
    found = list[str]()
    if now < span.ends_at or not months:
        return ["Het jaar is nog niet voorbij, of ligt voor het begin van de boeken."]
    if still_open:
        names = ", ".join(name_of(month) for month in still_open[:MOST_MONTHS])
        found.append(f"Eerst moeten dicht: {names}.")
    if not facts.closes or facts.proved_at is None or facts.proved_at < span.ends_at:
        found.append("De boeken zijn na dit jaar nog niet nagekeken, of kloppen niet.")
    if facts.run is not None:
        found.append(f"Uitbetaling {facts.run} is nog niet klaar.")
    if facts.held:
        found.append("Er staat nog tegoed vast voor een club.")
    if facts.to_lapse_cents or facts.to_lapse_visits:
        found.append(f"Er moet nog {euros(facts.to_lapse_cents)} vrijvallen.")
    return found


async def refuse_unready(connection: Connection, span: YearSpan, *, now: datetime) -> None:
    if found := await obstacles_of(connection, span, now=now):
        raise YearNotReady(" ".join(found))
