"""How often codes may be tried in an hour, over all cards of a municipality.

Five tries per card are no wall to somebody who tries one code on many cards, or invents numbers. One
row counts an hour for every worker; a try is counted before it is looked at, and a right one given
back, so that a day with thousands of new cards meets no wall. A device that came in with its card
before is not counted: it has five tries of its own, and nobody else can use them up.
"""

from datetime import UTC, datetime, timedelta
from typing import ClassVar, Final

import msgspec

from pas.db import Connection, Statement
from pas.errors import Refusal

MOST_IN_AN_HOUR: Final = 200
KEPT: Final = timedelta(days=1)


class TooManyActivationTries(Refusal):
    """Er zijn te veel verkeerde codes ingevuld."""

    status: ClassVar[int] = 429
    spoken: ClassVar[bool] = True
    next_step: ClassVar[str] = "Probeer het over een uur opnieuw. Of bel ons."


class TriesRow(msgspec.Struct, frozen=True):
    tries: int


COUNT: Final = Statement(
    """
    INSERT INTO activation_tries AS t (hour, tries) VALUES ($1, 1)
    ON CONFLICT (hour) DO UPDATE SET tries = t.tries + 1 WHERE t.tries < $2
    RETURNING tries
    """,
    TriesRow,
)
GIVE_BACK: Final = Statement(
    "UPDATE activation_tries SET tries = tries - 1 WHERE hour = $1 AND tries > 0", None
)
FORGET: Final = Statement("DELETE FROM activation_tries WHERE hour < $1", None)


async def count_in_hour(connection: Connection, *, now: datetime) -> None:
    """Count one more, or refuse; the first of an hour forgets the hours of days ago."""
    counted = await COUNT.first(connection, _hour(now), MOST_IN_AN_HOUR)
    if counted is None:
        until = _hour(now) + timedelta(hours=1) - now
        raise TooManyActivationTries(headers={"Retry-After": str(int(until.total_seconds()) + 1)})
    if counted.tries == 1:
        await FORGET.run(connection, now - KEPT)


async def give_back_to_hour(connection: Connection, *, now: datetime) -> None:
    await GIVE_BACK.run(connection, _hour(now))


def _hour(now: datetime) -> datetime:
    return now.astimezone(UTC).replace(minute=0, second=0, microsecond=0)
