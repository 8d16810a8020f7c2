"""Hand over a list of an earlier supplier: it is judged whole, kept, and waits for a second person.

Of the rows that wait it keeps whose they are and the hash of the card's number, until they are booked
or turned down; the list itself is not kept.
"""

import asyncio
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import BinaryIO, ClassVar, Final

import asyncpg
import msgspec

from pas.auth.actor import Actor
from pas.auth.events import record_event
from pas.auth.keys import KeyRing
from pas.auth.processing import note_processing
from pas.csvfile import chunks
from pas.days import day_of
from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.grants.ground import read_ground
from pas.ids import TakeoverId, uuid7
from pas.imports.record import LONGEST_FILE_NAME, file_hash
from pas.money import Cents
from pas.takeovers.files import read_list
from pas.takeovers.judge import Judged, judge_list, totals_of
from pas.takeovers.model import SchemeTotal, Takeover, TakeoverWaits
from pas.takeovers.show import read_takeover

CHUNK: Final = 2_000
LONGEST_REASON: Final = 500


class SupplierUnnamed(Refusal):
    """De naam van de leverancier klopt niet."""

    next_step: ClassVar[str] = (
        "Gebruik kleine letters, cijfers en een streepje onderaan. Bijvoorbeeld oude_pas."
    )


class Handed(msgspec.Struct, frozen=True, kw_only=True):
    """A list, and what was told beside it: from whom, for which pass year, and the total of each scheme."""

    source: BinaryIO
    name: str
    supplier: str
    year: int
    told: Mapping[str, Cents]


class Outlook(msgspec.Struct, frozen=True, kw_only=True):
    """What a list comes down to; ``takeover`` None where nothing of it is left to book."""

    rows: list[Judged]
    totals: list[SchemeTotal]
    sha256: bytes
    takeover: Takeover | None = None


INSERT: Final = Statement(
    """
    INSERT INTO takeover (id, supplier, budget_year, file_name, sha256, proposed_at, proposed_by_kind, proposed_by)
    VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
    """,
    None,
)
INSERT_TOTALS: Final = Statement(
    """
    INSERT INTO takeover_total (takeover_id, scheme_id, told_cents)
    SELECT $1, s.id, t.cents FROM unnest($2::text[], $3::bigint[]) AS t (code, cents) JOIN scheme s ON s.code = t.code
    """,
    None,
)
INSERT_ROWS: Final = Statement(
    """
    INSERT INTO takeover_row (takeover_id, line, outcome, reason, scheme_id, amount_cents, entry_id, resident_id, number_hash, key_id)
    SELECT $1, r.line, r.outcome, r.reason, r.scheme_id, r.amount_cents, r.entry_id, r.resident_id, r.number_hash, r.key_id
    FROM unnest($2::bigint[], $3::text[], $4::text[], $5::uuid[], $6::bigint[], $7::uuid[], $8::uuid[], $9::bytea[], $10::text[])
        AS r (line, outcome, reason, scheme_id, amount_cents, entry_id, resident_id, number_hash, key_id)
    """,
    None,
)


async def look_ahead(
    connection: Connection, handed: Handed, *, ring: KeyRing, now: datetime
) -> Outlook:
    """Judge a list and write nothing; raises FileRefused or TakeoverTotalsDiffer for all of it."""
    rows = await asyncio.to_thread(read_list, handed.source)
    sha256 = await asyncio.to_thread(file_hash, handed.source)
    ground = await read_ground(connection, year=handed.year, on=day_of(now))
    judged = await judge_list(
        connection, ground, rows, supplier=handed.supplier, told=handed.told, ring=ring
    )
    return Outlook(rows=judged, totals=totals_of(judged, handed.told), sha256=sha256)


async def propose_takeover(
    connection: Connection, handed: Handed, *, ring: KeyRing, actor: Actor, now: datetime
) -> Outlook:
    """Judge a list and keep what waits; one at a time. Where nothing waits, nothing is kept."""
    outlook = await look_ahead(connection, handed, ring=ring, now=now)
    if all(one.outcome != "waiting" for one in outlook.rows):
        return outlook
    takeover_id = TakeoverId(uuid7())
    try:
        async with connection.transaction():
            await _keep(connection, takeover_id, handed, outlook=outlook, actor=actor, now=now)
            made = await read_takeover(connection, takeover_id)
            await record_event(
                connection,
                kind="takeover.proposed",
                subject_kind="takeover",
                subject_id=takeover_id,
                actor=actor,
                after={"supplier": made.supplier, "sha256": made.sha256, "totals": outlook.totals},
            )
    except asyncpg.UniqueViolationError:
        raise TakeoverWaits from None
    except asyncpg.CheckViolationError as error:
        if error.constraint_name != "takeover_supplier_check":
            raise
        raise SupplierUnnamed from None
    return msgspec.structs.replace(outlook, takeover=made)


async def _keep(
    connection: Connection,
    takeover_id: TakeoverId,
    handed: Handed,
    *,
    outlook: Outlook,
    actor: Actor,
    now: datetime,
) -> None:
    await INSERT.run(
        connection,
        *(takeover_id, handed.supplier, handed.year),
        *(handed.name[:LONGEST_FILE_NAME] or "zonder naam", outlook.sha256),
        *(now, actor.kind, actor.id),
    )
    await INSERT_TOTALS.run(connection, takeover_id, list(handed.told), list(handed.told.values()))
    for some in chunks(outlook.rows, CHUNK):
        await INSERT_ROWS.run(connection, takeover_id, *_columns(some))
    residents = [one.resident_id for one in outlook.rows if one.resident_id is not None]
    await note_processing(connection, residents, "takeover.proposed", actor=actor, now=now)


def _columns(rows: Sequence[Judged]) -> tuple[list[object], ...]:
    return (
        [one.line for one in rows],
        [one.outcome for one in rows],
        [one.reason and one.reason[:LONGEST_REASON] for one in rows],
        [one.scheme_id for one in rows],
        [one.amount_cents for one in rows],
        [one.entry_id for one in rows],
        [one.resident_id for one in rows],
        [one.number_hash for one in rows],
        [one.key_id for one in rows],
    )
