"""Freezes the figures of a period that is over: afterwards they are shown as they were.

Links between persons and budgets are deleted on their clock, and then nobody can count who used
what. So figures are frozen before that, by a person or by the clock, with their hash and position.
What is frozen is what was shown: small cells are not in it, so it tells no more than it told then.
"""

import hashlib
from collections.abc import Callable
from datetime import date, datetime
from typing import ClassVar, Final
from uuid import UUID

import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.municipality_settings import read_municipality_settings
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.ground import calendar_of
from pas.grants.periods import pass_year
from pas.ids import uuid7
from pas.reach.make_report import make_report
from pas.reach.model import PeriodName
from pas.reach.periods import days_of, name_of
from pas.reach.report import Frozen, ReachReport, narrowed

MOST_LISTED: Final = 200
MONTHS: Final = 12


class PeriodNotOver(Refusal):
    """Deze periode is nog niet voorbij."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Wacht tot de periode voorbij is. Kies anders een eerdere periode."


class PeriodFrozen(Refusal):
    """Deze cijfers zijn al vastgezet."""

    status: ClassVar[int] = 409
    next_step: ClassVar[str] = "Bekijk de vastgezette cijfers. Ze veranderen niet meer."


class FiguresGone(Refusal):
    """Deze cijfers zijn niet meer te tellen."""

    status: ClassVar[int] = 410
    next_step: ClassVar[str] = "Kies een later jaar. Van dit jaar is niets vastgezet."


class FrozenDamaged(Refusal):
    """De vastgezette cijfers zijn beschadigd."""

    status: ClassVar[int] = 500
    next_step: ClassVar[str] = "Bel de technisch beheerder. Zet een reservekopie terug."


class FrozenPeriod(msgspec.Struct, frozen=True, rename="camel"):
    """That a period was frozen: when, by whom, at which position of the books."""

    id: UUID
    year: int
    period: PeriodName
    epoch: int
    xid: int
    sha256: str
    frozen_at: datetime
    frozen_by_kind: str
    frozen_by: UUID


class KeptReport(msgspec.Struct, frozen=True):
    """A report; ``frozen`` says when it was frozen, None while it is counted anew each time."""

    report: ReachReport
    frozen: Frozen | None


class _Content(msgspec.Struct, frozen=True):
    content: str
    sha256: bytes
    frozen_at: datetime


class _Part(msgspec.Struct, frozen=True):
    period: PeriodName
    content: str


class _Year(msgspec.Struct, frozen=True):
    year: int


ONE_WRITER: Final = Statement(
    "SELECT pg_advisory_xact_lock(hashtext(current_schema || '.frozen_reach'))", None
)
READ: Final = Statement(
    """
    SELECT content, sha256, frozen_at FROM frozen_reach
    WHERE year = $1 AND period IN ('year', $2) ORDER BY period = 'year' DESC LIMIT 1
    """,
    _Content,
)
READ_PARTS: Final = Statement(
    "SELECT period, content FROM frozen_reach WHERE year = $1 AND period <> 'year'", _Part
)
IS_FROZEN: Final = Statement(
    "SELECT year::int FROM frozen_reach WHERE year = $1 AND period = 'year'", _Year
)
READ_ALL: Final = Statement(
    """
    SELECT id, year, period, epoch, xid, encode(sha256, 'hex') AS sha256, frozen_at, frozen_by_kind, frozen_by
    FROM frozen_reach ORDER BY year DESC, period LIMIT $1
    """,
    FrozenPeriod,
)
ADD: Final = Statement(
    """
    INSERT INTO frozen_reach (id, year, period, epoch, xid, content, sha256, frozen_at, frozen_by_kind, frozen_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
    """,
    None,
)
YEARS_TO_FREEZE: Final = Statement(
    """
    SELECT DISTINCT g.budget_year::int AS year FROM scheme_grant g
    WHERE NOT EXISTS (SELECT 1 FROM frozen_reach f WHERE f.year = g.budget_year AND f.period = 'year')
    ORDER BY 1
    """,
    _Year,
)


async def read_report(
    connection: Connection, *, year: int, now: datetime, period: PeriodName = "year"
) -> KeptReport:
    """Give the frozen figures of a period, or count them now; raises FiguresGone."""
    found = await READ.first(connection, year, period)
    if found is not None:
        if hashlib.sha256(found.content.encode()).digest() != found.sha256:
            raise FrozenDamaged
        report = msgspec.json.decode(found.content, type=ReachReport)
        return KeptReport(report, Frozen(found.frozen_at, found.sha256.hex()))
    months = (await read_municipality_settings(connection)).link_months
    ended = pass_year(await calendar_of(connection), year).ends_on
    if _months_later(ended, months) <= day_of(now):
        raise FiguresGone
    parts: dict[PeriodName, ReachReport] = {
        one.period: msgspec.json.decode(one.content, type=ReachReport)
        for one in await READ_PARTS.all(connection, year)
    }
    return KeptReport(await make_report(connection, year=year, now=now, parts=parts), None)


async def freeze_period(
    connection: Connection, *, year: int, period: PeriodName, actor: Actor, now: datetime
) -> FrozenPeriod:
    """Freeze what the report says now; raises PeriodNotOver, PeriodFrozen or FiguresGone."""
    starts_on = pass_year(await calendar_of(connection), year).starts_on
    if days_of(starts_on, period).ends_on > day_of(now):
        raise PeriodNotOver(f"De periode {name_of(year, period)} is nog niet voorbij.")
    kept = await read_report(connection, year=year, now=now, period=period)
    if kept.frozen is not None:
        raise PeriodFrozen
    report = narrowed(kept.report, period)
    content = msgspec.json.encode(report, order="deterministic").decode()
    made = FrozenPeriod(
        uuid7(),
        year,
        period,
        report.position.epoch,
        report.position.xid,
        hashlib.sha256(content.encode()).hexdigest(),
        *(now, actor.kind, actor.id),
    )
    async with connection.transaction():
        await ONE_WRITER.run(connection)
        if await READ.first(connection, year, period) is not None:
            raise PeriodFrozen
        await ADD.run(
            connection,
            *(made.id, year, period, made.epoch, made.xid, content, bytes.fromhex(made.sha256)),
            *(now, actor.kind, actor.id),
        )
        await record_event(
            connection,
            kind="reach.frozen",
            subject_kind="frozen_reach",
            subject_id=made.id,
            actor=actor,
            after={"year": year, "period": period, "sha256": made.sha256},
        )
    return made


async def is_frozen(connection: Connection, year: int) -> bool:
    return await IS_FROZEN.first(connection, year) is not None


async def list_frozen(connection: Connection, *, limit: int = MOST_LISTED) -> list[FrozenPeriod]:
    return await READ_ALL.all(connection, min(limit, MOST_LISTED))


async def freeze_closed_years(
    connection: Connection,
    *,
    actor: Actor,
    now: datetime,
    told: Callable[[int, int], None] = lambda _done, _total: None,
) -> list[FrozenPeriod]:
    """Freeze the years that ended long enough ago: at least a month before links are deleted.

    Of a year whose links may be gone already nothing is frozen: it would count too few.
    """
    settings = await read_municipality_settings(connection)
    months = min(settings.freeze_months, max(0, settings.link_months - 1))
    calendar = await calendar_of(connection)
    today, made = day_of(now), list[FrozenPeriod]()
    due: list[int] = []
    for row in await YEARS_TO_FREEZE.all(connection):
        ended = pass_year(calendar, row.year).ends_on
        still_there = _months_later(ended, settings.link_months) > today
        if _months_later(ended, months) <= today and still_there:
            due.append(row.year)
    for number, year in enumerate(due):
        made.append(await freeze_period(connection, year=year, period="year", actor=actor, now=now))
        told(number + 1, len(due))
    return made


def _months_later(first_of_month: date, months: int) -> date:
    """A year begins on the first of a month, so this day is there."""
    month = first_of_month.month - 1 + months
    return date(first_of_month.year + month // MONTHS, month % MONTHS + 1, first_of_month.day)
