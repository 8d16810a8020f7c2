"""The closings of years as they are stored: proposed, closed, opened again, or turned down."""

from datetime import date, datetime
from typing import Final, Literal
from uuid import UUID

import msgspec

from pas.db import Connection, Statement
from pas.ids import YearClosingId
from pas.seals.checkpoints import StoredCheckpoint
from pas.years.span import YearSpan, span_of_year
from pas.years.year_file import YearFile, YearNotSealed, read_year

State = Literal["open", "proposed", "closed", "reopening"]


class YearClosing(msgspec.Struct, frozen=True, rename="camel"):
    """One time that somebody proposed to close a year, and what became of it."""

    id: YearClosingId
    year: int
    number: int
    starts_on: date
    ends_on: date
    proposed_at: datetime
    proposed_by: UUID
    rejected_at: datetime | None
    rejected_by: UUID | None
    rejected_because: str | None
    closed_at: datetime | None
    closed_by: UUID | None
    checkpoint_size: int | None
    file_hash: str | None
    reopening_proposed_at: datetime | None
    reopening_proposed_by: UUID | None
    reopening_because: str | None
    reopened_at: datetime | None
    reopened_by: UUID | None

    @property
    def state(self) -> State:
        if self.rejected_at is not None or self.reopened_at is not None:
            return "open"
        if self.closed_at is None:
            return "proposed"
        return "closed" if self.reopening_proposed_at is None else "reopening"

    @property
    def is_closed(self) -> bool:
        return self.state in {"closed", "reopening"}


class NamesRow(msgspec.Struct, frozen=True):
    names: str


READ_CLOSINGS: Final = Statement(
    """
    SELECT id, year::int AS year, number, starts_on, ends_on, proposed_at, proposed_by, rejected_at, rejected_by, rejected_because,
        closed_at, closed_by, checkpoint_size, encode(file_hash, 'hex') AS file_hash, reopening_proposed_at,
        reopening_proposed_by, reopening_because, reopened_at, reopened_by
    FROM year_closing WHERE $1::int IS NULL OR year = $1 ORDER BY year DESC, number DESC
    """,
    YearClosing,
)
READ_CHECKPOINT: Final = Statement(
    "SELECT size, root, epoch, xid, note FROM seal_checkpoint WHERE size = $1", StoredCheckpoint
)
READ_FIRST_AFTER: Final = Statement(
    """
    SELECT k.size, k.root, k.epoch, k.xid, k.note FROM seal_checkpoint k JOIN year_closing c ON c.id = $1
    WHERE (k.epoch, k.xid) > (c.epoch, c.xid) ORDER BY k.size LIMIT 1
    """,
    StoredCheckpoint,
)
READ_NAMES: Final = Statement(
    "SELECT coalesce(merchant_names, '{}') AS names FROM year_closing WHERE id = $1", NamesRow
)


async def read_closings(connection: Connection, year: int | None = None) -> list[YearClosing]:
    """Give every closing, the newest first; of one year, or of all."""
    return await READ_CLOSINGS.all(connection, year)


async def read_last_closing(connection: Connection, year: int) -> YearClosing | None:
    return next(iter(await read_closings(connection, year)), None)


async def seal_after(connection: Connection, closing: YearClosing) -> StoredCheckpoint:
    """Give the first seal that stands over all that was booked before a proposal; raises YearNotSealed."""
    found = await READ_FIRST_AFTER.first(connection, closing.id)
    if found is None:
        raise YearNotSealed
    return found


async def year_file_of(connection: Connection, year: int) -> YearFile:
    """Give the file of a year: as it was closed, or as it is under the last seal."""
    closing = await read_last_closing(connection, year)
    if closing is None or not closing.is_closed:
        return await read_year(connection, await span_of_year(connection, year))
    names = (await READ_NAMES.one(connection, closing.id)).names
    span = YearSpan(closing.year, closing.starts_on, closing.ends_on)
    under = await READ_CHECKPOINT.one(connection, closing.checkpoint_size)
    return await read_year(connection, span, checkpoint=under, names=names)
