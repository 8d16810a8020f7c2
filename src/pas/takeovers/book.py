"""Books what two people agreed on, in chunks: the pass, the card and the balance of each holder.

Each chunk is its own short transaction. Broken off half-way, what was booked is booked and the rest
waits; done again it goes on there. What moved since the list was judged is looked at once more, and
a row that does not fit any longer is refused with its reason, as it would have been then.
"""

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.days import day_of
from pas.db import Connection, Database, Statement
from pas.grants.decide import settled
from pas.grants.facts import Award, Claim
from pas.grants.grant import GrantedElsewhere, lock_grants
from pas.grants.ground import opened_ground, read_ground
from pas.ids import MunicipalityName, SchemeId, TakeoverId
from pas.schemes.model import StoredVersion
from pas.takeovers.balances import (
    Desk,
    Fit,
    WaitingRow,
    give_balances,
    give_cards,
    give_passes,
)
from pas.takeovers.due import Due, awards_of
from pas.takeovers.model import Takeover, TakeoverNotApproved
from pas.takeovers.rules import GONE, UNKNOWN_SCHEME
from pas.takeovers.show import list_takeovers, read_takeover

CHUNK: Final = 500
"""Rows; one entry each, so that a chunk fits in one booking."""
MOVED: Final = frozenset({"PA327", "PA001"})
"""SQLSTATEs after which nothing of the chunk was stored, and what is read then says more."""

Told = Callable[[int, int | None], None]


class _Ended(msgspec.Struct, frozen=True):
    id: TakeoverId


LOCK: Final = Statement(
    "SELECT FROM takeover WHERE id = $1 AND approved_at IS NOT NULL FOR UPDATE", None
)
READ_WAITING: Final = Statement(
    """
    SELECT r.line, r.scheme_id, r.amount_cents, r.entry_id, r.resident_id, r.number_hash, r.key_id, (
        SELECT CASE WHEN v.left_on <= $2::date OR v.died_on <= $2::date THEN NULL ELSE v.household_number END
        FROM resident_version v WHERE v.resident_id = r.resident_id AND v.valid_from <= $2::date
        ORDER BY v.valid_from DESC LIMIT 1
    ) AS household_number
    FROM takeover_row r WHERE r.takeover_id = $1 AND r.outcome = 'waiting'
    ORDER BY r.number_hash, r.line LIMIT $3
    """,
    WaitingRow,
)
REFUSE: Final = Statement(
    """
    UPDATE takeover_row r SET outcome = 'refused', reason = w.reason, resident_id = NULL, number_hash = NULL, key_id = NULL
    FROM unnest($2::bigint[], $3::text[]) AS w (line, reason) WHERE r.takeover_id = $1 AND r.line = w.line
    """,
    None,
)
CARD_ONLY: Final = Statement(
    """
    UPDATE takeover_row SET outcome = 'booked', resident_id = NULL, number_hash = NULL, key_id = NULL
    WHERE takeover_id = $1 AND line = ANY ($2::bigint[])
    """,
    None,
)
END: Final = Statement(
    "UPDATE takeover SET ended_at = $2, outcome = 'booked' WHERE id = $1 AND ended_at IS NULL RETURNING id",
    _Ended,
)


async def book_takeover(
    database: Database,
    municipality: MunicipalityName,
    *,
    now: datetime,
    told: Told = lambda _done, _total: None,
    chunk: int = CHUNK,
) -> Takeover:
    """Book the take-over that somebody approved, or go on with it; raises TakeoverNotApproved."""
    async with database.connection(municipality) as connection:
        found = await list_takeovers(connection, open_only=True)
        approved = next((one for one in found if one.state == "booking"), None)
        if approved is None or approved.approved_by is None:
            raise TakeoverNotApproved
        actor, left = Actor(kind="login", id=approved.approved_by), approved.waiting
        while left:
            left = await book_chunk(connection, approved, actor=actor, now=now, chunk=chunk)
            told(approved.waiting - left, approved.waiting)
        return await _end(connection, approved.id, actor=actor, now=now)


async def book_chunk(
    connection: Connection,
    takeover: Takeover,
    *,
    actor: Actor,
    now: datetime,
    chunk: int = CHUNK,
) -> int:
    """Book the rows of some holders; gives how many rows still wait."""
    ground = await read_ground(connection, year=takeover.year, on=day_of(now))
    async with connection.transaction():
        ground = await opened_ground(connection, ground)
    desk = Desk(connection=connection, takeover=takeover.id, ground=ground, actor=actor, now=now)

    async def once() -> None:
        try:
            async with connection.transaction():
                await lock_grants(connection, ground)
                await LOCK.run(connection, takeover.id)
                rows = await READ_WAITING.all(connection, takeover.id, ground.days.on, chunk)
                await _book(desk, rows)
        except asyncpg.PostgresError as error:
            if error.sqlstate not in MOVED:
                raise
            raise GrantedElsewhere from error

    await settled(once)
    return (await read_takeover(connection, takeover.id)).waiting


async def _book(desk: Desk, rows: Sequence[WaitingRow]) -> None:
    ids = desk.ground.scheme_ids
    schemes = {ids[one.version.code]: one for one in desk.ground.plan.schemes}
    dues = _dues(rows, schemes)
    awards = await awards_of(desk.connection, desk.ground, dues, given=set[Claim]())
    fits = [
        Fit(row, schemes[row.scheme_id], award)
        for row in rows
        if isinstance(award := awards.get(row.line), Award)
    ]
    bare = [row for row in rows if not row.amount_cents and row.household_number is not None]
    taken = [*bare, *(fit.row for fit in fits)]
    lines = {row.line for row in taken}
    reasons = {
        row.line: _why(row, awards.get(row.line), schemes) for row in rows if row.line not in lines
    }
    refused = (list(reasons), list(reasons.values()))
    await REFUSE.run(desk.connection, desk.takeover, *refused)
    await give_cards(desk, taken)
    passes = await give_passes(desk, taken)
    await CARD_ONLY.run(desk.connection, desk.takeover, [row.line for row in bare])
    if fits:
        await give_balances(desk, fits, passes)


def _dues(rows: Sequence[WaitingRow], schemes: dict[SchemeId, StoredVersion]) -> list[Due]:
    return [
        Due(
            line=row.line,
            resident=row.resident_id,
            household=row.household_number,
            scheme=schemes[row.scheme_id],
            amount_cents=row.amount_cents,
        )
        for row in rows
        if row.amount_cents and row.household_number is not None and row.scheme_id in schemes
    ]


def _why(row: WaitingRow, found: Award | str | None, schemes: dict[SchemeId, StoredVersion]) -> str:
    if isinstance(found, str):
        return found
    return GONE if row.scheme_id in schemes else UNKNOWN_SCHEME


async def _end(
    connection: Connection, takeover_id: TakeoverId, *, actor: Actor, now: datetime
) -> Takeover:
    """Whoever books at the same time may have ended it; then it is ended."""
    async with connection.transaction():
        ended_here = await END.first(connection, takeover_id, now)
        ended = await read_takeover(connection, takeover_id)
        if ended_here is not None:
            await record_event(
                connection,
                kind="takeover.booked",
                subject_kind="takeover",
                subject_id=takeover_id,
                actor=actor,
                after={"booked": ended.booked, "refused": ended.refused},
            )
    return ended
