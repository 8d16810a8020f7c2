"""What somebody is typing is kept from the first page on, right or wrong, so that nothing is lost.

Whoever has the link comes back to it. It is forgotten when it is sent, or on its clock. A stranger
can begin a registration, so how many may be begun in an hour has a limit, for the whole
municipality: a network address is shared by a building and changed at will.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal
from pas.registrations.links import Secret, hash_of
from pas.registrations.stored import ONE_AT_A_TIME

HOUR: Final = timedelta(hours=1)
MOST_BEGUN_IN_AN_HOUR: Final = 120
Typed = Mapping[str, str]


class TooManyRegistrations(Refusal):
    """Er komen nu heel veel aanmeldingen binnen."""

    status: ClassVar[int] = 429
    next_step: ClassVar[str] = (
        "Probeer het over een uur opnieuw. Of bel ons: dan doen wij het samen."
    )

    def __init__(self) -> None:
        super().__init__(headers={"Retry-After": str(int(HOUR.total_seconds()))})


class DraftRow(msgspec.Struct, frozen=True):
    typed: str


class BegunRow(msgspec.Struct, frozen=True):
    begun: int


READ_DRAFT: Final = Statement(
    "SELECT typed FROM merchant_registration_draft WHERE link_hash = $1", DraftRow
)
COUNT_BEGUN: Final = Statement(
    """
    SELECT count(*) AS begun FROM merchant_registration_draft
    WHERE begun_at > $1 AND NOT EXISTS (SELECT 1 FROM merchant_registration_draft o WHERE o.link_hash = $2)
    """,
    BegunRow,
)
KEEP_DRAFT: Final = Statement(
    """
    INSERT INTO merchant_registration_draft AS d (link_hash, typed, begun_at, changed_at)
    VALUES ($1, $2, $3, $3)
    ON CONFLICT (link_hash) DO UPDATE SET typed = d.typed || excluded.typed, changed_at = excluded.changed_at
    """,
    None,
)
FORGET_DRAFT: Final = Statement(
    "DELETE FROM merchant_registration_draft WHERE link_hash = $1", None
)


async def read_draft(connection: Connection, secret: Secret) -> dict[str, str] | None:
    found = await READ_DRAFT.first(connection, hash_of(secret))
    return None if found is None else msgspec.json.decode(found.typed, type=dict[str, str])


async def keep_draft(
    connection: Connection, secret: Secret, typed: Typed, *, now: datetime
) -> None:
    """Add what was typed on one page to what is there; the first page begins it."""
    link = hash_of(secret)
    async with connection.transaction():
        await ONE_AT_A_TIME.run(connection)
        begun = (await COUNT_BEGUN.one(connection, now - HOUR, link)).begun
        if begun >= MOST_BEGUN_IN_AN_HOUR:
            raise TooManyRegistrations
        await KEEP_DRAFT.run(connection, link, msgspec.json.encode(typed).decode(), now)


async def forget_draft(connection: Connection, secret: Secret) -> None:
    await FORGET_DRAFT.run(connection, hash_of(secret))
