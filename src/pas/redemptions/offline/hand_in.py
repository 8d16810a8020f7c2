"""A till hands in what it sold without a network; each sale is judged once, for life.

Each item is a transaction of its own, so an upload can be cut anywhere, repeated, or sent by two
tabs at once: what was judged before is answered from its row, and the rest goes on. A connection is
taken for one item at a time, so that a long queue never keeps the scans of others waiting.
"""

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Final

import asyncpg

from pas.db import Connection, Database
from pas.ids import TillId
from pas.redemptions.offline.book_offline import book_offline
from pas.redemptions.offline.facts_then import Till, judged, reading_of
from pas.redemptions.offline.permits_kept import KeptPermit, permits_of
from pas.redemptions.offline.queue import Handed, read_item
from pas.redemptions.offline.refusals import OfflineItemUnreadable
from pas.redemptions.offline.stored import (
    OfflineTold,
    StoredSale,
    declined_lately,
    stored_of,
    told,
    unread,
)
from pas.redemptions.redeem import AGAIN
from pas.redemptions.refusals import Busy
from pas.redemptions.sell import print_key

ROUNDS: Final = 10
MOST_DECLINED: Final = 1_000
"""Of one till in a day. Each is kept for life, so nobody fills the disk with a till that was stolen."""
JUDGED_ELSEWHERE: Final = AGAIN | {"PA250", "PA252", "PA253", "23505"}
"""SQLSTATEs after which nothing was stored, and what is read then says more."""


async def hand_in(
    database: Database, till: Till, items: Sequence[Mapping[str, object]], *, now: datetime
) -> list[OfflineTold]:
    """Answer each item, in order; those that were judged before get the same answer again."""
    key = print_key(till.ring)
    read = [
        read_item(raw, municipality=till.municipality, till=till.key, key=key, now=now)
        for raw in items
    ]
    handed = [one for one in read if one is not None]
    async with database.connection(till.municipality) as connection:
        known = await stored_of(connection, till.id, {one.sequence for one in handed})
        named = {one.permit for one in handed if one.permit is not None}
        permits = await permits_of(connection, till.id, named)
        if any((one.sequence, one.digest) not in known for one in handed):
            await refuse_flood(connection, till.id)
    answers: list[OfflineTold] = []
    for one in read:
        if one is None:
            answers.append(unread(OfflineItemUnreadable, now=now))
            continue
        row = known.get((one.sequence, one.digest))
        if row is None:
            permit = permits.get(one.permit) if one.permit is not None else None
            row = await judge_one(database, till, one, permit=permit, now=now)
            known[one.sequence, one.digest] = row
        answers.append(told(row, till.ring))
    return answers


async def refuse_flood(connection: Connection, till_id: TillId) -> None:
    """Refuse anything new of a till of which so much was declined already; what is known is told."""
    if await declined_lately(connection, till_id, most=MOST_DECLINED) >= MOST_DECLINED:
        raise Busy(headers={"Retry-After": "3600"})


async def judge_one(
    database: Database, till: Till, handed: Handed, *, permit: KeptPermit | None, now: datetime
) -> StoredSale:
    """Read, decide and write down; again where another call came first."""
    reading = reading_of(till, handed, permit)
    for _ in range(ROUNDS):
        async with database.connection(till.municipality) as connection:
            try:
                judgement = await judged(connection, till, reading, now=now)
                await book_offline(connection, judgement)
            except asyncpg.PostgresError as error:
                if error.sqlstate not in JUDGED_ELSEWHERE:
                    raise
            rows = await stored_of(connection, till.id, {handed.sequence})
        row = rows.get((handed.sequence, handed.digest))
        if row is not None:
            return row
    raise Busy(headers={"Retry-After": "1"})
