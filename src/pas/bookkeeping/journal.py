"""The journal of a month, straight from the transfers; of a closed month as it was frozen."""

from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.bookkeeping.model import Group, JournalLine, KeptProfile, Side
from pas.bookkeeping.periods import Period
from pas.bookkeeping.profiles import newest_profile, read_profile
from pas.bookkeeping.rules import balance_of, lines_of
from pas.db import Connection, Statement, take_long
from pas.errors import Refusal
from pas.money import Cents


class JournalTransactionNotFound(Refusal):
    """Dit boekstuk is er niet in het journaal van deze maand."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een regel uit het journaal."


class Journal(msgspec.Struct, frozen=True):
    """The lines of a month, and the profile by which they are on their accounts."""

    period: date
    is_frozen: bool
    profile: KeptProfile
    lines: list[JournalLine]


class JournalRow(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """One line: what it is in the books, and where it is in the financial administration."""

    transaction: int
    line: int
    side: Side
    kind: str
    account: str
    scheme: str | None
    budget_year: int | None
    ledger_account: str
    cost_centre: str
    taakveld: str
    category: str
    transfers: int
    amount_cents: Cents


class EntryOfLine(msgspec.Struct, frozen=True, rename="camel"):
    """One transfer of a line of the journal; the id is that of its entry in the books."""

    entry_id: UUID
    line: int
    occurred_at: datetime
    recorded_at: datetime
    amount_cents: Cents


READ_OPEN: Final = Statement(
    """
    SELECT (row_number() OVER (ORDER BY j.kind, j.debit, j.credit, j.budget_year, j.scheme_id))::integer AS number,
        j.kind, j.debit, j.credit, j.scheme_id, s.code AS scheme, j.budget_year, j.transfers, j.amount_cents
    FROM journal_of($1) j LEFT JOIN scheme s ON s.id = j.scheme_id ORDER BY number
    """,
    Group,
)
READ_FROZEN: Final = Statement(
    """
    SELECT l.number, l.kind, l.debit, l.credit, l.scheme_id, s.code AS scheme, l.budget_year, l.transfers, l.amount_cents
    FROM period_line l LEFT JOIN scheme s ON s.id = l.scheme_id WHERE l.closing_id = $1 ORDER BY l.number
    """,
    Group,
)
READ_ENTRIES: Final = Statement(
    """
    SELECT e.id AS entry_id, t.line, e.occurred_at, e.recorded_at, t.amount AS amount_cents
    FROM entry e JOIN transfer t ON t.entry_id = e.id
    JOIN account d ON d.id = t.debit JOIN account c ON c.id = t.credit
    WHERE e.period = $1 AND e.kind = $2 AND d.kind = $3 AND c.kind = $4 AND d.unit = 'cents'
        AND coalesce(d.scheme_id, c.scheme_id) IS NOT DISTINCT FROM $5::uuid
        AND coalesce(d.budget_year, c.budget_year) IS NOT DISTINCT FROM $6::smallint
        AND (e.id, t.line) > ($7::uuid, $8::smallint)
    ORDER BY e.id, t.line LIMIT $9
    """,
    EntryOfLine,
)


async def read_groups(connection: Connection, period: Period) -> list[Group]:
    """Give what the month is made of: frozen once it is closed, until then as it is now."""
    closing = period.closing
    if period.state in {"closed", "reopening"} and closing is not None:
        return await READ_FROZEN.all(connection, closing.id)
    async with connection.transaction():
        await take_long(connection)
        return await READ_OPEN.all(connection, period.period)


async def read_journal(connection: Connection, period: Period) -> Journal:
    """Give the journal: a closed month by the profile it was closed with, an open one by the newest."""
    closing = period.closing
    frozen = period.state in {"closed", "reopening"}
    if frozen and closing is not None and closing.profile_id is not None:
        profile = await read_profile(connection, closing.profile_id)
    else:
        profile = await newest_profile(connection)
    lines = lines_of(await read_groups(connection, period), profile.content)
    assert balance_of(lines) == 0, "each transfer is debited and credited alike"
    return Journal(period.period, frozen, profile, lines)


async def find_group(connection: Connection, period: Period, number: int) -> Group:
    """Give one transaction; while a month is open its numbers move when another kind comes in."""
    for group in await read_groups(connection, period):
        if group.number == number:
            return group
    raise JournalTransactionNotFound


async def read_entries(
    connection: Connection,
    period: date,
    group: Group,
    *,
    after: tuple[UUID, int] = (UUID(int=0), 0),
    limit: int = 100,
) -> list[EntryOfLine]:
    """Give the transfers that a line is made of, a page at a time, in the order of their ids."""
    return await READ_ENTRIES.all(
        connection,
        *(period, group.kind, group.debit, group.credit, group.scheme_id, group.budget_year),
        *(*after, limit),
    )


def row_of(line: JournalLine) -> JournalRow:
    return JournalRow(
        transaction=line.group.number,
        line=line.line,
        side=line.side,
        kind=line.group.kind,
        account=line.account,
        scheme=line.group.scheme,
        budget_year=line.group.budget_year,
        ledger_account=line.mapping.ledger_account,
        cost_centre=line.mapping.cost_centre,
        taakveld=line.mapping.taakveld,
        category=line.mapping.category,
        transfers=line.group.transfers,
        amount_cents=line.group.amount_cents,
    )
