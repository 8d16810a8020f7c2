"""The months of the books: open, being closed, or closed; and what stands in the way of closing one."""

import re
from datetime import date, datetime, timedelta
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.bookkeeping.model import State
from pas.days import day_of, start_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.ids import ClosingId, JournalProfileId
from pas.money import Cents

MONTH: Final = re.compile(r"(2[01][0-9]{2})-(0[1-9]|1[0-2])")


class PeriodNotFound(Refusal):
    """Deze maand is er niet in de boeken."""

    status: ClassVar[int] = 404
    next_step: ClassVar[str] = "Kies een maand uit de lijst."


class Closing(msgspec.Struct, frozen=True, rename="camel"):
    """A month that was closed, or is being closed; with who opened it again, if anybody did."""

    id: ClosingId
    period: date
    number: int
    announced_at: datetime
    announced_by: UUID
    closed_at: datetime | None
    closed_by: UUID | None
    profile_id: JournalProfileId | None
    lines: int | None
    transfers: int | None
    total_cents: Cents | None
    content_hash: str | None
    reopening_proposed_at: datetime | None
    reopening_proposed_by: UUID | None
    reopening_because: str | None
    reopened_at: datetime | None
    reopened_by: UUID | None

    @property
    def state(self) -> State:
        if self.reopened_at is not None:
            return "open"
        if self.closed_at is None:
            return "closing"
        return "closed" if self.reopening_proposed_at is None else "reopening"


class Period(msgspec.Struct, frozen=True, rename="camel"):
    """A month, with its newest closing; opened again it is open, and keeps what it was closed as."""

    period: date
    state: State
    closing: Closing | None


class _First(msgspec.Struct, frozen=True):
    period: date


READ_FIRST: Final = Statement(
    """
    SELECT date_trunc('month', e.started_at AT TIME ZONE 'Europe/Amsterdam')::date AS period
    FROM epoch e ORDER BY e.number LIMIT 1
    """,
    _First,
)
READ_CLOSINGS: Final = Statement(
    """
    SELECT id, period, number, announced_at, announced_by, closed_at, closed_by, profile_id, lines, transfers,
        total_cents, encode(content_hash, 'hex') AS content_hash, reopening_proposed_at, reopening_proposed_by,
        reopening_because, reopened_at, reopened_by
    FROM period_closing WHERE $1::date IS NULL OR period = $1 ORDER BY period DESC, number DESC
    """,
    Closing,
)


def period_in(text: str) -> date:
    """Read a month as addresses write it: ``2026-11``."""
    found = MONTH.fullmatch(text)
    if found is None:
        raise PeriodNotFound("Schrijf een maand als 2026-11.")
    return date(int(found[1]), int(found[2]), 1)


def name_of(period: date) -> str:
    return f"{period:%Y-%m}"


def month_of(moment: datetime) -> date:
    """The month in which a moment falls, where people live."""
    return day_of(moment).replace(day=1)


def after(period: date) -> date:
    return (period + timedelta(days=31)).replace(day=1)


def last_day_of(period: date) -> date:
    return after(period) - timedelta(days=1)


async def read_periods(connection: Connection, *, now: datetime) -> list[Period]:
    """Give every month from the beginning of the books until the first open one, newest first."""
    first = (await READ_FIRST.one(connection)).period
    newest: dict[date, Closing] = {}
    for closing in await READ_CLOSINGS.all(connection, None):
        newest.setdefault(closing.period, closing)
    return [_period(month, newest.get(month)) for month in _months(first, month_of(now), newest)]


async def read_period(connection: Connection, period: date, *, now: datetime) -> Period:
    found = [one for one in await read_periods(connection, now=now) if one.period == period]
    if not found:
        raise PeriodNotFound
    return found[0]


async def read_closings(connection: Connection, period: date) -> list[Closing]:
    """Give every time that a month was closed, newest first."""
    return await READ_CLOSINGS.all(connection, period)


def open_period(periods: list[Period], *, now: datetime) -> date:
    """In which month what is booked now comes: the first open one that is not before this month."""
    closed = {one.period for one in periods if one.state != "open"}
    month = month_of(now)
    while month in closed:
        month = after(month)
    return month


def proof_needed_since(period: date, *, now: datetime) -> datetime:
    """A month that is over has a proof of after its end; one that runs has one of today."""
    return min(start_of(after(period)), now - timedelta(days=1))


def _months(first: date, current: date, newest: dict[date, Closing]) -> list[date]:
    months, month = list[date](), first
    while month <= current or _is_closed(newest, months[-1:]):
        months.append(month)
        month = after(month)
    return months[::-1]


def _is_closed(newest: dict[date, Closing], last: list[date]) -> bool:
    """Past the running month comes one more where that is closed: what is booked now is in it."""
    return bool(last) and last[0] in newest and newest[last[0]].state != "open"


def _period(month: date, closing: Closing | None) -> Period:
    return Period(month, "open" if closing is None else closing.state, closing)
