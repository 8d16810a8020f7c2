"""Money set aside for a scheme and a year, by cover line; what was granted from it and what is left.

A scheme is open-ended unless it is a closed pot: what is granted above the appropriation is shown as
over-spending and never blocked.
"""

import hashlib
from datetime import date, datetime
from typing import ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants import periods
from pas.grants.ground import ACCOUNTS_OF_A_SCHEME, calendar_of
from pas.grants.overspending import watch_overspending
from pas.ids import AccountId, EntryId, SchemeId
from pas.ledger.accounts import new_account_id
from pas.ledger.fingerprint import encoded_field
from pas.money import Cents
from pas.schemes.model import InKind, SchemeVersion, Visits, first_to_grant
from pas.schemes.show import SchemeNotFound
from pas.schemes.stored import read_version_rows, version_of

PRINT: Final = b"pas appropriation 1\x00"


class AppropriationIdReused(Refusal):
    """Dit id is al gebruikt voor een ander bedrag."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Gebruik een nieuw id voor een nieuw bedrag."


class YearClosed(Refusal):
    """Dit jaar is dicht, of gaat dicht."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Kies een ander jaar. Of laat dit jaar eerst weer openen."


CLOSED_YEAR: Final = "PA316"


class CoverLine(msgspec.Struct, frozen=True, kw_only=True):
    """One amount from one source of cover; the id is that of its entry in the books."""

    id: EntryId
    scheme: str
    year: int
    cover_line: str
    amount_cents: Cents


class StoredLine(msgspec.Struct, frozen=True, rename="camel"):
    id: EntryId
    cover_line: str
    amount_cents: Cents
    recorded_at: datetime


class AppropriationRow(msgspec.Struct, frozen=True):
    scheme_id: SchemeId
    scheme: str
    title: str
    closed_pot: bool
    granted_cents: Cents
    taken_cents: Cents
    returned_cents: Cents


class LineRow(msgspec.Struct, frozen=True):
    scheme_id: SchemeId
    id: EntryId
    cover_line: str
    amount_cents: Cents
    recorded_at: datetime


class Appropriation(msgspec.Struct, frozen=True, rename="camel", kw_only=True):
    """A scheme's money of a year: set aside, granted, come back, left, or overspent."""

    scheme: str
    title: str
    year: int
    closed_pot: bool
    appropriated_cents: Cents
    granted_cents: Cents
    returned_cents: Cents
    left_cents: Cents
    overspent_cents: Cents
    lines: list[StoredLine]


class _Account(msgspec.Struct, frozen=True):
    account_id: AccountId


class _Outcome(msgspec.Struct, frozen=True):
    outcome: str


OPEN: Final = Statement("SELECT open_appropriation($1, $2, $3, $4, $5) AS account_id", _Account)
APPROPRIATE: Final = Statement(
    "SELECT appropriate($1, $2, $3, $4, $5, $6, $7, $8, $9) AS outcome", _Outcome
)
READ: Final = Statement(
    """
    SELECT a.scheme_id, s.code AS scheme,
        (SELECT v.title FROM scheme_version v WHERE v.scheme_id = a.scheme_id
            ORDER BY v.valid_from <= make_date($1, 12, 31) DESC, v.valid_from DESC LIMIT 1) AS title,
        a.closed_pot,
        coalesce((SELECT sum(g.amount_cents) FROM scheme_grant g
            WHERE g.scheme_id = a.scheme_id AND g.budget_year = a.budget_year), 0)::bigint AS granted_cents,
        coalesce((SELECT sum(t.amount) FROM transfer t WHERE t.debit = a.account_id), 0)::bigint AS taken_cents,
        coalesce((SELECT sum(t.amount) FROM transfer t JOIN account c ON c.id = t.debit AND c.kind <> 'cover'
            WHERE t.credit = a.account_id), 0)::bigint AS returned_cents
    FROM appropriation a JOIN scheme s ON s.id = a.scheme_id
    WHERE a.budget_year = $1 AND ($2::text IS NULL OR s.code = $2)
    ORDER BY s.code
    """,
    AppropriationRow,
)
READ_LINES: Final = Statement(
    """
    SELECT scheme_id, id, cover_line, amount_cents, recorded_at FROM appropriation_line
    WHERE budget_year = $1 ORDER BY scheme_id, recorded_at, id
    """,
    LineRow,
)


async def set_aside(
    connection: Connection, line: CoverLine, *, actor: Actor, now: datetime
) -> Appropriation:
    """Book money to a scheme and year; the same id once more is the same amount, booked once.

    Raises YearClosed where the year is closed, or somebody proposed that.
    """
    try:
        await _book(connection, line, actor=actor, now=now)
    except asyncpg.PostgresError as error:
        if error.sqlstate != CLOSED_YEAR:
            raise
        raise YearClosed from error
    await watch_overspending(connection, year=line.year)
    (found,) = await read_appropriations(connection, year=line.year, scheme=line.scheme)
    return found


async def _book(connection: Connection, line: CoverLine, *, actor: Actor, now: datetime) -> None:
    async with connection.transaction():
        scheme_id, version = await _find_version(connection, line, today=day_of(now))
        in_visits = isinstance(version.allowance, Visits | InKind)
        accounts = [new_account_id() for _ in range(ACCOUNTS_OF_A_SCHEME)]
        await OPEN.one(connection, scheme_id, line.year, version.closed_pot, in_visits, accounts)
        booked = await APPROPRIATE.one(
            connection,
            line.id,
            _fingerprint(line),
            scheme_id,
            line.year,
            line.cover_line,
            line.amount_cents,
            now,
            actor.kind,
            actor.id,
        )
        if booked.outcome == "booked":
            await record_event(
                connection,
                kind="appropriation.set_aside",
                subject_kind="scheme",
                subject_id=scheme_id,
                actor=actor,
                after=line,
            )
        elif booked.outcome != "replay":
            raise AppropriationIdReused


async def _find_version(
    connection: Connection, line: CoverLine, *, today: date
) -> tuple[SchemeId, SchemeVersion]:
    """Give what the year begins with: a year that has its accounts stays a closed pot, or open."""
    rows = await read_version_rows(connection, code=line.scheme)
    if not rows:
        raise SchemeNotFound
    begins_on = periods.pass_year(await calendar_of(connection), line.year).starts_on
    versions = [version_of(row) for row in rows]
    return rows[0].scheme_id, first_to_grant(versions, on=max(today, begins_on))


async def read_appropriations(
    connection: Connection, *, year: int, scheme: str | None = None
) -> list[Appropriation]:
    """Give the money of a year by scheme, straight from the books."""
    lines: dict[SchemeId, list[StoredLine]] = {}
    for row in await READ_LINES.all(connection, year):
        line = StoredLine(row.id, row.cover_line, row.amount_cents, row.recorded_at)
        lines.setdefault(row.scheme_id, []).append(line)
    rows = await READ.all(connection, year, scheme)
    return [_appropriation(row, lines.get(row.scheme_id, []), year) for row in rows]


def _appropriation(row: AppropriationRow, lines: list[StoredLine], year: int) -> Appropriation:
    appropriated = sum(line.amount_cents for line in lines)
    left = appropriated - row.taken_cents + row.returned_cents
    return Appropriation(
        scheme=row.scheme,
        title=row.title,
        year=year,
        closed_pot=row.closed_pot,
        appropriated_cents=Cents(appropriated),
        granted_cents=row.granted_cents,
        returned_cents=row.returned_cents,
        left_cents=Cents(left),
        overspent_cents=Cents(max(0, -left)),
        lines=lines,
    )


def _fingerprint(line: CoverLine) -> bytes:
    fields = (line.scheme, line.year, line.cover_line, line.amount_cents)
    return hashlib.sha256(PRINT + b"".join(map(encoded_field, fields))).digest()
